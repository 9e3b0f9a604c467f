//! Schedules: six-field cron expressions, in UTC, and durations as people write them.
//!
//! The parser is set up exactly as tokio-cron-scheduler sets up its own, so that what is validated here is what
//! runs there. Reads no clock: the caller says what time it is.

use std::fmt::{self, Display};
use std::time::Duration;

use chrono::{DateTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds};

/// How many occurrences are examined for the longest and the shortest pause between two.
const OCCURRENCES: usize = 32;

/// A recurring schedule.
#[derive(Clone)]
pub struct Schedule {
    cron: Cron,
    text: String,
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schedule({})", self.text)
    }
}

impl Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Schedule {
    /// The error says what is wrong and shows a valid schedule.
    pub fn parse(text: &str, now: DateTime<Utc>) -> Result<Self, String> {
        let fields = text.split_whitespace().count();
        if fields != 6 && !text.starts_with('@') {
            return Err(format!(
                "`{text}` has {fields} fields; a schedule has six: second minute hour day month weekday, in UTC, e.g. \
                 \"0 */5 * * * *\" for every five minutes"
            ));
        }
        let cron = CronParser::builder()
            .seconds(Seconds::Required)
            .dom_and_dow(true)
            .build()
            .parse(text)
            .map_err(|error| format!("`{text}` is not a schedule: {error}"))?;
        let schedule = Self { cron, text: text.to_owned() };
        match schedule.next(now) {
            Some(_) => Ok(schedule),
            None => Err(format!(
                "`{text}` never happens: no such date comes (where a day and a weekday are given, both must match)"
            )),
        }
    }

    /// The first occurrence after `now`.
    pub fn next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.cron.find_next_occurrence(&now, false).ok()
    }

    /// The longest pause between two of the coming occurrences: the longest normal gap between two checks.
    pub fn longest_pause(&self, now: DateTime<Utc>) -> Duration {
        self.pauses(now).into_iter().max().unwrap_or_default()
    }

    /// The shortest pause between two of the coming occurrences.
    pub fn shortest_pause(&self, now: DateTime<Utc>) -> Duration {
        self.pauses(now).into_iter().min().unwrap_or_default()
    }

    fn pauses(&self, now: DateTime<Utc>) -> Vec<Duration> {
        let times: Vec<_> = self.cron.iter_after(now).take(OCCURRENCES).collect();
        times.iter().zip(times.iter().skip(1)).filter_map(|(a, b)| (*b - *a).to_std().ok()).collect()
    }
}

/// PostgreSQL's largest timeout, in whole days.
const LONGEST: Duration = Duration::from_hours(24 * 24);

/// Reads "300ms", "10s", "5m", "1h" or "1d", up to 24 days.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a duration: write a whole number with ms, s, m, h or d, e.g. \"300ms\"");
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(digits);
    let milliseconds: u64 = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let duration = Duration::from_millis(number.saturating_mul(milliseconds));
    if duration <= LONGEST { Ok(duration) } else { Err(format!("`{text}` is too long: 24d is the longest")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn durations() {
        assert_eq!(duration("300ms"), Ok(Duration::from_millis(300)));
        assert_eq!(duration("2h"), Ok(Duration::from_hours(2)));
        for bad in ["", "5", "s", "1.5s", "-1s", "5 s", "99999999999999999999s", "18446744073709551615d", "25d", "5µs"]
        {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn pauses() {
        let weekdays = Schedule::parse("0 0 9 * * Mon-Fri", noon()).unwrap();
        assert_eq!(weekdays.longest_pause(noon()), Duration::from_hours(72));
        assert_eq!(weekdays.shortest_pause(noon()), Duration::from_hours(24));
        assert_eq!(weekdays.next(noon()), Some("2026-11-23T09:00:00Z".parse().unwrap()));
        assert_eq!(Schedule::parse("0 * * * * *", noon()).unwrap().longest_pause(noon()), Duration::from_mins(1));
    }

    #[test]
    fn refused() {
        for bad in
            ["", "* * * * *", "61 * * * * *", "0 0 0 30 2 *", "0 0 0 31 4,6,9,11 *", "a b c d e f", "* * * * * * *"]
        {
            assert!(Schedule::parse(bad, noon()).is_err(), "{bad}");
        }
        let never = Schedule::parse("0 0 0 30 2 *", noon()).unwrap_err();
        assert!(never.contains("never happens"), "{never}");
    }

    #[test]
    fn the_scheduler_accepts_every_valid_schedule() {
        for good in ["0 * * * * *", "*/5 * * * * *", "0 0 9 * * Mon-Fri", "0 0 0 29 2 *", "0 0 0 L * *", "@hourly"] {
            let ours = Schedule::parse(good, noon()).is_ok();
            let theirs = tokio_cron_scheduler::Job::new(good, |_, _| ()).is_ok();
            assert_eq!((ours, theirs), (true, true), "{good}");
        }
    }
}
