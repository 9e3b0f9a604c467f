//! When each drift of one target was first seen: in memory, and persisted in the state store.
//!
//! A store that fails loses this over a restart, but fails no check.

use chrono::{DateTime, SubsecRound as _, Utc};
use tracing::{error, info};

use crate::domain::report::Drift;
use crate::state::{DriftKey, FirstSeen, State, StateError};

#[derive(Debug)]
pub struct Memory {
    target: String,
    state: State,
    known: FirstSeen,
    /// The content of the store; `None` until it was read.
    stored: Option<FirstSeen>,
    failing: bool,
}

impl Memory {
    pub fn new(target: &str, state: State) -> Self {
        Self { target: target.to_owned(), state, known: FirstSeen::new(), stored: None, failing: false }
    }

    /// Stamps each drift with the time when it was first seen. Only a complete check removes a drift.
    pub async fn stamp(&mut self, drift: &mut [Drift], complete: bool, now: DateTime<Utc>) {
        // The store has milliseconds: an alert's start time must stay identical after a restart.
        let now = now.trunc_subsecs(3);
        let read = self.read().await;
        remember(&mut self.known, drift, complete, now);
        let outcome = match read {
            Ok(()) => self.write().await,
            Err(error) => Err(error),
        };
        match outcome {
            Err(error) if !self.failing => {
                error!(target_name = self.target, %error, "state store unavailable; drift start times will be lost \
                    on restart");
                self.failing = true;
            }
            Ok(()) if self.failing => {
                info!(target_name = self.target, "the state store works again");
                self.failing = false;
            }
            Ok(()) | Err(_) => {}
        }
    }

    async fn read(&mut self) -> Result<(), StateError> {
        if self.stored.is_none() {
            let stored = self.state.first_seen(&self.target).await?;
            // The stored times are older than any since the start.
            self.known.extend(stored.clone());
            self.stored = Some(stored);
        }
        Ok(())
    }

    async fn write(&mut self) -> Result<(), StateError> {
        if self.stored.as_ref() != Some(&self.known) {
            self.state.keep_first_seen(&self.target, &self.known).await?;
            self.stored = Some(self.known.clone());
        }
        Ok(())
    }
}

fn remember(known: &mut FirstSeen, drift: &mut [Drift], complete: bool, now: DateTime<Utc>) {
    let mut present = FirstSeen::new();
    for drift in drift {
        let key = DriftKey::from(&*drift);
        let since = known.get(&key).copied().unwrap_or(now);
        drift.first_seen = Some(since);
        present.insert(key, since);
    }
    if complete {
        *known = present;
    } else {
        known.extend(present);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::catalog::{Kind, Severity};
    use crate::domain::report::Change;
    use crate::state::StateLocation;

    fn drift(object: &str) -> Drift {
        Drift {
            object: object.into(),
            kind: Kind::Table,
            change: Change::Missing,
            severity: Severity::Critical,
            expected: None,
            live: None,
            detail: String::new(),
            first_seen: None,
            last_known: false,
            maybe_spelling: false,
            subject: crate::domain::catalog::Object::Table(crate::domain::name::QName::new("public", "t")),
            counterpart: None,
        }
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    async fn stamped(memory: &mut Memory, objects: &[&str], complete: bool, second: i64) -> Vec<i64> {
        let mut drifts: Vec<_> = objects.iter().map(|object| drift(object)).collect();
        memory.stamp(&mut drifts, complete, at(second)).await;
        drifts.iter().map(|drift| drift.first_seen.unwrap().timestamp()).collect()
    }

    #[tokio::test]
    async fn only_complete_checks_forget() {
        let mut memory = Memory::new("t", State::unopened(&StateLocation::File("/proc/nowhere".into())));
        assert_eq!(stamped(&mut memory, &["a", "b"], true, 1).await, [1, 1]);
        assert_eq!(stamped(&mut memory, &["b"], false, 2).await, [1]);
        assert_eq!(stamped(&mut memory, &["a", "c"], true, 3).await, [1, 3]);
        assert_eq!(stamped(&mut memory, &["a", "b"], true, 4).await, [1, 4]);
    }

    #[tokio::test]
    async fn survives_a_restart_and_a_store_that_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = StateLocation::File(folder.path().join("state.db"));
        let state = State::open(&path).await.unwrap();
        let mut memory = Memory::new("t", state.clone());
        assert_eq!(stamped(&mut memory, &["a"], true, 1).await, [1]);
        state.close().await;
        assert_eq!(stamped(&mut memory, &["a", "b"], true, 2).await, [1, 2]);
        assert!(memory.failing);

        let mut memory = Memory::new("t", State::open(&path).await.unwrap());
        assert_eq!(stamped(&mut memory, &["a", "b"], true, 3).await, [1, 3]);
    }
}
