//! Applies a plan: each step is checked first, sent under its limits, retried while others block it, and checked
//! afterwards.
//!
//! Three sessions: one holds the lease on the database, one works, one observes the working one. A step whose condition
//! already holds is not sent. Statements are sent byte for byte as in the plan. The only others are those that drop
//! invalid indexes which the plan's own statements leave behind. If the rows violate a constraint that the plan has
//! added, it is dropped again, as the plan says.

mod autocommit;
mod batches;
mod error;
mod event;
mod failpoint;
mod invalid_index;
mod lease;
mod observer;
pub mod restore;
mod retry;
mod session;
mod tid;
mod transaction;
mod undo;
mod watch;

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::Source;
use crate::domain::lock::Lock;
use crate::domain::name::QName;
use crate::domain::plan::{Plan, Segment, Step, Work};
use observer::Observer;
use retry::Retry;
use session::{Failure, Session};
use watch::Watch;

pub use error::ApplyError;
pub use event::{Blocker, Event, Pause, Place};
pub use lease::Lease;

/// Interval at which blockers are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The input of a run besides the plan.
#[derive(Clone, Copy)]
pub struct ApplySpec<'a> {
    /// The login of the role that may change the schema.
    pub source: &'a Source,
    /// Required by plans that irreversibly change rows.
    pub keeper: Option<&'a dyn Keeper>,
}

impl std::fmt::Debug for ApplySpec<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApplySpec").field("source", self.source).finish_non_exhaustive()
    }
}

/// Stores old values of rows durably before they are changed.
pub trait Keeper: Send + Sync {
    /// When it has returned, the rows survive a crash. Each is `{"key": {column: value, …}, "old": {…}}`, with JSON
    /// values, or as text. The same row may be stored twice: a batch that was rolled back is sent again.
    fn keep<'k>(&'k self, plan: &'k str, table: &'k QName, rows: &'k [String]) -> BoxFuture<'k, Result<(), KeepError>>;
}

pub type KeepError = Box<dyn std::error::Error + Send + Sync>;

/// Callback for every event. Must not block.
pub type OnEvent<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// Result of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    pub carried_out: Vec<CarriedOut>,
    /// Steps whose condition already held.
    pub skipped: usize,
    pub elapsed: Duration,
}

/// One step that was sent and committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedOut {
    pub step: Place,
    pub elapsed: Duration,
    /// Changed rows, if the server counts them.
    pub rows: u64,
}

/// Applies `plan` up to its end or the first error, under a lease on the same database. `stop` ends it between two
/// steps, and cancels a running statement.
pub async fn apply(
    lease: &mut Lease,
    spec: &ApplySpec<'_>,
    plan: &Plan,
    on_event: OnEvent<'_>,
    stop: &CancellationToken,
) -> Result<Applied, ApplyError> {
    if !plan.blocked.is_empty() {
        return Err(ApplyError::Blocked(plan.blocked.len()));
    }
    let steps = plan.steps().count();
    if spec.keeper.is_none()
        && let Some((index, step)) = plan.steps().enumerate().find(|(_, step)| keeps(step))
    {
        let place = Place { number: index + 1, of: steps, action: step.action.as_str().into() };
        return Err(ApplyError::NoKeeper { step: place });
    }
    let session = Session::open(spec.source, plan.search_path.as_deref()).await?;
    let watch = Watch::new(Observer::open(spec.source).await?, stop, on_event, steps);
    let mut run = Run { plan, keeper: spec.keeper, lease, session, watch, applied: Applied::default() };
    let begun = Instant::now();
    on_event(Event::Begun { plan: plan.id.clone(), segments: plan.segments.len(), steps });
    let result = run.segments().await;
    let Run { session, watch, mut applied, .. } = run;
    session.close().await;
    watch.observer.close().await;
    result?;
    applied.elapsed = begun.elapsed();
    let (carried_out, skipped) = (applied.carried_out.len(), applied.skipped);
    on_event(Event::Finished { carried_out, skipped, elapsed: applied.elapsed });
    Ok(applied)
}

fn keeps(step: &Step) -> bool {
    matches!(step.work, Work::Batches { keep: Some(_), .. })
}

struct Run<'a> {
    plan: &'a Plan,
    keeper: Option<&'a dyn Keeper>,
    lease: &'a mut Lease,
    session: Session,
    watch: Watch<'a>,
    applied: Applied,
}

