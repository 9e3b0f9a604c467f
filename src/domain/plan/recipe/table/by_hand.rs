//! What a human sends where no statement makes a table what it is to be (partitioned, or no longer, or by another key): the old
//! table gets another name, a new one is made as the expected catalog has it, the rows are copied, and what stands on the old one from
//! elsewhere is put on the new one.

use std::collections::BTreeSet;

use crate::domain::catalog::{Address, Catalog, Column, Constraint, ConstraintKind, Object, Relation, RelationKind};
use crate::domain::name::{Name, QName, list, literal};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::render::{self, Create, whole};

struct Replacement<'a> {
    expected: &'a Catalog,
    live: &'a Catalog,
    name: &'a QName,
    /// The table and its partitions at every level, as they are to be, and as they are.
    new: BTreeSet<&'a QName>,
    old: BTreeSet<&'a QName>,
    /// What reads them: what a view reads comes before it.
    new_views: Vec<&'a QName>,
    old_views: Vec<&'a QName>,
}

/// In one transaction. The old table with its rows is there afterwards, under another name.
pub(super) fn statements(planner: &Planner<'_>, name: &QName) -> Vec<String> {
    let (expected, live) = (planner.on.expected, planner.on.live);
    let (new, old) = (parts(expected, name), parts(live, name));
    let (new_views, old_views) = (views(expected, &new), views(live, &old));
    let replacement = Replacement { expected, live, name, new, old, new_views, old_views };
    let mut sql = vec!["BEGIN".to_owned(), format!("LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")];
    sql.extend(replacement.off());
    sql.extend(replacement.renamed());
    let creates = replacement.creates();
    let is_table = |it: &Create| replacement.new.iter().any(|table| table.to_string() == it.object);
    let first = creates.iter().position(|it| !is_table(it)).unwrap_or(creates.len());
    let (tables, others) = creates.split_at(first);
    sql.extend(tables.iter().map(|it| it.sql.clone()));
    sql.extend(replacement.rows());
    sql.extend(others.iter().map(|it| it.sql.clone()));
    sql.extend(replacement.filled());
    sql.extend(replacement.rights());
    sql.push("COMMIT".to_owned());
    sql
}

/// What the old table is called by then.
pub(super) fn old_name(name: &QName) -> QName {
    QName { schema: name.schema.clone(), name: old_name_of(name, &name.name) }
}

fn old_name_of(table: &QName, name: &Name) -> Name {
    let old = format!("{}_old", name.as_str());
    if old.len() < 64 { Name::from(old.as_str()) } else { scaffold::name(table, name, "old") }
}

fn parts<'c>(catalog: &'c Catalog, name: &QName) -> BTreeSet<&'c QName> {
    let mut found: BTreeSet<&QName> = catalog.relations.get_key_value(name).map(|(name, _)| name).into_iter().collect();
    loop {
        let is_part = |it: &Relation| it.partition_of.as_ref().is_some_and(|it| found.contains(&it.parent));
        let more: Vec<_> = catalog.relations.iter().filter(|(_, it)| is_part(it)).map(|(name, _)| name).collect();
        let count = found.len();
        found.extend(more);
        if found.len() == count {
            return found;
        }
    }
}

/// Views on the tables, and on these views, in the order in which they can be made.
fn views<'c>(catalog: &'c Catalog, tables: &BTreeSet<&QName>) -> Vec<&'c QName> {
    let is_view = |name: &QName| catalog.relations.get(name).is_some_and(|it| it.kind != RelationKind::Table);
    let pairs = catalog.dependencies.iter().filter_map(|(view, on)| Some((view.relation()?, on.relation()?)));
    let pairs: BTreeSet<_> = pairs.filter(|(view, on)| is_view(view) && view != on).collect();
    let mut found: BTreeSet<&QName> = BTreeSet::new();
    loop {
        let more = pairs.iter().filter(|(_, on)| tables.contains(on) || found.contains(on)).map(|(view, _)| *view);
        let more: Vec<_> = more.filter(|view| !found.contains(view)).collect();
        if more.is_empty() {
            break;
        }
        found.extend(more);
    }
    let mut ordered: Vec<&QName> = Vec::new();
    while ordered.len() < found.len() {
        let waits =
            |view: &QName| pairs.iter().any(|(of, on)| *of == view && found.contains(on) && !ordered.contains(on));
        let ready: Vec<_> = found.iter().filter(|view| !ordered.contains(view) && !waits(view)).copied().collect();
        if ready.is_empty() {
            break;
        }
        ordered.extend(ready);
    }
    ordered
}

