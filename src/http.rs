//! The daemon over HTTP: a page for people, metrics for Prometheus, JSON for programs, and an operator's commands.
//!
//! Only a request for a plan queries the target: everything else is answered from the published state, and a check is
//! only requested. Errors are RFC 9457 problem documents.

mod api;
mod audit;
mod auth;
mod body;
mod connection;
mod guard;
mod host;
mod limit;
mod openapi;
mod ops;
mod pace;
mod page;
mod problem;
mod redact;
mod refused;
mod remediations;
#[cfg(test)]
mod tests;
mod tls;

use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::daemon::app::AppHandle;
use crate::daemon::config::Config;
use crate::effects::notify::Notifier;
use limit::Limit;
use refused::Refused;

pub use tls::Tls;

/// The parts of the daemon that the handlers use.
#[derive(Clone, Debug)]
struct AppState {
    app: AppHandle,
    /// For its counters only.
    notifier: Arc<Notifier>,
    /// The configuration in force.
    config: watch::Receiver<Arc<Config>>,
    /// Failed authentications per client.
    failures: Arc<Limit>,
    /// Audit records of requests without a known token.
    strangers: Arc<audit::Strangers>,
    /// Plan requests without a token, per client.
    plans: Arc<Limit>,
    refused: Arc<Refused>,
    /// Plans that are being made for reading.
    proposals: remediations::Proposals,
    /// Ends streaming answers when the daemon stops.
    stop: CancellationToken,
}

/// Limits per client and minute.
const FAILURES: u32 = 10;
const PLANS: u32 = 30;

impl AppState {
    fn new(
        app: AppHandle,
        notifier: Arc<Notifier>,
        config: watch::Receiver<Arc<Config>>,
        stop: CancellationToken,
    ) -> Self {
        let (failures, plans) = (Arc::new(Limit::new(FAILURES)), Arc::new(Limit::new(PLANS)));
        let (strangers, refused, proposals) = (Arc::default(), Arc::default(), remediations::Proposals::default());
        Self { app, notifier, config, failures, strangers, plans, refused, proposals, stop }
    }
}

/// The listening socket. Without TLS it serves plain HTTP.
#[derive(Debug)]
pub struct Listener {
    pub listener: TcpListener,
    pub tls: Option<Arc<Tls>>,
}

/// Serves until `stop`, then lets running requests end, within a bound.
pub async fn serve(
    endpoint: Listener,
    app: AppHandle,
    notifier: Arc<Notifier>,
    config: watch::Receiver<Arc<Config>>,
    stop: CancellationToken,
) {
    let state = AppState::new(app, notifier, config, stop.clone());
    let refused = Arc::clone(&state.refused);
    let kept = tokio::spawn(audit::keep_bounded(state.clone()));
    connection::serve(endpoint, router(state), refused, stop).await;
    // The task ends with `stop`, too.
    let _ended = kept.await;
}

fn router(state: AppState) -> Router {
    let (router, document) = OpenApiRouter::with_openapi(openapi::common())
        .routes(routes!(ops::metrics))
        .routes(routes!(ops::healthy))
        .routes(routes!(ops::ready))
        .routes(routes!(ops::reload))
        .routes(routes!(api::targets))
        .routes(routes!(api::target))
        .routes(routes!(api::drift))
        .routes(routes!(api::request_check))
        .merge(remediations::routes())
        .routes(routes!(openapi::describe))
        .split_for_parts();
    router
        .route("/", get(page::landing))
        .route("/style.css", get(page::style))
        .with_state(state.clone())
        .layer(Extension(openapi::finish(document)))
        // The last layer is the outermost.
        .layer(from_fn(guard::refuse_foreign_pages))
        .layer(from_fn(guard::bound))
        .layer(from_fn_with_state(state.clone(), audit::commands))
        .layer(from_fn_with_state(state.clone(), host::refuse_foreign_names))
        .layer(from_fn(guard::explain_errors))
        .layer(from_fn(guard::add_headers))
        .layer(from_fn_with_state(state, redact::decide))
}
