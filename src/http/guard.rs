//! Middleware of every request and answer: limits on size and time, the refusal of cross-site requests, errors as
//! problem documents, and security headers.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::problem::Problem;

/// Limit for a handler. Only a reload takes more than milliseconds.
const HANDLER_LIMIT: Duration = Duration::from_secs(30);

/// Limit for the arrival of a body.
const BODY_LIMIT: Duration = Duration::from_secs(30);

/// Every body is a small JSON object. In bytes.
const BODY_SIZE: usize = 64 * 1024;

/// The page loads its own style sheet, and nothing else.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Whether requests with this method change nothing.
pub(super) fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A page of another site that is open in an operator's browser can send a POST here, although it cannot read the
/// answer (CSRF). Browsers state the origin of such a request; other clients do not, and are admitted.
pub(super) async fn refuse_foreign_pages(request: Request, next: Next) -> Response {
    if reads(request.method()) || !is_foreign(request.headers()) {
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
    // An older browser, without `Sec-Fetch-Site`.
    let Some(origin) = headers.get(ORIGIN).map(text) else { return false };
    let host = headers.get(HOST).map(text).unwrap_or_default();
    // `null`, the origin of a sandboxed page, has no host.
    origin.split_once("://").is_none_or(|(_, from)| from != host)
}

/// Reads the whole body before the handler, and limits the handler's time.
pub(super) async fn bound(request: Request, next: Next) -> Response {
    let request = match arrived(request, BODY_LIMIT).await {
        Ok(request) => request,
        Err(problem) => return problem.into_response(),
    };
    // Unwind safe: shared state is changed in single assignments only.
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

/// The request with its whole body. If the announced length exceeds the limit, it is refused without reading.
pub(super) async fn arrived(request: Request, limit: Duration) -> Result<Request, Problem> {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return Ok(Request::from_parts(parts, body));
    }
    if body.size_hint().lower() > BODY_SIZE as u64 {
        return Err(too_large());
    }
    let body = Limited::new(body, BODY_SIZE).collect();
    match tokio::time::timeout(limit, body).await {
        Ok(Ok(body)) => Ok(Request::from_parts(parts, Body::from(body.to_bytes()))),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Problem::new(StatusCode::BAD_REQUEST, "The body broke off.")),
        Err(_) => {
            let detail = format!("The body did not arrive within {} s.", limit.as_secs());
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, detail).with(CONNECTION, HeaderValue::from_static("close")))
        }
    }
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("No request needs a body of more than {BODY_SIZE} bytes."))
}

/// Rejections of routing and extractors are plain text or empty.
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
