//! A whole catalog as DDL, for an empty database. Only two things are left out: what cannot be created (an invalid
//! index), and what would run with more rights than its owner has (the body of a function in C or an untrusted
//! language).

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{
    Create, How, Parts, Stage, add_constraint, add_domain_check, attach_index, cluster_on, comment_on,
    constraint_triggers, create_domain, create_enum, create_index, create_sequence, create_table, create_view,
    defined_settings, index_statistics, is_not_enforced, own_sequence, owner_to, privileges, replica_identity,
    sequence_persistence, table_settings, trigger_state, unproven_not_nulls, view_settings,
};
use crate::domain::catalog::{
    Built, Catalog, Column, Constraint, ConstraintKind, Defined, Definition, Enabled, Grantee, Index, Object,
    Persistence, Relation, RelationKind,
};
use crate::domain::name::{Name, QName};

struct Whole<'c> {
    catalog: &'c Catalog,
    creates: Vec<Create>,
}

/// Statements that build everything, roughly in order of dependency: what fails may succeed once the others exist.
///
/// A partition whose detachment was interrupted becomes an independent table: this state cannot be created.
pub fn create(catalog: &Catalog) -> Vec<Create> {
    let catalog = &*catalog.detached();
    let mut whole = Whole { catalog, creates: Vec::new() };
    whole.beside_relations();
    whole.routines();
    whole.defined(Built::WithRoutines);
    let tables = parents_first(catalog);
    for (name, relation) in tables.iter().copied() {
        let (first, late) = without_circles(catalog, name, relation);
        whole.add(name, create_table(name, &first, catalog));
        whole.add_some(name, table_settings(name, relation, catalog));
        for (column, default) in late {
            let sql = format!("ALTER TABLE ONLY {name} ALTER COLUMN {column} SET DEFAULT {default}");
            whole.add(&member(name, &column), sql);
        }
    }
    whole.sequences();
    for (name, relation) in tables {
        whole.constraints(name, relation, |constraint| !matches!(constraint.kind, ConstraintKind::Foreign { .. }));
    }
    for (name, relation) in &catalog.relations {
        match relation.kind {
            RelationKind::Table => continue,
            RelationKind::View => whole.add(name, create_view(name, relation)),
            RelationKind::MaterializedView => whole.add(name, format!("{} WITH NO DATA", create_view(name, relation))),
        }
        whole.add_some(name, view_settings(name, relation));
    }
    for (name, relation) in &catalog.relations {
        whole.indexes(name, relation);
    }
    for (name, relation) in &catalog.relations {
        whole.constraints(name, relation, |constraint| matches!(constraint.kind, ConstraintKind::Foreign { .. }));
        whole.add_some(name, replica_identity(name, relation));
        whole.add_some(name, cluster_on(name, relation));
    }
    // A partition's state may differ from its parent's, which is set first.
    for (name, relation) in &catalog.relations {
        for it in relation.triggers.iter().filter(|it| !it.inherited) {
            whole.add(&member(name, &it.name), it.definition.to_string());
        }
    }
    for (name, relation) in &catalog.relations {
        whole.states(name, relation);
    }
    whole.defined(Built::AfterRelations);
    for (object, comment) in &catalog.comments {
        if let Some(sql) = comment_on(object, Some(comment), catalog) {
            whole.add_at(stage_of(object), object, sql);
        }
    }
    whole.owners_and_privileges();
    whole.defined(Built::Last);
    whole.creates
}

/// The table without the defaults whose routines need the table, and these defaults.
fn without_circles<'r>(
    catalog: &Catalog,
    name: &QName,
    relation: &'r Relation,
) -> (Cow<'r, Relation>, Vec<(Name, Definition)>) {
    let is_late =
        |column: &Column| column.generated.is_none() && catalog.calls_back(&Object::column(name, &column.name), name);
    let late = relation.columns.iter().filter(|column| is_late(column));
    let late: Vec<_> = late.filter_map(|it| Some((it.name.clone(), it.default.clone()?))).collect();
    let mut first = Cow::Borrowed(relation);
    if !late.is_empty() {
        let columns = &mut first.to_mut().columns;
        columns.iter_mut().filter(|it| late.iter().any(|(name, _)| *name == it.name)).for_each(|it| it.default = None);
    }
    (first, late)
}

