//! Degraded mode: requests that an application stops or resumes writing, and confirms that it did.
//!
//! No state is kept here: the application is asked every time. Repeated requests are harmless.

mod command;
mod http;
mod railway;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep, timeout_at};

pub use command::{CommandError, CommandSwitch};
pub use http::{HttpError, HttpSwitch};
pub use railway::{RailwayError, RailwaySwitch};

use super::web::Request;
use crate::domain::name::Name;
use crate::pg::{self, Source};

/// Attempts to send a request. An error that persists this often is not transient.
const TRIES: u32 = 3;
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Pauses between reads, which double from this up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How an application is degraded, and how its state is read.
#[derive(Clone, Debug)]
pub enum Switch {
    /// No degraded mode; the application continues to write.
    None,
    Command(CommandSwitch),
    Http(Box<HttpSwitch>),
    Railway(RailwaySwitch),
    Database(DatabaseSwitch),
}

/// The database itself refuses the application's writes: see [`pg::degrade`].
#[derive(Clone, Debug)]
pub struct DatabaseSwitch {
    /// The login of the fixing role.
    pub source: Source,
    /// The application's role.
    pub role: Name,
}

#[derive(Debug, thiserror::Error)]
pub enum DegradeError {
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error(transparent)]
    Railway(#[from] RailwayError),
    #[error(transparent)]
    Database(#[from] pg::degrade::RoleError),
    #[error(
        "no answer from the application within {} s when it was asked {}", .within.as_secs_f32(), state_word(*.degraded)
    )]
    NotSent { degraded: bool, within: Duration },
    #[error(
        "the application was asked {}, and did not confirm it within {} s{}",
        state_word(*.degraded), .within.as_secs_f32(), .last.as_ref().map(|error| format!("; last: \
            {error}")).unwrap_or_default()
    )]
    NotConfirmed {
        degraded: bool,
        within: Duration,
        /// The error of the last read. `None`: the state was the opposite, or the answer came too late.
        last: Option<Box<DegradeError>>,
    },
}

fn state_word(degraded: bool) -> &'static str {
    if degraded { "to enter degraded mode" } else { "to leave degraded mode" }
}

impl Switch {
    /// Identifies a switch, without secrets and times. It is stored across restarts and upgrades, so that the parts,
    /// their order and the version must not change.
    pub fn mark(&self) -> String {
        let request = |it: &Request| json!([it.method.as_str(), it.url.as_str()]);
        let parts = match self {
            Self::None => json!(["none"]),
            // Arguments are left out: they may hold a secret, or be corrected while the application is degraded.
            Self::Command(it) => json!(["command", it.enter.first(), it.leave.first(), it.status.first()]),
            Self::Http(it) => {
                json!(["http", request(&it.enter), request(&it.leave), request(&it.status), it.degraded.written()])
            }
            Self::Railway(it) => {
                let address = (it.endpoint.as_str(), &it.project, &it.environment, &it.service);
                json!(["railway", address, it.variable, it.on, it.off])
            }
            Self::Database(it) => json!(["database", it.source.address(), it.role.as_str()]),
        };
        format!("1:{:x}", Sha256::digest(parts.to_string()))
    }

    /// Whether the mark is of this switch. Version 0.1.0 wrote it in another form.
    pub fn is_marked(&self, mark: &str) -> bool {
        mark == self.mark() || mark == format!("{:x}", Sha256::digest(format!("{self:?}")))
    }

    /// Sends the request once.
    pub async fn set(&self, degraded: bool) -> Result<(), DegradeError> {
        match self {
            Self::None => {}
            Self::Command(switch) => switch.set(degraded).await?,
            Self::Http(switch) => switch.set(degraded).await?,
            Self::Railway(switch) => switch.set(degraded).await?,
            Self::Database(DatabaseSwitch { source, role }) => pg::degrade::set(source, role, degraded).await?,
        }
        Ok(())
    }

    /// Reads the state. An error means that it is unknown.
    pub async fn is_degraded(&self) -> Result<bool, DegradeError> {
        Ok(match self {
            Self::None => false,
            Self::Command(switch) => switch.is_degraded().await?,
            Self::Http(switch) => switch.is_degraded().await?,
            Self::Railway(switch) => switch.is_degraded().await?,
            Self::Database(DatabaseSwitch { source, role }) => pg::degrade::is_set(source, role).await?,
        })
    }

    /// Sends the request, then reads the state until it is confirmed or `within` is over.
    pub async fn confirm(&self, degraded: bool, within: Duration) -> Result<(), DegradeError> {
        if matches!(self, Self::None) {
            return Ok(());
        }
        let deadline = Instant::now() + within;
        let sent = timeout_at(deadline, self.request(degraded)).await;
        sent.unwrap_or(Err(DegradeError::NotSent { degraded, within }))?;
        let mut last = None;
        let mut pause = FIRST_PAUSE;
        loop {
            match timeout_at(deadline, self.is_degraded()).await {
                Ok(Ok(found)) if found == degraded => return Ok(()),
                Ok(Ok(_)) => last = None,
                Ok(Err(error)) => last = Some(Box::new(error)),
                // A late answer does not replace the last one.
                Err(_) => {}
            }
            if Instant::now() + pause >= deadline {
                return Err(DegradeError::NotConfirmed { degraded, within, last });
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn request(&self, degraded: bool) -> Result<(), DegradeError> {
        for _ in 1..TRIES {
            if self.set(degraded).await.is_ok() {
                return Ok(());
            }
            sleep(TRY_AGAIN).await;
        }
        self.set(degraded).await
    }
}
