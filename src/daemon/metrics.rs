//! Every metric of the program: its name, its help, and how it is derived from the published state.
//!
//! The families are built at each scrape, so that a series exists exactly as long as what it describes. A scrape reads
//! memory only: it never connects to a target, and it carries no sample timestamps.

mod expectation;
mod http;
mod page;
mod remediations;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::catalog::Severity;
use crate::domain::report::{Change, InvariantReport, Report, StoreStatus, TargetStatus, Verdict};
use crate::domain::runbook::journal::RemediationStatus;
use crate::effects::notify::PeerCounters;
use page::Page;

/// The content type of `/metrics`: Prometheus 3 refuses a scrape whose type it does not know.
pub const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// Drifted objects per target that `schemawarden_drift_info` names. Further ones are only counted.
const NAMED_OBJECTS: usize = 200;

#[derive(Debug, thiserror::Error)]
#[error("the metrics cannot be written as text; this is a fault in the program")]
pub struct Error(#[from] prometheus::Error);

/// The input of a scrape.
#[derive(Clone, Copy, Debug)]
pub struct Published<'a> {
    pub targets: &'a [Arc<TargetStatus>],
    /// The configuration that was loaded last is in force.
    pub last_reload_successful: bool,
    pub last_reload_success: Option<DateTime<Utc>>,
    pub alertmanagers: &'a [PeerCounters],
    pub remediations: &'a [RemediationStatus],
    pub store: &'a StoreStatus,
    /// HTTP clients that were refused, by reason.
    pub refused: &'a [(&'static str, u64)],
}

/// The whole page, in the text format 0.0.4.
pub fn render(published: &Published) -> Result<String, Error> {
    let mut page = Page::default();
    daemon(&mut page, published)?;
    http::refused(&mut page, published.refused)?;
    targets(&mut page, published.targets)?;
    checks(&mut page, published.targets)?;
    expectation::expectation(&mut page, published.targets)?;
    drift(&mut page, published.targets)?;
    invariants(&mut page, published.targets)?;
    remediations::add(&mut page, published)?;
    page.process()?;
    Ok(page.into_text())
}

fn daemon(page: &mut Page, published: &Published) -> Result<(), Error> {
    page.gauge("schemawarden_build_info", "Always 1; the version of the running program.", |out| {
        out.add([("version", env!("CARGO_PKG_VERSION"))], 1.0);
    })?;
    page.gauge(
        "schemawarden_config_last_reload_successful",
        "1 if the configuration was taken over when it was last loaded, 0 if it was refused and the one before is \
         still in force.",
        |out| out.add([], flag(published.last_reload_successful)),
    )?;
    page.gauge(
        "schemawarden_config_last_reload_success_timestamp_seconds",
        "When the configuration in force was loaded.",
        |out| {
            if let Some(at) = published.last_reload_success {
                out.add([], timestamp(at));
            }
        },
    )?;
    page.gauge(
        "schemawarden_state_up",
        "1 if the state store works, else 0: then no remediation can begin, and what it would say is not known.",
        |out| out.add([], flag(published.store.down.is_none())),
    )?;
    let mut per_peer = |name, help, value: fn(&PeerCounters) -> u64| {
        page.counter(name, help, |out| {
            for peer in published.alertmanagers {
                out.add([("alertmanager", &*peer.alertmanager)], count(value(peer)));
            }
        })
    };
    per_peer(
        "schemawarden_notifications_sent_total",
        "Alerts that this Alertmanager took. Each active alert is sent again at every interval.",
        |peer| peer.sent,
    )?;
    per_peer(
        "schemawarden_notifications_errors_total",
        "Alerts that could not be delivered to this Alertmanager, or that it refused.",
        |peer| peer.errors,
    )?;
    per_peer(
        "schemawarden_notifications_dropped_total",
        "Alerts that were discarded because the queue to this Alertmanager was full.",
        |peer| peer.dropped,
    )
}

