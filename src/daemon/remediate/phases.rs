//! The work of each phase of a remediation. Each looks first, so that it can be repeated after a crash.

mod back;
mod gate;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::Utc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::walk::{PhaseError, Walk};
use super::{BackupPlace, ProgressEvent};
use crate::daemon::fix::{self, FixError, FixSpec};
use crate::domain::catalog::Object;
use crate::domain::name::QName;
use crate::domain::plan::Plan;
use crate::domain::report::{Drift, Verdict};
use crate::domain::runbook::Phase;
use crate::domain::runbook::journal::{EntryKind, Note, StepState};
use crate::effects::degrade::Switch;
use crate::effects::{backup, silence, smoke};
use crate::pg::apply::{ApplyError, Event};
use crate::pg::{self, count, identity, probe};

/// Limit for the application to enter or to leave degraded mode.
const SWITCH_LIMIT: Duration = Duration::from_mins(2);

/// Attempts of the phases that lead back to a working application, with pauses that double: a minute and a half in all,
/// plus the attempts themselves.
const ATTEMPTS: u32 = 8;
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How often a schema with a locked relation is read.
const LOOKS: u32 = 5;

/// Documents of a remediation.
const PLAN: &str = "plan";
/// The database in which it began.
const DATABASE: &str = "database";
/// The switch that degraded the application.
const SWITCH: &str = "switch";
const BEFORE: &str = "before";
/// The owners before the fix.
const OWNERS: &str = "owners";
const TOUCHED: &str = "touched";
/// Invariants that held before the fix.
const HELD: &str = "held";
pub(super) const DRIFT: &str = "drift";

impl<'a> Walk<'a> {
    /// Carries the phase out and describes what was done. `halt` asks it to stop.
    pub(super) async fn phase(&mut self, phase: Phase, halt: &CancellationToken) -> Result<String, PhaseError> {
        match phase {
            Phase::Gate => self.gate(halt).await,
            Phase::Degrade => self.degrade(halt).await,
            Phase::Backup => self.backup(halt).await,
            Phase::Apply => Box::pin(self.apply(halt)).await,
            Phase::Verify => self.verify().await,
            Phase::Smoke => self.smoke(halt).await,
            Phase::DegradeAgain => self.switch(true).await,
            Phase::Rollback => Box::pin(self.rollback()).await,
            Phase::Enable | Phase::EnableRolledBack | Phase::EnableUnchanged => self.enable().await,
        }
    }

    async fn degrade(&mut self, halt: &CancellationToken) -> Result<String, PhaseError> {
        self.hold().await?;
        let lease = chrono::Duration::from_std(self.settings.lease).unwrap_or(chrono::Duration::MAX);
        self.fact(Note::Lease { until: Utc::now() + lease }).await;
        self.state.keep_document(&self.it.id, SWITCH, &self.settings.switch.mark()).await?;
        // A request to the application is not aborted: it could arrive after its reversal.
        let outcome = self.switch(true).await?;
        if halt.is_cancelled() { Err(PhaseError::Cancelled("cancelled".into())) } else { Ok(outcome) }
    }

    async fn enable(&self) -> Result<String, PhaseError> {
        if let Some(mark) = self.state.document(&self.it.id, SWITCH).await?
            && !self.settings.switch.is_marked(&mark)
        {
            let why = "the configuration says another way to degrade the application than the one that was used: let \
                it write \
                       again by hand";
            return Err(PhaseError::Permanent(why.into()));
        }
        let mut attempt = 1;
        loop {
            match self.switch(false).await {
                Err(PhaseError::Failed(why)) if attempt < ATTEMPTS => self.try_again(&mut attempt, &why).await?,
                ended => return ended,
            }
        }
    }

