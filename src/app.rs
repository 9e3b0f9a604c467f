//! The application: builds everything from the configuration, runs it, reloads it, and stops it within a bound.
//!
//! Decides nothing about schemas, and talks to no target itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

use crate::watch::Registry;

/// A target that does not answer must not keep the whole daemon out of service for longer than this.
const READY_AFTER: Duration = Duration::from_secs(30);

/// Asks for a reload; the answer says whether the new configuration is in force.
pub type ReloadRequest = oneshot::Sender<Result<(), String>>;

/// What the outside faces (HTTP, metrics, alerts) hold of the daemon.
#[derive(Clone, Debug)]
pub struct AppHandle {
    pub registry: Arc<Registry>,
    pub status: Arc<DaemonStatus>,
    pub reload: mpsc::Sender<ReloadRequest>,
}

impl AppHandle {
    /// Reads the configuration again. The error says what is wrong with it; the old one then stays in force.
    pub async fn reload(&self) -> Result<(), String> {
        let stopping = || "the daemon is stopping".to_owned();
        let (answer, answered) = oneshot::channel();
        self.reload.send(answer).await.map_err(|_| stopping())?;
        answered.await.map_err(|_| stopping())?
    }

    /// Whether what is published can be relied upon: every target was attempted once, or had its time.
    pub fn ready(&self, now: DateTime<Utc>) -> bool {
        let had_its_time = (now - self.status.started_at).to_std().is_ok_and(|age| age > READY_AFTER);
        had_its_time || self.registry.targets().iter().all(|target| target.report.is_some())
    }
}

/// The daemon's own condition.
#[derive(Debug)]
pub struct DaemonStatus {
    pub started_at: DateTime<Utc>,
    reload: Mutex<Reload>,
}

/// How the last attempt to read the configuration went. Starting counts as the first.
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
}
