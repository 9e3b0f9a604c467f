//! The daemon over HTTP: a page for people, metrics for Prometheus, JSON for programs, and what an operator commands.
//!
//! No request ever queries a target: everything is answered from what was last published, and a check is only asked
//! for. Errors are RFC 9457 problem documents.

mod api;
mod connection;
mod guard;
mod ops;
mod page;
mod problem;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::AppHandle;
use crate::effect::notify::Notifier;

/// What the handlers see of the daemon.
#[derive(Clone, Debug)]
struct Faces {
    app: AppHandle,
    /// For its counters only.
    notifier: Arc<Notifier>,
}

/// Serves until `stop`, then lets requests that are under way end, within a bound.
pub async fn serve(listener: TcpListener, app: AppHandle, notifier: Arc<Notifier>, stop: CancellationToken) {
    connection::serve(listener, router(Faces { app, notifier }), stop).await;
}

fn router(faces: Faces) -> Router {
    Router::new()
        .route("/", get(page::landing))
        .route("/style.css", get(page::style))
        .route("/metrics", get(ops::metrics))
        .route("/-/healthy", get(ops::healthy))
        .route("/-/ready", get(ops::ready))
        .route("/-/reload", post(ops::reload))
        .route("/api/v1/targets", get(api::targets))
        .route("/api/v1/targets/{target}", get(api::target))
        .route("/api/v1/targets/{target}/drift", get(api::drift))
        .route("/api/v1/targets/{target}/checks", post(api::request_check))
        .with_state(faces)
        // The last one is the outermost.
        .layer(from_fn(guard::refuse_foreign_pages))
        .layer(from_fn(guard::bound))
        .layer(from_fn(guard::explain_errors))
        .layer(from_fn(guard::add_headers))
}
