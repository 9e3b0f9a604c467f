//! Indexes of a group. Unique ones are created in the transaction that drops their predecessors: if the rows violate
//! one, everything is rolled back. Other indexes are built after the locks have been released.

use super::RebuildGroup;
use crate::domain::catalog::{Catalog, Index, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::transaction;
use crate::domain::plan::condition;
use crate::domain::plan::recipe::rebuild::Node;
use crate::domain::plan::step::again::successor;
use crate::domain::plan::step::index::{Build, concurrently, drop_dead, qualified, statistics};
use crate::domain::plan::{Effect, Segment, Step, Work};
use crate::domain::render;

impl RebuildGroup<'_, '_> {
    /// Drops the live index; its successor keeps the rows unique.
    pub(super) fn superseding(&self, step: Step, object: &Object) -> Step {
        match successor(self.planner, object) {
            Some((catalog, Object::Index(table, name))) if is_unique(catalog, &table, &name) => {
                step.with(Effect::Supersede(object.clone(), Object::Index(table, name)))
            }
            Some(_) | None => step,
        }
    }

    /// Built under the lock, whose cost the other steps of the group report, unless none of them reads or rewrites the
    /// table.
    pub(super) fn unique_index(&self, catalog: &Catalog, table: &QName, name: &Name) -> Vec<Step> {
        let Some(index) = find(catalog, table, name).filter(|index| index.unique) else { return Vec::new() };
        let step = Step::new(
            Effect::Create(Object::index(table, name)),
            format!("build index {}", qualified(table, name)),
            render::create_index(table, index, render::How::Plain),
            condition::index(table, name, "indisvalid"),
        );
        let family = if self.planner.is_partitioned(table) { self.planner.family(table) } else { vec![table.clone()] };
        let step = family.iter().fold(step, |step, table| step.locking(table, LockMode::Share));
        let is_rewritten = self.alter().iter().chain(&self.columns_up()).any(|step| match &step.work {
            Work::Rewrite { tables } => tables.contains(table),
            Work::Metadata | Work::Scan { .. } | Work::Batches { .. } => false,
        });
        let step = match is_rewritten {
            true if self.planner.is_empty(table) => step,
            true => step.scanning(table),
            false => self.planner.scan_that_blocks(step, table),
        };
        let step = self.index_holds(table, index).into_iter().fold(step, Step::requiring);
        [vec![step], statistics(table, index)].concat()
    }

    /// Drops what a failed build has left under the name of an index that is created in the transaction.
    pub(super) fn dead_before(&self) -> Vec<Segment> {
        let replacements = self.group.iter().filter_map(|node| match successor(self.planner, &node.object) {
            Some((catalog, Object::Index(table, name))) if node.object != Object::index(&table, &name) => {
                let is_in_the_way = is_unique(catalog, &table, &name) && self.planner.is_dead(&table, &name);
                is_in_the_way.then(|| drop_dead(&table, &name))
            }
            Some(_) | None => None,
        });
        replacements.collect()
    }

    pub(super) fn index_afterwards(&self, catalog: &Catalog, table: &QName, name: &Name) -> Vec<Segment> {
        let Some(index) = find(catalog, table, name).filter(|index| !index.unique) else { return Vec::new() };
        let done = condition::index(table, name, "indisvalid");
        let mut segments = concurrently(self.planner, table, &Build { index, requires: None, done });
        segments.extend(statistics(table, index).into_iter().map(|step| transaction(vec![step])));
        segments
    }

    /// Columns that are created again.
    fn columns_up(&self) -> Vec<Step> {
        let is_column = |node: &&Node| matches!(node.object, Object::Column(..));
        self.group.iter().filter(is_column).flat_map(|node| self.up(node)).collect()
    }
}

fn find<'c>(catalog: &'c Catalog, table: &QName, name: &Name) -> Option<&'c Index> {
    catalog.relations.get(table)?.indexes.iter().find(|index| index.name == *name)
}

fn is_unique(catalog: &Catalog, table: &QName, name: &Name) -> bool {
    find(catalog, table, name).is_some_and(|index| index.unique)
}
