//! Alerts: which of them fire, stay or resolve, decided from the published state of the targets and their remediations.
//!
//! Pure: the clock is an argument, nothing is sent. The first rule: only evidence resolves an alert. A check that
//! failed, was partial or has not run yet leaves every alert as it was.

#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::catalog::Severity;
use crate::domain::report::{Down, Report, StoreStatus, TargetStatus, Verdict};
use crate::domain::runbook::journal::{Application, RemediationStatus};

pub use text::{Annotations, Links};

/// How long drift lasts before it is an alert, unless the configuration says otherwise: longer than the time between a
/// migration and the new expectation of the same release. Equals the `for` of the shipped rule.
pub const DRIFT_FOR: Duration = Duration::from_mins(1);

/// How long a target is unreachable before that is an alert: longer than one lost connection, or a failover. Equals the
/// `for` of the shipped rule.
const DOWN_FOR: Duration = Duration::from_mins(2);

/// A check is stale when the last complete one is older than this many intervals plus a grace period. Of its three
/// minutes the shipped rule has two as its `for`.
const STALE_INTERVALS: u32 = 3;
const STALE_GRACE: Duration = Duration::from_mins(3);

/// How long an application may be degraded before that is an alert. Equals the `for` of the shipped rule.
const DEGRADED_FOR: Duration = Duration::from_mins(30);

/// How long the state store fails, or a remediation waits for an operator, before that is an alert: longer than a
/// failover. Equals the `for` of the shipped rules.
const STUCK_FOR: Duration = Duration::from_secs(30);

/// How long a resolved alert is sent again, for an Alertmanager that was unreachable.
const RESOLVED_FOR: Duration = Duration::from_mins(15);

/// The names of the alerts; the shipped Prometheus rules use the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertName {
    Drift,
    InvariantViolated,
    TargetDown,
    CheckStale,
    RemediationNeedsHuman,
    RemediationStuck,
    DegradedTooLong,
    DegradedUnexplained,
    StateUnavailable,
}

impl AlertName {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drift => "SchemawardenDrift",
            Self::InvariantViolated => "SchemawardenInvariantViolated",
            Self::TargetDown => "SchemawardenTargetDown",
            Self::CheckStale => "SchemawardenCheckStale",
            Self::RemediationNeedsHuman => "SchemawardenRemediationNeedsHuman",
            Self::RemediationStuck => "SchemawardenRemediationStuck",
            Self::DegradedTooLong => "SchemawardenDegradedTooLong",
            Self::DegradedUnexplained => "SchemawardenDegradedUnexplained",
            Self::StateUnavailable => "SchemawardenStateUnavailable",
        }
    }
}

/// The identity of an alert, which is its labels. What changes while it fires is an annotation. Drift of another
/// severity is another alert.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    pub name: AlertName,
    /// `None`: the alert is about the daemon.
    pub target: Option<String>,
    pub severity: Severity,
    pub invariant: Option<String>,
}

impl Identity {
    fn drift(target: &TargetStatus, severity: Severity) -> Self {
        Self { name: AlertName::Drift, target: Some(target.name.clone()), severity, invariant: None }
    }

    fn invariant(target: &TargetStatus, invariant: &str) -> Self {
        Self {
            name: AlertName::InvariantViolated,
            target: Some(target.name.clone()),
            severity: Severity::Critical,
            invariant: Some(invariant.to_owned()),
        }
    }

    fn target_down(target: &TargetStatus) -> Self {
        Self {
            name: AlertName::TargetDown,
            target: Some(target.name.clone()),
            severity: Severity::Critical,
            invariant: None,
        }
    }

    fn remediation(status: &RemediationStatus, name: AlertName) -> Self {
        Self { name, target: Some(status.target.clone()), severity: Severity::Critical, invariant: None }
    }

    fn store() -> Self {
        Self { name: AlertName::StateUnavailable, target: None, severity: Severity::Critical, invariant: None }
    }

