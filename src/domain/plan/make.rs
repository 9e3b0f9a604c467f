//! Makes a plan: each drift is handled by the recipe of its kind; the resulting actions are ordered, completed and
//! checked.

use super::planner::{Planner, Situation};
use super::recipe::{
    column, comment, constraint, defined, index, owner, privilege, rebuild, routine, schema, sequence, stale, table,
    trigger, types, view,
};
use super::{Plan, dependents, finish, order, questions, temporary_rename};
use crate::domain::catalog::Object;
use crate::domain::report::Drift;

/// The plan that removes the drift. The same situation gives the same plan.
pub fn make(situation: &Situation<'_>) -> Plan {
    let mut planner = Planner::new(situation);
    rebuild::plan(&mut planner);
    rebuild::readers::plan(&mut planner);
    stale::plan(&mut planner);
    for drift in situation.drift {
        dispatch(&mut planner, drift);
    }
    column::cut_short(&mut planner);
    defined::beside_new_relations(&mut planner);
    comment::beside_new_objects(&mut planner);
    owner::plan(&mut planner);
    privilege::plan(&mut planner);
    privilege::of_new_objects(&mut planner);
    finish::leftovers(&mut planner);
    dependents::judge(&mut planner);
    let Planner { mut actions, blocked, warnings, mut requirements, lookup, .. } = planner;
    let segments = actions.iter_mut().flat_map(|action| &mut action.segments);
    questions::drop_unanswerable(segments, &mut requirements, situation);
    let sides = (situation.expected, situation.live);
    let (mut actions, mut circle) = order::sort(actions, sides, &lookup);
    let renames = if circle.is_empty() { Vec::new() } else { temporary_rename::put(&actions, situation.live) };
    if !renames.is_empty() {
        actions.extend(renames);
        (actions, circle) = order::sort(actions, sides, &lookup);
    }
    let segments = actions.into_iter().flat_map(|action| action.segments).collect();
    let mut plan = Plan { segments, blocked, warnings, ..Plan::default() };
    if !circle.is_empty() {
        plan.warnings.push(format!("these depend on each other, and their order is a guess: {}", circle.join("; ")));
    }
    finish::complete(&mut plan, situation, requirements, &lookup);
    plan
}

fn dispatch(planner: &mut Planner<'_>, drift: &Drift) {
    // For a rebuilt column, properties other than its type and default are still to be changed.
    if planner.is_handled(&drift.subject) && !matches!(drift.subject, Object::Column(..)) {
        return;
    }
    if drift.kind.facts().known.is_some() {
        return defined::plan(planner, drift);
    }
    match &drift.subject {
        Object::Schema(name) => schema::schema(planner, drift.change, name),
        Object::Extension(name) => schema::extension(planner, drift.change, name),
        Object::Type(name) => types::plan(planner, drift.change, name),
        Object::Domain(name) => types::domain(planner, drift.change, name),
        Object::Sequence(name) => sequence::plan(planner, drift, name),
        Object::Table(name) => table::plan(planner, drift.change, name),
        Object::View(name) | Object::MaterializedView(name) => {
            table::make_way(planner, drift, name);
            view::plan(planner, drift, name);
        }
        Object::Routine(signature) => routine::plan(planner, drift.change, signature),
        Object::Column(table, name) => column::plan(planner, drift.change, table, name),
        Object::Constraint(table, name) => constraint::plan(planner, drift, table, name),
        Object::Index(table, name) => index::plan(planner, drift, table, name),
        Object::Trigger(table, name) => trigger::plan(planner, drift.change, table, name),
        Object::Comment(of) => comment::plan(planner, of),
        // All privileges of an object are handled together.
        Object::Privileges(..) => {}
        _ => planner.cannot(drift, "it is in neither catalog"),
    }
}
