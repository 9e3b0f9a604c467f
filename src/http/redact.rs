//! Redaction of what may be a row's value, for callers without a token of any scope. Every answer passes here on its
//! way out (pages, documents, problems and events), so that no handler has to do it. See
//! [`crate::domain::confidential`].

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt as _;

use super::{AppState, auth};
use crate::domain::confidential::{full, is_marked, public};

pub(super) async fn decide(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_known = auth::is_known(&state, request.headers());
    let (mut parts, body) = next.run(request).await.into_parts();
    // Each event of a stream is redacted by itself; any other body as a whole.
    if body.size_hint().exact().is_none() {
        let body = body.map_frame(move |frame| frame.map_data(|piece| shown(&piece, is_known).unwrap_or(piece)));
        return Response::from_parts(parts, Body::new(body));
    }
    // The body is in memory, and cannot fail.
    let whole = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    match shown(&whole, is_known) {
        None => Response::from_parts(parts, Body::from(whole)),
        Some(shown) => {
            parts.headers.remove(CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(shown))
        }
    }
}

/// `None`: unchanged.
fn shown(piece: &Bytes, is_known: bool) -> Option<Bytes> {
    if !is_marked(piece) {
        return None;
    }
    let text = String::from_utf8_lossy(piece);
    let shown = if is_known { full(&text) } else { public(&text) };
    Some(shown.into_owned().into())
}
