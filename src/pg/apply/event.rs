//! Events of a run: enough for a progress bar, a structured log or a stream of events.
//!
//! Plain data. Contains no row's values, and of other sessions no more than the beginning of their query.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use squawk_lexer::{LiteralKind, TokenKind};

use crate::domain::plan::as_millis;
use crate::domain::script::tokens::tokens;

const QUERY_CHARS: usize = 80;

/// One event.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The lease is held; nothing has been sent yet.
    Begun { plan: String, segments: usize, steps: usize },
    /// The step's condition already holds, so that nothing is sent.
    Skipped { step: Place },
    /// A statement is sent. In a transaction it takes effect only with `Done`.
    Started { step: Place, attempt: u32 },
    /// It waits for locks. Repeated when the blockers change, and every few seconds.
    Waiting { step: Place, blockers: Vec<Blocker> },
    /// The attempt was rolled back, and another follows.
    Retrying {
        step: Place,
        /// The attempt that has failed, from 1.
        attempt: u32,
        of: u32,
        #[serde(rename = "pause_ms", serialize_with = "as_millis")]
        pause: Duration,
        reason: String,
    },
    /// A leftover of an interrupted statement was dropped, before or after the step.
    DroppedDead { step: Place, index: String },
    /// The rows violate the step's constraint, which was dropped again because it would refuse new rows.
    TakenBack { step: Place, statement: String },
    /// `done` of `total` units: pages of a table in batches, blocks of an index build.
    Progress {
        step: Place,
        /// The phase that the server reports; empty in batches.
        phase: String,
        done: u64,
        total: u64,
        /// Rows changed so far, or 0.
        rows: u64,
    },
    /// Batches are slowed down for other sessions or replicas.
    Paused { step: Place, reason: Pause },
    /// The step's condition holds, and is committed.
    Done {
        step: Place,
        #[serde(rename = "elapsed_ms", serialize_with = "as_millis")]
        elapsed: Duration,
        rows: u64,
    },
    /// All steps are done or were skipped.
    Finished {
        carried_out: usize,
        skipped: usize,
        #[serde(rename = "elapsed_ms", serialize_with = "as_millis")]
        elapsed: Duration,
    },
}

/// The place of a step in a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// From 1.
    pub number: usize,
    pub of: usize,
    pub action: Arc<str>,
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} of {} ({})", self.number, self.of, self.action)
    }
}

/// Why batches are slowed down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// Another session waited for rows that a batch had locked.
    Waiters,
    /// A standby or a subscriber is behind.
    Replication,
}

/// A session that holds a lock that a step waits for, or is before it in the lock's queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blocker {
    /// 0: a prepared transaction.
    pub pid: i32,
    pub user: Option<String>,
    pub application: Option<String>,
    /// `client backend`, `autovacuum worker` …
    pub backend: Option<String>,
    pub state: Option<String>,
    /// Start of its transaction or, without a state, of the session.
    pub since: Option<DateTime<Utc>>,
    /// The first characters of its last query, on one line. `None`: not visible to this role.
    pub query: Option<String>,
}

impl Blocker {
    /// The beginning of a query without its literals: they may be secrets, and journals are kept.
    pub(super) fn excerpt(query: &str) -> String {
        without_literals(query).trim().chars().take(QUERY_CHARS).collect()
    }
}

impl Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pid == 0 {
            return f.write_str("a prepared transaction (see pg_prepared_xacts)");
        }
        write!(f, "pid {}", self.pid)?;
        if let Some(backend) = self.backend.as_deref().filter(|backend| *backend != "client backend") {
            write!(f, " ({backend})")?;
        }
        let shown = |what: &Option<String>| what.clone().filter(|what| !what.is_empty());
        if let Some(user) = shown(&self.user) {
            write!(f, ", user {user}")?;
        }
        if let Some(application) = shown(&self.application) {
            write!(f, ", application {application}")?;
        }
        let since = self.since.map(|since| since.to_rfc3339_opts(SecondsFormat::Secs, true));
        match (shown(&self.state), since) {
            (Some(state), Some(since)) => write!(f, ", {state}, in a transaction since {since}")?,
            (Some(state), None) => write!(f, ", {state}")?,
            (None, Some(since)) => write!(f, ", since {since}")?,
            (None, None) => {}
        }
        if let Some(query) = shown(&self.query) {
            write!(f, ": {query}")?;
        }
        Ok(())
    }
}

/// On one line, without comments, and without literals as far as their ends are certain; then `…`.
fn without_literals(query: &str) -> String {
    let mut out = String::new();
    for token in tokens(query) {
        match token.kind {
            TokenKind::Literal { kind } => {
                out.push('?');
                // The end of a string with backslashes depends on settings.
                let is_plain = matches!(kind, LiteralKind::Str { .. } | LiteralKind::NationalStr { .. });
                if is_plain && token.text.contains('\\') {
                    out.push('…');
                    break;
                }
            }
            _ if !token.is_blank() => out.push_str(token.text),
            _ if !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
    }
    out
}

/// Sessions as a list, for messages.
pub(super) fn list(blockers: &[Blocker]) -> String {
    blockers.iter().map(Blocker::to_string).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_a_query_are_removed() {
        for (query, kept) in [
            (
                "update posts\n set body = 'it''s', n = -17.5e3 where t1.id2 = $1",
                "update posts set body = ?, n = -? where t1.id2 = $1",
            ),
            (
                "select 1 -- it's\n from t where a = 'secret' /* 's */ and b = E'se\\'cret'",
                "select ? from t where a = ? and b = ?",
            ),
            ("alter role x password 'se\\'cret' login", "alter role x password ?…"),
            ("do $x$ secret $x$ language sql", "do ? language sql"),
            ("do $x$ secret", "do ?"),
            ("select 'never ended", "select ?"),
        ] {
            assert_eq!(Blocker::excerpt(query), kept);
        }
    }
}
