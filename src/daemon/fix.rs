//! Applying to one target: from its drift to a plan, and from an approved plan to a target without drift.
//!
//! Thin: reading, planning and sending statements are done elsewhere. Proposing a plan writes nothing, and uses only
//! the name of the role that may change the schema.

mod seen;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use crate::daemon::check::{self, CheckSpec, Checker, Depth};
use crate::daemon::expected::{self, Evaluated, ExpectedError, SnapshotError};
use crate::domain::catalog::{Catalog, Object};
use crate::domain::drift::{policy, uncompared};
use crate::domain::name::{Name, QName};
use crate::domain::plan::handwritten::{self, HandwrittenError};
use crate::domain::plan::scaffold::Scaffolds;
use crate::domain::plan::survey::Survey;
use crate::domain::plan::text::{Background, listed};
use crate::domain::plan::{self, Blocked, Effect, Hazard, Orphans, Plan, Situation};
use crate::domain::report::{Drift, Report};
use crate::files;
use crate::pg::apply::restore::{PutBack, RestoreError, Restorer};
use crate::pg::apply::{self, Applied, ApplyError, ApplySpec, Lease, OnEvent};
use crate::pg::fingerprint::fingerprint;
use crate::pg::scratch::refuse_target;
use crate::pg::scratch::rehearse::{Rehearsal, rehearse};
use crate::pg::{self, Connection, Source};
use crate::state::{KeptRow, State, StateError, StateLocation};

pub use seen::seen;

/// Page size for reading kept rows.
const PAGE: u32 = 5_000;

/// How often a schema with a locked relation is read, and the pause in between.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(400);

/// What to repair, and how.
#[derive(Clone, Debug)]
pub struct FixSpec {
    pub check: CheckSpec,
    /// The login of the role that may change the schema. Used only while a plan is applied.
    pub source: Source,
    /// Hand-written statements, instead of a plan made from the drift.
    pub by_hand: Option<PathBuf>,
    pub orphans: Orphans,
    /// Only drift of these objects is planned. `None`: all drift.
    pub only: Option<Arc<BTreeSet<Object>>>,
    /// Owners of objects that the plan creates. Any other object belongs to the fixing role.
    pub owners: Arc<BTreeMap<Object, Name>>,
    /// The state store, where old values are kept before they change. It is opened only if there are any.
    pub state: StateLocation,
}

impl FixSpec {
    fn is_about(&self, drift: &Drift) -> bool {
        let objects = std::iter::once(&drift.subject).chain(&drift.counterpart);
        self.only.as_ref().is_none_or(|only| objects.into_iter().any(|object| only.contains(object)))
    }
}

/// A plan with the observation that it was made from.
#[derive(Debug)]
pub struct Proposal {
    pub plan: Plan,
    pub drift: Vec<Drift>,
    pub survey: Survey,
    /// What differs and no plan changes, because its kind has no model: for people.
    pub uncompared: Vec<String>,
    expected: Arc<Evaluated>,
    /// Without leftovers of an earlier run.
    live: Catalog,
    scaffolds: Scaffolds,
    /// The live catalog as read.
    whole: Arc<Catalog>,
}

impl Proposal {
    /// The target's schema now, as a snapshot.
    pub fn snapshot(&self) -> Result<String, SnapshotError> {
        expected::to_snapshot(&self.whole)
    }

    /// The owners of all objects now.
    pub fn owners(&self) -> &BTreeMap<Object, Name> {
        &self.whole.owners
    }

    /// The objects that differ, under their live and their expected identity, and those that the plan creates besides.
    /// During a plan, a key may exist as the index of its name only.
    pub fn subjects(&self) -> BTreeSet<Object> {
        let subjects = self.drift.iter().flat_map(|drift| std::iter::once(&drift.subject).chain(&drift.counterpart));
        let created = self.plan.effects().filter_map(|effect| match effect {
            Effect::Create(object) => Some(object),
            _ => None,
        });
        let mut subjects: BTreeSet<Object> = subjects.chain(created).cloned().collect();
        let keys = subjects.iter().filter_map(|object| match object {
            Object::Constraint(table, name) => Some(Object::Index(table.clone(), name.clone())),
            _ => None,
        });
        let keys: Vec<_> = keys.collect();
        subjects.extend(keys);
        subjects
    }

