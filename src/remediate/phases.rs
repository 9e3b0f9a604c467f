//! What each phase of a remediation does. Each looks first, so that it can be carried out again after a crash.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::walk::{Trouble, Walk};
use super::{BackupPlace, Told};
use crate::catalog::Object;
use crate::drift::Scope;
use crate::effect::backup::Restored;
use crate::effect::{backup, silence, smoke};
use crate::expected::ExpectedSource;
use crate::fix::{self, FixError, FixSpec, Proposal};
use crate::journal::{self, Backup, Fact, StepState, What};
use crate::name::{Name, QName};
use crate::pg::apply::Event;
use crate::pg::{count, probe};
use crate::plan::{Blocked, Plan};
use crate::rehearse::Rehearsal;
use crate::report::{Drift, Verdict};
use crate::runbook::{Course, Phase};

/// How long the application may take to be degraded, or to be so no longer.
const SWITCH_LIMIT: Duration = Duration::from_mins(2);

/// What leads back to an application that works is tried so often, with pauses that double: for about a minute and a half.
const ATTEMPTS: u32 = 8;
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How often a schema of which something is locked is looked at.
const LOOKS: u32 = 5;

const NO_BACKUP: &str = "nobody has said where backups go, and nothing is changed without one: configure [target.backup] \
                         with folder = \"…\" or url = \"s3://…\", or with none = true to do without";

/// Documents of a remediation.
const PLAN: &str = "plan";
const BEFORE: &str = "before";
/// Whose everything was before.
const OWNERS: &str = "owners";
const TOUCHED: &str = "touched";
/// Invariants that held before.
const HELD: &str = "held";
pub(super) const DRIFT: &str = "drift";

impl<'a> Walk<'a> {
    /// Carries the phase out, and says what was done. `halt` asks it to stop.
    pub(super) async fn phase(&mut self, phase: Phase, halt: &CancellationToken) -> Result<String, Trouble> {
        match phase {
            Phase::Gate => self.gate(halt).await,
            Phase::Degrade => self.degrade(halt).await,
            Phase::Backup => self.backup(halt).await,
            Phase::Apply => Box::pin(self.apply(halt)).await,
            Phase::Verify => self.verify().await,
            Phase::Smoke => self.smoke(halt).await,
            Phase::DegradeAgain => self.switch(true, &self.stop).await,
            Phase::Rollback => Box::pin(self.rollback()).await,
            Phase::Enable | Phase::EnableRolledBack | Phase::EnableUnchanged => self.enable().await,
        }
    }

    async fn gate(&mut self, halt: &CancellationToken) -> Result<String, Trouble> {
        self.hold().await?;
        let of = self.of();
        match self.it.course {
            Course::Fix => self.gate_of_fix().await?,
            Course::Back => drop(proposed(&self.way_back_spec(of).await?.spec).await?),
            Course::Restore => {
                if self.backup_of(of).await?.is_none() {
                    return Err(Trouble::Failed(format!("remediation {of} has no backup that could be restored")));
                }
            }
            Course::Resolve => return self.gate_of_resolve(of).await,
        }
        // Reading it back is how the switch is known to work.
        let degraded = self.settings.switch.is_degraded().await?;
        if let BackupPlace::Unsaid = self.settings.backup {
            return Err(Trouble::Failed(NO_BACKUP.into()));
        }
        if let BackupPlace::At(spec) = &self.settings.backup {
            let tables = self.tables().await?;
            backup::check(spec, &self.settings.fix.source, &tables).await?;
        }
        if halt.is_cancelled() {
            return Err(Trouble::Cancelled("cancelled".into()));
        }
        self.silence().await;
        Ok(if degraded { "the application is degraded already".into() } else { "it may begin".into() })
    }

    /// The plan is still what was approved, and does what it should in a rehearsal.
    async fn gate_of_fix(&mut self) -> Result<(), Trouble> {
        let spec = &self.settings.fix;
        let proposal = fix::propose(spec, Utc::now()).await?;
        proposal.permit(Some(&self.it.plan), &self.it.allowed)?;
        if let Rehearsal::Failed(problems) = proposal.rehearse(spec).await {
            return Err(Trouble::Failed(format!("the plan does not do what it should: {}", problems.join("; "))));
        }
        let (id, state) = (&self.it.id, self.state);
        state.keep_document(id, PLAN, &serde_json::to_string(&proposal.plan)?).await?;
        state.keep_document(id, TOUCHED, &serde_json::to_string(&proposal.subjects())?).await?;
        let held = self.invariants(Verdict::Holds).await;
        state.keep_document(id, HELD, &serde_json::to_string(&held)?).await?;
        state.keep_document(id, DRIFT, &serde_json::to_string(&proposal.drift)?).await?;
        let owners: Vec<_> = proposal.owners().iter().collect();
        state.keep_document(id, OWNERS, &serde_json::to_string(&owners)?).await?;
        state.keep_document(id, BEFORE, &proposal.snapshot()?).await?;
        Ok(())
    }

