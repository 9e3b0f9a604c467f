//! The remediation status of each target: learned from the journals and published. Resumes what no process runs.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use super::walk::Origin;
use super::{Remediator, Settings};
use crate::domain::runbook::journal::{JournalState, RemediationStatus, replay};
use crate::state::{Remediation, StateError};

impl Remediator {
    /// Learns what other daemons have written to the state store, and resumes unfinished remediations. Called at the
    /// start and periodically, because another daemon may have crashed. `settings` gives none for a target that is no
    /// longer configured; its remediation is left as it is.
    pub async fn resume(self: &Arc<Self>, settings: impl Fn(&str) -> Option<Arc<Settings>>) -> Result<(), StateError> {
        self.remember().await?;
        for it in self.state.unfinished().await? {
            match settings(&it.target) {
                Some(settings) => self.spawn(settings, it, Origin::Elsewhere),
                None => self.stuck(
                    &it,
                    Some(format!(
                        "its target {} is not in the configuration (removed or renamed), so that it is left as it \
                         is: put the \
                         target back under that name and reload the configuration; it is then carried on, or taken back by \
                         `schemawarden cancel --remediation {}`",
                        it.target, it.id
                    )),
                ),
            }
        }
        Ok(())
    }

    /// Publishes the state of the latest remediations: a degraded application and a needed human outlive the process.
    async fn remember(&self) -> Result<(), StateError> {
        let latest = self.state.latest().await?;
        let here: BTreeSet<_> = self.running().values().map(|running| running.target.clone()).collect();
        for it in latest.iter().filter(|it| !here.contains(&it.target)) {
            let entries = self.state.journal(&it.id, 0).await?;
            self.publish(it, &replay(it.kind, it.on_failure, &entries));
        }
        Ok(())
    }

    /// Publishes why it cannot be resumed (`None`: it can). A change is logged.
    pub(super) fn stuck(&self, it: &Remediation, why: Option<String>) {
        let changed = self.change(&it.target, |status| {
            let changes = status.stuck != why;
            status.stuck.clone_from(&why);
            changes
        });
        if changed && let Some(why) = why {
            let (remediation, target_name) = (&it.id, &it.target);
            tracing::error!(
                remediation,
                target_name,
                why,
                "an unfinished remediation is stuck and waits for an \
                operator"
            );
        }
    }

    /// The published status of each target that was remediated.
    pub fn statuses(&self) -> Vec<RemediationStatus> {
        self.statuses.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(super) fn publish(&self, it: &Remediation, state: &JournalState) {
        self.change(&it.target, |status| {
            status.learn(&it.id, state);
            true
        });
    }

    /// Changes the published status of a target. `change` returns whether it has changed it.
    pub(super) fn change(&self, target: &str, change: impl FnOnce(&mut RemediationStatus) -> bool) -> bool {
        let mut statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        let status = statuses.entry(target.to_owned()).or_default();
        target.clone_into(&mut status.target);
        let changes = change(status);
        drop(statuses);
        if changes {
            self.version.send_modify(|version| *version += 1);
        }
        changes
    }
}
