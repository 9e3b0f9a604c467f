//! Privileges: granted and taken back. What is made gets those that are expected, and what is made again those that it
//! had, and its owner.
//!
//! GRANT and REVOKE lock no table. They are sent as the owner, who is the grantor of all that is compared.

use std::collections::{BTreeMap, BTreeSet};

use super::owner;
use crate::domain::catalog::{Catalog, Grantee, Held, Object, Privilege, Privileges};
use crate::domain::drift::Scope;
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::condition::{self, Has};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::survey::BornKind;
use crate::domain::plan::{Effect, Segment, Step};
use crate::domain::render;

/// What is not as usual of one object.
type State = BTreeMap<Grantee, Privileges>;

/// The drift of objects that stay: of a table in one go with that of its columns.
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
        block_on_strangers(planner, &object);
        planner.add(Action::new(Rank::Privilege, vec![transaction(steps)]).needing([object]));
    }
}

/// For objects that are dropped and made again, each in one go.
pub(in crate::domain::plan) fn again(planner: &mut Planner<'_>, objects: &[Object]) -> Vec<Step> {
    let mut steps = Vec::new();
    for object in objects {
        let was = planner.lookup.counterpart(object);
        let owner = planner.on.live.owners.get(was);
        let owner = owner.filter(|owner| planner.on.survey.rights.role.as_ref() != Some(owner));
        steps.extend(owner.and_then(|owner| owner::give(object, owner)));
        block_without_roles(planner, object);
        let to = target(planner, object);
        let from = beside(born(planner, object), &to);
        steps.extend(changes(planner, object, (&from, &to)));
        for grantee in from.keys().chain(to.keys()).chain(live(planner, object).keys()) {
            planner.handle(Object::Privileges(Box::new(object.clone()), grantee.clone()));
        }
    }
    steps
}

