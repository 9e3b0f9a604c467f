//! How things stand: whether the state store works, what it says of remediations, and what applications say where it does not.

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

/// How often to see whether the state store works.
const BETWEEN_PROOFS: Duration = Duration::from_secs(10);

/// How often to look into it for what other daemons have written there.
const BETWEEN_LOOKS: Duration = Duration::from_secs(30);

/// How often to ask an application whether it is degraded, where nothing else says so.
const BETWEEN_QUESTIONS: Duration = Duration::from_mins(1);

/// Looks whether the state store works, and into it: others may share it, and die in the middle.
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

/// Logs what becomes of the state store, and tells those who read what is published.
#[derive(Debug)]
pub struct StoreWatch {
    changes: watch::Receiver<StoreStatus>,
    works: bool,
    said: Option<String>,
}

impl StoreWatch {
    pub fn new(state: &State) -> Self {
        Self { changes: state.status(), works: true, said: None }
    }

    /// Whether it works. What anybody else has met since the last look counts as well.
    pub async fn look(&mut self, state: &State, registry: &Registry) -> bool {
        // What comes of it is published by the store itself.
        let _ = state.prove().await;
        let down = self.changes.borrow_and_update().down.clone();
        let why = down.map(|down| down.why);
        if let Some(why) = why.as_ref().filter(|why| self.said.as_ref() != Some(why)) {
            error!("{why}; watching continues, and no remediation starts");
        }
        if why.is_none() && !self.works {
            info!("the state store works again");
        }
        if why.is_some() || !self.works {
            registry.touch();
        }
        self.works = why.is_none();
        self.said = why;
        self.works
    }
}

/// Asks applications whether they are degraded, where nothing else says so.
pub async fn ask_applications(remediator: Arc<Remediator>, config: watch::Receiver<Arc<Config>>) {
    let mut changes = remediator.state().status();
    loop {
        changes.mark_unchanged();
        let config = Arc::clone(&config.borrow());
        let all: Vec<_> = config.targets.iter().map(|target| config.remediation(target)).collect();
        remediator.ask_applications(&all).await;
        // The store cannot go before this does.
        let _ = tokio::time::timeout(BETWEEN_QUESTIONS, changes.changed()).await;
    }
}

/// Takes up remediations that an earlier process has left.
pub async fn resume(remediator: &Arc<Remediator>, config: &Config) {
    let settings = |name: &str| {
        let target = config.targets.iter().find(|target| target.name == name)?;
        Some(Arc::new(config.remediation(target)))
    };
    if let Err(error) = remediator.resume(settings).await {
        error!("cannot resume unfinished remediations: {}", in_full(&error));
    }
}
