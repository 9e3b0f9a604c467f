//! Partitions whose detachment was interrupted: it is finished before everything else, because commands on the parent
//! skip such partitions, or fail because of them. Those that are to stay are attached again in the same transaction.

use crate::domain::catalog::{Constraint, ConstraintKind, Object, Relation};
use crate::domain::lock::LockMode;
use crate::domain::name::QName;
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Step};

/// Finishes the detachment, if there is one. `wanted`: the expected table. Returns whether it is attached again, as
/// expected.
pub(super) fn settle(planner: &mut Planner<'_>, name: &QName, found: &Relation, wanted: Option<&Relation>) -> bool {
    let (Some(partition), Some(parent)) = (&found.partition_of, found.detaching_from()) else { return false };
    let again = wanted.and_then(|wanted| wanted.partition_of.as_ref()).filter(|it| it.place() == partition.place());
    // It waits for every older snapshot and holds its locks meanwhile: no longer than the lock timeout.
    let finish = Step::new(
        Effect::Detach(Object::Table(parent.clone()), Object::Table(name.clone())),
        format!("finish detaching partition {name} from {parent}"),
        format!("ALTER TABLE {parent} DETACH PARTITION {name} FINALIZE"),
        !inherits(name, parent, "inhdetachpending"),
    );
    let mut steps =
        vec![locks(planner, finish, (name, found, parent), (LockMode::ShareRowExclusive, LockMode::AccessExclusive))];
    if again.is_some() {
        if let Some(lack) = planner.live_relation(parent).and_then(|parent| lack(found, parent)) {
            let reason = format!(
                "partition {name} cannot be attached to {parent} again: {lack} was given to the parent while the \
                 detachment was not finished"
            );
            let advice = "finish the detachment (DETACH PARTITION … FINALIZE), give the table what it lacks and attach it, \
                          by hand";
            planner.block(&name.to_string(), reason, advice);
        }
        let attach = Step::new(
            Effect::Attach(Object::Table(parent.clone()), Object::Table(name.clone())),
            format!("attach partition {name} to {parent} again"),
            format!("ALTER TABLE {parent} ATTACH PARTITION {name} {}", partition.bound),
            inherits(name, parent, "not inhdetachpending"),
        );
        let attach =
            locks(planner, attach, (name, found, parent), (LockMode::AccessExclusive, LockMode::AccessExclusive));
        // The detachment has left a check with the bound, so no row is read to verify it.
        let is_whole = planner.live_relation(parent).is_none_or(|parent| has_all_parts(found, parent));
        steps.push(if is_whole { attach } else { planner.scan_that_blocks(attach, name) });
    }
    planner.add(Action::new(Rank::Leftover, vec![transaction(steps)]));
    again.is_some()
}

/// The parent's foreign keys are added and dropped with the partition, and with them their triggers on the other
/// tables: those that the parent references (`there`), and those that reference it (`back`).
fn locks(
    planner: &Planner<'_>,
    step: Step,
    (name, found, parent): (&QName, &Relation, &QName),
    (there, back): (LockMode, LockMode),
) -> Step {
    let step = step.locking(parent, LockMode::ShareUpdateExclusive).exclusive(name);
    let referenced = found.constraints.iter().filter_map(|it| match &it.kind {
        ConstraintKind::Foreign { parent, .. } => Some(parent),
        ConstraintKind::Primary { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => None,
    });
    let step = referenced.fold(step, |step, table| step.locking(table, there));
    let referencing = planner.lookup.keys_to(parent);
    referencing.fold(step, |step, (child, _)| step.locking(child, back))
}

/// What the partition lacks to be attached.
fn lack(partition: &Relation, parent: &Relation) -> Option<String> {
    let mut columns = parent.columns.iter().filter(|it| !partition.columns.iter().any(|own| own.name == it.name));
    let is_inherited = |it: &&Constraint| matches!(it.kind, ConstraintKind::Check { no_inherit: false, .. });
    let lacks = |it: &&Constraint| !partition.constraints.iter().any(|own| own.name == it.name);
    let column = columns.next().map(|it| format!("column {}", it.name));
    let check = || parent.constraints.iter().filter(is_inherited).find(lacks).map(|it| format!("check {}", it.name));
    column.or_else(check)
}

/// Whether nothing is missing: attaching would build indexes, and read the rows for a key, while no session can use the
/// table.
fn has_all_parts(partition: &Relation, parent: &Relation) -> bool {
    let indexes =
        parent.indexes.iter().all(|it| partition.indexes.iter().any(|own| own.definition() == it.definition()));
    let mut keys = parent.constraints.iter().filter(|it| !matches!(it.kind, ConstraintKind::Check { .. }));
    indexes && keys.all(|it| partition.constraints.iter().any(|own| own.definition() == it.definition()))
}

fn inherits(name: &QName, parent: &QName, is: &str) -> Condition {
    Condition::new(format!(
        "exists (select from pg_inherits where inhrelid = {} and inhparent = {} and {is})",
        condition::regclass(name),
        condition::regclass(parent)
    ))
}
