//! Privileges: granted and revoked. A created object gets the expected privileges; a rebuilt object gets those that it
//! had, and its owner.
//!
//! GRANT and REVOKE lock no table. They are sent as the owner, who is the grantor of all privileges that are compared.

use std::collections::BTreeSet;

use crate::domain::catalog::{Held, Object};
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::privilege::{
    State, Way, beside, block_without_roles, changes, held_of, initial, is_compared, live, target, way, whole,
};
use crate::domain::plan::{Segment, Step};

/// Drift of existing objects: a table's and its columns' together.
pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>) {
    let drift = planner.on.drift.iter().filter(|drift| !planner.is_handled(&drift.subject));
    let objects: BTreeSet<Object> = drift
        .filter_map(|drift| match &drift.subject {
            Object::Privileges(of, _) => Some(whole(planner.on.live, of)),
            _ => None,
        })
        .collect();
    for object in objects {
        let (from, to) = (live(planner, &object), target(planner, &object));
        let mut steps = changes(planner, &object, (&from, &to));
        for column in columns(planner, &object) {
            let found = without_revoked(live(planner, &column), (&object, &from, &to));
            steps.extend(changes(planner, &column, (&found, &target(planner, &column))));
            block_without_roles(planner, &column);
        }
        block_without_roles(planner, &object);
        block_on_foreign_owners(planner, &object);
        planner.add(Action::new(Rank::Privilege, vec![transaction(steps)]).needing([object]));
    }
}

/// Privileges of objects that this plan creates, granted in the same transaction: afterwards no drift would list them.
pub(in crate::domain::plan) fn of_new_objects(planner: &mut Planner<'_>) {
    let (expected, live_catalog) = (planner.on.expected, planner.on.live);
    let mut objects: BTreeSet<Object> = expected.privileges.keys().map(|(object, _)| object.clone()).collect();
    let made = planner.actions.iter().flat_map(|action| &action.makes);
    objects
        .extend(made.filter(|object| expected.has(object) && object.class().default_privileges().is_some()).cloned());
    for object in objects.into_iter().filter(|object| !live_catalog.has(object)) {
        let Some(makers) = makers(planner, &object) else { continue };
        let to = target(planner, &object);
        let was = planner.lookup.counterpart(&object);
        let found = if *was == object { initial(planner, &object) } else { live(planner, was) };
        let from = if is_compared(planner) { beside(found, &to) } else { State::new() };
        let steps = changes(planner, &object, (&from, &to));
        if steps.is_empty() {
            continue;
        }
        block_without_roles(planner, &object);
        match segment_that_makes(planner, &makers) {
            Some(segment) => segment.extend(steps),
            None => planner.add(Action::new(Rank::Privilege, vec![transaction(steps)]).needing(makers)),
        }
    }
}

/// The objects whose creation brings this one, itself first, where the plan creates it. A rebuild restores privileges
/// by itself.
fn makers(planner: &Planner<'_>, object: &Object) -> Option<Vec<Object>> {
    let mut bearers = vec![object.clone(), whole(planner.on.expected, object)];
    if let Object::Sequence(name) = object
        && let Some((table, column)) = planner.on.expected.sequences.get(name).and_then(|it| it.owned_by.clone())
    {
        bearers.extend([Object::Column(table.clone(), column), Object::Table(table)]);
    }
    let mut by = planner.actions.iter().filter(|it| bearers.iter().any(|bearer| it.makes.contains(bearer)));
    let is_made = by.clone().next().is_some() && by.all(|action| action.rank != Rank::Rebuild);
    is_made.then_some(bearers)
}

/// The steps of the transaction that creates the object, or one that it comes with.
fn segment_that_makes<'s>(planner: &'s mut Planner<'_>, makers: &[Object]) -> Option<&'s mut Vec<Step>> {
    let created: Vec<_> = makers.iter().map(condition::exists).collect();
    let segments = planner.actions.iter_mut().flat_map(|action| &mut action.segments);
    let mut transactions = segments.filter_map(|segment| match segment {
        Segment::Transaction { steps, .. } => Some(steps),
        Segment::Autocommit { .. } => None,
    });
    transactions.find(|steps| steps.iter().any(|it| it.ensures.as_ref().is_some_and(|it| created.contains(it))))
}

/// Columns of the relation with any privilege, before or after.
fn columns(planner: &Planner<'_>, relation: &Object) -> BTreeSet<Object> {
    let Some(name) = relation.relation() else { return BTreeSet::new() };
    let of = planner.live_relation(name).into_iter().flat_map(|it| &it.columns);
    let objects = of.map(|column| Object::Column(name.clone(), column.name.clone()));
    let is_granted = |column: &Object| !live(planner, column).is_empty() || !target(planner, column).is_empty();
    objects.filter(is_granted).collect()
}

/// The privileges of a column that are left when those of its table have changed.
fn without_revoked(mut column: State, (table, from, to): (&Object, &State, &State)) -> State {
    for (grantee, privileges) in &mut column {
        privileges.0.retain(|privilege, held| match way(table, grantee, held_of(from, to, grantee, *privilege)) {
            Some(Way::Revoke) => false,
            Some(Way::RevokeOption) => {
                *held = Held::Yes;
                true
            }
            Some(Way::Grant | Way::GrantOption) | None => true,
        });
    }
    column
}

fn block_on_foreign_owners(planner: &mut Planner<'_>, object: &Object) {
    let rights = &planner.on.survey.rights;
    if let (Some(owner), Some(role)) = (rights.foreign_owner(object), &rights.role) {
        let reason = format!("{role} may not grant on {object}, which belongs to {owner}");
        planner.block(&object.to_string(), reason, &format!("GRANT {owner} TO {role}, or apply as {owner} (fix_url)"));
    }
}