fn targets(page: &mut Page, targets: &[Arc<TargetStatus>]) -> Result<(), Error> {
    page.gauge(
        "schemawarden_target_up",
        "1 if the last scheduled check reached the target's server, else 0. Also 0 before the first check.",
        |out| targets.iter().for_each(|target| out.add([("target", &*target.name)], flag(target.up))),
    )?;
    page.gauge("schemawarden_target_info", "Always 1; what the target is and what it is compared with.", |out| {
        for target in targets {
            let version = target.report.as_ref().and_then(|report| report.server_version);
            out.add(
                [
                    ("target", &*target.name),
                    ("datname", &target.datname),
                    ("scope", target.scope),
                    ("expected", target.expected),
                    ("server_version", &version.map(server_version).unwrap_or_default()),
                ],
                1.0,
            );
        }
    })?;
    page.gauge(
        "schemawarden_target_verdict",
        "1 for the verdict of the last scheduled check, 0 for the others. `unknown` is not healthy; `uncompared` says that \
         what is compared holds, and that objects without a model differ.",
        |out| {
            for target in targets {
                let found = target.report.as_ref().map_or(Verdict::Unknown, |report| report.verdict);
                for verdict in Verdict::ALL {
                    out.add([("target", &*target.name), ("verdict", verdict.as_str())], flag(verdict == found));
                }
            }
        },
    )?;
    page.gauge(
        "schemawarden_unmodelled_objects",
        "Objects that the last scheduled check met and cannot compare, by PostgreSQL's word for their kind.",
        |out| {
            for (target, report) in reports(targets) {
                let mut kinds = BTreeMap::new();
                for object in &report.unmodelled {
                    *kinds.entry(&*object.kind).or_insert(0) += 1;
                }
                for (kind, objects) in kinds {
                    out.add([("target", &*target.name), ("kind", kind)], count(objects));
                }
            }
        },
    )?;
    page.gauge(
        "schemawarden_busy_relations",
        "Relations that another session held locked during the last scheduled check, so that it was incomplete.",
        |out| {
            for (target, report) in reports(targets) {
                out.add([("target", &*target.name)], length(report.busy.len()));
            }
        },
    )?;
    page.gauge(
        "schemawarden_policy_expired",
        "Rules of the configuration that ignored drift of this target until a date that has passed.",
        |out| {
            for (target, report) in reports(targets) {
                out.add([("target", &*target.name)], length(report.expired_policies.len()));
            }
        },
    )
}

fn checks(page: &mut Page, targets: &[Arc<TargetStatus>]) -> Result<(), Error> {
    page.gauge("schemawarden_check_duration_seconds", "How long the last scheduled check took.", |out| {
        for (target, report) in reports(targets) {
            out.add([("target", &*target.name)], report.duration.as_secs_f64());
        }
    })?;
    page.gauge(
        "schemawarden_check_success",
        "1 if the last scheduled check was complete, 0 if it failed, or saw only a part, or none has ended yet.",
        |out| {
            for target in targets {
                let complete = target.report.as_ref().is_some_and(|report| report.is_complete());
                out.add([("target", &*target.name)], flag(complete));
            }
        },
    )?;
    page.gauge(
        "schemawarden_check_last_success_timestamp_seconds",
        "When the last complete scheduled check ended. Absent until there is one.",
        |out| {
            for target in targets {
                if let Some(at) = target.last_success {
                    out.add([("target", &*target.name)], timestamp(at));
                }
            }
        },
    )?;
    page.gauge("schemawarden_check_interval_seconds", "Time between two scheduled checks of the target.", |out| {
        for target in targets {
            out.add([("target", &*target.name)], target.interval.as_secs_f64());
        }
    })?;
    let mut per_target = |name, help, value: fn(&TargetStatus) -> u64| {
        page.counter(name, help, |out| {
            for target in targets {
                out.add([("target", &*target.name)], count(value(target)));
            }
        })
    };
    per_target("schemawarden_check_runs_total", "Checks that were started.", |target| target.runs)?;
    per_target("schemawarden_check_failures_total", "Checks that could not be carried out.", |target| target.failures)?;
    per_target(
        "schemawarden_check_skipped_total",
        "Scheduled checks that were not started because the one before was still running.",
        |target| target.skipped,
    )?;
    per_target(
        "schemawarden_check_full_reads_total",
        "Checks that read the whole catalog, because it had changed or because it was time to.",
        |target| target.full_reads,
    )
}

fn drift(page: &mut Page, targets: &[Arc<TargetStatus>]) -> Result<(), Error> {
    page.gauge(
        "schemawarden_drift_objects",
        "Objects that differ from what is expected, found by the last scheduled check that could tell.",
        |out| {
            for (target, report) in reports(targets).filter(|(target, _)| target.knows_drift()) {
                let mut objects = expected_zeros(target);
                for drift in &report.drift {
                    *objects.entry((drift.kind, drift.change, drift.severity)).or_insert(0) += 1;
                }
                for ((kind, change, severity), number) in objects {
                    let labels = [
                        ("target", &*target.name),
                        ("kind", kind.as_str()),
                        ("change", change.as_str()),
                        ("severity", severity.as_str()),
                    ];
                    out.add(labels, count(number));
                }
            }
        },
    )?;
    let mut left_out = Vec::new();
    page.gauge(
        "schemawarden_drift_info",
        "Always 1; names the drifted objects that the last scheduled check found, the gravest first, up to a limit.",
        |out| {
            for (target, report) in reports(targets).filter(|(target, _)| target.knows_drift()) {
                // A set, because Prometheus refuses a scrape with a duplicate series.
                let drifts: BTreeSet<_> =
                    report.drift.iter().map(|d| (Reverse(d.severity), &*d.object, d.kind, d.change)).collect();
                left_out.push((target, drifts.len().saturating_sub(NAMED_OBJECTS)));
                for (Reverse(severity), object, kind, change) in drifts.into_iter().take(NAMED_OBJECTS) {
                    let labels = [
                        ("target", &*target.name),
                        ("object", object),
                        ("kind", kind.as_str()),
                        ("change", change.as_str()),
                        ("severity", severity.as_str()),
                    ];
                    out.add(labels, 1.0);
                }
            }
        },
    )?;
    page.gauge(
        "schemawarden_drift_info_truncated",
        "Drifted objects that schemawarden_drift_info does not name, because there are too many.",
        |out| left_out.iter().for_each(|(target, number)| out.add([("target", &*target.name)], length(*number))),
    )
}

