//! Plans for reading. Anyone may ask, so that a target is read by one request at a time: concurrent requests share its
//! answer, which is kept as long as its inputs stay the same. A remediation makes its own plan, and never takes one
//! from here.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use futures_util::future::Shared;
use serde::Serialize;
use tokio::sync::oneshot;
use utoipa::ToSchema;

use crate::daemon::fix;
use crate::daemon::remediate::{RemediateError, Settings};
use crate::domain::plan::Plan;
use crate::domain::report::Drift;
use crate::http::problem::Problem;

/// Longer than a client waits: the next request finds the plan finished. Ends a plan that hangs.
const LIMIT: Duration = Duration::from_mins(2);

/// How long an answer is kept: the comparison of inputs does not cover roles and their rights, settings and sizes.
const KEPT: Duration = Duration::from_mins(5);

/// Counts of rows and errors are kept for callers without a token for this multiple of the time that they took, so that
/// these callers cost the target at most a twentieth of a session.
const SHARE: u32 = 20;

/// A plan, and the drift that it ends.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Proposed {
    target: String,
    /// When it was made; what it was made from is the same still.
    made_at: DateTime<Utc>,
    pub plan: Plan,
    drift: Vec<Drift>,
}

type Answer = Result<Arc<Proposed>, Problem>;

/// An answer with its inputs.
#[derive(Clone, Debug)]
struct Kept {
    seen: String,
    made: Instant,
    took: Duration,
    answer: Answer,
}

impl Kept {
    /// Whether the answer is still valid. For a caller with a token, rows are counted again and errors retried, because
    /// the caller may have repaired the cause.
    fn holds(&self, seen: &str, whom: Whom, now: Instant) -> bool {
        let age = now.saturating_duration_since(self.made);
        let is_sure = self.answer.as_ref().is_ok_and(|proposed| proposed.plan.requirements().is_empty());
        self.seen == seen
            && match (is_sure, whom) {
                (true, _) => age < KEPT,
                (false, Whom::Stranger) => age < (self.took * SHARE).min(KEPT),
                (false, Whom::Known) => false,
            }
    }
}

/// The kind of caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whom {
    Stranger,
    /// With a token.
    Known,
}

/// Plans that are being made and the last ones made, by target.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct Proposals(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    under_way: BTreeMap<(String, Whom), Shared<oneshot::Receiver<Answer>>>,
    made: BTreeMap<String, Kept>,
}

impl Proposals {
    /// The plan that is being made, the last one if it is still valid, or a new one.
    pub(super) async fn of(&self, settings: Arc<Settings>, whom: Whom) -> Answer {
        let name = settings.fix.check.name.clone();
        let answer = self.shared(&name, whom, |sender| {
            let (this, name) = (self.clone(), name.clone());
            // In a task, because the first caller may disconnect.
            tokio::spawn(async move {
                let made = tokio::time::timeout(LIMIT, this.made(&settings, whom)).await;
                let answer = made.unwrap_or_else(|_| Err(late()));
                this.known().under_way.remove(&(name, whom));
                let _receiver_gone = sender.send(answer);
            });
        });
        answer.await.unwrap_or_else(|_broken_off| Err(late()))
    }

    async fn made(&self, settings: &Settings, whom: Whom) -> Answer {
        let name = &settings.fix.check.name;
        let seen = fix::seen(&settings.fix).await.map_err(RemediateError::from)?;
        let begun = Instant::now();
        let kept = self.known().made.get(name).filter(|kept| kept.holds(&seen, whom, begun)).cloned();
        if let Some(kept) = kept {
            return kept.answer;
        }
        let answer = propose(settings).await;
        let made = Instant::now();
        let kept = Kept { seen, made, took: made - begun, answer: answer.clone() };
        self.known().made.insert(name.clone(), kept);
        answer
    }

    fn shared(
        &self,
        name: &str,
        whom: Whom,
        begin: impl FnOnce(oneshot::Sender<Answer>),
    ) -> Shared<oneshot::Receiver<Answer>> {
        let mut known = self.known();
        match known.under_way.get(&(name.to_owned(), whom)) {
            // An aborted one is in the map, but has no result.
            Some(answer) if answer.peek().is_none() => answer.clone(),
            _ => {
                let (sender, answer) = oneshot::channel();
                begin(sender);
                let answer = answer.shared();
                known.under_way.insert((name.to_owned(), whom), answer.clone());
                answer
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn propose(settings: &Settings) -> Answer {
    let made_at = Utc::now();
    let proposal = fix::propose_from_observed(&settings.fix, made_at).await.map_err(RemediateError::from)?;
    let target = settings.fix.check.name.clone();
    Ok(Arc::new(Proposed { target, made_at, plan: proposal.plan, drift: proposal.drift }))
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
    async fn concurrent_requests_share_an_answer() {
        let proposals = Proposals::default();
        let mut begun = Vec::new();
        let first = proposals.shared("a", Whom::Stranger, |sender| begun.push(sender));
        let second = proposals.shared("a", Whom::Stranger, |_| panic!("it is being made"));
        let _other = proposals.shared("b", Whom::Stranger, |sender| begun.push(sender));
        assert_eq!(begun.len(), 2);
        let sender = begun.remove(0);
        sender.send(Err(late())).unwrap();
        assert_eq!(first.await.unwrap().unwrap_err(), second.await.unwrap().unwrap_err());
        // Finished and aborted ones are started again.
        for _ in 0..2 {
            let again = proposals.shared("a", Whom::Stranger, drop);
            assert!(again.await.is_err());
        }
    }

    #[test]
    fn a_plan_is_kept_while_its_inputs_stay_the_same() {
        let now = Instant::now();
        let plan = |plan| Ok(Arc::new(Proposed { target: "a".into(), made_at: Utc::now(), plan, drift: Vec::new() }));
        let kept = |answer| Kept { seen: "x".into(), made: now, took: Duration::from_secs(1), answer };
        let holds = |kept: &Kept, seen, whom, seconds| kept.holds(seen, whom, now + Duration::from_secs(seconds));
        let sure = kept(plan(Plan::default()));
        for whom in [Whom::Stranger, Whom::Known] {
            assert!(holds(&sure, "x", whom, 299) && !holds(&sure, "x", whom, 300) && !holds(&sure, "y", whom, 0));
        }
        // An error is repeated to callers without a token, and retried for a caller with one.
        let failed = kept(Err(late()));
        assert!(holds(&failed, "x", Whom::Stranger, 19) && !holds(&failed, "x", Whom::Stranger, 20));
        assert!(!holds(&failed, "x", Whom::Known, 0));
    }
}
