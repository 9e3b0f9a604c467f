//! The landing page: every target at a glance, readable on a phone, without a script.

use std::cmp::Reverse;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse};
use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, html};

use super::Faces;
use super::api::Tally;
use crate::report::{Drift, Report, TargetStatus, Verdict};

/// How often the page loads itself again, in seconds.
const REFRESH: u32 = 30;

/// Drifted objects that are named for each target, the gravest first; the API names them all.
const NAMED_OBJECTS: usize = 20;

pub(super) async fn landing(State(faces): State<Faces>) -> Html<String> {
    Html(document(&faces, Utc::now()).into_string())
}

pub(super) async fn style() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("style.css"))
}

/// Links are relative, so that the page also works behind a proxy that adds a path.
fn document(faces: &Faces, now: DateTime<Utc>) -> Markup {
    let targets = faces.app.registry.targets();
    let reload = faces.app.status.last_reload();
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
                @if targets.is_empty() {
                    p { "No target is configured." }
                }
                main {
                    @for target in &targets { (card(target, now)) }
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

fn card(target: &TargetStatus, now: DateTime<Utc>) -> Markup {
    let report = target.report.as_deref();
    let verdict = report.map_or(Verdict::Unknown, |report| report.verdict);
    html! {
        section.(verdict.as_str()) {
            h2 { (target.name) " " span.verdict { (verdict.as_str()) } }
            @if let Some(report) = report {
                @if let Some(error) = &report.error { p.error { (error) } }
                @if !report.busy.is_empty() {
                    p { (report.busy.len()) " relations were locked by other sessions, and could not be read." }
                }
                @for warning in &report.warnings { p.warning { (warning) } }
                dl {
                    dt { "Drift" }
                    dd { (drift(target, report)) }
                    @if let Some(plan) = &target.plan {
                        dt { "Plan" }
                        dd { (plan.id) ": " (plan.summary) }
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

/// What is not known must not look like nothing.
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
                            strong { (drift.object) } " " (drift.kind.as_str().replace('_', " ")) " "
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
            // A check that takes long, or one that waits after failures.
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
