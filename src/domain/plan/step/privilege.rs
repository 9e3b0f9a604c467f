//! Privileges: what is granted and revoked on an object, and what a rebuilt object gets back.

use std::collections::{BTreeMap, BTreeSet};

use super::owner;
use crate::domain::catalog::{Catalog, Grantee, Held, Object, Privilege, Privileges};
use crate::domain::drift::Scope;
use crate::domain::plan::condition::{self, Has};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Step};
use crate::domain::render;

/// Privileges on one object that differ from the default.
pub(in crate::domain::plan) type State = BTreeMap<Grantee, Privileges>;

/// For objects that are dropped and created again, those of each object together.
pub(in crate::domain::plan) fn again(planner: &mut Planner<'_>, objects: &[Object]) -> Vec<Step> {
    let mut steps = Vec::new();
    for object in objects {
        let was = planner.lookup.counterpart(object);
        let owner = planner.on.live.owners.get(was);
        let owner = owner.filter(|owner| planner.on.survey.rights.role.as_ref() != Some(owner));
        steps.extend(owner.and_then(|owner| owner::give(object, owner)));
        block_without_roles(planner, object);
        let to = target(planner, object);
        let from = beside(initial(planner, object), &to);
        steps.extend(changes(planner, object, (&from, &to)));
        for grantee in from.keys().chain(to.keys()).chain(live(planner, object).keys()) {
            planner.handle(Object::Privileges(Box::new(object.clone()), grantee.clone()));
        }
    }
    steps
}

/// Whether privileges are compared: then new objects must have exactly the expected ones.
pub(in crate::domain::plan) fn is_compared(planner: &Planner<'_>) -> bool {
    planner.on.scope == Scope::Whole && (!planner.on.expected.privileges.is_empty() || !planner.on.owners.is_empty())
}

/// The relation that a column is part of.
pub(in crate::domain::plan) fn whole(catalog: &Catalog, object: &Object) -> Object {
    match object {
        Object::Column(relation, _) => {
            catalog.relations.get(relation).map_or_else(|| object.clone(), |it| it.kind.object(relation.clone()))
        }
        other => other.clone(),
    }
}

pub(in crate::domain::plan) fn live(planner: &Planner<'_>, object: &Object) -> State {
    state(&planner.on.live.privileges, object)
}

fn state(all: &BTreeMap<(Object, Grantee), Privileges>, object: &Object) -> State {
    // No other key sorts before the owner.
    let from = all.range((object.clone(), Grantee::Owner)..).take_while(|((of, _), _)| of == object);
    from.map(|((_, grantee), privileges)| (grantee.clone(), privileges.clone())).collect()
}

/// The wanted privileges: the expected ones where they drift, otherwise the current ones. For a new object the expected
/// ones, or, if privileges are not compared, those of the object that it replaces.
pub(in crate::domain::plan) fn target(planner: &Planner<'_>, object: &Object) -> State {
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

/// Privileges that a new object of the fixing role has at its creation, beyond the built-in defaults.
pub(in crate::domain::plan) fn initial(planner: &Planner<'_>, object: &Object) -> State {
    let Some(kind) = object.class().default_privileges() else { return State::new() };
    let mut initial = State::new();
    for schema in [None, object.schema()] {
        let of = planner.on.survey.default_privileges.get(&(schema.cloned(), kind)).into_iter().flatten();
        for (grantee, privileges) in of {
            initial.entry(grantee.clone()).or_default().0.extend(privileges.0.clone());
        }
    }
    initial
}

/// Without the grantees in `to`: their privileges are granted in any case, and not sent if they hold.
pub(in crate::domain::plan) fn beside(mut from: State, to: &State) -> State {
    for (grantee, privileges) in &mut from {
        privileges.0.retain(|privilege, _| to.get(grantee).is_none_or(|to| !to.0.contains_key(privilege)));
    }
    from
}

/// A change of a privilege. Revoked ones come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::domain::plan) enum Way {
    Revoke,
    /// The privilege stays, and loses its grant option.
    RevokeOption,
    Grant,
    GrantOption,
}

type FromTo = (Option<Held>, Option<Held>);

pub(in crate::domain::plan) fn held_of(from: &State, to: &State, grantee: &Grantee, privilege: Privilege) -> FromTo {
    let of = |state: &State| state.get(grantee).and_then(|it| it.0.get(&privilege).copied());
    (of(from), of(to))
}

pub(in crate::domain::plan) fn way(object: &Object, grantee: &Grantee, (from, to): FromTo) -> Option<Way> {
    // An owner has every privilege by default, but none on a column of its own.
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

pub(in crate::domain::plan) fn changes(
    planner: &Planner<'_>,
    object: &Object,
    (from, to): (&State, &State),
) -> Vec<Step> {
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

/// Blocks the plan for roles that do not exist: nothing can be granted to them.
pub(in crate::domain::plan) fn block_without_roles(planner: &mut Planner<'_>, object: &Object) {
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