    /// No drift and no steps.
    pub fn is_settled(&self) -> bool {
        self.plan.is_empty() && self.drift.is_empty()
    }

    /// Whether the plan has the requested id, if there is one, and all its hazards are allowed.
    pub fn permit(&self, id: Option<&str>, allowed: &BTreeSet<Hazard>) -> Result<(), Refusal> {
        let plan = &self.plan;
        if self.is_settled() {
            return Err(Refusal::NothingToDo);
        }
        if let Some(asked) = id.filter(|id| *id != plan.id) {
            return Err(Refusal::Stale { asked: asked.to_owned(), now: plan.id.clone() });
        }
        if let Some(Blocked { object, reason, advice, .. }) = plan.blocked.first() {
            return Err(Refusal::Blocked(format!("{object}: {reason}; {advice}")));
        }
        let forbidden: BTreeSet<Hazard> = plan.forbidden(allowed).map(|(_, cost)| cost.hazard).collect();
        if !forbidden.is_empty() {
            return Err(Refusal::Forbidden(listed(forbidden)));
        }
        if plan.segments.is_empty() {
            return Err(Refusal::NoSteps);
        }
        Ok(())
    }

    fn situation<'s>(&'s self, spec: &'s FixSpec) -> Situation<'s> {
        Situation {
            expected: &self.expected.catalog,
            live: &self.live,
            drift: &self.drift,
            scope: spec.check.scope,
            orphans: spec.orphans,
            survey: &self.survey,
            scaffolds: &self.scaffolds,
            owners: &spec.owners,
        }
    }

    /// Applies the plan to a copy of the live schema in scratch.
    pub async fn rehearse(&self, spec: &FixSpec) -> Rehearsal {
        rehearse(&self.plan, &self.situation(spec), &self.whole, &spec.check.scratch).await
    }

    /// The plan as text for an operator who has allowed these hazards.
    pub fn text(&self, allowed: &BTreeSet<Hazard>) -> String {
        plan::text::text(
            &self.plan,
            Background { drift: &self.drift, uncompared: &self.uncompared, sizes: &self.survey.sizes, allowed },
        )
    }
}

/// Why a plan is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("nothing to do: the live schema matches the expectation")]
    NothingToDo,
    #[error(
        "plan {asked} is stale: the live schema, the expectation or the options have changed since it was made. The \
         plan is now {now}: review it, and apply that one"
    )]
    Stale { asked: String, now: String },
    #[error("the plan is blocked: {0}")]
    Blocked(String),
    #[error("the plan has hazards that were not allowed ({0}): allow them by name, if they are acceptable")]
    Forbidden(String),
    #[error("no plan can end this drift: change the schema by hand")]
    NoSteps,
}

