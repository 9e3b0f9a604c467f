//! How often somebody was refused before it cost anything: for the metrics, and now and then for the log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The log is told no more often.
const BETWEEN_LINES: Duration = Duration::from_mins(1);

/// Why somebody was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// No place was left for one more connection of this client.
    Connections,
    /// The request names a host that this daemon does not answer to.
    Host,
    /// Too many plans were asked for without a token.
    Plans,
    /// No token that is known here.
    Token,
    /// The token has too small a scope.
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
    told: Mutex<Option<Instant>>,
}

impl Refused {
    pub fn count(&self, why: Why) {
        for (count, (known, _)) in self.counts.iter().zip(Why::ALL) {
            if known == why {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
        if self.is_time_to_tell() {
            let counts = self.counts();
            tracing::warn!(since_start = ?counts, "HTTP clients are refused; logged at most once a minute");
        }
    }

    /// By reason, as the metrics name it.
    pub fn counts(&self) -> [(&'static str, u64); Why::ALL.len()] {
        let mut counts = Why::ALL.map(|(_, name)| (name, 0));
        for ((_, number), count) in counts.iter_mut().zip(&self.counts) {
            *number = count.load(Ordering::Relaxed);
        }
        counts
    }

    fn is_time_to_tell(&self) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = told.is_none_or(|at| at.elapsed() >= BETWEEN_LINES);
        if is_time {
            *told = Some(Instant::now());
        }
        is_time
    }
}
