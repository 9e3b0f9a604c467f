//! The board of one target: the last schema check and the last counts, merged into the one report that is published.
//!
//! Pure. It has the rules for failures: known facts are kept, and none of them stays healthy.

use std::time::Duration;

use crate::daemon::config::InvariantConfig;
use crate::domain::invariant::{Invariant, InvariantKind};
use crate::domain::report::{InvariantReport, Report, Verdict};

#[derive(Debug)]
pub struct Board {
    schema: Option<Report>,
    /// In the order of the configuration.
    counts: Vec<InvariantReport>,
}

impl Board {
    /// `before` is what was published for this target under an earlier configuration.
    pub fn new(invariants: &[InvariantConfig], before: Option<&Report>) -> Self {
        let known = |name: &str| before?.invariants.iter().find(|report| report.name == name).cloned();
        let counts = invariants.iter().map(|InvariantConfig { invariant, .. }| {
            known(&invariant.name).unwrap_or_else(|| not_counted(invariant, "not counted yet".to_owned()))
        });
        Self { schema: before.cloned(), counts: counts.collect() }
    }

    /// A check has ended. A failed one keeps the known drift, marked as last known.
    pub fn checked(&mut self, mut report: Report) {
        let known = self.schema.take();
        if let (Some(now), Some(before)) =
            (&mut report.expectation, known.as_ref().and_then(|it| it.expectation.as_ref()))
        {
            now.follow(before);
            report.warnings.extend(now.loss());
        }
        if report.error.is_some()
            && let Some(known) = known
        {
            report.drift = known.drift;
            report.drift.iter_mut().for_each(|drift| drift.last_known = true);
            report.unmodelled = known.unmodelled;
            report.expired_policies = known.expired_policies;
            report.warnings = known.warnings;
            report.expectation = known.expectation;
            report.server_version = report.server_version.or(known.server_version);
        }
        self.schema = Some(report);
    }

    /// A count has ended. A failed one keeps the last counts, and makes their verdict unknown.
    pub fn counted(&mut self, report: InvariantReport) {
        let Some(known) = self.counts.iter_mut().find(|known| known.name == report.name) else { return };
        if report.counted_at.is_some() {
            *known = report;
        } else {
            known.verdict = Verdict::Unknown;
            known.detail = report.detail;
            known.duration = report.duration;
        }
    }

    /// Whether this invariant is to be counted as soon as the target is reachable.
    pub fn lacks(&self, name: &str) -> bool {
        self.counts.iter().any(|known| known.name == name && known.verdict == Verdict::Unknown)
    }

    /// What to publish; `None` before the first check.
    pub fn report(&self) -> Option<Report> {
        let mut report = self.schema.clone()?;
        report.invariants.clone_from(&self.counts);
        // After a failed check the verdict is unknown, whatever the counts: the target was not seen.
        report.verdict = match report.error {
            Some(_) => Verdict::Unknown,
            None => Verdict::worst(self.counts.iter().map(|count| count.verdict).chain([report.verdict])),
        };
        Some(report)
    }
}

/// The report of a count that failed.
pub fn not_counted(invariant: &Invariant, why: String) -> InvariantReport {
    InvariantReport {
        name: invariant.name.clone(),
        verdict: Verdict::Unknown,
        counts: [].into(),
        excess: 0,
        estimated: false,
        relation: match &invariant.kind {
            InvariantKind::Reference { child, .. } => Some(child.to_string()),
            InvariantKind::Query { .. } => None,
        },
        detail: Some(why),
        counted_at: None,
        duration: Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::domain::catalog::{Kind, Severity};
    use crate::domain::report::{Change, Drift};

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(0, 0).unwrap()
    }

    fn good(verdict: Verdict, objects: &[&str]) -> Report {
        let drift = objects.iter().map(|object| Drift {
            object: (*object).into(),
            kind: Kind::Table,
            change: Change::Missing,
            severity: Severity::Critical,
            expected: None,
            live: None,
            detail: String::new(),
            first_seen: Some(now()),
            last_known: false,
            maybe_spelling: false,
            subject: crate::domain::catalog::Object::Table(crate::domain::name::QName::new("public", "t")),
            counterpart: None,
        });
        Report { error: None, verdict, drift: drift.collect(), ..bad() }
    }

    fn bad() -> Report {
        Report::failed("t", "no answer".into(), Duration::ZERO, now())
    }

    fn invariant() -> Invariant {
        let kind = InvariantKind::Query { sql: "select 0".into(), max: 0 };
        Invariant { name: "i".into(), kind, timeout: Duration::from_secs(1) }
    }

    fn board() -> Board {
        Board::new(&[InvariantConfig { invariant: invariant(), schedule: None }], None)
    }

    fn count(verdict: Verdict, rows: u64) -> InvariantReport {
        InvariantReport {
            verdict,
            counts: [("rows", rows)].into(),
            detail: None,
            counted_at: Some(now()),
            ..board().counts.remove(0)
        }
    }

    #[test]
    fn nothing_is_published_before_the_first_check() {
        let mut board = board();
        board.counted(count(Verdict::Holds, 0));
        assert_eq!(board.report(), None);
    }

    #[test]
    fn a_missing_count_is_unknown() {
        let mut board = board();
        board.checked(good(Verdict::Holds, &[]));
        let report = board.report().unwrap();
        assert_eq!(report.verdict, Verdict::Unknown);
        assert_eq!(report.invariants[0].detail.as_deref(), Some("not counted yet"));
        assert!(board.lacks("i"));
        board.counted(count(Verdict::Holds, 0));
        assert_eq!(board.report().unwrap().verdict, Verdict::Holds);
        assert!(!board.lacks("i"));
        board.counted(count(Verdict::Violated, 3));
        assert_eq!(board.report().unwrap().verdict, Verdict::Violated);
    }

    #[test]
    fn a_failed_count_keeps_the_last_one() {
        let mut board = board();
        board.checked(good(Verdict::Holds, &[]));
        board.counted(count(Verdict::Violated, 3));
        board.counted(not_counted(&invariant(), "timeout".into()));
        let report = board.report().unwrap();
        assert_eq!(report.verdict, Verdict::Unknown);
        assert_eq!(report.invariants[0].counts, [("rows", 3)].into());
        assert_eq!(report.invariants[0].counted_at, Some(now()));
        assert_eq!(report.invariants[0].detail.as_deref(), Some("timeout"));
    }

    #[test]
    fn a_failed_check_keeps_the_last_drift_and_is_unknown() {
        let mut board = board();
        board.counted(count(Verdict::Violated, 3));
        board.checked(good(Verdict::Violated, &["public.a"]));
        for _ in 0..2 {
            board.checked(bad());
            let report = board.report().unwrap();
            assert_eq!((report.verdict, report.drift.len()), (Verdict::Unknown, 1));
            assert!(report.drift[0].last_known && report.drift[0].first_seen.is_some());
            assert_eq!(report.invariants[0].counts, [("rows", 3)].into());
        }
        board.checked(good(Verdict::Holds, &[]));
        assert_eq!(board.report().unwrap().drift, []);
    }
}
