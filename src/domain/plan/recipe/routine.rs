//! Functions and procedures: replaced in place wherever PostgreSQL can; the rest is [`super::rebuild`]'s.

use crate::domain::catalog::{Object, Routine, RoutineKind, Signature};
use crate::domain::name::literal;
use crate::domain::plan::action::{Action, Rank, create, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::{Planner, Replacing};
use crate::domain::plan::{Effect, Hazard, Step};
use crate::domain::report::Change;

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, change: Change, signature: &Signature) {
    let object = Object::Routine(signature.clone());
    let (wanted, found) = (planner.on.expected.routines.get(signature), planner.on.live.routines.get(signature));
    match (change, wanted, found) {
        (Change::Missing, Some(wanted), _) => {
            let step = created(signature, wanted);
            planner.add(Action::new(Rank::Routine, vec![transaction(vec![step])]).making([object]));
        }
        (Change::Unexpected, _, Some(found)) => {
            let step = dropped(signature, found).costing(Hazard::DataLoss, format!("{} {object}", word(found)));
            planner.add(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking([object]));
        }
        (Change::Changed, Some(wanted), Some(found)) => {
            let step = Step::new(
                Effect::Replace(object.clone()),
                format!("replace {} {signature}", word(wanted)),
                wanted.definition.to_string(),
                is_new(signature, found),
            );
            let Replacing { before, mut steps } = planner.replacing.remove(signature).unwrap_or_default();
            steps.push(step);
            let segments = before.into_iter().chain([transaction(steps)]).collect();
            planner.add(Action::new(Rank::Routine, segments).making([object]));
        }
        (Change::Missing | Change::Unexpected | Change::Changed, _, _) => {}
    }
}

pub(in crate::domain::plan) fn created(signature: &Signature, wanted: &Routine) -> Step {
    create(&Object::Routine(signature.clone()), word(wanted), wanted.definition.to_string())
}

pub(in crate::domain::plan) fn dropped(signature: &Signature, found: &Routine) -> Step {
    let sql = format!("DROP {} {signature}", word(found).to_uppercase());
    remove(&Object::Routine(signature.clone()), word(found), sql)
}

/// The routine is there, and is not the old one any more.
pub(in crate::domain::plan) fn is_new(signature: &Signature, found: &Routine) -> Condition {
    condition::routine(signature, &format!("pg_get_functiondef(oid) <> {}", literal(&found.definition.to_string())))
}

/// `CREATE OR REPLACE` takes the one for the other: neither result nor argument names nor defaults change.
pub(in crate::domain::plan) fn is_replaceable(wanted: &Routine, found: &Routine) -> bool {
    let head = |routine: &Routine| routine.definition.known().and_then(|text| text.lines().next()).map(str::to_owned);
    wanted.kind == found.kind && wanted.returns == found.returns && head(wanted) == head(found)
}

fn word(routine: &Routine) -> &'static str {
    match routine.kind {
        RoutineKind::Function => "function",
        RoutineKind::Procedure => "procedure",
    }
}