    async fn switch(&self, degraded: bool) -> Result<String, PhaseError> {
        if let Switch::None = self.settings.switch {
            return Ok("it has no degraded mode, as configured".into());
        }
        let confirmed = self.settings.switch.confirm(degraded, SWITCH_LIMIT);
        self.stop.run_until_cancelled(confirmed).await.ok_or(PhaseError::Stopped)??;
        Ok(if degraded { "confirmed: the application does not write" } else { "confirmed: the application may write" }
            .into())
    }

    async fn backup(&mut self, halt: &CancellationToken) -> Result<String, PhaseError> {
        self.hold().await?;
        let BackupPlace::At(spec) = &self.settings.backup else {
            self.is_fresh().await?;
            return Ok("none, as configured".into());
        };
        let tables = self.tables().await?;
        let report = |bytes| drop(self.followers.send(ProgressEvent::Bytes(bytes)));
        let source = &self.settings.fix.source;
        let taken = backup::take(spec, source, &self.it.target, &self.it.id, &tables, &report, halt).await?;
        let outcome = format!("{} bytes in {}, proven readable, sha256 {}", taken.bytes, taken.location, taken.sha256);
        self.fact(Note::Backup(taken)).await;
        self.is_fresh().await?;
        Ok(outcome)
    }

    async fn apply(&mut self, halt: &CancellationToken) -> Result<String, PhaseError> {
        let (plan, spec) = (self.plan(&self.it.id).await?, self.settings.fix.clone());
        Box::pin(self.carry(&spec, &plan, halt)).await
    }

    /// Applies a plan, and journals the outcome of each step.
    async fn carry(&mut self, spec: &FixSpec, plan: &Plan, halt: &CancellationToken) -> Result<String, PhaseError> {
        self.hold().await?;
        let Some(mut lease) = self.lease.take() else { return Err(PhaseError::Failed("the lease is gone".into())) };
        let (send, mut events) = tokio::sync::mpsc::unbounded_channel();
        let report = move |event| drop(send.send(event));
        let keeper = self.state.row_keeper(&self.it.target);
        let this = &*self;
        let listen = async {
            while let Some(event) = events.recv().await {
                match step(&event) {
                    Some(entry) => drop(this.note(entry).await),
                    None => drop(this.followers.send(ProgressEvent::Progress(event))),
                }
            }
        };
        let work = async {
            let applied = fix::apply_under(&mut lease, spec, plan, (Some(&keeper), &report), halt).await;
            drop(report);
            applied
        };
        let (applied, ()) = tokio::join!(work, listen);
        self.lease = Some(lease);
        let applied = applied.map_err(|error| match &error {
            FixError::Apply(ApplyError::Failed { code: Some(code), .. }) if !pg::may_pass(code) => {
                PhaseError::Permanent(error.to_string())
            }
            _ => error.into(),
        })?;
        Ok(format!("{} steps carried out, {} held before", applied.carried_out.len(), applied.skipped))
    }

    async fn verify(&mut self) -> Result<String, PhaseError> {
        let mut attempt = 1;
        let held = loop {
            match self.holds().await {
                Err(PhaseError::Failed(why)) if attempt < LOOKS => self.try_again(&mut attempt, &why).await?,
                held => break held?,
            }
        };
        let spec = &self.settings.fix;
        for probe in &self.settings.probes {
            probe::run(&self.settings.probing, &probe.name, &probe.script, &spec.check.guards).await?;
        }
        let (invariants, probes) = (held, self.settings.probes.len());
        Ok(format!("the drift is gone; invariants that hold as before: {invariants}; probes that pass: {probes}"))
    }

    /// Checks that the drift is gone and that the invariants hold as before; gives their number.
    async fn holds(&self) -> Result<usize, PhaseError> {
        self.is_still_there().await?;
        self.drift_is_gone().await?;
        let held: BTreeSet<String> = serde_json::from_str(&self.document(&self.it.id, HELD).await?)?;
        let counted = self.invariants().await;
        for name in &held {
            match counted.get(name) {
                Some(Verdict::Holds) => {}
                Some(Verdict::Violated) => {
                    return Err(PhaseError::Permanent(format!(
                        "the invariant {name} held before, and is violated now"
                    )));
                }
                Some(Verdict::Uncompared | Verdict::Unknown) | None => {
                    return Err(PhaseError::Failed(format!(
                        "the invariant {name} held before, and cannot be counted now"
                    )));
                }
            }
        }
        Ok(held.len())
    }

