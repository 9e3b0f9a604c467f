//! Lookups that recipes need often, built once: otherwise a thousand drifts would walk over all tables a thousand
//! times.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::catalog::{Catalog, Constraint, ConstraintKind, Grantee, Object, Privileges, Relation};
use crate::domain::drift;
use crate::domain::name::{Name, QName};
use crate::domain::report::{Change, Drift};

/// Indexes by name. Of the live database, unless said otherwise.
#[derive(Debug, Default)]
pub(super) struct Lookup<'a> {
    /// Inheritance children of a table in either database, including partitions.
    children: BTreeMap<&'a QName, BTreeSet<&'a QName>>,
    /// Partitions by parent, after the plan: including new ones, without those that are dropped.
    partitions: BTreeMap<&'a QName, Vec<&'a QName>>,
    /// Partitions that are dropped or detached, by parent.
    leaving: BTreeMap<&'a QName, Vec<&'a QName>>,
    /// Foreign keys by the referenced table, with the tables that they belong to.
    keys: BTreeMap<&'a QName, Vec<(&'a QName, &'a Constraint)>>,
    /// Sequences of either database by the table that owns them.
    owned: BTreeMap<&'a QName, BTreeSet<&'a QName>>,
    /// The expected counterpart of a live object that differs.
    successors: BTreeMap<&'a Object, &'a Object>,
    /// How an object differs.
    changes: BTreeMap<&'a Object, Change>,
    /// Dependent objects of an object.
    dependents: BTreeMap<&'a Object, Vec<&'a Object>>,
    /// Counterparts of objects that change their names or kinds.
    counterparts: BTreeMap<&'a Object, &'a Object>,
    /// Expected privileges of objects whose privileges drift.
    privileges: BTreeMap<&'a Object, Vec<(&'a Grantee, Privileges)>>,
    /// Names of constraints and indexes, with their schemas.
    taken: BTreeSet<(&'a Name, &'a Name)>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(expected: &'a Catalog, live: &'a Catalog, drift: &'a [Drift]) -> Self {
        let mut lookup = Self::default();
        let changed = drift.iter().filter_map(|drift| Some((drift.counterpart.as_ref()?, &drift.subject)));
        lookup.successors.extend(changed);
        lookup.changes.extend(drift.iter().map(|drift| (&drift.subject, drift.change)));
        let unexpected = drift.iter().filter(|drift| drift.change == Change::Unexpected);
        let going: BTreeSet<&QName> = unexpected.filter_map(|drift| drift.subject.relation()).collect();
        let stays = |name: &QName| expected.relations.contains_key(name) || !going.contains(name);
        let there = live.relations.iter().filter(|(name, _)| stays(name));
        let to_come = expected.relations.iter().filter(|(name, _)| !live.relations.contains_key(*name));
        for (name, relation) in there.chain(to_come) {
            let wanted = expected.relations.get(name).and_then(|wanted| wanted.partition_of.as_ref());
            let is_left = |parent: &QName| wanted.is_none_or(|wanted| wanted.parent != *parent);
            if relation.detaching_from().is_some_and(is_left) {
                continue;
            }
            if let Some(partition) = &relation.partition_of {
                lookup.partitions.entry(&partition.parent).or_default().push(name);
            }
        }
        for (name, relation) in live.relations.iter().filter(|(name, _)| !stays(name)) {
            if let Some(partition) = &relation.partition_of {
                lookup.leaving.entry(&partition.parent).or_default().push(name);
            }
        }
        for (name, relation) in live.relations.iter().chain(&expected.relations) {
            for parent in relation.parents() {
                lookup.children.entry(parent).or_default().insert(name);
            }
        }
        for (name, sequence) in live.sequences.iter().chain(&expected.sequences) {
            if let Some((table, _)) = &sequence.owned_by {
                lookup.owned.entry(table).or_default().insert(name);
            }
        }
        for (name, relation) in &live.relations {
            lookup.gather(name, relation);
        }
        let wanted = drift::wanted_privileges(expected, live);
        for drift in drift {
            if let Object::Privileges(of, grantee) = &drift.subject {
                let wanted = wanted.get(&((**of).clone(), grantee.clone())).cloned().unwrap_or_default();
                lookup.privileges.entry(of).or_default().push((grantee, wanted));
            } else if let Some(was) = &drift.counterpart {
                lookup.counterparts.insert(&drift.subject, was);
            }
        }
        for (dependent, needed) in &live.dependencies {
            lookup.dependents.entry(needed).or_default().push(dependent);
        }
        lookup
    }

    fn gather(&mut self, name: &'a QName, relation: &'a Relation) {
        for constraint in &relation.constraints {
            self.taken.insert((&name.schema, &constraint.name));
            if let ConstraintKind::Foreign { parent, .. } = &constraint.kind {
                self.keys.entry(parent).or_default().push((name, constraint));
            }
        }
        self.taken.extend(relation.indexes.iter().map(|index| (&name.schema, &index.name)));
    }

    /// The table and its partitions and inheritance children at every level.
    pub(super) fn family(&self, table: &QName) -> Vec<QName> {
        let mut known = BTreeSet::from([table]);
        let mut family = vec![table];
        let mut at = 0;
        while let Some(parent) = family.get(at).copied() {
            let children = self.children.get(parent).into_iter().flatten().copied();
            family.extend(children.filter(|child| known.insert(child)));
            at += 1;
        }
        family.into_iter().cloned().collect()
    }

    /// Inheritance children of the table itself in either database, including partitions.
    pub(super) fn children(&self, table: &QName) -> impl Iterator<Item = &'a QName> {
        self.children.get(table).into_iter().flatten().copied()
    }

    /// At every level, each with its parent, parents first.
    pub(super) fn partitions(&self, table: &QName) -> Vec<(QName, QName)> {
        let mut found = Vec::new();
        for partition in self.partitions.get(table).into_iter().flatten() {
            found.push((table.clone(), (*partition).clone()));
            found.extend(self.partitions(partition));
        }
        found
    }

    /// Partitions that are dropped or detached, at every level: as long as they exist, an index or key of their parent
    /// is not complete.
    pub(super) fn leaving(&self, table: &QName) -> Vec<Object> {
        let mut found = Vec::new();
        for partition in self.leaving.get(table).into_iter().flatten() {
            found.push(Object::Table((*partition).clone()));
            found.extend(self.leaving(partition));
        }
        for partition in self.partitions.get(table).into_iter().flatten() {
            found.extend(self.leaving(partition));
        }
        found
    }

    /// Foreign keys that reference the table, with the tables that they belong to.
    pub(super) fn keys_to(&self, table: &QName) -> impl Iterator<Item = (&'a QName, &'a Constraint)> {
        self.keys.get(table).into_iter().flatten().copied()
    }

    /// Sequences of either database.
    pub(super) fn owned(&self, table: &QName) -> impl Iterator<Item = &'a QName> {
        self.owned.get(table).into_iter().flatten().copied()
    }

    /// The expected counterpart of the live object, where it differs.
    pub(super) fn successor(&self, object: &Object) -> Option<&'a Object> {
        self.successors.get(object).copied()
    }

    /// Objects that depend on the object.
    pub(super) fn dependents(&self, object: &Object) -> impl Iterator<Item = &'a Object> {
        self.dependents.get(object).into_iter().flatten().copied()
    }

    /// The live object that becomes this one: the object itself, unless its name or kind changes.
    pub(super) fn counterpart<'o>(&self, object: &'o Object) -> &'o Object
    where
        'a: 'o,
    {
        self.counterparts.get(object).copied().unwrap_or(object)
    }

    /// The expected privileges, by grantee, where they drift.
    pub(super) fn drifting_privileges(&self, of: &Object) -> impl Iterator<Item = (&'a Grantee, &Privileges)> {
        self.privileges.get(of).into_iter().flatten().map(|(grantee, wanted)| (*grantee, wanted))
    }

    /// Whether there is such drift.
    pub(super) fn drifts(&self, change: Change, subject: &Object) -> bool {
        self.changes.get(subject) == Some(&change)
    }

    /// Whether a constraint or an index of the schema has this name.
    pub(super) fn is_taken(&self, schema: &Name, name: &Name) -> bool {
        self.taken.contains(&(schema, name))
    }
}

/// The objects that the object depends on.
pub(super) fn needs<'a>(catalog: &'a Catalog, object: &Object) -> impl Iterator<Item = &'a Object> {
    catalog.needs(object)
}
