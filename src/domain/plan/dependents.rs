//! Dependent objects that are in no catalog of the plan: of objects that the plan drops, replaces or writes to. The
//! server refuses such a step, and the rehearsal does not show it, because the copy in scratch lacks these objects.
//! They block the plan, by name. If such an object stores values computed by something that the plan replaces, that is
//! reported.

mod children;

use std::collections::BTreeSet;

use super::action::{Action, Rank};
use super::planner::Planner;
use super::replaced::replaced;
use super::words::listed;
use super::{Segment, Work};
use crate::domain::catalog::Object;
use crate::domain::name::QName;

pub(super) fn judge(planner: &mut Planner<'_>) {
    children::judge(planner);
    let dependents = &planner.on.survey.dependents;
    let dropped: BTreeSet<&Object> = planner.actions.iter().flat_map(dropped).collect();
    let retyped: BTreeSet<&Object> = planner.actions.iter().flat_map(|action| &action.replaces).collect();
    let mut gone: BTreeSet<&Object> = dropped.union(&retyped).copied().collect();
    gone.extend(planner.actions.iter().flat_map(|action| rebuilt(planner, action)));
    let is_changed = |needed: &Object| {
        let table = needed.relation().filter(|_| matches!(needed, Object::Column(..)));
        gone.contains(needed)
            || table.is_some_and(|table| gone.iter().any(|it| it.is_relation() && it.relation() == Some(table)))
    };
    let found = dependents.iter().filter(|(needed, _)| is_changed(needed));
    let found: Vec<_> = found
        .filter_map(|(needed, by)| {
            // Where only a type changes, the server itself rebuilds these dependent objects.
            let retyped = matches!(needed, Object::Column(..)) && retyped.contains(needed) && !dropped.contains(needed);
            let by: Vec<_> = by.iter().filter(|it| !(retyped && it.follows_type)).collect();
            (!by.is_empty()).then(|| (needed.to_string(), listed(by.into_iter().map(|it| &it.what))))
        })
        .collect();
    for (object, by) in found {
        planner.block(
            &object,
            format!(
                "{object} would be dropped, rebuilt or get another type, and objects that are neither planned nor \
                 watched depend on it: {by}"
            ),
            "drop or alter these first, and create them again after the plan",
        );
    }
    for signature in replaced(planner) {
        if let Some(by) = dependents.get(&Object::Routine(signature.clone())) {
            let by = listed(by.iter().map(|it| &it.what));
            planner.warn(format!(
                "objects that are neither planned nor watched depend on {signature}, which the plan replaces: what \
                 they have stored stays as the old routine computed it, until it is rebuilt (REINDEX, UPDATE, REFRESH): {by}"
            ));
        }
    }
    let unidentified = written(planner).into_iter().filter(|table| planner.on.survey.unidentified.contains(*table));
    for table in unidentified.cloned().collect::<BTreeSet<_>>() {
        planner.block(
            &table.to_string(),
            format!(
                "rows of {table} would be updated, which the server refuses: a publication publishes its updates, \
                 and it has no replica identity"
            ),
            &format!("ALTER TABLE {table} REPLICA IDENTITY FULL, until it has a primary key"),
        );
    }
}

/// Objects that the action drops for good.
fn dropped(action: &Action) -> impl Iterator<Item = &Object> {
    let goes = matches!(action.rank, Rank::Drop | Rank::DropExtension | Rank::Rebuild);
    action.unmakes.iter().filter(move |_| goes)
}

/// Keys and indexes that are replaced by others, under another name or the same.
fn rebuilt<'p>(planner: &'p Planner<'_>, action: &'p Action) -> impl Iterator<Item = &'p Object> {
    let leaves = action.unmakes.iter().filter(|_| action.rank != Rank::Name);
    let is_there = |object: &&Object| match object {
        Object::Constraint(table, name) => planner.live_constraint(table, name).is_some(),
        Object::Index(table, name) => planner.live_index(table, name).is_some(),
        _ => false,
    };
    let again = action.makes.iter().filter(|_| matches!(action.rank, Rank::Key | Rank::Index));
    leaves.chain(again).filter(is_there)
}

/// Objects that store values of the type and are neither planned nor watched here, for people.
pub(super) fn holders(planner: &Planner<'_>, of: &Object) -> Option<String> {
    let by: Vec<_> = planner.on.survey.dependents.get(of)?.iter().filter(|it| it.holds).collect();
    (!by.is_empty()).then(|| listed(by.into_iter().map(|it| &it.what)))
}

/// The tables in which rows are updated.
fn written<'p>(planner: &'p Planner<'_>) -> BTreeSet<&'p QName> {
    let steps = planner.actions.iter().flat_map(|action| &action.segments).flat_map(Segment::steps);
    let tables = steps.filter_map(|step| match &step.work {
        Work::Batches { table, .. } => Some(table),
        Work::Metadata | Work::Scan { .. } | Work::Rewrite { .. } => None,
    });
    tables.collect()
}