    /// Nothing is changed in the database, so that no backup is needed.
    async fn gate_of_resolve(&self, of: &str) -> Result<String, Trouble> {
        if !self.settings.switch.is_degraded().await? {
            return Ok("the application may write already".into());
        }
        let Some(past) = self.state.remediation(of).await? else {
            return Err(Trouble::Failed(format!("there is no remediation {of}")));
        };
        let standing = journal::standing(past.course, past.on_failure, &self.state.journal(of, 0).await?);
        let since = standing.degraded_since.unwrap_or_else(Utc::now);
        self.fact(Fact::Degraded { since }).await;
        Ok("the application is still degraded".into())
    }

    async fn degrade(&mut self, halt: &CancellationToken) -> Result<String, Trouble> {
        self.hold().await?;
        let lease = chrono::Duration::from_std(self.settings.lease).unwrap_or(chrono::Duration::MAX);
        self.fact(Fact::Lease { until: Utc::now() + lease }).await;
        self.switch(true, halt).await
    }

    async fn enable(&self) -> Result<String, Trouble> {
        let mut attempt = 1;
        loop {
            match self.switch(false, &self.stop).await {
                Err(Trouble::Failed(why)) if attempt < ATTEMPTS => self.try_again(&mut attempt, &why).await?,
                ended => return ended,
            }
        }
    }

    async fn switch(&self, degraded: bool, halt: &CancellationToken) -> Result<String, Trouble> {
        let confirmed = self.settings.switch.confirm(degraded, SWITCH_LIMIT);
        halt.run_until_cancelled(confirmed).await.ok_or(Trouble::Stopped)??;
        Ok(if degraded { "confirmed: the application does not write" } else { "confirmed: the application may write" }
            .into())
    }

    async fn backup(&mut self, halt: &CancellationToken) -> Result<String, Trouble> {
        self.hold().await?;
        let BackupPlace::At(spec) = &self.settings.backup else { return Ok("none, as configured".into()) };
        let tables = self.tables().await?;
        let tell = |bytes| drop(self.told.send(Told::Bytes(bytes)));
        let source = &self.settings.fix.source;
        let taken = backup::take(spec, source, &self.it.target, &self.it.id, &tables, &tell, halt).await?;
        let said = format!("{} bytes in {}, proven readable, sha256 {}", taken.bytes, taken.location, taken.sha256);
        self.fact(Fact::Backup(taken)).await;
        Ok(said)
    }

    async fn apply(&mut self, halt: &CancellationToken) -> Result<String, Trouble> {
        let plan: Plan = serde_json::from_str(&self.document(&self.it.id, PLAN).await?)?;
        let spec = self.settings.fix.clone();
        Box::pin(self.carry(&spec, &plan, halt)).await
    }

    /// Applies a plan, and writes down what becomes of each step.
    async fn carry(&mut self, spec: &FixSpec, plan: &Plan, halt: &CancellationToken) -> Result<String, Trouble> {
        self.hold().await?;
        let Some(mut lease) = self.lease.take() else { return Err(Trouble::Failed("the lease is gone".into())) };
        let (send, mut events) = tokio::sync::mpsc::unbounded_channel();
        let tell = move |event| drop(send.send(event));
        let keeper = self.state.row_keeper(&self.it.target);
        let this = &*self;
        let listen = async {
            while let Some(event) = events.recv().await {
                match step(&event) {
                    Some(entry) => drop(this.note(entry).await),
                    None => drop(this.told.send(Told::Progress(event))),
                }
            }
        };
        let work = async {
            let applied = fix::apply_under(&mut lease, spec, plan, (Some(&keeper), &tell), halt).await;
            drop(tell);
            applied
        };
        let (applied, ()) = tokio::join!(work, listen);
        self.lease = Some(lease);
        let applied = applied?;
        Ok(format!("{} steps carried out, {} held before", applied.carried_out.len(), applied.skipped))
    }

    async fn verify(&mut self) -> Result<String, Trouble> {
        let mut attempt = 1;
        loop {
            match self.drift_is_gone().await {
                Err(Trouble::Failed(why)) if attempt < LOOKS => self.try_again(&mut attempt, &why).await?,
                gone => break gone?,
            }
        }
        let spec = &self.settings.fix;
        let held: BTreeSet<String> = serde_json::from_str(&self.document(&self.it.id, HELD).await?)?;
        let violated: BTreeSet<_> = self.invariants(Verdict::Violated).await;
        if let Some(name) = violated.intersection(&held).next() {
            return Err(Trouble::Failed(format!("the invariant {name} held before, and is violated now")));
        }
        for probe in &self.settings.probes {
            probe::run(&spec.source, &probe.name, &probe.script, &spec.check.guards).await?;
        }
        let (invariants, probes) = (held.len(), self.settings.probes.len());
        Ok(format!("the drift is gone; invariants that hold as before: {invariants}; probes that pass: {probes}"))
    }

