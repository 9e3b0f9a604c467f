//! Columns whose rows each get a value of their own.

use crate::domain::catalog::Column;
use crate::domain::name::{Name, QName};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;

/// An earlier run was cut short while it gave each row its value: of those that it has not come to nothing can be said.
pub(in crate::domain::plan) fn is_being_filled(planner: &Planner<'_>, table: &QName, name: &Name) -> bool {
    let columns = (planner.expected_column(table, name), planner.live_column(table, name));
    let (Some(wanted), Some(found)) = columns else { return false };
    // The check alone may also be that of a column which had its values before.
    let counter = scaffold::name(table, name, "seq");
    let fills = match wanted.identity {
        Some(_) => found.default.as_ref().is_some_and(|it| it.to_string().contains(counter.as_str())),
        None => found.default == wanted.default,
    };
    fills && gives_each_row_its_own(planner, wanted) && planner.has_helper(table, name, scaffold::NOT_NULL)
}

/// Each row has a value of its own: to add the column with it would write the table again.
pub(in crate::domain::plan) fn gives_each_row_its_own(planner: &Planner<'_>, wanted: &Column) -> bool {
    wanted.generated.is_none() && (wanted.identity.is_some() || planner.has_volatile_default(wanted))
}
