//! Foreign keys: the new key is in force and validated before the old one is dropped. Parents are locked before
//! children, as the application locks them.

use crate::domain::catalog::{Column, Constraint, ConstraintKind, Object};
use crate::domain::lock::{Lock, LockMode};
use crate::domain::name::{self, Name, QName, literal};
use crate::domain::plan::action::{Action, Rank, autocommit, locked, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::plan::step::column::is_being_filled;
use crate::domain::plan::step::constraint::{
    either, is_enforced_as, is_not_enforced, rename_step, validate, without_a_look,
};
use crate::domain::plan::step::foreign::{adding_locks, is_so, join, locks, no_orphans, on_new_table};
use crate::domain::plan::{Effect, Orphans, Requirement, Segment, Step, Undo, Work};

/// Adds the key, in the place of `old` if there is one.
pub(super) fn add(planner: &mut Planner<'_>, table: &QName, wanted: &Constraint, old: Option<&Constraint>) {
    let ConstraintKind::Foreign { columns, parent, .. } = &wanted.kind else { return };
    let object = Object::Constraint(table.clone(), wanted.name.clone());
    let name = match old {
        Some(old) if old.name == wanted.name => scaffold::name(table, &old.name, "fkey"),
        Some(_) | None => wanted.name.clone(),
    };
    let mut is_new = is_so(wanted);
    if !wanted.validated && old.is_some_and(|old| old.validated && old.definition() == wanted.definition()) {
        is_new.push_str(" and not convalidated");
    }
    if old.is_some_and(has_period) && !has_period(wanted) {
        is_new.push_str(" and not conperiod");
    }
    is_new.push_str(is_enforced_as(planner, wanted, old));
    if planner.is_partitioned(table) && !planner.is_new(table) {
        partitioned(planner, table, wanted, old);
        return;
    }
    if planner.is_new(table) {
        if let Some(action) = on_new_table(planner, table, wanted) {
            planner.add(action);
        }
        return;
    }
    let mut segments = if wanted.validated { settle_orphans(planner, table, wanted) } else { Vec::new() };
    let adding = Step::new(
        Effect::AddNotValid(Object::constraint(table, &name)),
        format!("add foreign key {object}"),
        format!("ALTER TABLE {table} ADD CONSTRAINT {name} {}{}", wanted.definition(), without_a_look(planner, wanted)),
        either(table, &[&name, &wanted.name], &is_new),
    );
    let adding = adding_locks(planner, adding, table, parent);
    segments.push(locked(locks(parent, table, LockMode::ShareRowExclusive), vec![adding]));
    if wanted.validated {
        let step = validate(table, wanted, &name, &is_new).undone_by(Undo::constraint(table, &name));
        segments.push(transaction(vec![step]));
    }
    if let Some(old) = old {
        segments.push(swap(planner, table, wanted, old, &name, &is_new));
    }
    let needs = columns.iter().map(|column| Object::Column(table.clone(), column.clone()));
    let leaving = if old.is_none() { planner.leaving_keys(parent, wanted) } else { Vec::new() };
    let renamed = old.filter(|old| old.name != wanted.name);
    let frees = renamed.map(|old| Object::constraint(table, &old.name)).into_iter().collect();
    let action = Action::new(Rank::Foreign, segments).needing(needs).needing(leaving).making([object]);
    planner.add(Action { frees, ..action });
}

fn has_period(key: &Constraint) -> bool {
    matches!(key.kind, ConstraintKind::Foreign { period: true, .. })
}

/// What is done about orphans, or a requirement that there are none.
pub(super) fn settle_orphans(planner: &mut Planner<'_>, table: &QName, wanted: &Constraint) -> Vec<Segment> {
    match planner.orphans() {
        Orphans::SetNull => set_null(planner, table, wanted),
        Orphans::Refuse => {
            if !awaits_values(planner, table, wanted) {
                planner.require(no_orphans(planner, table, wanted));
            }
            Vec::new()
        }
    }
}

/// Whether a column of either side is still being filled.
fn awaits_values(planner: &Planner<'_>, table: &QName, wanted: &Constraint) -> bool {
    let ConstraintKind::Foreign { columns, parent, parent_columns, .. } = &wanted.kind else { return false };
    let is_filled =
        |table: &QName, columns: &[Name]| columns.iter().any(|column| is_being_filled(planner, table, column));
    is_filled(table, columns) || is_filled(parent, parent_columns)
}

/// Drops the old key, and gives its name to the new one.
fn swap(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Constraint,
    old: &Constraint,
    name: &Name,
    is_new: &str,
) -> Segment {
    let gone = if old.name == wanted.name {
        !condition::constraint(table, &old.name, &format!("not ({is_new})"))
    } else {
        !condition::constraint(table, &old.name, "true")
    };
    let mut drop = Step::new(
        Effect::Supersede(Object::constraint(table, &old.name), Object::constraint(table, name)),
        format!("drop the old foreign key {table}.{}", old.name),
        format!("ALTER TABLE {table} DROP CONSTRAINT {}", old.name),
        gone,
    )
    .exclusive(table);
    let mut parents = vec![Lock::new(table, LockMode::AccessExclusive)];
    if let ConstraintKind::Foreign { parent, .. } = &old.kind {
        drop = planner.with_partitions(parent).iter().fold(drop, Step::exclusive);
        parents = locks(parent, table, LockMode::AccessExclusive);
    }
    let mut steps = vec![drop];
    if *name != wanted.name {
        steps.push(rename_step(table, name, &wanted.name, condition::constraint(table, &wanted.name, is_new)));
    }
    locked(parents, steps)
}

/// Sets dangling references NULL, in batches, after the old values have been kept.
fn set_null(planner: &mut Planner<'_>, table: &QName, wanted: &Constraint) -> Vec<Segment> {
    let ConstraintKind::Foreign { columns, parent, parent_columns, .. } = &wanted.kind else { return Vec::new() };
    let not_null = |column: &&Name| planner.expected_column(table, column).is_some_and(Column::refuses_nulls);
    let mut nullable = columns.iter().filter(|column| !not_null(column)).peekable();
    // No column can be set NULL; or a reference dangles for a part of its period only.
    if nullable.peek().is_none() || has_period(wanted) {
        planner.require(no_orphans(planner, table, wanted));
        return Vec::new();
    }
    let leaves = planner.keyed(table);
    let nullable: Vec<&Name> = nullable.collect();
    if let Some(refusal) = leaves.iter().find_map(|leaf| planner.refuses_updates(leaf, &nullable)) {
        let orphans = no_orphans(planner, table, wanted);
        planner.require(Requirement {
            problem: format!("{} ({refusal}: dangling references cannot be set to NULL)", orphans.problem),
            ..orphans
        });
        return Vec::new();
    }
    let set: Vec<_> = nullable.iter().map(|column| format!("{column} = NULL")).collect();
    let (equal, present) = join(columns, parent_columns);
    let parents = planner.own_rows(parent);
    let dangling = format!("{present} and not exists (select from {parents} p where {equal})");
    for leaf in &leaves {
        planner.require_checks(leaf, &nullable, &format!("ONLY {leaf} c where {dangling}"));
    }
    let old: Vec<_> = columns.iter().map(|column| format!("{}, c.{column}", literal(column.as_str()))).collect();
    let key: Vec<_> =
        planner.key_of(table).iter().map(|column| format!("{}, c.{column}", literal(column.as_str()))).collect();
    let key = if key.is_empty() { "to_jsonb(c)".to_owned() } else { format!("jsonb_build_object({})", key.join(", ")) };
    let batches = leaves.iter().map(|leaf| {
        let keep = format!(
            "select c.ctid::text, jsonb_build_object('key', {key}, 'old', jsonb_build_object({}))::text from ONLY {leaf} c \
             where c.ctid >= $1::tid and c.ctid < $2::tid and {dangling} for update of c",
            old.join(", ")
        );
        let mut step = Step::new(
            Effect::WriteRows(leaf.clone()),
            format!("set dangling {leaf} ({}) to NULL", name::list(columns)),
            format!(
                "UPDATE ONLY {leaf} SET {} WHERE ctid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.tid[])",
                set.join(", ")
            ),
            condition::Condition::new(format!("not exists (select from ONLY {leaf} c where {dangling})")),
        )
        .locking(leaf, LockMode::RowExclusive);
        step.work = Work::Batches { table: leaf.clone(), keep: Some(keep) };
        autocommit(step)
    });
    batches.collect()
}

/// Before PostgreSQL 18 a partitioned table accepts no NOT VALID foreign key: each partition gets its own first, and
/// the parent's then adopts them without a scan.
fn partitioned(planner: &mut Planner<'_>, table: &QName, wanted: &Constraint, old: Option<&Constraint>) {
    let ConstraintKind::Foreign { columns, parent, .. } = &wanted.kind else { return };
    let object = Object::Constraint(table.clone(), wanted.name.clone());
    let is_new = is_so(wanted) + is_enforced_as(planner, wanted, old);
    let mut segments = Vec::new();
    let state = if is_not_enforced(planner, wanted) { without_a_look(planner, wanted) } else { "" };
    // A key that is not enforced needs no others before it.
    for leaf in planner.leaves(table).into_iter().filter(|_| state.is_empty()) {
        segments.extend(settle_orphans(planner, &leaf, wanted));
        let constraints = planner.live_relation(&leaf).into_iter().flat_map(|relation| &relation.constraints);
        let is_own = |it: &&Constraint| !it.inherited && it.definition() == wanted.definition();
        let own = constraints.clone().find(is_own);
        let name = match (own, planner.key_name(&leaf, wanted)) {
            // The partition has a key of its own: an earlier run was interrupted after it.
            (Some(own), _) => own.name.clone(),
            // The old key's part still has the name.
            (None, name) if constraints.clone().any(|it| it.name == name) => scaffold::name(&leaf, &name, "fkey"),
            (None, name) => name,
        };
        let there = condition::Condition::new(format!(
            "exists (select from pg_constraint where conrelid = {} and {is_new})",
            condition::regclass(&leaf)
        ));
        let adding = Step::new(
            Effect::AddNotValid(Object::constraint(&leaf, &name)),
            format!("add foreign key {leaf}.{name}"),
            format!("ALTER TABLE {leaf} ADD CONSTRAINT {name} {} NOT VALID", wanted.definition()),
            there,
        )
        .locking(&leaf, LockMode::ShareRowExclusive)
        .locking(parent, LockMode::ShareRowExclusive);
        segments.push(locked(locks(parent, &leaf, LockMode::ShareRowExclusive), vec![adding]));
        let valid = condition::Condition::new(format!(
            "exists (select from pg_constraint where conrelid = {} and {is_new} and convalidated)",
            condition::regclass(&leaf)
        ));
        let undo = own.is_none().then(|| Undo::constraint(&leaf, &name));
        let step = Step { ensures: Some(valid), undo, ..validate(&leaf, wanted, &name, "true") };
        segments.push(transaction(vec![step]));
    }
    let mut steps = Vec::new();
    let mut mode = LockMode::ShareRowExclusive;
    if let Some(old) = old {
        mode = LockMode::AccessExclusive;
        let gone = !condition::constraint(table, &old.name, &format!("not ({is_new})"));
        let drop = Step::new(
            Effect::Supersede(Object::constraint(table, &old.name), object.clone()),
            format!("drop the old foreign key {table}.{}", old.name),
            format!("ALTER TABLE {table} DROP CONSTRAINT {}", old.name),
            gone,
        );
        let locked = [planner.family(table), planner.with_partitions(parent)].concat();
        let drop = locked.iter().fold(drop, Step::exclusive);
        steps.push(drop);
    }
    let adding = Step::new(
        Effect::Create(object.clone()),
        format!("add foreign key {object}"),
        format!("ALTER TABLE {table} ADD CONSTRAINT {} {}{state}", wanted.name, wanted.definition()),
        condition::constraint(table, &wanted.name, &is_new),
    );
    let family = planner.family(table);
    let adding = family.iter().fold(adding, |step, table| step.locking(table, LockMode::ShareRowExclusive));
    // The partitions' keys become its parts, and lose their own triggers on the referenced table.
    let adding = planner.family(parent).iter().fold(adding, Step::exclusive);
    steps.push(adding);
    segments.push(locked(locks(parent, table, mode), steps));
    let needs = columns.iter().map(|column| Object::Column(table.clone(), column.clone()));
    planner.add(Action::new(Rank::Foreign, segments).needing(needs).making([object]));
}
