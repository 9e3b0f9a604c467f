//! What is told while a plan is carried out: enough for a progress bar, a structured log or a stream of events.
//!
//! Plain data. Holds no row's values, and of other sessions no more than the first words of their query.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use squawk_lexer::{LiteralKind, TokenKind};

use crate::domain::plan::as_millis;
use crate::domain::script::tokens::tokens;

const QUERY_CHARS: usize = 80;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The database is ours; nothing has been sent yet.
    Begun { plan: String, segments: usize, steps: usize },
    /// What the step ensures already satisfied, skipped: nothing is sent.
    Skipped { step: Place },
    /// A statement is sent. Within a transaction it counts only when `Done` is told.
    Started { step: Place, attempt: u32 },
    /// It waits for locks that others hold. Told again when others hold them, and every few seconds.
    Waiting { step: Place, blockers: Vec<Blocker> },
    /// It was given up for now, and rolled back.
    Retrying {
        step: Place,
        /// Of the attempt that has failed, from 1.
        attempt: u32,
        of: u32,
        #[serde(rename = "pause_ms", serialize_with = "as_millis")]
        pause: Duration,
        reason: String,
    },
    /// Something that an interrupted statement had left behind was removed first, or afterwards.
    DroppedDead { step: Place, index: String },
    /// The rows refused the step, and what the plan had added for it was taken away again, as it would refuse new rows.
    TakenBack { step: Place, statement: String },
    /// `done` of `total` units: pages of a table in batches, blocks of a build.
    Progress {
        step: Place,
        /// What the server says that it is doing; empty in batches.
        phase: String,
        done: u64,
        total: u64,
        /// Rows changed so far; 0 where none are.
        rows: u64,
    },
    /// Batches go slower for the sake of others.
    Paused { step: Place, reason: Pause },
    /// What the step ensures holds, and is committed.
    Done {
        step: Place,
        #[serde(rename = "elapsed_ms", serialize_with = "as_millis")]
        elapsed: Duration,
        rows: u64,
    },
    /// All steps are done, or held before.
    Finished {
        carried_out: usize,
        skipped: usize,
        #[serde(rename = "elapsed_ms", serialize_with = "as_millis")]
        elapsed: Duration,
    },
}

/// Which step of a plan.
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

/// Why batches go slower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// Another session waited for rows that a batch had locked.
    Waiters,
    /// A standby, or a subscriber, is behind.
    Replication,
}

/// A session that holds, or awaits before us, a lock that a step waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blocker {
    /// 0: a prepared transaction.
    pub pid: i32,
    pub user: Option<String>,
    pub application: Option<String>,
    /// `client backend`, `autovacuum worker` …
    pub backend: Option<String>,
    pub state: Option<String>,
    /// When its transaction began; without a state, when it began itself.
    pub since: Option<DateTime<Utc>>,
    /// The first characters of its last query, on one line. `None`: our role may not see it.
    pub query: Option<String>,
}

impl Blocker {
    /// Keeps the beginning of a query, without its literals: they may be secrets, and this is kept in journals.
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
        let said = |what: &Option<String>| what.clone().filter(|what| !what.is_empty());
        if let Some(user) = said(&self.user) {
            write!(f, ", user {user}")?;
        }
        if let Some(application) = said(&self.application) {
            write!(f, ", application {application}")?;
        }
        let since = self.since.map(|since| since.to_rfc3339_opts(SecondsFormat::Secs, true));
        match (said(&self.state), since) {
            (Some(state), Some(since)) => write!(f, ", {state}, in a transaction since {since}")?,
            (Some(state), None) => write!(f, ", {state}")?,
            (None, Some(since)) => write!(f, ", since {since}")?,
            (None, None) => {}
        }
        if let Some(query) = said(&self.query) {
            write!(f, ": {query}")?;
        }
        Ok(())
    }
}

/// On one line, without comments, and without literals as far as it is plain where they end; then `…`.
fn without_literals(query: &str) -> String {
    let mut out = String::new();
    for token in tokens(query) {
        match token.kind {
            TokenKind::Literal { kind } => {
                out.push('?');
                // Where a string with backslashes ends depends on settings.
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
    fn of_a_query_no_literal_is_kept() {
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
