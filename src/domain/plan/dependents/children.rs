//! Partitions and other inheritance children in schemas that are not watched. What the server does to a table it does
//! to them, too: it drops them, their columns, and converts their values. What a plan builds for each partition by
//! itself they do not get, and their dependent objects are not known to any plan. They block the plan, by name.

use std::collections::BTreeSet;

use crate::domain::catalog::{ConstraintKind, Object};
use crate::domain::name::QName;
use crate::domain::plan::action::{Action, Rank};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::replaced::{computed_by, replaced};
use crate::domain::plan::words::listed;
use crate::domain::plan::{Segment, Work};

pub(super) fn judge(planner: &mut Planner<'_>) {
    let children = &planner.on.survey.unwatched_children;
    let mut found = BTreeSet::new();
    for action in &planner.actions {
        for (table, children) in children {
            if let Some((object, what)) = reaches(planner, action, table) {
                found.insert((object, what, listed(children.iter())));
            }
        }
    }
    for signature in replaced(planner) {
        for object in computed_by(planner, &signature) {
            let children =
                object.relation().filter(|_| is_shared(planner, &object)).and_then(|table| children.get(table));
            found.extend(
                children
                    .map(|children| (object, "stay as the old routine has computed it in", listed(children.iter()))),
            );
        }
    }
    for (object, what, children) in found {
        planner.block(
            &object.to_string(),
            format!("{object} would {what} partitions or child tables in unwatched schemas: {children}"),
            "watch the schema of these too (`schemas`), or detach them (NO INHERIT, DETACH PARTITION) first",
        );
    }
}

/// Inheritance children have it, too: an index of a partitioned table, a generated column.
fn is_shared(planner: &Planner<'_>, object: &Object) -> bool {
    match object {
        Object::Index(table, _) => planner.is_partitioned(table),
        Object::Column(table, name) => planner.live_column(table, name).is_some_and(|it| it.generated.is_some()),
        _ => false,
    }
}

/// The part of the action that would reach an inheritance child of the table, or leave it out, and how.
fn reaches(planner: &Planner<'_>, action: &Action, table: &QName) -> Option<(Object, &'static str)> {
    let goes = matches!(action.rank, Rank::Drop | Rank::DropExtension | Rank::Rebuild);
    let is_on = |object: &&Object| object.relation() == Some(table);
    let gone = action.unmakes.iter().filter(|_| goes).chain(&action.replaces).filter(is_on);
    let lost = gone.filter_map(|object| match object {
        Object::Table(_) => Some((object.clone(), "be dropped with, or without,")),
        Object::Column(..) => Some((object.clone(), "be dropped or get another type also in")),
        _ => None,
    });
    let is_partitioned = planner.is_partitioned(table);
    let built = action.makes.iter().filter(|_| is_partitioned).filter(is_on).filter_map(|object| match object {
        Object::Index(..) if action.rank == Rank::Index => Some((object.clone(), "not be built for")),
        Object::Constraint(_, name)
            if !planner
                .expected_constraint(table, name)
                .is_some_and(|it| matches!(it.kind, ConstraintKind::Check { .. }))
                && matches!(action.rank, Rank::Key | Rank::Foreign) =>
        {
            Some((object.clone(), "not be built for"))
        }
        // Rows are filled partition by partition.
        Object::Column(..) if fills(action) => Some((object.clone(), "not be filled in")),
        _ => None,
    });
    lost.chain(built).next()
}

fn fills(action: &Action) -> bool {
    let mut steps = action.segments.iter().flat_map(Segment::steps);
    steps.any(|step| matches!(step.work, Work::Batches { .. }))
}
