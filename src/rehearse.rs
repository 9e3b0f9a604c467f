//! Rehearsal: the live schema is built without its rows in scratch, the plan is applied there by the executor that
//! ships, and what comes of it is compared with what is expected; the locks that each step really takes are compared
//! with those that the plan tells.
//!
//! A plan that fails its rehearsal is not to be applied. A rehearsal that could not be held says nothing about the plan.

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;

use crate::catalog::{Catalog, ConstraintKind, Definition, Grantee, Kind, Object, Relation};
use crate::drift::{self, Scope};
use crate::lock::LockMode;
use crate::name::{Name, literal};
use crate::pg::apply::{ApplyError, ApplySpec, KeepError, Keeper, Lease, apply};
use crate::pg::rebuild::rebuild_whole;
use crate::pg::rehearse::{self as stage, Taken};
use crate::pg::scratch::{Scratch, ScratchConfig, ScratchDatabase, ScratchError};
use crate::plan::{Condition, Plan, Segment, Situation};
use crate::render;
use crate::report::Drift;
use crate::spelling::Spellings;

/// How many differences are named.
const NAMED: usize = 5;

/// What came of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rehearsal {
    /// The plan does what it says.
    Passed {
        /// For each step that could be observed.
        locks: Vec<Taken>,
    },
    /// It does not, and why.
    Failed(Vec<String>),
    /// It could not be held, and why.
    Impossible(String),
}

/// Rehearses the plan that was made from the situation, on a copy of the live catalog with all that is in it.
pub async fn rehearse(plan: &Plan, situation: &Situation<'_>, live: &Catalog, scratch: &ScratchConfig) -> Rehearsal {
    let held = async {
        let server = Scratch::open(scratch).await?;
        let (first, second) = (server.database().await?, server.database().await?);
        let rehearsal = on_stage(plan, (situation, live), (&first, &second), scratch).await;
        first.drop().await?;
        second.drop().await?;
        server.close().await?;
        Ok::<_, ScratchError>(rehearsal)
    };
    held.await.unwrap_or_else(|error| Rehearsal::Impossible(error.to_string()))
}

