//! Remediations: starts them, resumes them after a restart, stops them, and sends their events to followers.
//!
//! Each runs in a task of its own that is never dropped during a phase: a phase that is under way when the daemon stops
//! is left in doubt in the journal, and the next start, or another daemon with the same state store, resumes it.
//! [`crate::domain::runbook`] decides which phase comes next.

mod applications;
mod phases;
pub mod report;
mod status;
mod walk;

use std::collections::BTreeSet;
use std::collections::btree_map::{self, BTreeMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::daemon::fix::{self, FixError, FixSpec, Refusal};
use crate::domain::invariant::Invariant;
use crate::domain::plan::Hazard;
use crate::domain::runbook::journal::{self, Entry, EntryKind, NextAction, RemediationStatus, replay};
use crate::domain::runbook::{self, End, OnFailure, Phase, RemediationKind};
use crate::effects::backup::BackupSpec;
use crate::effects::degrade::Switch;
use crate::effects::smoke::SmokeSpec;
use crate::pg::Source;
use crate::pg::apply::Event;
use crate::state::{Idempotency, Opened, Remediation, State, StateError};
use report::Report;
use walk::{Origin, Walk};

/// A follower that is more than this many events behind loses the oldest; the journal has the essential ones.
const FOLLOWERS_LAG: usize = 1024;

/// How many of the latest remediations of a target are searched.
const REMEMBERED: u32 = 1000;

/// Settings of a target's remediations.
#[derive(Clone, Debug)]
pub struct Settings {
    pub fix: FixSpec,
    pub switch: Switch,
    /// Limit on degraded mode; after that the current phase is stopped and rolled back.
    pub lease: Duration,
    pub backup: BackupPlace,
    pub probes: Vec<Probe>,
    /// The login of the probes.
    pub probing: Source,
    pub invariants: Vec<Invariant>,
    pub smoke: SmokeSpec,
    pub on_failure: OnFailure,
    /// Set if another operator must approve a plan: how long an approval is valid.
    pub approval: Option<Duration>,
    /// Where alerts about the target are silenced during the remediation.
    pub alertmanagers: Vec<Url>,
}

/// The destination of backups.
#[derive(Clone, Debug)]
pub enum BackupPlace {
    /// Not configured: nothing may be changed.
    NotConfigured,
    /// The operator has declared that there are no backups.
    None,
    At(BackupSpec),
}

/// A smoke test: SQL that fails if the database does not behave as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    pub name: String,
    pub script: String,
}

/// What an operator commands.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    pub kind: RemediationKind,
    /// The remediation to roll back or to resolve.
    pub of: Option<String>,
    /// The plan that the operator has seen. Empty for commands without a plan.
    pub plan: String,
    pub reason: String,
    pub allowed: BTreeSet<Hazard>,
    pub by: String,
}

/// An event for followers.
#[derive(Clone, Debug)]
pub enum ProgressEvent {
    Entry(Entry),
    /// Progress of a step or a backup between two journal entries. Not stored.
    Progress(Event),
    Bytes(u64),
}

/// Why a command was refused. Nothing was touched.
#[derive(Debug, thiserror::Error)]
pub enum RemediateError {
    #[error("there is no plan: {0}")]
    NoPlan(Box<FixError>),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("plan {plan} must be approved by another operator than {by} first")]
    Unapproved { plan: String, by: String },
    #[error("this target needs no approvals: it has no require_approval = true")]
    NoApprovalNeeded,
    #[error("remediation {0} is under way on this target")]
    UnderWay(String),
    #[error("this Idempotency-Key was used for another request")]
    OtherRequest,
    #[error("there is no remediation {0}")]
    Unknown(String),
    #[error("remediation {0} is not under way: there is nothing to cancel")]
    NotUnderWay(String),
    #[error("cannot cancel remediation {id}: its phase restores service: {}", phase.meaning())]
    TooLate { id: String, phase: Phase },
    #[error("remediation {of} has applied no plan that could be rolled back")]
    NothingToTakeBack { of: String },
    #[error("remediation {of} did not end as needs_human: there is nothing to resolve")]
    NothingToResolve { of: String },
    #[error("remediation {later} has changed the target after {of}: that one comes first")]
    NotTheLatest { of: String, later: String },
    #[error("internal error: the task ended unexpectedly: {0}")]
    BrokenOff(tokio::task::JoinError),
    #[error("the state store does not work: {0}")]
    State(#[from] StateError),
}

