//! Rollback and restore: bringing the previous schema back by a plan, or everything from the backup. Reports success
//! only after verifying it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;

use chrono::Utc;
use tokio_util::sync::CancellationToken;

use super::{ATTEMPTS, BEFORE, BackupPlace, OWNERS, PhaseError, TOUCHED, Walk};
use crate::daemon::expected::ExpectedSource;
use crate::daemon::fix::{self, FixSpec, Proposal};
use crate::domain::catalog::Object;
use crate::domain::drift::Scope;
use crate::domain::name::Name;
use crate::domain::plan::{Blocked, Hazard, Step};
use crate::domain::runbook::RemediationKind;
use crate::domain::runbook::journal::{Backup, EntryKind, Note, StepState};
use crate::effects::backup::{self, BackupError, BackupSpec, Restored};
use crate::files;

impl<'a> Walk<'a> {
    /// Brings the previous state back by a plan, or from the backup.
    pub(super) async fn rollback(&mut self) -> Result<String, PhaseError> {
        let of = self.of();
        let (mut attempt, mut last_output) = (1, String::new());
        loop {
            let tried = Box::pin(self.bring_back(of, &mut last_output)).await;
            match tried {
                Err(PhaseError::Failed(why)) if attempt < ATTEMPTS => self.try_again(&mut attempt, &why).await?,
                ended => return ended,
            }
        }
    }

    /// `last_output`: the output of the program that failed in the previous attempt.
    async fn bring_back(&mut self, of: &str, last_output: &mut String) -> Result<String, PhaseError> {
        self.is_still_there().await?;
        match self.it.kind {
            RemediationKind::Restore => self.restore(of, last_output).await,
            RemediationKind::Apply | RemediationKind::Rollback => Box::pin(self.way_back(of)).await,
            RemediationKind::Resolve => Err(PhaseError::Failed("there is nothing to bring back".into())),
        }
    }

    pub(super) async fn way_back(&mut self, of: &str) -> Result<String, PhaseError> {
        if self.it.kind == RemediationKind::Apply
            && let Some(why) = self.lost().await?
        {
            return Err(PhaseError::Permanent(format!(
                "{why}, and no plan brings that back: `schemawarden rollback --remediation {of} --from-backup` does"
            )));
        }
        let way = self.way_back_spec(of).await?;
        let proposal = self.proposed(&way.spec).await?;
        if proposal.is_settled() {
            return Ok("the schema is what it was".into());
        }
        let (plan, steps) = (proposal.plan.id.clone(), proposal.plan.steps().count());
        let given = proposal.plan.owners_given();
        self.fact(Note::WayBack { plan, steps }).await;
        let done = Box::pin(self.carry(&way.spec, &proposal.plan, &CancellationToken::new())).await?;
        let left = fix::propose(&way.spec, Utc::now()).await?;
        match left.drift.first() {
            Some(drift) => Err(PhaseError::Failed(format!("{} is not what it was", drift.object))),
            None => Ok(format!("the schema is what it was: {done}; owners given back: {given}")),
        }
    }

    /// Why a plan cannot roll back the steps that were carried out. It does not apply to a rollback that an operator
    /// asked for by name.
    pub(super) async fn lost(&self) -> Result<Option<String>, PhaseError> {
        let plan = self.plan(&self.it.id).await?;
        let steps: Vec<_> = plan.steps().collect();
        let entries = self.state.journal(&self.it.id, 0).await?;
        let carried_out = entries.iter().filter_map(|entry| match entry.what {
            EntryKind::Step { number, state: StepState::Started { .. } | StepState::Done { .. }, .. } => {
                steps.get(number.checked_sub(1)?)
            }
            _ => None,
        });
        let loses =
            |step: &&&Step| step.ensures.is_none() || step.hazards.iter().any(|it| it.hazard == Hazard::DataLoss);
        let why = |step: &&Step| Some(format!("{}: {}", step.action, step.irreversible.as_ref()?));
        Ok(carried_out.filter(loses).find_map(why))
    }

