//! The audit log of all commands over HTTP: who, what, from where, and the result.
//!
//! A command is carried out and recorded completely, even if its sender has disconnected. Headers, query and body of a
//! request are not recorded, because they may hold a secret; handlers add what may be recorded.
//!
//! Every request of a token's holder is recorded. Requests without a known token share a limit per minute; further ones
//! are counted, and recorded in one record. Old and excess records are removed, for each name separately.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::Utc;

use super::problem::Problem;
use super::{AppState, auth, guard};
use crate::state::AuditRecord;

/// No served path is longer. In bytes.
const LONGEST_PATH: usize = 256;

/// Records of requests without a known token, in each minute.
const RECORDED: u32 = 10;

const MINUTE: Duration = Duration::from_mins(1);

/// Interval of the removal of old and excess records, in minutes.
const BETWEEN_REMOVALS: u64 = 60;

/// Addresses that are counted individually in a minute.
const ADDRESSES: usize = 1_000;

/// In characters.
const LONGEST_DETAIL: usize = 1_024;

/// Extension of a handler's response with details to record, besides an error.
#[derive(Clone, Debug)]
pub(super) struct Detail(pub String);

/// The requests without a known token in this minute.
#[derive(Debug, Default)]
pub(super) struct Strangers(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    recorded: u32,
    more: u64,
    from: HashSet<IpAddr>,
    /// Status of the latest answer.
    status: u16,
}

impl Strangers {
    /// Whether this request gets a record of its own.
    fn count(&self, from: Option<IpAddr>, status: u16) -> bool {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.recorded < RECORDED {
            minute.recorded += 1;
            return true;
        }
        minute.more += 1;
        minute.status = status;
        if minute.from.len() < ADDRESSES {
            minute.from.extend(from);
        }
        false
    }

    /// Starts a new minute. Gives the summary record of the last one, if there were requests without a record.
    fn turn(&self) -> Option<AuditRecord> {
        let minute = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let Minute { more, from, status, .. } = minute;
        (more > 0).then(|| AuditRecord {
            id: 0,
            at: Utc::now(),
            who: auth::ANONYMOUS.to_owned(),
            what: format!("{more} more requests"),
            from: String::new(),
            detail: format!(
                "{more} requests without a known token, of the last minute, from {}{} addresses, have no records of \
                 their \
                 own: {RECORDED} in a minute have. The status is the latest one's",
                if from.len() < ADDRESSES { "" } else { "at least " },
                from.len()
            ),
            status,
        })
    }
}

/// Records every request that may change something.
pub(super) async fn commands(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if guard::reads(request.method()) {
        return next.run(request).await;
    }
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| from.ip().to_canonical());
    let who = {
        let config = state.config.borrow();
        auth::identify(&config.tokens, request.headers()).map(|token| token.name.clone())
    };
    let path: String = request.uri().path().chars().take(LONGEST_PATH).collect();
    let what = format!("{} {path}", request.method());
    let at = Utc::now();
    // A broken connection drops the handler's future, but not a task.
    let work = tokio::spawn(async move {
        let response = next.run(request).await;
        let status = response.status().as_u16();
        if who.is_some() || state.strangers.count(from, status) {
            let record = AuditRecord {
                id: 0,
                at,
                who: who.unwrap_or_else(|| auth::ANONYMOUS.to_owned()),
                what,
                from: from.map(|from| from.to_string()).unwrap_or_default(),
                detail: detail(&response),
                status,
            };
            audit(&state, &record).await;
        }
        response
    });
    work.await.unwrap_or_else(|_| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "What was asked for was broken off.").into_response()
    })
}

/// Writes the summary records and removes old ones until the daemon stops.
pub(super) async fn keep_bounded(state: AppState) {
    let mut minutes: u64 = 0;
    while state.stop.run_until_cancelled(tokio::time::sleep(MINUTE)).await.is_some() {
        if let Some(record) = state.strangers.turn() {
            audit(&state, &record).await;
        }
        if minutes.is_multiple_of(BETWEEN_REMOVALS)
            && let Err(error) = state.app.remediator.state().retain(Utc::now()).await
        {
            tracing::warn!(%error, "cannot remove expired entries from the state store");
        }
        minutes += 1;
    }
    if let Some(record) = state.strangers.turn() {
        audit(&state, &record).await;
    }
}

fn detail(response: &Response) -> String {
    let detail = response.extensions().get::<Detail>().map(|Detail(text)| text.as_str());
    let wrong = response.extensions().get::<Problem>().map(Problem::record);
    detail.or(wrong).unwrap_or_default().chars().take(LONGEST_DETAIL).collect()
}

/// Always logged as well, because the store may be gone.
async fn audit(state: &AppState, record: &AuditRecord) {
    let AuditRecord { at, who, what, from, detail, status, .. } = record;
    if let Err(error) = state.app.remediator.state().audit(record).await {
        tracing::error!(%error, "cannot write the audit log");
    }
    tracing::info!(target: "audit", at = %at.format("%FT%T%.3fZ"), who, what, from, detail, status);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn strangers_have_few_records_and_one_for_the_rest() {
        let strangers = Strangers::default();
        let ask = |i: u16| strangers.count(Some(IpAddr::from([10, 0, 0, (i % 4) as u8])), 401);
        assert_eq!((0..5_000).filter(|i| ask(*i)).count(), 10);
        let summary = strangers.turn().unwrap();
        assert_eq!((&*summary.who, &*summary.what, summary.status), ("-", "4990 more requests", 401));
        assert!(summary.detail.contains("from 4 addresses"), "{}", summary.detail);
        assert_eq!(strangers.turn(), None);
        assert!(ask(0));
    }
}
