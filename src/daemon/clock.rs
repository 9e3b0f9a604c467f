//! Two clocks: the wall clock, which can be set, and the time since boot, which cannot.
//!
//! Schedules use the wall clock. Comparing the two clocks shows that the wall clock was set; durations are measured
//! with the time since boot.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rustix::time::{ClockId, clock_gettime};

/// Smaller steps are ordinary corrections, and delay a schedule by no more than the step itself.
const STEP: TimeDelta = TimeDelta::seconds(1);

/// Longest sleep before the clocks are read again: a sleep does not count time during which the host is suspended.
const LOOK: Duration = Duration::from_secs(1);

/// A reading of both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub wall: DateTime<Utc>,
    pub uptime: Duration,
}

impl Reading {
    pub fn now() -> Self {
        Self { wall: Utc::now(), uptime: uptime() }
    }

    /// The wall clock's time at boot, provided that it was not set since.
    fn start(self) -> DateTime<Utc> {
        let uptime = TimeDelta::from_std(self.uptime).unwrap_or(TimeDelta::MAX);
        self.wall.checked_sub_signed(uptime).unwrap_or(DateTime::<Utc>::MIN_UTC)
    }
}

/// Time since boot, suspend included.
pub fn uptime() -> Duration {
    #[cfg(target_os = "linux")]
    let clock = ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let clock = ClockId::Monotonic;
    let now = clock_gettime(clock);
    let (seconds, nanoseconds) = (u64::try_from(now.tv_sec), u32::try_from(now.tv_nsec));
    Duration::new(seconds.unwrap_or_default(), nanoseconds.unwrap_or_default())
}

/// Detects that the wall clock was set.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    start: DateTime<Utc>,
}

impl Steps {
    pub fn since(reading: Reading) -> Self {
        Self { start: reading.start() }
    }

    /// The step since the previous reading; negative: set back. `None`: the clock was not set.
    pub fn look(&mut self, reading: Reading) -> Option<TimeDelta> {
        let by = reading.start() - self.start;
        if by.abs() <= STEP {
            return None;
        }
        self.start = reading.start();
        Some(by)
    }
}

/// A deadline that does not move when the wall clock is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The deadline as it was stored.
    pub until: DateTime<Utc>,
    uptime: Duration,
}

impl Deadline {
    /// `longest` bounds the remaining time, whatever the wall clock showed when the deadline was stored.
    pub fn new(until: DateTime<Utc>, longest: Duration, now: Reading) -> Self {
        let left = (until - now.wall).to_std().unwrap_or_default().min(longest);
        Self { until, uptime: now.uptime.saturating_add(left) }
    }

    pub async fn over(self) {
        loop {
            match self.uptime.checked_sub(uptime()) {
                Some(left) if !left.is_zero() => tokio::time::sleep(left.min(LOOK)).await,
                Some(_) | None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const YEARS: i64 = 10 * 365 * 86_400;

    fn at(wall: i64, uptime: u64) -> Reading {
        Reading { wall: DateTime::from_timestamp(wall, 0).unwrap(), uptime: Duration::from_secs(uptime) }
    }

    #[test]
    fn only_a_clock_step_is_seen_and_once_in_either_direction() {
        let began = 1_800_000_000;
        for by in [-120, -7_200, -YEARS, 120, 7_200, YEARS, 2, -2] {
            let mut steps = Steps::since(at(began, 100));
            assert_eq!(steps.look(at(began + 1, 101)), None);
            assert_eq!(steps.look(at(began + 2 + by, 102)), Some(TimeDelta::seconds(by)), "{by}");
            assert_eq!(steps.look(at(began + 3 + by, 103)), None, "{by}");
            assert_eq!(steps.look(at(began + 4, 104)), Some(TimeDelta::seconds(-by)), "{by}");
        }
        // A suspended or a busy host: both clocks have advanced.
        let mut steps = Steps::since(at(began, 100));
        assert_eq!(steps.look(at(began + 50_000, 50_100)), None);
        // Many small corrections add up to one large step.
        let mut steps = Steps::since(at(began, 100));
        let seen: Vec<_> = (1..=4).filter_map(|i| steps.look(at(began, 100 + i))).collect();
        assert_eq!(seen, [TimeDelta::seconds(-2), TimeDelta::seconds(-2)]);
    }

    #[test]
    fn a_deadline_does_not_move_with_the_clock() {
        let until = DateTime::from_timestamp(1_800_000_600, 0).unwrap();
        let lease = Duration::from_mins(10);
        let left = |now: Reading| Deadline::new(until, lease, now).uptime.saturating_sub(now.uptime);
        assert_eq!(left(at(1_800_000_000, 7)), lease);
        assert_eq!(left(at(1_800_000_300, 7)), Duration::from_mins(5));
        // Stored before a restart, with the clock set in between: never longer than the lease.
        assert_eq!(left(at(1_800_000_000 - YEARS, 7)), lease);
        assert_eq!(left(at(1_800_000_000 + YEARS, 7)), Duration::ZERO);
    }

    #[tokio::test]
    async fn what_is_over_is_not_waited_for() {
        let until = Utc::now() - TimeDelta::hours(1);
        Deadline::new(until, Duration::from_hours(9), Reading::now()).over().await;
    }
}
