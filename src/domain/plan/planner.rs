//! What the recipes share: the situation that a plan is made from, questions to it, and the actions that have come together.
//! Knows no recipe.

mod domains;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use domains::{base, is_enum};

use super::action::Action;
use super::lookup::Lookup;
use super::scaffold::{self, Scaffolds};
use super::survey::{Size, Survey};
use super::{Blocked, Hazard, Orphans, Requirement, Segment, Step};
use crate::domain::catalog::{Catalog, Column, Constraint, ConstraintKind, Index, Object, Relation, Signature};
use crate::domain::drift::Scope;
use crate::domain::name::{Name, QName};
use crate::domain::report::{Change, Drift};

/// Everything that a plan follows from.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub expected: &'a Catalog,
    pub live: &'a Catalog,
    /// What differs, as [`crate::domain::drift::compare`] found it, less what is only another spelling and what policies ignore.
    pub drift: &'a [Drift],
    pub scope: Scope,
    pub orphans: Orphans,
    pub survey: &'a Survey,
    /// What an earlier run has left, and what is not in `live`.
    pub scaffolds: &'a Scaffolds,
    /// To whom is given what is made, where that is known.
    pub owners: &'a BTreeMap<Object, Name>,
}

/// What comes with the replacement of a routine.
#[derive(Debug, Default)]
pub(super) struct Replacing {
    pub(super) before: Vec<Segment>,
    /// In its transaction, before it.
    pub(super) steps: Vec<Step>,
}

