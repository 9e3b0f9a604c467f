//! Which alerts fire and resolve, and their texts.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use super::*;
use crate::domain::report::{Drift, PlanSummary};
use crate::domain::runbook::journal::Degraded;
use crate::fixture::{at, drift, fresh, orphans, plan, report, seen, status};

fn links() -> Links {
    Links {
        external_url: "https://watch.example/warden/".parse().unwrap(),
        config_file: "/etc/schema warden/it's.toml".into(),
    }
}

/// The alerts for the targets, `seconds` after the fixture's checks.
fn look(before: &Alerts, targets: &[TargetStatus], seconds: i64) -> Alerts {
    let targets: Vec<_> = targets.iter().cloned().map(Arc::new).collect();
    before.after(&seen(targets, Vec::new()), at(seconds), &links(), DRIFT_FOR)
}

/// `SchemawardenDrift critical firing`, …
fn states(alerts: &Alerts) -> Vec<String> {
    let line = |alert: &Alert| {
        let state = if alert.resolved_at.is_some() { "resolved" } else { "firing" };
        let name = alert.identity.name.as_str().strip_prefix("Schemawarden").unwrap();
        format!("{name} {} {state}", alert.identity.severity)
    };
    alerts.all().map(line).collect()
}

fn drifting(drift: Vec<Drift>) -> Report {
    Report { verdict: Verdict::Violated, drift, ..report("a") }
}

fn critical() -> Report {
    drifting(vec![drift("public.posts.is_hidden", Severity::Critical)])
}

#[test]
fn only_evidence_resolves_drift() {
    let fires = look(&Alerts::default(), &[status(critical())], 0);
    assert_eq!(states(&fires), ["Drift critical firing"]);

    let failed = Report { verdict: Verdict::Unknown, error: Some("refused".into()), ..report("a") };
    let partial = Report { verdict: Verdict::Unknown, busy: vec!["public.posts".into()], ..report("a") };
    let partly_violated = Report { verdict: Verdict::Violated, ..partial.clone() };
    let unknown = Report { verdict: Verdict::Unknown, ..report("a") };
    let mut last_known = drift("public.posts.is_hidden", Severity::Critical);
    last_known.last_known = true;
    let kept = Report { drift: vec![last_known], ..partial.clone() };
    for evidence in [failed, partial, partly_violated, unknown, kept] {
        let after = look(&fires, &[status(evidence.clone())], 60);
        assert_eq!(states(&after), ["Drift critical firing"], "{evidence:?}");
        assert_eq!(after.known.values().next().unwrap().starts_at, at(-3_600));
    }
    // After a reload the target has not been checked yet.
    assert_eq!(states(&look(&fires, &[fresh("a")], 60)), ["Drift critical firing"]);

    let uncounted = Report { verdict: Verdict::Unknown, invariants: vec![orphans(Verdict::Unknown)], ..report("a") };
    for evidence in [report("a"), uncounted] {
        let after = look(&fires, &[status(evidence)], 60);
        assert_eq!(states(&after), ["Drift critical resolved"]);
        assert_eq!(after.known.values().next().unwrap().resolved_at, Some(at(60)));
    }
}

#[test]
fn drift_that_becomes_less_grave_is_another_alert() {
    let fires = look(&Alerts::default(), &[status(critical())], 0);
    let milder = drifting(vec![drift("public.posts.is_hidden", Severity::Warning)]);
    let after = look(&fires, &[status(milder)], 60);
    assert_eq!(states(&after), ["Drift warning firing", "Drift critical resolved"]);
    assert_eq!(after.news(&fires).count(), 2);
}

#[test]
fn a_resolved_alert_is_sent_for_a_while_and_can_fire_again() {
    let fires = look(&Alerts::default(), &[status(critical())], 0);
    let resolved = look(&fires, &[status(report("a"))], 60);
    let held = |seconds| TargetStatus { last_success: Some(at(seconds)), ..status(report("a")) };
    let still = look(&resolved, &[held(900)], 60 + 900);
    assert_eq!(states(&still), ["Drift critical resolved"]);
    assert_eq!(still.known.values().next().unwrap().resolved_at, Some(at(60)));
    assert_eq!(states(&look(&still, &[held(961)], 60 + 901)), [] as [&str; 0]);

    let mut again = drift("public.posts.is_hidden", Severity::Critical);
    again.first_seen = Some(at(120));
    let again_firing = look(&resolved, &[status(drifting(vec![again]))], 180);
    assert_eq!(states(&again_firing), ["Drift critical firing"]);
    assert_eq!(again_firing.known.values().next().unwrap().starts_at, at(120));
}

