//! Whether a column may be NULL. Since PostgreSQL 18 a NOT NULL is a constraint: it can be NOT VALID, which refuses new
//! NULLs and proves nothing about existing rows, and NO INHERIT, which inheritance children do not have.

use super::{exclusive, not_null, object};
use crate::domain::catalog::{Column, Constraint, ConstraintKind, NotNull, Object, Relation};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::column::{has_not_null as is, refusing_null as added};
use crate::domain::plan::{Effect, Requirement, Segment, Step, Undo};
use crate::domain::report::Change;

/// `is_recreated`: the column is created again, with its NOT NULL.
pub(super) fn change(
    planner: &mut Planner<'_>,
    table: &QName,
    (wanted, found): (&Column, &Column),
    is_recreated: bool,
) {
    match (found.refuses_nulls(), wanted.refuses_nulls()) {
        (false, false) => {}
        (false, true) if is_recreated => {}
        (false, true) => refuse(planner, table, wanted),
        (true, true) => alter(planner, table, wanted, found),
        (true, false) => {
            if let Some(key) = kept_primary_key(planner, table, &wanted.name) {
                planner.block(
                    &format!("{table}.{}", wanted.name),
                    format!(
                        "it is expected to be nullable, and is a part of primary key {key}, which is not expected and \
                         stays"
                    ),
                    &format!("drop constraint {key} of {table} first, or plan in scope `whole`"),
                );
                return;
            }
            // An identity column cannot be NULL: it is no longer one by then.
            let is_first_freed = found.identity.is_some() && wanted.identity.is_none();
            nullable(planner, table, wanted, if is_first_freed { Rank::Key } else { Rank::Column });
        }
    }
}

/// The column is to refuse NULL and does not.
fn refuse(planner: &mut Planner<'_>, table: &QName, wanted: &Column) {
    let mut segments = match &wanted.not_null_constraint {
        None => not_null(planner, table, wanted),
        Some(it) => added_and_proven(planner, table, wanted, it),
    };
    if wanted.not_null
        && let Some(step) = segments.first_mut().and_then(|segment| segment.steps_mut().first_mut())
    {
        step.requires.push(no_nulls(planner, table, wanted));
    }
    planner.add(Action::new(Rank::NotNull, segments).making([object(table, wanted)]));
}

fn added_and_proven(planner: &Planner<'_>, table: &QName, wanted: &Column, it: &NotNull) -> Vec<Segment> {
    let mut segments = vec![transaction(vec![added(planner, table, wanted, it)])];
    if it.validated {
        let step = validated(planner, table, wanted, it).undone_by(Undo::constraint(table, &it.name));
        segments.push(transaction(vec![step]));
    }
    segments
}

/// The column refuses NULL, and its NOT NULL constraint is to change.
fn alter(planner: &mut Planner<'_>, table: &QName, wanted: &Column, found: &Column) {
    let loses = |has: fn(&Column) -> bool| has(found) && !has(wanted);
    if let Some(it) = wanted.not_null_constraint.as_ref().filter(|_| {
        let inherits = |column: &Column| !column.has_no_inherit();
        loses(|column| column.not_null) || loses(inherits)
    }) {
        replace(planner, table, (wanted, found), it);
        return;
    }
    let Some(it) = &found.not_null_constraint else { return };
    let family = planner.family(table);
    let mut segments = Vec::new();
    if wanted.not_null && !found.not_null {
        let asked = no_nulls(planner, table, wanted);
        let advice = format!(
            "{}; until then {} refuses new ones, and every update of these rows: ALTER TABLE {table} DROP CONSTRAINT \
             {} ends that",
            asked.advice, it.name, it.name
        );
        let step = validated(planner, table, wanted, it).requiring(Requirement { advice, ..asked });
        segments.push(transaction(vec![match family.len() {
            0 | 1 => step,
            _ => step.irreversible("what has been proven of a table and its child tables is not made NOT VALID again"),
        }]));
    }
    if loses(Column::has_no_inherit) {
        let step = Step::new(
            Effect::Alter(Object::column(table, &wanted.name)),
            format!("make NOT NULL of {table}.{} inherited by child tables", wanted.name),
            format!("ALTER TABLE {table} ALTER CONSTRAINT {} INHERIT", it.name),
            condition::constraint(table, &it.name, "not connoinherit"),
        );
        let step = exclusive(planner, table, step);
        segments.push(transaction(vec![match family.len() {
            0 | 1 => step,
            _ => step.irreversible("to take NOT NULL from the child tables again needs the names of their constraints"),
        }]));
    }
    if segments.is_empty() {
        return;
    }
    // An inheritance child whose rows are not proven by then would be scanned under a lock that blocks its writers.
    let children = family.iter().filter(|child| *child != table).map(|child| Object::column(child, &wanted.name));
    planner.add(Action::new(Rank::NotNull, segments).making([object(table, wanted)]).needing(children));
}

/// Replaces a NOT NULL by a weaker one. No other session sees the column without one in between.
fn replace(planner: &mut Planner<'_>, table: &QName, (wanted, found): (&Column, &Column), it: &NotNull) {
    let name = &wanted.name;
    let has_children = planner.family(table).len() > 1;
    if has_children || kept_primary_key(planner, table, name).is_some() {
        let why = if has_children { "its child tables have it too" } else { "the primary key depends on it" };
        planner.block(
            &format!("{table}.{name}"),
            format!("its NOT NULL is expected to be {}, and {why}", kind(it)),
            &format!("leave out {} in the expectation, or alter the constraint by hand", kind(it)),
        );
        return;
    }
    let add = added(planner, table, wanted, it);
    let gone = condition::column(table, name, "not attnotnull").or(&is(table, it));
    let drop = Step { ensures: Some(gone), ..dropped(planner, table, name, "") };
    let mut segments = vec![transaction(vec![drop, add])];
    if it.validated {
        let asked = (!found.not_null).then(|| no_nulls(planner, table, wanted));
        let step = validated(planner, table, wanted, it);
        segments.push(transaction(vec![asked.into_iter().fold(step, Step::requiring)]));
    }
    let needs = without_key(planner, table, name);
    planner.add(Action::new(Rank::NotNull, segments).making([object(table, wanted)]).needing(needs));
}

