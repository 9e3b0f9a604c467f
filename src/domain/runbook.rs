//! The runbook: the order of a remediation's phases, for every outcome.
//!
//! A total table: no phase is carried out here, and no path ends silently degraded or half done. An [`End`] with an
//! application that may be degraded, or with a half-changed schema, is [`End::NeedsHuman`].

pub mod journal;

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a remediation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemediationKind {
    /// To apply a plan.
    #[serde(rename = "fix")]
    Apply,
    /// To bring back, by a plan of its own, the schema that an earlier remediation has changed.
    #[serde(rename = "back")]
    Rollback,
    /// To bring back everything that was there, rows too, from an earlier remediation's backup.
    Restore,
    /// A human has repaired what an earlier remediation has left: to let the application write again, and to see it work.
    Resolve,
}

/// What to do when a fix fails after something has been changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// Bring back the schema that was there.
    #[default]
    Rollback,
    /// Leave everything as it is, and call a human.
    Stop,
}

/// One stage of a remediation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// May it begin? Nothing has been touched.
    Gate,
    /// The application is requested to stop writing.
    Degrade,
    Backup,
    /// The plan is carried out.
    Apply,
    /// Does it hold, and does the database behave?
    Verify,
    /// The application may write again.
    Enable,
    /// Does the application work?
    Smoke,
    /// It does not: it is requested to stop writing again.
    DegradeAgain,
    /// The schema that was there is brought back.
    Rollback,
    /// The application may write again, after a rollback.
    EnableRolledBack,
    /// The application may write again; nothing had been changed.
    EnableUnchanged,
}

/// How a phase went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Done,
    Failed,
    /// An operator cancelled it, or its time was up.
    Cancelled,
}

/// How a remediation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// What it was for is done, verified, and the application works.
    Done,
    /// It was not to begin. Nothing was touched.
    Refused,
    /// It was given up before anything was changed, and the application may write.
    Abandoned,
    /// The schema is what it was, and the application may write.
    RolledBack,
    /// The application may still be degraded, or the schema be half changed. The journal says precisely what is the case.
    NeedsHuman,
}

/// What an earlier remediation of the target has left unresolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Left {
    #[default]
    Nothing,
    /// A human was needed, and the application may write.
    ToAHuman,
    /// A human was needed, and the application is degraded.
    ToAHumanDegraded,
}

/// What comes after a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    Phase(Phase),
    End(End),
}

/// The table. A phase that cannot occur in this course leads to a human, because the journal was modified. What was
/// left to a human stays unresolved until a remediation has succeeded.
pub fn after(kind: RemediationKind, on_failure: OnFailure, left: Left, phase: Phase, outcome: Outcome) -> Next {
    use Outcome::{Cancelled, Done, Failed};
    let take_back = match on_failure {
        OnFailure::Rollback => Next::Phase(Phase::Rollback),
        OnFailure::Stop => Next::End(End::NeedsHuman),
    };
    match (phase, outcome) {
        (Phase::Gate, Done) => Next::Phase(match kind {
            RemediationKind::Apply | RemediationKind::Rollback | RemediationKind::Restore => Phase::Degrade,
            RemediationKind::Resolve => Phase::Enable,
        }),
        (Phase::Gate, Failed | Cancelled) => Next::End(End::Refused),
        (Phase::Degrade, Done) => Next::Phase(Phase::Backup),
        // Whether it took effect is unknown, so that it is always reversed.
        (Phase::Degrade | Phase::Backup, Failed | Cancelled) => match left {
            Left::Nothing | Left::ToAHuman => Next::Phase(Phase::EnableUnchanged),
            Left::ToAHumanDegraded => Next::End(End::NeedsHuman),
        },
        (Phase::Backup, Done) => match kind {
            RemediationKind::Apply => Next::Phase(Phase::Apply),
            RemediationKind::Rollback | RemediationKind::Restore => Next::Phase(Phase::Rollback),
            RemediationKind::Resolve => Next::End(End::NeedsHuman),
        },
        (Phase::Apply, Done) => Next::Phase(Phase::Verify),
        (Phase::Verify, Done) => Next::Phase(Phase::Enable),
        (Phase::Apply | Phase::Verify, Failed | Cancelled) => take_back,
        (Phase::Enable, Done) => Next::Phase(Phase::Smoke),
        (Phase::Smoke, Done) => Next::End(End::Done),
        (Phase::Smoke, Failed | Cancelled) => match (kind, on_failure) {
            (RemediationKind::Apply | RemediationKind::Rollback | RemediationKind::Restore, OnFailure::Rollback) => {
                Next::Phase(Phase::DegradeAgain)
            }
            (RemediationKind::Resolve, _) | (_, OnFailure::Stop) => Next::End(End::NeedsHuman),
        },
        // The schema matters more than degraded mode here: the rollback plan blocks writers only briefly, too.
        (Phase::DegradeAgain, Done | Failed | Cancelled) => Next::Phase(Phase::Rollback),
        (Phase::Rollback, Done) => match (kind, left) {
            (RemediationKind::Apply, Left::ToAHumanDegraded) => Next::End(End::NeedsHuman),
            _ => Next::Phase(Phase::EnableRolledBack),
        },
        (Phase::EnableRolledBack, Done) => Next::End(match (kind, left) {
            (RemediationKind::Apply, Left::Nothing) => End::RolledBack,
            (RemediationKind::Rollback | RemediationKind::Restore, _) => End::Done,
            (RemediationKind::Apply | RemediationKind::Resolve, _) => End::NeedsHuman,
        }),
        (Phase::EnableUnchanged, Done) => Next::End(match left {
            Left::Nothing => End::Abandoned,
            Left::ToAHuman | Left::ToAHumanDegraded => End::NeedsHuman,
        }),
        (Phase::Enable | Phase::EnableRolledBack | Phase::EnableUnchanged | Phase::Rollback, Failed | Cancelled) => {
            Next::End(End::NeedsHuman)
        }
    }
}

