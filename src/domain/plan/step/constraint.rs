//! Constraints of every kind: validated, renamed and dropped; and the requirements on the rows before a check or an
//! exclusion is validated.

use crate::domain::catalog::{Constraint, ConstraintKind, Deferrable, Definition, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::action::remove;
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Requirement, Step};
use crate::domain::render;

/// `is` holds for one of these constraints.
pub(in crate::domain::plan) fn either(table: &QName, names: &[&Name], is: &str) -> Condition {
    let mut names: Vec<_> = names.iter().map(|name| literal(name.as_str())).collect();
    names.dedup();
    Condition::new(format!(
        "exists (select from pg_constraint where conrelid = {} and conname in ({}) and {is})",
        condition::regclass(table),
        names.join(", ")
    ))
}

/// A condition on a row of pg_constraint: it is deferrable as expected.
pub(in crate::domain::plan) fn is_deferrable(wanted: Deferrable) -> &'static str {
    match wanted {
        Deferrable::Not => "not condeferrable and not condeferred",
        Deferrable::InitiallyImmediate => "condeferrable and not condeferred",
        Deferrable::InitiallyDeferred => "condeferrable and condeferred",
    }
}

/// Follows a definition: existing rows are not checked. NOT ENFORCED if the constraint is not to be enforced
/// (PostgreSQL 18).
pub(in crate::domain::plan) fn without_a_look(planner: &Planner<'_>, wanted: &Constraint) -> &'static str {
    if is_not_enforced(planner, wanted) { " NOT ENFORCED" } else { " NOT VALID" }
}

pub(in crate::domain::plan) fn is_not_enforced(planner: &Planner<'_>, constraint: &Constraint) -> bool {
    render::is_not_enforced(constraint, planner.on.live.server_version)
}

/// Added to a condition on a row of pg_constraint: it is enforced, or not, as expected and unlike `old`. Servers before
/// 18 have no such column, and no constraints for which it would be asked.
pub(in crate::domain::plan) fn is_enforced_as(
    planner: &Planner<'_>,
    wanted: &Constraint,
    old: Option<&Constraint>,
) -> &'static str {
    match (is_not_enforced(planner, wanted), old.is_some_and(|old| is_not_enforced(planner, old))) {
        (true, false) => " and not conenforced",
        (false, true) => " and conenforced",
        (true, true) | (false, false) => "",
    }
}

/// Validates the constraint that currently has `name`, and for which `is` holds.
pub(in crate::domain::plan) fn validate(table: &QName, wanted: &Constraint, name: &Name, is: &str) -> Step {
    let step = Step::new(
        Effect::Validate(Object::constraint(table, name)),
        format!("validate {table}.{}", wanted.name),
        format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}"),
        either(table, &[name, &wanted.name], &format!("convalidated and {is}")),
    )
    .scanning(table)
    .locking(table, LockMode::ShareUpdateExclusive);
    match &wanted.kind {
        ConstraintKind::Foreign { parent, .. } if parent != table => step.locking(parent, LockMode::RowShare),
        _ => step,
    }
}

pub(in crate::domain::plan) fn rename_step(table: &QName, from: &Name, to: &Name, ensures: Condition) -> Step {
    Step::new(
        Effect::Rename(Object::constraint(table, from), Object::constraint(table, to)),
        format!("rename constraint {table}.{from} to {to}"),
        format!("ALTER TABLE {table} RENAME CONSTRAINT {from} TO {to}"),
        ensures,
    )
    .exclusive(table)
}

