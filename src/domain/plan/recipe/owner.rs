//! Owners: what the plan creates, and what the fixing role has created before, is given to its previous or expected
//! owner. Routines and views run with their owner's rights, so none may stay with the fixing role for others to use.

use crate::domain::catalog::{Catalog, Object};
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::owner::give;
use crate::domain::plan::{Effect, Segment, Step};

/// Runs before privileges are granted: changing the owner also changes privileges that were granted to the creator.
pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>) {
    let (live, role) = (planner.on.live, planner.on.survey.rights.role.as_ref());
    for (object, was) in planner.on.owners.iter().filter(|(object, _)| planner.on.expected.has(object)) {
        let is_new = !live.has(object);
        let table = table_of(planner.on.expected, object);
        // A sequence owned by a column follows its table, and must have the same owner from the beginning.
        let owner = table.as_ref().and_then(|table| live.owners.get(table)).unwrap_or(was);
        let is_the_makers = live.owners.get(object) == role && table.is_none();
        if role == Some(owner) || !is_new && !is_the_makers {
            continue;
        }
        let Some(step) = give(object, owner) else { continue };
        if planner.on.survey.roles.as_ref().is_some_and(|roles| !roles.contains(owner)) {
            let reason = format!("{object} belonged to {owner}, and the server has no such role any more");
            planner.block(&object.to_string(), reason, &format!("CREATE ROLE {owner}"));
        } else if !is_new {
            // A step on an existing object waits for locks of other sessions.
            let step =
                if object.is_relation() { object.relation().into_iter().fold(step, Step::exclusive) } else { step };
            planner.add(Action::new(Rank::Privilege, vec![transaction(vec![step])]).needing([object.clone()]));
        } else {
            beside_its_making(planner, object, step);
        }
    }
}

/// Adds the step to the transaction that creates the object: no other session sees it before it has its owner.
fn beside_its_making(planner: &mut Planner<'_>, object: &Object, step: Step) {
    let made = Effect::Create(object.clone());
    let segments = planner.actions.iter_mut().flat_map(|action| &mut action.segments);
    for segment in segments {
        let Segment::Transaction { steps, .. } = segment else { continue };
        if let Some(at) = steps.iter().position(|it| it.effects.contains(&made)) {
            if steps.iter().all(|it| it.effects != step.effects) {
                steps.insert(at + 1, step);
            }
            return;
        }
    }
}

/// The table whose column owns the sequence.
fn table_of(catalog: &Catalog, object: &Object) -> Option<Object> {
    let Object::Sequence(name) = object else { return None };
    let (table, _) = catalog.sequences.get(name)?.owned_by.as_ref()?;
    Some(Object::Table(table.clone()))
}