/// Of objects that this plan makes: in the transaction that makes them, because later nobody tells of them.
pub(in crate::domain::plan) fn of_new_objects(planner: &mut Planner<'_>) {
    let (expected, live_catalog) = (planner.on.expected, planner.on.live);
    let mut objects: BTreeSet<Object> = expected.privileges.keys().map(|(object, _)| object.clone()).collect();
    let made = planner.actions.iter().flat_map(|action| &action.makes);
    objects.extend(made.filter(|object| expected.has(object) && BornKind::of(object).is_some()).cloned());
    for object in objects.into_iter().filter(|object| !live_catalog.has(object)) {
        let Some(makers) = makers(planner, &object) else { continue };
        let to = target(planner, &object);
        let was = planner.lookup.counterpart(&object);
        let found = if *was == object { born(planner, &object) } else { live(planner, was) };
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

/// Privileges are compared: those of new objects have to be the ones that are expected, and no more.
fn is_compared(planner: &Planner<'_>) -> bool {
    planner.on.scope == Scope::Whole && (!planner.on.expected.privileges.is_empty() || !planner.on.owners.is_empty())
}

/// What brings the object, itself first, where the plan makes it. Rebuilding gives back what it takes.
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

/// The steps of the transaction that creates the object, or what brings it.
fn segment_that_makes<'s>(planner: &'s mut Planner<'_>, makers: &[Object]) -> Option<&'s mut Vec<Step>> {
    let created: Vec<_> = makers.iter().map(condition::exists).collect();
    let segments = planner.actions.iter_mut().flat_map(|action| &mut action.segments);
    let mut transactions = segments.filter_map(|segment| match segment {
        Segment::Transaction { steps, .. } => Some(steps),
        Segment::Autocommit { .. } => None,
    });
    transactions.find(|steps| steps.iter().any(|it| it.ensures.as_ref().is_some_and(|it| created.contains(it))))
}

/// The relation that a column is part of.
fn whole(catalog: &Catalog, object: &Object) -> Object {
    match object {
        Object::Column(relation, _) => {
            catalog.relations.get(relation).map_or_else(|| object.clone(), |it| it.kind.object(relation.clone()))
        }
        other => other.clone(),
    }
}

/// Columns of the relation on which anything is granted, before or after.
fn columns(planner: &Planner<'_>, relation: &Object) -> BTreeSet<Object> {
    let Some(name) = relation.relation() else { return BTreeSet::new() };
    let of = planner.live_relation(name).into_iter().flat_map(|it| &it.columns);
    let objects = of.map(|column| Object::Column(name.clone(), column.name.clone()));
    let is_granted = |column: &Object| !live(planner, column).is_empty() || !target(planner, column).is_empty();
    objects.filter(is_granted).collect()
}

fn live(planner: &Planner<'_>, object: &Object) -> State {
    state(&planner.on.live.privileges, object)
}

fn state(all: &BTreeMap<(Object, Grantee), Privileges>, object: &Object) -> State {
    // Nothing comes before the owner.
    let from = all.range((object.clone(), Grantee::Owner)..).take_while(|((of, _), _)| of == object);
    from.map(|((_, grantee), privileges)| (grantee.clone(), privileges.clone())).collect()
}

/// As it is to be: where drift is told, as it is expected, else as it is. Of a new object as it is expected, or, where
/// privileges are not compared, as it was of what it takes the place of.
fn target(planner: &Planner<'_>, object: &Object) -> State {
    let was = planner.lookup.counterpart(object);
    if !planner.on.live.has(object) {
        let mut state = if is_compared(planner) || was == object {
            state(&planner.on.expected.privileges, object)
        } else {
            live(planner, was)
        };
        if planner.on.live.server_version < 170_000 {
            for privileges in state.values_mut() {
                privileges.0.retain(|privilege, _| *privilege != Privilege::Maintain);
            }
        }
        return state;
    }
    let mut target = live(planner, object);
    for (grantee, wanted) in planner.lookup.drifting_privileges(object) {
        target.insert(grantee.clone(), wanted.clone());
    }
    target
}

/// What a new object of the fixing role is born with beyond what is usual.
fn born(planner: &Planner<'_>, object: &Object) -> State {
    let Some(kind) = BornKind::of(object) else { return State::new() };
    let mut born = State::new();
    for schema in [None, object.schema()] {
        let of = planner.on.survey.born_with.get(&(schema.cloned(), kind)).into_iter().flatten();
        for (grantee, privileges) in of {
            born.entry(grantee.clone()).or_default().0.extend(privileges.0.clone());
        }
    }
    born
}

/// Without what `to` speaks of: that is granted in any case, and not sent where it holds.
fn beside(mut from: State, to: &State) -> State {
    for (grantee, privileges) in &mut from {
        privileges.0.retain(|privilege, _| to.get(grantee).is_none_or(|to| !to.0.contains_key(privilege)));
    }
    from
}

/// Of a column: what is left when its table has changed.
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

/// How a privilege changes. What is taken back comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Revoke,
    /// It stays, and can no longer be granted to others.
    RevokeOption,
    Grant,
    GrantOption,
}

type FromTo = (Option<Held>, Option<Held>);

fn held_of(from: &State, to: &State, grantee: &Grantee, privilege: Privilege) -> FromTo {
    let of = |state: &State| state.get(grantee).and_then(|it| it.0.get(&privilege).copied());
    (of(from), of(to))
}

fn way(object: &Object, grantee: &Grantee, (from, to): FromTo) -> Option<Way> {
    // An owner has everything, but nothing of a column by itself.
    let is_usual = *grantee == Grantee::Owner && !matches!(object, Object::Column(..));
    match (from, to) {
        _ if from == to => None,
        (_, Some(Held::Grantable)) => Some(Way::GrantOption),
        (Some(Held::Grantable), Some(Held::Yes)) => Some(Way::RevokeOption),
        (Some(Held::Grantable), None) if is_usual => Some(Way::RevokeOption),
        (_, Some(Held::Yes)) | (Some(Held::No), None) => Some(Way::Grant),
        (_, Some(Held::No)) | (Some(Held::Yes | Held::Grantable), None) => Some(Way::Revoke),
        (None, None) => None,
    }
}

fn changes(planner: &Planner<'_>, object: &Object, (from, to): (&State, &State)) -> Vec<Step> {
    let mut steps = Vec::new();
    if !render::has_privileges(object) {
        return steps;
    }
    let grantees: BTreeSet<&Grantee> = from.keys().chain(to.keys()).collect();
    for grantee in grantees {
        let mut lists: BTreeMap<Way, Vec<Privilege>> = BTreeMap::new();
        for privilege in Privilege::ALL {
            let (before, after) = held_of(from, to, grantee, privilege);
            if let Some(way) = way(object, grantee, (before, after)) {
                lists.entry(way).or_default().push(privilege);
            }
        }
        let name = match grantee {
            Grantee::Owner => {
                let owner = planner.on.live.owner(planner.lookup.counterpart(object));
                let owner = owner.or_else(|| planner.on.owners.get(&whole(planner.on.expected, object)));
                owner.map_or_else(|| "CURRENT_USER".to_owned(), ToString::to_string)
            }
            Grantee::Public | Grantee::Role(_) => grantee.to_string(),
        };
        steps.extend(lists.iter().filter_map(|(way, list)| step((object, grantee, &name), *way, list)));
    }
    let survey = planner.on.survey;
    let owner = planner.on.live.owner(planner.lookup.counterpart(object));
    let role = survey.application.grants_as(survey.rights.role.as_ref(), owner);
    for step in &mut steps {
        step.context.role = role.cloned();
    }
    steps
}

fn step((object, grantee, name): (&Object, &Grantee, &str), way: Way, list: &[Privilege]) -> Option<Step> {
    let words = list.iter().map(|it| it.as_sql()).collect::<Vec<_>>().join(", ");
    let (action, has) = match way {
        Way::Revoke => (format!("revoke {words} on {object} from {grantee}"), Has::None(list)),
        Way::RevokeOption => {
            (format!("revoke the grant option for {words} on {object} from {grantee}"), Has::NoneGrantable(list))
        }
        Way::Grant => (format!("grant {words} on {object} to {grantee}"), Has::All(list)),
        Way::GrantOption => {
            (format!("grant {words} on {object} to {grantee} with grant option"), Has::AllGrantable(list))
        }
    };
    let sql = match way {
        Way::Revoke => render::revoke(object, list, name, false),
        Way::RevokeOption => render::revoke(object, list, name, true),
        Way::Grant => render::grant(object, list, name, false),
        Way::GrantOption => render::grant(object, list, name, true),
    };
    Some(Step::new(
        Effect::SetPrivileges(object.clone(), grantee.clone()),
        action,
        sql?,
        condition::privileges(object, grantee, has),
    ))
}

/// Nothing can be granted to a role that is not there.
fn block_without_roles(planner: &mut Planner<'_>, object: &Object) {
    let Some(roles) = &planner.on.survey.roles else { return };
    for (grantee, privileges) in target(planner, object) {
        let Grantee::Role(role) = grantee else { continue };
        if !roles.contains(&role) && !privileges.0.is_empty() {
            let reason = format!("{privileges} on {object} cannot be granted: the server has no role {role}");
            planner.block(
                &object.to_string(),
                reason,
                &format!("CREATE ROLE {role}, or take it out of the expectation"),
            );
        }
    }
}

fn block_on_strangers(planner: &mut Planner<'_>, object: &Object) {
    let rights = &planner.on.survey.rights;
    if let (Some(owner), Some(role)) = (rights.stranger(object), &rights.role) {
        let reason = format!("{role} may not grant on {object}, which belongs to {owner}");
        planner.block(&object.to_string(), reason, &format!("GRANT {owner} TO {role}, or apply as {owner} (fix_url)"));
    }
}
