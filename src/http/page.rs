//! The landing page: an overview of all targets, readable on a phone, without scripts.

use std::cmp::Reverse;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse};
use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, html};

use super::AppState;
use super::api::Tally;
use crate::domain::alert::Links;
use crate::domain::report::{Drift, Expectation, Report, TargetStatus, Verdict};
use crate::domain::runbook::journal::{Application, RemediationStatus, UnderWay};

/// Interval at which the page reloads, in seconds.
const REFRESH: u32 = 30;

/// Drifted objects that are named for each target, the gravest first; the API names them all.
const NAMED_OBJECTS: usize = 20;

pub(super) async fn landing(State(state): State<AppState>) -> Html<String> {
    Html(document(&state, Utc::now()).into_string())
}

pub(super) async fn style() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("style.css"))
}

/// Links are relative, so that the page also works behind a proxy that adds a path.
fn document(state: &AppState, now: DateTime<Utc>) -> Markup {
    let targets = state.app.registry.targets();
    let reload = state.app.status.last_reload();
    let (remediations, links) = (state.app.remediator.statuses(), state.config.borrow().links());
    let store = state.app.store();
    let is_gone = |status: &&RemediationStatus| !targets.iter().any(|target| target.name == status.target);
    let remediation = |target: &TargetStatus| remediations.iter().find(|status| status.target == target.name);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="refresh" content=(REFRESH);
                title { "Schemawarden" }
                link rel="stylesheet" href="style.css";
            }
            body {
                h1 { "Schemawarden" }
                @if !reload.successful {
                    p.warning { "The configuration on disk was refused; the one before is still in force." }
                }
                @if let Some(down) = &store.down {
                    p.error {
                        strong { "The state store does not work" } ", since " (seconds(down.since)) ": " (down.why)
                        ". Targets are watched. No remediation can begin, and one that is under way waits."
                    }
                }
                @if targets.is_empty() {
                    p { "No target is configured." }
                }
                main {
                    @for target in &targets { (card(target, remediation(target), &links, now)) }
                    @for status in remediations.iter().filter(is_gone).filter(|status| status.is_open()) {
                        section.unknown {
                            h2 { (status.target) " " span.verdict { "not configured" } }
                            (remediated(status, now))
                        }
                    }
                }
                footer {
                    a href="metrics" { "metrics" } " "
                    a href="api/v1/targets" { "API" }
                    p { "Version " (env!("CARGO_PKG_VERSION")) ", " (seconds(now)) }
                }
            }
        }
    }
}

fn card(target: &TargetStatus, remediation: Option<&RemediationStatus>, links: &Links, now: DateTime<Utc>) -> Markup {
    let report = target.report.as_deref();
    let verdict = report.map_or(Verdict::Unknown, |report| report.verdict);
    html! {
        section.(verdict.as_str()) {
            h2 { (target.name) " " span.verdict { (verdict.as_str()) } }
            @if let Some(status) = remediation { (remediated(status, now)) }
            @if let Some(report) = report {
                @if let Some(error) = &report.error { p.error { (error) } }
                @if !report.busy.is_empty() {
                    p { (report.busy.len()) " relations were locked by other sessions, and could not be read." }
                }
                @for warning in report.uncompared.iter().chain(&report.warnings) { p.warning { (warning) } }
                dl {
                    @if let Some(note) = report.expectation.as_ref().and_then(Expectation::note) {
                        dt { "Expected" }
                        dd { (note) }
                    }
                    dt { "Drift" }
                    dd { (drift(target, report)) }
                    @if let Some(plan) = &target.plan {
                        dt { "Plan" }
                        dd { (plan.id) ": " (plan.summary) }
                    }
                    // While a remediation is under way, another would be refused.
                    @if !report.drift.is_empty() && remediation.is_none_or(|status| status.under_way.is_none()) {
                        dt { "To do" }
                        dd.command { code { (links.remediate_command(target)) } }
                    }
                    @for invariant in &report.invariants {
                        dt { (invariant.name) }
                        dd {
                            (invariant.verdict.as_str())
                            @for (reason, rows) in &invariant.counts { ", " (rows) " " (reason) }
                            @if invariant.estimated { " (estimated)" }
                        }
                    }
                    dt { "Last check" }
                    dd { (ago(report.checked_at, now)) }
                    (last_complete(target, now))
                    (next(target, now))
                }
                (drift_list(&report.drift))
            } @else {
                p { "No check has ended yet." }
                dl { (next(target, now)) }
            }
            @if !target.up && target.runs > 0 { p.error { "The database cannot be reached." } }
            p {
                a href={ "api/v1/targets/" (target.name) "/drift" } { "expected beside live" } " "
                a href={ "api/v1/targets/" (target.name) } { "report" }
            }
        }
    }
}

