//! The order of steps that write rows: they run after the plan has changed or dropped the objects that the writes would
//! meet.

use std::collections::BTreeSet;

use super::Graph;
use crate::domain::catalog::{Constraint, ConstraintKind, Object};
use crate::domain::name::QName;
use crate::domain::plan::action::Action;
use crate::domain::plan::lookup::needs;
use crate::domain::plan::{Segment, Work};

impl<'a> Graph<'a> {
    /// Actions that change or drop what the UPDATEs of this action would meet: existing triggers with their functions,
    /// rules and checks. New ones are not waited for: the application has worked without them until now. A column is
    /// filled only where an UPDATE meets none of them.
    pub(super) fn met_by_writes(&self, action: &Action) -> BTreeSet<usize> {
        let mut before = BTreeSet::new();
        let steps = action.segments.iter().flat_map(Segment::steps);
        let written = steps.filter_map(|step| match &step.work {
            Work::Batches { table, keep: Some(_) } => Some(table),
            Work::Batches { keep: None, .. } | Work::Metadata | Work::Scan { .. } | Work::Rewrite { .. } => None,
        });
        for table in written.flat_map(|leaf| self.with_wholes(leaf)) {
            let Some(relation) = self.live.relations.get(table) else { continue };
            let triggers = relation.triggers.iter().map(|it| Object::Trigger(table.clone(), it.name.clone()));
            for trigger in triggers {
                before.extend(self.made(&trigger));
                before.extend(self.unmakers.get(&trigger).into_iter().flatten());
                let needs = needs(self.live, &trigger).chain(needs(self.expected, &trigger));
                let routines = needs.filter(|needed| matches!(needed, Object::Routine(_)));
                before.extend(routines.flat_map(|routine| self.made(routine)));
            }
            for member in self.members.get(table).into_iter().flatten() {
                let is_rule = matches!(member, Object::Rule(..)) && self.live.defined.contains_key(*member);
                let is_check = |check: &Constraint| matches!(check.kind, ConstraintKind::Check { .. });
                let is_check = matches!(member, Object::Constraint(_, name)
                    if relation.constraints.iter().any(|it| it.name == *name && is_check(it)));
                if is_rule {
                    before.extend(self.made(member));
                }
                if is_rule || is_check {
                    before.extend(self.unmakers.get(*member).into_iter().flatten());
                }
            }
        }
        before
    }

    /// A live partition and the tables that it is a part of: their triggers apply to it, and are planned for them.
    fn with_wholes(&self, leaf: &'a QName) -> impl Iterator<Item = &'a QName> {
        let whole = |table: &&'a QName| Some(&self.live.relations.get(*table)?.partition_of.as_ref()?.parent);
        std::iter::successors(Some(leaf), whole)
    }
}