    /// Checks the objects of the plan only: other drift is not its concern. Locked relations are read again.
    async fn drift_is_gone(&self) -> Result<(), PhaseError> {
        let touched: BTreeSet<Object> = serde_json::from_str(&self.document(&self.it.id, TOUCHED).await?)?;
        let report = fix::verify(&self.settings.fix, Utc::now()).await;
        if report.verdict == Verdict::Unknown {
            let why = report.error.unwrap_or_else(|| format!("{} are locked by others", report.busy.join(", ")));
            return Err(PhaseError::Failed(format!("whether the drift is gone is not known: {why}")));
        }
        let is_about =
            |drift: &&Drift| std::iter::once(&drift.subject).chain(&drift.counterpart).any(|it| touched.contains(it));
        let left: Vec<_> = report.drift.iter().filter(is_about).take(5).map(|drift| drift.object.as_str()).collect();
        if left.is_empty() {
            return Ok(());
        }
        Err(PhaseError::Permanent(format!("there is still drift: {}", left.join(", "))))
    }

    /// The verdicts of a fresh count.
    async fn invariants(&self) -> BTreeMap<String, Verdict> {
        let check = &self.settings.fix.check;
        let mut found = BTreeMap::new();
        for invariant in &self.settings.invariants {
            let counted = count::report(&check.source, &check.guards, invariant, &self.stop).await;
            found.insert(counted.name, counted.verdict);
        }
        found
    }

    async fn smoke(&self, halt: &CancellationToken) -> Result<String, PhaseError> {
        let tested = tokio::select! {
            tested = smoke::smoke(&self.settings.smoke) => tested?,
            () = halt.cancelled() => return Err(PhaseError::Cancelled("cancelled".into())),
        };
        Ok(match tested.len() {
            0 => "not tested: no [target.smoke] is configured".into(),
            requests => format!("requests that were answered as they should: {requests}"),
        })
    }

    async fn plan(&self, of: &str) -> Result<Plan, PhaseError> {
        Ok(serde_json::from_str(&self.document(of, PLAN).await?)?)
    }

