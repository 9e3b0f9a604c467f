//! Alerts: which of them fire, stay or resolve, decided from what was published about the targets and
//! their remediations.
//!
//! Pure: the clock is an argument, nothing is sent. The rule above all others: only evidence resolves an alert. A
//! check that failed, saw only a part or has not run yet leaves every alert as it was.

#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::catalog::Severity;
use crate::journal::RemediationStatus;
use crate::report::{Report, TargetStatus, Verdict};

pub use text::{Annotations, Links};

/// How long a target must have been unreachable before that is an alert: longer than one lost connection, or a
/// failover. The shipped rule waits as long.
const DOWN_FOR: Duration = Duration::from_mins(2);

/// A check is stale when the last complete one is older than this many intervals and this grace. The shipped rule
/// comes to the same.
const STALE_INTERVALS: u32 = 3;
const STALE_GRACE: Duration = Duration::from_mins(3);

/// How long an application may be degraded before that is an alert. The shipped rule waits as long.
const DEGRADED_FOR: Duration = Duration::from_mins(30);

/// How long a resolved alert is told again, for an Alertmanager that was away.
const RESOLVED_FOR: Duration = Duration::from_mins(15);

/// The names of the alerts; the shipped Prometheus rules use the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertName {
    Drift,
    InvariantViolated,
    TargetDown,
    CheckStale,
    RemediationNeedsHuman,
    DegradedTooLong,
}

impl AlertName {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drift => "SchemawardenDrift",
            Self::InvariantViolated => "SchemawardenInvariantViolated",
            Self::TargetDown => "SchemawardenTargetDown",
            Self::CheckStale => "SchemawardenCheckStale",
            Self::RemediationNeedsHuman => "SchemawardenRemediationNeedsHuman",
            Self::DegradedTooLong => "SchemawardenDegradedTooLong",
        }
    }
}

/// What makes an alert the same alert: these are its labels. Whatever changes while it fires is annotation. Drift
/// that becomes graver is another alert.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    pub name: AlertName,
    pub target: String,
    pub severity: Severity,
    pub invariant: Option<String>,
}

impl Identity {
    fn drift(target: &TargetStatus, severity: Severity) -> Self {
        Self { name: AlertName::Drift, target: target.name.clone(), severity, invariant: None }
    }

    fn invariant(target: &TargetStatus, invariant: &str) -> Self {
        Self {
            name: AlertName::InvariantViolated,
            target: target.name.clone(),
            severity: Severity::Critical,
            invariant: Some(invariant.to_owned()),
        }
    }

    fn target_down(target: &TargetStatus) -> Self {
        Self { name: AlertName::TargetDown, target: target.name.clone(), severity: Severity::Critical, invariant: None }
    }

    fn remediation(status: &RemediationStatus, name: AlertName) -> Self {
        Self { name, target: status.target.clone(), severity: Severity::Critical, invariant: None }
    }

    fn check_stale(target: &TargetStatus) -> Self {
        Self { name: AlertName::CheckStale, target: target.name.clone(), severity: Severity::Warning, invariant: None }
    }
}

/// An alert that fires, or has fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub identity: Identity,
    pub starts_at: DateTime<Utc>,
    /// `None` while it fires.
    pub resolved_at: Option<DateTime<Utc>>,
    pub annotations: Annotations,
}

/// The alerts at one instant: those that fire, and those that were resolved lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    known: BTreeMap<Identity, Alert>,
    /// Since when something has been wrong that is no alert yet.
    pending: BTreeMap<Identity, DateTime<Utc>>,
}

/// Something that is wrong with a target now.
struct Finding {
    identity: Identity,
    since: DateTime<Utc>,
    annotations: Annotations,
}

