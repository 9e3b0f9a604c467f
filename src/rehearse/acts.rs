//! Who carries out which part of a plan in scratch. Pure.
//!
//! Whatever runs the schema's code is the owner's part. A superuser's part holds names and plain texts: extensions, event
//! triggers, giving an object to somebody, the triggers behind a foreign key, and privileges: a superuser grants in the
//! owner's name, a member of several roles in that of any.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, ConstraintKind, Object};
use crate::name::Name;
use crate::pg::rehearse::{Act, Actor};
use crate::plan::statement::Parts;
use crate::plan::{Plan, Segment, Situation, Step};
use crate::render;

/// The plan in parts, in order. A transaction that takes several actors becomes several.
pub(super) fn split(plan: &Plan, situation: &Situation<'_>, live: &Catalog) -> Vec<Act> {
    let ours = ours(situation, live);
    let is_ours = |step: &Step| ours.contains(&step.sql) || (!plan.is_by_hand() && is_about_privileges(&step.sql));
    let actor = |step: &Step| if is_ours(step) { Actor::Superuser } else { of_words(&step.sql) };
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

fn of_words(sql: &str) -> Actor {
    let mut parts = Parts::of(sql);
    let is_one = ["create", "alter", "drop"].iter().any(|word| parts.take(&[word])) || parts.take(&["comment", "on"]);
    match is_one {
        true if parts.take(&["extension"]) => Actor::Extensions,
        true if parts.take(&["event", "trigger"]) => Actor::EventTriggers,
        _ => Actor::Owner,
    }
}

/// And about no membership, which could give rights.
fn is_about_privileges(sql: &str) -> bool {
    let mut parts = Parts::of(sql);
    (parts.take(&["grant"]) || parts.take(&["revoke"])) && parts.has("on")
}

/// Statements that we render and that take a superuser, as they are.
fn ours(situation: &Situation<'_>, live: &Catalog) -> BTreeSet<String> {
    let owners = [situation.owners, &live.owners, &situation.live.owners, &situation.expected.owners];
    let given = owners.iter().flat_map(|owners| owners.iter());
    let mut ours: BTreeSet<String> = given.filter_map(|(object, owner)| render::owner_to(object, owner)).collect();
    // A sequence that a column is to own belongs to the table's owner.
    let follows = situation.expected.sequences.iter().filter_map(|(name, sequence)| {
        let (table, _) = sequence.owned_by.as_ref()?;
        let owner = live.owner(&Object::Table(table.clone()))?;
        render::owner_to(&Object::Sequence(name.clone()), owner)
    });
    ours.extend(follows);
    for catalog in [situation.live, situation.expected] {
        for (table, relation) in &catalog.relations {
            for key in relation.constraints.iter().filter(|key| matches!(key.kind, ConstraintKind::Foreign { .. })) {
                ours.extend([true, false].map(|enable| render::constraint_triggers(table, &key.name, enable)));
            }
        }
    }
    ours
}

/// The extensions whose scripts the plan runs, each with its schema.
pub(super) fn scripts(plan: &Plan, situation: &Situation<'_>) -> Vec<(Name, Name)> {
    let schema = |name: &Name| {
        let known = [situation.live, situation.expected].into_iter().find_map(|catalog| catalog.extensions.get(name));
        known.map_or_else(|| "public".into(), |extension| extension.schema.clone())
    };
    let script = |step: &Step| {
        let mut parts = Parts::of(&step.sql);
        let creates = parts.take(&["create", "extension"]);
        let updates = !creates && parts.take(&["alter", "extension"]);
        parts.take(&["if", "not", "exists"]);
        let name = parts.name()?.name;
        (creates || (updates && parts.take(&["update"]))).then(|| (name.clone(), schema(&name)))
    };
    plan.steps().filter_map(script).collect()
}
