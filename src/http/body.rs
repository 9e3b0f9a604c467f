//! JSON bodies: the type that a handler expects, or a problem document that describes the error.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::AppState;
use super::problem::Problem;

/// Extractor; a handler's last argument.
pub(super) struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        match Json::from_request(request, state).await {
            Ok(Json(sent)) => Ok(Self(sent)),
            Err(rejection) => Err(refused(&rejection)),
        }
    }
}

/// The reason repeats a part of the body.
fn refused(rejection: &JsonRejection) -> Problem {
    let detail = format!("{}. The fields are in /api/v1/openapi.json.", rejection.body_text());
    Problem::new(rejection.status(), detail).repeats_what_was_sent()
}
