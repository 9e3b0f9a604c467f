//! Owners: what the plan makes, and what the fixing role has made before it, is given to whom it belonged. A routine or
//! a view acts in its owner's name, so that it may never belong to the fixing role for others to use.

use crate::domain::catalog::{Catalog, Object};
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::owner::give;
use crate::domain::plan::{Effect, Segment, Step};

/// Before anything is granted: the owner takes along what was granted to the maker.
pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>) {
    let (live, role) = (planner.on.live, planner.on.survey.rights.role.as_ref());
    for (object, was) in planner.on.owners.iter().filter(|(object, _)| planner.on.expected.has(object)) {
        let is_new = !live.has(object);
        let table = table_of(planner.on.expected, object);
        // What a column owns follows its table, and has to belong to the same role from the beginning.
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
            // A step on what is there waits for others.
            let step =
                if object.is_relation() { object.relation().into_iter().fold(step, Step::exclusive) } else { step };
            planner.add(Action::new(Rank::Privilege, vec![transaction(vec![step])]).needing([object.clone()]));
        } else {
            beside_its_making(planner, object, step);
        }
    }
}

/// Nobody else sees the object before it has its owner.
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

/// Whose column owns the sequence.
fn table_of(catalog: &Catalog, object: &Object) -> Option<Object> {
    let Object::Sequence(name) = object else { return None };
    let (table, _) = catalog.sequences.get(name)?.owned_by.as_ref()?;
    Some(Object::Table(table.clone()))
}
