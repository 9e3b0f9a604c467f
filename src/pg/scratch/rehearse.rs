//! Rehearsal: the live schema is built in scratch, with a few sample rows where the plan needs rows, the plan is
//! applied there by the executor that ships, and the result is compared with what is expected; the locks that each step
//! really takes are compared with those in the plan.
//!
//! A plan that fails its rehearsal must not be applied. A rehearsal that could not be done says nothing about the plan.
//! The schema's functions run in it, as a role without rights; the functions of event triggers do not, because they
//! would run within statements of a superuser.

mod acts;
pub mod copy;

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;

use crate::domain::catalog::{Catalog, ConstraintKind, Definition, Grantee, Kind, Object, Relation};
use crate::domain::drift::{self, Scope};
use crate::domain::lock::LockMode;
use crate::domain::name::Name;
use crate::domain::plan::sample::samples;
use crate::domain::plan::{Effect, Plan, Segment, Situation, Work};
use crate::domain::render;
use crate::domain::report::Drift;
use crate::pg;
use crate::pg::apply::{ApplyError, ApplySpec, KeepError, Keeper, Lease, apply};
use crate::pg::scratch::rebuild::rebuild_whole;
use crate::pg::scratch::rehearse::copy::rows::{self, Rows};
use crate::pg::scratch::rehearse::copy::{self as stage, Act, Actor, Taken};
use crate::pg::scratch::spelling::Spellings;
use crate::pg::scratch::{Refused, Scratch, ScratchConfig, ScratchDatabase, ScratchError};

/// The most differences that are reported.
const NAMED: usize = 5;

/// insufficient_privilege
const FORBIDDEN: &str = "42501";

/// The result of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rehearsal {
    /// The plan does what it says.
    Passed {
        /// The locks of each step that could be observed.
        locks: Vec<Taken>,
        /// Tables without rows in the rehearsal, and why.
        without_rows: Vec<String>,
    },
    /// It does not, and why.
    Failed(Vec<String>),
    /// It could not be done, and why.
    Impossible(String),
}

/// Rehearses the plan that was made from the situation, on a complete copy of the live catalog.
pub async fn rehearse(plan: &Plan, situation: &Situation<'_>, live: &Catalog, scratch: &ScratchConfig) -> Rehearsal {
    let mut rows = Rows::wanted();
    let rehearsal = hold(plan, (situation, live), scratch, &mut rows).await;
    // Sample rows prove nothing against a plan whose questions were answered by the live rows.
    if rows.are_unfit() { hold(plan, (situation, live), scratch, &mut rows).await } else { rehearsal }
}