    /// Of what the plan was about: what else differs by now is another matter. What is locked is looked at again.
    async fn drift_is_gone(&self) -> Result<(), Trouble> {
        let touched: BTreeSet<Object> = serde_json::from_str(&self.document(&self.it.id, TOUCHED).await?)?;
        let report = fix::verify(&self.settings.fix, Utc::now()).await;
        if report.verdict == Verdict::Unknown {
            let why = report.error.unwrap_or_else(|| format!("{} are locked by others", report.busy.join(", ")));
            return Err(Trouble::Failed(format!("whether the drift is gone is not known: {why}")));
        }
        let is_about =
            |drift: &&Drift| std::iter::once(&drift.subject).chain(&drift.counterpart).any(|it| touched.contains(it));
        let left: Vec<_> = report.drift.iter().filter(is_about).take(5).map(|drift| drift.object.as_str()).collect();
        if left.is_empty() {
            return Ok(());
        }
        Err(Trouble::Hopeless(format!("there is still drift: {}", left.join(", "))))
    }

    /// Those of which this is the verdict, counted now.
    async fn invariants(&self, verdict: Verdict) -> BTreeSet<String> {
        let check = &self.settings.fix.check;
        let mut found = BTreeSet::new();
        for invariant in &self.settings.invariants {
            let counted = count::report(&check.source, &check.guards, invariant, &self.stop).await;
            if counted.verdict == verdict {
                found.insert(counted.name);
            }
        }
        found
    }

    async fn smoke(&self, halt: &CancellationToken) -> Result<String, Trouble> {
        let tested = tokio::select! {
            tested = smoke::smoke(&self.settings.smoke) => tested?,
            () = halt.cancelled() => return Err(Trouble::Cancelled("cancelled".into())),
        };
        Ok(match tested.len() {
            0 => "not tested: no [target.smoke] is configured".into(),
            requests => format!("requests that were answered as they should: {requests}"),
        })
    }

    /// Brings back what was there: by a plan, or from the backup.
    async fn rollback(&mut self) -> Result<String, Trouble> {
        let of = self.of();
        let mut attempt = 1;
        loop {
            let tried = match self.it.course {
                Course::Restore => self.restore(of).await,
                Course::Fix | Course::Back => Box::pin(self.way_back(of)).await,
                Course::Resolve => return Err(Trouble::Failed("there is nothing to bring back".into())),
            };
            match tried {
                Err(Trouble::Failed(why)) if attempt < ATTEMPTS => self.try_again(&mut attempt, &why).await?,
                ended => return ended,
            }
        }
    }

    async fn way_back(&mut self, of: &str) -> Result<String, Trouble> {
        let way = self.way_back_spec(of).await?;
        let proposal = proposed(&way.spec).await?;
        if proposal.is_settled() {
            return Ok("the schema is what it was".into());
        }
        let (plan, steps) = (proposal.plan.id.clone(), proposal.plan.steps().count());
        let given = proposal.plan.owners_given();
        self.fact(Fact::WayBack { plan, steps }).await;
        let done = Box::pin(self.carry(&way.spec, &proposal.plan, &CancellationToken::new())).await?;
        let left = fix::propose(&way.spec, Utc::now()).await?;
        match left.drift.first() {
            Some(drift) => Err(Trouble::Failed(format!("{} is not what it was", drift.object))),
            None => Ok(format!("the schema is what it was: {done}; owners given back: {given}")),
        }
    }

    /// What differs of what that remediation has touched, from what was there before.
    async fn way_back_spec(&self, of: &str) -> Result<WayBack, Trouble> {
        let before = tempfile::Builder::new().suffix(".json").tempfile()?;
        std::fs::write(before.path(), self.document(of, BEFORE).await?)?;
        let touched: BTreeSet<Object> = serde_json::from_str(&self.document(of, TOUCHED).await?)?;
        let mut spec = self.settings.fix.clone();
        spec.check.expected = ExpectedSource::Snapshot(before.path().to_owned());
        spec.check.scope = Scope::Whole;
        spec.check.policies.clear();
        spec.by_hand = None;
        if let Some(owners) = self.state.document(of, OWNERS).await? {
            let owners: Vec<(Object, Name)> = serde_json::from_str(&owners)?;
            spec.owners = Arc::new(owners.into_iter().collect());
        }
        spec.only = Some(Arc::new(touched));
        Ok(WayBack { spec, _before: before })
    }

