//! The journal of a remediation: intents and outcomes. It is all that a restarted daemon needs to resume, and that a
//! human needs to see what was done.
//!
//! Entries are only appended: an intent before each phase, its outcome afterwards. An intent without an outcome is in
//! doubt, and its phase is repeated: phases look first. Contains no secret; what may be a row's value is marked, and
//! not kept for good.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::name::QName;
use crate::domain::runbook::{self, End, Left, Next, OnFailure, Outcome, Phase, RemediationKind};

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// From 1, without gaps.
    pub seq: u64,
    pub at: DateTime<Utc>,
    #[serde(flatten)]
    pub what: EntryKind,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum EntryKind {
    /// The phase is about to be carried out.
    Begun {
        phase: Phase,
    },
    Ended {
        phase: Phase,
        outcome: Outcome,
        /// For people: what was done, or why not.
        detail: String,
    },
    /// What later phases, or a human, must know.
    Noted(Note),
    /// Something happened to a step of a plan. Where the phase is not known otherwise: it is the one begun last.
    Step {
        /// From 1.
        number: usize,
        of: usize,
        action: String,
        #[serde(flatten)]
        state: StepState,
    },
    CancelWanted {
        by: String,
    },
    /// The last entry.
    Closed {
        end: End,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Note {
    /// The application is to be degraded no longer than this.
    Lease {
        until: DateTime<Utc>,
    },
    Backup(Backup),
    /// That one was left to a human, and it is not resolved.
    Unresolved {
        remediation: String,
    },
    /// An earlier remediation has degraded the application, which still does not write.
    Degraded {
        since: DateTime<Utc>,
    },
    /// A rollback is planned: the plan that is to be carried out.
    WayBack {
        plan: String,
        steps: usize,
    },
    /// Alerts about the target are silenced there.
    Silence {
        alertmanager: String,
        id: String,
    },
}

/// A backup that was proven to be readable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Backup {
    /// A path, or a URL without credentials.
    pub location: String,
    pub bytes: u64,
    /// Of its content, in hexadecimal.
    pub sha256: String,
    /// `None`: the whole database.
    #[schema(value_type = Option<Vec<String>>)]
    pub tables: Option<Vec<QName>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum StepState {
    Started {
        attempt: u32,
    },
    /// It held before.
    Skipped,
    /// Others hold what it needs.
    Waiting {
        blockers: Vec<String>,
    },
    Retrying {
        reason: String,
    },
    Done {
        elapsed_ms: u64,
        rows: u64,
    },
}

/// The state that a journal describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalState {
    pub next: NextAction,
    /// Who has cancelled it.
    pub cancel: Option<String>,
    /// Since when the application is degraded, unless a later entry says that it may write again.
    pub degraded_since: Option<DateTime<Utc>>,
    /// The end of the lease on degraded mode.
    pub until: Option<DateTime<Utc>>,
    pub backup: Option<Backup>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextAction {
    Begin(Phase),
    /// The phase was begun, and its progress is unknown.
    Again(Phase),
    Close(End),
    Nothing(End),
}

/// The published state of a target's remediations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemediationStatus {
    pub target: String,
    /// The other fields come from a journal, except for the application's own answer.
    pub is_known: bool,
    pub under_way: Option<UnderWay>,
    /// The application was degraded, and no entry says that it may write again.
    pub degraded: Option<Degraded>,
    /// The remediation that has ended as needs_human, if it is the last one that has touched anything.
    pub needs_human: Option<String>,
    /// Why the running one cannot continue before an operator acts, for people.
    pub stuck: Option<String>,
    /// The application's own answer, if no journal records whether it is degraded.
    pub application: Option<Application>,
    /// How many have ended in each way since this process started.
    pub ended: BTreeMap<End, u64>,
}

/// The answer of an application to whether it is degraded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Application {
    Writes,
    Degraded {
        /// The first time that it gave this answer.
        since: DateTime<Utc>,
    },
    Unknown {
        why: String,
    },
}

/// A remediation that has not ended, and its phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    pub remediation: String,
    pub phase: Phase,
}

/// Which remediation has degraded the application, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Degraded {
    pub remediation: String,
    pub since: DateTime<Utc>,
}

impl RemediationStatus {
    /// Something is left to do for a daemon or a human.
    pub fn is_open(&self) -> bool {
        self.under_way.is_some()
            || self.degraded.is_some()
            || self.needs_human.is_some()
            || self.unexplained().is_some()
    }

