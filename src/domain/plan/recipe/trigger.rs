//! Triggers: replaced in place, so that the trigger fires for every row that is written meanwhile.

use crate::domain::catalog::{Enabled, Object, Trigger};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::action::{Action, Rank, remove, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::trigger::{created, state};
use crate::domain::plan::{Effect, Hazard, Step};
use crate::domain::report::Change;

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, change: Change, table: &QName, name: &Name) {
    let find = |relation: Option<&'_ crate::domain::catalog::Relation>| {
        relation.and_then(|relation| relation.triggers.iter().find(|trigger| trigger.name == *name)).cloned()
    };
    let (wanted, found) = (find(planner.expected_relation(table)), find(planner.live_relation(table)));
    let object = Object::Trigger(table.clone(), name.clone());
    let steps = match (change, &wanted, &found) {
        (Change::Missing, Some(wanted), _) => created(planner, table, wanted),
        (Change::Unexpected, _, Some(found)) => {
            let step = dropped(planner, table, found).costing(Hazard::DataLoss, format!("trigger {object}"));
            planner.add(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking([object]));
            return;
        }
        (Change::Changed, Some(wanted), Some(found)) => changed(planner, table, wanted, found),
        (Change::Missing | Change::Unexpected | Change::Changed, _, _) => return,
    };
    planner.add(Action::new(Rank::Trigger, vec![transaction(steps)]).making([object]));
}

fn dropped(planner: &Planner<'_>, table: &QName, found: &Trigger) -> Step {
    let object = Object::Trigger(table.clone(), found.name.clone());
    let step = remove(&object, "trigger", format!("DROP TRIGGER {} ON {table}", found.name));
    planner.family(table).iter().fold(step, Step::exclusive)
}

fn changed(planner: &Planner<'_>, table: &QName, wanted: &Trigger, found: &Trigger) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut enabled = found.enabled;
    if wanted.definition != found.definition {
        let old = format!("pg_get_triggerdef(oid) <> {}", literal(&found.definition.to_string()));
        let is_new = condition::trigger(table, &wanted.name, &old);
        let (sql, was) = (wanted.definition.to_string(), found.definition.to_string());
        let family = planner.family(table);
        match sql.strip_prefix("CREATE TRIGGER ").filter(|_| was.starts_with("CREATE TRIGGER ")) {
            Some(rest) => {
                let step = Step::new(
                    Effect::Replace(Object::Trigger(table.clone(), wanted.name.clone())),
                    format!("replace trigger {table}.{}", wanted.name),
                    format!("CREATE OR REPLACE TRIGGER {rest}"),
                    is_new,
                );
                let lock = |step: Step, table| step.locking(table, LockMode::ShareRowExclusive);
                steps.push(family.iter().fold(step, lock));
                // CREATE OR REPLACE enables the trigger.
                enabled = Enabled::Origin;
            }
            // A constraint trigger cannot be replaced.
            None => {
                let gone =
                    !condition::trigger(table, &wanted.name, &format!("pg_get_triggerdef(oid) = {}", literal(&was)));
                steps.push(Step { ensures: Some(gone), ..dropped(planner, table, found) });
                let created = created(planner, table, wanted);
                steps.extend(created.into_iter().take(1).map(|step| Step { ensures: Some(is_new.clone()), ..step }));
                enabled = Enabled::Origin;
            }
        }
    }
    if wanted.enabled != enabled {
        steps.push(state(table, wanted));
    }
    steps
}
