//! The JSON API, version 1: the state of the targets, and requests for a check.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{Ref, Schema};
use utoipa::{IntoParams, ToSchema};

use super::AppState;
use super::auth::MayPlan;
use super::problem::{PROBLEM, Problem};
use crate::domain::catalog::{Severity, Unmodelled};
use crate::domain::report::{Drift, InvariantReport, PlanSummary, Report, TargetStatus, Verdict};

/// How many targets a "no such target" lists.
const NAMED_TARGETS: usize = 20;

/// What is known about a target apart from what its last check found.
#[derive(Debug, Serialize, ToSchema)]
struct Watch<'a> {
    scope: &'a str,
    expected: &'a str,
    datname: &'a str,
    up: bool,
    interval_seconds: f64,
    last_success: Option<DateTime<Utc>>,
    next_check: Option<DateTime<Utc>>,
    runs: u64,
    failures: u64,
    skipped: u64,
    full_reads: u64,
}

impl<'a> From<&'a TargetStatus> for Watch<'a> {
    fn from(status: &'a TargetStatus) -> Self {
        Self {
            scope: status.scope,
            expected: status.expected,
            datname: &status.datname,
            up: status.up,
            interval_seconds: status.interval.as_secs_f64(),
            last_success: status.last_success,
            next_check: status.next_check,
            runs: status.runs,
            failures: status.failures,
            skipped: status.skipped,
            full_reads: status.full_reads,
        }
    }
}

/// What the last check found; the same fields, empty, while there has been none.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Found<'a> {
    Report(&'a Report),
    Nothing(Nothing<'a>),
}

/// The fields of a target without a report.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Nothing<'a> {
    name: &'a str,
    verdict: Verdict,
    #[schema(value_type = [Drift])]
    drift: [(); 0],
    #[schema(value_type = [InvariantReport])]
    invariants: [(); 0],
    #[schema(value_type = [Unmodelled])]
    unmodelled: [(); 0],
    #[schema(value_type = [String])]
    busy: [(); 0],
}

/// A report has all fields of `Nothing`, so that the schema is `anyOf`, not `oneOf`.
fn found() -> Schema {
    AnyOfBuilder::new().item(Ref::from_schema_name("Report")).item(Ref::from_schema_name("Nothing")).into()
}

#[derive(Debug, Serialize, ToSchema)]
struct Target<'a> {
    #[serde(flatten)]
    #[schema(schema_with = found)]
    found: Found<'a>,
    /// What would end the drift; `null` where there is no drift, and until a plan is made for it.
    plan: Option<&'a PlanSummary>,
    #[serde(flatten)]
    watch: Watch<'a>,
}

/// A target among others: numbers instead of lists.
#[derive(Debug, Serialize, ToSchema)]
struct Summary<'a> {
    name: &'a str,
    verdict: Verdict,
    drift_objects: Tally,
    invariants_violated: usize,
    error: Option<&'a str>,
    checked_at: Option<DateTime<Utc>>,
    #[serde(flatten)]
    watch: Watch<'a>,
}

/// A check was asked for.
#[derive(Debug, Serialize, ToSchema)]
struct Asked<'a> {
    target: &'a str,
    detail: &'a str,
    /// When the last check ended.
    checked_at: Option<DateTime<Utc>>,
}

/// A target, in a path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it only describes")]
pub(super) struct Name {
    /// The name of a target.
    #[param(example = "community", pattern = "^[a-z0-9][a-z0-9_-]{0,62}$")]
    target: String,
}

/// Drifted objects by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Tally {
    pub critical: usize,
    pub warning: usize,
    pub info: usize,
}

