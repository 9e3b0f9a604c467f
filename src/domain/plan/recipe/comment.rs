//! Comments: set, changed and removed; a created or rebuilt object gets its own.

use std::collections::BTreeSet;

use crate::domain::catalog::{Comment, Object};
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::comment::{step, wanted};
use crate::domain::plan::{Effect, Segment, Step};

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, object: &Object) {
    add(planner, object, planner.on.expected.comments.get(object));
}

/// Comments of objects that this plan creates: drift lists only the objects. Dependent objects of a table are often
/// created again where they differ, so their comments are set in any case.
pub(in crate::domain::plan) fn beside_new_objects(planner: &mut Planner<'_>) {
    let made: BTreeSet<&Object> = planner.actions.iter().flat_map(|action| &action.makes).collect();
    let is_made = |object: &Object| match object {
        Object::Index(table, name) => {
            made.contains(object) || made.contains(&Object::Constraint(table.clone(), name.clone()))
        }
        Object::Constraint(of, _) => made.contains(object) || made.contains(&Object::Domain(of.clone())),
        other => made.contains(other),
    };
    let wanted = wanted(planner);
    let effects = || {
        let segments = planner.actions.iter().flat_map(|action| &action.segments);
        segments.flat_map(Segment::steps).flat_map(|step| &step.effects)
    };
    let said: BTreeSet<&Object> = effects()
        .filter_map(|effect| match effect {
            Effect::Alter(Object::Comment(of)) => Some(&**of),
            _ => None,
        })
        .collect();
    let dropped: BTreeSet<&Object> = effects()
        .filter_map(|effect| match effect {
            Effect::Drop(object, _) => Some(object),
            _ => None,
        })
        .collect();
    let is_due = |object: &Object| match object {
        Object::Constraint(..) | Object::Index(..) | Object::Trigger(..) => true,
        other => !planner.on.live.has(other) || dropped.contains(other),
    };
    let due = wanted.iter().filter(|(object, _)| is_made(object) && is_due(object) && !said.contains(**object));
    let due: Vec<_> = due.collect();
    let drifts: BTreeSet<&Object> = planner.on.drift.iter().map(|drift| &drift.subject).collect();
    let due: Vec<_> = due
        .into_iter()
        .filter(|(object, _)| !drifts.contains(&Object::Comment(Box::new((**object).clone()))))
        .collect();
    for (object, comment) in due {
        let Some(step) = step(planner.on.expected, object, Some(comment)) else { continue };
        match last_of(&mut planner.actions, object) {
            Some(steps) => steps.push(step),
            None => {
                let action = Action::new(Rank::Comment, vec![transaction(vec![step])]);
                planner.add(action.needing([(*object).clone()]));
            }
        }
    }
}

/// The transaction that completes the object. If the comment came in a later one, a run interrupted in between would
/// leave no drift, and the comment would never be set.
fn last_of<'p>(actions: &'p mut [Action], object: &Object) -> Option<&'p mut Vec<Step>> {
    let domain = match object {
        Object::Constraint(of, _) => Some(Object::Domain(of.clone())),
        _ => None,
    };
    let brings = |action: &Action| action.makes.iter().any(|made| made == object || Some(made) == domain.as_ref());
    let makers = actions.iter_mut().filter(|action| brings(action));
    match makers.max_by_key(|action| action.rank)?.segments.last_mut()? {
        Segment::Transaction { steps, .. } => Some(steps),
        Segment::Autocommit { .. } => None,
    }
}

fn add(planner: &mut Planner<'_>, object: &Object, wanted: Option<&Comment>) {
    let Some(step) = step(planner.on.expected, object, wanted) else { return };
    planner.add(Action::new(Rank::Comment, vec![transaction(vec![step])]).needing([object.clone()]));
}