/// PostgreSQL's words for it.
fn kind(it: &NotNull) -> &'static str {
    match (it.no_inherit, it.validated) {
        (true, true) => "NO INHERIT",
        (true, false) => "NO INHERIT NOT VALID",
        (false, _) => "NOT VALID",
    }
}

fn validated(planner: &Planner<'_>, table: &QName, wanted: &Column, it: &NotNull) -> Step {
    let step = Step::new(
        Effect::Validate(Object::constraint(table, &it.name)),
        format!("validate that {table}.{} is not NULL", wanted.name),
        format!("ALTER TABLE {table} VALIDATE CONSTRAINT {}", it.name),
        condition::constraint(table, &it.name, "contype = 'n' and convalidated"),
    )
    .scanning(table);
    let family = if it.no_inherit { vec![table.clone()] } else { planner.family(table) };
    family.iter().fold(step, |step, table| step.locking(table, LockMode::ShareUpdateExclusive))
}

fn no_nulls(planner: &Planner<'_>, table: &QName, wanted: &Column) -> Requirement {
    let name = &wanted.name;
    // A generated column may have another expression by then.
    let rows = match &wanted.generated {
        Some(_) => planner.all_rows_then(table, "t", &name.to_string()),
        None => format!("{table} t"),
    };
    Requirement {
        object: format!("{table}.{name}"),
        problem: format!("rows of {table} have NULL in {name}, which becomes NOT NULL"),
        count: format!("select count(*) from {rows} where {name} is null"),
        sample: Some(format!("select to_jsonb(t)::text from {rows} where {name} is null limit 5")),
        advice: "fill these rows, or make the column nullable in the expectation".into(),
    }
}

/// The live primary key of the column, if no part of the plan drops or replaces it.
fn kept_primary_key(planner: &Planner<'_>, table: &QName, column: &Name) -> Option<Name> {
    let constraints = &planner.live_relation(table)?.constraints;
    let is_key =
        |it: &&Constraint| matches!(&it.kind, ConstraintKind::Primary { columns, .. } if columns.contains(column));
    let key = constraints.iter().find(is_key)?;
    let object = Object::constraint(table, &key.name);
    let has_another = planner
        .expected_relation(table)?
        .constraints
        .iter()
        .any(|it| matches!(it.kind, ConstraintKind::Primary { .. }));
    let goes =
        planner.drifts(Change::Unexpected, &object) || planner.lookup.successor(&object).is_some() || has_another;
    (!goes).then(|| key.name.clone())
}

fn nullable(planner: &mut Planner<'_>, table: &QName, wanted: &Column, rank: Rank) {
    let name = &wanted.name;
    let keeps = |child: &QName| planner.expected_column(child, name).is_some_and(Column::refuses_nulls);
    let (keep, lose): (Vec<QName>, Vec<QName>) = planner.family(table).into_iter().partition(keeps);
    // Since 18 a child that has a constraint of its own keeps it.
    let steps = if keep.is_empty() || planner.on.live.server_version >= 180_000 {
        vec![dropped(planner, table, name, "")]
    } else {
        lose.iter().map(|it| dropped(planner, it, name, "ONLY ")).collect()
    };
    let needs = without_key(planner, table, name);
    planner.add(Action::new(rank, vec![transaction(steps)]).making([object(table, wanted)]).needing(needs));
}

/// A column of the primary key cannot be NULL: the key must have been dropped or moved first.
fn without_key(planner: &Planner<'_>, table: &QName, name: &Name) -> Vec<Object> {
    let keys = |relation: Option<&'_ Relation>| -> Vec<Name> {
        let constraints = relation.into_iter().flat_map(|relation| &relation.constraints);
        let of = |key: &Constraint| match &key.kind {
            ConstraintKind::Primary { columns, .. } => columns.contains(name),
            ConstraintKind::Unique { .. }
            | ConstraintKind::Foreign { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclusion { .. } => false,
        };
        constraints.filter(|key| of(key)).map(|key| key.name.clone()).collect()
    };
    let mut needs = Vec::new();
    if !keys(planner.live_relation(table)).is_empty() {
        let constraints = planner.expected_relation(table).into_iter().flat_map(|relation| &relation.constraints);
        needs.extend(
            constraints
                .filter(|key| matches!(key.kind, ConstraintKind::Primary { .. }))
                .map(|key| key.name.clone())
                .chain(keys(planner.live_relation(table)))
                .map(|key| Object::Constraint(table.clone(), key)),
        );
    }
    needs
}

fn dropped(planner: &Planner<'_>, table: &QName, name: &Name, only: &str) -> Step {
    let step = Step::new(
        Effect::Alter(Object::column(table, name)),
        format!("drop NOT NULL from {table}.{name}"),
        format!("ALTER TABLE {only}{table} ALTER COLUMN {name} DROP NOT NULL"),
        condition::column(table, name, "not attnotnull"),
    );
    exclusive(planner, table, step)
}
