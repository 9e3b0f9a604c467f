//! Columns with a different value in each row, and columns whose NOT NULL is a constraint with more properties.

use crate::domain::catalog::{Column, NotNull, Object, Relation};
use crate::domain::name::{Name, QName};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::plan::{Effect, Step};
use crate::domain::render;

/// An earlier run was interrupted while it filled the column: nothing is known about the rows that it did not reach.
pub(in crate::domain::plan) fn is_being_filled(planner: &Planner<'_>, table: &QName, name: &Name) -> bool {
    let columns = (planner.expected_column(table, name), planner.live_column(table, name));
    let (Some(wanted), Some(found)) = columns else { return false };
    // The check alone could also belong to a column that had its values before.
    let counter = scaffold::name(table, name, "seq");
    let fills = match wanted.identity {
        Some(_) => found.default.as_ref().is_some_and(|it| it.to_string().contains(counter.as_str())),
        None => found.default == wanted.default,
    };
    fills && gives_each_row_its_own(planner, wanted) && planner.has_helper(table, name, scaffold::NOT_NULL)
}

/// Each row gets a different value: adding the column with its default would rewrite the table.
pub(in crate::domain::plan) fn gives_each_row_its_own(planner: &Planner<'_>, wanted: &Column) -> bool {
    wanted.generated.is_none() && (wanted.identity.is_some() || planner.has_volatile_default(wanted))
}

/// Properties that ADD COLUMN cannot express.
pub(in crate::domain::plan) fn not_null_of_new_column(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Column,
) -> Option<Step> {
    wanted.unproven().map(|it| refusing_null(planner, table, wanted, it))
}

/// Properties that CREATE TABLE cannot express.
pub(in crate::domain::plan) fn not_nulls_of_new_table(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Relation,
) -> Vec<Step> {
    wanted.columns.iter().filter_map(|column| not_null_of_new_column(planner, table, column)).collect()
}

/// This constraint exists, whether it is validated or not.
pub(in crate::domain::plan) fn has_not_null(table: &QName, it: &NotNull) -> Condition {
    let inherits = if it.no_inherit { "connoinherit" } else { "not connoinherit" };
    let validated = if it.validated { "" } else { " and not convalidated" };
    condition::constraint(table, &it.name, &format!("contype = 'n' and {inherits}{validated}"))
}

/// Makes the column refuse NULL; existing rows are not checked.
pub(in crate::domain::plan) fn refusing_null(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Column,
    it: &NotNull,
) -> Step {
    let step = Step::new(
        Effect::AddNotValid(Object::constraint(table, &it.name)),
        format!("add NOT NULL (not valid) to {table}.{}", wanted.name),
        render::add_unproven_not_null(table, &wanted.name, it),
        has_not_null(table, it),
    );
    let family = if it.no_inherit { vec![table.clone()] } else { planner.family(table) };
    family.iter().fold(step, Step::exclusive)
}
