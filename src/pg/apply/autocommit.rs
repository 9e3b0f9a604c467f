//! A statement that is its own transaction, or that cannot be in any: CONCURRENTLY, VALIDATE, ANALYZE.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::event::Event;
use super::retry::Retry;
use super::session::{Answer, CATALOG_LIMIT, Failure};
use super::{ApplyError, Run, failpoint};
use crate::domain::plan::context::Until;
use crate::domain::plan::statement::Concurrent;
use crate::domain::plan::{Context, Limits, Step};

/// For removing what a statement left behind when the operator wants to stop: soon, or not at all.
const TIDY: Limits =
    Limits { lock_timeout: Duration::from_secs(3), statement_timeout: Duration::from_secs(10), attempts: 1 };

impl Run<'_> {
    pub(super) async fn autocommit(&mut self, step: &Step) -> Result<(), ApplyError> {
        let concurrent = Concurrent::of(&step.sql);
        let mut tries = Retry::new(step.limits);
        loop {
            self.ready().await?;
            let failure = match self.once(step, concurrent.as_ref(), tries.attempt).await {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(self.not_ensured(step)),
                Err(failure) => failure,
            };
            let left = match &concurrent {
                Some(concurrent) if !matches!(failure, Failure::Gone(_)) => self.tidy(concurrent, step).await,
                Some(_) | None => self.take_back(step, &failure).await,
            };
            self.again(&mut tries, failure, left).await?;
        }
    }

    /// Gives whether what the step ensures holds in the end.
    async fn once(&mut self, step: &Step, concurrent: Option<&Concurrent>, attempt: u32) -> Result<bool, Failure> {
        self.session.limit(&mut self.watch, &step.limits).await?;
        if self.holds(step, CATALOG_LIMIT).await? {
            self.skip();
            return Ok(true);
        }
        if let Some(concurrent) = concurrent
            && self.drop_dead(concurrent, &step.context, &step.limits).await?
            && self.holds(step, CATALOG_LIMIT).await?
        {
            self.skip();
            return Ok(true);
        }
        (self.watch.tell)(Event::Started { step: self.watch.place.clone(), attempt });
        let begun = Instant::now();
        let answer = self.send(step).await?;
        failpoint::here();
        // The server may have taken the name for done where the index is dead (IF NOT EXISTS).
        let ensured = step.ensures.is_none() || self.holds(step, CATALOG_LIMIT).await?;
        if ensured {
            self.done(begun.elapsed(), answer.rows);
        }
        Ok(ensured)
    }

    /// The statement in its context, which ends with it, also where it fails.
    pub(super) async fn send(&mut self, step: &Step) -> Result<Answer, Failure> {
        let (context, sql) = (&step.context, step.sql.clone());
        if context.is_ours() {
            return self.session.execute(&mut self.watch, &step.limits, sql).await;
        }
        if !step.stands_alone() {
            // One message is one transaction. On a line of its own: the statement may end in a comment.
            let message = [context.enter(Until::Commit), vec![sql], context.leave()].concat().join("\n;");
            return self.session.execute(&mut self.watch, &step.limits, message).await;
        }
        self.send_alone(context, &step.limits, sql).await
    }

    /// What cannot be in a transaction block.
    pub(super) async fn send_alone(
        &mut self,
        context: &Context,
        limits: &Limits,
        sql: String,
    ) -> Result<Answer, Failure> {
        let (enter, leave) = (context.enter(Until::Changed), context.leave());
        if !enter.is_empty() {
            self.session.execute(&mut self.watch, &Limits::SHORT, enter.join(";")).await?;
        }
        let answer = self.session.execute(&mut self.watch, limits, sql).await;
        if !leave.is_empty() {
            let left = self.session.execute(&mut self.watch, &Limits::SHORT, leave.join(";")).await;
            // What the statement met says more than what came of it.
            return answer.and_then(|answer| left.map(|_| answer));
        }
        answer
    }

    pub(super) async fn holds(&mut self, step: &Step, limit: Duration) -> Result<bool, Failure> {
        let Some(condition) = &step.ensures else { return Ok(false) };
        Ok(self.session.holds(&mut self.watch, &[condition], limit).await? == [true])
    }

    /// After a failure: removes the dead index that the statement has left behind, as it slows down every write and a
    /// unique one even refuses rows. Gives what could not be removed.
    async fn tidy(&mut self, concurrent: &Concurrent, under_way: &Step) -> Option<String> {
        let stopping = self.watch.stop.is_cancelled();
        let limits = if stopping { TIDY } else { under_way.limits };
        let stop = self.watch.stop.clone();
        if stopping {
            // Else the removal itself would be stopped at once.
            self.watch.stop = CancellationToken::new();
        }
        let tidied = async {
            self.session.limit(&mut self.watch, &limits).await?;
            self.drop_dead(concurrent, &under_way.context, &limits).await
        }
        .await;
        self.watch.stop = stop;
        let failure = tidied.err()?;
        Some(format!(
            "it may have left an invalid index behind, which could not be dropped ({failure}): a later run drops it \
             first, or do it with DROP INDEX CONCURRENTLY"
        ))
    }
}