    /// Since when the application is degraded, if no journal explains it.
    pub fn unexplained(&self) -> Option<DateTime<Utc>> {
        match self.application {
            Some(Application::Degraded { since }) if self.degraded.is_none() => Some(since),
            Some(Application::Degraded { .. } | Application::Writes | Application::Unknown { .. }) | None => None,
        }
    }

    /// Applies the journal of the target's latest remediation. A refused one has touched nothing, so that the state an
    /// earlier one has left still holds; a running one does not change that state before it ends.
    pub fn learn(&mut self, remediation: &str, state: &JournalState) {
        self.is_known = true;
        let (phase, end) = match state.next {
            NextAction::Begin(phase) | NextAction::Again(phase) => (Some(phase), None),
            NextAction::Close(end) | NextAction::Nothing(end) => (None, Some(end)),
        };
        self.under_way = phase.map(|phase| UnderWay { remediation: remediation.to_owned(), phase });
        if phase.is_none() {
            self.stuck = None;
        }
        if let NextAction::Close(end) = state.next {
            *self.ended.entry(end).or_default() += 1;
        }
        if end == Some(End::Refused) || phase == Some(Phase::Gate) {
            return;
        }
        // The application is not requested to stop writing before the intent is in the journal and published.
        if phase != Some(Phase::Degrade) || state.degraded_since.is_some() {
            let degraded = |since| Degraded { remediation: remediation.to_owned(), since };
            self.degraded = state.degraded_since.map(degraded);
        }
        if let Some(end) = end {
            self.needs_human = (end == End::NeedsHuman).then(|| remediation.to_owned());
        }
    }
}

/// Whether the application of a plan was begun.
pub fn has_applied(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| matches!(entry.what, EntryKind::Begun { phase: Phase::Apply }))
}

/// Whether it was rolled back.
pub fn has_rolled_back(entries: &[Entry]) -> bool {
    let done =
        |what: &EntryKind| matches!(what, EntryKind::Ended { phase: Phase::Rollback, outcome: Outcome::Done, .. });
    entries.iter().any(|entry| done(&entry.what))
}

/// Reads a journal.
pub fn replay(kind: RemediationKind, on_failure: OnFailure, entries: &[Entry]) -> JournalState {
    let mut state = JournalState {
        next: NextAction::Begin(Phase::Gate),
        cancel: None,
        degraded_since: None,
        until: None,
        backup: None,
    };
    let mut left = Left::Nothing;
    for Entry { at, what, .. } in entries {
        match what {
            EntryKind::Begun { phase } => {
                state.next = NextAction::Again(*phase);
                if matches!(phase, Phase::Degrade | Phase::DegradeAgain) {
                    state.degraded_since.get_or_insert(*at);
                }
            }
            EntryKind::Ended { phase, outcome, .. } => {
                // The work of a phase that noticed the cancellation too late counts, but the next phase does not
                // follow.
                let outcome = match outcome {
                    Outcome::Done if state.cancel.is_some() && phase.can_be_cancelled() => Outcome::Cancelled,
                    Outcome::Done | Outcome::Failed | Outcome::Cancelled => *outcome,
                };
                state.next = match runbook::after(kind, on_failure, left, *phase, outcome) {
                    Next::Phase(next) => NextAction::Begin(next),
                    Next::End(end) => NextAction::Close(end),
                };
                let enables = matches!(phase, Phase::Enable | Phase::EnableRolledBack | Phase::EnableUnchanged);
                if enables && outcome == Outcome::Done {
                    state.degraded_since = None;
                }
            }
            EntryKind::Noted(Note::Lease { until }) => state.until = Some(*until),
            EntryKind::Noted(Note::Degraded { since }) => state.degraded_since = Some(*since),
            EntryKind::Noted(Note::Unresolved { .. }) => {
                left = if state.degraded_since.is_some() { Left::ToAHumanDegraded } else { Left::ToAHuman };
            }
            EntryKind::Noted(Note::Backup(backup)) => state.backup = Some(backup.clone()),
            EntryKind::Noted(Note::WayBack { .. } | Note::Silence { .. }) | EntryKind::Step { .. } => {}
            EntryKind::CancelWanted { by } => state.cancel = Some(by.clone()),
            EntryKind::Closed { end } => state.next = NextAction::Nothing(*end),
        }
    }
    state
}
