//! Plans for those who only look: anyone may ask, so a target is read by one request at a time, and those who come
//! meanwhile get the same answer. What is begun makes its own plan, and never takes one from here.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use chrono::Utc;
use futures_util::FutureExt as _;
use futures_util::future::Shared;
use serde::Serialize;
use tokio::sync::oneshot;
use utoipa::ToSchema;

use crate::fix;
use crate::http::problem::Problem;
use crate::plan::Plan;
use crate::remediate::{RemediateError, Settings};
use crate::report::Drift;

/// Longer than a request is waited for: the next one finds it done. What hangs does not hang for ever.
const LIMIT: Duration = Duration::from_mins(2);

/// A plan, and the drift that it ends.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Proposed {
    target: String,
    pub plan: Plan,
    drift: Vec<Drift>,
}

type Answer = Result<Arc<Proposed>, Problem>;

/// Those under way, by target.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct Proposals(Arc<Mutex<BTreeMap<String, Shared<oneshot::Receiver<Answer>>>>>);

impl Proposals {
    /// The plan that is being made, or else a new one.
    pub(super) async fn of(&self, settings: Arc<Settings>) -> Answer {
        let name = settings.fix.check.name.clone();
        let answer = self.shared(&name, |tell| {
            let (this, name) = (self.clone(), name.clone());
            // In a task, for whoever has asked first may go away.
            tokio::spawn(async move {
                let answer = tokio::time::timeout(LIMIT, propose(&settings)).await.unwrap_or_else(|_| Err(late()));
                this.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&name);
                let _nobody_waits = tell.send(answer);
            });
        });
        answer.await.unwrap_or_else(|_broken_off| Err(late()))
    }

    fn shared(&self, name: &str, begin: impl FnOnce(oneshot::Sender<Answer>)) -> Shared<oneshot::Receiver<Answer>> {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match under_way.get(name) {
            // One that was broken off is there, but ready.
            Some(answer) if answer.peek().is_none() => answer.clone(),
            _ => {
                let (tell, answer) = oneshot::channel();
                begin(tell);
                let answer = answer.shared();
                under_way.insert(name.to_owned(), answer.clone());
                answer
            }
        }
    }
}

async fn propose(settings: &Settings) -> Answer {
    let proposal = fix::propose(&settings.fix, Utc::now()).await.map_err(RemediateError::from)?;
    let target = settings.fix.check.name.clone();
    Ok(Arc::new(Proposed { target, plan: proposal.plan, drift: proposal.drift }))
}

fn late() -> Problem {
    Problem::of_kind(
        "no-plan",
        "No plan",
        StatusCode::SERVICE_UNAVAILABLE,
        "The plan could not be made in time. Try again when the target has less to do.",
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn those_who_come_meanwhile_get_the_same() {
        let proposals = Proposals::default();
        let mut begun = Vec::new();
        let first = proposals.shared("a", |tell| begun.push(tell));
        let second = proposals.shared("a", |_| panic!("it is being made"));
        let _other = proposals.shared("b", |tell| begun.push(tell));
        assert_eq!(begun.len(), 2);
        let tell = begun.remove(0);
        tell.send(Err(late())).unwrap();
        assert_eq!(first.await.unwrap().unwrap_err(), second.await.unwrap().unwrap_err());
        // What is over, and what was broken off, is begun anew.
        for _ in 0..2 {
            let again = proposals.shared("a", drop);
            assert!(again.await.is_err());
        }
    }
}
