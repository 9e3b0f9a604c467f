//! The content of a scrape, checked by promtool and by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write;
use std::process::{Command, Stdio};

use super::*;
use crate::fixture::{at, drift, fresh, orphans, report, status, store};

fn page(targets: &[Arc<TargetStatus>]) -> String {
    let alertmanagers = [PeerCounters { alertmanager: "http://127.0.0.1:9093".into(), sent: 3, errors: 1, dropped: 0 }];
    render(&Published {
        targets,
        last_reload_successful: true,
        last_reload_success: Some(at(0)),
        remediations: &[RemediationStatus {
            target: "community".into(),
            needs_human: Some("r1".into()),
            ..RemediationStatus::default()
        }],
        alertmanagers: &alertmanagers,
        store: &store(),
        refused: &[("host", 2)],
    })
    .unwrap()
}

/// The value of a series, as written.
fn value<'a>(page: &'a str, series: &str) -> Option<&'a str> {
    page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
}

#[track_caller]
fn expect(page: &str, expected: &[(&str, Option<&str>)]) {
    for (series, wanted) in expected {
        assert_eq!(value(page, series), *wanted, "{series}");
    }
}

/// Prometheus's own linter; part of Debian's package `prometheus`.
fn promtool(page: &str) {
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool must be installed (Debian package prometheus)");
    promtool.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    let output_text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && output_text.is_empty(), "{output_text}\n{page}");
}

#[test]
fn metrics_of_a_store_that_does_not_work_are_left_out() {
    use crate::domain::report::Down;
    use crate::domain::runbook::journal::{Application, Degraded};
    let targets = [Arc::new(status(report("community"))), Arc::new(status(report("shop")))];
    let degraded = RemediationStatus {
        target: "shop".into(),
        degraded: Some(Degraded { remediation: "r1".into(), since: at(0) }),
        application: Some(Application::Degraded { since: at(0) }),
        ..RemediationStatus::default()
    };
    let down = Some(Down { since: at(0), why: "its disk is full".into() });
    for (down, up, zero) in [(None, "1", Some("0")), (down, "0", None)] {
        let page = render(&Published {
            targets: &targets,
            last_reload_successful: true,
            last_reload_success: None,
            remediations: std::slice::from_ref(&degraded),
            alertmanagers: &[],
            store: &StoreStatus { down, ..store() },
            refused: &[],
        })
        .unwrap();
        promtool(&page);
        expect(
            &page,
            &[
                ("schemawarden_state_up", Some(up)),
                ("schemawarden_degraded{target=\"community\"}", zero),
                ("schemawarden_degraded{target=\"shop\"}", Some("1")),
                ("schemawarden_remediation_needs_human{target=\"community\"}", zero),
                ("schemawarden_remediation_stuck{target=\"community\"}", zero),
                ("schemawarden_application_degraded{target=\"community\"}", None),
                ("schemawarden_application_degraded{target=\"shop\"}", Some("1")),
            ],
        );
    }
}

fn violated() -> TargetStatus {
    let mut sampled = orphans(Verdict::Violated);
    sampled.name = "sampled".into();
    sampled.estimated = true;
    let mut balances = orphans(Verdict::Holds);
    balances.name = "negative_balances".into();
    balances.relation = None;
    balances.counts = BTreeMap::from([("rows", 4)]);
    let mut uncounted = orphans(Verdict::Unknown);
    uncounted.name = "uncounted".into();
    status(Report {
        verdict: Verdict::Violated,
        drift: vec![drift("public.posts.is_hidden", Severity::Critical), drift("public.users.x", Severity::Warning)],
        invariants: vec![orphans(Verdict::Violated), sampled, balances, uncounted],
        expired_policies: vec!["old".into()],
        ..report("community")
    })
}

#[test]
fn says_what_was_found() {
    let page = page(&[Arc::new(violated())]);
    promtool(&page);
    expect(
        &page,
        &[
            ("schemawarden_target_up{target=\"community\"}", Some("1")),
            ("schemawarden_target_verdict{target=\"community\",verdict=\"violated\"}", Some("1")),
            ("schemawarden_target_verdict{target=\"community\",verdict=\"holds\"}", Some("0")),
            ("schemawarden_target_verdict{target=\"community\",verdict=\"unknown\"}", Some("0")),
            (
                "schemawarden_target_info{target=\"community\",datname=\"community\",scope=\"declared\",expected=\"sql\",\
                 server_version=\"15.18\"}",
                Some("1"),
            ),
            (
                "schemawarden_drift_objects{target=\"community\",kind=\"column\",change=\"missing\",severity=\"critical\"}",
                Some("1"),
            ),
            (
                "schemawarden_drift_objects{target=\"community\",kind=\"table\",change=\"changed\",severity=\"info\"}",
                Some("0"),
            ),
            (
                "schemawarden_drift_info{target=\"community\",object=\"public.posts.is_hidden\",kind=\"column\",\
                 change=\"missing\",severity=\"critical\"}",
                Some("1"),
            ),
            ("schemawarden_drift_info_truncated{target=\"community\"}", Some("0")),
            (
                "schemawarden_orphaned_rows{target=\"community\",invariant=\"orphaned_reactions\",\
                 relation=\"public.post_reactions\",reason=\"dangling\"}",
                Some("7"),
            ),
            (
                "schemawarden_orphaned_rows_estimate{target=\"community\",invariant=\"sampled\",\
                 relation=\"public.post_reactions\",reason=\"null\"}",
                Some("2"),
            ),
            ("schemawarden_invariant_rows{target=\"community\",invariant=\"negative_balances\"}", Some("4")),
            ("schemawarden_invariant_violations{target=\"community\",invariant=\"orphaned_reactions\"}", Some("7")),
            ("schemawarden_invariant_violations{target=\"community\",invariant=\"uncounted\"}", None),
            ("schemawarden_invariant_success{target=\"community\",invariant=\"uncounted\"}", Some("0")),
            ("schemawarden_invariant_success{target=\"community\",invariant=\"orphaned_reactions\"}", Some("1")),
            ("schemawarden_check_success{target=\"community\"}", Some("1")),
            ("schemawarden_check_duration_seconds{target=\"community\"}", Some("0.042")),
            ("schemawarden_check_interval_seconds{target=\"community\"}", Some("60")),
            ("schemawarden_unmodelled_objects{target=\"community\",kind=\"policy\"}", Some("1")),
            ("schemawarden_policy_expired{target=\"community\"}", Some("1")),
            ("schemawarden_notifications_sent_total{alertmanager=\"http://127.0.0.1:9093\"}", Some("3")),
            ("schemawarden_config_last_reload_successful", Some("1")),
            ("schemawarden_remediation_needs_human{target=\"community\"}", Some("1")),
            ("schemawarden_degraded{target=\"community\"}", Some("0")),
        ],
    );
    assert!(!page.contains("change=\"unexpected\""), "{page}");
    assert!(page.contains("\nprocess_resident_memory_bytes "), "{page}");
}