    fn check_stale(target: &TargetStatus) -> Self {
        Self {
            name: AlertName::CheckStale,
            target: Some(target.name.clone()),
            severity: Severity::Warning,
            invariant: None,
        }
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

/// The published state.
#[derive(Clone, Debug)]
pub struct Seen {
    pub targets: Vec<Arc<TargetStatus>>,
    pub remediations: Vec<RemediationStatus>,
    pub store: StoreStatus,
}

/// The alerts at one instant: those that fire, and those that were resolved recently.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    known: BTreeMap<Identity, Alert>,
    /// Since when conditions hold that are no alerts yet.
    pending: BTreeMap<Identity, DateTime<Utc>>,
}

/// A condition that holds for a target now.
struct Finding {
    identity: Identity,
    since: DateTime<Utc>,
    annotations: Annotations,
}

impl Alerts {
    /// The alerts for the state that is published now. `self` is the previous result. Drift becomes an alert after
    /// `drift_for`.
    pub fn after(&self, seen: &Seen, now: DateTime<Utc>, links: &Links, drift_for: Duration) -> Self {
        let mut pending = BTreeMap::new();
        let mut found = BTreeMap::new();
        for target in &seen.targets {
            let findings = self
                .drift(target, now, (links, drift_for), &mut pending)
                .into_iter()
                .chain(self.invariants(target, links))
                .chain(self.target_down(target, now, links, &mut pending))
                .chain(self.check_stale(target, now, links, &mut pending));
            found.extend(findings.map(|finding| (finding.identity.clone(), finding)));
        }
        // An unresolved remediation stays so after its target was removed from the configuration.
        for status in &seen.remediations {
            let findings = self
                .needs_human(status, now, links)
                .into_iter()
                .chain(self.stuck(status, now, links, &mut pending))
                .chain(self.degraded_too_long(status, now, links, &mut pending))
                .chain(self.degraded_unexplained(status, now, links));
            found.extend(findings.map(|finding| (finding.identity.clone(), finding)));
        }
        let store = seen.store.down.as_ref();
        let store = store.and_then(|down| self.store(&seen.store.place, down, now, links, &mut pending));
        found.extend(store.map(|finding| (finding.identity.clone(), finding)));
        let mut known = BTreeMap::new();
        for (identity, before) in &self.known {
            let alert = match (before.resolved_at, found.remove(identity)) {
                (None, Some(finding)) => Alert { annotations: finding.annotations, ..before.clone() },
                (None, None) if is_refuted(identity, seen, now) => {
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

    /// Firing and recently resolved alerts.
    pub fn all(&self) -> impl Iterator<Item = &Alert> {
        self.known.values()
    }

    /// The changes since `before`, for Alertmanagers.
    pub fn news<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a Alert> {
        self.known.iter().filter(|(identity, alert)| before.known.get(identity) != Some(alert)).map(|(_, alert)| alert)
    }

    /// One finding for each severity of the drift. Drift that is only `last_known` counts, because nothing shows that
    /// it is gone.
    fn drift(
        &self,
        target: &TargetStatus,
        now: DateTime<Utc>,
        (links, drift_for): (&Links, Duration),
        pending: &mut BTreeMap<Identity, DateTime<Utc>>,
    ) -> Vec<Finding> {
        let Some(report) = &target.report else { return Vec::new() };
        let mut by_severity = BTreeMap::<Severity, Vec<_>>::new();
        for drift in &report.drift {
            by_severity.entry(drift.severity).or_default().push(drift);
        }
        let findings = by_severity.into_iter().filter_map(|(severity, drifts)| {
            let identity = Identity::drift(target, severity);
            // The first object that drifted may have been replaced by another one.
            let noticed = self.since(&identity, None, now, pending);
            let first_seen = drifts.iter().filter_map(|drift| drift.first_seen).min().filter(|first| *first <= now);
            let is_due = elapsed(first_seen.unwrap_or(now).min(noticed), now) >= drift_for;
            if !is_due && self.fires_since(&identity).is_none() {
                return None;
            }
            let since = first_seen.unwrap_or(noticed);
            let annotations = text::drift(target, severity, &drifts, since, links);
            Some(Finding { identity, since, annotations })
        });
        findings.collect()
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
        let since = self.since(&identity, None, now, pending);
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
        // Without a success, the time since this program first knew the target counts.
        let since = self.since(&identity, target.last_success, now, pending);
        let annotations = text::check_stale(target, since, links);
        is_stale(target, since, now).then_some(Finding { identity, since, annotations })
    }

    fn stuck(
        &self,
        status: &RemediationStatus,
        now: DateTime<Utc>,
        links: &Links,
        pending: &mut BTreeMap<Identity, DateTime<Utc>>,
    ) -> Option<Finding> {
        let (why, under_way) = (status.stuck.as_ref()?, status.under_way.as_ref()?);
        let identity = Identity::remediation(status, AlertName::RemediationStuck);
        let since = self.since(&identity, None, now, pending);
        let annotations = text::stuck(status, under_way, why, since, links);
        (elapsed(since, now) >= STUCK_FOR).then_some(Finding { identity, since, annotations })
    }

    fn degraded_too_long(
        &self,
        status: &RemediationStatus,
        now: DateTime<Utc>,
        links: &Links,
        pending: &mut BTreeMap<Identity, DateTime<Utc>>,
    ) -> Option<Finding> {
        let degraded = status.degraded.as_ref()?;
        let identity = Identity::remediation(status, AlertName::DegradedTooLong);
        let since = self.since(&identity, Some(degraded.since), now, pending);
        let annotations = text::degraded_too_long(status, degraded, links);
        (elapsed(since, now) >= DEGRADED_FOR).then_some(Finding { identity, since, annotations })
    }

    fn degraded_unexplained(&self, status: &RemediationStatus, now: DateTime<Utc>, links: &Links) -> Option<Finding> {
        let asked = status.unexplained()?;
        let identity = Identity::remediation(status, AlertName::DegradedUnexplained);
        let since = self.fires_since(&identity).unwrap_or(asked.min(now));
        Some(Finding { identity, since, annotations: text::degraded_unexplained(status, since, links) })
    }

    fn store(
        &self,
        place: &str,
        down: &Down,
        now: DateTime<Utc>,
        links: &Links,
        pending: &mut BTreeMap<Identity, DateTime<Utc>>,
    ) -> Option<Finding> {
        let identity = Identity::store();
        let since = self.since(&identity, None, now, pending);
        let annotations = text::store(place, &down.why, since, links);
        (elapsed(since, now) >= STUCK_FOR).then_some(Finding { identity, since, annotations })
    }

    /// Since when a condition holds. A reported time in the future is ignored, because the clock was set back: in that
    /// case, and without a reported time, the first observation counts.
    fn since(
        &self,
        identity: &Identity,
        reported: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        pending: &mut BTreeMap<Identity, DateTime<Utc>>,
    ) -> DateTime<Utc> {
        if let Some(reported) = reported.filter(|reported| *reported <= now) {
            return reported;
        }
        let since = self.pending.get(identity).copied().filter(|since| *since <= now).unwrap_or(now);
        pending.insert(identity.clone(), since);
        since
    }
}

impl Finding {
    fn into_alert(self) -> Alert {
        Alert { identity: self.identity, starts_at: self.since, resolved_at: None, annotations: self.annotations }
    }
}

/// Whether the published state shows that a firing alert without a finding is over. An alert of a target or invariant
/// that was removed from the configuration is over, because nothing else would ever resolve it. What a remediation has
/// left behind stays.
fn is_refuted(identity: &Identity, seen: &Seen, now: DateTime<Utc>) -> bool {
    let of = |name: &str| identity.target.as_deref() == Some(name);
    let target = |is_over: &dyn Fn(&TargetStatus) -> bool| {
        seen.targets.iter().find(|target| of(&target.name)).is_none_or(|target| is_over(target))
    };
    let remediation = |is_over: &dyn Fn(&RemediationStatus) -> bool| {
        seen.remediations.iter().find(|status| of(&status.target)).is_some_and(is_over)
    };
    match identity.name {
        AlertName::TargetDown => target(&|target| target.up),
        AlertName::CheckStale => {
            target(&|target| target.last_success.is_some_and(|at| at <= now && !is_stale(target, at, now)))
        }
        AlertName::RemediationNeedsHuman => remediation(&|status| status.needs_human.is_none()),
        AlertName::RemediationStuck => remediation(&|status| status.stuck.is_none()),
        AlertName::DegradedTooLong => remediation(&|status| status.degraded.is_none()),
        // A missing answer is no evidence.
        AlertName::DegradedUnexplained => {
            remediation(&|status| !matches!(status.application, Some(Application::Unknown { .. })))
        }
        AlertName::StateUnavailable => seen.store.down.is_none(),
        AlertName::Drift => target(&|target| target.report.as_deref().is_some_and(schema_is_known)),
        AlertName::InvariantViolated => target(&|target| {
            target.report.as_deref().is_some_and(|report| {
                let counted =
                    report.invariants.iter().find(|counted| Some(&counted.name) == identity.invariant.as_ref());
                match counted.map(|counted| counted.verdict) {
                    Some(Verdict::Holds) => true,
                    Some(Verdict::Uncompared | Verdict::Unknown | Verdict::Violated) => false,
                    None => report.is_complete(),
                }
            })
        }),
    }
}

/// The schema was compared completely. An unknown verdict contradicts that, unless an invariant explains it.
fn schema_is_known(report: &Report) -> bool {
    let uncounted = report.invariants.iter().any(|invariant| invariant.verdict == Verdict::Unknown);
    report.is_complete() && (report.verdict != Verdict::Unknown || uncounted)
}

fn is_stale(target: &TargetStatus, last_success: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let limit = target.interval.saturating_mul(STALE_INTERVALS).saturating_add(STALE_GRACE);
    elapsed(last_success, now) > limit
}

/// Zero if the clock was set back.
fn elapsed(since: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    now.signed_duration_since(since).to_std().unwrap_or_default()
}
