//! The application: builds everything from the configuration, runs it, reloads it, and stops it within a bound.
//!
//! Decides nothing about schemas, and talks to no target itself.

mod status;
mod systemd;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::daemon::config::Config;
use crate::daemon::remediate::Remediator;
use crate::daemon::watch::{Clock, ClockError, Context, Registry, Watch};
use crate::domain::alert::Seen;
use crate::domain::report::StoreStatus;
use crate::state::State;
use status::{StoreWatch, ask_applications, resume, stay_informed};

/// Readiness does not wait longer than this for the first check of a target that does not answer.
const READY_AFTER: Duration = Duration::from_secs(30);

/// Upper bound on a shutdown, even if a task hangs.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// Why the daemon did not start, or did not stop cleanly.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("cannot start the schedules")]
    Clock(#[from] ClockError),
    #[error("cannot listen for signals")]
    Signals(#[from] std::io::Error),
    #[error("a task did not stop within {} s and was abandoned", STOP_LIMIT.as_secs())]
    Late,
    #[error("stopped at once by a second signal")]
    Forced,
}

/// A request to reload; the answer says whether the new configuration is in force.
pub type ReloadRequest = oneshot::Sender<Result<(), String>>;

/// What HTTP, metrics and alerts use of the daemon.
#[derive(Clone, Debug)]
pub struct AppHandle {
    pub registry: Arc<Registry>,
    pub status: Arc<DaemonStatus>,
    pub reload: mpsc::Sender<ReloadRequest>,
    pub remediator: Arc<Remediator>,
}

impl AppHandle {
    /// Reads the configuration again. On an error the old one stays in force.
    pub async fn reload(&self) -> Result<(), String> {
        let stopping = || "the daemon is stopping".to_owned();
        let (answer, answered) = oneshot::channel();
        self.reload.send(answer).await.map_err(|_| stopping())?;
        answered.await.map_err(|_| stopping())?
    }

    /// The published state that alerts are made from.
    pub fn seen(&self) -> Seen {
        Seen { targets: self.registry.targets(), remediations: self.remediator.statuses(), store: self.store() }
    }

    /// Whether the state store works.
    pub fn store(&self) -> StoreStatus {
        self.remediator.state().status().borrow().clone()
    }

    /// Ready: every target was checked once or has used up its time, and the state store works. Otherwise the reason,
    /// for people.
    pub fn ready(&self, now: DateTime<Utc>) -> Result<(), String> {
        if let Some(down) = self.store().down {
            return Err(format!(
                "Targets are watched, but no remediation can begin, and one that is under way waits: {}.",
                down.why
            ));
        }
        let had_its_time = (now - self.status.started_at).to_std().is_ok_and(|age| age > READY_AFTER);
        let targets = self.registry.targets();
        let waiting: Vec<_> =
            targets.iter().filter(|target| target.report.is_none()).map(|target| &*target.name).collect();
        if had_its_time || waiting.is_empty() {
            return Ok(());
        }
        Err(format!("The first check has not ended yet of: {}.", waiting.join(", ")))
    }
}

/// The daemon's own condition.
#[derive(Debug)]
pub struct DaemonStatus {
    pub started_at: DateTime<Utc>,
    reload: Mutex<Reload>,
}

/// Result of the last attempt to read the configuration. The read at the start is the first attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reload {
    pub successful: bool,
    pub last_success: DateTime<Utc>,
}

impl DaemonStatus {
    pub fn new(now: DateTime<Utc>) -> Self {
        Self { started_at: now, reload: Mutex::new(Reload { successful: true, last_success: now }) }
    }

