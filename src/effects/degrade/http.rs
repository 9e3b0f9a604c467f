//! Degraded mode by requests to the application, or to what switches it.

use reqwest::StatusCode;

use crate::effects::field::{Field, FieldError};
use crate::effects::web::{Request, WebError};

/// The requests. All of them must be repeatable.
#[derive(Clone, Debug)]
pub struct HttpSwitch {
    /// Answered by a success status, like the other two.
    pub enter: Request,
    pub leave: Request,
    /// Answered by JSON.
    pub status: Request,
    /// The field of the answer whose value means degraded; any other value means not degraded.
    pub degraded: Field,
}

#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error(transparent)]
    Web(#[from] WebError),
    #[error("{asked} answered {status}")]
    Refused { asked: String, status: StatusCode },
    #[error("{asked} answered, and does not say whether the application is degraded: {source}")]
    Unclear { asked: String, source: FieldError },
}

impl HttpSwitch {
    pub(super) async fn set(&self, degraded: bool) -> Result<(), HttpError> {
        let request = if degraded { &self.enter } else { &self.leave };
        accepted(request, request.send().await?.status())
    }

    pub(super) async fn is_degraded(&self) -> Result<bool, HttpError> {
        let answer = self.status.send().await?;
        accepted(&self.status, answer.status())?;
        let unclear = |source| HttpError::Unclear { asked: self.status.shown(), source };
        self.degraded.holds(&answer.json().await?).map_err(unclear)
    }
}

fn accepted(request: &Request, status: StatusCode) -> Result<(), HttpError> {
    if status.is_success() { Ok(()) } else { Err(HttpError::Refused { asked: request.shown(), status }) }
}