    async fn restore(&mut self, of: &str) -> Result<String, Trouble> {
        self.hold().await?;
        let (BackupPlace::At(spec), Some(backup)) = (&self.settings.backup, self.backup_of(of).await?) else {
            return Err(Trouble::Failed(format!("remediation {of} has no backup that could be restored")));
        };
        let Restored { dropped, not_valid } =
            backup::restore(spec, &backup, &self.settings.fix.source, &self.stop).await?;
        let mut said = format!("restored from {}", backup.location);
        for (what, list) in [("newer, and dropped", dropped), ("not valid any more, since rows violate it", not_valid)]
        {
            if !list.is_empty() {
                said.push_str(&format!("; {what}: {}", list.join(", ")));
            }
        }
        Ok(said)
    }

    /// The remediation that it is about: an earlier one, or itself.
    fn of(&self) -> &'a str {
        self.it.of.as_ref().unwrap_or(&self.it.id)
    }

    async fn backup_of(&self, of: &str) -> Result<Option<Backup>, Trouble> {
        let entries = self.state.journal(of, 0).await?;
        Ok(entries.into_iter().rev().find_map(|entry| match entry.what {
            What::Noted(Fact::Backup(backup)) => Some(backup),
            _ => None,
        }))
    }

    /// Takes the target, or makes sure that it is still ours.
    pub(super) async fn hold(&mut self) -> Result<(), FixError> {
        if let Some(lease) = &mut self.lease
            && lease.hold().await.is_ok()
        {
            return Ok(());
        }
        self.lease = Some(fix::take(&self.settings.fix).await?);
        Ok(())
    }

    pub(super) async fn try_again(&self, attempt: &mut u32, why: &str) -> Result<(), Trouble> {
        tracing::warn!(remediation = self.it.id, attempt, why, "it is tried again");
        let pause = PAUSE.saturating_mul(1 << (*attempt - 1).min(10)).min(LONGEST_PAUSE);
        *attempt += 1;
        tokio::select! {
            () = self.stop.cancelled() => Err(Trouble::Stopped),
            () = sleep(pause) => Ok(()),
        }
    }

    async fn document(&self, of: &str, name: &str) -> Result<String, Trouble> {
        let text = self.state.document(of, name).await?;
        text.ok_or_else(|| Trouble::Failed(format!("the {name} of remediation {of} was not kept")))
    }

    /// The tables that the plan touches.
    async fn tables(&self) -> Result<Vec<QName>, Trouble> {
        let touched: BTreeSet<Object> = serde_json::from_str(&self.document(self.of(), TOUCHED).await?)?;
        Ok(touched.iter().filter_map(Object::relation).cloned().collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// Alerts about the target are silenced while it is worked on. It is a comfort: without it, it goes on.
    async fn silence(&self) {
        let comment = format!("Schemawarden carries out remediation {}", self.it.id);
        let until = Utc::now() + self.settings.lease + SWITCH_LIMIT;
        let spoken = silence::create(&self.settings.alertmanagers, &self.it.target, until, &self.it.by, &comment).await;
        for (alertmanager, id) in spoken {
            self.fact(Fact::Silence { alertmanager, id }).await;
        }
    }

    /// At the end: old backups go, but for those that this remediation and its rollback stand on.
    pub(super) async fn retain(&self) {
        let BackupPlace::At(spec) = &self.settings.backup else { return };
        let mut needed = Vec::new();
        for id in std::iter::once(&self.it.id).chain(&self.it.of) {
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

    pub(super) async fn speak_again(&self) {
        let Ok(entries) = self.state.journal(&self.it.id, 0).await else { return };
        let silences = entries.into_iter().filter_map(|entry| match entry.what {
            What::Noted(Fact::Silence { alertmanager, id }) => Some((alertmanager, id)),
            _ => None,
        });
        silence::expire(&self.settings.alertmanagers, &silences.collect::<Vec<_>>()).await;
    }
}

/// How to bring back what was there.
struct WayBack {
    spec: FixSpec,
    /// The snapshot, for as long as it is needed.
    _before: tempfile::NamedTempFile,
}

/// The plan back. What blocks it does not pass by itself.
async fn proposed(spec: &FixSpec) -> Result<Proposal, Trouble> {
    let proposal = fix::propose(spec, Utc::now()).await?;
    match proposal.plan.blocked.first() {
        Some(Blocked { object, reason, advice, .. }) => {
            Err(Trouble::Hopeless(format!("the way back is blocked: {object}: {reason}; {advice}")))
        }
        None => Ok(proposal),
    }
}

/// What of an event is kept. Progress is not.
fn step(event: &Event) -> Option<What> {
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
        | Event::Progress { .. }
        | Event::Paused { .. }
        | Event::Finished { .. } => return None,
    };
    Some(What::Step { number: step.number, of: step.of, action: step.action.to_string(), state })
}
