//! `schemawarden serve`: the daemon.

mod wiring;

use anyhow::Context;
use tokio::net::TcpListener;

use super::Outcome;
use super::arguments::ConfigArgument;
use crate::daemon::app::App;
use crate::daemon::config::Config;
use crate::daemon::telemetry;

pub(super) async fn run(arguments: &ConfigArgument) -> anyhow::Result<Outcome> {
    let config = Config::load_to_serve(&arguments.config)?;
    telemetry::init(&config.log)?;
    daemon(config).await?;
    Ok(Outcome::Well)
}

/// Serves until a signal, and then ends everything within a bound.
pub(super) async fn daemon(config: Config) -> anyhow::Result<()> {
    let address = config.server.listen.clone();
    let scheme = if config.server.tls.is_some() { "https" } else { "http" };
    let listener = TcpListener::bind(&address).await.with_context(|| {
        format!("cannot listen on {address}: choose another address in server.listen, or end what listens there")
    })?;
    // The port that replaces port 0.
    let address = listener.local_addr()?;
    let app = App::start(config).await?;
    wiring::open(&app, listener)?;
    tracing::info!("listening on {scheme}://{address}");
    Ok(app.run().await?)
}
