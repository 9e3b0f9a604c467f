//! A skeleton of a part of a catalog, for comparing spellings: the objects that contain the printed expressions in
//! question, and what is needed to build them anywhere. It is not a copy: tablespaces, states, options, foreign keys
//! and nullability are left out.
//!
//! Routines have no bodies, so that none of them runs where PostgreSQL evaluates an expression while it builds an
//! object. Bodies that the deparser prints (BEGIN ATOMIC) are in question themselves: they are created last, when
//! nothing else is built any more, and PostgreSQL only parses them. There are no event triggers, because they contain
//! no printed expression.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Create, How, Parts, Stage, add_constraint, add_domain_check, create_domain, create_enum, create_index,
    create_sequence, create_table, create_view,
};
use crate::domain::catalog::{
    Address, Catalog, Column, Constraint, ConstraintKind, Domain, Index, Object, Relation, RelationKind, Sequence,
    Signature,
};
use crate::domain::name::QName;

/// The objects to build for these, including themselves: relations as a whole, with what all their members need.
/// Schemas, extensions and objects without a model are left out: they are built in any case.
pub fn needed<'o>(catalog: &'o Catalog, of: impl IntoIterator<Item = &'o Object>) -> BTreeSet<Object> {
    let mut needs: BTreeMap<Object, BTreeSet<Object>> = BTreeMap::new();
    for (dependent, needed) in &catalog.dependencies {
        needs.entry(whole(catalog, dependent)).or_default().insert(whole(catalog, needed));
    }
    for (name, sequence) in catalog.sequences.iter().filter(|(_, sequence)| !sequence.identity) {
        if let Some((table, _)) = &sequence.owned_by {
            needs.entry(Object::Table(table.clone())).or_default().insert(Object::Sequence(name.clone()));
        }
    }
    let mut found = BTreeSet::new();
    let mut queue: Vec<Object> = of.into_iter().flat_map(|it| [it.clone(), whole(catalog, it)]).collect();
    while let Some(object) = queue.pop() {
        if found.contains(&object) {
            continue;
        }
        queue.extend(needs.get(&object).into_iter().flatten().cloned());
        queue.extend(catalog.defined.get(&object).into_iter().flat_map(|it| &it.table).map(|it| related(catalog, it)));
        queue.extend(object.relation().map(|name| related(catalog, name)));
        let relation = object.relation().and_then(|name| catalog.relations.get(name));
        queue.extend(relation.into_iter().flat_map(Relation::parents).map(|parent| Object::Table(parent.clone())));
        found.insert(object);
    }
    found
}

/// The object that it is built with: a member's relation or domain; itself for what is known by one statement.
fn whole(catalog: &Catalog, object: &Object) -> Object {
    match object.address() {
        Address::Member(on, _) if !catalog.defined.contains_key(object) => related(catalog, on),
        _ => object.clone(),
    }
}

/// A relation, or a domain if there is no relation of this name.
fn related(catalog: &Catalog, name: &QName) -> Object {
    let relation = catalog.relations.get(name).map(|relation| relation.kind.object(name.clone()));
    relation.unwrap_or_else(|| Object::Domain(name.clone()))
}

