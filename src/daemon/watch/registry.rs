//! The registry: the current knowledge about every target. The only source of pages, metrics and alerts.
//!
//! Reading it never waits for a target: it holds finished values only, and its locks are never held over I/O.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::TimeDelta;
use tokio::sync::watch;

use super::Requests;
use crate::domain::report::TargetStatus;

/// Every watched target with its last published status.
#[derive(Debug)]
pub struct Registry {
    entries: RwLock<BTreeMap<String, Entry>>,
    version: watch::Sender<u64>,
}

#[derive(Debug)]
struct Entry {
    status: Arc<TargetStatus>,
    requests: Requests,
}

impl Default for Registry {
    fn default() -> Self {
        Self { entries: RwLock::default(), version: watch::Sender::new(0) }
    }
}

impl Registry {
    /// Every target, by name.
    pub fn targets(&self) -> Vec<Arc<TargetStatus>> {
        self.read(|entries| entries.values().map(|entry| Arc::clone(&entry.status)).collect())
    }

    pub fn target(&self, name: &str) -> Option<Arc<TargetStatus>> {
        self.read(|entries| entries.get(name).map(|entry| Arc::clone(&entry.status)))
    }

    /// Requests a check as soon as possible. Requests before its start are merged. `None`: no such target.
    pub fn request_check(&self, name: &str) -> Option<()> {
        self.read(|entries| entries.get(name).map(|entry| entry.requests.command_check()))
    }

    /// A number that grows with every publication.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Wakes subscribers, because something published elsewhere has changed.
    pub fn touch(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// Adds a target, or replaces the one of the same name. `requests` receives [`Self::request_check`].
    pub(crate) fn insert(&self, status: TargetStatus, requests: Requests) {
        let name = status.name.clone();
        self.write(|entries| entries.insert(name, Entry { status: Arc::new(status), requests }));
    }

    pub(crate) fn remove(&self, name: &str) {
        self.write(|entries| entries.remove(name));
    }

    /// Changes the status of a target. A target that was removed in between stays removed.
    pub(crate) fn update(&self, name: &str, change: impl FnOnce(&mut TargetStatus)) {
        self.write(|entries| {
            if let Some(entry) = entries.get_mut(name) {
                change(Arc::make_mut(&mut entry.status));
            }
        });
    }

    /// Shifts all times by the step of the wall clock, so that ages stay the same.
    pub(crate) fn clock_was_set(&self, by: TimeDelta) {
        self.write(|entries| {
            for entry in entries.values_mut() {
                let status = Arc::make_mut(&mut entry.status);
                status.last_success = status.last_success.and_then(|at| at.checked_add_signed(by));
            }
        });
    }

    fn read<T>(&self, look: impl FnOnce(&BTreeMap<String, Entry>) -> T) -> T {
        // A writer that panicked leaves consistent values: each change is one assignment.
        look(&self.entries.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut BTreeMap<String, Entry>) -> T) -> T {
        let changed = change(&mut self.entries.write().unwrap_or_else(PoisonError::into_inner));
        self.touch();
        changed
    }
}
