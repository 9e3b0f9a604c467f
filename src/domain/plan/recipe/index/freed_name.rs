//! Unique indexes that go, on which foreign keys stand, and whose names others are to have: such a name is freed first. The
//! foreign key may wait for the new index, and the old index has to wait for the foreign key.

use crate::domain::catalog::{Index, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::plan::step::index::{qualified, references};
use crate::domain::plan::{Effect, Hazard, Step};

/// What the index is called until it goes, where its name is freed.
pub(super) fn name(planner: &Planner<'_>, table: &QName, found: &Index) -> Option<Name> {
    let is_of = |other: &QName| other != table && other.schema == table.schema;
    let mut others = planner.on.expected.relations.iter().filter(|(other, _)| is_of(other));
    let is_wanted = others.any(|(_, relation)| {
        relation.indexes.iter().any(|it| it.name == found.name)
            || relation.constraints.iter().any(|it| it.is_key() && it.name == found.name)
    });
    // A key of a partitioned table cannot be made from the index that is there.
    let is_for_own_key = planner.is_partitioned(table)
        && planner.expected_constraint(table, &found.name).is_some_and(|key| key.is_key() && found.valid);
    let is_freed = is_wanted && !references(planner, table, found).is_empty() || is_for_own_key;
    is_freed.then(|| scaffold::name(table, &found.name, "name"))
}

/// Frees the name, and drops the index when nothing stands on it any more.
pub(super) fn drop(planner: &mut Planner<'_>, table: &QName, found: &Index, temporary: &Name) {
    let (was, is) = (Object::index(table, &found.name), Object::index(table, temporary));
    let old = qualified(table, &found.name);
    let step = Step::new(
        Effect::Rename(was.clone(), is.clone()),
        format!("free the name of index {old}"),
        format!("ALTER INDEX {old} RENAME TO {temporary}"),
        // The key that gets the name has an index, too.
        !condition::index(table, &found.name, "not exists (select from pg_constraint where conindid = indexrelid)"),
    )
    .locking(table, LockMode::AccessShare);
    let freeing = Action::new(Rank::Leftover, vec![transaction(vec![step])]).making([is.clone()]);
    planner.add(Action { frees: vec![was.clone()], ..freeing });
    let mut segment = super::drop(planner, table, &Index { name: temporary.clone(), ..found.clone() });
    for step in segment.steps_mut() {
        step.hazards.clear();
        *step = step.clone().costing(Hazard::DataLoss, format!("index {was}"));
    }
    planner.add(Action::new(Rank::Drop, vec![segment]).unmaking([was]).needing([is]));
}
