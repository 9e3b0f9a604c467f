//! Foreign keys: how a live one is recognised, which locks adding one takes, and the requirement that there are no
//! orphans.

use super::constraint::{is_deferrable, is_not_enforced, without_a_look};
use crate::domain::catalog::{Constraint, ConstraintKind, Object, ReferentialAction};
use crate::domain::lock::{Lock, LockMode};
use crate::domain::name::{self, Name, QName};
use crate::domain::plan::action::{Action, Rank, locked};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Requirement, Step};

/// A condition on a row of pg_constraint: it is this foreign key, whatever its name, and it is in force.
pub(in crate::domain::plan) fn is_so(wanted: &Constraint) -> String {
    let ConstraintKind::Foreign { columns, parent, parent_columns, match_full, on_update, on_delete, period, .. } =
        &wanted.kind
    else {
        return "contype = 'f'".into();
    };
    format!(
        "contype = 'f' and confrelid = {} and {} and {} and confupdtype = '{}' and confdeltype = '{}' and confmatchtype = \
         '{}' and {} and not exists (select from pg_trigger where tgconstraint = \
         pg_constraint.oid and tgenabled = 'D'){}",
        condition::regclass(parent),
        condition::key_columns("conkey", "conrelid", columns),
        condition::key_columns("confkey", "confrelid", parent_columns),
        code(*on_update),
        code(*on_delete),
        if *match_full { 'f' } else { 's' },
        is_deferrable(wanted.deferrable),
        // Servers before 18 have no such column.
        if *period { " and conperiod" } else { "" },
    )
}

/// The code in pg_constraint.
fn code(action: ReferentialAction) -> char {
    match action {
        ReferentialAction::NoAction => 'a',
        ReferentialAction::Restrict => 'r',
        ReferentialAction::Cascade => 'c',
        ReferentialAction::SetNull => 'n',
        ReferentialAction::SetDefault => 'd',
    }
}

/// Parents before children.
pub(in crate::domain::plan) fn locks(parent: &QName, child: &QName, mode: LockMode) -> Vec<Lock> {
    if parent == child { vec![Lock::new(child, mode)] } else { vec![Lock::new(parent, mode), Lock::new(child, mode)] }
}

/// The locks of a step that adds a key to a table that is not partitioned.
pub(in crate::domain::plan) fn adding_locks(planner: &Planner<'_>, step: Step, table: &QName, parent: &QName) -> Step {
    // Since PostgreSQL 18, adding a key also looks for it in inheritance children.
    let children = if planner.on.live.server_version < 180_000 { Vec::new() } else { planner.family(table) };
    let all = std::iter::once(table.clone()).chain(children).chain(planner.family(parent));
    all.fold(step, |step, table| step.locking(&table, LockMode::ShareRowExclusive))
}

/// A new table has no rows that could violate it.
pub(in crate::domain::plan) fn on_new_table(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Constraint,
) -> Option<Action> {
    let ConstraintKind::Foreign { parent, .. } = &wanted.kind else { return None };
    let object = Object::Constraint(table.clone(), wanted.name.clone());
    let is_valid = wanted.validated || planner.is_partitioned(table) && !is_not_enforced(planner, wanted);
    let (effect, not_valid) = if is_valid {
        (Effect::Create(object.clone()), "")
    } else {
        (Effect::AddNotValid(object.clone()), without_a_look(planner, wanted))
    };
    let step = Step::new(
        effect,
        format!("add foreign key {object}"),
        format!("ALTER TABLE {table} ADD CONSTRAINT {} {}{not_valid}", wanted.name, wanted.definition()),
        condition::constraint(table, &wanted.name, &is_so(wanted)),
    );
    let family = [planner.family(table), planner.family(parent)].concat();
    let step = family.iter().fold(step, |step, table| step.locking(table, LockMode::ShareRowExclusive));
    let segment = locked(locks(parent, table, LockMode::ShareRowExclusive), vec![step]);
    let leaving = planner.leaving_keys(parent, wanted);
    Some(Action::new(Rank::Foreign, vec![segment]).needing(leaving).making([object]))
}

/// `child.column = parent.column and …` and `child.column is not null and …`.
pub(in crate::domain::plan) fn join(columns: &[Name], parent_columns: &[Name]) -> (String, String) {
    let equal = columns.iter().zip(parent_columns).map(|(child, parent)| format!("p.{parent} = c.{child}"));
    let set = columns.iter().map(|column| format!("c.{column} is not null"));
    (equal.collect::<Vec<_>>().join(" and "), set.collect::<Vec<_>>().join(" and "))
}

/// The key checks the tables' own rows, not those of their inheritance children.
pub(in crate::domain::plan) fn no_orphans(planner: &Planner<'_>, table: &QName, wanted: &Constraint) -> Requirement {
    let (columns, dangling) = match &wanted.kind {
        ConstraintKind::Foreign { columns, parent, parent_columns, period, .. } => {
            let (equal, set) = join(columns, parent_columns);
            let children = planner.rows_then(table, "c", &set);
            let parents = planner.rows_then(parent, "p", &equal);
            let found = match (columns.split_last(), parent_columns.split_last()) {
                // Several rows together can cover the period: each covers a part of it.
                (Some((during, others)), Some((of, other_columns))) if *period => {
                    let (equal, _) = join(others, other_columns);
                    let equal = if others.is_empty() { "true" } else { &equal };
                    format!("coalesce(c.{during} <@ (select range_agg(p.{of}) from {parents} where {equal}), false)")
                }
                _ => format!("exists (select from {parents} where {equal})"),
            };
            (columns.as_slice(), format!("{children} where {set} and not {found}"))
        }
        _ => (&[][..], format!("{table} c where false")),
    };
    let shown: Vec<_> = columns.iter().map(|column| format!("c.{column}")).collect();
    // Either an interrupted run could not drop it, or someone created it like this: which of both is unknown.
    let relation = planner.live_relation(table).into_iter().flat_map(|relation| &relation.constraints);
    let is_there = |it: &&Constraint| !it.validated && !it.inherited && it.definition() == wanted.definition();
    let stays = relation.into_iter().find(is_there).map(|Constraint { name, .. }| {
        format!(
            "; until then {name} stays NOT VALID, and refuses new ones: ALTER TABLE {table} VALIDATE CONSTRAINT {name} \
             makes it valid once there are none, ALTER TABLE {table} DROP CONSTRAINT {name} takes it away"
        )
    });
    Requirement {
        object: format!("{table}.{}", wanted.name),
        problem: format!("rows of {table} reference no row by ({})", name::list(columns)),
        count: format!("select count(*) from {dangling}"),
        sample: Some(format!("select distinct row({})::text from {dangling} limit 5", shown.join(", "))),
        advice: format!(
            "bring back the missing rows, remove these references, or have them set to NULL by orphans = \"set_null\" (the \
             old values are kept){}",
            stays.unwrap_or_default()
        ),
    }
}