async fn on_stage(
    plan: &Plan,
    (situation, live): (&Situation<'_>, &Catalog),
    (first, second): (&ScratchDatabase, &ScratchDatabase),
    scratch: &ScratchConfig,
) -> Rehearsal {
    let live = &owned_where_it_matters(plan, situation, live);
    if let Err(error) = stage::roles(first, roles(situation, live)).await {
        return Rehearsal::Impossible(format!("the roles that the schema names are not in scratch: {error}"));
    }
    let copy = match set(first, live).await {
        Ok(copy) => copy,
        Err(reason) => return Rehearsal::Impossible(reason),
    };
    if let Err(reason) = set(second, live).await {
        return Rehearsal::Impossible(reason);
    }
    let plan = &respelled(plan, live, &copy);
    if let Err(error) = play(first, plan).await {
        return Rehearsal::Failed(vec![error.to_string()]);
    }
    let result = match stage::read(first).await {
        Ok(result) => result,
        Err(error) => return Rehearsal::Impossible(error.to_string()),
    };
    let mut problems = left(situation, &result, scratch).await;
    match stage::locks(second, plan).await {
        Ok(locks) => {
            // What a hand has written tells its locks as far as its words do.
            if !plan.is_by_hand() {
                problems.extend(untold(&locks));
            }
            if problems.is_empty() { Rehearsal::Passed { locks } } else { Rehearsal::Failed(problems) }
        }
        Err(error) => {
            problems.push(error.to_string());
            Rehearsal::Failed(problems)
        }
    }
}

async fn play(database: &ScratchDatabase, plan: &Plan) -> Result<(), ApplyError> {
    let spec = ApplySpec { source: database.source(), keeper: Some(&Nothing) };
    let mut lease = Lease::take(spec.source).await?;
    let applied = apply(&mut lease, &spec, plan, &|_| {}, &CancellationToken::new()).await;
    lease.close().await;
    applied.map(drop)
}

/// What is granted depends on who owns the object. The rest of the copy may belong to whoever rehearses.
fn owned_where_it_matters(plan: &Plan, situation: &Situation<'_>, live: &Catalog) -> Catalog {
    let mut copy = live.clone();
    let given: BTreeSet<&str> = plan.steps().map(|step| &*step.sql).filter(|sql| sql.contains(" OWNER TO ")).collect();
    let granted = live.privileges.keys().chain(situation.expected.privileges.keys()).map(|(object, _)| object);
    let relations: BTreeSet<_> = granted.clone().filter_map(Object::relation).collect();
    let objects: BTreeSet<_> = granted.collect();
    let is_given =
        |object: &Object, owner: &Name| render::owner_to(object, owner).is_some_and(|sql| given.contains(&*sql));
    // A column owns only a sequence that belongs to whom its table belongs to.
    let gets_a_sequence = |table: &Object, owner: &Name| {
        situation.expected.sequences.iter().any(|(name, sequence)| {
            let owned_by = sequence.owned_by.as_ref().map(|(table, _)| table);
            owned_by.is_some_and(|of| *table == Object::Table(of.clone()))
                && is_given(&Object::Sequence(name.clone()), owner)
        })
    };
    copy.owners.retain(|object, owner| {
        let is_relation = object.is_relation() && object.relation().is_some_and(|name| relations.contains(name));
        is_relation || objects.contains(object) || is_given(object, owner) || gets_a_sequence(object, owner)
    });
    copy
}

/// Whom policies, privileges and owners name.
fn roles(situation: &Situation<'_>, live: &Catalog) -> BTreeSet<Name> {
    let mut roles: BTreeSet<Name> = live.owners.values().cloned().collect();
    for catalog in [live, situation.expected] {
        roles.extend(catalog.defined.values().flat_map(|it| &it.roles).cloned());
        for (_, grantee) in catalog.privileges.keys() {
            match grantee {
                Grantee::Role(role) => drop(roles.insert(role.clone())),
                Grantee::Owner | Grantee::Public => {}
            }
        }
    }
    roles
}

/// Builds the live schema, and makes sure that it is the live schema. Gives it as it reads there.
async fn set(database: &ScratchDatabase, live: &Catalog) -> Result<Catalog, String> {
    let rebuilt = rebuild_whole(database, live).await.map_err(|error| error.to_string())?;
    if !rebuilt.failed.is_empty() {
        let failed: Vec<_> = rebuilt.failed.into_iter().take(NAMED).collect();
        return Err(format!("these cannot be built in scratch: {}", failed.join(", ")));
    }
    let dead = stage::kill(database, live).await.map_err(|error| error.to_string())?;
    let built = if dead { stage::read(database).await.map_err(|error| error.to_string())? } else { rebuilt.catalog };
    let differs = drift::compare(live, &built, Scope::Whole);
    // What was only printed in another way is the same; the version of an extension is what scratch has.
    let matters = |drift: &&Drift| !drift.maybe_spelling && drift.kind != Kind::Extension;
    let differs: Vec<_> = differs.iter().filter(matters).map(told).take(NAMED).collect();
    if differs.is_empty() {
        Ok(built)
    } else {
        Err(format!("the live schema, built in scratch, is not the same: {}", differs.join("; ")))
    }
}

/// The plan for the copy: where a condition names the old text of something, it is the text that the copy prints. All of
/// the copy may belong to one role, and its server may have other locales.
fn respelled(plan: &Plan, live: &Catalog, copy: &Catalog) -> Plan {
    let mut texts: Vec<(String, String)> = Vec::new();
    for (name, relation) in &live.relations {
        let Some(other) = copy.relations.get(name) else { continue };
        texts.extend(pairs(relation, other));
    }
    texts.retain(|(old, new)| old != new);
    let mut plan = plan.clone();
    for step in plan.segments.iter_mut().flat_map(Segment::steps_mut) {
        step.context = step.context.elsewhere();
    }
    if !texts.is_empty() {
        for step in plan.segments.iter_mut().flat_map(Segment::steps_mut) {
            let spelled = step.ensures.as_ref().map(|ensures| {
                let replace = |text: String, (old, new): &(String, String)| text.replace(&literal(old), &literal(new));
                Condition::new(texts.iter().fold(ensures.to_string(), replace))
            });
            step.ensures = spelled;
        }
    }
    plan
}

/// Texts of one relation that PostgreSQL prints, side by side with those of its copy.
fn pairs(live: &Relation, copy: &Relation) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let text = |definition: &Definition| definition.to_string();
    pairs.extend(live.query.as_ref().zip(copy.query.as_ref()).map(|(a, b)| (text(a), text(b))));
    for column in &live.columns {
        let Some(other) = copy.columns.iter().find(|other| other.name == column.name) else { continue };
        pairs.extend(column.default.as_ref().zip(other.default.as_ref()).map(|(a, b)| (text(a), text(b))));
    }
    for constraint in &live.constraints {
        let other = copy.constraints.iter().find(|other| other.name == constraint.name);
        if let (
            ConstraintKind::Check { expression: a, .. } | ConstraintKind::Exclusion { definition: a },
            Some(ConstraintKind::Check { expression: b, .. } | ConstraintKind::Exclusion { definition: b }),
        ) = (&constraint.kind, other.map(|other| &other.kind))
        {
            pairs.push((text(a), text(b)));
        }
    }
    for trigger in &live.triggers {
        let other = copy.triggers.iter().find(|other| other.name == trigger.name);
        pairs.extend(other.map(|other| (text(&trigger.definition), text(&other.definition))));
    }
    pairs
}