#[test]
fn a_removed_target_resolves_what_fired_for_it() {
    let both = [status(critical()), status(Report { name: "b".into(), ..critical() })];
    let fires = look(&Alerts::default(), &both, 0);
    let after = look(&fires, &both[1..], 60);
    assert_eq!(states(&after), ["Drift critical resolved", "Drift critical firing"]);
}

#[test]
fn an_invariant_resolves_by_a_count_only() {
    let counted = |verdict| Report { verdict, invariants: vec![orphans(verdict)], ..report("a") };
    let fires = look(&Alerts::default(), &[status(counted(Verdict::Violated))], 0);
    assert_eq!(states(&fires), ["InvariantViolated critical firing"]);
    let identity = fires.known.keys().next().unwrap();
    assert_eq!(identity.invariant.as_deref(), Some("orphaned_reactions"));

    let unknown = look(&fires, &[status(counted(Verdict::Unknown))], 60);
    assert_eq!(states(&unknown), ["InvariantViolated critical firing"]);
    let failed = Report { error: Some("gone".into()), verdict: Verdict::Unknown, ..report("a") };
    assert_eq!(states(&look(&fires, &[status(failed)], 60)), ["InvariantViolated critical firing"]);

    assert_eq!(
        states(&look(&unknown, &[status(counted(Verdict::Holds))], 90)),
        ["InvariantViolated critical resolved"]
    );
    // Removed from the configuration.
    assert_eq!(states(&look(&fires, &[status(report("a"))], 60)), ["InvariantViolated critical resolved"]);
}

#[test]
fn a_violated_invariant_keeps_its_beginning() {
    let counted = |seconds| {
        let mut orphans = orphans(Verdict::Violated);
        orphans.counted_at = Some(at(seconds));
        status(Report { verdict: Verdict::Violated, invariants: vec![orphans], ..report("a") })
    };
    let fires = look(&Alerts::default(), &[counted(-30)], 0);
    let later = look(&fires, &[counted(30)], 60);
    assert_eq!(later, fires, "nothing is new");
    assert_eq!(later.news(&fires).count(), 0);
}

#[test]
fn a_target_is_down_after_a_while_and_up_at_once() {
    let down = |seconds| TargetStatus { up: false, last_success: Some(at(seconds)), ..status(report("a")) };
    // Before the first attempt the state is unknown.
    let fresh = look(&Alerts::default(), &[fresh("a")], 0);
    assert_eq!(states(&fresh), [] as [&str; 0]);
    let first = look(&fresh, &[down(0)], 0);
    let second = look(&first, &[down(0)], 119);
    assert_eq!(states(&second), [] as [&str; 0]);
    let third = look(&second, &[down(100)], 120);
    assert_eq!(states(&third), ["TargetDown critical firing"]);
    assert_eq!(third.known.values().next().unwrap().starts_at, at(0));
    assert_eq!(states(&look(&third, &[down(100)], 130)), ["TargetDown critical firing"]);
    assert_eq!(states(&look(&third, &[status(report("a"))], 130)), ["TargetDown critical resolved"]);
    // A success restarts the time.
    let between = look(&second, &[status(report("a"))], 119);
    assert_eq!(states(&look(&between, &[down(119)], 120)), [] as [&str; 0]);
}

#[test]
fn a_check_is_stale_after_three_intervals_and_a_grace() {
    let partial = |last_success| TargetStatus {
        last_success,
        ..status(Report { busy: vec!["public.posts".into()], verdict: Verdict::Unknown, ..report("a") })
    };
    let good = look(&Alerts::default(), &[partial(Some(at(0)))], 360);
    assert_eq!(states(&good), [] as [&str; 0]);
    let stale = look(&good, &[partial(Some(at(0)))], 361);
    assert_eq!(states(&stale), ["CheckStale warning firing"]);
    assert_eq!(states(&look(&stale, &[partial(Some(at(400)))], 400)), ["CheckStale warning resolved"]);
    // After a reload the last success is unknown; that is no evidence.
    assert_eq!(states(&look(&stale, &[fresh("a")], 400)), ["CheckStale warning firing"]);
}