/// Drops the constraint, with its parts on partitions and inheritance children.
pub(in crate::domain::plan) fn dropped(planner: &Planner<'_>, table: &QName, found: &Constraint) -> Step {
    let object = Object::Constraint(table.clone(), found.name.clone());
    let sql = format!("ALTER TABLE {table} DROP CONSTRAINT {}", found.name);
    let parents = match &found.kind {
        ConstraintKind::Foreign { parent, .. } => planner.with_partitions(parent),
        ConstraintKind::Check { .. }
        | ConstraintKind::Primary { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Exclusion { .. } => Vec::new(),
    };
    let is_check = matches!(found.kind, ConstraintKind::Check { no_inherit: false, .. });
    let family = if is_check || planner.is_partitioned(table) { planner.family(table) } else { vec![table.clone()] };
    let step = remove(&object, "constraint", sql);
    family.iter().chain(&parents).fold(step, Step::exclusive)
}

/// A requirement: the rows, as they will be by then, satisfy the check.
pub(in crate::domain::plan) fn rows_pass(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Constraint,
    (expression, no_inherit): (&Definition, bool),
) -> Requirement {
    let (alias, asked) = (table.name.to_string(), expression.to_string());
    let rows = if no_inherit {
        planner.rows_then(table, &alias, &asked)
    } else {
        planner.all_rows_then(table, &alias, &asked)
    };
    Requirement {
        object: Object::Constraint(table.clone(), wanted.name.clone()).to_string(),
        problem: format!("rows fail the check {}", wanted.name),
        count: format!("select count(*) from {rows} where not ({expression})"),
        sample: Some(format!("select to_jsonb({alias})::text from {rows} where not ({expression}) limit 5")),
        advice: "correct these rows, or the check in the expectation".into(),
    }
}

/// Up to this size all pairs of rows are compared in advance. A larger table is left to the constraint itself, which
/// uses its index, and which leaves everything unchanged if rows exclude each other.
const COMPARED: u64 = 4 << 20;

/// A requirement: no two rows exclude each other.
pub(in crate::domain::plan) fn pairs(planner: &Planner<'_>, table: &QName, wanted: &Constraint) -> Option<Requirement> {
    let ConstraintKind::Exclusion { definition } = &wanted.kind else { return None };
    planner.size(table).bytes.filter(|bytes| *bytes <= COMPARED)?;
    // EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (…): plain columns only.
    let (_, rest) = definition.known()?.split_once('(')?;
    let (elements, _) = rest.split_once(')')?;
    let columns = planner.live_relation(table)?.columns.iter().map(|column| column.name.to_string());
    let columns: Vec<_> = columns.collect();
    let mut alike = Vec::new();
    for element in elements.split(", ") {
        let (column, operator) = element.split_once(" WITH ")?;
        let column = columns.iter().find(|known| *known == column)?;
        alike.push(format!("a.{column} {operator} b.{column}"));
    }
    definition.known().filter(|text| !text.contains(" WHERE "))?;
    Some(exclude_each_other(planner, table, wanted, &alike))
}

/// A requirement: no two rows overlap under a key WITHOUT OVERLAPS.
pub(in crate::domain::plan) fn overlaps(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Constraint,
) -> Option<Requirement> {
    let (ConstraintKind::Primary { columns, without_overlaps: true, .. }
    | ConstraintKind::Unique { columns, without_overlaps: true, .. }) = &wanted.kind
    else {
        return None;
    };
    planner.size(table).bytes.filter(|bytes| *bytes <= COMPARED)?;
    let (during, others) = columns.split_last()?;
    let alike = others.iter().map(|column| format!("a.{column} = b.{column}"));
    let alike: Vec<_> = alike.chain([format!("a.{during} && b.{during}")]).collect();
    Some(exclude_each_other(planner, table, wanted, &alike))
}

/// `alike`: the conditions that no two rows `a` and `b` may satisfy.
fn exclude_each_other(planner: &Planner<'_>, table: &QName, wanted: &Constraint, alike: &[String]) -> Requirement {
    let own = planner.rows_then(table, "own", &alike.join(" and "));
    let numbered =
        format!("with rows as materialized (select row_number() over () as schemawarden_row, own.* from {own})");
    let rows =
        format!("from rows a join rows b on a.schemawarden_row < b.schemawarden_row and {}", alike.join(" and "));
    Requirement {
        object: format!("{table}.{}", wanted.name),
        problem: format!("pairs of rows of {table} exclude each other"),
        count: format!("{numbered} select count(*) {rows}"),
        sample: Some(format!(
            "{numbered} select (to_jsonb(a) - 'schemawarden_row')::text || ' and ' || (to_jsonb(b) - \
             'schemawarden_row')::text {rows} limit 5"
        )),
        advice: "decide which of these rows stay, and change or remove the others".into(),
    }
}