/// The running remediation, and what the latest ones left to a human. A successful one is not shown.
fn remediated(status: &RemediationStatus, now: DateTime<Utc>) -> Markup {
    let report = |id: &str| html! { a href={ "api/v1/remediations/" (id) "/report.md" } { (id) } };
    html! {
        @if let Some(UnderWay { remediation, phase }) = &status.under_way {
            p.warning { "Under way: " strong { (phase.as_str().replace('_', " ")) } ", remediation " (report(remediation)) }
        }
        @if let Some(why) = &status.stuck {
            p.error { strong { "Waits for an operator" } ": " (why) }
        }
        @if let Some(remediation) = &status.needs_human {
            p.error { strong { "Needs a human" } ": what is left to do is in the report of " (report(remediation)) }
        }
        @if let Some(degraded) = &status.degraded {
            p.warning {
                strong { "Degraded" } ": the application entered degraded mode " (ago(degraded.since, now))
                ", by " (report(&degraded.remediation))
            }
        }
        @if let Some(since) = status.unexplained() {
            p.error {
                strong { "Degraded" } ": the application says so, first seen " (ago(since, now))
                ", and the state store holds no remediation that says why. If the schema holds, let it write again \
                 by hand."
            }
        }
        @if let Some(Application::Unknown { why }) = &status.application {
            p.warning { "Whether the application is degraded is not known: " (why) }
        }
    }
}

/// Unknown drift must not look like no drift.
fn drift(target: &TargetStatus, report: &Report) -> String {
    if !target.knows_drift() {
        return "unknown".into();
    }
    let Tally { critical, warning, info } = Tally::of(&report.drift);
    let last_known = if report.is_complete() { "" } else { ", as last known" };
    format!("{critical} critical, {warning} warning, {info} info{last_known}")
}

fn drift_list(drift: &[Drift]) -> Markup {
    let mut gravest: Vec<_> = drift.iter().collect();
    gravest.sort_by_key(|drift| Reverse(drift.severity));
    html! {
        @if !drift.is_empty() {
            ul {
                @for drift in gravest.iter().take(NAMED_OBJECTS) {
                    li {
                        span.(drift.severity.as_str()) { (drift.severity.as_str()) }
                        div {
                            strong { (drift.object) } " " (drift.kind.words()) " "
                            (drift.change.as_str())
                            @if drift.last_known { ", as last known" }
                        }
                    }
                }
                @if drift.len() > NAMED_OBJECTS { li { div { "and " (drift.len() - NAMED_OBJECTS) " more" } } }
            }
        }
    }
}

fn last_complete(target: &TargetStatus, now: DateTime<Utc>) -> Markup {
    html! {
        dt { "Last complete check" }
        dd { @if let Some(at) = target.last_success { (ago(at, now)) } @else { "none yet" } }
    }
}

fn next(target: &TargetStatus, now: DateTime<Utc>) -> Markup {
    html! {
        @if let Some(at) = target.next_check {
            dt { "Next check" }
            // A check that takes long, or waits after failures.
            dd { @if at <= now { "due" } @else { (seconds(at)) } }
        }
    }
}

/// `12 s ago, 2026-11-23 04:00:10 UTC`
fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let age = (now - at).num_seconds().max(0);
    let age = match age {
        0..120 => format!("{age} s"),
        120..7_200 => format!("{} min", age / 60),
        7_200..172_800 => format!("{} h", age / 3_600),
        _ => format!("{} days", age / 86_400),
    };
    format!("{age} ago, {}", seconds(at))
}

fn seconds(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::catalog::Severity;
    use crate::domain::runbook::Phase;
    use crate::domain::runbook::journal::Degraded;
    use crate::fixture::{at, drift, plan, report, status};

    /// The card of a target that drifts and has a plan.
    fn shown(remediation: Option<&RemediationStatus>) -> String {
        let drift = vec![drift("public.posts.is_hidden", Severity::Critical)];
        let report = Report { verdict: Verdict::Violated, drift, ..report("it's <b>") };
        let target = TargetStatus { plan: Some(plan()), ..status(report) };
        let links = Links { external_url: "http://w.example:1".parse().unwrap(), config_file: "x.toml".into() };
        card(&target, remediation, &links, at(60)).into_string()
    }

    fn expect(page: &str, there: &[&str], not_there: &[&str]) {
        for text in there {
            assert!(page.contains(text), "no {text}: {page}");
        }
        for text in not_there {
            assert!(!page.contains(text), "{text}: {page}");
        }
    }

    const COMMAND: &str = "<code>schemawarden remediate --server http://w.example:1/ --target 'it'\\''s &lt;b&gt;' \
                           --plan 0123456789abcdef --follow</code>";
    const REPORT: &str = "<a href=\"api/v1/remediations/1-a/report.md\">1-a</a>";

    #[test]
    fn drift_comes_with_the_command_that_ends_it() {
        let plan = plan().summary;
        for remediation in [None, Some(&RemediationStatus::default())] {
            expect(&shown(remediation), &[COMMAND, &plan], &["<b>", "remediation ", "Degraded", "human"]);
        }
    }

    #[test]
    fn a_remediation_says_where_it_is_and_what_it_has_left() {
        let degraded = Some(Degraded { remediation: "1-a".into(), since: at(0) });
        let under_way = Some(UnderWay { remediation: "1-a".into(), phase: Phase::EnableRolledBack });
        let status = RemediationStatus { under_way, degraded: degraded.clone(), ..RemediationStatus::default() };
        let parts = ["enable rolled back", "Degraded", "60 s ago", REPORT];
        expect(&shown(Some(&status)), &parts, &["<code>", "human"]);
        let status = RemediationStatus { needs_human: Some("1-a".into()), degraded, ..RemediationStatus::default() };
        expect(&shown(Some(&status)), &["Needs a human", "Degraded", REPORT, COMMAND], &["Under way"]);
    }
}