    /// The remediation that this one is about: an earlier one, or itself.
    fn of(&self) -> &'a str {
        self.it.of.as_ref().unwrap_or(&self.it.id)
    }

    /// Takes the lease of the target, or checks that it is still held.
    pub(super) async fn hold(&mut self) -> Result<(), FixError> {
        if let Some(lease) = &mut self.lease
            && lease.hold().await.is_ok()
        {
            return Ok(());
        }
        let lease = fix::take(&self.settings.fix).await?;
        if let Err(error) = self.is_where_it_was().await {
            lease.close().await;
            return Err(error);
        }
        self.lease = Some(lease);
        Ok(())
    }

    /// Since it began, the configuration may have changed, or another database may have been created under that name.
    async fn is_where_it_was(&self) -> Result<(), FixError> {
        let begun_in = self.state.document(&self.it.id, DATABASE).await?.filter(|identity| !identity.is_empty());
        let Some(begun_in) = begun_in else { return Ok(()) };
        let source = &self.settings.fix.source;
        match identity::of(source).await.map_err(ApplyError::Pg)? {
            Some(found) if found != begun_in => Err(FixError::Moved { address: source.address() }),
            Some(_) | None => Ok(()),
        }
    }

    /// Checks that this is still the same database, before a phase reports on its schema. A retry does not help.
    pub(super) async fn is_still_there(&self) -> Result<(), PhaseError> {
        self.is_where_it_was().await.map_err(|error| match error {
            FixError::Moved { .. } => PhaseError::Permanent(error.to_string()),
            other => other.into(),
        })
    }

    pub(super) async fn try_again(&self, attempt: &mut u32, why: &str) -> Result<(), PhaseError> {
        tracing::warn!(remediation = self.it.id, attempt, why, "retrying");
        let pause = PAUSE.saturating_mul(1 << (*attempt - 1).min(10)).min(LONGEST_PAUSE);
        *attempt += 1;
        tokio::select! {
            () = self.stop.cancelled() => Err(PhaseError::Stopped),
            () = sleep(pause) => Ok(()),
        }
    }

    async fn document(&self, of: &str, name: &str) -> Result<String, PhaseError> {
        let text = self.state.document(of, name).await?;
        text.ok_or_else(|| PhaseError::Failed(format!("the {name} of remediation {of} was not kept")))
    }

    /// The tables that the plan touches.
    async fn tables(&self) -> Result<Vec<QName>, PhaseError> {
        let touched: BTreeSet<Object> = serde_json::from_str(&self.document(self.of(), TOUCHED).await?)?;
        Ok(touched.iter().filter_map(Object::relation).cloned().collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// Silences alerts about the target during the remediation. Optional: on a failure it goes on.
    async fn silence(&self) {
        let comment = format!("Schemawarden carries out remediation {}", self.it.id);
        let until = Utc::now() + self.settings.lease + SWITCH_LIMIT;
        let spoken = silence::create(&self.settings.alertmanagers, &self.it.target, until, &self.it.by, &comment).await;
        for (alertmanager, id) in spoken {
            self.fact(Note::Silence { alertmanager, id }).await;
        }
    }

    /// Deletes old backups at the end, except those that this remediation, its rollback or the fix in force need.
    pub(super) async fn retain(&self) {
        let BackupPlace::At(spec) = &self.settings.backup else { return };
        let mut needed = Vec::new();
        let Ok(in_force) = self.remediator.fix_in_force(&self.it.target).await else { return };
        let in_force = in_force.map(|fix| fix.id);
        for id in std::iter::once(&self.it.id).chain(&self.it.of).chain(&in_force) {
            match self.backup_of(id).await {
                Ok(backup) => needed.extend(backup.map(|backup| backup.location)),
                Err(_) => return,
            }
        }
        let needed: Vec<_> = needed.iter().map(String::as_str).collect();
        if let Err(error) = backup::retain(spec, &self.it.target, &needed).await {
            tracing::warn!(remediation = self.it.id, %error, "old backups stay");
        }
    }

    pub(super) async fn expire_silences(&self) {
        let Ok(entries) = self.state.journal(&self.it.id, 0).await else { return };
        let silences = entries.into_iter().filter_map(|entry| match entry.what {
            EntryKind::Noted(Note::Silence { alertmanager, id }) => Some((alertmanager, id)),
            _ => None,
        });
        silence::expire(&self.settings.alertmanagers, &silences.collect::<Vec<_>>()).await;
    }
}

/// The journal entry of an event. Progress is not stored.
fn step(event: &Event) -> Option<EntryKind> {
    let (step, state) = match event {
        Event::Skipped { step } => (step, StepState::Skipped),
        Event::Started { step, attempt } => (step, StepState::Started { attempt: *attempt }),
        Event::Waiting { step, blockers } => {
            (step, StepState::Waiting { blockers: blockers.iter().map(ToString::to_string).collect() })
        }
        Event::Retrying { step, reason, .. } => (step, StepState::Retrying { reason: reason.clone() }),
        Event::Done { step, elapsed, rows } => {
            let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
            (step, StepState::Done { elapsed_ms, rows: *rows })
        }
        Event::Begun { .. }
        | Event::DroppedDead { .. }
        | Event::TakenBack { .. }
        | Event::Progress { .. }
        | Event::Paused { .. }
        | Event::Finished { .. } => return None,
    };
    Some(EntryKind::Step { number: step.number, of: step.of, action: step.action.to_string(), state })
}
