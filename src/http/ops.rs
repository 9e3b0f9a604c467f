//! Operational endpoints: metrics, health, readiness, and reload.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use chrono::Utc;

use super::AppState;
use super::auth::MayPlan;
use super::problem::{PROBLEM, Problem};
use crate::daemon::metrics::{self, Published};
use crate::domain::confidential;

/// The metrics, as Prometheus scrapes them.
#[utoipa::path(get, path = "/metrics", tag = "daemon", responses(
    (status = 200, body = String, content_type = "text/plain", description = "Prometheus' text format, 0.0.4."),
))]
pub(super) async fn metrics(State(state): State<AppState>) -> Result<impl IntoResponse, Problem> {
    let reload = state.app.status.last_reload();
    let published = Published {
        targets: &state.app.registry.targets(),
        last_reload_successful: reload.successful,
        last_reload_success: Some(reload.last_success),
        alertmanagers: &state.notifier.counters(),
        remediations: &state.app.remediator.statuses(),
        store: &state.app.store(),
        refused: &state.refused.counts(),
    };
    match metrics::render(&published) {
        // Redacted even for a caller with a token, because Prometheus stores it for others.
        Ok(text) => Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], confidential::public(&text).into_owned())),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot answer a scrape");
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
        }
    }
}

/// The process lives and answers. Says nothing about any target.
#[utoipa::path(get, path = "/-/healthy", tag = "daemon", responses(
    (status = 200, body = String, content_type = "text/plain", description = "It is."),
))]
pub(super) async fn healthy() -> &'static str {
    "Schemawarden is healthy.\n"
}

/// What is published can be relied upon, and what is commanded can be done: every target was looked at, or had its time, and
/// the state store works. Watching goes on without the store; the answer says what does not, and what to do.
#[utoipa::path(get, path = "/-/ready", tag = "daemon", responses(
    (status = 200, body = String, content_type = "text/plain", description = "It can."),
    (status = 503, body = Problem, content_type = PROBLEM, description = "It cannot, or not yet."),
))]
pub(super) async fn ready(State(state): State<AppState>) -> Result<&'static str, Problem> {
    match state.app.ready(Utc::now()) {
        Ok(()) => Ok("Schemawarden is ready.\n"),
        Err(why) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, why)),
    }
}

/// Reads the configuration again. A bad one changes nothing.
#[utoipa::path(post, path = "/-/reload", tag = "daemon", responses(
    (status = 200, body = String, content_type = "text/plain", description = "The new configuration is in force."),
    (status = 500, body = Problem, content_type = PROBLEM, description = "It was refused; the old one stays in force."),
), security(("token" = ["plan"])))]
pub(super) async fn reload(MayPlan(caller): MayPlan, State(state): State<AppState>) -> Result<&'static str, Problem> {
    tracing::info!(by = caller.name, "configuration reload requested");
    match state.app.reload().await {
        Ok(()) => Ok("The configuration was read again and is in force.\n"),
        Err(reason) => Err(Problem::of_kind(
            "configuration-refused",
            "Configuration refused",
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("The configuration from before stays in force. {reason}"),
        )),
    }
}
