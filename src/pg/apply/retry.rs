//! Retries: how many, with which pauses, and when to stop.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::plan::Limits;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// No attempt starts later than this after the first one, and the time that one attempt may wait.
const CLOCK: Duration = Duration::from_mins(10);

#[derive(Debug)]
pub(super) struct Retry {
    limits: Limits,
    begun: Instant,
    /// The current attempt, from 1.
    pub attempt: u32,
}

impl Retry {
    pub fn new(limits: Limits) -> Self {
        Self { limits, begun: Instant::now(), attempt: 1 }
    }

    pub fn of(&self) -> u32 {
        self.limits.attempts
    }

    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    pub fn lock_timeout(&self) -> Duration {
        self.limits.lock_timeout
    }

    /// The pause before the next attempt; `None`: this was the last one.
    pub fn pause(&self) -> Option<Duration> {
        let left = self.attempt < self.limits.attempts && self.begun.elapsed() < CLOCK + self.limits.lock_timeout;
        left.then(|| {
            let pause = FIRST_PAUSE.saturating_mul(1 << (self.attempt - 1).min(10)).min(LONGEST_PAUSE);
            // With jitter from a half to one and a half, so that two runs that conflicted do not conflict again.
            pause.mul_f64(0.5 + fastrand::f64())
        })
    }
}
