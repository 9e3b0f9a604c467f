//! Pushes alerts to every configured Alertmanager, each by its own task, so that one that hangs delays no other.
//!
//! [`crate::domain::alert`] decides which alerts fire; this module sends them as Prometheus does: new ones at once, all
//! of them at each interval, with an end four intervals ahead. Stopping resolves nothing: alerts outlive a restart of
//! this program, and expire if it does not come back.

mod message;
mod peer;
mod queue;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::web;
use crate::domain::alert::{Alert, Alerts, Links, Seen};
use message::Message;
use peer::Peer;
pub use peer::PeerCounters;

/// Why pushing cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the Alertmanager URL {0} is not usable: write http://host:9093 or https://…")]
    Url(String),
    #[error("two Alertmanager URLs lead to {0}: leave one out")]
    Twice(String),
    #[error("no HTTP client could be set up; are the system's CA certificates installed?")]
    Client(#[source] reqwest::Error),
}

/// What to push, and where.
#[derive(Clone)]
pub struct Settings {
    /// The Alertmanagers themselves, never a load balancer. A URL may hold a user and a password.
    pub alertmanagers: Vec<Url>,
    /// Interval at which an active alert is sent again.
    pub interval: Duration,
    pub links: Links,
    /// How long drift lasts before it is an alert.
    pub drift_for: Duration,
}

/// Pushes alerts as long as [`Notifier::run`] runs; the settings can change in between.
#[derive(Debug)]
pub struct Notifier {
    setup: watch::Sender<Arc<Setup>>,
}

#[derive(Debug)]
struct Setup {
    peers: Vec<Arc<Peer>>,
    interval: Duration,
    links: Links,
    drift_for: Duration,
}

impl Notifier {
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let setup = Setup::new(settings, &[])?;
        Ok(Self { setup: watch::Sender::new(Arc::new(setup)) })
    }

    /// Replaces the settings. Alertmanagers that stay keep their counters and their queue. On an error the old settings
    /// stay in force.
    pub fn configure(&self, settings: &Settings) -> Result<(), Error> {
        let setup = Setup::new(settings, &self.setup.borrow().peers)?;
        self.setup.send_replace(Arc::new(setup));
        Ok(())
    }

    /// Counters of each Alertmanager since the start, for the metrics.
    pub fn counters(&self) -> Vec<PeerCounters> {
        self.setup.borrow().peers.iter().map(|peer| peer.counters()).collect()
    }

    /// Pushes what is published until it is stopped. `changes` changes whenever `published` has something new.
    pub async fn run(&self, published: impl Fn() -> Seen, mut changes: watch::Receiver<u64>, stop: CancellationToken) {
        let mut settings = self.setup.subscribe();
        let mut workers = Workers::default();
        let mut alerts = Alerts::default();
        loop {
            let setup = settings.borrow_and_update().clone();
            workers.follow(&setup.peers);
            let mut resend = tokio::time::interval(setup.interval);
            resend.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                let everything = tokio::select! {
                    biased;
                    () = stop.cancelled() => return,
                    _ = settings.changed() => break,
                    _ = resend.tick() => true,
                    published = changes.changed() => match published {
                        Ok(()) => false,
                        // The publisher is gone.
                        Err(_) => return,
                    },
                };
                let next = alerts.after(&published(), Utc::now(), &setup.links, setup.drift_for);
                if everything {
                    setup.push(next.all());
                } else {
                    setup.push(next.news(&alerts));
                }
                alerts = next;
            }
        }
    }
}

impl Setup {
    fn new(settings: &Settings, known: &[Arc<Peer>]) -> Result<Self, Error> {
        let mut peers = Vec::<Arc<Peer>>::new();
        for url in &settings.alertmanagers {
            let peer = match known.iter().find(|peer| peer.is_at(url)) {
                Some(peer) => peer.clone(),
                None => Arc::new(Peer::new(url)?),
            };
            if peers.iter().any(|other| other.name() == peer.name()) {
                return Err(Error::Twice(peer.name().to_owned()));
            }
            peers.push(peer);
        }
        // A timer needs a period above zero.
        let interval = settings.interval.max(Duration::from_secs(1));
        Ok(Self { peers, interval, links: settings.links.clone(), drift_for: settings.drift_for })
    }

    fn push<'a>(&self, alerts: impl Iterator<Item = &'a Alert>) {
        if self.peers.is_empty() {
            return;
        }
        let expires = Utc::now() + self.interval * 4;
        for alert in alerts {
            let message = Arc::new(Message::new(alert, expires));
            for peer in &self.peers {
                peer.enqueue(&alert.identity, &message);
            }
        }
    }
}

/// One task for each peer. They end when this is dropped.
#[derive(Default)]
struct Workers {
    tasks: JoinSet<()>,
    by_peer: BTreeMap<String, (Arc<Peer>, AbortHandle)>,
}

impl Workers {
    /// Starts tasks for new peers, and ends those of removed ones.
    fn follow(&mut self, peers: &[Arc<Peer>]) {
        self.by_peer.retain(|_, (peer, task)| {
            let stays = peers.iter().any(|other| Arc::ptr_eq(peer, other));
            if !stays {
                task.abort();
            }
            stays
        });
        for peer in peers {
            self.by_peer.entry(peer.name().to_owned()).or_insert_with(|| {
                let task = self.tasks.spawn(peer.clone().deliver());
                (peer.clone(), task)
            });
        }
        // Reaps ended tasks.
        while self.tasks.try_join_next().is_some() {}
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.alertmanagers.iter().map(web::name).collect();
        f.debug_struct("Settings")
            .field("alertmanagers", &names)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}
