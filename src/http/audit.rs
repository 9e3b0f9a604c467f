//! The audit of everything that was commanded over HTTP: who, what, from where, and what came of it.
//!
//! A command is carried out and recorded to its end, even if whoever sent it has gone away. Nothing that a request
//! carries in its headers, its query or its body is recorded, for it may be a secret; handlers say what may be.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::Utc;

use super::problem::Problem;
use super::{Faces, auth, guard};
use crate::state::AuditRecord;

/// Nothing that is served has a longer path. In bytes.
const LONGEST_PATH: usize = 256;

/// In characters.
const LONGEST_DETAIL: usize = 1_024;

/// A handler's answer carries this, as an extension, where there is more to record than what went wrong.
#[derive(Clone, Debug)]
pub(super) struct Detail(pub String);

/// Records every request that is not one to read.
pub(super) async fn commands(State(faces): State<Faces>, request: Request, next: Next) -> Response {
    if guard::reads(request.method()) {
        return next.run(request).await;
    }
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| from.ip().to_canonical());
    let who = {
        let config = faces.config.borrow();
        auth::identify(&config.tokens, request.headers()).map(|token| token.name.clone())
    };
    let path: String = request.uri().path().chars().take(LONGEST_PATH).collect();
    let what = format!("{} {path}", request.method());
    let at = Utc::now();
    // A connection that breaks drops what it waits for, but not a task.
    let work = tokio::spawn(async move {
        let response = next.run(request).await;
        if who.is_some() || may_be_recorded(&faces, from) {
            let record = AuditRecord {
                id: 0,
                at,
                who: who.unwrap_or_else(|| auth::NOBODY.to_owned()),
                what,
                from: from.map(|from| from.to_string()).unwrap_or_default(),
                detail: detail(&response),
                status: response.status().as_u16(),
            };
            audit(&faces, &record).await;
        }
        response
    });
    work.await.unwrap_or_else(|_| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "What was asked for was broken off.").into_response()
    })
}

fn detail(response: &Response) -> String {
    let said = response.extensions().get::<Detail>().map(|Detail(text)| text.as_str());
    let wrong = response.extensions().get::<Problem>().map(Problem::record);
    said.or(wrong).unwrap_or_default().chars().take(LONGEST_DETAIL).collect()
}

/// Strangers must not be able to fill the disk.
fn may_be_recorded(faces: &Faces, from: Option<IpAddr>) -> bool {
    from.is_some_and(|from| faces.strangers.count(from, Instant::now()).is_ok())
}

/// Into the log in any case: the store may be gone.
async fn audit(faces: &Faces, record: &AuditRecord) {
    let AuditRecord { at, who, what, from, detail, status, .. } = record;
    if let Err(error) = faces.app.remediator.state().audit(record).await {
        tracing::error!(%error, "the audit log cannot be kept");
    }
    tracing::info!(target: "audit", at = %at.format("%FT%T%.3fZ"), who, what, from, detail, status);
}