#[test]
fn a_target_without_any_success_becomes_stale_too() {
    let mut alerts = look(&Alerts::default(), &[fresh("a")], 0);
    alerts = look(&alerts, &[fresh("a")], 300);
    assert_eq!(states(&alerts), [] as [&str; 0]);
    assert_eq!(states(&look(&alerts, &[fresh("a")], 361)), ["CheckStale warning firing"]);
}

#[test]
fn news_are_sent_once() {
    let targets = [status(critical())];
    let fires = look(&Alerts::default(), &targets, 0);
    assert_eq!(fires.news(&Alerts::default()).count(), 1);
    let same = look(&fires, &targets, 30);
    assert_eq!(same.news(&fires).count(), 0);
    let more = drifting(vec![
        drift("public.posts.is_hidden", Severity::Critical),
        drift("public.posts.is_deleted", Severity::Critical),
    ]);
    let after = look(&same, &[status(more)], 60);
    let news: Vec<_> = after.news(&same).collect();
    assert_eq!(news.len(), 1, "one alert, with another description");
    assert_eq!(news[0].starts_at, at(-3_600));
}

#[test]
fn annotations_name_the_objects_and_what_to_do() {
    let mut drifts: Vec<_> = (0..33).map(|n| drift(&format!("public.t{n}"), Severity::Critical)).collect();
    drifts[0].object = "public.\"line\nbreak\"".into();
    drifts[1].first_seen = Some(at(-7_200));
    let alerts = look(&Alerts::default(), &[status(drifting(drifts))], 0);
    let annotations = &alerts.all().next().unwrap().annotations;
    assert_eq!(annotations.summary, "33 critical objects differ from the schema expected of a");
    assert!(
        annotations.description.starts_with("public.\"line\\nbreak\" (column missing), public.t1 (column missing), "),
        "{}",
        annotations.description
    );
    assert!(
        annotations.description.ends_with("public.t19 (column missing), and 13 more. First seen 2026-11-23 02:00 UTC."),
        "{}",
        annotations.description
    );
    assert_eq!(annotations.since, "2026-11-23T02:00:00Z");
    assert_eq!(annotations.link, "https://watch.example/warden/api/v1/targets/a/drift");
    assert_eq!(annotations.command, r"schemawarden check --config '/etc/schema warden/it'\''s.toml' --target a");
}

#[test]
fn the_page_says_what_would_end_the_drift() {
    let with = |plan| TargetStatus { plan, ..status(critical()) };
    let fires = look(&Alerts::default(), &[with(None)], 0);
    let planned = look(&fires, &[with(Some(plan()))], 10);
    let news: Vec<_> = planned.news(&fires).collect();
    assert_eq!(news.len(), 1);
    assert_eq!(planned.all().count(), 1, "the same alert with other annotations");
    assert_eq!((news[0].starts_at, news[0].resolved_at), (at(-3_600), None));
    assert_eq!(news[0].annotations.plan, Some(plan()));
    assert_eq!(
        news[0].annotations.command,
        "schemawarden remediate --server https://watch.example/warden/ --target a --plan 0123456789abcdef --follow"
    );
    assert_eq!(look(&planned, &[with(Some(plan()))], 20).news(&planned).count(), 0);
}

#[test]
fn a_plan_that_is_not_ready_is_shown_first() {
    let costly = PlanSummary { hazards: vec!["data_loss"], ..plan() };
    let blocked = PlanSummary { blocked: 1, ..plan() };
    let helpless = PlanSummary { steps: 0, ..plan() };
    for plan in [costly, blocked, helpless] {
        let alerts = look(&Alerts::default(), &[TargetStatus { plan: Some(plan), ..status(critical()) }], 0);
        let command = &alerts.all().next().unwrap().annotations.command;
        assert_eq!(command, r"schemawarden plan --config '/etc/schema warden/it'\''s.toml' --target a");
    }
}

fn remediated(degraded: Option<i64>, needs_human: bool) -> RemediationStatus {
    RemediationStatus {
        target: "a".into(),
        degraded: degraded.map(|seconds| Degraded { remediation: "r1".into(), since: at(seconds) }),
        needs_human: needs_human.then(|| "r1".into()),
        ..RemediationStatus::default()
    }
}

fn look_with(before: &Alerts, remediation: Option<&RemediationStatus>, seconds: i64) -> Alerts {
    let target = TargetStatus { last_success: Some(at(seconds)), ..status(report("a")) };
    before.after(
        &seen(vec![Arc::new(target)], remediation.cloned().into_iter().collect()),
        at(seconds),
        &links(),
        DRIFT_FOR,
    )
}

