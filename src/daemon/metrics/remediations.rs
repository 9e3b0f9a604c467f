//! The metrics of remediations and of what they leave behind.
//!
//! Every target has zeros, so that a first occurrence is a change. An unresolved remediation stays visible after its
//! target was removed from the configuration. While the state store does not work, only what is known to be true is
//! exported: a zero would be a guess.

use std::collections::BTreeMap;

use super::page::Page;
use super::{Error, Published, count, flag};
use crate::domain::runbook::journal::{Application, RemediationStatus};
use crate::domain::runbook::{End, Phase};

/// The known remediation status of each target.
type Statuses<'s> = BTreeMap<&'s str, &'s RemediationStatus>;

pub(super) fn add(page: &mut Page, published: &Published) -> Result<(), Error> {
    let nothing = RemediationStatus::default();
    let of = |target: &str| published.remediations.iter().find(|status| status.target == target);
    let open = published.remediations.iter().filter(|status| status.is_open()).map(|status| &*status.target);
    let targets = published.targets.iter().map(|target| &*target.name).chain(open);
    let statuses: Statuses<'_> = targets.map(|target| (target, of(target).unwrap_or(&nothing))).collect();
    let is_known = |yes: bool| yes || published.store.down.is_none();
    page.gauge(
        "schemawarden_remediation_phase",
        "1 for the phase of the remediation that is under way on the target, else 0. Absent where the state store \
         does not \
         say.",
        |out| {
            for (target, status) in &statuses {
                let under_way = status.under_way.as_ref().map(|it| it.phase);
                for phase in Phase::ALL.into_iter().filter(|_| is_known(under_way.is_some())) {
                    let labels = [("target", *target), ("phase", phase.as_str())];
                    out.add(labels, flag(under_way == Some(phase)));
                }
            }
        },
    )?;
    page.counter(
        "schemawarden_remediations_total",
        "Remediations that have ended, by how. `needs_human`: an operator has to act.",
        |out| {
            for (target, status) in &statuses {
                for end in End::ALL {
                    let ended = status.ended.get(&end).copied().unwrap_or_default();
                    out.add([("target", *target), ("outcome", end.as_str())], count(ended));
                }
            }
        },
    )?;
    flags(page, &statuses, is_known)?;
    application(page, &statuses)
}

/// What is unresolved on a target.
fn flags(page: &mut Page, statuses: &Statuses<'_>, is_known: impl Fn(bool) -> bool) -> Result<(), Error> {
    let mut add = |name, help, is_so: fn(&RemediationStatus) -> bool| {
        page.gauge(name, help, |out| {
            for (target, status) in statuses.iter().filter(|(_, status)| is_known(is_so(status))) {
                out.add([("target", *target)], flag(is_so(status)));
            }
        })
    };
    add(
        "schemawarden_remediation_needs_human",
        "1 if the last remediation that has touched anything ended as needs_human, else 0. Absent where the \
         state store does not say.",
        |status| status.needs_human.is_some(),
    )?;
    add(
        "schemawarden_remediation_stuck",
        "1 if a remediation is under way that is stuck until an operator acts, else 0. Absent where the \
         state store does not say.",
        |status| status.stuck.is_some(),
    )?;
    add(
        "schemawarden_degraded",
        "1 if a remediation has put the application into degraded mode, and it has not left it, else 0. Absent \
         where the state store does not say.",
        |status| status.degraded.is_some(),
    )
}

/// What the application itself reports.
fn application(page: &mut Page, statuses: &Statuses<'_>) -> Result<(), Error> {
    page.gauge(
        "schemawarden_application_degraded",
        "1 if the application is degraded, 0 if it says that it is not. It is asked only where the state store \
         does not say, and absent otherwise, and where it gives no answer.",
        |out| {
            for (target, status) in statuses {
                let value = match status.application {
                    Some(Application::Degraded { .. }) => 1.0,
                    Some(Application::Writes) => 0.0,
                    Some(Application::Unknown { .. }) | None => continue,
                };
                out.add([("target", *target)], value);
            }
        },
    )
}
