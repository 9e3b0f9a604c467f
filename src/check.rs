//! One check of one target. (Replaced when the check is merged.)
//!
//! `check` may be dropped at any await: the connection in use is then closed, and the next check opens another.
use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::catalog::Kind;
use crate::drift::Scope;
use crate::expected::ExpectedSource;
use crate::pg::scratch::ScratchConfig;
use crate::pg::{Guards, Source};
use crate::policy::Policy;
use crate::report::{Read, Report, Verdict};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    Cheap,
    Full,
}

#[derive(Debug)]
pub struct CheckSpec {
    pub name: String,
    pub source: Source,
    pub guards: Guards,
    pub expected: ExpectedSource,
    pub scratch: ScratchConfig,
    pub schemas: Option<Vec<String>>,
    pub scope: Scope,
    pub policies: Vec<Policy>,
    pub full_read_every: Duration,
}

#[derive(Debug)]
pub struct Checker {
    spec: CheckSpec,
}

impl Checker {
    pub fn new(spec: CheckSpec) -> Self {
        Self { spec }
    }

    pub fn with_spellings(self, _spellings: BTreeSet<String>) -> Self {
        self
    }

    pub fn keeps_connection(&mut self, _keep: bool) {}

    pub fn take_learned_spellings(&mut self) -> Vec<String> {
        Vec::new()
    }

    pub fn expected_kinds(&self) -> Vec<Kind> {
        Vec::new()
    }

    pub async fn check(&mut self, _depth: Depth, now: DateTime<Utc>) -> Report {
        let connection = crate::pg::connect(&self.spec.source, &self.spec.guards).await;
        let error = connection.as_ref().err().map(ToString::to_string);
        Report {
            name: self.spec.name.clone(),
            verdict: if error.is_none() { Verdict::Holds } else { Verdict::Unknown },
            drift: Vec::new(),
            invariants: Vec::new(),
            unmodelled: Vec::new(),
            busy: Vec::new(),
            expired_policies: Vec::new(),
            warnings: Vec::new(),
            reached: error.is_none(),
            error,
            duration: Duration::from_millis(1),
            read: Some(Read::Full),
            checked_at: now,
            server_version: None,
        }
    }
}
