//! Degraded mode: telling an application that it must not write, or that it may again, and making sure that it heard.
//!
//! Nothing is remembered here: what is the case is asked every time. Being asked twice for the same is no harm.

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

/// How often it is told before it is given up. Whatever is wrong then does not pass.
const TRIES: u32 = 3;
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Between looks: short pauses first, and ever longer.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How an application is told to stop writing, and how to know that it has.
#[derive(Clone, Debug)]
pub enum Switch {
    /// It has no degraded mode, and goes on writing.
    None,
    Command(CommandSwitch),
    Http(Box<HttpSwitch>),
    Railway(RailwaySwitch),
    Database(DatabaseSwitch),
}

/// The database itself refuses the application's writes: see [`pg::degrade`].
#[derive(Clone, Debug)]
pub struct DatabaseSwitch {
    /// As the role that fixes.
    pub source: Source,
    /// As which the application logs in.
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
        "no answer from the application within {} s when it was asked {}", .within.as_secs_f32(), wish(*.degraded)
    )]
    NotTold { degraded: bool, within: Duration },
    #[error(
        "the application was asked {}, and did not confirm it within {} s{}",
        wish(*.degraded), .within.as_secs_f32(), .last.as_ref().map(|error| format!("; last: \
            {error}")).unwrap_or_default()
    )]
    NotConfirmed {
        degraded: bool,
        within: Duration,
        /// Why it could not be read back last. `None`: what was read back is the contrary, or came too late.
        last: Option<Box<DegradeError>>,
    },
}

fn wish(degraded: bool) -> &'static str {
    if degraded { "to enter degraded mode" } else { "to leave degraded mode" }
}

impl Switch {
    /// What tells one way to degrade an application from another, without secrets and times. It is kept over restarts and
    /// upgrades: the parts, their order and the version before them stay as they are.
    pub fn mark(&self) -> String {
        let request = |it: &Request| json!([it.method.as_str(), it.url.as_str()]);
        let parts = match self {
            Self::None => json!(["none"]),
            // Arguments may hold a secret, or be what is corrected while the application is degraded.
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

    /// Whether the mark is of this way. Version 0.1.0 wrote one of another form.
    pub fn is_marked(&self, mark: &str) -> bool {
        mark == self.mark() || mark == format!("{:x}", Sha256::digest(format!("{self:?}")))
    }

    /// Tells it, once.
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

    /// Reads back. An error: nobody knows.
    pub async fn is_degraded(&self) -> Result<bool, DegradeError> {
        Ok(match self {
            Self::None => false,
            Self::Command(switch) => switch.is_degraded().await?,
            Self::Http(switch) => switch.is_degraded().await?,
            Self::Railway(switch) => switch.is_degraded().await?,
            Self::Database(DatabaseSwitch { source, role }) => pg::degrade::is_set(source, role).await?,
        })
    }

    /// Tells it, then reads back until it is so or `within` is over.
    pub async fn confirm(&self, degraded: bool, within: Duration) -> Result<(), DegradeError> {
        if matches!(self, Self::None) {
            return Ok(());
        }
        let deadline = Instant::now() + within;
        let told = timeout_at(deadline, self.tell(degraded)).await;
        told.unwrap_or(Err(DegradeError::NotTold { degraded, within }))?;
        let mut last = None;
        let mut pause = FIRST_PAUSE;
        loop {
            match timeout_at(deadline, self.is_degraded()).await {
                Ok(Ok(found)) if found == degraded => return Ok(()),
                Ok(Ok(_)) => last = None,
                Ok(Err(error)) => last = Some(Box::new(error)),
                // An answer that is late changes nothing about the last one.
                Err(_) => {}
            }
            if Instant::now() + pause >= deadline {
                return Err(DegradeError::NotConfirmed { degraded, within, last });
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn tell(&self, degraded: bool) -> Result<(), DegradeError> {
        for _ in 1..TRIES {
            if self.set(degraded).await.is_ok() {
                return Ok(());
            }
            sleep(TRY_AGAIN).await;
        }
        self.set(degraded).await
    }
}
