//! Sequences: owned by a column, and set to the value from which they continue.

use super::owner;
use crate::domain::catalog::{Object, RelationKind};
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Step};

/// Makes the column own the sequence, which must have the same owner as the table.
pub(in crate::domain::plan) fn own(planner: &Planner<'_>, name: &QName, table: &QName, column: &Name) -> Vec<Step> {
    let sequence = Object::Sequence(name.clone());
    let owners = &planner.on.live.owners;
    // An identity's sequence is dropped with it, and another is created.
    let stays = planner.on.live.sequences.get(name).is_some_and(|it| !it.identity);
    let is = owners.get(&sequence).filter(|_| stays).or(planner.on.survey.rights.role.as_ref());
    let owner = owners.get(&Object::Table(table.clone())).filter(|owner| is != Some(owner));
    let mut steps: Vec<_> = owner.and_then(|owner| owner::give(&sequence, owner)).into_iter().collect();
    steps.push(Step::new(
        Effect::Alter(Object::Sequence(name.clone())),
        format!("set sequence {name} to OWNED BY {table}.{column}"),
        format!("ALTER SEQUENCE {name} OWNED BY {table}.{column}"),
        condition::owned(name, Some((table, column))),
    ));
    steps
}

/// Sets a new sequence to start after the existing values of the column.
pub(in crate::domain::plan) fn start_behind(name: &QName, table: &QName, column: &Name) -> Step {
    let greatest = format!("(select max({column})::bigint from {table})");
    let last = format!("pg_sequence_last_value({})", condition::regclass(name));
    Step::new(
        Effect::SetValue(Object::Sequence(name.clone())),
        format!("set sequence {name} to the greatest value of {table}.{column}"),
        format!("SELECT setval({}::regclass, {greatest})", literal(&name.to_string())),
        Condition::new(format!("({greatest} is null or coalesce({greatest} <= {last}, false))")),
    )
}

/// The first sequence continues where the second ended.
pub(in crate::domain::plan) fn go_on((own, ended): (&QName, &QName), table: &QName, column: &Name) -> Step {
    let last = |sequence: &QName| format!("pg_sequence_last_value({})", condition::regclass(sequence));
    Step::new(
        Effect::SetValue(Object::Sequence(own.clone())),
        format!("set sequence of {table}.{column} to its last value"),
        format!("SELECT setval({}::regclass, {})", literal(&own.to_string()), last(ended)),
        Condition::new(format!("({0} is null or coalesce({0} <= {1}, false))", last(ended), last(own))),
    )
}

/// Whether the live sequence is dropped with its table, and another of the same name is created: an identity's sequence
/// belongs to no other table.
pub(in crate::domain::plan) fn goes_with_its_table(planner: &Planner<'_>, name: &QName) -> bool {
    let (expected, live) = (&planner.on.expected.sequences, &planner.on.live.sequences);
    let (Some(wanted), Some(found)) = (expected.get(name), live.get(name)) else { return false };
    let owner = found.owned_by.as_ref().filter(|_| wanted.identity || found.identity);
    let stays = |table: &QName| planner.expected_relation(table).is_some_and(|it| it.kind == RelationKind::Table);
    owner.is_some_and(|(table, _)| !stays(table))
}
