//! The task that checks one target's schema: waits for its turn, checks, publishes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use chrono::Utc;
use tracing::{debug, error, info, warn};

use super::memory::Memory;
use super::wanted::{Inbox, Reason};
use super::{STOP_GRACE, Watched, silent};
use crate::daemon::check::{Checker, Depth};
use crate::domain::report::{Read, Report};
use crate::state::DriftKey;

/// Limit for connecting, the cheap questions and round trips, to a target and a reference database.
const ROUND_TRIPS: Duration = Duration::from_secs(30);

/// Limit for evaluating an expectation in scratch, which any check after a failed one may need.
const EVALUATION: Duration = Duration::from_mins(5);

/// The longest pause that failures impose on a schedule. A schedule with longer pauses is unaffected.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// Checks until the target is stopped.
pub async fn run(watched: Arc<Watched>) {
    let mut task = Task::new(&watched).await;
    let mut depth = Depth::Cheap;
    loop {
        watched.requests.checking(true);
        task.check(depth).await;
        watched.requests.checking(false);
        match task.next().await {
            Some(next) => depth = next,
            None => return,
        }
    }
}

struct Task<'a> {
    watched: &'a Watched,
    inbox: Inbox,
    checker: Checker,
    memory: Memory,
    /// Failed checks since the last good one.
    failures: u32,
    /// Scheduled checks wait until then.
    not_before: Instant,
}

impl<'a> Task<'a> {
    async fn new(watched: &'a Watched) -> Self {
        let target = &watched.target;
        let spellings = watched.context.state.spellings().await.unwrap_or_else(|error| {
            warn!(target_name = target.name, %error, "remembered spellings are not available");
            BTreeSet::new()
        });
        watched.fix.check.known.spellings.remember(spellings);
        Self {
            watched,
            inbox: watched.requests.inbox(),
            checker: Checker::new(watched.fix.check.clone()),
            memory: Memory::new(&target.name, watched.context.state.clone()),
            // The first check may have to evaluate the expectation, like one after a failure.
            failures: 1,
            not_before: Instant::now(),
        }
    }

    /// Waits for a reason to check; `None` when the target is stopped.
    async fn next(&mut self) -> Option<Depth> {
        let Watched { target, stop, .. } = self.watched;
        loop {
            match stop.run_until_cancelled(self.inbox.check()).await? {
                Reason::Command => return Some(Depth::Full),
                Reason::Schedule => {}
            }
            if Instant::now() < self.not_before {
                debug!(target_name = target.name, failures = self.failures, "backing off after failures");
                continue;
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                () = self.inbox.command() => return Some(Depth::Full),
                () = tokio::time::sleep(target.jitter.mul_f64(fastrand::f64())) => return Some(Depth::Cheap),
            }
        }
    }