/// A remediation under way in this process.
#[derive(Debug)]
struct Running {
    target: String,
    cancel: CancellationToken,
    followers: broadcast::Sender<ProgressEvent>,
}

/// All remediations of this process.
#[derive(Debug)]
pub struct Remediator {
    state: State,
    running: Mutex<BTreeMap<String, Running>>,
    statuses: Mutex<BTreeMap<String, RemediationStatus>>,
    /// Targets whose applications have answered that they write, after the journals did not say.
    known_to_write: Mutex<BTreeSet<String>>,
    version: watch::Sender<u64>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl From<FixError> for RemediateError {
    fn from(error: FixError) -> Self {
        Self::NoPlan(Box::new(error))
    }
}

impl Remediator {
    pub fn new(state: State, stop: CancellationToken) -> Self {
        let (running, statuses, known_to_write) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self {
            state,
            running,
            statuses,
            known_to_write,
            version: watch::Sender::new(0),
            tasks: TaskTracker::new(),
            stop,
        }
    }

    /// Starts a remediation, or returns the one that the same idempotency key has started before.
    pub async fn start(
        self: &Arc<Self>,
        settings: &Arc<Settings>,
        request: Request,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<Remediation, RemediateError> {
        let target = &settings.fix.check.name;
        // A state store that was replaced lacks the journal of what is under way.
        self.state.prove().await?;
        let it = Remediation {
            id: self.new_id().await?,
            target: target.clone(),
            kind: request.kind,
            of: request.of,
            plan: request.plan,
            by: request.by,
            reason: request.reason,
            allowed: request.allowed,
            on_failure: settings.on_failure,
            created_at: Utc::now(),
            end: None,
        };
        if let Some(idempotency) = idempotency
            && let Some(before) = self.state.opened_before(idempotency).await?
        {
            return opened(before, it);
        }
        // Before the plan is compared: while another remediation runs its plan may be partly applied, and that it is
        // under way is the better answer.
        if let Some(other) = self.state.unfinished().await?.into_iter().find(|other| other.target == it.target) {
            let before = match idempotency {
                // The same request may have started it just now.
                Some(idempotency) => self.state.opened_before(idempotency).await?,
                None => None,
            };
            return opened(before.unwrap_or(Opened::UnderWay(other.id)), it);
        }
        match it.kind {
            RemediationKind::Apply => {
                let proposal = fix::propose_from_observed(&settings.fix, it.created_at).await?;
                proposal.permit(Some(&it.plan), &it.allowed)?;
                self.approved(settings, &it).await?;
            }
            RemediationKind::Rollback | RemediationKind::Restore => self.may_take_back(&it).await?,
            RemediationKind::Resolve => self.may_resolve(&it).await?,
        }
        self.open(Arc::clone(settings), it, idempotency).await
    }

    /// In a task of its own: the requester may disconnect, but a remediation that was opened is also started.
    async fn open(
        self: &Arc<Self>,
        settings: Arc<Settings>,
        it: Remediation,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<Remediation, RemediateError> {
        let this = Arc::clone(self);
        let words = idempotency.map(|it| [it.key, it.by, it.request].map(str::to_owned));
        let work = tokio::spawn(async move {
            let idempotency = words.as_ref().map(|[key, by, request]| Idempotency { key, by, request });
            let is = this.state.open_remediation(&it, idempotency).await?;
            if is == Opened::New {
                this.spawn(settings, it.clone(), Origin::Here);
            }
            opened(is, it)
        });
        work.await.map_err(RemediateError::BrokenOff)?
    }

    /// Requests that it stops and rolls back. Another daemon that runs it reads the request in its journal.
    pub async fn cancel(&self, it: &Remediation, by: &str) -> Result<(), RemediateError> {
        let id = &it.id;
        may_cancel(it, &self.state.journal(id, 0).await?)?;
        let request = match self.state.append(id, &EntryKind::CancelWanted { by: by.to_owned() }, Utc::now()).await {
            // It has ended in between.
            Err(StateError::Ended(_)) => return Err(RemediateError::NotUnderWay(id.clone())),
            appended => appended?,
        };
        self.with(id, |running| running.cancel.cancel());
        // It may have advanced before the request was in the journal.
        let mut entries = self.state.journal(id, 0).await?;
        entries.retain(|entry| entry.seq <= request.seq);
        may_cancel(it, &entries)
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    /// The report of what was done so far. `None`: there is no such remediation.
    pub async fn report(&self, id: &str) -> Result<Option<Report>, StateError> {
        let Some(it) = self.state.remediation(id).await? else { return Ok(None) };
        let entries = self.state.journal(id, 0).await?;
        let drift = self.state.document(id, phases::DRIFT).await?;
        let drift = drift.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Ok(Some(report::report(&it, &entries, drift)))
    }

    /// Approves the plan, so that another operator can start it, until the returned time.
    pub async fn approve(&self, settings: &Settings, plan: &str, by: &str) -> Result<DateTime<Utc>, RemediateError> {
        let Some(lasts) = settings.approval else { return Err(RemediateError::NoApprovalNeeded) };
        let proposal = fix::propose_from_observed(&settings.fix, Utc::now()).await?;
        if proposal.plan.id != plan {
            return Err(Refusal::Stale { asked: plan.to_owned(), now: proposal.plan.id }.into());
        }
        let now = Utc::now();
        let until = now + lasts;
        self.state.approve(&settings.fix.check.name, plan, by, now, until).await?;
        Ok(until)
    }

    /// A number that grows with every published status.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// The events from now on; `None`: it does not run in this process.
    pub fn follow(&self, id: &str) -> Option<broadcast::Receiver<ProgressEvent>> {
        self.with(id, |running| running.followers.subscribe())
    }

    /// Waits until every task has reached a point where it can be left.
    pub async fn stopped(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn with<T>(&self, id: &str, what: impl FnOnce(&Running) -> T) -> Option<T> {
        self.running().get(id).map(what)
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn approved(&self, settings: &Settings, it: &Remediation) -> Result<(), RemediateError> {
        if settings.approval.is_none() {
            return Ok(());
        }
        let approvals = self.state.approvals(&it.target, &it.plan, Utc::now()).await?;
        if approvals.iter().any(|approval| approval.by != it.by) {
            return Ok(());
        }
        Err(RemediateError::Unapproved { plan: it.plan.clone(), by: it.by.clone() })
    }

    /// Only the latest fix can be rolled back, because later ones build on it. A fix that has rolled itself back may
    /// still have lost rows, which its backup has.
    async fn may_take_back(&self, it: &Remediation) -> Result<(), RemediateError> {
        let of = it.of.clone().unwrap_or_default();
        if let Some(later) = self.fix_in_force(&it.target).await?.filter(|latest| latest.id > of) {
            return Err(RemediateError::NotTheLatest { of, later: later.id });
        }
        let entries = self.state.journal(&of, 0).await?;
        let can_be = journal::has_applied(&entries)
            && (it.kind == RemediationKind::Restore || !journal::has_rolled_back(&entries))
            && self.state.remediation(&of).await?.is_some_and(|past| past.kind == RemediationKind::Apply);
        if can_be { Ok(()) } else { Err(RemediateError::NothingToTakeBack { of }) }
    }

    /// The target's latest fix that has changed it and was not rolled back by itself.
    async fn fix_in_force(&self, target: &str) -> Result<Option<Remediation>, StateError> {
        for past in self.state.touching(target, REMEMBERED).await? {
            if past.kind == RemediationKind::Apply && past.end.is_some() {
                let entries = self.state.journal(&past.id, 0).await?;
                if journal::has_applied(&entries) && !journal::has_rolled_back(&entries) {
                    return Ok(Some(past));
                }
            }
        }
        Ok(None)
    }

    /// Only a remediation that no later one has followed can be resolved.
    async fn may_resolve(&self, it: &Remediation) -> Result<(), RemediateError> {
        let of = it.of.clone().unwrap_or_default();
        match self.state.touching(&it.target, 1).await?.pop() {
            Some(latest) if latest.id > of => Err(RemediateError::NotTheLatest { of, later: latest.id }),
            Some(Remediation { id, end: Some((_, End::NeedsHuman)), .. }) if id == of => Ok(()),
            Some(_) | None => Err(RemediateError::NothingToResolve { of }),
        }
    }

    /// The remediation of the target that needs a human, unless another one than `but` has touched the target since.
    async fn unresolved(&self, target: &str, but: &str) -> Result<Option<Remediation>, StateError> {
        let past = self.state.touching(target, 2).await?.into_iter().find(|past| past.id != but);
        Ok(past.filter(|past| matches!(past.end, Some((_, End::NeedsHuman)))))
    }

    /// Sorts by the order of opening, even if the clock was set back, and is practically unique.
    async fn new_id(&self) -> Result<String, StateError> {
        let latest = self.state.remediations(None, 1).await?.pop();
        let latest = latest.and_then(|it| i64::from_str_radix(it.id.get(..12)?, 16).ok()).unwrap_or_default();
        let number = Utc::now().timestamp_millis().max(latest.saturating_add(1));
        Ok(format!("{number:012x}-{:08x}", fastrand::u32(..)))
    }

    /// Does nothing if it already runs here.
    fn spawn(self: &Arc<Self>, settings: Arc<Settings>, it: Remediation, origin: Origin) {
        let (cancel, followers) = (CancellationToken::new(), broadcast::Sender::new(FOLLOWERS_LAG));
        let running = Running { target: it.target.clone(), cancel: cancel.clone(), followers: followers.clone() };
        match self.running().entry(it.id.clone()) {
            btree_map::Entry::Occupied(_) => return,
            btree_map::Entry::Vacant(place) => place.insert(running),
        };
        let this = Arc::clone(self);
        self.tasks.spawn(async move {
            let walk = Walk::new(&this, &it, &settings, cancel, followers, origin);
            walk.walk().await;
            this.running().remove(&it.id);
        });
    }
}

/// Whether a cancellation is accepted at this point of the journal.
fn may_cancel(it: &Remediation, entries: &[Entry]) -> Result<(), RemediateError> {
    let id = it.id.clone();
    match replay(it.kind, it.on_failure, entries).next {
        NextAction::Begin(phase) | NextAction::Again(phase) if runbook::heeds_cancel(it.kind, it.on_failure, phase) => {
            Ok(())
        }
        NextAction::Begin(phase) | NextAction::Again(phase) => Err(RemediateError::TooLate { id, phase }),
        NextAction::Close(_) | NextAction::Nothing(_) => Err(RemediateError::NotUnderWay(id)),
    }
}

fn opened(opened: Opened, it: Remediation) -> Result<Remediation, RemediateError> {
    match opened {
        Opened::New => Ok(it),
        Opened::Same(before) => Ok(*before),
        Opened::OtherRequest => Err(RemediateError::OtherRequest),
        Opened::UnderWay(id) => Err(RemediateError::UnderWay(id)),
    }
}
