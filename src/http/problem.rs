//! Problem documents (RFC 9457): errors of requests, for programs and for people.

use std::borrow::Cow;

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The content type.
pub(super) const PROBLEM: &str = "application/problem+json";

/// What went wrong with a request (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "urn:schemawarden:problem:unknown-target",
    "title": "Unknown target",
    "status": 404,
    "detail": "No target is called `comunity`. The targets are: community.",
    "instance": "/api/v1/targets/comunity",
}))]
pub(super) struct Problem {
    /// `about:blank` where the status says it all.
    #[schema(format = "uri-reference")]
    r#type: Cow<'static, str>,
    title: &'static str,
    status: u16,
    detail: Box<str>,
    /// The path that was asked for; filled in where all answers pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<Box<str>>,
    /// A path that says more, e.g. of the remediation that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    see: Option<Box<str>>,
    /// Headers that say the same to programs.
    #[serde(skip)]
    headers: Box<[(HeaderName, HeaderValue)]>,
    /// The detail repeats what was sent, which may be a secret in the wrong place.
    #[serde(skip)]
    repeats: bool,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            r#type: "about:blank".into(),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into().into(),
            instance: None,
            see: None,
            headers: Box::default(),
            repeats: false,
        }
    }

    /// A problem that programs distinguish from others with the same status by the last part of its type.
    pub fn of_kind(kind: &str, title: &'static str, status: StatusCode, detail: impl Into<String>) -> Self {
        Self { r#type: format!("urn:schemawarden:problem:{kind}").into(), title, ..Self::new(status, detail) }
    }

    /// The part that may be recorded.
    pub fn record(&self) -> &str {
        if self.repeats { "What was sent is not what is expected." } else { &self.detail }
    }

    pub fn repeats_what_was_sent(self) -> Self {
        Self { repeats: true, ..self }
    }

    pub fn see(self, path: String) -> Self {
        Self { see: Some(path.into()), ..self }
    }

    pub fn at(self, path: &str) -> Self {
        Self { instance: Some(path.into()), ..self }
    }

    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers = self.headers.into_iter().chain([(name, value)]).collect();
        self
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        headers.extend(self.headers.iter().cloned());
        // The middleware around all handlers adds the path.
        response.extensions_mut().insert(self);
        response
    }
}
