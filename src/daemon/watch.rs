//! The watch: for each target one task that checks its schema, one that counts its rows, and one that makes plans.
//!
//! Every wait here is bounded: checks and counts by deadlines, connections by semaphores. Trouble with one target stays
//! in its own tasks.

mod board;
mod clock;
mod count;
mod memory;
mod plan;
mod registry;
mod schema;
mod wanted;

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::Utc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, warn};

use clock::Job;
pub use clock::{Clock, ClockError};
pub use registry::Registry;
pub(crate) use wanted::Requests;

use crate::daemon::config::{Config, Target};
use crate::daemon::fix::FixSpec;
use crate::domain::report::{Report, TargetStatus};
use crate::state::State;
use board::Board;

/// How long a running check may continue when the daemon stops.
const STOP_GRACE: Duration = Duration::from_secs(3);

/// Pause before a task that panicked is restarted.
const RESTART_AFTER: Duration = Duration::from_secs(10);

/// What all targets share.
#[derive(Debug)]
pub struct Context {
    pub registry: Arc<Registry>,
    pub clock: Clock,
    /// While it does not work, only memory is used.
    pub state: State,
    /// One permit for each connection to a target.
    connections: Semaphore,
    /// Counts may take long: they get at most half of the connections, so that checks always find one.
    counts: Semaphore,
    /// Plans may take long as well. They use the counts' connections, at most half of them.
    plans: Semaphore,
    /// Every target can keep a connection open between checks.
    keep_connections: AtomicBool,
}

impl Context {
    pub fn new(registry: Arc<Registry>, clock: Clock, state: State, config: &Config) -> Self {
        let limit = config.limits.max_connections;
        let context = Self {
            registry,
            clock,
            state,
            connections: Semaphore::new(limit),
            counts: Semaphore::new((limit / 2).max(1)),
            plans: Semaphore::new((limit / 4).max(1)),
            keep_connections: AtomicBool::new(false),
        };
        context.fit(config);
        context
    }

    /// Idle connections hold no permit, so that they are kept only if all targets can have two at once.
    pub fn fit(&self, config: &Config) {
        let all = config.targets.len().saturating_mul(2);
        self.keep_connections.store(config.limits.max_connections >= all, Ordering::Relaxed);
    }
}

/// What the tasks of a target share.
#[derive(Debug)]
struct Watched {
    target: Target,
    fix: FixSpec,
    context: Arc<Context>,
    stop: CancellationToken,
    board: Mutex<Board>,
    requests: Requests,
}

impl Watched {
    /// Called by the scheduler: must not block.
    fn scheduled_check(&self) {
        let is_taken = self.requests.schedule_check();
        self.context.registry.update(&self.target.name, |status| {
            status.skipped += u64::from(!is_taken);
            status.next_check = self.target.schedule.next(Utc::now());
        });
    }

    /// After the target is reachable again: requests the counts that failed while it was not.
    fn want_uncounted(&self) {
        let board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        let invariants = &self.target.invariants;
        self.requests.count(|place| invariants.get(place).is_some_and(|config| board.lacks(&config.invariant.name)));
    }

    /// The last check reached the server.
    fn is_up(&self) -> bool {
        self.context.registry.target(&self.target.name).is_some_and(|status| status.up)
    }

    /// Changes the board and publishes its report, along with `also`.
    fn publish(&self, change: impl FnOnce(&mut Board), also: impl FnOnce(&mut TargetStatus)) {
        // A panic during a change leaves the board at worst out of date.
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut board);
        let report = board.report().map(Arc::new);
        // Published under the lock, so that publications are in the order of the changes.
        self.context.registry.update(&self.target.name, |status| {
            status.report = report.or_else(|| status.report.take());
            also(status);
        });
    }
}

/// A target under watch.
#[derive(Debug)]
pub struct Watch {
    watched: Arc<Watched>,
    tasks: TaskTracker,
    jobs: Vec<Job>,
}