    pub fn last_reload(&self) -> Reload {
        *self.reload.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reloaded(&self, successful: bool, now: DateTime<Utc>) {
        let mut reload = self.reload.lock().unwrap_or_else(PoisonError::into_inner);
        reload.successful = successful;
        if successful {
            reload.last_success = now;
        }
    }
}

/// The running daemon. What else serves it (HTTP, notifications) runs on [`App::tasks`] until [`App::stop_token`].
#[derive(Debug)]
pub struct App {
    config: watch::Sender<Arc<Config>>,
    handle: AppHandle,
    context: Arc<Context>,
    watches: BTreeMap<String, Watch>,
    reloads: mpsc::Receiver<ReloadRequest>,
    signals: Signals,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl App {
    /// Opens the store, and starts to watch every target.
    pub async fn start(config: Config) -> Result<Self, AppError> {
        let signals = Signals::listen()?;
        config.warnings.iter().for_each(|warning| warn!("{warning}"));
        let registry = Arc::new(Registry::default());
        let state = State::unopened(&config.state);
        let stop = CancellationToken::new();
        let remediator = Arc::new(Remediator::new(state.clone(), stop.clone()));
        let mut store = StoreWatch::new(&state);
        if store.look(&state, &registry).await {
            resume(&remediator, &config).await;
        }
        let set = Arc::clone(&registry);
        let clock = Clock::start(move |by| set.clock_was_set(by)).await?;
        let context = Arc::new(Context::new(Arc::clone(&registry), clock, state, &config));
        let (reload, reloads) = mpsc::channel(1);
        let handle = AppHandle { registry, status: Arc::new(DaemonStatus::new(Utc::now())), reload, remediator };
        let config = watch::Sender::new(Arc::new(config));
        let tasks = TaskTracker::new();
        tasks.spawn(stay_informed(handle.clone(), store, config.subscribe(), stop.clone()));
        let asks = ask_applications(Arc::clone(&handle.remediator), config.subscribe());
        tasks.spawn(stop.clone().run_until_cancelled_owned(asks));
        let mut app = Self { config, handle, context, watches: BTreeMap::new(), reloads, signals, stop, tasks };
        app.start_missing().await?;
        Ok(app)
    }

    pub fn handle(&self) -> AppHandle {
        self.handle.clone()
    }

    /// The configuration in force, now and after each reload.
    pub fn config(&self) -> watch::Receiver<Arc<Config>> {
        self.config.subscribe()
    }

    /// Cancelled when the daemon stops; cancelling it stops the daemon.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Tasks spawned here are awaited, within a bound, when the daemon stops.
    pub fn tasks(&self) -> TaskTracker {
        self.tasks.clone()
    }

    /// Runs until SIGTERM, SIGINT or the stop token, and then ends everything within a bound.
    pub async fn run(mut self) -> Result<(), AppError> {
        systemd::ready();
        self.tasks.spawn(systemd::watchdog(self.context.clock.clone(), self.stop.clone()));
        loop {
            tokio::select! {
                asked = self.signals.next() => match asked {
                    Asked::Reload => { let _logged = self.reload().await; }
                    Asked::Stop => break,
                },
                () = self.stop.cancelled() => break,
                Some(answer) = self.reloads.recv() => {
                    // The requester may have gone away; the outcome is logged as well.
                    let _ = answer.send(self.reload().await);
                }
            }
        }
        self.drain().await
    }

    /// Reads the configuration again; an invalid one changes nothing.
    async fn reload(&mut self) -> Result<(), String> {
        systemd::reloading();
        let outcome = self.load_and_apply().await;
        systemd::ready();
        self.handle.status.reloaded(outcome.is_ok(), Utc::now());
        match &outcome {
            Ok(()) => info!(targets = self.watches.len(), "the configuration was reloaded"),
            Err(error) => error!("the configuration was not reloaded, the old one stays in force: {error}"),
        }
        outcome
    }

    async fn load_and_apply(&mut self) -> Result<(), String> {
        let path = self.config.borrow().path.clone();
        let loading = tokio::task::spawn_blocking(move || Config::load_to_serve(&path));
        let read = loading.await.map_err(|error| error.to_string())?.map_err(|error| in_full(&error))?;
        let config = Config { known: self.config.borrow().known.clone(), ..read };
        self.apply(config).await.map_err(|error| in_full(&error))
    }

    /// Puts `new` in force. Targets whose configuration is unchanged are not restarted.
    async fn apply(&mut self, new: Config) -> Result<(), AppError> {
        new.warnings.iter().for_each(|warning| warn!("{warning}"));
        let old = self.config.send_replace(Arc::new(new));
        let new = Arc::clone(&self.config.borrow());
        for (what, changed) in [
            ("server.listen", new.server.listen != old.server.listen),
            ("state", new.state != old.state),
            // A replaced certificate is used at once. Switching between TLS and plain HTTP needs a restart: other hosts
            // can listen on the open port.
            ("whether server.tls_cert is given", new.server.tls.is_some() != old.server.tls.is_some()),
            ("log", new.log != old.log),
        ] {
            if changed {
                warn!("a new value of {what} takes effect when the daemon is restarted");
            }
        }
        // A target's connections belong to the budget under which it was started.
        let everything = new.limits != old.limits;
        let same = |watch: &Watch| new.targets.iter().any(|target| target.same_as(watch.target()));
        let (kept, stopped) =
            std::mem::take(&mut self.watches).into_iter().partition(|(_, watch)| !everything && same(watch));
        self.watches = kept;
        stop_all(stopped).await;
        for status in self.handle.registry.targets() {
            if !new.targets.iter().any(|target| target.name == status.name) {
                self.handle.registry.remove(&status.name);
            }
        }
        if everything {
            let (registry, clock) = (Arc::clone(&self.context.registry), self.context.clock.clone());
            self.context = Arc::new(Context::new(registry, clock, self.context.state.clone(), &new));
        }
        self.context.fit(&new);
        self.start_missing().await
    }

    async fn start_missing(&mut self) -> Result<(), AppError> {
        let config = Arc::clone(&self.config.borrow());
        for target in &config.targets {
            if !self.watches.contains_key(&target.name) {
                let watch = Watch::start(&self.context, &config, target, self.stop.child_token()).await?;
                self.watches.insert(target.name.clone(), watch);
            }
        }
        Ok(())
    }

    async fn drain(self) -> Result<(), AppError> {
        info!("stopping");
        systemd::stopping();
        self.stop.cancel();
        self.tasks.close();
        let Self { watches, tasks, context, handle, mut signals, .. } = self;
        let everything = async {
            tokio::join!(stop_all(watches), tasks.wait());
            handle.remediator.stopped().await;
            context.state.close().await;
        };
        let impatient = async { while signals.next().await != Asked::Stop {} };
        tokio::select! {
            () = everything => Ok(()),
            () = impatient => Err(AppError::Forced),
            () = tokio::time::sleep(STOP_LIMIT) => Err(AppError::Late),
        }
    }
}

#[derive(Debug)]
struct Signals {
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self, std::io::Error> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.hangup.recv() => Asked::Reload,
            _ = self.terminate.recv() => Asked::Stop,
            _ = self.interrupt.recv() => Asked::Stop,
        }
    }
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Reload,
    Stop,
}

/// Stops all concurrently and waits for all within one bound: a watch that hangs must not hold up a reload.
async fn stop_all(watches: BTreeMap<String, Watch>) {
    watches.values().for_each(Watch::stop);
    let stopped = watches.into_iter().map(|(name, watch)| async move {
        if tokio::time::timeout(STOP_LIMIT, watch.stopped()).await.is_err() {
            warn!(target_name = name, "the watch of this target did not stop and was abandoned");
        }
    });
    join_all(stopped).await;
}

/// An error with its causes, for people.
fn in_full(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