#[test]
fn a_remediation_needs_a_human_until_another_one_has_ended() {
    let none = look_with(&Alerts::default(), Some(&remediated(None, false)), 0);
    assert_eq!(states(&none), [] as [&str; 0]);
    let fires = look_with(&none, Some(&remediated(Some(-60), true)), 10);
    assert_eq!(states(&fires), ["RemediationNeedsHuman critical firing"]);
    let alert = fires.all().next().unwrap();
    assert_eq!(alert.starts_at, at(10));
    assert!(
        alert.annotations.description.contains("in degraded mode since 2026-11-23 03:59 UTC"),
        "{:?}",
        alert.annotations
    );
    assert_eq!(alert.annotations.link, "https://watch.example/warden/api/v1/remediations/r1");
    assert_eq!(alert.annotations.command, "curl -sS https://watch.example/warden/api/v1/remediations/r1/report.md");
    // Without knowledge of remediations nothing is refuted.
    assert_eq!(states(&look_with(&fires, None, 20)), ["RemediationNeedsHuman critical firing"]);
    let later = look_with(&fires, Some(&remediated(Some(-60), true)), 30);
    assert_eq!(later.news(&fires).count(), 0);
    let done = look_with(&later, Some(&remediated(None, false)), 40);
    assert_eq!(states(&done), ["RemediationNeedsHuman critical resolved"]);
}

#[test]
fn an_application_is_degraded_for_too_long_after_half_an_hour() {
    let early = look_with(&Alerts::default(), Some(&remediated(Some(0), false)), 1_799);
    assert_eq!(states(&early), [] as [&str; 0]);
    let fires = look_with(&early, Some(&remediated(Some(0), false)), 1_800);
    assert_eq!(states(&fires), ["DegradedTooLong critical firing"]);
    assert_eq!(fires.all().next().unwrap().starts_at, at(0));
    // Another remediation has degraded it again: it is still degraded.
    assert_eq!(
        states(&look_with(&fires, Some(&remediated(Some(1_810), false)), 1_820)),
        ["DegradedTooLong critical firing"]
    );
    assert_eq!(
        states(&look_with(&fires, Some(&remediated(None, false)), 1_820)),
        ["DegradedTooLong critical resolved"]
    );
}

#[test]
fn a_store_that_does_not_work_is_an_alert_until_it_does() {
    let look = |before: &Alerts, down: bool, seconds| {
        let mut seen = seen(Vec::new(), Vec::new());
        seen.store.down = down.then(|| Down { since: at(0), why: "its disk is full".into() });
        before.after(&seen, at(seconds), &links(), DRIFT_FOR)
    };
    let early = look(&look(&Alerts::default(), true, 0), true, 29);
    assert_eq!(states(&early), [] as [&str; 0]);
    let fires = look(&early, true, 30);
    assert_eq!(states(&fires), ["StateUnavailable critical firing"]);
    let alert = fires.all().next().unwrap();
    assert!(alert.annotations.description.contains("its disk is full"), "{:?}", alert.annotations);
    assert_eq!(alert.annotations.command, "curl -sS https://watch.example/warden/-/ready");
    assert_eq!(states(&look(&fires, false, 40)), ["StateUnavailable critical resolved"]);
}

#[test]
fn unresolved_remediations_outlive_their_target() {
    use crate::domain::runbook::Phase;
    use crate::domain::runbook::journal::{Application, UnderWay};
    let look = |before: &Alerts, status: &RemediationStatus, seconds| {
        before.after(&seen(Vec::new(), vec![status.clone()]), at(seconds), &links(), DRIFT_FOR)
    };
    let under_way = Some(UnderWay { remediation: "r1".into(), phase: Phase::Apply });
    let stuck = RemediationStatus { stuck: Some("it is gone".into()), under_way, ..remediated(Some(-60), true) };
    let fires = look(&look(&Alerts::default(), &stuck, 0), &stuck, 30);
    assert_eq!(states(&fires), ["RemediationNeedsHuman critical firing", "RemediationStuck critical firing"]);
    let alert = fires.all().last().unwrap();
    assert!(
        alert
            .annotations
            .description
            .contains("from phase apply: it is gone. The application has been in degraded mode"),
        "{alert:?}"
    );

    let answering = |application| RemediationStatus { application, ..remediated(None, false) };
    let unexplained = answering(Some(Application::Degraded { since: at(0) }));
    let fires = look(&Alerts::default(), &unexplained, 1);
    assert_eq!(states(&fires), ["DegradedUnexplained critical firing"]);
    let silent = look(&fires, &answering(Some(Application::Unknown { why: "no answer".into() })), 2);
    assert_eq!(states(&silent), ["DegradedUnexplained critical firing"]);
    assert_eq!(
        states(&look(&silent, &answering(Some(Application::Writes)), 3)),
        ["DegradedUnexplained critical resolved"]
    );
}

