//! How the remediations of each target stand: learned from the journals, published, and taken up where nobody goes on with them.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use super::walk::Origin;
use super::{Remediator, Settings};
use crate::domain::runbook::journal::{JournalState, RemediationStatus, replay};
use crate::state::{Remediation, StateError};

impl Remediator {
    /// Learns what others have written into the state store, and takes up what they have left unfinished. To be called at
    /// the start, and again now and then: another daemon may have died. `settings` of a target that is no longer
    /// configured: none, and the remediation stays where it is.
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

    /// An application that an earlier process has left degraded still is, and a human is still needed.
    async fn remember(&self) -> Result<(), StateError> {
        let latest = self.state.latest().await?;
        let here: BTreeSet<_> = self.running().values().map(|running| running.target.clone()).collect();
        for it in latest.iter().filter(|it| !here.contains(&it.target)) {
            let entries = self.state.journal(&it.id, 0).await?;
            self.publish(it, &replay(it.kind, it.on_failure, &entries));
        }
        Ok(())
    }

    /// Publishes why it cannot be carried on, or that it can. Logged when it changes.
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

    /// What is published of each target that was remediated.
    pub fn statuses(&self) -> Vec<RemediationStatus> {
        self.statuses.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(super) fn publish(&self, it: &Remediation, state: &JournalState) {
        self.change(&it.target, |status| {
            status.learn(&it.id, state);
            true
        });
    }

    /// Changes what is published of a target. `change` says whether it has.
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