    async fn check(&mut self, depth: Depth) {
        let Watched { stop, context, .. } = self.watched;
        let _permit = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            permit = context.connections.acquire() => permit,
        };
        if depth == Depth::Full {
            self.watched.requests.count(|_| true);
        }
        self.checker.keeps_connection(context.keep_connections.load(Ordering::Relaxed));
        let Some(report) = self.bounded(depth).await else { return };
        self.after(report, depth).await;
    }

    /// One check within its deadline; `None` if the target is stopped in between. A dropped check closes its
    /// connection, and its query on the server ends by `statement_timeout`.
    async fn bounded(&mut self, depth: Depth) -> Option<Report> {
        let Watched { target, stop, .. } = self.watched;
        let limit = deadline(target.guards.statement_timeout, depth, self.failures);
        let stopped = async {
            stop.cancelled().await;
            tokio::time::sleep(STOP_GRACE).await;
        };
        tokio::select! {
            outcome = tokio::time::timeout(limit, self.checker.check(depth, Utc::now())) => {
                Some(outcome.unwrap_or_else(|_| Report::failed(&target.name, silent(limit), limit, Utc::now())))
            }
            () = stopped => None,
        }
    }

    async fn after(&mut self, mut report: Report, depth: Depth) {
        let watched = self.watched;
        let (failed, reached, read, at) = (report.error.is_some(), report.reached, report.read, report.checked_at);
        let complete = !failed && report.busy.is_empty();
        self.log_change(&report);
        self.back_off(failed);
        self.keep_spellings().await;

        if !failed {
            self.memory.stamp(&mut report.drift, complete, at).await;
        }
        let kinds = self.checker.expected_kinds();
        let was_up = watched.is_up();
        watched.publish(
            |board| board.checked(report),
            |status| {
                status.up = reached;
                status.runs += 1;
                status.failures += u64::from(failed);
                status.full_reads += u64::from(read == Some(Read::Full));
                status.last_success = if complete { Some(at) } else { status.last_success };
                status.next_check = watched.target.schedule.next(Utc::now());
                if !kinds.is_empty() {
                    status.expected_kinds = kinds;
                }
                if status.drift().is_empty() {
                    status.plan = None;
                }
            },
        );
        if !failed {
            watched.requests.compared(depth == Depth::Full);
        }
        if reached && !was_up {
            watched.want_uncounted();
        }
    }

    /// Logs changes, not every check.
    fn log_change(&self, report: &Report) {
        let name = &report.name;
        let before = self.watched.context.registry.target(name).and_then(|status| status.report.clone());
        let before_error = before.as_ref().and_then(|before| before.error.as_deref());
        match (&report.error, before_error) {
            (Some(error), known) if known != Some(error.as_str()) => {
                error!(target_name = name, error, "the check failed");
            }
            (None, Some(_)) => info!(target_name = name, "checks succeed again"),
            (Some(_) | None, _) => {}
        }
        if let (Some(mut now), Some(before)) =
            (report.expectation.clone(), before.as_ref().and_then(|it| it.expectation.as_ref()))
            && now.follow(before)
        {
            warn!(target_name = name, "{}", now.loss().unwrap_or_default());
        }
        let keys = |report: &Report| report.drift.iter().map(DriftKey::from).collect::<BTreeSet<_>>();
        if report.error.is_none() && before.is_none_or(|before| keys(&before) != keys(report)) {
            let verdict = report.verdict.as_str();
            info!(target_name = name, drift = report.drift.len(), busy = report.busy.len(), verdict, "checked");
        }
    }

    fn back_off(&mut self, failed: bool) {
        self.failures = if failed { self.failures.saturating_add(1) } else { 0 };
        self.not_before = Instant::now() + backoff(self.failures);
    }

    async fn keep_spellings(&mut self) {
        let learned = self.watched.fix.check.known.spellings.take_learned();
        if !learned.is_empty()
            && let Err(error) = self.watched.context.state.keep_spellings(&learned).await
        {
            warn!(target_name = self.watched.target.name, %error, "state store unavailable; what was learned about \
                spellings will be lost on restart");
        }
    }
}

/// The deadline of a whole check. Its parts have tighter limits; this one is a backstop.
fn deadline(statement_timeout: Duration, depth: Depth, failures: u32) -> Duration {
    let live = ROUND_TRIPS + statement_timeout * 4;
    match depth {
        Depth::Cheap if failures == 0 => live,
        Depth::Cheap | Depth::Full => live + EVALUATION,
    }
}

/// The pause after `failures` failed checks in a row: 1, 2, 4 … seconds.
fn backoff(failures: u32) -> Duration {
    match failures.checked_sub(1) {
        Some(doublings) => Duration::from_secs(1 << doublings.min(5)).min(LONGEST_BACKOFF),
        None => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_a_limit() {
        let seconds: Vec<_> = [0, 1, 2, 3, 5, 6, u32::MAX].map(|failures| backoff(failures).as_secs()).into();
        assert_eq!(seconds, [0, 1, 2, 4, 16, 30, 30]);
    }

    #[test]
    fn only_checks_that_may_evaluate_get_the_time_for_it() {
        let statement = Duration::from_secs(1);
        assert_eq!(deadline(statement, Depth::Cheap, 0), Duration::from_secs(34));
        assert!(deadline(statement, Depth::Cheap, 1) > EVALUATION);
        assert!(deadline(statement, Depth::Full, 0) > EVALUATION);
    }
}
