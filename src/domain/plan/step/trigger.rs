//! Triggers: created, enabled and disabled.

use crate::domain::catalog::{Enabled, Object, Trigger};
use crate::domain::lock::LockMode;
use crate::domain::name::QName;
use crate::domain::plan::action::create;
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Step};

/// The trigger, enabled or disabled as expected.
pub(in crate::domain::plan) fn created(planner: &Planner<'_>, table: &QName, wanted: &Trigger) -> Vec<Step> {
    let object = Object::Trigger(table.clone(), wanted.name.clone());
    let step = create(&object, "trigger", wanted.definition.to_string());
    let step = planner.family(table).iter().fold(step, |step, table| step.locking(table, LockMode::ShareRowExclusive));
    let mut steps = vec![step];
    if wanted.enabled != Enabled::Origin {
        steps.push(state(table, wanted));
    }
    steps
}

pub(in crate::domain::plan) fn state(table: &QName, wanted: &Trigger) -> Step {
    let (sql, code) = match wanted.enabled {
        Enabled::Origin => ("ENABLE", 'O'),
        Enabled::Disabled => ("DISABLE", 'D'),
        Enabled::Replica => ("ENABLE REPLICA", 'R'),
        Enabled::Always => ("ENABLE ALWAYS", 'A'),
    };
    Step::new(
        Effect::Alter(Object::Trigger(table.clone(), wanted.name.clone())),
        format!("{} trigger {table}.{}", sql.to_lowercase(), wanted.name),
        format!("ALTER TABLE {table} {sql} TRIGGER {}", wanted.name),
        condition::trigger(table, &wanted.name, &format!("tgenabled = '{code}'")),
    )
    .locking(table, LockMode::ShareRowExclusive)
}