/// Keys of other tables that reference these.
fn foreign<'c>(catalog: &'c Catalog, tables: &BTreeSet<&QName>) -> Vec<(&'c QName, &'c Constraint)> {
    let others = catalog.relations.iter().filter(|(name, _)| !tables.contains(name));
    let keys = others.flat_map(|(name, it)| it.constraints.iter().map(move |key| (name, key)));
    let references = |key: &Constraint| match &key.kind {
        ConstraintKind::Foreign { parent, .. } => tables.contains(parent) && !key.inherited,
        ConstraintKind::Primary { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => false,
    };
    keys.filter(|(_, key)| references(key)).collect()
}

/// Names that relations have in their schemas.
fn names(catalog: &Catalog) -> BTreeSet<QName> {
    let members = catalog.relations.iter().flat_map(|(table, it)| {
        let keys = it.constraints.iter().filter(|it| it.is_key()).map(|it| &it.name);
        let all = keys.chain(it.indexes.iter().map(|it| &it.name));
        all.map(|name| QName { schema: table.schema.clone(), name: name.clone() })
    });
    catalog.relations.keys().chain(catalog.sequences.keys()).cloned().chain(members).collect()
}

/// It is the relation, or stands on it.
fn is_member_of(relation: &str, object: &str) -> bool {
    object.strip_prefix(relation).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Replacement<'_> {
    /// Takes off what stands on the old table and is made again, or goes over to the new one.
    fn off(&self) -> Vec<String> {
        let keys = foreign(self.live, &self.old).into_iter();
        let mut sql: Vec<_> =
            keys.map(|(child, key)| format!("ALTER TABLE {child} DROP CONSTRAINT {}", key.name)).collect();
        let views = self.old_views.iter().rev().filter_map(|view| Some((view, self.live.relations.get(*view)?)));
        sql.extend(views.map(|(view, it)| render::drop_relation(view, it)));
        let of_old = |table: Option<&QName>| table.is_some_and(|table| self.old.contains(table));
        let beside = self.live.defined.iter().filter(|(_, it)| of_old(it.table.as_ref()));
        let beside = beside.filter(|(object, _)| matches!(object.address(), Address::Schema(_)));
        sql.extend(beside.map(|(object, _)| render::drop_defined(object)));
        for (sequence, it) in &self.live.sequences {
            let is_owned = it.owned_by.as_ref().is_some_and(|(table, _)| self.old.contains(table));
            if is_owned && !it.identity && self.expected.sequences.contains_key(sequence) {
                sql.push(format!("ALTER SEQUENCE {sequence} OWNED BY NONE"));
            }
        }
        let partition = self.live.relations.get(self.name).and_then(|it| it.partition_of.as_ref());
        sql.extend(partition.map(|it| format!("ALTER TABLE {} DETACH PARTITION {}", it.parent, self.name)));
        sql
    }

    /// Frees the names that the new one has.
    fn renamed(&self) -> Vec<String> {
        let taken = names(self.expected);
        let mut sql = Vec::new();
        let rename = |word: &str, table: &QName, name: &QName| {
            format!("ALTER {word} {name} RENAME TO {}", old_name_of(table, &name.name))
        };
        for table in &self.old {
            let Some(relation) = self.live.relations.get(*table) else { continue };
            if taken.contains(*table) {
                sql.push(rename("TABLE", table, table));
            }
            let keys = relation.constraints.iter().filter(|it| it.is_key()).map(|it| &it.name);
            for name in keys.chain(relation.indexes.iter().map(|it| &it.name)) {
                let name = QName { schema: table.schema.clone(), name: name.clone() };
                sql.extend(taken.contains(&name).then(|| rename("INDEX", table, &name)));
            }
        }
        for (sequence, table) in self.identities() {
            sql.extend(taken.contains(sequence).then(|| rename("SEQUENCE", table, sequence)));
        }
        sql
    }

    /// Sequences of the old table's identity columns.
    fn identities(&self) -> impl Iterator<Item = (&QName, &QName)> {
        let sequences = self.live.sequences.iter().filter(|(_, it)| it.identity);
        let owned = sequences.filter_map(|(name, it)| Some((name, &it.owned_by.as_ref()?.0)));
        owned.filter(|(_, table)| self.old.contains(table))
    }

    /// What makes the new table, what stands on it, and what references and reads it.
    fn creates(&self) -> Vec<Create> {
        let foreign: BTreeSet<_> =
            foreign(self.expected, &self.new).into_iter().map(|(child, key)| format!("{child}.{}", key.name)).collect();
        let whole: Vec<_> = self.new.iter().chain(&self.new_views).map(ToString::to_string).collect();
        let beside = self.expected.defined.iter();
        let beside = beside.filter(|(_, it)| it.table.as_ref().is_some_and(|table| self.new.contains(table)));
        let beside: BTreeSet<_> = beside.map(|(object, _)| object.to_string()).collect();
        let sequences = &self.expected.sequences;
        let creates_sequence =
            |it: &Create| sequences.iter().any(|(name, of)| it.sql == render::create_sequence(name, of));
        let is_owned = |it: &Create| {
            let named = sequences.iter().filter(|(name, _)| name.to_string() == it.object);
            let mut owned = named.filter(|(_, it)| it.owned_by.as_ref().is_some_and(|(on, _)| self.new.contains(on)));
            // One that is there goes on.
            owned.any(|(name, _)| !self.live.sequences.contains_key(name) || !creates_sequence(it))
        };
        let is_it = |it: &Create| {
            whole.iter().any(|of| is_member_of(of, &it.object))
                || foreign.contains(&it.object)
                || beside.contains(&it.object)
                || is_owned(it)
        };
        let creates = whole::create(self.expected).into_iter().filter(is_it);
        let view_of = |it: &Create| self.new_views.iter().position(|view| is_member_of(&view.to_string(), &it.object));
        let (mut views, creates): (Vec<_>, Vec<_>) = creates.partition(|it| view_of(it).is_some());
        views.sort_by_key(view_of);
        // A new sequence has to be there before the defaults that call it.
        let (first, others): (Vec<_>, Vec<_>) = creates.into_iter().partition(creates_sequence);
        [first, others, views].concat()
    }

    /// Copies the rows: the values of all columns that both have.
    fn rows(&self) -> Option<String> {
        let (wanted, found) = (self.expected.relations.get(self.name)?, self.live.relations.get(self.name)?);
        let is_there = |it: &&Column| found.columns.iter().any(|other| other.name == it.name);
        let columns = wanted.columns.iter().filter(is_there).filter(|it| it.generated.is_none());
        let columns: Vec<_> = columns.map(|it| it.name.clone()).collect();
        let is_identity = wanted.columns.iter().any(|it| it.identity.is_some());
        let overriding = if is_identity { " OVERRIDING SYSTEM VALUE" } else { "" };
        let (columns, old) = (list(&columns), old_name(self.name));
        Some(format!("INSERT INTO {} ({columns}){overriding} SELECT {columns} FROM {old}", self.name))
    }

    /// Sequences go on where they were, and materialized views have rows again.
    fn filled(&self) -> Vec<String> {
        let same = self.identities().filter(|(name, _)| self.expected.sequences.contains_key(*name));
        let mut sql: Vec<_> = same
            .map(|(name, table)| {
                let old = QName { schema: name.schema.clone(), name: old_name_of(table, &name.name) };
                let new = literal(&name.to_string());
                format!("SELECT setval({new}, last_value, is_called) FROM {old}")
            })
            .collect();
        let is_materialized = |view: &&&QName| {
            self.expected.relations.get(**view).is_some_and(|it| it.kind == RelationKind::MaterializedView)
        };
        let views = self.new_views.iter().filter(is_materialized);
        sql.extend(views.map(|view| format!("REFRESH MATERIALIZED VIEW {view}")));
        sql
    }

    /// Where the expectation says nothing of owners and privileges, the new table has the old one's.
    fn rights(&self) -> Vec<String> {
        let mut sql = Vec::new();
        let old = Object::Table(self.name.clone());
        for table in &self.new {
            let new = Object::Table((*table).clone());
            let owner = self.live.owners.get(&old).filter(|_| !self.expected.owners.contains_key(&new));
            sql.extend(owner.and_then(|owner| render::owner_to(&new, owner)));
        }
        if !self.expected.privileges.keys().any(|(object, _)| *object == old) {
            let privileges = self.live.privileges.iter().filter(|((object, _), _)| *object == old);
            sql.extend(
                privileges.flat_map(|((object, grantee), is)| render::privileges(object, is, &grantee.to_string())),
            );
        }
        sql
    }
}
