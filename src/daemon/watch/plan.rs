//! The task that makes plans for one target's drift, so that an alert about drift comes with its plan.
//!
//! Writes nothing. No check and no publication waits for it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tracing::{info, warn};

use super::{Watched, silent};
use crate::daemon::fix;
use crate::domain::plan::{Hazard, Plan, text};
use crate::domain::report::{Drift, PlanSummary, TargetStatus};

/// Limit for one plan: evaluating the expectation, and asking the tables what it requires of their rows.
const LIMIT: Duration = Duration::from_mins(10);

/// After a failed attempt this many checks pass before the next; twice as many after each further failure.
const CHECKS_BETWEEN: u64 = 3;

/// The last attempt.
#[derive(Default)]
struct Attempt {
    /// The drift that it was for.
    drift: Vec<Drift>,
    /// Consecutive failures for this drift.
    failures: u32,
    /// The number of checks before the next attempt. `None`: there is a plan.
    not_before: Option<u64>,
}

/// Makes plans until the target is stopped.
pub async fn run(watched: Arc<Watched>) {
    let mut last = Attempt::default();
    let mut inbox = watched.requests.inbox();
    while let Some(on_command) = watched.stop.run_until_cancelled(inbox.comparison()).await {
        let Some(status) = watched.context.registry.target(&watched.target.name) else { return };
        if !last.is_outdated(&status, on_command) {
            continue;
        }
        if !is_same(&last.drift, status.drift()) {
            last = Attempt { drift: status.drift().to_vec(), ..Attempt::default() };
            publish(&watched, &last, None);
        }
        if last.drift.is_empty() {
            let check = &watched.fix.check;
            check.known.observed.forget(&check.observes());
            continue;
        }
        let Some(made) = make(&watched).await else { return };
        last.failures = if made.is_ok() { 0 } else { last.failures.saturating_add(1) };
        last.not_before = None;
        match made {
            Ok(plan) => publish(&watched, &last, Some(plan)),
            Err(error) => {
                let (target_name, failures) = (&watched.target.name, last.failures);
                // A repeated failure is not logged.
                if failures == 1 {
                    warn!(target_name, error, "cannot make a plan for the drift; retrying");
                }
                let runs = watched.context.registry.target(target_name).map_or(0, |status| status.runs);
                last.not_before = Some(runs.saturating_add(checks_between(failures)));
            }
        }
    }
}

impl Attempt {
    /// Whether another attempt is due.
    fn is_outdated(&self, status: &TargetStatus, on_command: bool) -> bool {
        on_command || !is_same(&self.drift, status.drift()) || self.not_before.is_some_and(|runs| status.runs >= runs)
    }
}

/// `None` if the target is stopped in between. A plan that is abandoned closes its connection, and its query is
/// cancelled on the server.
async fn make(watched: &Watched) -> Option<Result<PlanSummary, String>> {
    let Watched { fix, context, stop, .. } = watched;
    let making = async {
        let (_plan, _count) = (context.plans.acquire().await, context.counts.acquire().await);
        let _connection = context.connections.acquire().await;
        // Boxed, because the future is large.
        tokio::time::timeout(LIMIT, Box::pin(fix::propose_from_observed(fix, Utc::now()))).await
    };
    let made = stop.run_until_cancelled(making).await?;
    Some(match made {
        Ok(Ok(proposal)) if proposal.is_settled() => Err("nothing differs now".to_owned()),
        Ok(Ok(proposal)) => Ok(summary(&proposal.plan)),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(silent(LIMIT)),
    })
}

/// Publishes the plan if the drift is still the one that it was made for.
fn publish(watched: &Watched, made_for: &Attempt, plan: Option<PlanSummary>) {
    let name = &watched.target.name;
    let Some(status) = watched.context.registry.target(name) else { return };
    if status.plan == plan {
        return;
    }
    if let Some(plan) = &plan {
        info!(target_name = name, plan = plan.id, summary = plan.summary, "plan ready for the drift");
    }
    watched.context.registry.update(name, |status| {
        if is_same(&made_for.drift, status.drift()) {
            status.plan = plan;
        }
    });
}

fn summary(plan: &Plan) -> PlanSummary {
    let hazards: BTreeSet<Hazard> = plan.steps().flat_map(|step| &step.hazards).map(|cost| cost.hazard).collect();
    PlanSummary {
        id: plan.id.clone(),
        summary: text::summary(plan, &BTreeSet::new()),
        steps: plan.steps().count(),
        blocked: plan.blocked.len(),
        hazards: hazards.into_iter().map(Hazard::as_str).collect(),
    }
}

/// The same objects differ in the same way, whenever that was first seen.
fn is_same(a: &[Drift], b: &[Drift]) -> bool {
    fn what(drift: &Drift) -> impl PartialEq + '_ {
        let Drift { object, kind, change, expected, live, detail, subject, counterpart, .. } = drift;
        (object, kind, change, expected, live, detail, subject, counterpart)
    }
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| what(a) == what(b))
}

fn checks_between(failures: u32) -> u64 {
    CHECKS_BETWEEN << failures.saturating_sub(1).min(6)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::catalog::Severity;
    use crate::domain::report::Report;
    use crate::fixture::{at, drift, report, status};

    fn drifting(drift: Vec<Drift>, runs: u64) -> TargetStatus {
        TargetStatus { runs, ..status(Report { drift, ..report("a") }) }
    }

    #[test]
    fn only_another_drift_or_an_operator_makes_another_plan() {
        let one = drift("public.posts.is_hidden", Severity::Critical);
        let made = Attempt { drift: vec![one.clone()], ..Attempt::default() };
        let seen_later = Drift { first_seen: Some(at(99)), last_known: true, ..one.clone() };
        assert!(!made.is_outdated(&drifting(vec![seen_later.clone()], 99), false));
        assert!(made.is_outdated(&drifting(vec![seen_later.clone()], 99), true));
        let other = Drift { live: Some("integer".into()), ..one.clone() };
        for drift in [vec![], vec![other], vec![one.clone(), seen_later]] {
            assert!(made.is_outdated(&drifting(drift.clone(), 1), false), "{drift:?}");
        }
        assert!(!Attempt::default().is_outdated(&drifting(vec![], 1), false));
    }

    #[test]
    fn an_attempt_that_failed_is_made_again_after_some_checks() {
        let one = drift("public.posts.is_hidden", Severity::Critical);
        let failed = Attempt { drift: vec![one.clone()], failures: 1, not_before: Some(7) };
        assert!(!failed.is_outdated(&drifting(vec![one.clone()], 6), false));
        assert!(failed.is_outdated(&drifting(vec![one], 7), false));
        assert_eq!([1, 2, 3, u32::MAX].map(checks_between), [3, 6, 12, 192]);
    }
}
