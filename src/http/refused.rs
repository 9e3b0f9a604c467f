//! Counts requests that were refused early: for the metrics, and at a limited rate for the log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Minimum interval between two log lines.
const BETWEEN_LINES: Duration = Duration::from_mins(1);

/// The reason of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The client has reached its limit of connections, or all are in use.
    Connections,
    /// The request names a host that this daemon does not answer to.
    Host,
    /// Too many plan requests without a token.
    Plans,
    /// The token is missing or unknown.
    Token,
    /// The token's scope is too small.
    Scope,
}

impl Why {
    const ALL: [(Self, &str); 5] = [
        (Self::Connections, "connections"),
        (Self::Host, "host"),
        (Self::Plans, "plans"),
        (Self::Token, "token"),
        (Self::Scope, "scope"),
    ];
}

/// Counts since the start.
#[derive(Debug, Default)]
pub(super) struct Refused {
    counts: [AtomicU64; Why::ALL.len()],
    last_line: Mutex<Option<Instant>>,
}

impl Refused {
    pub fn count(&self, why: Why) {
        for (count, (known, _)) in self.counts.iter().zip(Why::ALL) {
            if known == why {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
        if self.is_time_to_log() {
            let counts = self.counts();
            tracing::warn!(since_start = ?counts, "HTTP clients are refused; logged at most once a minute");
        }
    }

    /// By reason, with the metrics' label values.
    pub fn counts(&self) -> [(&'static str, u64); Why::ALL.len()] {
        let mut counts = Why::ALL.map(|(_, name)| (name, 0));
        for ((_, number), count) in counts.iter_mut().zip(&self.counts) {
            *number = count.load(Ordering::Relaxed);
        }
        counts
    }

    fn is_time_to_log(&self) -> bool {
        let mut last_line = self.last_line.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = last_line.is_none_or(|at| at.elapsed() >= BETWEEN_LINES);
        if is_time {
            *last_line = Some(Instant::now());
        }
        is_time
    }
}
