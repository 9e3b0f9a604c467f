//! A statement in its own transaction, or one that cannot run in a transaction block: CONCURRENTLY, VALIDATE, ANALYZE.

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

/// For dropping a leftover after the operator has stopped the run: quickly or not at all.
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

    /// Gives whether the step's condition holds at the end.
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
        (self.watch.on_event)(Event::Started { step: self.watch.place.clone(), attempt });
        let begun = Instant::now();
        let answer = self.send(step).await?;
        failpoint::here();
        // With IF NOT EXISTS the server accepts an invalid index under the name as existing.
        let ensured = step.ensures.is_none() || self.holds(step, CATALOG_LIMIT).await?;
        if ensured {
            self.done(begun.elapsed(), answer.rows);
        }
        Ok(ensured)
    }

    /// The statement in its context, which is reset also after an error.
    pub(super) async fn send(&mut self, step: &Step) -> Result<Answer, Failure> {
        let (context, sql) = (&step.context, step.sql.clone());
        if context.is_ours() {
            return self.session.execute(&mut self.watch, &step.limits, sql).await;
        }
        if !step.runs_outside_transaction() {
            // One message is one implicit transaction. The separator is on a line of its own, because the statement may
            // end in a comment.
            let message = [context.enter(Until::Commit), vec![sql], context.leave()].concat().join("\n;");
            return self.session.execute(&mut self.watch, &step.limits, message).await;
        }
        self.send_alone(context, &step.limits, sql).await
    }

    /// Sends a statement that cannot run in a transaction block.
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
            // The statement's own error is more specific than the error of the reset.
            return answer.and_then(|answer| left.map(|_| answer));
        }
        answer
    }

    pub(super) async fn holds(&mut self, step: &Step, limit: Duration) -> Result<bool, Failure> {
        let Some(condition) = &step.ensures else { return Ok(false) };
        Ok(self.session.holds(&mut self.watch, &[condition], limit).await? == [true])
    }

    /// After a failure: drops the invalid index that the statement has left, because it slows down every write, and a
    /// unique one even refuses rows. Gives what could not be dropped.
    async fn tidy(&mut self, concurrent: &Concurrent, under_way: &Step) -> Option<String> {
        let stopping = self.watch.stop.is_cancelled();
        let limits = if stopping { TIDY } else { under_way.limits };
        let stop = self.watch.stop.clone();
        if stopping {
            // Otherwise the drop itself would be stopped at once.
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
