//! What the machinery around the daemon asks: metrics, health, readiness, and to read the configuration again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use chrono::Utc;

use super::Faces;
use super::problem::Problem;
use crate::metrics::{self, Published};

pub(super) async fn metrics(State(faces): State<Faces>) -> Result<impl IntoResponse, Problem> {
    let reload = faces.app.status.last_reload();
    let published = Published {
        targets: &faces.app.registry.targets(),
        last_reload_successful: reload.successful,
        last_reload_success: Some(reload.last_success),
        alertmanagers: &faces.notifier.counters(),
    };
    match metrics::render(&published) {
        Ok(text) => Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text)),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot answer a scrape");
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
        }
    }
}

/// The process lives and answers. Says nothing about any target.
pub(super) async fn healthy() -> &'static str {
    "Schemawarden is healthy.\n"
}

/// What is published can be relied upon: every target was looked at, or had its time.
pub(super) async fn ready(State(faces): State<Faces>) -> Result<&'static str, Problem> {
    if faces.app.ready(Utc::now()) {
        return Ok("Schemawarden is ready.\n");
    }
    let targets = faces.app.registry.targets();
    let waiting = targets.iter().filter(|target| target.report.is_none()).map(|target| &*target.name);
    let detail = format!("The first check has not ended yet of: {}.", waiting.collect::<Vec<_>>().join(", "));
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail))
}

pub(super) async fn reload(State(faces): State<Faces>) -> Result<&'static str, Problem> {
    match faces.app.reload().await {
        Ok(()) => Ok("The configuration was read again and is in force.\n"),
        Err(reason) => Err(Problem::of_kind(
            "urn:schemawarden:problem:configuration-refused",
            "Configuration refused",
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("The configuration from before stays in force. {reason}"),
        )),
    }
}
