//! What the recipes share: the situation of the plan, questions about it, and the actions collected so far. Knows no
//! recipe.

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

/// Everything that determines a plan.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub expected: &'a Catalog,
    pub live: &'a Catalog,
    /// Differences that [`crate::domain::drift::compare`] found, without mere differences of spelling and without those
    /// that policies ignore.
    pub drift: &'a [Drift],
    pub scope: Scope,
    pub orphans: Orphans,
    pub survey: &'a Survey,
    /// Helpers that an earlier run has left; they are not in `live`.
    pub scaffolds: &'a Scaffolds,
    /// The owner of each created object, where it is known.
    pub owners: &'a BTreeMap<Object, Name>,
}

/// What the replacement of a routine involves.
#[derive(Debug, Default)]
pub(super) struct Replacing {
    pub(super) before: Vec<Segment>,
    /// Steps in the transaction that replaces it, before it.
    pub(super) steps: Vec<Step>,
}

/// What the recipes share.
pub(super) struct Planner<'a> {
    pub(super) on: &'a Situation<'a>,
    pub(super) actions: Vec<Action>,
    pub(super) blocked: Vec<Blocked>,
    pub(super) warnings: Vec<String>,
    /// What is done, where a routine is replaced, to the stored values that it has computed.
    pub(super) replacing: BTreeMap<Signature, Replacing>,
    /// Requirements of the plan as a whole.
    pub(super) requirements: Vec<Requirement>,
    /// Objects whose drift is removed by another recipe.
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

    /// No plan can remove this drift.
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

    /// The drift of this object is removed by another recipe.
    pub(super) fn handle(&mut self, object: Object) {
        self.handled.insert(object);
    }

    pub(super) fn is_handled(&self, object: &Object) -> bool {
        self.handled.contains(object)
    }

    /// Whether different names are drift.
    pub(super) fn renames(&self) -> bool {
        self.on.scope == Scope::Whole
    }

    pub(super) fn orphans(&self) -> Orphans {
        self.on.orphans
    }

    /// Whether the helper exists already: an earlier run was interrupted after it.
    pub(super) fn has_helper(&self, table: &QName, of: &Name, what: &str) -> bool {
        let helper = scaffold::name(table, of, what);
        self.on.scaffolds.constraints.contains(&(table.clone(), helper))
    }

    /// The helper name under which an earlier run, interrupted before the old index was dropped, has renamed it.
    pub(super) fn renamed_apart(&self, table: &QName, index: &Name) -> Option<Name> {
        let temporary = scaffold::name(table, index, scaffold::STALE);
        self.on.scaffolds.indexes.contains_key(&(table.clone(), temporary.clone())).then_some(temporary)
    }

    /// Whether an index of this name exists and is invalid.
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

    /// The table is created by this plan, or has no page: reading it takes no time.
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

    /// Partitions at every level after the plan: including new ones, without those that are dropped. Each with its
    /// parent, parents first.
    pub(super) fn partitions(&self, table: &QName) -> Vec<(QName, QName)> {
        self.lookup.partitions(table)
    }

    /// Foreign tables among the partitions, at every level: they have no indexes.
    pub(super) fn foreign_partitions(&self, table: &QName) -> impl Iterator<Item = &'a QName> {
        self.on.survey.foreign_partitions.get(table).into_iter().flatten()
    }

    /// Whether a foreign table among the partitions prevents a unique index on the table; then the plan is blocked.
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

    /// What the server locks when a foreign key to the table is dropped.
    pub(super) fn with_partitions(&self, table: &QName) -> Vec<QName> {
        if self.is_partitioned(table) { self.family(table) } else { vec![table.clone()] }
    }

    /// What holds the rows: the table itself, or its partitions.
    pub(super) fn leaves(&self, table: &QName) -> Vec<QName> {
        self.family(table).into_iter().filter(|table| !self.is_partitioned(table)).collect()
    }

    /// The name of the partition's part of this index.
    pub(super) fn index_name(&self, partition: &QName, wanted: &Index) -> Name {
        let indexes = |relation: Option<&'a Relation>| relation.into_iter().flat_map(|relation| &relation.indexes);
        let same = |index: &&Index| index.definition() == wanted.definition();
        let expected: Vec<&Index> = indexes(self.expected_relation(partition)).filter(same).collect();
        // An index that stays independent beside the parent's is not used as its part.
        let stays = |index: &&Index| expected.iter().any(|it| it.name == index.name && !it.inherited);
        let is_free = |index: &&Index| same(index) && index.valid && !index.inherited && !stays(index);
        let live = indexes(self.live_relation(partition)).find(is_free);
        let expected = expected.iter().find(|index| index.inherited).or(expected.first()).copied();
        live.or(expected).map_or_else(|| scaffold::name(partition, &wanted.name, "idx"), |index| index.name.clone())
    }

    /// The name of the partition's part of this key.
    pub(super) fn key_name(&self, partition: &QName, wanted: &Constraint) -> Name {
        let constraints = self.expected_relation(partition).into_iter().flat_map(|relation| &relation.constraints);
        let same = constraints.filter(|constraint| constraint.definition() == wanted.definition());
        let name = same.map(|constraint| constraint.name.clone()).next();
        name.unwrap_or_else(|| scaffold::name(partition, &wanted.name, "key"))
    }

    /// Live foreign keys that depend on this key, with the tables that they belong to.
    pub(super) fn referencing(&self, table: &QName, key: &Constraint) -> Vec<(QName, Constraint)> {
        let (ConstraintKind::Primary { columns, .. } | ConstraintKind::Unique { columns, .. }) = &key.kind else {
            return Vec::new();
        };
        let key: BTreeSet<&Name> = columns.iter().collect();
        let depends = |constraint: &Constraint| match &constraint.kind {
            ConstraintKind::Foreign { parent_columns, .. } => {
                parent_columns.iter().collect::<BTreeSet<_>>() == key && !constraint.inherited
            }
            ConstraintKind::Primary { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclusion { .. } => false,
        };
        let keys = self.lookup.keys_to(table).filter(|(_, constraint)| depends(constraint));
        keys.map(|(child, constraint)| (child.clone(), constraint.clone())).collect()
    }

    /// The expected keys of the table that a foreign key can reference.
    pub(super) fn keys_for(&self, table: &QName, foreign: &Constraint) -> Vec<Object> {
        let constraints = self.expected_relation(table).into_iter().flat_map(|relation| &relation.constraints);
        let keys = constraints.filter(|key| carries(key, foreign));
        keys.map(|it| Object::Constraint(table.clone(), it.name.clone())).collect()
    }

    /// Keys and unique indexes of the table that are dropped, and that the server might choose for a new foreign key.
    pub(super) fn leaving_keys(&self, table: &QName, foreign: &Constraint) -> Vec<Object> {
        let Some(relation) = self.live_relation(table) else { return Vec::new() };
        let keys = relation.constraints.iter().filter(|key| carries(key, foreign));
        let keys = keys.map(|it| Object::constraint(table, &it.name));
        let indexes = relation.indexes.iter().filter(|index| is_unique_for(index, foreign));
        let indexes = indexes.map(|it| Object::index(table, &it.name));
        keys.chain(indexes).filter(|object| self.drifts(Change::Unexpected, object)).collect()
    }

    /// The expected counterpart of a live foreign key, which the caller creates. The key itself, where it stays;
    /// `None`: it is not expected, and no key will be left that it can reference.
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

    /// The columns that identify a row.
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

    /// The step rewrites the table while no session can use it.
    pub(super) fn rewrite(&self, step: Step, table: &QName) -> Step {
        if self.is_empty(table) {
            return step;
        }
        step.rewriting(table)
            .costing(Hazard::TableRewrite, format!("table {table} is rewritten while readers and writers are stopped"))
    }

    /// Whether there is such drift.
    pub(super) fn drifts(&self, change: Change, subject: &Object) -> bool {
        self.lookup.drifts(change, subject)
    }
}

/// The foreign key could reference the columns by this index.
pub(super) fn is_unique_for(index: &Index, foreign: &Constraint) -> bool {
    let ConstraintKind::Foreign { parent_columns, .. } = &foreign.kind else { return false };
    let keys: BTreeSet<_> = index.keys.iter().map(|key| key.expression.to_string()).collect();
    index.unique && keys == parent_columns.iter().map(ToString::to_string).collect()
}

/// Whether a foreign key can reference this key.
fn carries(key: &Constraint, foreign: &Constraint) -> bool {
    let ConstraintKind::Foreign { parent_columns, .. } = &foreign.kind else { return false };
    match &key.kind {
        ConstraintKind::Primary { columns, .. } | ConstraintKind::Unique { columns, .. } => {
            columns.iter().collect::<BTreeSet<_>>() == parent_columns.iter().collect()
        }
        ConstraintKind::Foreign { .. } | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => false,
    }
}
