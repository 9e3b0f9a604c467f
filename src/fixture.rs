//! Published statuses for the tests of what reads them. Not part of the program.

pub(crate) mod alertmanager;
pub(crate) mod served;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::alert::Seen;
use crate::domain::catalog::{Kind, Object, Severity, Unmodelled};
use crate::domain::name::QName;
use crate::domain::report::{
    Change, Drift, InvariantReport, PlanSummary, Read, Report, StoreStatus, TargetStatus, Verdict,
};
use crate::domain::runbook::journal::RemediationStatus;

/// 2026-11-23 04:00:00 UTC and `seconds`.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_795_406_400 + seconds)
}

pub(crate) fn drift(object: &str, severity: Severity) -> Drift {
    Drift {
        object: object.into(),
        kind: Kind::Column,
        change: Change::Missing,
        severity,
        expected: Some("boolean not null default false".into()),
        live: None,
        detail: "the column is missing".into(),
        first_seen: Some(at(-3_600)),
        last_known: false,
        maybe_spelling: false,
        subject: Object::Table(QName::new("public", object)),
        counterpart: None,
    }
}

pub(crate) fn orphans(verdict: Verdict) -> InvariantReport {
    let violated = verdict == Verdict::Violated;
    let counts = BTreeMap::from([("null", 2), ("dangling", if violated { 7 } else { 0 })]);
    InvariantReport {
        name: "orphaned_reactions".into(),
        verdict,
        counts: if verdict == Verdict::Unknown { BTreeMap::new() } else { counts },
        excess: if violated { 7 } else { 0 },
        estimated: false,
        relation: Some("public.post_reactions".into()),
        detail: None,
        counted_at: (verdict != Verdict::Unknown).then(|| at(-30)),
        duration: Duration::from_millis(12),
    }
}

/// A complete report of a target in which nothing is wrong.
pub(crate) fn report(target: &str) -> Report {
    Report {
        name: target.into(),
        verdict: Verdict::Holds,
        drift: Vec::new(),
        invariants: Vec::new(),
        unmodelled: vec![Unmodelled { kind: "policy".into(), object: "p on public.posts".into() }],
        uncompared: Vec::new(),
        busy: Vec::new(),
        expired_policies: Vec::new(),
        warnings: Vec::new(),
        expectation: None,
        error: None,
        duration: Duration::from_millis(42),
        read: Some(Read::Full),
        checked_at: at(0),
        reached: true,
        server_version: Some(150_018),
    }
}

/// A target that has been checked once, just now.
pub(crate) fn status(report: Report) -> TargetStatus {
    TargetStatus {
        name: report.name.clone(),
        datname: "community".into(),
        scope: "declared",
        expected: "sql",
        interval: Duration::from_mins(1),
        expected_kinds: vec![Kind::Table, Kind::Column],
        up: true,
        last_success: report.is_complete().then_some(report.checked_at),
        report: Some(Arc::new(report)),
        plan: None,
        next_check: Some(at(60)),
        runs: 1,
        failures: 0,
        full_reads: 1,
        skipped: 0,
    }
}

pub(crate) fn plan() -> PlanSummary {
    PlanSummary {
        id: "0123456789abcdef".into(),
        summary: "2 steps in 1 transaction; nobody is stopped; hazards: none".into(),
        steps: 2,
        blocked: 0,
        hazards: Vec::new(),
    }
}

/// A target that nothing is known about yet.
pub(crate) fn fresh(target: &str) -> TargetStatus {
    TargetStatus { report: None, up: false, last_success: None, runs: 0, full_reads: 0, ..status(report(target)) }
}

/// These, beside a state store that works.
pub(crate) fn seen(targets: Vec<Arc<TargetStatus>>, remediations: Vec<RemediationStatus>) -> Seen {
    Seen { targets, remediations, store: store() }
}

pub(crate) fn store() -> StoreStatus {
    StoreStatus { place: "/var/lib/s.db".into(), down: None }
}
