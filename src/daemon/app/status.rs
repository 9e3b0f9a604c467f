//! Periodic looks at the state store and at the applications: whether the store works, what it records of remediations,
//! and whether an application reports degraded mode while the store is silent about it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::{AppHandle, in_full};
use crate::daemon::config::Config;
use crate::daemon::remediate::Remediator;
use crate::daemon::watch::Registry;
use crate::domain::report::StoreStatus;
use crate::state::State;

/// Interval between two tests of the state store.
const BETWEEN_PROOFS: Duration = Duration::from_secs(10);

/// Interval between two reads of what other daemons have written to it.
const BETWEEN_LOOKS: Duration = Duration::from_secs(30);

/// Interval between two requests to an application whose state no journal records.
const BETWEEN_QUESTIONS: Duration = Duration::from_mins(1);

/// Tests the state store and reads it: other daemons may share it, and may crash during a remediation.
pub async fn stay_informed(
    app: AppHandle,
    mut store: StoreWatch,
    config: watch::Receiver<Arc<Config>>,
    stop: CancellationToken,
) {
    let state = app.remediator.state().clone();
    let mut looked = Instant::now();
    while stop.run_until_cancelled(tokio::time::sleep(BETWEEN_PROOFS)).await.is_some() {
        let worked = store.works;
        if store.look(&state, &app.registry).await && (!worked || looked.elapsed() >= BETWEEN_LOOKS) {
            let config = Arc::clone(&config.borrow());
            resume(&app.remediator, &config).await;
            looked = Instant::now();
        }
    }
}

/// Logs changes of the state store's status and notifies the readers of the registry.
#[derive(Debug)]
pub struct StoreWatch {
    changes: watch::Receiver<StoreStatus>,
    works: bool,
    last_reason: Option<String>,
}

impl StoreWatch {
    pub fn new(state: &State) -> Self {
        Self { changes: state.status(), works: true, last_reason: None }
    }

    /// Whether the store works. Errors that other tasks have met since the last look count as well.
    pub async fn look(&mut self, state: &State, registry: &Registry) -> bool {
        // The store publishes the result itself.
        let _ = state.prove().await;
        let down = self.changes.borrow_and_update().down.clone();
        let why = down.map(|down| down.why);
        if let Some(why) = why.as_ref().filter(|why| self.last_reason.as_ref() != Some(why)) {
            error!("{why}; watching continues, and no remediation starts");
        }
        if why.is_none() && !self.works {
            info!("the state store works again");
        }
        if why.is_some() || !self.works {
            registry.touch();
        }
        self.works = why.is_none();
        self.last_reason = why;
        self.works
    }
}

/// Asks applications whether they are degraded, where no journal records it.
pub async fn ask_applications(remediator: Arc<Remediator>, config: watch::Receiver<Arc<Config>>) {
    let mut changes = remediator.state().status();
    loop {
        changes.mark_unchanged();
        let config = Arc::clone(&config.borrow());
        let all: Vec<_> = config.targets.iter().map(|target| config.remediation(target)).collect();
        remediator.ask_applications(&all).await;
        // The store outlives this task: the channel does not close, so that this loop cannot spin.
        let _ = tokio::time::timeout(BETWEEN_QUESTIONS, changes.changed()).await;
    }
}

/// Resumes remediations that an earlier process has left unfinished.
pub async fn resume(remediator: &Arc<Remediator>, config: &Config) {
    let settings = |name: &str| {
        let target = config.targets.iter().find(|target| target.name == name)?;
        Some(Arc::new(config.remediation(target)))
    };
    if let Err(error) = remediator.resume(settings).await {
        error!("cannot resume unfinished remediations: {}", in_full(&error));
    }
}