/// Whether a cancellation is accepted in this phase, or in one that follows it without failures.
pub fn heeds_cancel(kind: RemediationKind, on_failure: OnFailure, mut phase: Phase) -> bool {
    while !phase.can_be_cancelled() {
        match after(kind, on_failure, Left::Nothing, phase, Outcome::Done) {
            Next::Phase(next) => phase = next,
            Next::End(_) => return false,
        }
    }
    true
}

impl Phase {
    pub const ALL: [Self; 11] = [
        Self::Gate,
        Self::Degrade,
        Self::Backup,
        Self::Apply,
        Self::Verify,
        Self::Enable,
        Self::Smoke,
        Self::DegradeAgain,
        Self::Rollback,
        Self::EnableRolledBack,
        Self::EnableUnchanged,
    ];

    /// As in metrics, the API and the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Degrade => "degrade",
            Self::Backup => "backup",
            Self::Apply => "apply",
            Self::Verify => "verify",
            Self::Enable => "enable",
            Self::Smoke => "smoke",
            Self::DegradeAgain => "degrade_again",
            Self::Rollback => "rollback",
            Self::EnableRolledBack => "enable_rolled_back",
            Self::EnableUnchanged => "enable_unchanged",
        }
    }

    /// What the phase does, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Gate => "may it begin?",
            Self::Degrade => "the application enters degraded mode",
            Self::Backup => "a backup is taken, and proven to be readable",
            Self::Apply => "the plan is carried out",
            Self::Verify => "is the drift gone, and does the database behave?",
            Self::Enable => "the application leaves degraded mode",
            Self::Smoke => "does the application work?",
            Self::DegradeAgain => "it does not: the application enters degraded mode once more",
            Self::Rollback => "what was there is brought back",
            Self::EnableRolledBack => "what was there is back: the application leaves degraded mode",
            Self::EnableUnchanged => "nothing was changed: the application leaves degraded mode",
        }
    }

    /// Whether a cancellation is accepted. Phases that lead back to a working application are not cancelled.
    pub fn can_be_cancelled(self) -> bool {
        match self {
            Self::Gate | Self::Degrade | Self::Backup | Self::Apply | Self::Verify | Self::Smoke => true,
            Self::Enable | Self::DegradeAgain | Self::Rollback | Self::EnableRolledBack | Self::EnableUnchanged => {
                false
            }
        }
    }
}

impl End {
    pub const ALL: [Self; 5] = [Self::Done, Self::Refused, Self::Abandoned, Self::RolledBack, Self::NeedsHuman];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Abandoned => "abandoned",
            Self::RolledBack => "rolled_back",
            Self::NeedsHuman => "needs_human",
        }
    }

    /// The state that it leaves, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "what it was for is done, and the application works",
            Self::Refused => "it was not to begin; nothing was touched",
            Self::Abandoned => "it was given up before anything was changed; the application may write",
            Self::RolledBack => "the schema is what it was; the application may write",
            Self::NeedsHuman => "the application may still be degraded, or the schema be half changed: look at it now",
        }
    }
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
