//! One Alertmanager: its queue, its counters, and the task that delivers.
//!
//! A failed delivery is not retried: every alert is sent again at the next interval anyway, in its newest state.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Client;
use tokio::sync::Notify;
use url::Url;

use super::Error;
use super::message::Message;
use super::queue::Queue;
use crate::domain::alert::Identity;
use crate::effects::web::{client, name, reason};

/// Limit for one request: connecting, TLS, the answer.
const LIMIT: Duration = Duration::from_secs(5);

/// Alerts per request. One that Alertmanager refuses makes the answer an error, although it accepts the others of the
/// batch.
const BATCH: usize = 64;

/// How much of a refusal is logged, in characters.
const ANSWER: usize = 300;

/// What happened to the alerts for one Alertmanager since the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCounters {
    /// Its URL, without user and password.
    pub alertmanager: String,
    pub sent: u64,
    pub errors: u64,
    pub dropped: u64,
}

pub(super) struct Peer {
    name: String,
    base: Url,
    endpoint: Url,
    client: Client,
    queue: Mutex<Queue>,
    filled: Notify,
    sent: AtomicU64,
    errors: AtomicU64,
    dropped: AtomicU64,
}

/// Why a batch was not delivered.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    #[error("{0}")]
    Unreachable(String),
    #[error("it answered {status}: {answer}")]
    Refused { status: reqwest::StatusCode, answer: String },
}

impl Peer {
    pub fn new(url: &Url) -> Result<Self, Error> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::Url(name(url)));
        }
        let mut endpoint = url.clone();
        endpoint.set_query(None);
        endpoint.set_fragment(None);
        match endpoint.path_segments_mut() {
            Ok(mut path) => path.pop_if_empty().extend(["api", "v2", "alerts"]),
            Err(()) => return Err(Error::Url(name(url))),
        };
        Ok(Self {
            name: name(url),
            base: url.clone(),
            client: client(url).map_err(Error::Client)?,
            endpoint,
            queue: Mutex::default(),
            filled: Notify::new(),
            sent: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        })
    }

    /// The peer's name, for people and metrics.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn is_at(&self, url: &Url) -> bool {
        self.base == *url
    }

    pub fn counters(&self) -> PeerCounters {
        PeerCounters {
            alertmanager: self.name.clone(),
            sent: self.sent.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
        }
    }

    pub fn enqueue(&self, identity: &Identity, message: &Arc<Message>) {
        let dropped = self.queue().push(identity, message.clone());
        self.dropped.fetch_add(dropped, Ordering::Relaxed);
        self.filled.notify_one();
    }

    /// Sends what is queued. Never returns.
    pub async fn deliver(self: Arc<Self>) {
        let mut reachable = true;
        loop {
            let batch = self.queue().take(BATCH);
            if batch.is_empty() {
                self.filled.notified().await;
                continue;
            }
            let alerts = u64::try_from(batch.len()).unwrap_or(u64::MAX);
            match self.post(&batch).await {
                Ok(()) => {
                    self.sent.fetch_add(alerts, Ordering::Relaxed);
                    if !reachable {
                        tracing::info!(alertmanager = self.name, "alerts are delivered again");
                    }
                    reachable = true;
                }
                Err(error) => {
                    self.errors.fetch_add(alerts, Ordering::Relaxed);
                    if reachable {
                        tracing::warn!(
                            alertmanager = self.name,
                            %error,
                            "alerts cannot be delivered; they are sent again at each interval"
                        );
                    }
                    reachable = false;
                }
            }
        }
    }

    async fn post(&self, batch: &[Arc<Message>]) -> Result<(), DeliveryError> {
        let request = self.client.post(self.endpoint.clone()).timeout(LIMIT).json(batch);
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            answer.extend_from_slice(&chunk);
            if answer.len() >= ANSWER {
                break;
            }
        }
        let answer = String::from_utf8_lossy(&answer).chars().filter(|c| !c.is_control()).take(ANSWER).collect();
        Err(DeliveryError::Refused { status, answer })
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        // A panic cannot leave a queue inconsistent.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Peer({})", self.name)
    }
}

fn unreachable(error: reqwest::Error) -> DeliveryError {
    DeliveryError::Unreachable(reason(error, LIMIT))
}
