//! A stand-in for a catalog, for comparing spellings: whatever holds a printed expression, and what that needs to be
//! built anywhere. No copy: places, states, options, foreign keys and nullability are left out.
//!
//! Routines have no bodies, so that nothing of them runs where PostgreSQL evaluates an expression while it builds. Bodies
//! that are printed again (BEGIN ATOMIC) are in question themselves: they are given last, when nothing is built any more,
//! and PostgreSQL only parses them. There are no event triggers: no expression is printed of one.

use std::collections::BTreeSet;

use super::{
    Create, How, Parts, Stage, add_constraint, add_domain_check, create_domain, create_enum, create_index,
    create_sequence, create_table, create_view,
};
use crate::domain::catalog::{
    Catalog, Column, Constraint, ConstraintKind, Domain, Index, Object, Relation, RelationKind, Sequence,
};
use crate::domain::name::QName;

/// Statements that build the catalog's expressions, roughly in the order of dependence: what fails may succeed once
/// the others are there. Of the relations only those in `only`, where that is given.
pub fn create(catalog: &Catalog, only: Option<&BTreeSet<QName>>) -> Vec<Create> {
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
    for (signature, routine) in &catalog.routines {
        let definition = routine.definition.to_string();
        // What PostgreSQL has not printed is not built.
        let Some(parts) = Parts::of(&definition) else { continue };
        routines.push((signature.to_string(), parts.stand_in()));
        if parts.is_parsed() && !parts.is_untrusted() {
            let bare = if parts.is_leakproof() { parts.without_leakproof() } else { definition.clone() };
            add_at(Stage::Bodies, signature.to_string(), bare);
        }
    }
    let mut add = |object: String, sql: String| add_at(Stage::Objects, object, sql);
    for (name, it) in &catalog.enums {
        add(name.to_string(), create_enum(name, it));
    }
    for (name, it) in &catalog.domains {
        add(name.to_string(), create_domain(name, &Domain { not_null: false, ..it.clone() }));
        for (check, it) in it.checks.iter().filter(|(_, check)| !check.validated) {
            add(name.to_string(), add_domain_check(name, check, it));
        }
    }
    let beside = |object: &Object| !stands_on_relation(object) && !matches!(object, Object::EventTrigger(_));
    for (object, it) in catalog.defined.iter().filter(|(object, _)| beside(object)) {
        add(object.to_string(), it.definition.to_string());
    }
    for it in &catalog.unmodelled {
        if let Some(sql) = empty(&it.kind, &it.object) {
            add(it.object.clone(), sql);
        }
    }
    for (name, it) in catalog.sequences.iter().filter(|(_, sequence)| !sequence.identity) {
        add(name.to_string(), create_sequence(name, &Sequence { unlogged: false, ..it.clone() }));
    }
    let relations = || catalog.relations.iter().filter(|(name, _)| only.is_none_or(|only| only.contains(*name)));
    for (name, it) in relations().filter(|(_, relation)| relation.kind == RelationKind::Table) {
        add(name.to_string(), create_table(name, &bare(it), catalog));
    }
    for (signature, stand_in) in routines {
        add(signature, stand_in);
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
    if only.is_none() {
        for (object, it) in catalog.defined.iter().filter(|(object, _)| stands_on_relation(object)) {
            let stage = if object.class().takes_superuser { Stage::Rights } else { Stage::Objects };
            add_at(stage, object.to_string(), it.definition.to_string());
        }
    }
    creates
}

/// What stands on one relation, and holds a printed expression or is needed by what does.
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

fn stands_on_relation(object: &Object) -> bool {
    matches!(object, Object::Policy(..) | Object::Rule(..) | Object::Statistics(_) | Object::Publication(_))
}

/// Keys are needed, too: a view may group by one and select what depends on it.
fn is_needed(constraint: &Constraint) -> bool {
    match constraint.kind {
        ConstraintKind::Primary { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => true,
        ConstraintKind::Foreign { .. } => false,
    }
}

/// What can be built in any database, whatever functions there are.
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

/// Something by the same name, so that tables can have columns of it. What looks inside cannot be built.
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