impl Alerts {
    /// The alerts after a look at what is published now. `self` is what was before.
    pub fn after(
        &self,
        targets: &[Arc<TargetStatus>],
        remediations: &[RemediationStatus],
        now: DateTime<Utc>,
        links: &Links,
    ) -> Self {
        let mut pending = BTreeMap::new();
        let mut found = BTreeMap::new();
        for target in targets {
            let findings = drift(target, links)
                .into_iter()
                .chain(self.invariants(target, links))
                .chain(self.target_down(target, now, links, &mut pending))
                .chain(self.check_stale(target, now, links, &mut pending))
                .chain(remediation(remediations, target).and_then(|status| self.needs_human(status, now, links)))
                .chain(remediation(remediations, target).and_then(|status| degraded_too_long(status, now, links)));
            found.extend(findings.map(|finding| (finding.identity.clone(), finding)));
        }
        let mut known = BTreeMap::new();
        for (identity, before) in &self.known {
            let alert = match (before.resolved_at, found.remove(identity)) {
                (None, Some(finding)) => Alert { annotations: finding.annotations, ..before.clone() },
                (None, None) if is_refuted(identity, targets, remediations, now) => {
                    Alert { resolved_at: Some(now.max(before.starts_at)), ..before.clone() }
                }
                (None, None) => before.clone(),
                (Some(_), Some(finding)) => finding.into_alert(),
                (Some(at), None) if elapsed(at, now) <= RESOLVED_FOR => before.clone(),
                (Some(_), None) => continue,
            };
            known.insert(identity.clone(), alert);
        }
        known.extend(found.into_iter().map(|(identity, finding)| (identity, finding.into_alert())));
        Self { known, pending }
    }

    /// Firing, and resolved lately.
    pub fn all(&self) -> impl Iterator<Item = &Alert> {
        self.known.values()
    }

    /// What an Alertmanager that knows `before` has to be told.
    pub fn news<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a Alert> {
        self.known.iter().filter(|(identity, alert)| before.known.get(identity) != Some(alert)).map(|(_, alert)| alert)
    }

    fn invariants(&self, target: &TargetStatus, links: &Links) -> Vec<Finding> {
        let Some(report) = &target.report else { return Vec::new() };
        let violated = report.invariants.iter().filter(|invariant| invariant.verdict == Verdict::Violated);
        let findings = violated.map(|invariant| {
            let identity = Identity::invariant(target, &invariant.name);
            let since = self.fires_since(&identity).or(invariant.counted_at).unwrap_or(report.checked_at);
            Finding { identity, since, annotations: text::invariant(target, invariant, since, links) }
        });
        findings.collect()
    }

    fn fires_since(&self, identity: &Identity) -> Option<DateTime<Utc>> {
        self.known.get(identity).filter(|alert| alert.resolved_at.is_none()).map(|alert| alert.starts_at)
    }

    fn needs_human(&self, status: &RemediationStatus, now: DateTime<Utc>, links: &Links) -> Option<Finding> {
        let remediation = status.needs_human.as_ref()?;
        let identity = Identity::remediation(status, AlertName::RemediationNeedsHuman);
        let since = self.fires_since(&identity).unwrap_or(now);
        Some(Finding { identity, since, annotations: text::needs_human(status, remediation, since, links) })
    }

    fn target_down(
        &self,
        target: &TargetStatus,
        now: DateTime<Utc>,
        links: &Links,
        pending: &mut BTreeMap<Identity, DateTime<Utc>>,
    ) -> Option<Finding> {
        if target.up || target.runs == 0 {
            return None;
        }
        let identity = Identity::target_down(target);
        let since = self.pending.get(&identity).copied().unwrap_or(now);
        pending.insert(identity.clone(), since);
        let annotations = text::target_down(target, since, links);
        (elapsed(since, now) >= DOWN_FOR).then_some(Finding { identity, since, annotations })
    }

    fn check_stale(
        &self,
        target: &TargetStatus,
        now: DateTime<Utc>,
        links: &Links,
        pending: &mut BTreeMap<Identity, DateTime<Utc>>,
    ) -> Option<Finding> {
        let identity = Identity::check_stale(target);
        // Without any success, the time since this program knows the target counts.
        let since = target.last_success.or_else(|| self.pending.get(&identity).copied()).unwrap_or(now);
        if target.last_success.is_none() {
            pending.insert(identity.clone(), since);
        }
        let annotations = text::check_stale(target, since, links);
        is_stale(target, since, now).then_some(Finding { identity, since, annotations })
    }
}