/// What the plan should have ended, and has not.
async fn left(situation: &Situation<'_>, result: &Catalog, scratch: &ScratchConfig) -> Vec<String> {
    let mut left = drift::compare(situation.expected, result, situation.scope);
    if let Err(error) =
        Spellings::default().settle(&mut left, (situation.expected, result), situation.scope, scratch).await
    {
        tracing::warn!(%error, "spellings could not be settled in a rehearsal");
    }
    // What a policy ignores is not the plan's to end.
    let key = |drift: &Drift| (drift.object.clone(), drift.kind, drift.change);
    let planned: BTreeSet<_> = situation.drift.iter().map(key).collect();
    let before: BTreeSet<_> =
        drift::compare(situation.expected, situation.live, situation.scope).iter().map(key).collect();
    let ignored = |drift: &&Drift| before.contains(&key(drift)) && !planned.contains(&key(drift));
    let own: Vec<_> = left.iter().filter(|drift| !ignored(drift)).collect();
    let more = own.len().saturating_sub(NAMED);
    let mut named: Vec<_> = own.into_iter().take(NAMED).map(|drift| format!("afterwards, {}", told(drift))).collect();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named
}

fn told(drift: &Drift) -> String {
    format!("{} {} {}: {}", drift.change.as_str(), drift.kind, drift.object, drift.detail)
}

/// Locks that the server takes and the plan does not tell, or tells too weak: the first one of each step.
pub fn untold(locks: &[Taken]) -> impl Iterator<Item = String> {
    locks.iter().filter_map(|step| {
        let missing = step.taken.iter().find(|lock| {
            // Who reads or changes rows is in nobody's way.
            lock.mode > LockMode::RowExclusive
                && !step.said.iter().any(|said| said.table == lock.table && said.mode >= lock.mode)
        })?;
        Some(format!("`{}` takes {} on {}, and the plan does not say so", step.action, missing.mode, missing.table))
    })
}

/// There are no rows in scratch.
struct Nothing;

impl Keeper for Nothing {
    fn keep<'k>(
        &'k self,
        _plan: &'k str,
        _table: &'k crate::name::QName,
        _rows: &'k [String],
    ) -> futures_util::future::BoxFuture<'k, Result<(), KeepError>> {
        Box::pin(async { Ok(()) })
    }
}