/// What the recipes share.
pub(super) struct Planner<'a> {
    pub(super) on: &'a Situation<'a>,
    pub(super) actions: Vec<Action>,
    pub(super) blocked: Vec<Blocked>,
    pub(super) warnings: Vec<String>,
    /// What is done to that which a routine has computed, where it is replaced.
    pub(super) replacing: BTreeMap<Signature, Replacing>,
    /// Of the plan as a whole.
    pub(super) requirements: Vec<Requirement>,
    /// Objects whose drift ends by another recipe's doing.
    handled: BTreeSet<Object>,
    new_relations: BTreeSet<&'a QName>,
    pub(super) lookup: Lookup<'a>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(on: &'a Situation<'a>) -> Self {
        let is_there = |name: &QName, wanted: &Relation| {
            on.live.relations.get(name).is_some_and(|relation| {
                relation.kind == wanted.kind || relation.query.is_some() && wanted.query.is_some()
            })
        };
        let new = on.expected.relations.iter().filter(|(name, wanted)| !is_there(name, wanted));
        let new_relations = new.map(|(name, _)| name).collect();
        Self {
            on,
            actions: Vec::new(),
            blocked: Vec::new(),
            warnings: Vec::new(),
            replacing: BTreeMap::new(),
            requirements: Vec::new(),
            handled: BTreeSet::new(),
            new_relations,
            lookup: Lookup::new(on.expected, on.live, on.drift),
        }
    }

    pub(super) fn add(&mut self, action: Action) {
        #[cfg(test)]
        let action = super::tests::reworded(action);
        if action.segments.iter().any(|segment| !segment.steps().is_empty()) {
            self.actions.push(action);
        }
    }

    /// Nothing can be done about the drift by a plan.
    pub(super) fn cannot(&mut self, drift: &Drift, reason: &str) {
        let advice = "change it by hand (a hand-written fix is applied with the same care), or change the expectation";
        self.block(
            &drift.object,
            format!("{} {} {}: {reason}", drift.change.as_str(), drift.kind, drift.object),
            advice,
        );
    }

    pub(super) fn block(&mut self, object: &str, reason: String, advice: &str) {
        self.block_with(object, reason, advice, Vec::new());
    }

    /// The statements are for a human.
    pub(super) fn block_with(&mut self, object: &str, reason: String, advice: &str, statements: Vec<String>) {
        let (object, advice) = (object.into(), advice.into());
        let blocked = Blocked { object, reason, rows: None, sample: Vec::new(), advice, statements };
        if !self.blocked.contains(&blocked) {
            self.blocked.push(blocked);
        }
    }

    pub(super) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    pub(super) fn require(&mut self, requirement: Requirement) {
        self.requirements.push(requirement);
    }

    /// The drift of this object ends by another recipe's doing.
    pub(super) fn handle(&mut self, object: Object) {
        self.handled.insert(object);
    }

    pub(super) fn is_handled(&self, object: &Object) -> bool {
        self.handled.contains(object)
    }

    /// Names are drift.
    pub(super) fn renames(&self) -> bool {
        self.on.scope == Scope::Whole
    }

    pub(super) fn orphans(&self) -> Orphans {
        self.on.orphans
    }

    /// The helper is there already: an earlier run was cut short behind it.
    pub(super) fn has_helper(&self, table: &QName, of: &Name, what: &str) -> bool {
        let helper = scaffold::name(table, of, what);
        self.on.scaffolds.constraints.contains(&(table.clone(), helper))
    }

    /// An earlier run has put the index aside, and was cut short before the old one went: under this name.
    pub(super) fn put_aside(&self, table: &QName, index: &Name) -> Option<Name> {
        let aside = scaffold::name(table, index, scaffold::STALE);
        self.on.scaffolds.indexes.contains_key(&(table.clone(), aside.clone())).then_some(aside)
    }

    /// An index of this name is there, and dead.
    pub(super) fn is_dead(&self, table: &QName, name: &Name) -> bool {
        let helper = self.on.scaffolds.indexes.get(&(table.clone(), name.clone()));
        helper == Some(&false) || self.live_index(table, name).is_some_and(|found| !found.valid)
    }

    pub(super) fn expected_relation(&self, name: &QName) -> Option<&'a Relation> {
        self.on.expected.relations.get(name)
    }

    pub(super) fn live_relation(&self, name: &QName) -> Option<&'a Relation> {
        self.on.live.relations.get(name)
    }

    pub(super) fn expected_column(&self, table: &QName, name: &Name) -> Option<&'a Column> {
        self.expected_relation(table)?.columns.iter().find(|column| column.name == *name)
    }

    pub(super) fn live_column(&self, table: &QName, name: &Name) -> Option<&'a Column> {
        self.live_relation(table)?.columns.iter().find(|column| column.name == *name)
    }

    pub(super) fn expected_constraint(&self, table: &QName, name: &Name) -> Option<&'a Constraint> {
        self.expected_relation(table)?.constraints.iter().find(|constraint| constraint.name == *name)
    }

    pub(super) fn live_constraint(&self, table: &QName, name: &Name) -> Option<&'a Constraint> {
        self.live_relation(table)?.constraints.iter().find(|constraint| constraint.name == *name)
    }

    pub(super) fn expected_index(&self, table: &QName, name: &Name) -> Option<&'a Index> {
        self.expected_relation(table)?.indexes.iter().find(|index| index.name == *name)
    }

    pub(super) fn live_index(&self, table: &QName, name: &Name) -> Option<&'a Index> {
        self.live_relation(table)?.indexes.iter().find(|index| index.name == *name)
    }

    pub(super) fn size(&self, table: &QName) -> Size {
        self.on.survey.sizes.get(table).copied().unwrap_or_default()
    }

    /// The table is made by this plan, or has no page: nobody waits for what reads it.
    pub(super) fn is_empty(&self, table: &QName) -> bool {
        self.family(table)
            .iter()
            .all(|table| self.is_new(table) || self.is_partitioned(table) || self.size(table).bytes == Some(0))
    }

    pub(super) fn is_new(&self, table: &QName) -> bool {
        self.new_relations.contains(table)
    }

    pub(super) fn is_partitioned(&self, table: &QName) -> bool {
        let relation = self.live_relation(table).or_else(|| self.expected_relation(table));
        relation.is_some_and(|relation| relation.partition_key.is_some())
    }

    /// Partitions at every level, those that are to come among them and those that are to go not; each with its parent,
    /// parents first.
    pub(super) fn partitions(&self, table: &QName) -> Vec<(QName, QName)> {
        self.lookup.partitions(table)
    }

    /// Foreign tables among the partitions, at every level: they have no indexes.
    pub(super) fn foreign_partitions(&self, table: &QName) -> impl Iterator<Item = &'a QName> {
        self.on.survey.foreign_partitions.get(table).into_iter().flatten()
    }

    /// Whether a foreign table among the partitions keeps the table from having a unique index; then the plan is blocked.
    pub(super) fn is_never_unique(&mut self, table: &QName, name: &Name) -> bool {
        let foreign = self.foreign_partitions(table).map(QName::to_string).collect::<Vec<_>>().join(", ");
        if foreign.is_empty() {
            return false;
        }
        let reason = format!(
            "{name} cannot be created: PostgreSQL allows no unique index, key or exclusion constraint while a \
             partition is a foreign table ({foreign})"
        );
        let advice = "detach the foreign table, or take the key or index out of the expectation";
        self.block(&format!("{table}.{name}"), reason, advice);
        true
    }

    /// The table and its partitions and inheritance children at every level, in either database.
    pub(super) fn family(&self, table: &QName) -> Vec<QName> {
        self.lookup.family(table)
    }

    /// What holds the rows: the table itself, or its partitions.
    pub(super) fn leaves(&self, table: &QName) -> Vec<QName> {
        self.family(table).into_iter().filter(|table| !self.is_partitioned(table)).collect()
    }

    /// What a partition's part of this index is to be called.
    pub(super) fn index_name(&self, partition: &QName, wanted: &Index) -> Name {
        let indexes = |relation: Option<&'a Relation>| relation.into_iter().flat_map(|relation| &relation.indexes);
        let same = |index: &&Index| index.definition() == wanted.definition();
        let expected: Vec<&Index> = indexes(self.expected_relation(partition)).filter(same).collect();
        // One that is to stay beside the parent's is not taken for it.
        let stays = |index: &&Index| expected.iter().any(|it| it.name == index.name && !it.inherited);
        let is_free = |index: &&Index| same(index) && index.valid && !index.inherited && !stays(index);
        let live = indexes(self.live_relation(partition)).find(is_free);
        let expected = expected.iter().find(|index| index.inherited).or(expected.first()).copied();
        live.or(expected).map_or_else(|| scaffold::name(partition, &wanted.name, "idx"), |index| index.name.clone())
    }

    /// What a partition's part of this key is to be called.
    pub(super) fn key_name(&self, partition: &QName, wanted: &Constraint) -> Name {
        let constraints = self.expected_relation(partition).into_iter().flat_map(|relation| &relation.constraints);
        let same = constraints.filter(|constraint| constraint.definition() == wanted.definition());
        let name = same.map(|constraint| constraint.name.clone()).next();
        name.unwrap_or_else(|| scaffold::name(partition, &wanted.name, "key"))
    }

    /// Live foreign keys that stand on this key, with the tables that they belong to.
    pub(super) fn referencing(&self, table: &QName, key: &Constraint) -> Vec<(QName, Constraint)> {
        let (ConstraintKind::Primary { columns, .. } | ConstraintKind::Unique { columns, .. }) = &key.kind else {
            return Vec::new();
        };
        let key: BTreeSet<&Name> = columns.iter().collect();
        let stands = |constraint: &Constraint| match &constraint.kind {
            ConstraintKind::Foreign { parent_columns, .. } => {
                parent_columns.iter().collect::<BTreeSet<_>>() == key && !constraint.inherited
            }
            ConstraintKind::Primary { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclusion { .. } => false,
        };
        let keys = self.lookup.keys_to(table).filter(|(_, constraint)| stands(constraint));
        keys.map(|(child, constraint)| (child.clone(), constraint.clone())).collect()
    }

    /// The expected keys of the table that a foreign key can stand on.
    pub(super) fn keys_for(&self, table: &QName, foreign: &Constraint) -> Vec<Object> {
        let constraints = self.expected_relation(table).into_iter().flat_map(|relation| &relation.constraints);
        let keys = constraints.filter(|key| carries(key, foreign));
        keys.map(|it| Object::Constraint(table.clone(), it.name.clone())).collect()
    }

    /// Keys of the table that are to go, and on which the server might put a new foreign key.
    pub(super) fn leaving_keys(&self, table: &QName, foreign: &Constraint) -> Vec<Object> {
        let constraints = self.live_relation(table).into_iter().flat_map(|relation| &relation.constraints);
        let objects = constraints
            .filter(|key| carries(key, foreign))
            .map(|it| Object::Constraint(table.clone(), it.name.clone()));
        objects.filter(|key| self.drifts(Change::Unexpected, key)).collect()
    }

    /// The expected counterpart of a live foreign key, which the caller brings about. The key itself, where it is to
    /// stay; `None`: it is not expected, and there will be nothing that it can stand on.
    pub(super) fn take_over(&mut self, child: &QName, key: &Constraint) -> Option<Constraint> {
        let was = Object::Constraint(child.clone(), key.name.clone());
        match self.lookup.successor(&was) {
            Some(Object::Constraint(table, name)) => {
                let wanted = self.expected_constraint(table, name).unwrap_or(key).clone();
                self.handle(Object::Constraint(table.clone(), name.clone()));
                Some(wanted)
            }
            Some(_) | None => {
                let ConstraintKind::Foreign { parent, .. } = &key.kind else { return None };
                let stays = !self.keys_for(parent, key).is_empty();
                if !stays {
                    self.handle(was);
                }
                stays.then(|| key.clone())
            }
        }
    }

    /// The columns by which a row is found again.
    pub(super) fn key_of(&self, table: &QName) -> Vec<Name> {
        let of = |relation: Option<&'a Relation>| {
            relation.into_iter().flat_map(|relation| &relation.constraints).find_map(|constraint| {
                match &constraint.kind {
                    ConstraintKind::Primary { columns, .. } => Some(columns.clone()),
                    ConstraintKind::Unique { .. }
                    | ConstraintKind::Foreign { .. }
                    | ConstraintKind::Check { .. }
                    | ConstraintKind::Exclusion { .. } => None,
                }
            })
        };
        let there = |columns: &Vec<Name>| columns.iter().all(|column| self.live_column(table, column).is_some());
        of(self.live_relation(table)).or_else(|| of(self.expected_relation(table)).filter(there)).unwrap_or_default()
    }

    /// The step reads the whole table while it blocks its writers.
    pub(super) fn scan_that_blocks(&self, step: Step, table: &QName) -> Step {
        if self.is_empty(table) {
            return step;
        }
        step.scanning(table)
            .costing(Hazard::BlockingScan, format!("table {table} is scanned while writers are stopped"))
    }

    /// The step rewrites the table while nobody can use it.
    pub(super) fn rewrite(&self, step: Step, table: &QName) -> Step {
        if self.is_empty(table) {
            return step;
        }
        step.rewriting(table)
            .costing(Hazard::TableRewrite, format!("table {table} is rewritten while readers and writers are stopped"))
    }

    /// Is there such a drift?
    pub(super) fn drifts(&self, change: Change, subject: &Object) -> bool {
        self.lookup.drifts(change, subject)
    }
}

/// A foreign key can stand on this key.
fn carries(key: &Constraint, foreign: &Constraint) -> bool {
    let ConstraintKind::Foreign { parent_columns, .. } = &foreign.kind else { return false };
    match &key.kind {
        ConstraintKind::Primary { columns, .. } | ConstraintKind::Unique { columns, .. } => {
            columns.iter().collect::<BTreeSet<_>>() == parent_columns.iter().collect()
        }
        ConstraintKind::Foreign { .. } | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => false,
    }
}
