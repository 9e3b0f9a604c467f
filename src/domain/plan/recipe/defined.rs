//! Objects that are known by the one statement that creates them (types, aggregates, policies, rules, statistics, event
//! triggers, publications): replaced in place where PostgreSQL can, otherwise dropped and created in one transaction.

use crate::domain::catalog::{Defined, Enabled, Kind, Object, Relation, RelationKind};
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::dependents::holders;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::defined::{
    WhenChanged, attributes, created, dropped, is_new, is_replaceable, is_stored, locking, rules, settings, types_over,
};
use crate::domain::plan::step::{comment, privilege};
use crate::domain::plan::{Effect, Hazard, Step};
use crate::domain::render;
use crate::domain::report::{Change, Drift};

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, drift: &Drift) {
    let object = &drift.subject;
    let (wanted, found) = (planner.on.expected.defined.get(object), planner.on.live.defined.get(object));
    match (drift.change, wanted, found) {
        (Change::Missing, Some(wanted), _) => add(planner, object, wanted),
        (Change::Unexpected, _, Some(found)) => {
            let step = dropped(object, found).costing(Hazard::DataLoss, format!("{} {object}", found.kind.words()));
            let rank = if found.kind == Kind::EventTrigger { Rank::EventTriggerGoes } else { Rank::Drop };
            planner.add(Action::new(rank, vec![transaction(vec![step])]).unmaking([object.clone()]));
        }
        (Change::Changed, Some(wanted), Some(found)) => {
            if let Some(steps) = changed(planner, drift, wanted, found) {
                let only_stops = wanted.definition == found.definition && wanted.enabled == Enabled::Disabled;
                let goes = wanted.kind == Kind::EventTrigger && only_stops;
                let rank = if goes { Rank::EventTriggerGoes } else { rank(wanted) };
                let action = Action::new(rank, vec![transaction(steps)]).making([object.clone()]);
                let replaces = Some(object.clone()).filter(|_| wanted.definition != found.definition);
                planner.add(Action { replaces: replaces.into_iter().collect(), ..action });
            }
        }
        (Change::Missing | Change::Unexpected | Change::Changed, _, _) => {}
    }
}

/// Such objects on relations that this plan creates: drift lists only the relation.
pub(in crate::domain::plan) fn beside_new_relations(planner: &mut Planner<'_>) {
    let expected = planner.on.expected;
    let is_new = |(object, it): &(&Object, &Defined)| {
        let relation =
            object.relation().or(it.table.as_ref()).and_then(|name| Some((name, expected.relations.get(name)?)));
        let is_table = |relation: &Relation| relation.kind == RelationKind::Table;
        relation.is_some_and(|(name, wanted)| {
            planner.live_relation(name).is_none_or(|found| is_table(found) != is_table(wanted))
        })
    };
    let new: Vec<_> = expected.defined.iter().filter(is_new).collect();
    for (object, it) in new {
        add(planner, object, it);
    }
}

fn add(planner: &mut Planner<'_>, object: &Object, wanted: &Defined) {
    let steps = created(object, wanted);
    planner.add(Action::new(rank(wanted), vec![transaction(steps)]).making([object.clone()]));
}

fn changed(planner: &mut Planner<'_>, drift: &Drift, wanted: &Defined, found: &Defined) -> Option<Vec<Step>> {
    let object = &drift.subject;
    if wanted.kind != found.kind {
        planner.cannot(drift, "it is another kind of type");
        return None;
    }
    if wanted.definition == found.definition {
        return Some(settings(object, wanted, found));
    }
    let or_replace = wanted.definition.to_string().replacen("CREATE ", "CREATE OR REPLACE ", 1);
    let replaced = |object: &Object| {
        let step = Step::new(
            Effect::Replace(object.clone()),
            format!("replace {} {object}", wanted.kind.words()),
            or_replace,
            is_new(object, found),
        );
        locking(step, object, wanted)
    };
    match rules(wanted.kind)?.when_changed {
        WhenChanged::Replace => Some([vec![replaced(object)], settings(object, wanted, found)].concat()),
        WhenChanged::ReplaceIfSame if is_replaceable(wanted, found) => Some(vec![replaced(object)]),
        WhenChanged::Recreate => Some([recreated(object, wanted, found), given_back(planner, object)].concat()),
        WhenChanged::Around => {
            let first = Action::new(Rank::EventTriggerGoes, vec![transaction(vec![drop_old(object, found)])]);
            planner.add(first.unmaking([object.clone()]));
            Some([create_new(object, wanted, found), given_back(planner, object)].concat())
        }
        WhenChanged::Attributes => composite(planner, drift, wanted, found),
        WhenChanged::RecreateIfUnneeded | WhenChanged::ReplaceIfSame => {
            if is_needed(planner, object) {
                planner.cannot(drift, "it cannot be altered, and other objects depend on it");
                return None;
            }
            Some([recreated(object, wanted, found), given_back(planner, object)].concat())
        }
    }
}

