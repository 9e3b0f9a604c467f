//! Drops a constraint that the plan has added and that the rows violate: a constraint that cannot be validated still
//! refuses new rows.

use tokio_util::sync::CancellationToken;

use super::event::Event;
use super::retry::Retry;
use super::session::{CATALOG_LIMIT, Failure};
use super::{Run, failpoint};
use crate::domain::plan::undo::{PutBack, Undo, is_of_rows};
use crate::domain::plan::{Limits, Step};

impl Run<'_> {
    /// After a failed step: if rows violate its constraint, carries out the step's undo. Gives the result of that.
    pub(super) async fn take_back(&mut self, under_way: &Step, failure: &Failure) -> Option<String> {
        let undo = under_way.undo.as_ref()?;
        if !matches!(failure, Failure::Refused { code, .. } if is_of_rows(code)) {
            return None;
        }
        // An operator who stops the run wants no leftover that blocks writers either: a few short attempts.
        let stop = std::mem::replace(&mut self.watch.stop, CancellationToken::new());
        let outcome = match &undo.puts_back {
            Some(before) => self.put_back(undo, before, under_way).await,
            None => self.take_away(undo, under_way).await,
        };
        self.watch.stop = stop;
        outcome
    }

    async fn take_away(&mut self, undo: &Undo, under_way: &Step) -> Option<String> {
        match self.try_to_take_back(undo, &undo.sql, under_way).await {
            Ok(true) => Some(format!(
                "what the plan had added for it was taken back, as it would refuse new rows ({}): correct the rows, \
                 and plan again",
                undo.sql
            )),
            Ok(false) => None,
            Err(failure) => Some(could_not_be(&undo.sql, &failure)),
        }
    }

    /// Puts the former constraint back, validated if it was.
    async fn put_back(&mut self, undo: &Undo, before: &PutBack, under_way: &Step) -> Option<String> {
        match self.try_to_take_back(undo, &before.sql, under_way).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(failure) if failure.is_passing() => return Some(could_not_be(&before.sql, &failure)),
            Err(failure) => {
                let taken = self.take_away(undo, under_way).await.unwrap_or_default();
                let sql = &before.sql;
                return Some(format!("{taken}; what was there before could not be put back ({failure}): {sql}"));
            }
        }
        let back = format!(
            "what the plan had added for it was taken back, as it would refuse new rows, and what was there before was put \
             back ({})",
            before.sql
        );
        let valid = match &before.validate {
            Some(sql) => self.validate(sql, under_way).await.err().map(|failure| (sql, failure)),
            None => None,
        };
        let but = valid.map(|(sql, failure)| format!("; it is NOT VALID now ({failure}), which {sql} ends"));
        Some(format!("{back}{}: correct the rows, and plan again", but.unwrap_or_default()))
    }

    /// In the step's context, because it runs the same code.
    async fn validate(&mut self, sql: &str, under_way: &Step) -> Result<(), Failure> {
        let step = Step { sql: sql.to_owned(), guard: None, ..under_way.clone() };
        let mut tries = Retry::new(step.limits);
        loop {
            self.session.limit(&mut self.watch, &step.limits).await?;
            let Err(failure) = self.send(&step).await else { return Ok(()) };
            // If it ran in its own transaction, that one is over.
            let lost = self.session.roll_back().await.err();
            let pause = if failure.is_passing() && lost.is_none() { tries.pause() } else { None };
            let Some(pause) = pause else { return Err(lost.unwrap_or(failure)) };
            tokio::time::sleep(pause).await;
            tries.attempt += 1;
        }
    }

    /// Whether there was something to undo.
    async fn try_to_take_back(&mut self, undo: &Undo, sql: &str, under_way: &Step) -> Result<bool, Failure> {
        // The step's lock timeout is below the server's deadlock timeout.
        let limits = Limits { lock_timeout: under_way.limits.lock_timeout, ..Limits::SHORT };
        let mut tries = Retry::new(limits);
        loop {
            let failure = match self.take_back_once(undo, sql, &limits).await {
                Ok(taken) => return Ok(taken),
                Err(failure) => failure,
            };
            let pause = if failure.is_passing() { tries.pause() } else { None };
            let Some(pause) = pause else { return Err(failure) };
            (self.watch.on_event)(Event::Retrying {
                step: self.watch.place.clone(),
                attempt: tries.attempt,
                of: tries.of(),
                pause,
                reason: failure.to_string(),
            });
            tokio::time::sleep(pause).await;
            tries.attempt += 1;
        }
    }

    async fn take_back_once(&mut self, undo: &Undo, sql: &str, limits: &Limits) -> Result<bool, Failure> {
        if self.session.holds(&mut self.watch, &[&undo.only_if], CATALOG_LIMIT).await? != [true] {
            return Ok(false);
        }
        self.session.limit(&mut self.watch, limits).await?;
        self.session.execute(&mut self.watch, limits, sql.to_owned()).await?;
        failpoint::here();
        (self.watch.on_event)(Event::TakenBack { step: self.watch.place.clone(), statement: sql.to_owned() });
        Ok(true)
    }
}

fn could_not_be(sql: &str, failure: &Failure) -> String {
    format!(
        "what the plan had added for it refuses new rows, and could not be taken back ({failure}): do it with {sql}, or \
         correct the rows and plan again"
    )
}