/// The tables, parents first. A partition that is created after the keys and indexes of its parent has them already.
fn parents_first(catalog: &Catalog) -> Vec<(&QName, &Relation)> {
    let mut waiting: Vec<_> =
        catalog.relations.iter().filter(|(_, relation)| relation.kind == RelationKind::Table).collect();
    let mut placed = BTreeSet::new();
    let mut ordered = Vec::with_capacity(waiting.len());
    loop {
        let is_placed = |parent: &QName| placed.contains(parent) || !catalog.relations.contains_key(parent);
        let (ready, others): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(_, relation)| relation.parents().all(is_placed));
        if ready.is_empty() {
            return [ordered, others].concat();
        }
        placed.extend(ready.iter().map(|(name, _)| *name));
        ordered.extend(ready);
        waiting = others;
    }
}

impl<'c> Whole<'c> {
    fn add(&mut self, object: &impl ToString, sql: String) {
        self.add_at(Stage::Objects, object, sql);
    }

    fn add_at(&mut self, stage: Stage, object: &impl ToString, sql: String) {
        self.creates.push(Create { object: object.to_string(), sql, stage });
    }

    fn add_some(&mut self, object: &impl ToString, sql: Option<String>) {
        if let Some(sql) = sql {
            self.add(object, sql);
        }
    }

    fn routines(&mut self) {
        for (signature, routine) in &self.catalog.routines {
            let definition = routine.definition.to_string();
            let Some(parts) = Parts::of(&definition) else {
                self.add(signature, definition);
                continue;
            };
            if parts.is_untrusted() {
                self.add(signature, parts.skeleton());
            } else if parts.is_leakproof() {
                self.add(signature, parts.without_leakproof());
                self.add_at(Stage::Rights, signature, format!("ALTER ROUTINE {signature} LEAKPROOF"));
            } else {
                self.add(signature, definition);
            }
        }
    }

    fn beside_relations(&mut self) {
        let catalog = self.catalog;
        for name in catalog.schemas.keys() {
            self.add_at(Stage::Schemas, name, format!("CREATE SCHEMA IF NOT EXISTS {name}"));
        }
        for (name, it) in &catalog.extensions {
            let sql = format!("CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {}", it.schema);
            self.add_at(Stage::Extensions, name, sql);
        }
        for (name, it) in &catalog.enums {
            self.add(name, create_enum(name, it));
        }
        self.defined(Built::BeforeDomains);
        for (name, it) in &catalog.domains {
            self.add(name, create_domain(name, it));
            for (check, it) in it.checks.iter().filter(|(_, check)| !check.validated) {
                self.add(name, add_domain_check(name, check, it));
            }
        }
        for (name, it) in catalog.sequences.iter().filter(|(_, sequence)| !sequence.identity) {
            self.add(name, create_sequence(name, it));
        }
    }

    fn defined(&mut self, when: Built) {
        let is_due = |it: &Defined| it.kind.facts().known.is_some_and(|known| known.built == when);
        for (object, it) in self.catalog.defined.iter().filter(|(_, it)| is_due(it)) {
            let stage = stage_of(object);
            self.add_at(stage, object, it.definition.to_string());
            for sql in defined_settings(object, it) {
                self.add_at(stage, object, sql);
            }
        }
    }

    /// After their tables.
    fn sequences(&mut self) {
        let catalog = self.catalog;
        for (name, it) in &catalog.sequences {
            let Some((table, _)) = &it.owned_by else { continue };
            if !it.identity {
                self.add(name, own_sequence(name, it));
                continue;
            }
            let table = catalog.relations.get(table);
            let came_unlogged = table.is_some_and(|table| table.persistence == Persistence::Unlogged);
            if catalog.server_version >= 150_000 && it.unlogged != came_unlogged {
                self.add(name, sequence_persistence(name, it));
            }
        }
    }

    /// Constraints for which `which` holds. Keys are added to each partition and then attached, because each has a name
    /// of its own; other constraints are inherited from the parent.
    fn constraints(&mut self, table: &QName, relation: &Relation, which: fn(&Constraint) -> bool) {
        let mut attached = BTreeSet::new();
        for it in relation.constraints.iter().filter(|it| which(it)) {
            let is_key = it.is_key();
            if is_key || !it.inherited {
                self.add(&member(table, &it.name), add_constraint(table, it, is_key, self.catalog.server_version));
            }
            let same = |of: &Constraint| (of.definition() == it.definition()).then(|| of.name.clone());
            if let Some((parent, of)) = self.parent(relation).filter(|_| is_key && it.inherited) {
                self.attach((table, &it.name), parent, of.constraints.iter().filter_map(same), &mut attached);
            }
        }
    }