/// Why there is no plan, or why it was not carried out completely.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    #[error("the expectation could not be evaluated: {0}")]
    Expected(#[from] ExpectedError),
    #[error("the target could not be read: {0}")]
    Target(#[from] pg::Error),
    #[error("cannot plan while other sessions hold locks on {}: try again when they have ended", list(.0))]
    Busy(Vec<QName>),
    #[error("the fix {} cannot be read: {reason}", .path.display())]
    NoFix { path: PathBuf, reason: std::io::Error },
    #[error("the fix {}: {problem}", .path.display())]
    ByHand { path: PathBuf, problem: HandwrittenError },
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error(
        "nothing was done: fix_url leads to another database than is watched: {fixing}, and not {watched}; give the \
         same \
         database's address"
    )]
    Elsewhere { fixing: String, watched: String },
    #[error(
        "{address} leads to another database than the one in which this remediation was begun: give that one's \
         address again"
    )]
    Moved { address: String },
    #[error("the state store, where old values are kept: {0}")]
    State(#[from] StateError),
    #[error("there is no state store {}: name the one in which the plan has kept the values", .0.display())]
    NoState(PathBuf),
    #[error(transparent)]
    PutBack(#[from] RestoreError),
}

fn list(relations: &[QName]) -> String {
    relations.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Reads the target and makes the plan. `now` is compared with `until` of policies.
pub async fn propose(spec: &FixSpec, now: DateTime<Utc>) -> Result<Proposal, FixError> {
    plan(spec, now, Reading::Now).await
}

/// The same without reading the live catalog again, if no row of it has changed since it was read for a plan.
pub async fn propose_from_observed(spec: &FixSpec, now: DateTime<Utc>) -> Result<Proposal, FixError> {
    plan(spec, now, Reading::IfChanged).await
}

/// When the live catalog is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Now,
    IfChanged,
}

async fn plan(spec: &FixSpec, now: DateTime<Utc>, reading: Reading) -> Result<Proposal, FixError> {
    let by_hand = spec.by_hand.as_deref().map(read_fix).transpose()?;
    let check = &spec.check;
    let schemas = check.schemas.as_deref();
    refuse_target(&check.scratch, &check.source, &check.guards).await.map_err(ExpectedError::from)?;
    let expected = check.known.expectations.load(&check.expected, &check.scratch, schemas).await?;
    let mut connection = pg::connect(&check.source, &check.guards).await?;
    let (whole, seen) = look(&mut connection, check, reading).await?;
    let mut live = Catalog::clone(&whole);
    let scaffolds = plan::scaffold::remove_helpers(&mut live);
    let (drift, mut warnings) = check::differences(check, (&expected.catalog, &live)).await;
    let (drift, expired) = policy::apply(&check.policies, &check.name, drift, now.date_naive());
    let drift: Vec<Drift> = drift.into_iter().filter(|drift| spec.is_about(drift)).collect();
    match seen {
        _ if drift.is_empty() => check.known.observed.forget(&check.observes()),
        Seen::Now(fingerprint) => check.known.observed.put(check.observes(), fingerprint, &whole),
        Seen::Before => {}
    }
    let (mut survey, stranger) = survey(&mut connection, &live, &spec.source).await?;
    survey.dependents = pg::survey::dependents(&mut connection, &live).await?;
    survey.unwatched_children = pg::survey::unwatched_children(&mut connection, &live).await?;
    warnings.extend(stranger);
    warnings.extend(expected.warnings.iter().cloned());
    connection.close().await;
    let plan = Plan::default();
    let uncompared = uncompared(&expected.catalog, &live, check.scope);
    let mut proposal = Proposal { plan, drift, survey, uncompared, expected, live, scaffolds, whole };
    proposal.plan = match &by_hand {
        Some((path, text)) => handwritten::make(text, &proposal.situation(spec))
            .map_err(|problem| FixError::ByHand { path: (*path).to_owned(), problem })?,
        None => plan::make(&proposal.situation(spec)),
    };
    let found = pg::ask::ask(&check.source, &check.guards, proposal.plan.requirements()).await?;
    proposal.plan.settle(found, &proposal.live, proposal.survey.database.as_deref());
    warnings.extend(expired);
    proposal.plan.warnings.splice(0..0, warnings);
    Ok(proposal)
}

/// The fingerprint of a catalog that has been read now.
enum Seen {
    Now(String),
    Before,
}

/// The live catalog. Reads again while something is locked: most locks are held briefly.
async fn look(
    connection: &mut Connection,
    check: &CheckSpec,
    reading: Reading,
) -> Result<(Arc<Catalog>, Seen), FixError> {
    let mut looks = 1;
    loop {
        let seen = fingerprint(connection).await?;
        if reading == Reading::IfChanged
            && let Some(known) = check.known.observed.get(&check.observes(), &seen, check.full_read_every)
        {
            return Ok((known, Seen::Before));
        }
        let catalog = pg::read::read(connection, check.schemas.as_deref()).await?;
        if catalog.busy.is_empty() {
            return Ok((Arc::new(catalog), Seen::Now(seen)));
        }
        if looks == LOOKS {
            return Err(FixError::Busy(catalog.busy.into_iter().collect()));
        }
        looks += 1;
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// With a warning if the fixing role's rights cannot be determined.
async fn survey(
    connection: &mut Connection,
    live: &Catalog,
    fixing: &Source,
) -> Result<(Survey, Option<String>), pg::Error> {
    let tables = live.relations.keys().cloned().collect();
    let role = fixing.options().get_username();
    match pg::survey::survey(connection, &tables, Some(role)).await {
        // A pooler may use another role name than the server.
        Err(error) if error.code() == Some("42704") => {
            let warning =
                format!("the server has no role {role}, which is to carry out the plan: its rights are not known");
            Ok((pg::survey::survey(connection, &tables, None).await?, Some(warning)))
        }
        found => Ok((found?, None)),
    }
}

/// A hand-written fix, with its path.
fn read_fix(path: &Path) -> Result<(&Path, String), FixError> {
    let read = files::read_text(path, files::SCRIPT);
    read.map(|text| (path, text)).map_err(|reason| FixError::NoFix { path: path.to_owned(), reason })
}

/// Takes the lease of the target: while it is held, no other run changes the target.
pub async fn take(spec: &FixSpec) -> Result<Lease, FixError> {
    let (watched, fixing) = (&spec.check.source, &spec.source);
    if watched.address() != fixing.address()
        && !pg::identity::is_same(watched, &spec.check.guards, fixing).await.map_err(ApplyError::Pg)?
    {
        return Err(FixError::Elsewhere { fixing: fixing.address(), watched: watched.address() });
    }
    Ok(Lease::take(fixing).await?)
}

/// Applies the plan. Old values are kept in the state store.
pub async fn apply(
    spec: &FixSpec,
    plan: &Plan,
    on_event: OnEvent<'_>,
    stop: &CancellationToken,
) -> Result<Applied, FixError> {
    let mut lease = take(spec).await?;
    let state = if plan.keeps_values() { Some(State::open(&spec.state).await?) } else { None };
    let keeper = state.as_ref().map(|state| state.row_keeper(&spec.check.name));
    let keeper = keeper.as_ref().map(|keeper| keeper as &dyn apply::Keeper);
    let applied = apply_under(&mut lease, spec, plan, (keeper, on_event), stop).await;
    lease.close().await;
    if let Some(state) = state {
        state.close().await;
    }
    applied
}

/// The same under a lease that is already held.
pub async fn apply_under(
    lease: &mut Lease,
    spec: &FixSpec,
    plan: &Plan,
    (keeper, on_event): (Option<&dyn apply::Keeper>, OnEvent<'_>),
    stop: &CancellationToken,
) -> Result<Applied, FixError> {
    Ok(apply::apply(lease, &ApplySpec { source: &spec.source, keeper }, plan, on_event, stop).await?)
}

/// Number of rows per table whose old values `plan` has kept.
pub async fn kept(name: &str, state: &StateLocation, plan: &str) -> Result<BTreeMap<QName, u64>, FixError> {
    let mut rows = BTreeMap::new();
    let state = existing(state).await?;
    let mut before = None;
    loop {
        let page = state.kept_rows(name, plan, before, PAGE).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        for kept in page {
            *rows.entry(kept.table).or_default() += 1;
        }
    }
    state.close().await;
    Ok(rows)
}

/// Puts the old values back, the latest first. After an error, what was already put back stays.
pub async fn put_back(
    (name, source): (&str, &Source),
    state: &StateLocation,
    plan: &str,
    on_event: OnEvent<'_>,
    stop: &CancellationToken,
) -> Result<BTreeMap<QName, PutBack>, FixError> {
    let state = existing(state).await?;
    let mut restorer = Restorer::open(source, on_event, stop).await?;
    let result = all_back(&state, (name, plan), &mut restorer).await;
    restorer.close().await;
    state.close().await;
    result
}

async fn all_back(
    state: &State,
    (name, plan): (&str, &str),
    restorer: &mut Restorer<'_>,
) -> Result<BTreeMap<QName, PutBack>, FixError> {
    let mut total: BTreeMap<QName, PutBack> = BTreeMap::new();
    let mut before = None;
    loop {
        let page = state.kept_rows(name, plan, before, PAGE).await?;
        let Some(last) = page.last() else { return Ok(total) };
        before = Some(last.id);
        for of_table in page.chunk_by(|a, b| a.table == b.table) {
            let rows: Vec<String> = of_table.iter().map(|kept| kept.row.clone()).collect();
            if let Some(KeptRow { table, .. }) = of_table.first() {
                total.entry(table.clone()).or_default().add(restorer.put_back(table, &rows).await?);
            }
        }
    }
}

async fn existing(location: &StateLocation) -> Result<State, FixError> {
    match location {
        StateLocation::File(path) if !path.is_file() => Err(FixError::NoState(path.clone())),
        StateLocation::File(_) | StateLocation::Server(_) => Ok(State::open(location).await?),
    }
}

/// Whether the drift is gone: a full check that uses no remembered result.
pub async fn verify(spec: &FixSpec, now: DateTime<Utc>) -> Report {
    Checker::new(spec.check.clone()).check(Depth::Full, now).await
}