    /// The spec of the plan back: from the live schema to the snapshot before the remediation, for the objects that it
    /// touched. The objects that a hand-written plan has touched are unknown, so that all are compared.
    pub(super) async fn way_back_spec(&self, of: &str) -> Result<WayBack, PhaseError> {
        let mut before = tempfile::Builder::new().suffix(".json").tempfile_in(files::temporary_place())?;
        before.write_all(self.document(of, BEFORE).await?.as_bytes())?;
        let touched: BTreeSet<Object> = serde_json::from_str(&self.document(of, TOUCHED).await?)?;
        let mut spec = self.settings.fix.clone();
        spec.check.expected = ExpectedSource::Before(before.path().to_owned());
        spec.check.scope = Scope::Whole;
        spec.check.policies.clear();
        spec.by_hand = None;
        if let Some(owners) = self.state.document(of, OWNERS).await? {
            let owners: Vec<(Object, Name)> = serde_json::from_str(&owners)?;
            spec.owners = Arc::new(owners.into_iter().collect());
        }
        let is_known = self.plan(of).await?.steps().all(|step| step.ensures.is_some());
        spec.only = is_known.then(|| Arc::new(touched));
        Ok(WayBack { spec, _before: before })
    }

    pub(super) async fn restore(&mut self, of: &str, last_output: &mut String) -> Result<String, PhaseError> {
        self.hold().await?;
        let (spec, backup) = self.to_restore(of).await?;
        let restored = backup::restore(spec, &backup, &self.settings.fix.source, &self.stop).await;
        let Restored { dropped, not_valid } = restored.map_err(|error| {
            // The same output for the same backup: another attempt would fail in the same way.
            let is_repeated = match &error {
                BackupError::Failed { reason, .. } => std::mem::replace(last_output, reason.clone()) == *reason,
                _ => false,
            };
            if error.is_final() || is_repeated { permanent(&error, of, &self.it.id) } else { error.into() }
        })?;
        let mut outcome = format!("restored from {}", backup.location);
        for (what, list) in [("newer, and dropped", dropped), ("not valid any more, since rows violate it", not_valid)]
        {
            if !list.is_empty() {
                outcome.push_str(&format!("; {what}: {}", list.join(", ")));
            }
        }
        Ok(outcome)
    }

    /// The rollback plan. A blocked plan stays blocked, so that it is not retried. A rollback does not imply permission
    /// to run other roles' code with more than its owner's rights.
    pub(super) async fn proposed(&self, spec: &FixSpec) -> Result<Proposal, PhaseError> {
        let proposal = fix::propose(spec, Utc::now()).await?;
        if let Some(Blocked { object, reason, advice, .. }) = proposal.plan.blocked.first() {
            return Err(PhaseError::Permanent(format!("the rollback plan is blocked: {object}: {reason}; {advice}")));
        }
        let code = proposal.plan.forbidden(&self.it.allowed).find(|(_, cost)| cost.hazard == Hazard::OthersCode);
        if let Some((step, cost)) = code {
            return Err(PhaseError::Permanent(format!(
                "the rollback plan would run code of others: {}: {}; give a fix_url whose role is no superuser \
                 (`sql/roles.sql`), or allow it: `schemawarden rollback --remediation {} --allow others_code`",
                step.action,
                cost.what,
                self.of()
            )));
        }
        Ok(proposal)
    }

    pub(super) async fn to_restore(&self, of: &str) -> Result<(&'a BackupSpec, Backup), PhaseError> {
        match (&self.settings.backup, self.backup_of(of).await?) {
            (BackupPlace::At(spec), Some(backup)) => Ok((spec, backup)),
            _ => Err(PhaseError::Failed(format!("remediation {of} has no backup that could be restored"))),
        }
    }

    pub(super) async fn backup_of(&self, of: &str) -> Result<Option<Backup>, PhaseError> {
        let entries = self.state.journal(of, 0).await?;
        Ok(entries.into_iter().rev().find_map(|entry| match entry.what {
            EntryKind::Noted(Note::Backup(backup)) => Some(backup),
            _ => None,
        }))
    }
}

/// The input of a rollback plan.
pub(super) struct WayBack {
    pub(super) spec: FixSpec,
    /// Keeps the snapshot file alive.
    _before: tempfile::NamedTempFile,
}

/// A permanent error of a restore, with what a human has to do.
fn permanent(error: &BackupError, of: &str, id: &str) -> PhaseError {
    PhaseError::Permanent(format!(
        "{error}; it is not tried again, for it would end so again: correct what this names, then `schemawarden \
         rollback \
         --remediation {of} --from-backup`; or repair by hand, then `schemawarden resolve --remediation {id}`"
    ))
}
