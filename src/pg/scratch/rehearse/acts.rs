//! Which role runs which part of a plan in scratch. Pure.
//!
//! Everything that runs the schema's code is the owner's part. A superuser's part contains only names and plain text:
//! extensions, event triggers, publications, changes of owners, the triggers of foreign keys, and privileges: a
//! superuser grants as the owner, a member of several roles as any of them.

use crate::domain::catalog::Object;
use crate::domain::name::Name;
use crate::domain::plan::statement::Parts;
use crate::domain::plan::{Effect, Plan, Segment, Situation, Step};
use crate::pg::scratch::rehearse::copy::{Act, Actor};

/// The plan in parts, in order. A transaction that needs several actors becomes several.
pub(super) fn split(plan: &Plan) -> Vec<Act> {
    let by_hand = plan.is_by_hand();
    let actor = |step: &Step| if by_hand { of_words(&step.sql) } else { of_effects(&step.effects) };
    let mut acts: Vec<Act> = Vec::new();
    let mut add = |actor: Actor, segment: Segment| match acts.last_mut().filter(|act| act.actor == actor) {
        Some(act) => act.plan.segments.push(segment),
        None => acts.push(Act { actor, plan: Plan { segments: vec![segment], ..plan.clone() } }),
    };
    for segment in &plan.segments {
        match segment {
            Segment::Autocommit { step } => add(actor(step), segment.clone()),
            Segment::Transaction { lock_first, steps } => {
                for steps in steps.chunk_by(|a, b| actor(a) == actor(b)) {
                    let Some(actor) = steps.first().map(actor) else { continue };
                    add(actor, Segment::Transaction { lock_first: lock_first.clone(), steps: steps.to_vec() });
                }
            }
        }
    }
    acts
}

fn of_effects(effects: &[Effect]) -> Actor {
    let actor = |effect: &Effect| match effect {
        Effect::SetOwner(..) | Effect::SetPrivileges(..) => Some(Actor::Superuser),
        other => other.objects().find_map(of_object),
    };
    effects.iter().find_map(actor).unwrap_or(Actor::Owner)
}

/// Kinds of objects that only a superuser can change.
fn of_object(object: &Object) -> Option<Actor> {
    match object {
        Object::Extension(_) => Some(Actor::Extensions),
        Object::EventTrigger(_) => Some(Actor::EventTriggers),
        Object::Comment(of) => of_object(of),
        other => other.class().takes_superuser.then_some(Actor::Superuser),
    }
}

/// Nothing else is known of a handwritten statement. No superuser runs a GRANT of it.
fn of_words(sql: &str) -> Actor {
    let mut parts = Parts::of(sql);
    let is_one = ["create", "alter", "drop"].iter().any(|word| parts.take(&[word])) || parts.take(&["comment", "on"]);
    match is_one {
        true if parts.take(&["extension"]) => Actor::Extensions,
        true if parts.take(&["event", "trigger"]) => Actor::EventTriggers,
        _ => Actor::Owner,
    }
}

/// The extensions whose scripts the plan runs, each with its schema.
pub(super) fn scripts(plan: &Plan, situation: &Situation<'_>) -> Vec<(Name, Name)> {
    let schema = |name: &Name| {
        let known = [situation.live, situation.expected].into_iter().find_map(|catalog| catalog.extensions.get(name));
        known.map_or_else(|| "public".into(), |extension| extension.schema.clone())
    };
    // An extension that is created again may get another schema than it had.
    let is_made = |name: &Name| {
        let created = Effect::Create(Object::Extension(name.clone()));
        plan.steps().any(|step| step.effects.contains(&created))
    };
    let new_schema = |name: &Name| situation.expected.extensions.get(name).map(|it| it.schema.clone());
    let schema = |name: &Name| new_schema(name).filter(|_| is_made(name)).unwrap_or_else(|| schema(name));
    let by_hand = plan.is_by_hand();
    let scripts = plan.steps().filter_map(|step| if by_hand { script_in(&step.sql) } else { script_of(&step.effects) });
    scripts.map(|name| (name.clone(), schema(&name))).collect()
}

fn script_of(effects: &[Effect]) -> Option<Name> {
    effects.iter().find_map(|effect| match effect {
        Effect::Create(Object::Extension(name)) | Effect::Replace(Object::Extension(name)) => Some(name.clone()),
        _ => None,
    })
}

fn script_in(sql: &str) -> Option<Name> {
    let mut parts = Parts::of(sql);
    let creates = parts.take(&["create", "extension"]);
    let updates = !creates && parts.take(&["alter", "extension"]);
    parts.take(&["if", "not", "exists"]);
    let name = parts.name()?.name;
    (creates || (updates && parts.take(&["update"]))).then_some(name)
}
