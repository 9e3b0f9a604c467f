//! Renaming of a table's members.

use crate::domain::catalog::Object;
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::plan::{Effect, Step};

/// Renames a member of a table, through a helper name if the new name is still taken by another. `is`: the object has
/// its new name.
pub(in crate::domain::plan) fn rename_by(
    planner: &Planner<'_>,
    table: &QName,
    (from, to): (&Name, &Name),
    is: &Condition,
    object: impl Fn(&Name) -> Object,
    alter: impl Fn(&Name, &Name) -> String,
) -> Vec<Action> {
    let step = |from: &Name, to: &Name, ensures: Condition| {
        Step::new(
            Effect::Rename(object(from), object(to)),
            format!("rename {} to {to}", object(from)),
            alter(from, to),
            ensures,
        )
        .exclusive(table)
    };
    let action = |step: Step, from: &Name, to: &Name| {
        Action::new(Rank::Name, vec![transaction(vec![step])]).making([object(to)]).unmaking([object(from)])
    };
    if !planner.lookup.is_taken(&table.schema, to) {
        return vec![action(step(from, to, is.clone()), from, to)];
    }
    let temporary = scaffold::name(table, from, "name");
    let is_renamed = condition::exists(&object(&temporary)).or(is);
    let first = action(step(from, &temporary, is_renamed), from, &temporary);
    let second = Action::new(Rank::Name, vec![transaction(vec![step(&temporary, to, is.clone())])]);
    vec![first, second.making([object(to)]).needing([object(&temporary)])]
}