impl Watch {
    /// Starts to watch `target`; the first check starts at once. The tasks end when `stop` is cancelled.
    pub async fn start(
        context: &Arc<Context>,
        config: &Config,
        target: &Target,
        stop: CancellationToken,
    ) -> Result<Self, ClockError> {
        let before = context.registry.target(&target.name);
        let board = Board::new(&target.invariants, before.as_ref().and_then(|status| status.report.as_deref()));
        let watched = Arc::new(Watched {
            target: target.clone(),
            fix: config.remediation(target).fix,
            context: Arc::clone(context),
            stop,
            board: Mutex::new(board),
            requests: Requests::new(target.invariants.len()),
        });
        context.registry.insert(status(target, before.as_deref()), watched.requests.clone());
        let jobs = schedule(&context.clock, &watched).await?;
        let tasks = TaskTracker::new();
        tasks.spawn(supervise(Arc::clone(&watched), schema::run));
        tasks.spawn(supervise(Arc::clone(&watched), plan::run));
        if !target.invariants.is_empty() {
            tasks.spawn(supervise(Arc::clone(&watched), count::run));
        }
        tasks.close();
        Ok(Self { watched, tasks, jobs })
    }

    pub fn target(&self) -> &Target {
        &self.watched.target
    }

    /// Tells the tasks to end; [`Self::stopped`] waits for it.
    pub fn stop(&self) {
        self.watched.stop.cancel();
    }

    /// Waits until all tasks have ended and closed their connections.
    pub async fn stopped(self) {
        for job in &self.jobs {
            if let Err(error) = self.watched.context.clock.forget(*job).await {
                // The job stays and wakes a task that has ended.
                warn!(target_name = self.watched.target.name, %error, "a job of a stopped watch stays scheduled");
            }
        }
        self.tasks.wait().await;
    }
}

/// The status of a target that was not checked yet; until then it keeps what was known before a reload.
fn status(target: &Target, before: Option<&TargetStatus>) -> TargetStatus {
    let now = Utc::now();
    TargetStatus {
        name: target.name.clone(),
        datname: target.source.database().to_owned(),
        scope: target.scope.as_str(),
        expected: target.expected.kind(),
        interval: target.schedule.longest_pause(now),
        expected_kinds: before.map(|status| status.expected_kinds.clone()).unwrap_or_default(),
        report: before.and_then(|status| status.report.clone()),
        // It may be for another expectation or other policies.
        plan: None,
        up: before.is_some_and(|status| status.up),
        last_success: before.and_then(|status| status.last_success),
        next_check: target.schedule.next(now),
        runs: before.map_or(0, |status| status.runs),
        failures: before.map_or(0, |status| status.failures),
        full_reads: before.map_or(0, |status| status.full_reads),
        skipped: before.map_or(0, |status| status.skipped),
    }
}

/// The message for a server that did not answer within `limit`.
fn silent(limit: Duration) -> String {
    format!("no answer within {} s: the server hangs, or the network does", limit.as_secs())
}

async fn schedule(clock: &Clock, watched: &Arc<Watched>) -> Result<Vec<Job>, ClockError> {
    let target = &watched.target;
    let on_tick = Arc::clone(watched);
    let mut jobs = vec![clock.at(&target.schedule, move || on_tick.scheduled_check()).await?];
    for (place, config) in target.invariants.iter().enumerate() {
        let on_tick = Arc::clone(watched);
        let schedule = config.schedule.as_ref().unwrap_or(&target.schedule);
        jobs.push(clock.at(schedule, move || on_tick.requests.count(|due| due == place)).await?);
    }
    Ok(jobs)
}

/// Runs a task until the target is stopped, and restarts it if it panics.
async fn supervise<F>(watched: Arc<Watched>, run: impl Fn(Arc<Watched>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        let Err(failure) = tokio::spawn(run(Arc::clone(&watched))).await else { return };
        let name = &watched.target.name;
        error!(target_name = name, %failure, "a task of the watch failed; this is a bug; restarting it");
        watched.requests.checking(false);
        let report = Report::failed(name, "internal error: see the log".into(), Duration::ZERO, Utc::now());
        watched.publish(|board| board.checked(report), |status| status.failures += 1);
        tokio::select! {
            () = watched.stop.cancelled() => return,
            () = tokio::time::sleep(RESTART_AFTER) => {}
        }
    }
}
