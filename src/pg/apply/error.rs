//! Why a plan was not applied completely. Committed steps stay; a later run skips them, because it looks first.

use std::time::Duration;

use super::event::{self, Blocker, Place};
use crate::pg::Error;

/// The reason.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error(transparent)]
    Pg(#[from] Error),
    #[error("{address} is a standby, where nothing can be changed: give the primary's address")]
    Standby { address: String },
    #[error(
        "another remediation is under way in this database, held by {}: wait for its end, or end that session",
        holder_text(.holder.as_deref())
    )]
    Taken { holder: Option<Box<Blocker>> },
    #[error(
        "the last statement of an earlier run is still running, in {}: wait for it, or cancel it with \
         pg_cancel_backend",
        holder_text(.holder.as_deref())
    )]
    PreviousStatementRunning { holder: Option<Box<Blocker>> },
    #[error(
        "the session that holds the lease on the database was lost ({reason}); no further statement was sent. Run it \
         again: it continues from here"
    )]
    LeaseLost { reason: String },
    #[error("the plan is blocked by {0} findings that must be resolved first; no statement was sent")]
    Blocked(usize),
    #[error("{step} keeps old values before it changes rows, and there is no state store to keep them: configure one")]
    NoKeeper { step: Place },
    #[error("stopped at {step}, which was not done; what was done before stays, and a later run continues from \
        there{}", also(.left.as_deref()))]
    Stopped { step: Place, left: Option<String> },
    #[error(
        "gave up on {step} after {attempts} attempts in {} s: {reason}. {}. What was done before stays, and a later \
         run \
         continues from there{}", .elapsed.as_secs(), stood_in_the_way(.blockers), also(.left.as_deref())
    )]
    GaveUp {
        step: Place,
        attempts: u32,
        elapsed: Duration,
        reason: String,
        blockers: Box<[Blocker]>,
        left: Option<String>,
    },
    #[error("{step} failed: {reason}{}", also(.left.as_deref()))]
    Failed {
        step: Place,
        reason: String,
        /// The SQLSTATE, if the server gave one.
        code: Option<String>,
        /// What the statement left behind and could not be dropped, or what was dropped again.
        left: Option<String>,
    },
    #[error(
        "{step} succeeded, but its condition does not hold: {condition}. Another session may have changed it at the \
         same time; plan again"
    )]
    NotEnsured { step: Place, condition: String },
    #[error("{step}: the old values could not be kept, so nothing was changed")]
    NotKept { step: Place, source: Box<dyn std::error::Error + Send + Sync> },
}

impl ApplyError {
    /// The step at which it happened.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::NoKeeper { step }
            | Self::Stopped { step, .. }
            | Self::GaveUp { step, .. }
            | Self::Failed { step, .. }
            | Self::NotEnsured { step, .. }
            | Self::NotKept { step, .. } => Some(step),
            Self::Pg(_)
            | Self::Standby { .. }
            | Self::Taken { .. }
            | Self::PreviousStatementRunning { .. }
            | Self::LeaseLost { .. }
            | Self::Blocked(_) => None,
        }
    }
}

fn holder_text(holder: Option<&Blocker>) -> String {
    holder.map_or_else(|| "a session that has ended meanwhile".into(), Blocker::to_string)
}

fn also(left: Option<&str>) -> String {
    left.map(|left| format!("; {left}")).unwrap_or_default()
}

fn stood_in_the_way(blockers: &[Blocker]) -> String {
    if blockers.is_empty() {
        return "No blocking session was observed: the conflicting locks were held only briefly".into();
    }
    format!("Blocked by {}", event::list(blockers))
}
