//! Live catalogs as they were last read for a plan. While no catalog row has changed since, the next plan does not read
//! the target again.
//!
//! A catalog is kept as long as its target differs from the expectation: it is as large as the schema.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::catalog::Catalog;

/// By target, database and schemas. Clones share one store.
#[derive(Clone, Debug, Default)]
pub struct Observed(Arc<Mutex<HashMap<String, Observation>>>);

#[derive(Debug)]
struct Observation {
    /// Taken before the read, so that a concurrent change is seen as a change.
    fingerprint: String,
    read_at: Instant,
    live: Arc<Catalog>,
}

impl Observed {
    /// The catalog that was read when the fingerprint was the same, no longer ago than `at_most`: the names of roles are in
    /// no catalog of the database.
    pub fn get(&self, of: &str, fingerprint: &str, at_most: Duration) -> Option<Arc<Catalog>> {
        let known = self.known();
        let observation = known.get(of).filter(|it| it.fingerprint == fingerprint && it.read_at.elapsed() < at_most)?;
        Some(Arc::clone(&observation.live))
    }

    /// Keeps a catalog that has just been read.
    pub fn put(&self, of: String, fingerprint: String, live: &Arc<Catalog>) {
        self.known().insert(of, Observation { fingerprint, read_at: Instant::now(), live: Arc::clone(live) });
    }

    pub fn forget(&self, of: &str) {
        self.known().remove(of);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Observation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
