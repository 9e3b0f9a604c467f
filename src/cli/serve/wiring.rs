//! The interfaces of a running daemon: HTTP, and alerts pushed to every Alertmanager. They end with the daemon, and
//! follow its configuration.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::daemon::app::App;
use crate::daemon::config::{Config, TlsError};
use crate::daemon::remediate::Remediator;
use crate::daemon::watch::Registry;
use crate::domain::alert::DRIFT_FOR;
use crate::effects::notify::{self, Notifier, Settings};
use crate::http::{self, Listener, Tls};

/// Interval of a loop that has nothing to notify.
const IDLE: Duration = Duration::from_mins(1);

/// Why the daemon cannot serve, or push alerts.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Notify(#[from] notify::Error),
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Starts serving `app` on `listener`, and pushing its alerts.
pub fn open(app: &App, listener: TcpListener) -> Result<(), Error> {
    let mut config = app.config();
    let settings = settings(&config.borrow_and_update());
    let notifier = Arc::new(Notifier::new(&settings)?);
    let (handle, tasks, stop) = (app.handle(), app.tasks(), app.stop_token());
    let tls = config.borrow().server.tls.as_ref().map(Tls::load).transpose()?.map(Arc::new);
    if let Some(tls) = tls.clone() {
        let config = app.config();
        let follow = async move { tls.follow(config).await };
        tasks.spawn(stop.clone().run_until_cancelled_owned(follow));
    }
    let endpoint = Listener { listener, tls };
    tasks.spawn(http::serve(endpoint, handle.clone(), notifier.clone(), app.config(), stop.clone()));
    tasks.spawn(stop.clone().run_until_cancelled_owned(follow(config, notifier.clone())));
    let pass_on = pass_on(Arc::clone(&handle.remediator), Arc::clone(&handle.registry));
    tasks.spawn(stop.clone().run_until_cancelled_owned(pass_on));
    tasks.spawn(async move {
        let changes = handle.registry.subscribe();
        notifier.run(|| handle.seen(), changes, stop).await;
    });
    Ok(())
}

/// Notifies subscribers of the published state that a remediation has advanced. When one has ended, its target is
/// checked at once, so that no outdated state stays published for another interval.
async fn pass_on(remediator: Arc<Remediator>, registry: Arc<Registry>) {
    let mut changes = remediator.subscribe();
    let under_way = || -> BTreeSet<String> {
        let statuses = remediator.statuses().into_iter().filter(|status| status.under_way.is_some());
        statuses.map(|status| status.target).collect()
    };
    let mut before = under_way();
    while changes.changed().await.is_ok() {
        registry.touch();
        let now = under_way();
        for ended in before.difference(&now) {
            registry.request_check(ended);
        }
        before = now;
    }
}

/// Passes every new configuration to the notifier.
async fn follow(mut config: watch::Receiver<Arc<Config>>, notifier: Arc<Notifier>) {
    while config.changed().await.is_ok() {
        let settings = settings(&config.borrow_and_update());
        if let Err(error) = notifier.configure(&settings) {
            tracing::error!(error = &error as &dyn std::error::Error, "alerts are pushed as before the reload");
        }
    }
}

fn settings(config: &Config) -> Settings {
    let alertmanager = config.alertmanager.as_ref();
    Settings {
        alertmanagers: alertmanager
            .map(|alertmanager| alertmanager.urls.iter().map(|endpoint| endpoint.url().clone()).collect())
            .unwrap_or_default(),
        interval: alertmanager.map_or(IDLE, |alertmanager| alertmanager.interval),
        drift_for: alertmanager.map_or(DRIFT_FOR, |alertmanager| alertmanager.drift_for),
        links: config.links(),
    }
}