/// Drops and creates it in one transaction, so that no session sees the schema without it.
fn recreated(object: &Object, wanted: &Defined, found: &Defined) -> Vec<Step> {
    [vec![drop_old(object, found)], create_new(object, wanted, found)].concat()
}

/// Drops it, unless the new one is there already.
fn drop_old(object: &Object, found: &Defined) -> Step {
    let gone = condition::absent(object).or(&is_new(object, found));
    Step { ensures: Some(gone), ..dropped(object, found) }
}

/// Creates it where the old one has been dropped.
fn create_new(object: &Object, wanted: &Defined, found: &Defined) -> Vec<Step> {
    let is_new = is_new(object, found);
    let created = created(object, wanted).into_iter().enumerate();
    created.map(|(nth, step)| if nth == 0 { Step { ensures: Some(is_new.clone()), ..step } } else { step }).collect()
}

/// Comments, privileges and owner that a rebuilt object had.
fn given_back(planner: &mut Planner<'_>, object: &Object) -> Vec<Step> {
    let objects = std::slice::from_ref(object);
    [comment::again(planner, objects), privilege::again(planner, objects)].concat()
}

fn composite(planner: &mut Planner<'_>, drift: &Drift, wanted: &Defined, found: &Defined) -> Option<Vec<Step>> {
    let object = &drift.subject;
    let Some(parts) = render::alter_attributes(&found.attributes, &wanted.attributes) else {
        if is_needed(planner, object) {
            let reason =
                "the order of its attributes differs, which only a new type can change, and other objects depend on it";
            planner.cannot(drift, reason);
            return None;
        }
        return Some([recreated(object, wanted, found), given_back(planner, object)].concat());
    };
    let alters = parts.iter().any(|part| part.starts_with("ALTER "));
    if alters && is_stored(planner, object) {
        planner.cannot(drift, "PostgreSQL does not alter attributes of a type that columns have");
        return None;
    }
    let is_new = attributes(object, wanted);
    let step = Step::new(
        Effect::Alter(object.clone()),
        format!("alter composite type {object}"),
        format!("ALTER TYPE {object} {}", parts.join(", ")),
        is_new,
    );
    if let Some(holders) = unwatched_holders(planner, object).filter(|_| parts.iter().any(|it| !it.starts_with("ADD ")))
    {
        let reason = format!("objects that are not watched hold values of it, which would change with it: {holders}");
        planner.cannot(drift, &reason);
        return None;
    }
    let lost: Vec<_> = parts.iter().filter_map(|part| part.strip_prefix("DROP ATTRIBUTE ")).collect();
    let step = if lost.is_empty() {
        step
    } else {
        step.costing(Hazard::DataLoss, format!("attributes {} of {object}, and their values", lost.join(", ")))
            .irreversible("the values of a dropped attribute are lost")
    };
    Some(vec![step])
}

/// An object depends on it, watched or not.
fn is_needed(planner: &Planner<'_>, object: &Object) -> bool {
    planner.lookup.dependents(object).next().is_some() || planner.on.survey.dependents.contains_key(object)
}

/// Columns of schemas that are not watched and store its values, for people.
fn unwatched_holders(planner: &Planner<'_>, of: &Object) -> Option<String> {
    types_over(planner, of).into_iter().find_map(|of| holders(planner, of))
}

fn rank(it: &Defined) -> Rank {
    rules(it.kind).map_or(Rank::Setting, |rules| rules.rank)
}
