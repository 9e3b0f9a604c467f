//! Problem documents (RFC 9457): what went wrong with a request, for programs and for people.

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Problem {
    /// `about:blank` where the status says it all.
    r#type: &'static str,
    title: String,
    status: u16,
    detail: String,
    /// The path that was asked for; filled in where all answers pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            instance: None,
        }
    }

    /// A problem that a program can tell from others with the same status. `type` is a URI.
    pub fn of_kind(r#type: &'static str, title: &str, status: StatusCode, detail: impl Into<String>) -> Self {
        Self { r#type, title: title.to_owned(), ..Self::new(status, detail) }
    }

    pub fn at(self, path: &str) -> Self {
        Self { instance: Some(path.to_owned()), ..self }
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(&self)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // The middleware that every answer passes adds the path.
        response.extensions_mut().insert(self);
        response
    }
}