    fn indexes(&mut self, table: &QName, relation: &Relation) {
        let mut attached = BTreeSet::new();
        // A parent's index that lacks parts is created like this; any other invalid index was left by a failure.
        let is_parent = relation.partition_key.is_some();
        for it in relation.indexes.iter().filter(|it| it.valid || is_parent) {
            let how = if is_parent { How::Only } else { How::Plain };
            self.add(&member(table, &it.name), create_index(table, it, how));
            self.add_some(&member(table, &it.name), index_statistics(table, it));
            let same = |of: &Index| (of.definition() == it.definition()).then(|| of.name.clone());
            if let Some((parent, of)) = self.parent(relation).filter(|_| it.inherited) {
                self.attach((table, &it.name), parent, of.indexes.iter().filter_map(same), &mut attached);
            }
        }
    }

    fn parent(&self, partition: &Relation) -> Option<(&'c QName, &'c Relation)> {
        self.catalog.relations.get_key_value(&partition.partition_of.as_ref()?.parent)
    }

    /// Attaches the index to the first matching index of the parent that has no part on this table.
    fn attach(
        &mut self,
        (table, own): (&QName, &Name),
        parent: &QName,
        mut candidates: impl Iterator<Item = Name>,
        attached: &mut BTreeSet<Name>,
    ) {
        if let Some(index) = candidates.find(|candidate| attached.insert(candidate.clone())) {
            self.add(&member(table, own), attach_index((parent, &index), (table, own)));
        }
    }

    /// Owners first: changing the owner changes privileges.
    fn owners_and_privileges(&mut self) {
        let catalog = self.catalog;
        for (object, owner) in &catalog.owners {
            // A sequence that a column owns follows the column's table.
            let follows = match object {
                Object::Sequence(name) => catalog.sequences.get(name).is_some_and(|it| it.owned_by.is_some()),
                // The owner of a publication of all tables must be a superuser, and here there is only the one.
                Object::Publication(_) => true,
                _ => false,
            };
            if !follows && let Some(sql) = owner_to(object, owner) {
                self.add_at(Stage::Rights, object, sql);
            }
        }
        for ((object, grantee), is) in &catalog.privileges {
            // Privileges on objects of the building role are granted by this role.
            let stage = if catalog.owner(object).is_some() { Stage::Rights } else { Stage::Objects };
            for sql in privileges(object, is, &grantee_of(catalog, object, grantee)) {
                self.add_at(stage, object, sql);
            }
        }
    }

    fn states(&mut self, table: &QName, relation: &Relation) {
        for sql in unproven_not_nulls(table, relation, self.catalog) {
            self.add(table, sql);
        }
        let is_disabled = |it: &&Constraint| {
            let acts_by_triggers = matches!(it.kind, ConstraintKind::Foreign { .. });
            acts_by_triggers && !it.enforced && !is_not_enforced(it, self.catalog.server_version)
        };
        for it in relation.constraints.iter().filter(is_disabled) {
            let sql = constraint_triggers(table, &it.name, false);
            self.add_at(Stage::Rights, &member(table, &it.name), sql);
        }
        for it in &relation.triggers {
            if it.inherited || it.enabled != Enabled::Origin {
                self.add(&member(table, &it.name), trigger_state(table, it));
            }
        }
    }
}

/// The stage of an object outside of relations.
fn stage_of(object: &Object) -> Stage {
    match object {
        Object::EventTrigger(_) => Stage::EventTriggers,
        Object::Extension(_) => Stage::Extensions,
        other if other.class().takes_superuser => Stage::Rights,
        _ => Stage::Objects,
    }
}

/// The owner is the building role, unless the catalog knows the owner.
fn grantee_of(catalog: &Catalog, object: &Object, grantee: &Grantee) -> String {
    match grantee {
        Grantee::Owner => catalog.owner(object).map_or_else(|| "CURRENT_USER".into(), ToString::to_string),
        Grantee::Public | Grantee::Role(_) => grantee.to_string(),
    }
}

fn member(relation: &QName, name: &Name) -> String {
    format!("{relation}.{name}")
}
