//! The audit of everything that was commanded over HTTP: who, what, from where, and what came of it.
//!
//! A command is carried out and recorded to its end, even if whoever sent it has gone away. Nothing that a request
//! carries in its headers, its query or its body is recorded, for it may be a secret; handlers say what may be.
//!
//! Whoever has a token has each of his requests recorded. Those of all others together have so many records in a minute;
//! what is beyond is counted, and told in one record. What is too old or too much is removed, each name's by itself.

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

/// Nothing that is served has a longer path. In bytes.
const LONGEST_PATH: usize = 256;

/// Records of strangers, all of them together, in each minute.
const RECORDED: u32 = 10;

const MINUTE: Duration = Duration::from_mins(1);

/// How often it is looked for what is too old or too much, in minutes.
const BETWEEN_REMOVALS: u64 = 60;

/// Addresses that are told apart in a minute.
const ADDRESSES: usize = 1_000;

/// In characters.
const LONGEST_DETAIL: usize = 1_024;

/// A handler's answer carries this, as an extension, where there is more to record than what went wrong.
#[derive(Clone, Debug)]
pub(super) struct Detail(pub String);

/// The requests of strangers in this minute.
#[derive(Debug, Default)]
pub(super) struct Strangers(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    recorded: u32,
    more: u64,
    from: HashSet<IpAddr>,
    /// Of the answer to the latest.
    status: u16,
}

impl Strangers {
    /// Whether one more has a record of its own.
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

    /// Begins a new minute. The record of those that had none of their own in the last one.
    fn turn(&self) -> Option<AuditRecord> {
        let minute = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let Minute { more, from, status, .. } = minute;
        (more > 0).then(|| AuditRecord {
            id: 0,
            at: Utc::now(),
            who: auth::NOBODY.to_owned(),
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

/// Records every request that is not one to read.
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
    // A connection that breaks drops what it waits for, but not a task.
    let work = tokio::spawn(async move {
        let response = next.run(request).await;
        let status = response.status().as_u16();
        if who.is_some() || state.strangers.count(from, status) {
            let record = AuditRecord {
                id: 0,
                at,
                who: who.unwrap_or_else(|| auth::NOBODY.to_owned()),
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

/// Tells what strangers have asked for beyond their records, and removes what is not kept any longer, until the daemon
/// stops.
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
    let said = response.extensions().get::<Detail>().map(|Detail(text)| text.as_str());
    let wrong = response.extensions().get::<Problem>().map(Problem::record);
    said.or(wrong).unwrap_or_default().chars().take(LONGEST_DETAIL).collect()
}

/// Into the log in any case: the store may be gone.
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
    fn strangers_have_few_records_and_the_rest_is_told_in_one() {
        let strangers = Strangers::default();
        let ask = |i: u16| strangers.count(Some(IpAddr::from([10, 0, 0, (i % 4) as u8])), 401);
        assert_eq!((0..5_000).filter(|i| ask(*i)).count(), 10);
        let told = strangers.turn().unwrap();
        assert_eq!((&*told.who, &*told.what, told.status), ("-", "4990 more requests", 401));
        assert!(told.detail.contains("from 4 addresses"), "{}", told.detail);
        assert_eq!(strangers.turn(), None);
        assert!(ask(0));
    }
}
