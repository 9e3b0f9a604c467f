//! A segment that is committed as one transaction. It is rolled back as a whole and retried when others block it.
//!
//! While its locks are held, round trips count: each step is one message, which sets its limits, sends the statement,
//! and checks its condition and those of the following steps.

use std::time::Duration;

use tokio::time::Instant;

use super::event::Event;
use super::retry::Retry;
use super::session::{Answer, CATALOG_LIMIT, Failure, millis};
use super::{ApplyError, Run, failpoint};
use crate::domain::lock::Lock;
use crate::domain::name::literal;
use crate::domain::plan::context::Until;
use crate::domain::plan::{Condition, Context, Limits, Step};

/// The part of the lock timeout that remains for each further lock, however long the earlier ones have taken.
const LEAST_SHARE: u32 = 6;

/// The end of an attempt.
enum Outcome {
    Committed(Vec<Sent>),
    /// All conditions already held.
    Needless,
}

/// Why an attempt has failed.
enum Problem {
    Failure(Failure),
    NotEnsured(usize),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// A sent step.
struct Sent {
    index: usize,
    elapsed: Duration,
    rows: u64,
}

impl Run<'_> {
    /// `first`: the index of the first step in the plan, from 0.
    pub(super) async fn transaction(
        &mut self,
        first: usize,
        lock_first: &[Lock],
        steps: &[Step],
    ) -> Result<(), ApplyError> {
        let Some(limits) = strictest(steps) else { return Ok(()) };
        let mut tries = Retry::new(limits);
        loop {
            self.turn(first, steps, 0);
            self.ready().await?;
            let problem = match self.attempt(first, lock_first, steps, limits, tries.attempt).await {
                Ok(outcome) => {
                    self.report_outcome(first, steps, outcome);
                    return Ok(());
                }
                Err(problem) => problem,
            };
            // If the rollback fails, the session is lost, and the transaction with it.
            let lost = self.session.roll_back().await.err();
            match problem {
                Problem::NotEnsured(index) => {
                    if let Some(step) = steps.get(index) {
                        return Err(self.not_ensured(step));
                    }
                }
                Problem::Failure(failure) => {
                    let failure = if failure.is_passing() { lost.unwrap_or(failure) } else { failure };
                    let refused = steps.get(self.watch.place.number.saturating_sub(first + 1));
                    let left = match refused {
                        Some(step) => self.take_back(step, &failure).await,
                        None => None,
                    };
                    self.again(&mut tries, failure, left).await?;
                }
            }
        }
    }

    fn turn(&mut self, first: usize, steps: &[Step], index: usize) {
        if let Some(step) = steps.get(index) {
            self.watch.turn_to(first + index, &step.action);
        }
    }

