//! Constraints: checks and exclusions here, keys and foreign keys in files of their own.
//!
//! A new constraint is added `NOT VALID` and validated in a transaction of its own, so that no session waits for the
//! scan. A changed constraint stays in force until its successor is.

mod foreign;
mod key;

use key::Swap;

use crate::domain::catalog::{Constraint, ConstraintKind, Definition, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::action::{Action, Rank, locked, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::plan::step;
use crate::domain::plan::step::constraint::{
    dropped, either, is_enforced_as, pairs, rename_step, rows_pass, validate, without_a_look,
};
use crate::domain::plan::step::name::rename_by;
use crate::domain::plan::{Effect, Hazard, Requirement, Segment, Step, Undo, Values};
use crate::domain::report::{Change, Drift};

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, drift: &Drift, table: &QName, name: &Name) {
    match drift.change {
        Change::Missing => {
            let Some(wanted) = planner.expected_constraint(table, name) else { return };
            add(planner, table, wanted, None);
        }
        Change::Unexpected => {
            let Some(found) = planner.live_constraint(table, name) else { return };
            drop_unexpected(planner, table, found);
        }
        Change::Changed => {
            let Some(wanted) = planner.expected_constraint(table, name) else { return };
            let Some(Object::Constraint(_, old)) = &drift.counterpart else { return };
            let Some(found) = planner.live_constraint(table, old) else { return };
            change(planner, table, wanted, found);
        }
    }
}

fn change(planner: &mut Planner<'_>, table: &QName, wanted: &Constraint, found: &Constraint) {
    let renamed = Constraint { name: wanted.name.clone(), ..found.clone() };
    if renamed == *wanted {
        rename(planner, table, found, &wanted.name);
        return;
    }
    let validated = Constraint { validated: true, ..renamed };
    if validated == *wanted {
        let is_renamed = found.name != wanted.name && planner.renames();
        if is_renamed {
            rename(planner, table, found, &wanted.name);
        }
        let name = if planner.renames() { &wanted.name } else { &found.name };
        let mut segments = Vec::new();
        if matches!(wanted.kind, ConstraintKind::Foreign { .. }) {
            segments.extend(foreign::settle_orphans(planner, table, wanted));
        }
        let step = validate(table, wanted, name, "true");
        segments.push(transaction(vec![match &wanted.kind {
            ConstraintKind::Check { expression, no_inherit } => {
                step.requiring(rows_pass_that_stays(planner, table, (wanted, name), (expression, *no_inherit)))
            }
            ConstraintKind::Primary { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Foreign { .. }
            | ConstraintKind::Exclusion { .. } => step,
        }]));
        // The rename, which comes first, creates it otherwise.
        let makes = Some(Object::Constraint(table.clone(), wanted.name.clone())).filter(|_| !is_renamed);
        let rename_first = [found.name.clone(), wanted.name.clone()];
        let rename_first = rename_first.map(|name| Object::Constraint(table.clone(), name));
        planner.add(Action::new(Rank::Foreign, segments).making(makes).needing(rename_first));
        return;
    }
    add(planner, table, wanted, Some(found));
}

/// Adds the constraint, in the place of `old` if there is one.
fn add(planner: &mut Planner<'_>, table: &QName, wanted: &Constraint, old: Option<&Constraint>) {
    match &wanted.kind {
        ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } => key::add(planner, table, wanted, old),
        ConstraintKind::Foreign { .. } => foreign::add(planner, table, wanted, old),
        ConstraintKind::Check { .. } => check(planner, table, wanted, old),
        ConstraintKind::Exclusion { .. } => exclusion(planner, table, wanted, old),
    }
}

fn check(planner: &mut Planner<'_>, table: &QName, wanted: &Constraint, old: Option<&Constraint>) {
    let ConstraintKind::Check { expression, no_inherit } = &wanted.kind else { return };
    let object = Object::Constraint(table.clone(), wanted.name.clone());
    let replaced = old.filter(|old| old.name == wanted.name);
    let name = match replaced {
        Some(old) => scaffold::name(table, &old.name, "check"),
        None => wanted.name.clone(),
    };
    let enforced = is_enforced_as(planner, wanted, old);
    let is_new = match replaced.map(|old| &old.kind) {
        Some(ConstraintKind::Check { expression: old, no_inherit: was }) if old == expression && was != no_inherit => {
            if *no_inherit {
                "connoinherit".to_owned()
            } else {
                "not connoinherit".to_owned()
            }
        }
        // The same expression, but the new constraint is not to be validated.
        Some(ConstraintKind::Check { expression: old, .. }) if old == expression && enforced.is_empty() => {
            "not convalidated".to_owned()
        }
        Some(ConstraintKind::Check { expression: old, .. }) if old == expression => "true".to_owned(),
        Some(ConstraintKind::Check { expression, .. }) => {
            format!("pg_get_expr(conbin, conrelid) is distinct from {}", literal(&expression.to_string()))
        }
        Some(_) => "contype = 'c'".to_owned(),
        None => "true".to_owned(),
    };
    let is_new = is_new + enforced;
    let there = either(table, &[&name, &wanted.name], &is_new);
    let add = Step::new(
        Effect::AddNotValid(Object::constraint(table, &name)),
        format!("add check {table}.{}", wanted.name),
        format!("ALTER TABLE {table} ADD CONSTRAINT {name} {}{}", wanted.definition(), without_a_look(planner, wanted)),
        there,
    );
    let family = if *no_inherit { vec![table.clone()] } else { planner.family(table) };
    let add = family.iter().fold(add, Step::exclusive);
    let mut segments = vec![transaction(vec![add])];
    if wanted.validated {
        let step = validate(table, wanted, &name, &is_new).undone_by(Undo::constraint(table, &name));
        let step = step.requiring(rows_pass(planner, table, wanted, (expression, *no_inherit)));
        let step = Step {
            ensures: Some(either(table, &[&name, &wanted.name], &format!("convalidated and {is_new}"))),
            ..step
        };
        let step = family.iter().fold(step, |step, table| step.locking(table, LockMode::ShareUpdateExclusive));
        segments.push(transaction(vec![step]));
    }
    if let Some(old) = old {
        segments.push(swap(planner, table, wanted, old, (&name, &is_new)));
    }
    planner.add(Action::new(Rank::Check, segments).making([object]));
}

/// The same for an existing check that was never validated: either an interrupted run could not drop it, or someone
/// created it like this. Which of both is unknown, so it stays.
fn rows_pass_that_stays(
    planner: &Planner<'_>,
    table: &QName,
    (wanted, name): (&Constraint, &Name),
    by: (&Definition, bool),
) -> Requirement {
    let asked = rows_pass(planner, table, wanted, by);
    let advice = format!(
        "{}; until then it refuses new rows, and every update of these: ALTER TABLE {table} DROP CONSTRAINT {name} \
         ends that",
        asked.advice
    );
    Requirement { advice, ..asked }
}

/// Drops the old constraint, and renames the new one to it where they share the name.
fn swap(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Constraint,
    old: &Constraint,
    (name, is_new): (&Name, &str),
) -> Segment {
    let gone = if old.name == wanted.name {
        !condition::constraint(table, &old.name, &format!("not ({is_new})"))
    } else {
        !condition::constraint(table, &old.name, "true")
    };
    let drop = Step::new(
        Effect::Drop(Object::constraint(table, &old.name), Values::None),
        format!("drop the old constraint {table}.{}", old.name),
        format!("ALTER TABLE {table} DROP CONSTRAINT {}", old.name),
        gone,
    );
    let mut steps = vec![drop];
    if *name != wanted.name {
        steps.push(rename_step(table, name, &wanted.name, condition::constraint(table, &wanted.name, is_new)));
    }
    let family = planner.family(table);
    transaction(steps.into_iter().map(|step| family.iter().fold(step, Step::exclusive)).collect())
}

fn exclusion(planner: &mut Planner<'_>, table: &QName, wanted: &Constraint, old: Option<&Constraint>) {
    let object = Object::Constraint(table.clone(), wanted.name.clone());
    if planner.is_never_unique(table, &wanted.name) {
        return;
    }
    let mut steps = Vec::new();
    if let Some(old) = old {
        let is_old = match &old.kind {
            ConstraintKind::Exclusion { definition } => {
                format!("pg_get_constraintdef(oid) = {}", literal(&definition.to_string()))
            }
            _ => "contype <> 'x'".to_owned(),
        };
        steps.push(
            Step::new(
                Effect::Drop(Object::constraint(table, &old.name), Values::None),
                format!("drop the old constraint {table}.{}", old.name),
                format!("ALTER TABLE {table} DROP CONSTRAINT {}", old.name),
                !condition::constraint(table, &old.name, &is_old),
            )
            .exclusive(table),
        );
    }
    let step = Step::new(
        Effect::Create(object.clone()),
        format!("add exclusion {object}"),
        format!("ALTER TABLE {table} ADD CONSTRAINT {} {}", wanted.name, wanted.definition()),
        condition::constraint(table, &wanted.name, "contype = 'x'"),
    )
    .exclusive(table);
    let step = match pairs(planner, table, wanted) {
        Some(requirement) => step.requiring(requirement),
        None => step,
    };
    steps.push(planner.scan_that_blocks(step, table));
    let action = Action::new(Rank::Key, vec![transaction(steps)]).making([object]);
    planner.add(match old {
        Some(old) if old.name != wanted.name => action.unmaking([Object::Constraint(table.clone(), old.name.clone())]),
        Some(_) | None => action,
    });
}

fn rename(planner: &mut Planner<'_>, table: &QName, found: &Constraint, to: &Name) {
    let object = |name: &Name| Object::Constraint(table.clone(), name.clone());
    let alter = |from: &Name, to: &Name| format!("ALTER TABLE {table} RENAME CONSTRAINT {from} TO {to}");
    let is = condition::constraint(table, to, &is_so(found));
    for action in rename_by(planner, table, (&found.name, to), &is, object, alter) {
        planner.add(action);
    }
}

/// A condition on a row of pg_constraint: it is this constraint, whatever its name.
fn is_so(found: &Constraint) -> String {
    match &found.kind {
        ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } => step::key::is_so(found),
        ConstraintKind::Foreign { .. } => step::foreign::is_so(found),
        ConstraintKind::Check { expression, .. } => {
            format!("contype = 'c' and pg_get_expr(conbin, conrelid) = {}", literal(&expression.to_string()))
        }
        ConstraintKind::Exclusion { definition } => {
            format!("pg_get_constraintdef(oid) = {}", literal(&definition.to_string()))
        }
    }
}

