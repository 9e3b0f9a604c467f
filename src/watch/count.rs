//! The task that counts one target's rows: each invariant when it is due, one after the other, over one connection.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tracing::{info, warn};

use super::Watched;
use crate::invariant::Invariant;
use crate::pg::count;
use crate::report::InvariantReport;

/// Beyond an invariant's own timeout: connecting, and cancelling on the server.
const ALLOWANCE: Duration = Duration::from_secs(30);

/// Counts until the target is stopped.
pub async fn run(watched: Arc<Watched>) {
    loop {
        tokio::select! {
            biased;
            () = watched.stop.cancelled() => return,
            () = watched.count.notified() => {}
        }
        for (config, due) in watched.target.invariants.iter().zip(&watched.due) {
            if watched.stop.is_cancelled() {
                return;
            }
            if !due.load(Ordering::Relaxed) {
                continue;
            }
            let outcome = if watched.up.load(Ordering::Relaxed) {
                due.store(false, Ordering::Relaxed);
                count_one(&watched, &config.invariant).await
            } else {
                // Stays due: the check that reaches the server wakes this task.
                Some(Err("not counted: the server cannot be reached".to_owned()))
            };
            if let Some(outcome) = outcome {
                watched.publish(|board| board.counted(&config.invariant.name, outcome), |_| ());
            }
        }
    }
}

/// `None` when the target is stopped meanwhile.
async fn count_one(watched: &Watched, invariant: &Invariant) -> Option<Result<InvariantReport, String>> {
    let Watched { target, context, stop, .. } = watched;
    let _permits = tokio::select! {
        biased;
        () = stop.cancelled() => return None,
        permits = async { (context.counts.acquire().await, context.connections.acquire().await) } => permits,
    };
    let limit = invariant.timeout + ALLOWANCE;
    let counting = count::count(&target.source, &target.guards, invariant, stop);
    let outcome = match tokio::time::timeout(limit, counting).await {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} s: the server hangs, or the network does", limit.as_secs())),
    };
    if stop.is_cancelled() {
        return None;
    }
    tell(watched, &invariant.name, &outcome);
    Some(outcome)
}

/// Logs what changed, not every count.
fn tell(watched: &Watched, name: &str, outcome: &Result<InvariantReport, String>) {
    let target_name = &watched.target.name;
    let status = watched.context.registry.target(target_name);
    let published = status.as_ref().and_then(|status| status.report.as_ref());
    let before = published.and_then(|report| report.invariants.iter().find(|known| known.name == name));
    match outcome {
        Ok(now) if before.is_none_or(|before| (before.verdict, &before.counts) != (now.verdict, &now.counts)) => {
            info!(target_name, invariant = name, verdict = now.verdict.as_str(), counts = ?now.counts, "counted");
        }
        Err(error) if before.is_none_or(|before| before.detail.as_ref() != Some(error)) => {
            warn!(target_name, invariant = name, error, "the count failed");
        }
        Ok(_) | Err(_) => {}
    }
}
