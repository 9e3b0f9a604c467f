//! `schemawarden serve`: the daemon, wired together.

use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;

use super::Outcome;
use super::arguments::ConfigArgument;
use crate::alert::Links;
use crate::app::App;
use crate::config::Config;
use crate::effect::notify::{self, Notifier, Settings};
use crate::{http, telemetry};

pub(super) async fn run(arguments: &ConfigArgument) -> anyhow::Result<Outcome> {
    let config = Config::load(&arguments.config)?;
    telemetry::init(&config.log)?;
    daemon(config).await?;
    Ok(Outcome::Well)
}

/// Serves until a signal, and then ends everything within a bound.
pub(super) async fn daemon(config: Config) -> anyhow::Result<()> {
    notify::install_crypto();
    let address = config.server.listen.clone();
    let listener = TcpListener::bind(&address).await.with_context(|| {
        format!("cannot listen on {address}: choose another address in server.listen, or end what listens there")
    })?;
    let notifier = Arc::new(Notifier::new(&settings(&config))?);
    let app = App::start(config).await?;
    let (handle, tasks, stop) = (app.handle(), app.tasks(), app.stop_token());
    tracing::info!("listening on http://{address}");
    tasks.spawn(http::serve(listener, handle.clone(), Arc::clone(&notifier), stop.clone()));
    tasks.spawn(follow(app.config(), Arc::clone(&notifier)));
    tasks.spawn(async move {
        let registry = handle.registry;
        notifier.run(|| registry.targets(), registry.subscribe(), stop).await;
    });
    Ok(app.run().await?)
}

/// Gives each configuration that comes into force to the notifier, until none can come any more.
async fn follow(mut configs: tokio::sync::watch::Receiver<Arc<Config>>, notifier: Arc<Notifier>) {
    while configs.changed().await.is_ok() {
        let settings = settings(&configs.borrow_and_update());
        if let Err(error) = notifier.configure(&settings) {
            tracing::error!("alerts go where they went before: {error}");
        }
    }
}

fn settings(config: &Config) -> Settings {
    let alertmanager = config.alertmanager.as_ref();
    Settings {
        alertmanagers: alertmanager.iter().flat_map(|it| &it.urls).map(|endpoint| endpoint.url().clone()).collect(),
        interval: alertmanager.map_or(std::time::Duration::from_mins(1), |it| it.interval),
        links: Links {
            external_url: config.server.external_url.clone(),
            config_file: config.path.display().to_string(),
        },
    }
}
