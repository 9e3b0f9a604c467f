//! What is checked again for recomputed columns: constraints and unique indexes that the group creates again apply to
//! other values than before.

use super::RebuildGroup;
use crate::domain::catalog::{Constraint, ConstraintKind, Definition, Index, Object};
use crate::domain::name::{Name, QName};
use crate::domain::plan::lookup::needs;
use crate::domain::plan::order::mentions;
use crate::domain::plan::recipe::rebuild::How;
use crate::domain::plan::step::{constraint, foreign, index, key};
use crate::domain::plan::{Requirement, Undo};

impl RebuildGroup<'_, '_> {
    /// The table's columns whose values are recomputed by the rebuild, as opposed to converted.
    fn recomputed(&self, table: &QName) -> Vec<&Name> {
        let columns =
            self.group.iter().filter(|node| node.how == How::Recreate).filter_map(|node| match &node.object {
                Object::Column(of, name) if of == table => Some(name),
                _ => None,
            });
        let is_recomputed = |name: &&Name| {
            let columns = (self.planner.expected_column(table, name), self.planner.live_column(table, name));
            matches!(columns, (Some(wanted), Some(found)) if self.planner.is_recomputed(table, found, wanted))
        };
        columns.filter(is_recomputed).collect()
    }

    /// A requirement: the rows satisfy the constraint with their new values.
    pub(super) fn constraint_holds(&self, table: &QName, it: &Constraint) -> Option<Requirement> {
        let planner = self.planner;
        if !self.meets_other_values(table, it) {
            return None;
        }
        match &it.kind {
            ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } => {
                Some(key::no_duplicates(planner, table, it))
            }
            ConstraintKind::Foreign { .. } => it.validated.then(|| foreign::no_orphans(planner, table, it)),
            ConstraintKind::Check { expression, no_inherit } => {
                it.validated.then(|| constraint::rows_pass(planner, table, it, (expression, *no_inherit)))
            }
            ConstraintKind::Exclusion { .. } => constraint::pairs(planner, table, it),
        }
    }

    /// Whether it involves recomputed columns, and so may refuse other rows than before.
    fn meets_other_values(&self, table: &QName, it: &Constraint) -> bool {
        let recomputed = self.recomputed(table);
        let has = |names: &[Name]| names.iter().any(|name| recomputed.contains(&name));
        let mentioned = |text: &Definition| {
            let text = text.to_string();
            recomputed.iter().any(|name| mentions(&text, name))
        };
        match &it.kind {
            ConstraintKind::Primary { columns, .. } | ConstraintKind::Unique { columns, .. } => has(columns),
            ConstraintKind::Foreign { columns, parent, parent_columns, .. } => {
                let of_parent = self.recomputed(parent);
                has(columns) || parent_columns.iter().any(|it| of_parent.contains(&it))
            }
            ConstraintKind::Check { expression, .. } => mentioned(expression),
            ConstraintKind::Exclusion { definition } => mentioned(definition),
        }
    }

    /// If the rows violate the new constraint, the one that it replaced is restored. A constraint that was created
    /// again unchanged stays. Nothing is restored if the old one could refuse other rows than it did, because of new
    /// values, another order or another routine.
    pub(super) fn undo(&self, before: &Object, table: &QName, wanted: &Constraint) -> Option<Undo> {
        let undo = Undo::constraint(table, &wanted.name);
        let old = match before {
            Object::Constraint(of, name) if of == table => self.planner.live_constraint(of, name),
            _ => None,
        };
        let is_in_group = |object: &Object| self.group.iter().any(|node| node.object == *object);
        let mut routines = needs(self.planner.on.live, before).filter(|it| matches!(it, Object::Routine(_)));
        let is_by_others = routines.any(is_in_group);
        match old {
            Some(old)
                if is_by_others || self.meets_other_values(table, old) || self.is_in_another_order(table, old) =>
            {
                Some(undo)
            }
            Some(old) if old.definition() == wanted.definition() => None,
            Some(old) => Some(undo.putting_back(table, old)),
            None => Some(undo),
        }
    }

    /// A requirement: the new values are unique.
    pub(super) fn index_holds(&self, table: &QName, it: &Index) -> Option<Requirement> {
        let text = it.definition();
        let is_met = self.recomputed(table).iter().any(|name| mentions(&text, name));
        if is_met && it.unique {
            return Some(index::no_duplicates(self.planner, table, it));
        }
        it.unique.then(|| self.unique_in_another_order(table, it)).flatten()
    }
}

impl RebuildGroup<'_, '_> {
    /// Columns that become rows or ranges that contain values of a domain, which may refuse them: questions can be
    /// asked only about values of the domain itself.
    pub(super) fn unasked_inside(&self) -> impl Iterator<Item = (String, String)> {
        self.group.iter().filter(|node| node.how == How::Type).filter_map(|node| {
            let Object::Column(table, name) = &node.object else { return None };
            let (wanted, found) = (self.planner.expected_column(table, name)?, self.planner.live_column(table, name)?);
            let changes = wanted.data_type != found.data_type && !self.planner.is_empty(table);
            let domain = self.planner.domain_inside(wanted).filter(|_| changes)?;
            let reason = format!(
                "its new type contains domain {domain}, and whether existing values satisfy it cannot be checked in \
                 advance"
            );
            Some((node.object.to_string(), reason))
        })
    }
}
