//! The gate: whether a remediation may begin. It stores what later phases and the rollback need. Changes nothing.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::{BEFORE, BackupPlace, DATABASE, DRIFT, HELD, OWNERS, PLAN, PhaseError, TOUCHED, Walk};
use crate::daemon::fix;
use crate::domain::plan::Hazard;
use crate::domain::report::Verdict;
use crate::domain::runbook::RemediationKind;
use crate::domain::runbook::journal::{self, Note};
use crate::effects::backup::{self, Rehearsed, Verified};
use crate::pg::others::Others;
use crate::pg::scratch::refuse_target;
use crate::pg::scratch::rehearse::Rehearsal;
use crate::pg::{self, identity, probe};

/// Tolerated difference between the clocks of two daemons, or of one before and after a correction.
const AGREES: TimeDelta = TimeDelta::minutes(5);

const NO_BACKUP: &str = "no backup is configured, and nothing is changed without one: configure [target.backup] \
                         with folder = \"…\" or url = \"s3://…\", or with none = true to do without";

impl Walk<'_> {
    pub(super) async fn gate(&mut self, halt: &CancellationToken) -> Result<String, PhaseError> {
        let commanded = self.it.created_at;
        let age = Utc::now() - commanded;
        // If the clock was set back, the age of the check is unknown.
        if age > TimeDelta::hours(1) || age < -AGREES {
            let why = format!("the request expired before it started (created {commanded}); submit it again");
            return Err(PhaseError::Failed(why));
        }
        self.hold().await?;
        let of = self.of();
        let mut rehearsed = None;
        match self.it.kind {
            RemediationKind::Apply => self.gate_of_fix().await?,
            RemediationKind::Rollback => drop(self.proposed(&self.way_back_spec(of).await?.spec).await?),
            RemediationKind::Restore => rehearsed = Some(Box::pin(self.gate_of_restore(of)).await?),
            RemediationKind::Resolve => return self.gate_of_resolve(of).await,
        }
        self.inherit().await?;
        // A successful read proves that the switch works.
        let degraded = self.settings.switch.is_degraded().await.map_err(|error| {
            PhaseError::Failed(format!(
                "cannot tell whether the application is degraded: {error}; where it cannot answer before the schema \
                 is right, use `schemawarden apply`, which does not ask it"
            ))
        })?;
        if let BackupPlace::NotConfigured = self.settings.backup {
            return Err(PhaseError::Failed(NO_BACKUP.into()));
        }
        if let BackupPlace::At(spec) = &self.settings.backup {
            let tables = self.tables().await?;
            backup::check(spec, &self.settings.fix.source, &tables).await?;
        }
        let restoring = match self.settings.backup {
            BackupPlace::At(_) => self.restoring().await?,
            BackupPlace::None | BackupPlace::NotConfigured => None,
        };
        if halt.is_cancelled() {
            return Err(PhaseError::Cancelled("cancelled".into()));
        }
        let identity = identity::of(&self.settings.fix.source).await?;
        self.state.keep_document(&self.it.id, DATABASE, &identity.unwrap_or_default()).await?;
        self.silence().await;
        let mut outcome = if degraded { "the application is degraded already" } else { "it may begin" }.to_owned();
        if self.it.kind == RemediationKind::Apply && self.plan(&self.it.id).await?.keeps_values() {
            outcome
                .push_str("; a rollback does not put back the values that the plan replaces: only the backup has them");
        }
        for note in rehearsed.iter().chain(&restoring) {
            outcome.push_str(&format!("; {note}"));
        }
        Ok(outcome)
    }

    /// A remediation that needs a human keeps that status until this one is done. It is recorded before anything is
    /// changed.
    pub(super) async fn inherit(&self) -> Result<(), PhaseError> {
        let Some(past) = self.remediator.unresolved(&self.it.target, &self.it.id).await? else { return Ok(()) };
        let entries = self.state.journal(&past.id, 0).await?;
        if let Some(since) = journal::replay(past.kind, past.on_failure, &entries).degraded_since {
            self.fact(Note::Degraded { since }).await;
        }
        self.fact(Note::Unresolved { remediation: past.id }).await;
        Ok(())
    }

    /// Checks that the plan is still the approved one and passes its rehearsal.
    pub(super) async fn gate_of_fix(&mut self) -> Result<(), PhaseError> {
        let spec = &self.settings.fix;
        let proposal = fix::propose(spec, Utc::now()).await?;
        proposal.permit(Some(&self.it.plan), &self.it.allowed)?;
        self.remediator.approved(self.settings, self.it).await?;
        self.may_probe().await?;
        if let Rehearsal::Failed(problems) = proposal.rehearse(spec).await {
            return Err(PhaseError::Failed(format!("the plan does not do what it should: {}", problems.join("; "))));
        }
        let (id, state) = (&self.it.id, self.state);
        state.keep_document(id, PLAN, &serde_json::to_string(&proposal.plan)?).await?;
        state.keep_document(id, TOUCHED, &serde_json::to_string(&proposal.subjects())?).await?;
        let held = self.invariants().await.into_iter().filter(|(_, verdict)| *verdict == Verdict::Holds);
        let held: BTreeSet<_> = held.map(|(name, _)| name).collect();
        state.keep_document(id, HELD, &serde_json::to_string(&held)?).await?;
        state.keep_document(id, DRIFT, &serde_json::to_string(&proposal.drift)?).await?;
        let owners: Vec<_> = proposal.owners().iter().collect();
        state.keep_document(id, OWNERS, &serde_json::to_string(&owners)?).await?;
        state.keep_document(id, BEFORE, &proposal.snapshot()?).await?;
        Ok(())
    }

    /// Checks that the backup can be restored, as far as that is known in advance. Gives the result of the rehearsal;
    /// one that could not be held does not block the restore, which is the last resort.
    async fn gate_of_restore(&self, of: &str) -> Result<String, PhaseError> {
        let (spec, backup) = self.to_restore(of).await?;
        let (source, check) = (&self.settings.fix.source, &self.settings.fix.check);
        let held = backup::verify(spec, &backup, source, &self.stop).await?;
        self.may_run_code(of, &held).await?;
        let rehearsed = match refuse_target(&check.scratch, source, &check.guards).await {
            Ok(()) => self.stop.run_until_cancelled(held.rehearse(source, &check.scratch)).await,
            Err(error) => Some(Rehearsed::Impossible(error.to_string())),
        };
        match rehearsed.ok_or(PhaseError::Stopped)? {
            Rehearsed::Passed => Ok("the restore was rehearsed in scratch on the live schema, without rows".into()),
            Rehearsed::Impossible(why) => {
                tracing::warn!(remediation = self.it.id, why, "the restore could not be rehearsed, and goes on");
                Ok(format!("the restore could not be rehearsed, and goes on: {why}"))
            }
            Rehearsed::Failed { statement, reason } => Err(PhaseError::Failed(format!(
                "the server would refuse the restore: rehearsed in scratch on the live schema, it failed at \
                 `{statement}`: {reason}. Take out of its way by hand what this names, then `schemawarden rollback \
                 --remediation {of} --from-backup`; or put {} into an empty database with pg_restore",
                backup.location
            ))),
        }
    }

    /// Checks that the probes' login reaches the same database and has no excessive rights, because the probes run
    /// after everything has been changed.
    async fn may_probe(&self) -> Result<(), PhaseError> {
        if self.settings.probes.is_empty() {
            return Ok(());
        }
        probe::permit(&self.settings.probing).await?;
        let check = &self.settings.fix.check;
        if identity::is_same(&check.source, &check.guards, &self.settings.probing).await? {
            return Ok(());
        }
        let (probing, watched) = (self.settings.probing.address(), check.source.address());
        Err(PhaseError::Failed(format!(
            "probe_url leads to another database than is watched: {probing}, and not {watched}; give the same \
             database's address"
        )))
    }

    /// A note on the code that a restore would run: checks and generated columns of restored tables are evaluated with
    /// the rights of the restoring role. Only another role avoids that.
    async fn restoring(&self) -> Result<Option<String>, PhaseError> {
        let others = self.others().await?;
        Ok((others.routines + others.tables > 0).then(|| {
            format!(
                "{}: a restore from the backup runs the checks and generated columns of their tables with its rights",
                others.description()
            )
        }))
    }

    async fn others(&self) -> Result<Others, PhaseError> {
        let check = &self.settings.fix.check;
        let mut connection = pg::connect(&self.settings.fix.source, &check.guards).await?;
        let others = Others::ask(&mut connection.session).await;
        connection.close().await;
        Ok(others.map_err(pg::Error::from)?)
    }

    /// Refuses such a restore unless the hazard was allowed by name. Code counts that is in the database now, or was
    /// when the backup was taken.
    async fn may_run_code(&self, of: &str, held: &Verified<'_>) -> Result<(), PhaseError> {
        if self.it.allowed.contains(&Hazard::OthersCode) {
            return Ok(());
        }
        let others = self.others().await?;
        let owners = held.owners(&others.lesser);
        let risk = match owners.as_slice() {
            [] if others.routines + others.tables == 0 => return Ok(()),
            [] => others.description(),
            [..] => format!(
                "role {:?} is a superuser, or may use files and programs of the server's host, and the backup holds \
                 tables or functions of others ({})",
                others.role,
                owners.join(", ")
            ),
        };
        Err(PhaseError::Failed(format!(
            "{risk}: a restore runs the checks and generated columns of their tables with its rights, which is \
             {} and was not allowed; give a fix_url whose role is no superuser and a member of the owners \
             (`sql/roles.sql`), or allow it: `schemawarden rollback --remediation {of} --from-backup --allow {0}`",
            Hazard::OthersCode
        )))
    }

    /// Needs no backup, because nothing in the database is changed.
    pub(super) async fn gate_of_resolve(&self, of: &str) -> Result<String, PhaseError> {
        if !self.settings.switch.is_degraded().await? {
            return Ok("the application may write already".into());
        }
        let Some(past) = self.state.remediation(of).await? else {
            return Err(PhaseError::Failed(format!("there is no remediation {of}")));
        };
        let state = journal::replay(past.kind, past.on_failure, &self.state.journal(of, 0).await?);
        let since = state.degraded_since.unwrap_or_else(Utc::now);
        self.fact(Note::Degraded { since }).await;
        Ok("the application is still degraded".into())
    }

    /// Refuses if the schema has changed since the gate: a rollback would remove that change.
    pub(super) async fn is_fresh(&self) -> Result<(), PhaseError> {
        if self.it.kind == RemediationKind::Apply {
            let proposal = fix::propose_from_observed(&self.settings.fix, Utc::now()).await?;
            proposal.permit(Some(&self.it.plan), &self.it.allowed)?;
        }
        Ok(())
    }
}
