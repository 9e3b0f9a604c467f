//! What every request and every answer passes: bounds in size and time, a refusal of what a foreign web page sends,
//! errors turned into problem documents, and headers that keep browsers careful.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use super::problem::Problem;

/// The longest that a handler may take. Only a reload takes more than milliseconds.
const HANDLER_LIMIT: Duration = Duration::from_secs(30);

/// No request needs a body; some clients send an empty object all the same. In bytes.
const BODY_LIMIT: u64 = 64 * 1024;

/// The page loads its own style, and nothing else from anywhere.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// A page of another site that is open in an operator's browser can send a POST here, though not read the answer.
/// Browsers say where such a request comes from; other clients say nothing, and are let through.
pub(super) async fn refuse_foreign_pages(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || !is_foreign(request.headers()) {
        return next.run(request).await;
    }
    Problem::new(
        StatusCode::FORBIDDEN,
        "A web page of another site sent this request. Send it with curl, or from here.",
    )
    .into_response()
}

fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |value: &HeaderValue| value.to_str().unwrap_or("?").to_ascii_lowercase();
    if let Some(site) = headers.get("sec-fetch-site").map(text) {
        return site != "same-origin" && site != "none";
    }
    // An older browser.
    let Some(origin) = headers.get(ORIGIN).map(text) else { return false };
    let host = headers.get(HOST).map(text).unwrap_or_default();
    // `null`, of a sandboxed page, has no host.
    origin.split_once("://").is_none_or(|(_, from)| from != host)
}

pub(super) async fn bound(request: Request, next: Next) -> Response {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > BODY_LIMIT) {
        let detail = format!("No request needs a body of more than {BODY_LIMIT} bytes.");
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).into_response();
    }
    // Nothing outlives a handler that panics: what handlers share is changed in single assignments only.
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(HANDLER_LIMIT, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => {
            let detail = "The request met a fault in the program. The daemon goes on watching; its log says more.";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail).into_response()
        }
        Err(_) => {
            let detail =
                format!("No answer within {} s. What was asked for may still happen.", HANDLER_LIMIT.as_secs());
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
        }
    }
}

/// Errors that routing and extractors answer with are plain text or empty.
pub(super) async fn explain_errors(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return problem.at(&path).into_response();
    }
    let detail = match status {
        StatusCode::NOT_FOUND => format!("There is nothing at {path}."),
        StatusCode::METHOD_NOT_ALLOWED => {
            format!("{path} does not take {method}; the header Allow says what it takes.")
        }
        _ => format!("{method} {path} is not a request that can be understood."),
    };
    Problem::new(status, detail).at(&path).into_response()
}

pub(super) async fn add_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
