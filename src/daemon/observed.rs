//! Live catalogs as they were last read for a plan. While no catalog row has changed since, the next plan does not read
//! the target again.
//!
//! A catalog is kept as long as its target differs from the expectation: it is as large as the schema.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::check::CheckSpec;
use crate::domain::catalog::Catalog;

/// By target. Clones share one store.
#[derive(Clone, Debug, Default)]
pub struct Observed(Arc<Mutex<HashMap<String, Observation>>>);

#[derive(Debug)]
struct Observation {
    /// What was read: the database and the schemas.
    of: (String, Option<Vec<String>>),
    /// Taken before the read, so that a concurrent change is seen as a change.
    fingerprint: String,
    live: Arc<Catalog>,
}

impl Observed {
    /// The catalog that was read when the fingerprint was the same.
    pub fn get(&self, check: &CheckSpec, fingerprint: &str) -> Option<Arc<Catalog>> {
        let known = self.known();
        let observation = known.get(&check.name)?;
        let is_same = observation.of == read_of(check) && observation.fingerprint == fingerprint;
        is_same.then(|| Arc::clone(&observation.live))
    }

    pub fn put(&self, check: &CheckSpec, fingerprint: String, live: &Arc<Catalog>) {
        let observation = Observation { of: read_of(check), fingerprint, live: Arc::clone(live) };
        self.known().insert(check.name.clone(), observation);
    }

    pub fn forget(&self, check: &CheckSpec) {
        self.known().remove(&check.name);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Observation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_of(check: &CheckSpec) -> (String, Option<Vec<String>>) {
    (check.source.address(), check.schemas.clone())
}