#[test]
fn a_clock_that_is_set_back_hides_nothing_for_long() {
    let down = TargetStatus { up: false, ..status(report("a")) };
    let years = 10 * 365 * 86_400;
    for back in [120, 7_200, years] {
        let before = look(&Alerts::default(), std::slice::from_ref(&down), 0);
        let after =
            look(&look(&before, std::slice::from_ref(&down), 5 - back), std::slice::from_ref(&down), 5 - back + 1_200);
        let states = states(&after);
        assert!(states.contains(&"TargetDown critical firing".to_owned()), "{back}: {states:?}");
        assert!(states.contains(&"CheckStale warning firing".to_owned()), "{back}: {states:?}");
    }
}

/// The `for` of each alert's rule.
fn wait(name: AlertName) -> Duration {
    match name {
        AlertName::Drift => DRIFT_FOR,
        AlertName::TargetDown => DOWN_FOR,
        // The rest of the grace period is in the expression.
        AlertName::CheckStale => STALE_GRACE.checked_sub(Duration::from_mins(1)).unwrap(),
        AlertName::DegradedTooLong => DEGRADED_FOR,
        AlertName::RemediationStuck | AlertName::StateUnavailable => STUCK_FOR,
        AlertName::InvariantViolated | AlertName::RemediationNeedsHuman | AlertName::DegradedUnexplained => {
            Duration::ZERO
        }
    }
}

#[test]
fn the_shipped_rules_wait_as_long() {
    let rules = include_str!("../../../config/rules/schemawarden.yml");
    let rule = |name: AlertName| {
        let after = rules.split_once(&format!("- alert: {}\n", name.as_str())).unwrap().1;
        after.split("- alert: ").next().unwrap()
    };
    let waits = |name: AlertName| {
        let lines = rule(name).lines().filter_map(|line| line.strip_prefix("        for: "));
        let seconds = lines.map(|span| {
            let (number, unit) = span.split_at(span.len() - 1);
            number.parse::<u64>().unwrap() * if unit == "m" { 60 } else { 1 }
        });
        Duration::from_secs(seconds.sum())
    };
    for name in [
        AlertName::Drift,
        AlertName::InvariantViolated,
        AlertName::TargetDown,
        AlertName::CheckStale,
        AlertName::RemediationNeedsHuman,
        AlertName::RemediationStuck,
        AlertName::DegradedTooLong,
        AlertName::DegradedUnexplained,
        AlertName::StateUnavailable,
    ] {
        assert_eq!(waits(name), wait(name), "{}", name.as_str());
    }
    // After the last success, and without any.
    let stale = format!("> {STALE_INTERVALS} * max by (target) (schemawarden_check_interval_seconds) + 60\n");
    assert_eq!(rule(AlertName::CheckStale).matches(&stale).count(), 2);
}

#[test]
fn drift_that_does_not_last_is_no_alert() {
    let drifting = |first_seen| {
        let mut missing = drift("public.posts.is_hidden", Severity::Critical);
        missing.first_seen = first_seen;
        status(drifting(vec![missing]))
    };
    for first_seen in [Some(at(0)), None] {
        let begun = look(&Alerts::default(), &[drifting(first_seen)], 0);
        let still = look(&begun, &[drifting(first_seen)], 59);
        assert_eq!(states(&still), [] as [&str; 0]);
        assert_eq!(states(&look(&still, &[status(report("a"))], 60)), [] as [&str; 0]);
        let fires = look(&still, &[drifting(first_seen)], 60);
        assert_eq!(states(&fires), ["Drift critical firing"]);
        assert_eq!(fires.known.values().next().unwrap().starts_at, at(0));
        // Different objects in succession, but the drift lasts.
        for (before, seconds) in [(&still, 60), (&fires, 61)] {
            let after = look(before, &[drifting(Some(at(seconds)))], seconds);
            assert_eq!(states(&after), ["Drift critical firing"]);
        }
    }
}