impl Tally {
    pub fn of(drift: &[Drift]) -> Self {
        let mut tally = Self::default();
        for drift in drift {
            match drift.severity {
                Severity::Critical => tally.critical += 1,
                Severity::Warning => tally.warning += 1,
                Severity::Info => tally.info += 1,
            }
        }
        tally
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct Targets<'a> {
    /// The worst verdict of all targets.
    verdict: Verdict,
    targets: Vec<Summary<'a>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct DriftList<'a> {
    target: &'a str,
    verdict: Verdict,
    up: bool,
    checked_at: Option<DateTime<Utc>>,
    error: Option<&'a str>,
    drift: &'a [Drift],
}

/// All targets, in numbers.
#[utoipa::path(get, path = "/api/v1/targets", tag = "targets", responses((status = 200, body = Targets)))]
pub(super) async fn targets(State(state): State<AppState>) -> Response {
    let targets = state.app.registry.targets();
    let targets: Vec<_> = targets.iter().map(|target| summary(target)).collect();
    let verdict = Verdict::worst(targets.iter().map(|target| target.verdict));
    Json(Targets { verdict, targets }).into_response()
}

/// Everything that is known about a target.
#[utoipa::path(get, path = "/api/v1/targets/{target}", tag = "targets", params(Name), responses(
    (status = 200, body = Target),
    (status = 404, body = Problem, content_type = PROBLEM, description = "There is no such target."),
))]
pub(super) async fn target(State(state): State<AppState>, Path(name): Path<String>) -> Result<Response, Problem> {
    let status = find(&state, &name)?;
    let found = match &status.report {
        Some(report) => Found::Report(report),
        None => Found::Nothing(Nothing {
            name: &status.name,
            verdict: Verdict::Unknown,
            drift: [],
            invariants: [],
            unmodelled: [],
            busy: [],
        }),
    };
    Ok(Json(Target { found, plan: status.plan.as_ref(), watch: Watch::from(&*status) }).into_response())
}

/// What differs in a target, and since when.
#[utoipa::path(get, path = "/api/v1/targets/{target}/drift", tag = "targets", params(Name), responses(
    (status = 200, body = DriftList),
    (status = 404, body = Problem, content_type = PROBLEM, description = "There is no such target."),
))]
pub(super) async fn drift(State(state): State<AppState>, Path(name): Path<String>) -> Result<Response, Problem> {
    let status = find(&state, &name)?;
    let report = status.report.as_deref();
    let list = DriftList {
        target: &status.name,
        verdict: report.map_or(Verdict::Unknown, |report| report.verdict),
        up: status.up,
        checked_at: report.map(|report| report.checked_at),
        error: report.and_then(|report| report.error.as_deref()),
        drift: report.map_or(&[], |report| &report.drift),
    };
    Ok(Json(list).into_response())
}

/// Asks for a check of a target, now.
///
/// Several requests before a check starts are one. It is done when `checked_at` of the target has moved on.
#[utoipa::path(post, path = "/api/v1/targets/{target}/checks", tag = "targets", params(Name), responses(
    (status = 202, body = Asked, headers(("Location" = String, description = "The target"))),
    (status = 404, body = Problem, content_type = PROBLEM, description = "There is no such target."),
), security(("token" = ["plan"])))]
pub(super) async fn request_check(
    MayPlan(caller): MayPlan,
    State(state): State<AppState>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let status = find(&state, &name)?;
    tracing::debug!(target_name = name, by = caller.name, "check requested");
    state.app.registry.request_check(&name).ok_or_else(|| unknown(&state, &name))?;
    // The configuration allows only names that need no escaping.
    let location = format!("/api/v1/targets/{}", status.name);
    let body = Asked {
        target: &status.name,
        detail: "A check was asked for. It is done when checked_at of the target has moved on.",
        checked_at: status.report.as_ref().map(|report| report.checked_at),
    };
    Ok((StatusCode::ACCEPTED, [(LOCATION, location)], Json(body)).into_response())
}

fn summary(status: &TargetStatus) -> Summary<'_> {
    let report = status.report.as_deref();
    let invariants = report.map_or(&[][..], |report| &report.invariants);
    Summary {
        name: &status.name,
        verdict: report.map_or(Verdict::Unknown, |report| report.verdict),
        drift_objects: Tally::of(report.map_or(&[], |report| &report.drift)),
        invariants_violated: invariants.iter().filter(|invariant| invariant.verdict == Verdict::Violated).count(),
        error: report.and_then(|report| report.error.as_deref()),
        checked_at: report.map(|report| report.checked_at),
        watch: Watch::from(status),
    }
}

fn find(state: &AppState, name: &str) -> Result<Arc<TargetStatus>, Problem> {
    state.app.registry.target(name).ok_or_else(|| unknown(state, name))
}

pub(super) fn unknown(state: &AppState, name: &str) -> Problem {
    let targets = state.app.registry.targets();
    let mut known: Vec<_> = targets.iter().take(NAMED_TARGETS).map(|target| &*target.name).collect();
    if targets.len() > NAMED_TARGETS {
        known.push("…");
    }
    Problem::of_kind(
        "unknown-target",
        "Unknown target",
        StatusCode::NOT_FOUND,
        format!("No target is called `{name}`. The targets are: {}.", known.join(", ")),
    )
}
