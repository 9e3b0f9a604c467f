//! The task that counts one target's rows: each invariant when it is due, one at a time, over one connection.

use std::sync::Arc;
use std::time::Duration;

use tracing::{info, warn};

use super::{Watched, board, silent};
use crate::domain::invariant::Invariant;
use crate::domain::report::InvariantReport;
use crate::pg::count;

/// Added to an invariant's own timeout, for connecting and for cancelling on the server.
const ALLOWANCE: Duration = Duration::from_secs(30);

/// Counts until the target is stopped.
pub async fn run(watched: Arc<Watched>) {
    let mut inbox = watched.requests.inbox();
    let mut done = vec![0; watched.target.invariants.len()];
    while let Some(wanted) = watched.stop.run_until_cancelled(inbox.counts()).await {
        for ((config, done), wanted) in watched.target.invariants.iter().zip(&mut done).zip(wanted) {
            if watched.stop.is_cancelled() {
                return;
            }
            if *done == wanted {
                continue;
            }
            let report = if watched.is_up() {
                *done = wanted;
                match count_one(&watched, &config.invariant).await {
                    Some(report) => report,
                    None => return,
                }
            } else {
                // Stays requested: the check that reaches the server wakes this task.
                board::not_counted(&config.invariant, "not counted: the server cannot be reached".to_owned())
            };
            watched.publish(|board| board.counted(report), |_| ());
        }
    }
}

/// `None` if the target is stopped during the count.
async fn count_one(watched: &Watched, invariant: &Invariant) -> Option<InvariantReport> {
    let Watched { target, context, stop, .. } = watched;
    let _permits = tokio::select! {
        biased;
        () = stop.cancelled() => return None,
        permits = async { (context.counts.acquire().await, context.connections.acquire().await) } => permits,
    };
    let limit = invariant.timeout + ALLOWANCE;
    let counting = count::report(&target.source, &target.guards, invariant, stop);
    let counted = tokio::time::timeout(limit, counting).await;
    let report = counted.unwrap_or_else(|_| board::not_counted(invariant, silent(limit)));
    if stop.is_cancelled() {
        return None;
    }
    log_change(watched, &report);
    Some(report)
}

/// Logs changes, not every count.
fn log_change(watched: &Watched, now: &InvariantReport) {
    let target_name = &watched.target.name;
    let status = watched.context.registry.target(target_name);
    let published = status.as_ref().and_then(|status| status.report.as_ref());
    let before = published.and_then(|report| report.invariants.iter().find(|known| known.name == now.name));
    let (invariant, verdict, detail) = (&now.name, now.verdict.as_str(), now.detail.as_deref());
    match now.counted_at {
        Some(_) if before.is_none_or(|before| (before.verdict, &before.counts) != (now.verdict, &now.counts)) => {
            info!(target_name, invariant, verdict, counts = ?now.counts, "counted");
        }
        None if before.is_none_or(|before| before.detail != now.detail) => {
            warn!(target_name, invariant, detail, "the count failed");
        }
        Some(_) | None => {}
    }
}