impl<'a> Run<'a> {
    async fn segments(&mut self) -> Result<(), ApplyError> {
        let mut first = 0;
        for segment in &self.plan.segments {
            match segment {
                Segment::Transaction { lock_first, steps } => self.transaction(first, lock_first, steps).await?,
                Segment::Autocommit { step } => {
                    self.watch.turn_to(first, &step.action);
                    match &step.work {
                        Work::Batches { table, keep } => self.batches(step, table, keep.as_deref()).await?,
                        Work::Metadata | Work::Scan { .. } | Work::Rewrite { .. } => self.autocommit(step).await?,
                    }
                }
            }
            first += segment.steps().len();
        }
        Ok(())
    }

    /// Before each step: checks that the operator has not stopped the run and that the lease is still held.
    async fn ready(&mut self) -> Result<(), ApplyError> {
        if self.watch.stop.is_cancelled() {
            return Err(self.stopped(None));
        }
        self.lease.hold().await
    }

    fn stopped(&self, left: Option<String>) -> ApplyError {
        ApplyError::Stopped { step: self.watch.place.clone(), left }
    }

    fn skip(&mut self) {
        self.applied.skipped += 1;
        (self.watch.on_event)(Event::Skipped { step: self.watch.place.clone() });
    }

    fn done(&mut self, elapsed: Duration, rows: u64) {
        let step = self.watch.place.clone();
        (self.watch.on_event)(Event::Done { step: step.clone(), elapsed, rows });
        self.applied.carried_out.push(CarriedOut { step, elapsed, rows });
    }

    fn not_ensured(&self, step: &Step) -> ApplyError {
        let condition = step.ensures.as_ref().map(ToString::to_string).unwrap_or_default();
        ApplyError::NotEnsured { step: self.watch.place.clone(), condition }
    }

    /// After a failure: waits for the next attempt, or gives the final error.
    async fn again(&mut self, tries: &mut Retry, failure: Failure, left: Option<String>) -> Result<(), ApplyError> {
        let reason = failure.to_string();
        let step = self.watch.place.clone();
        let pause = match failure {
            Failure::Stopped => return Err(self.stopped(left)),
            Failure::Gone(_) => return Err(ApplyError::Failed { step, reason, code: None, left }),
            _ if !failure.is_passing() => return Err(self.failed(failure, left)),
            Failure::Refused { .. } => tries.pause(),
        };
        let attempt = tries.attempt;
        let Some(pause) = pause else {
            let blockers = std::mem::take(&mut self.watch.blockers).into();
            return Err(ApplyError::GaveUp {
                step,
                attempts: attempt,
                elapsed: tries.elapsed(),
                reason,
                blockers,
                left,
            });
        };
        (self.watch.on_event)(Event::Retrying { step, attempt, of: tries.of(), pause, reason });
        self.wait_for_way(pause, tries.lock_timeout()).await?;
        tries.attempt += 1;
        Ok(())
    }

    /// Waits for the pause, or until a long-lasting blocker has gone, so that the retry comes before the next blocker.
    /// Takes no lock, so that nobody queues behind this wait.
    async fn wait_for_way(&mut self, pause: Duration, long: Duration) -> Result<(), ApplyError> {
        let (end, locks, pid) = (Instant::now() + pause, self.locks(), self.session.pid());
        let mut was_blocked = false;
        while Instant::now() < end {
            self.wait(end.saturating_duration_since(Instant::now()).min(LOOK_EVERY)).await?;
            match self.watch.observer.is_in_the_way(&locks, pid, long).await {
                Some(true) => was_blocked = true,
                Some(false) if was_blocked => return Ok(()),
                Some(false) | None => {}
            }
        }
        Ok(())
    }

    /// The locks of the current segment.
    fn locks(&self) -> Vec<&'a Lock> {
        let mut before = 0;
        let under_way = self.plan.segments.iter().find(|segment| {
            before += segment.steps().len();
            self.watch.place.number <= before
        });
        let first = match under_way {
            Some(Segment::Transaction { lock_first, .. }) => lock_first.as_slice(),
            Some(Segment::Autocommit { .. }) | None => &[],
        };
        let steps = under_way.into_iter().flat_map(Segment::steps);
        first.iter().chain(steps.flat_map(|step| &step.locks)).collect()
    }

    fn failed(&self, failure: Failure, left: Option<String>) -> ApplyError {
        let (step, reason) = (self.watch.place.clone(), failure.to_string());
        match failure {
            Failure::Stopped => self.stopped(left),
            Failure::Gone(_) => ApplyError::Failed { step, reason, code: None, left },
            Failure::Refused { code, .. } => ApplyError::Failed { step, reason, code: Some(code), left },
        }
    }

    async fn wait(&self, pause: Duration) -> Result<(), ApplyError> {
        tokio::select! {
            biased;
            () = self.watch.stop.cancelled() => Err(self.stopped(None)),
            () = sleep(pause) => Ok(()),
        }
    }
}