/// Statements that build the expressions of `only`, roughly in order of dependency: what fails may succeed once the
/// others exist.
pub fn create(catalog: &Catalog, only: &BTreeSet<Object>) -> Vec<Create> {
    let mut creates = Vec::new();
    let mut add_at = |stage, object: String, sql: String| creates.push(Create { object, sql, stage });
    for name in catalog.schemas.keys() {
        add_at(Stage::Schemas, name.to_string(), format!("CREATE SCHEMA IF NOT EXISTS {name}"));
    }
    for (name, extension) in &catalog.extensions {
        let sql = format!("CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {}", extension.schema);
        add_at(Stage::Extensions, name.to_string(), sql);
    }
    let mut routines = Vec::new();
    let is_routine = |signature: &Signature| only.contains(&Object::Routine(signature.clone()));
    for (signature, routine) in catalog.routines.iter().filter(|(signature, _)| is_routine(signature)) {
        let definition = routine.definition.to_string();
        // A routine without a printed definition is not built.
        let Some(parts) = Parts::of(&definition) else { continue };
        routines.push((signature.to_string(), parts.skeleton()));
        if parts.is_parsed() && !parts.is_untrusted() {
            let bare = if parts.is_leakproof() { parts.without_leakproof() } else { definition.clone() };
            add_at(Stage::Bodies, signature.to_string(), bare);
        }
    }
    let mut add = |object: String, sql: String| add_at(Stage::Objects, object, sql);
    for (name, it) in catalog.enums.iter().filter(|(name, _)| only.contains(&Object::Type((*name).clone()))) {
        add(name.to_string(), create_enum(name, it));
    }
    for (name, it) in catalog.domains.iter().filter(|(name, _)| only.contains(&Object::Domain((*name).clone()))) {
        add(name.to_string(), create_domain(name, &Domain { not_null: false, ..it.clone() }));
        for (check, it) in it.checks.iter().filter(|(_, check)| !check.validated) {
            add(name.to_string(), add_domain_check(name, check, it));
        }
    }
    let defined = || catalog.defined.iter().filter(|(object, _)| only.contains(*object));
    let beside = |object: &Object| !is_of_relation(object) && !matches!(object, Object::EventTrigger(_));
    for (object, it) in defined().filter(|(object, _)| beside(object)) {
        add(object.to_string(), it.definition.to_string());
    }
    for it in &catalog.unmodelled {
        if let Some(sql) = empty(&it.kind, &it.object) {
            add(it.object.clone(), sql);
        }
    }
    let is_sequence = |name: &QName| only.contains(&Object::Sequence(name.clone()));
    for (name, it) in catalog.sequences.iter().filter(|(name, it)| !it.identity && is_sequence(name)) {
        add(name.to_string(), create_sequence(name, &Sequence { unlogged: false, ..it.clone() }));
    }
    let is_relation = |(name, it): &(&QName, &Relation)| only.contains(&it.kind.object((*name).clone()));
    let relations = || catalog.relations.iter().filter(is_relation);
    for (name, it) in relations().filter(|(_, relation)| relation.kind == RelationKind::Table) {
        add(name.to_string(), create_table(name, &bare(it), catalog));
    }
    for (signature, skeleton) in routines {
        add(signature, skeleton);
    }
    for (name, relation) in relations() {
        match relation.kind {
            RelationKind::Table => {}
            RelationKind::View => add(name.to_string(), create_view(name, &bare(relation))),
            RelationKind::MaterializedView => {
                add(name.to_string(), format!("{} WITH NO DATA", create_view(name, &bare(relation))));
            }
        }
        members(name, relation, catalog.server_version, &mut add);
    }
    for (object, it) in defined().filter(|(object, _)| is_of_relation(object)) {
        let stage = if object.class().takes_superuser { Stage::Rights } else { Stage::Objects };
        add_at(stage, object.to_string(), it.definition.to_string());
    }
    creates
}

/// Parts of one relation that contain a printed expression, or that such a part needs.
fn members(name: &QName, relation: &Relation, server_version: u32, add: &mut impl FnMut(String, String)) {
    for (column, default) in relation.columns.iter().filter_map(|c| Some((&c.name, c.default.as_ref()?))) {
        let sql = format!("ALTER TABLE ONLY {name} ALTER COLUMN {column} SET DEFAULT {default}");
        add(format!("{name}.{column}"), sql);
    }
    for it in relation.constraints.iter().filter(|it| !it.inherited && is_needed(it)) {
        let bare = Constraint { validated: true, enforced: true, tablespace: None, ..it.clone() };
        add(format!("{name}.{}", it.name), add_constraint(name, &bare, false, server_version));
    }
    for it in relation.indexes.iter().filter(|it| !it.inherited) {
        let bare = Index { options: Vec::new(), tablespace: None, ..it.clone() };
        add(format!("{name}.{}", it.name), create_index(name, &bare, How::Plain));
    }
    for it in relation.triggers.iter().filter(|it| !it.inherited) {
        add(format!("{name}.{}", it.name), it.definition.to_string());
    }
}

fn is_of_relation(object: &Object) -> bool {
    matches!(object, Object::Policy(..) | Object::Rule(..) | Object::Statistics(_) | Object::Publication(_))
}

/// Keys are needed, too: a view may group by a key and select columns that depend on it.
fn is_needed(constraint: &Constraint) -> bool {
    match constraint.kind {
        ConstraintKind::Primary { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => true,
        ConstraintKind::Foreign { .. } => false,
    }
}

/// The relation reduced to what can be built in any database, whichever functions exist.
fn bare(relation: &Relation) -> Relation {
    let column = |column: &Column| Column { default: None, not_null: false, identity: None, ..column.clone() };
    Relation {
        kind: relation.kind,
        partition_key: relation.partition_key.clone(),
        partition_of: relation.partition_of.clone(),
        inherits: relation.inherits.clone(),
        query: relation.query.clone(),
        columns: relation.columns.iter().map(column).collect(),
        ..Relation::default()
    }
}

/// An empty object of the same name, so that tables can have columns of it. Expressions that use its contents cannot be
/// built.
fn empty(kind: &str, object: &str) -> Option<String> {
    match kind {
        "type" => Some(format!("CREATE TYPE {object} AS ()")),
        "collation" => Some(format!("CREATE COLLATION {object} FROM \"C\"")),
        "text search configuration" => {
            Some(format!("CREATE TEXT SEARCH CONFIGURATION {object} (COPY = pg_catalog.simple)"))
        }
        _ => None,
    }
}