    async fn attempt(
        &mut self,
        first: usize,
        lock_first: &[Lock],
        steps: &[Step],
        limits: Limits,
        attempt: u32,
    ) -> Result<Outcome, Problem> {
        let conditions: Vec<_> =
            steps.iter().map(|step| step.ensures.clone().unwrap_or(Condition::new("false"))).collect();
        let asked: Vec<_> = conditions.iter().collect();
        if self.session.holds(&mut self.watch, &asked, CATALOG_LIMIT).await?.iter().all(|holds| *holds) {
            return Ok(Outcome::Needless);
        }
        let locks = self.present(lock_first).await?;
        let mut budget = Budget { limits, begun: None };
        let ours = Context::default();
        self.message(&mut budget, limits, ("begin".into(), &ours), &[]).await?;
        for lock in locks {
            let statement = format!("lock table only {} in {} mode", lock.table, lock.mode);
            self.message(&mut budget, limits, (statement, &ours), &[]).await?;
        }
        // Another session may have done it while this one waited for the locks.
        let mut holds =
            self.message(&mut budget, limits, (String::new(), &ours), &conditions).await?.holds.unwrap_or_default();
        let mut sent = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            self.turn(first, steps, index);
            let rest = conditions.get(index..).unwrap_or_default();
            if holds.first() != Some(&true) {
                (self.watch.on_event)(Event::Started { step: self.watch.place.clone(), attempt });
                let begun = Instant::now();
                let statement = (step.statements().join("\n;"), &step.context);
                let answer = self.message(&mut budget, step.limits, statement, rest).await?;
                sent.push(Sent { index, elapsed: begun.elapsed(), rows: answer.rows });
                holds = answer.holds.unwrap_or_default();
                if step.ensures.is_some() && holds.first() != Some(&true) {
                    return Err(Problem::NotEnsured(index));
                }
                failpoint::here();
            }
            holds = holds.split_off(1.min(holds.len()));
        }
        if self.watch.stop.is_cancelled() {
            return Err(Failure::Stopped.into());
        }
        // The commit checks deferred constraints, under the same limits.
        self.message(&mut budget, limits, ("commit".into(), &ours), &[]).await?;
        failpoint::here();
        Ok(Outcome::Committed(sent))
    }

    /// The tables that can be locked now; others are created by the steps, or dropped.
    async fn present(&mut self, locks: &[Lock]) -> Result<Vec<Lock>, Failure> {
        let conditions: Vec<_> = locks
            .iter()
            .map(|lock| {
                let table = literal(&lock.table.to_string());
                Condition::new(format!(
                    "exists (select from pg_catalog.pg_class where oid = pg_catalog.to_regclass({table}) and relkind in \
                     ('r', 'p', 'v'))"
                ))
            })
            .collect();
        let asked: Vec<_> = conditions.iter().collect();
        let present = self.session.holds(&mut self.watch, &asked, CATALOG_LIMIT).await?;
        Ok(locks.iter().zip(present).filter(|(_, present)| *present).map(|(lock, _)| lock.clone()).collect())
    }

    /// One message: the limits, a statement in its context, and the conditions after it, in the run's own context.
    async fn message(
        &mut self,
        budget: &mut Budget,
        limits: Limits,
        (statement, context): (String, &Context),
        conditions: &[Condition],
    ) -> Result<Answer, Failure> {
        let mut sql = Vec::with_capacity(4);
        // BEGIN precedes its settings, and COMMIT follows them.
        let (before, after) =
            if statement == "begin" { (statement, String::new()) } else { (String::new(), statement) };
        sql.push(before);
        let lock_timeout = budget.left();
        sql.push(format!("set local lock_timeout = '{}ms'", millis(lock_timeout)));
        sql.push(format!("set local statement_timeout = '{}ms'", limits.statement_timeout.as_millis()));
        sql.extend(context.enter(Until::Commit));
        sql.push(after);
        sql.extend(context.leave());
        if !conditions.is_empty() {
            let list: Vec<_> = conditions.iter().map(|condition| format!("({condition})")).collect();
            sql.push(format!("select array[{}]", list.join(", ")));
        }
        sql.retain(|statement| !statement.is_empty());
        // The separator is on a line of its own: the statement may end in a comment.
        let sql = sql.join("\n;");
        self.session.execute(&mut self.watch, &Limits { lock_timeout, ..limits }, sql).await
    }

    fn report_outcome(&mut self, first: usize, steps: &[Step], outcome: Outcome) {
        let mut sent = match outcome {
            Outcome::Committed(sent) => sent,
            Outcome::Needless => Vec::new(),
        }
        .into_iter()
        .peekable();
        for index in 0..steps.len() {
            self.turn(first, steps, index);
            match sent.next_if(|sent| sent.index == index) {
                Some(sent) => self.done(sent.elapsed, sent.rows),
                None => self.skip(),
            }
        }
    }
}

/// All locks of a transaction share one lock timeout, because a session that queues behind the first lock waits for the
/// others, too.
struct Budget {
    limits: Limits,
    begun: Option<Instant>,
}

impl Budget {
    fn left(&mut self) -> Duration {
        let begun = *self.begun.get_or_insert_with(Instant::now);
        let whole = self.limits.lock_timeout;
        whole.saturating_sub(begun.elapsed()).max(whole / LEAST_SHARE)
    }
}

/// The limits of the transaction as a whole.
fn strictest(steps: &[Step]) -> Option<Limits> {
    let lock_timeout = steps.iter().map(|step| step.limits.lock_timeout).min()?;
    let statement_timeout = steps.iter().map(|step| step.limits.statement_timeout).max()?;
    let attempts = steps.iter().map(|step| step.limits.attempts).min()?;
    Some(Limits { lock_timeout, statement_timeout, attempts })
}