impl Finding {
    fn into_alert(self) -> Alert {
        Alert { identity: self.identity, starts_at: self.since, resolved_at: None, annotations: self.annotations }
    }
}

/// One finding for each severity of which there is drift. What is only `last_known` counts: nothing says that it is
/// gone.
fn drift(target: &TargetStatus, links: &Links) -> Vec<Finding> {
    let Some(report) = &target.report else { return Vec::new() };
    let mut by_severity = BTreeMap::<Severity, Vec<_>>::new();
    for drift in &report.drift {
        by_severity.entry(drift.severity).or_default().push(drift);
    }
    let findings = by_severity.into_iter().map(|(severity, drifts)| {
        let first_seen = drifts.iter().filter_map(|drift| drift.first_seen).min();
        let since = first_seen.unwrap_or(report.checked_at);
        let annotations = text::drift(target, severity, &drifts, since, links);
        Finding { identity: Identity::drift(target, severity), since, annotations }
    });
    findings.collect()
}

fn degraded_too_long(status: &RemediationStatus, now: DateTime<Utc>, links: &Links) -> Option<Finding> {
    let degraded = status.degraded.as_ref()?;
    let identity = Identity::remediation(status, AlertName::DegradedTooLong);
    let annotations = text::degraded_too_long(status, degraded, links);
    (elapsed(degraded.since, now) >= DEGRADED_FOR).then_some(Finding { identity, since: degraded.since, annotations })
}

fn remediation<'a>(remediations: &'a [RemediationStatus], target: &TargetStatus) -> Option<&'a RemediationStatus> {
    remediations.iter().find(|status| status.target == target.name)
}

/// Whether what is published shows that a firing alert, which nothing supports any more, is over. A target or an
/// invariant that was taken out of the configuration is over too: nobody would ever resolve it otherwise.
fn is_refuted(
    identity: &Identity,
    targets: &[Arc<TargetStatus>],
    remediations: &[RemediationStatus],
    now: DateTime<Utc>,
) -> bool {
    let Some(target) = targets.iter().find(|target| target.name == identity.target) else { return true };
    match identity.name {
        AlertName::TargetDown => target.up,
        AlertName::CheckStale => target.last_success.is_some_and(|at| !is_stale(target, at, now)),
        AlertName::RemediationNeedsHuman => {
            remediation(remediations, target).is_some_and(|status| status.needs_human.is_none())
        }
        AlertName::DegradedTooLong => remediation(remediations, target).is_some_and(|status| status.degraded.is_none()),
        AlertName::Drift => target.report.as_deref().is_some_and(schema_is_known),
        AlertName::InvariantViolated => target.report.as_deref().is_some_and(|report| {
            let counted = report.invariants.iter().find(|counted| Some(&counted.name) == identity.invariant.as_ref());
            match counted.map(|counted| counted.verdict) {
                Some(Verdict::Holds) => true,
                Some(Verdict::Unknown | Verdict::Violated) => false,
                None => report.is_complete(),
            }
        }),
    }
}

/// The schema was compared as a whole. An unknown verdict says otherwise, unless an invariant accounts for it.
fn schema_is_known(report: &Report) -> bool {
    let uncounted = report.invariants.iter().any(|invariant| invariant.verdict == Verdict::Unknown);
    report.is_complete() && (report.verdict != Verdict::Unknown || uncounted)
}

fn is_stale(target: &TargetStatus, last_success: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let limit = target.interval.saturating_mul(STALE_INTERVALS).saturating_add(STALE_GRACE);
    elapsed(last_success, now) > limit
}

/// Zero when the clock went backwards.
fn elapsed(since: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    now.signed_duration_since(since).to_std().unwrap_or_default()
}