async fn hold(
    plan: &Plan,
    (situation, live): (&Situation<'_>, &Catalog),
    scratch: &ScratchConfig,
    rows: &mut Rows,
) -> Rehearsal {
    let held = async {
        let server = Scratch::open(scratch).await?;
        let (first, second) = (server.database().await?, server.database().await?);
        // It is large, and would be on the stack several times.
        let staged = Box::pin(on_stage(plan, (situation, live), (&first, &second), (scratch, rows)));
        let rehearsal = first.bounded(second.bounded(staged)).await.flatten();
        first.drop().await?;
        second.drop().await?;
        server.close().await?;
        rehearsal
    };
    Box::pin(held).await.unwrap_or_else(|error: ScratchError| Rehearsal::Impossible(error.to_string()))
}

async fn on_stage(
    plan: &Plan,
    (situation, live): (&Situation<'_>, &Catalog),
    (first, second): (&ScratchDatabase, &ScratchDatabase),
    (scratch, rows): (&ScratchConfig, &mut Rows),
) -> Rehearsal {
    let mut copied = owned_where_it_matters(plan, situation, live);
    let named = roles(situation, &copied);
    for database in [first, second] {
        match database.ensure_roles(named.iter().cloned()).await {
            Ok(refused) => {
                if let Some(reason) = not_given(plan, &mut copied, &refused) {
                    return Rehearsal::Impossible(reason);
                }
            }
            Err(error) => {
                return Rehearsal::Impossible(format!("the roles that the schema names are not in scratch: {error}"));
            }
        }
    }
    let live = &copied;
    let (copy, own) = match set(first, live).await {
        Ok(copy) => copy,
        Err(reason) => return Rehearsal::Impossible(reason),
    };
    if let Err(reason) = set(second, live).await {
        return Rehearsal::Impossible(reason);
    }
    let plan = &respelled(plan, live, &copy);
    if rows.are_wanted() {
        let made = rows::make(first, &samples(plan, situation, live), plan, rows).await;
        if let Err(error) = made {
            return Rehearsal::Impossible(error.to_string());
        }
    }
    let acts = acts::split(plan);
    for act in &acts {
        if let Err(rehearsal) = play(first, act, (situation, live), rows).await {
            return rehearsal;
        }
    }
    let own: BTreeSet<Name> =
        own.into_iter().filter(|schema| !situation.expected.schemas.contains_key(schema)).collect();
    let result = match stage::read(first).await {
        Ok(result) => without(result, &own),
        Err(error) => return Rehearsal::Impossible(error.to_string()),
    };
    let mut problems = left(situation, &result, scratch).await;
    match stage::locks(second, &acts).await {
        Ok(locks) => {
            // The locks of a handwritten statement are known only as far as its text shows them.
            if !plan.is_by_hand() {
                problems.extend(unreported(&locks));
            }
            if problems.is_empty() {
                Rehearsal::Passed { locks, without_rows: rows.unfilled() }
            } else {
                Rehearsal::Failed(problems)
            }
        }
        Err(error) => {
            problems.push(error.to_string());
            Rehearsal::Failed(problems)
        }
    }
}

/// Owners that cannot be created in scratch own nothing there. If the plan names one of them, it cannot be rehearsed:
/// returns why.
fn not_given(plan: &Plan, copy: &mut Catalog, refused: &Refused) -> Option<String> {
    for (role, reason) in refused.iter().filter(|(role, _)| copy.owners.values().any(|owner| owner == *role)) {
        let names_one = |effect: &Effect| match effect {
            Effect::SetOwner(_, owner) => owner == role,
            Effect::SetPrivileges(_, grantee) => *grantee == Grantee::Role(role.clone()),
            _ => false,
        };
        if plan.effects().any(names_one) {
            return Some(format!("in scratch nothing can belong to the role {role}: {reason}"));
        }
    }
    copy.owners.retain(|_, owner| !refused.contains_key(owner));
    None
}

async fn play(
    database: &ScratchDatabase,
    act: &Act,
    (situation, live): (&Situation<'_>, &Catalog),
    rows: &mut Rows,
) -> Result<(), Rehearsal> {
    let impossible = |error: pg::Error| Rehearsal::Impossible(error.to_string());
    if act.actor == Actor::Extensions {
        for (extension, schema) in acts::scripts(&act.plan, situation) {
            if !stage::may_run_script(database, &extension, &schema).await.map_err(impossible)? {
                return Err(Rehearsal::Impossible(format!(
                    "the script of the extension {extension} runs as a superuser, and its schema {schema} holds \
                     functions, \
                     operators or types that it could meet"
                )));
            }
        }
    }
    let source = stage::begin(database, act.actor).await.map_err(impossible)?;
    let spec = ApplySpec { source: &source, keeper: Some(&Nothing) };
    let played = async {
        let mut lease = Lease::take(spec.source).await?;
        let applied = apply(&mut lease, &spec, &act.plan, &|_| {}, &CancellationToken::new()).await;
        lease.close().await;
        applied.map(drop)
    };
    played.await.map_err(|error| match &error {
        // In scratch the plan is run by an ordinary role, in the live database by the fixing role.
        ApplyError::Failed { code: Some(code), .. } if code == FORBIDDEN => {
            Rehearsal::Impossible(format!("{error}: in scratch, the plan is carried out by a role without rights"))
        }
        _ => {
            rows.judge(&error, &act.plan);
            Rehearsal::Failed(vec![failure(&error, &act.plan, live)])
        }
    })?;
    stage::end(database, act).await.map_err(impossible)
}

/// The error; if rows are written, with the triggers and rules on their table.
fn failure(error: &ApplyError, plan: &Plan, live: &Catalog) -> String {
    let written = error.place().and_then(|place| plan.steps().nth(place.number - 1)).map(|step| &step.work);
    let Some(Work::Batches { table, .. }) = written else { return error.to_string() };
    let acting = crate::domain::drift::conflict::on_update(live, table);
    if acting.is_empty() {
        return error.to_string();
    }
    format!("{error}; the step updates rows of {table}, where these act on an UPDATE: {}", acting.join(", "))
}

/// Privileges depend on the object's owner. Everything else in the copy may belong to the role that rehearses.
fn owned_where_it_matters(plan: &Plan, situation: &Situation<'_>, live: &Catalog) -> Catalog {
    let mut copy = live.clone();
    let given: BTreeSet<(&Object, &Name)> = plan
        .effects()
        .filter_map(|effect| match effect {
            Effect::SetOwner(object, owner) => Some((object, owner)),
            _ => None,
        })
        .collect();
    let granted = live.privileges.keys().chain(situation.expected.privileges.keys()).map(|(object, _)| object);
    let relations: BTreeSet<_> = granted.clone().filter_map(Object::relation).collect();
    let objects: BTreeSet<_> = granted.collect();
    let is_given = |object: &Object, owner: &Name| given.contains(&(object, owner));
    // A column can own a sequence only if it has the same owner as the table.
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

/// The roles named by policies, privileges and owners.
fn roles(situation: &Situation<'_>, live: &Catalog) -> BTreeSet<Name> {
    let mut roles: BTreeSet<Name> = live.owners.values().chain(situation.owners.values()).cloned().collect();
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

/// Builds the live schema, and verifies that it equals the live schema. Returns it as read there, and the schemas that
/// only scratch has: each database has `public`, which a target may lack or not watch.
async fn set(database: &ScratchDatabase, live: &Catalog) -> Result<(Catalog, BTreeSet<Name>), String> {
    let rebuilt = rebuild_whole(database, live).await.map_err(|error| error.to_string())?;
    if !rebuilt.failed.is_empty() {
        let failed: Vec<_> = rebuilt.failed.into_iter().take(NAMED).collect();
        return Err(format!("these cannot be built in scratch: {}", failed.join(", ")));
    }
    let dead = stage::kill(database, live).await.map_err(|error| error.to_string())?;
    let built = if dead { stage::read(database).await.map_err(|error| error.to_string())? } else { rebuilt.catalog };
    let own: BTreeSet<Name> =
        built.schemas.keys().filter(|schema| !live.schemas.contains_key(*schema)).cloned().collect();
    let built = without(built, &own);
    let differs = drift::compare(live, &built, Scope::Whole);
    // Different spellings are equal; the version of an extension is the one that scratch has.
    let matters =
        |drift: &&Drift| !drift.maybe_spelling && drift.kind != Kind::Extension && !has_no_body(live, &drift.subject);
    let differs: Vec<_> = differs.iter().filter(matters).map(described).take(NAMED).collect();
    if differs.is_empty() {
        Ok((built, own))
    } else {
        Err(format!("the live schema, built in scratch, is not the same: {}", differs.join("; ")))
    }
}

/// The catalog without these schemas themselves. Their objects stay, because they would be a difference.
fn without(mut catalog: Catalog, schemas: &BTreeSet<Name>) -> Catalog {
    let is_one = |object: &Object| matches!(object, Object::Schema(name) if schemas.contains(name));
    catalog.schemas.retain(|name, _| !schemas.contains(name));
    catalog.comments.retain(|object, _| !is_one(object));
    catalog.privileges.retain(|(object, _), _| !is_one(object));
    catalog.owners.retain(|object, _| !is_one(object));
    catalog
}

/// A routine in C or another untrusted language, which is only a skeleton in scratch.
fn has_no_body(live: &Catalog, object: &Object) -> bool {
    let Object::Routine(signature) = object else { return false };
    let definition = live.routines.get(signature).map(|routine| routine.definition.to_string());
    definition.is_some_and(|text| render::Parts::of(&text).is_some_and(|parts| parts.is_untrusted()))
}

/// The plan for the copy: if a condition names the old text of a definition, it is replaced by the text that the copy
/// prints. The whole copy may belong to one role, and its server may have other locales.
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
            step.ensures = step.ensures.take().map(|ensures| ensures.with_texts(&texts));
        }
    }
    plan
}

/// Texts of one relation that PostgreSQL prints, paired with those of its copy.
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

/// Drift that the plan should have removed, and has not.
async fn left(situation: &Situation<'_>, result: &Catalog, scratch: &ScratchConfig) -> Vec<String> {
    let mut left = drift::compare(situation.expected, result, situation.scope);
    if let Err(error) =
        Spellings::default().settle(&mut left, (situation.expected, result), situation.scope, scratch).await
    {
        tracing::warn!(%error, "cannot compare spellings in a rehearsal");
    }
    // Drift that a policy ignores is not removed by a plan.
    let key = |drift: &Drift| (drift.object.clone(), drift.kind, drift.change);
    let planned: BTreeSet<_> = situation.drift.iter().map(key).collect();
    let before: BTreeSet<_> =
        drift::compare(situation.expected, situation.live, situation.scope).iter().map(key).collect();
    let ignored = |drift: &&Drift| before.contains(&key(drift)) && !planned.contains(&key(drift));
    let stays = |drift: &&Drift| has_no_body(situation.live, &drift.subject) && !planned.contains(&key(drift));
    let own: Vec<_> = left.iter().filter(|drift| !ignored(drift) && !stays(drift)).collect();
    let more = own.len().saturating_sub(NAMED);
    let mut named: Vec<_> =
        own.into_iter().take(NAMED).map(|drift| format!("afterwards, {}", described(drift))).collect();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named
}

fn described(drift: &Drift) -> String {
    format!("{} {} {}: {}", drift.change.as_str(), drift.kind, drift.object, drift.detail)
}

/// Locks that the server takes and that the plan lacks, or has as weaker ones: the first one of each step.
pub fn unreported(locks: &[Taken]) -> impl Iterator<Item = String> {
    locks.iter().filter_map(|step| {
        let missing = step.taken.iter().find(|lock| {
            // Reading or changing rows blocks no reader or writer.
            lock.mode > LockMode::RowExclusive
                && !step.said.iter().any(|said| said.table == lock.table && said.mode >= lock.mode)
        })?;
        Some(format!("`{}` takes {} on {}, and the plan does not say so", step.action, missing.mode, missing.table))
    })
}

/// No value in scratch is worth keeping.
struct Nothing;

impl Keeper for Nothing {
    fn keep<'k>(
        &'k self,
        _plan: &'k str,
        _table: &'k crate::domain::name::QName,
        _rows: &'k [String],
    ) -> futures_util::future::BoxFuture<'k, Result<(), KeepError>> {
        Box::pin(async { Ok(()) })
    }
}
