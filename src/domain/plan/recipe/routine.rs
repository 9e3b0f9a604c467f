//! Functions and procedures: replaced in place where PostgreSQL can; otherwise by [`super::rebuild`].

use crate::domain::catalog::{Object, Signature};
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::planner::{Planner, Replacing};
use crate::domain::plan::step::routine::{created, dropped, is_new, word};
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