fn drop_unexpected(planner: &mut Planner<'_>, table: &QName, found: &Constraint) {
    let object = Object::Constraint(table.clone(), found.name.clone());
    let step = dropped(planner, table, found);
    let step = match planner.expected_constraint(table, &found.name) {
        // Another constraint takes its name.
        Some(_) => Step { ensures: Some(!condition::constraint(table, &found.name, &is_so(found))), ..step },
        None => step,
    };
    let segment = match &found.kind {
        ConstraintKind::Foreign { parent, .. } => {
            // Dropping a duplicate of an expected key loses nothing.
            let is_second = planner
                .expected_relation(table)
                .is_some_and(|relation| relation.constraints.iter().any(|wanted| wanted.shape() == found.shape()));
            let step = if is_second { step } else { step.costing(Hazard::DataLoss, format!("constraint {object}")) };
            locked(step::foreign::locks(parent, table, LockMode::AccessExclusive), vec![step])
        }
        ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } => {
            let moves = key::moves(planner, table, found, &condition::absent(&object));
            let step = step.costing(Hazard::DataLoss, format!("constraint {object}"));
            let Swap { segment, afterwards, needs, makes, gone } = Swap::around(table, step, moves);
            let segments = std::iter::once(segment).chain(afterwards).collect();
            let action = Action::new(Rank::Drop, segments).making(makes).unmaking([object]);
            planner.add(action.unmaking(gone).needing(needs));
            return;
        }
        ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => {
            transaction(vec![step.costing(Hazard::DataLoss, format!("constraint {object}"))])
        }
    };
    planner.add(Action::new(Rank::Drop, vec![segment]).unmaking([object]));
}