#[test]
fn before_the_first_check_everything_is_unknown() {
    let page = page(&[Arc::new(fresh("new"))]);
    promtool(&page);
    expect(
        &page,
        &[
            ("schemawarden_target_up{target=\"new\"}", Some("0")),
            ("schemawarden_target_verdict{target=\"new\",verdict=\"unknown\"}", Some("1")),
            ("schemawarden_check_success{target=\"new\"}", Some("0")),
            ("schemawarden_check_runs_total{target=\"new\"}", Some("0")),
            ("schemawarden_check_last_success_timestamp_seconds{target=\"new\"}", None),
        ],
    );
    // No check has found that there is no drift.
    assert!(!page.contains("schemawarden_drift_objects"), "{page}");
}

#[test]
fn a_target_that_was_down_from_the_start_has_no_drift_of_zero() {
    let down = status(Report { error: Some("cannot connect".into()), verdict: Verdict::Unknown, ..report("a") });
    let page = page(&[Arc::new(down)]);
    assert!(!page.contains("schemawarden_drift_"), "{page}");
}

#[test]
fn a_failed_check_keeps_the_last_known_drift() {
    let mut failed = violated();
    let known = failed.report.take().unwrap();
    failed.report = Some(Arc::new(Report {
        verdict: Verdict::Unknown,
        error: Some("cannot connect".into()),
        ..Report::clone(&known)
    }));
    failed.up = false;
    let page = page(&[Arc::new(failed)]);
    expect(
        &page,
        &[
            ("schemawarden_target_up{target=\"community\"}", Some("0")),
            ("schemawarden_check_success{target=\"community\"}", Some("0")),
            (
                "schemawarden_drift_objects{target=\"community\",kind=\"column\",change=\"missing\",severity=\"critical\"}",
                Some("1"),
            ),
        ],
    );
}

#[test]
fn a_partial_check_is_no_success() {
    let partial = status(Report { busy: vec!["public.posts".into()], ..report("a") });
    let page = page(&[Arc::new(partial)]);
    expect(
        &page,
        &[
            ("schemawarden_check_success{target=\"a\"}", Some("0")),
            ("schemawarden_busy_relations{target=\"a\"}", Some("1")),
        ],
    );
}

#[test]
fn scope_whole_has_zeros_for_unexpected_objects() {
    let whole = TargetStatus { scope: "whole", ..status(report("a")) };
    let page = page(&[Arc::new(whole)]);
    let series = "schemawarden_drift_objects{target=\"a\",kind=\"table\",change=\"unexpected\",severity=\"info\"}";
    expect(&page, &[(series, Some("0"))]);
}

#[test]
fn names_the_gravest_objects_up_to_a_limit_and_none_twice() {
    let mut drifts: Vec<_> = (0..NAMED_OBJECTS).map(|n| drift(&format!("public.t{n}"), Severity::Info)).collect();
    drifts.push(drift("public.grave", Severity::Critical));
    drifts.push(drift("public.grave", Severity::Critical));
    let page = page(&[Arc::new(status(Report { drift: drifts, ..report("a") }))]);
    promtool(&page);
    assert_eq!(page.matches("schemawarden_drift_info{").count(), NAMED_OBJECTS);
    assert_eq!(page.matches("object=\"public.grave\"").count(), 1);
    expect(&page, &[("schemawarden_drift_info_truncated{target=\"a\"}", Some("1"))]);
}

#[test]
fn hostile_names_are_escaped() {
    let hostile = "public.\"we\\ird\n\"\"naïve\"\"{a=\"\"b\"\"} 1\"";
    let found = Report { drift: vec![drift(hostile, Severity::Critical)], ..report("a") };
    let page = page(&[Arc::new(status(found))]);
    promtool(&page);
    let line = page.lines().find(|line| line.starts_with("schemawarden_drift_info{")).unwrap();
    assert!(line.contains(r#"object="public.\"we\\ird\n\"\"naïve\"\"{a=\"\"b\"\"} 1\"","#), "{line}");
}

#[test]
fn a_daemon_without_targets_has_a_page() {
    promtool(&page(&[]));
}
