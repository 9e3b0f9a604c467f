//! The metrics of remediations, and of what they leave.
//!
//! Zeros for every target, so that what happens for the first time is a change. What is left open stays to be seen after its
//! target has gone from the configuration. While the state store does not work, only what is known to be so is told: that
//! something is not so, nobody knows.

use std::collections::BTreeSet;

use super::page::Page;
use super::{Error, Published, count, flag};
use crate::domain::runbook::journal::{Application, RemediationStatus};
use crate::domain::runbook::{End, Phase};

pub(super) fn add(page: &mut Page, published: &Published) -> Result<(), Error> {
    let nothing = RemediationStatus::default();
    let of = |target: &str| published.remediations.iter().find(|status| status.target == target).unwrap_or(&nothing);
    let open = published.remediations.iter().filter(|status| status.is_open()).map(|status| &*status.target);
    let targets: BTreeSet<&str> = published.targets.iter().map(|target| &*target.name).chain(open).collect();
    let is_told = |yes: bool| yes || published.store.down.is_none();
    page.gauge(
        "schemawarden_remediation_phase",
        "1 for the phase of the remediation that is under way on the target, else 0. Absent where the state store \
         does not \
         say.",
        |out| {
            for target in &targets {
                let under_way = of(target).under_way.as_ref().map(|it| it.phase);
                for phase in Phase::ALL.into_iter().filter(|_| is_told(under_way.is_some())) {
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
            for target in &targets {
                for end in End::ALL {
                    let ended = of(target).ended.get(&end).copied().unwrap_or_default();
                    out.add([("target", *target), ("outcome", end.as_str())], count(ended));
                }
            }
        },
    )?;
    let mut flags = |name, help, is_so: fn(&RemediationStatus) -> bool| {
        page.gauge(name, help, |out| {
            for target in targets.iter().filter(|target| is_told(is_so(of(target)))) {
                out.add([("target", *target)], flag(is_so(of(target))));
            }
        })
    };
    flags(
        "schemawarden_remediation_needs_human",
        "1 if the last remediation that has touched anything ended as needs_human, else 0. Absent where the \
         state store does not say.",
        |status| status.needs_human.is_some(),
    )?;
    flags(
        "schemawarden_remediation_stuck",
        "1 if a remediation is under way that is stuck until an operator acts, else 0. Absent where the \
         state store does not say.",
        |status| status.stuck.is_some(),
    )?;
    flags(
        "schemawarden_degraded",
        "1 if a remediation has put the application into degraded mode, and it has not left it, else 0. Absent \
         where the state store does not say.",
        |status| status.degraded.is_some(),
    )?;
    page.gauge(
        "schemawarden_application_degraded",
        "1 if the application is degraded, 0 if it says that it is not. It is asked only where the state store \
         does not say, and absent otherwise, and where it gives no answer.",
        |out| {
            for target in &targets {
                let said = match of(target).application {
                    Some(Application::Degraded { .. }) => 1.0,
                    Some(Application::Writes) => 0.0,
                    Some(Application::Unknown { .. }) | None => continue,
                };
                out.add([("target", *target)], said);
            }
        },
    )
}
