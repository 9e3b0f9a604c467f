//! Taking back what a plan has added and the rows then refuse: a constraint that cannot be validated refuses new rows.

use tokio_util::sync::CancellationToken;

use super::event::Event;
use super::retry::Retry;
use super::session::{CATALOG_LIMIT, Failure};
use super::{Run, failpoint};
use crate::domain::plan::undo::{Undo, is_of_rows};
use crate::domain::plan::{Limits, Step};

impl Run<'_> {
    /// After the step has failed: where the rows have refused it, what it says is taken back. Gives what became of that.
    pub(super) async fn take_back(&mut self, under_way: &Step, failure: &Failure) -> Option<String> {
        let undo = under_way.undo.as_ref()?;
        if !matches!(failure, Failure::Refused { code, .. } if is_of_rows(code)) {
            return None;
        }
        // Who wants to stop wants nothing to stand in the way either: a few short tries.
        let stop = std::mem::replace(&mut self.watch.stop, CancellationToken::new());
        let taken = self.try_to_take_back(undo, under_way).await;
        self.watch.stop = stop;
        match taken {
            Ok(true) => Some(format!(
                "what the plan had added for it was taken back, as it would refuse new rows ({}): correct the rows, \
                 and plan again",
                undo.sql
            )),
            Ok(false) => None,
            Err(failure) => Some(format!(
                "what the plan had added for it refuses new rows, and could not be taken back ({failure}): do it with \
                 {}, or correct the rows and plan again",
                undo.sql
            )),
        }
    }

    /// Whether there was anything to take back.
    async fn try_to_take_back(&mut self, undo: &Undo, under_way: &Step) -> Result<bool, Failure> {
        // Of the step's own, the lock timeout is below the server's deadlock timeout.
        let limits = Limits { lock_timeout: under_way.limits.lock_timeout, ..Limits::SHORT };
        let mut tries = Retry::new(limits);
        loop {
            let failure = match self.take_back_once(undo, &limits).await {
                Ok(taken) => return Ok(taken),
                Err(failure) => failure,
            };
            let pause = if failure.is_passing() { tries.pause() } else { None };
            let Some(pause) = pause else { return Err(failure) };
            (self.watch.tell)(Event::Retrying {
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

    async fn take_back_once(&mut self, undo: &Undo, limits: &Limits) -> Result<bool, Failure> {
        if self.session.holds(&mut self.watch, &[&undo.only_if], CATALOG_LIMIT).await? != [true] {
            return Ok(false);
        }
        self.session.limit(&mut self.watch, limits).await?;
        self.session.execute(&mut self.watch, limits, undo.sql.clone()).await?;
        failpoint::here();
        (self.watch.tell)(Event::TakenBack { step: self.watch.place.clone(), statement: undo.sql.clone() });
        Ok(true)
    }
}
