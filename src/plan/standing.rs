//! What stands on the objects that a plan drops, replaces or writes to, and is in no catalog that the plan was made from:
//! the server refuses such a step, and no copy in scratch has what it refuses it for. It blocks the plan by its name.

use std::collections::BTreeSet;

use super::action::{Action, Rank};
use super::make::Planner;
use super::{Segment, Work};
use crate::catalog::Object;
use crate::name::QName;

/// How many are named.
const NAMED: usize = 5;

pub(super) fn block(planner: &mut Planner<'_>) {
    let standing = &planner.on.survey.standing;
    let gone: BTreeSet<&Object> = planner.actions.iter().flat_map(taken_away).collect();
    let stood_on = |needed: &Object| {
        let table = needed.relation().filter(|_| matches!(needed, Object::Column(..)));
        gone.contains(needed)
            || table.is_some_and(|table| gone.iter().any(|it| it.is_relation() && it.relation() == Some(table)))
    };
    let found = standing.iter().filter(|(needed, _)| stood_on(needed));
    let found: Vec<_> = found.map(|(needed, by)| (needed.to_string(), listed(by))).collect();
    for (object, by) in found {
        planner.block(
            &object,
            format!(
                "{object} would be dropped or get another type, and what is neither planned nor watched here stands on it: {by}"
            ),
            "drop or alter that first, and make it again after the plan",
        );
    }
    let unidentified = written(planner).into_iter().filter(|table| planner.on.survey.unidentified.contains(*table));
    for table in unidentified.cloned().collect::<BTreeSet<_>>() {
        planner.block(
            &table.to_string(),
            format!(
                "rows of {table} would be updated, which the server refuses: a publication tells its updates, and it has no \
                 replica identity"
            ),
            &format!("ALTER TABLE {table} REPLICA IDENTITY FULL, until it has a primary key"),
        );
    }
}

/// What is dropped by the action, for good or on the way, or changes its type.
fn taken_away(action: &Action) -> impl Iterator<Item = &Object> {
    let goes = matches!(action.rank, Rank::Drop | Rank::DropExtension | Rank::Rebuild);
    action.unmakes.iter().filter(move |_| goes).chain(&action.replaces)
}

/// The tables of which rows are updated.
fn written<'p>(planner: &'p Planner<'_>) -> BTreeSet<&'p QName> {
    let steps = planner.actions.iter().flat_map(|action| &action.segments).flat_map(Segment::steps);
    let tables = steps.filter_map(|step| match &step.work {
        Work::Batches { table, .. } => Some(table),
        Work::Metadata | Work::Scan { .. } | Work::Rewrite { .. } => None,
    });
    tables.collect()
}

fn listed(by: &BTreeSet<String>) -> String {
    let mut named: Vec<String> = by.iter().take(NAMED).cloned().collect();
    if by.len() > NAMED {
        named.push(format!("{} more", by.len() - NAMED));
    }
    named.join(", ")
}
