//! One remediation, from the end of its journal to its own end.
//!
//! Journals each intent before it acts, and each outcome afterwards; it does not proceed without the journal.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::broadcast;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{ProgressEvent, Remediator, Settings};
use crate::daemon::clock::{Deadline, Reading};
use crate::daemon::fix::FixError;
use crate::domain::runbook::journal::{self, EntryKind, JournalState, NextAction, Note};
use crate::domain::runbook::{Outcome, Phase};
use crate::pg::apply::{ApplyError, Lease};
use crate::state::{Remediation, State, StateError};

/// Pause before a failed write to the journal is retried.
const JOURNAL_PAUSE: Duration = Duration::from_secs(5);
/// Interval at which the journal is read for a cancellation.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// Why a phase failed.
#[derive(Debug)]
pub(super) enum PhaseError {
    /// The reason, for people.
    Failed(String),
    /// The same, and a retry cannot succeed.
    Permanent(String),
    /// An operator cancelled it, or the limit on degraded mode is reached.
    Cancelled(String),
    /// The daemon stops; the progress of the phase is unknown.
    Stopped,
}

impl<E: std::error::Error> From<E> for PhaseError {
    fn from(error: E) -> Self {
        let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
        Self::Failed(causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    }
}

/// Which process started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Here,
    /// An earlier process, or another daemon that may still be running it.
    Elsewhere,
}

/// Why it cannot be resumed here now.
enum Wait {
    /// Another daemon may be running it.
    ForAnother(String),
    /// Its target cannot be reached, or is another database now.
    ForSomebody(String),
}