/// Series that are exported as zero while there is no drift, so that a rate or an alert has a first sample.
fn expected_zeros(target: &TargetStatus) -> BTreeMap<(crate::domain::catalog::Kind, Change, Severity), u64> {
    let mut zeros = BTreeMap::new();
    for kind in &target.expected_kinds {
        for change in Change::ALL {
            if change == Change::Unexpected && target.scope != "whole" {
                continue;
            }
            for severity in [Severity::Info, Severity::Warning, Severity::Critical] {
                zeros.insert((*kind, change, severity), 0);
            }
        }
    }
    zeros
}

fn invariants(page: &mut Page, targets: &[Arc<TargetStatus>]) -> Result<(), Error> {
    for (name, help, estimated) in [
        (
            "schemawarden_orphaned_rows",
            "Rows whose reference is NULL (reason null) or points at no parent (reason dangling), by the last count.",
            false,
        ),
        (
            "schemawarden_orphaned_rows_estimate",
            "Like schemawarden_orphaned_rows, but estimated from a sample of the rows.",
            true,
        ),
    ] {
        page.gauge(name, help, |out| {
            for (target, invariant) in all_invariants(targets).filter(|(_, i)| i.estimated == estimated) {
                for (reason, rows) in invariant.counts.iter().filter(|(reason, _)| **reason != "rows") {
                    let labels = [
                        ("target", &*target.name),
                        ("invariant", &*invariant.name),
                        ("relation", invariant.relation.as_deref().unwrap_or_default()),
                        ("reason", reason),
                    ];
                    out.add(labels, count(*rows));
                }
            }
        })?;
    }
    page.gauge(
        "schemawarden_invariant_rows",
        "What the counting query of an invariant answered when it was last run.",
        |out| {
            for (target, invariant) in all_invariants(targets) {
                if let Some(rows) = invariant.counts.get("rows") {
                    out.add([("target", &*target.name), ("invariant", &*invariant.name)], count(*rows));
                }
            }
        },
    )?;
    page.gauge(
        "schemawarden_invariant_violations",
        "Rows beyond what the invariant allows, by the last scheduled count.",
        |out| {
            for (target, invariant) in all_invariants(targets).filter(|(_, i)| is_counted(i)) {
                out.add([("target", &*target.name), ("invariant", &*invariant.name)], count(invariant.excess));
            }
        },
    )?;
    page.gauge(
        "schemawarden_invariant_success",
        "1 if the last scheduled count of the invariant ended with an answer, whatever it was, else 0.",
        |out| {
            for (target, invariant) in all_invariants(targets) {
                let labels = [("target", &*target.name), ("invariant", &*invariant.name)];
                out.add(labels, flag(invariant.verdict != Verdict::Unknown));
            }
        },
    )?;
    page.gauge(
        "schemawarden_invariant_last_success_timestamp_seconds",
        "When the rows of the invariant were last counted.",
        |out| {
            for (target, invariant) in all_invariants(targets).filter(|(_, i)| is_counted(i)) {
                if let Some(at) = invariant.counted_at {
                    out.add([("target", &*target.name), ("invariant", &*invariant.name)], timestamp(at));
                }
            }
        },
    )
}

/// A count is known, perhaps an older one.
fn is_counted(invariant: &InvariantReport) -> bool {
    invariant.verdict != Verdict::Unknown || !invariant.counts.is_empty()
}

fn reports(targets: &[Arc<TargetStatus>]) -> impl Iterator<Item = (&TargetStatus, &Report)> {
    targets.iter().filter_map(|target| Some((&**target, &**target.report.as_ref()?)))
}

fn all_invariants(targets: &[Arc<TargetStatus>]) -> impl Iterator<Item = (&TargetStatus, &InvariantReport)> {
    reports(targets).flat_map(|(target, report)| report.invariants.iter().map(move |invariant| (target, invariant)))
}

/// `150018` as `15.18`.
fn server_version(number: u32) -> String {
    format!("{}.{}", number / 10_000, number % 10_000)
}

fn flag(yes: bool) -> f64 {
    if yes { 1.0 } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2^53 rows the last digit says nothing")]
fn count(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "nothing in memory has 2^53 entries")]
fn length(number: usize) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds are exact for the next 285,000 years")]
fn timestamp(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1000.0
}