pub(super) struct Walk<'a> {
    pub(super) remediator: &'a Remediator,
    pub(super) state: &'a State,
    pub(super) it: &'a Remediation,
    pub(super) settings: &'a Settings,
    /// Ends a phase that can be cancelled.
    pub(super) cancel: CancellationToken,
    /// The daemon stops.
    pub(super) stop: CancellationToken,
    pub(super) followers: broadcast::Sender<ProgressEvent>,
    /// Held from the gate on.
    pub(super) lease: Option<Lease>,
    /// The end of degraded mode, for the life of this process.
    deadline: Option<Deadline>,
    origin: Origin,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        remediator: &'a Remediator,
        it: &'a Remediation,
        settings: &'a Settings,
        cancel: CancellationToken,
        followers: broadcast::Sender<ProgressEvent>,
        origin: Origin,
    ) -> Self {
        let (state, stop) = (&remediator.state, remediator.stop.clone());
        Self { remediator, state, it, settings, cancel, stop, followers, lease: None, deadline: None, origin }
    }

    /// Carries out phase after phase. Returns early only if the daemon stops.
    pub(super) async fn walk(mut self) {
        let mut attempt = 1;
        while let Some(state) = self.journal_state().await {
            self.remediator.publish(self.it, &state);
            if !matches!(state.next, NextAction::Nothing(_)) {
                match self.is_ours(state.next).await {
                    Ok(()) => self.remediator.stuck(self.it, None),
                    Err(wait) => {
                        let (why, stuck) = match wait {
                            Wait::ForAnother(why) => (why, None),
                            Wait::ForSomebody(why) => (why.clone(), Some(why)),
                        };
                        self.remediator.stuck(self.it, stuck);
                        match self.try_again(&mut attempt, &why).await {
                            Ok(()) => continue,
                            Err(_) => break,
                        }
                    }
                }
            }
            if state.cancel.is_some() {
                self.cancel.cancel();
            }
            let phase = match state.next {
                NextAction::Nothing(_) => break,
                NextAction::Close(end) => {
                    self.retain().await;
                    self.expire_silences().await;
                    self.note(EntryKind::Closed { end }).await;
                    continue;
                }
                NextAction::Begin(phase) | NextAction::Again(phase) => phase,
            };
            if !self.note(EntryKind::Begun { phase }).await {
                break;
            }
            // The status is published before the phase acts.
            let Some(state) = self.journal_state().await else { break };
            self.remediator.publish(self.it, &state);
            let (outcome, detail) = match self.carry_out(phase, &state).await {
                Ok(detail) => (Outcome::Done, detail),
                Err(PhaseError::Failed(detail) | PhaseError::Permanent(detail)) => (Outcome::Failed, detail),
                Err(PhaseError::Cancelled(detail)) => (Outcome::Cancelled, detail),
                Err(PhaseError::Stopped) => break,
            };
            self.note(EntryKind::Ended { phase, outcome, detail }).await;
        }
        if let Some(lease) = self.lease.take() {
            lease.close().await;
        }
    }

    /// Neither acts nor writes to the journal while another daemon may run the same remediation. The holder of the
    /// target's lease runs it, so that the lease is taken first. Only a gate that was started here reports the failure
    /// as its own.
    async fn is_ours(&mut self, next: NextAction) -> Result<(), Wait> {
        let at_the_gate = matches!(next, NextAction::Begin(Phase::Gate) | NextAction::Again(Phase::Gate));
        match self.hold().await {
            Ok(()) => self.origin = Origin::Here,
            Err(FixError::Apply(error @ ApplyError::Taken { .. })) if !at_the_gate => {
                self.origin = Origin::Elsewhere;
                return Err(Wait::ForAnother(error.to_string()));
            }
            Err(error) if self.origin == Origin::Elsewhere => {
                return Err(Wait::ForSomebody(match PhaseError::from(error) {
                    PhaseError::Failed(why) | PhaseError::Permanent(why) | PhaseError::Cancelled(why) => why,
                    PhaseError::Stopped => return Ok(()),
                }));
            }
            Err(_) => {}
        }
        Ok(())
    }

    async fn carry_out(&mut self, phase: Phase, state: &JournalState) -> Result<String, PhaseError> {
        if !phase.can_be_cancelled() {
            return self.phase(phase, &CancellationToken::new()).await;
        }
        let halt = self.cancel.child_token();
        // The lease on degraded mode counts only while the application is degraded.
        let until = state.until.filter(|_| state.degraded_since.is_some()).map(|until| self.deadline(until));
        let (cancel, stop) = (self.cancel.clone(), self.stop.clone());
        let (state, id) = (self.state.clone(), self.it.id.clone());
        let watch = halt.clone();
        let ended = async move {
            let cancelled = || PhaseError::Cancelled("an operator has cancelled it".into());
            let over = tokio::select! {
                () = cancel.cancelled() => cancelled(),
                () = cancel_wanted(&state, &id) => cancelled(),
                () = stop.cancelled() => PhaseError::Stopped,
                () = at(until) => PhaseError::Cancelled("the time for which the application may be degraded is \
                    over".into()),
            };
            watch.cancel();
            over
        };
        // The phase is never dropped: it is asked to stop, and returns when it has.
        let (ended, work) = (tokio::spawn(ended), self.phase(phase, &halt));
        let result = work.await;
        if !halt.is_cancelled() {
            ended.abort();
            return result;
        }
        match (result, ended.await) {
            // The work that was done before it noticed counts.
            (Ok(detail), _) => Ok(detail),
            (Err(_), Ok(why)) => Err(why),
            (Err(trouble), Err(_)) => Err(trouble),
        }
    }

    /// Kept across phases, because the wall clock may be set in between.
    fn deadline(&mut self, until: DateTime<Utc>) -> Deadline {
        let known = self.deadline.filter(|deadline| deadline.until == until);
        let deadline = known.unwrap_or_else(|| Deadline::new(until, self.settings.lease, Reading::now()));
        self.deadline = Some(deadline);
        deadline
    }

    /// `None`: the daemon stops.
    async fn journal_state(&self) -> Option<JournalState> {
        loop {
            match self.state.journal(&self.it.id, 0).await {
                Ok(entries) => return Some(journal::replay(self.it.kind, self.it.on_failure, &entries)),
                Err(error) => self.without_journal(&error).await?,
            }
        }
    }

    /// Appends to the journal. `false`: the daemon stops, and the entry was not written.
    pub(super) async fn note(&self, what: EntryKind) -> bool {
        loop {
            match self.state.append(&self.it.id, &what, Utc::now()).await {
                Ok(entry) => {
                    // There may be no follower.
                    let _ = self.followers.send(ProgressEvent::Entry(entry));
                    return true;
                }
                Err(error) => {
                    if self.without_journal(&error).await.is_none() {
                        return false;
                    }
                }
            }
        }
    }

    pub(super) async fn fact(&self, fact: Note) -> bool {
        self.note(EntryKind::Noted(fact)).await
    }

    async fn without_journal(&self, error: &StateError) -> Option<()> {
        let (id, target) = (&self.it.id, &self.it.target);
        tracing::error!(remediation = id, target_name = target, %error, "cannot write to the journal; remediation \
            paused, retrying");
        tokio::select! {
            () = self.stop.cancelled() => None,
            () = sleep(JOURNAL_PAUSE) => Some(()),
        }
    }
}

/// Waits until the journal has a cancellation: it may have been sent to another daemon with the same state store.
async fn cancel_wanted(state: &State, id: &str) {
    let mut read = 0;
    loop {
        sleep(BETWEEN_LOOKS).await;
        // A cancellation can only come through the journal, so that an unreadable one has none.
        let entries = state.journal(id, read).await.unwrap_or_default();
        if entries.iter().any(|entry| matches!(entry.what, EntryKind::CancelWanted { .. })) {
            return;
        }
        read = entries.last().map_or(read, |entry| entry.seq);
    }
}

async fn at(until: Option<Deadline>) {
    match until {
        Some(until) => until.over().await,
        None => std::future::pending().await,
    }
}
