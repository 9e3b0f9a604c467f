//! Reading remediations: the plan, the list, their state and journal, and the audit log.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::proposals::{Proposed, Whom};
use super::{Id, Shown, find, remediator, settings, shown};
use crate::daemon::remediate::RemediateError;
use crate::daemon::remediate::report::{Report, markdown};
use crate::domain::runbook::journal::Entry;
use crate::http::api::Name;
use crate::http::problem::{PROBLEM, Problem};
use crate::http::{AppState, auth};
use crate::state::AuditRecord;

/// Longest list.
const LISTED: u32 = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// Only entries with a greater number.
    #[serde(default)]
    #[param(maximum = 4_294_967_295_u64, example = 12)]
    after: u32,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Before {
    /// Only records with a lesser id.
    #[param(value_type = u32, required = false, maximum = 4_294_967_295_u64, example = 1200)]
    before: Option<u32>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Of {
    /// Only those of this target, which need not be configured any more.
    #[param(value_type = String, required = false, example = "community")]
    target: Option<String>,
}

/// The latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Remediations {
    remediations: Vec<Shown>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Journal {
    entries: Vec<Entry>,
}

/// A request that was to change something.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Record {
    id: i64,
    at: DateTime<Utc>,
    /// The name of a token, or `-`.
    who: String,
    /// Method and path.
    what: String,
    /// An address.
    from: String,
    detail: String,
    /// Of the answer.
    status: u16,
}

/// The latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Audit {
    records: Vec<Record>,
}

/// The plan that would end the drift as it is now.
///
/// Looks whether anything has changed since it was made, and makes it again where something has. Requests at the same
/// time for the same target share one look. Without a token an address may ask 30 times a minute, and counts of rows,
/// or an error, may be repeated for a while.
#[utoipa::path(get, path = "/api/v1/targets/{target}/plan", tag = "remediations", params(Name), responses(
    (status = 200, body = Proposed, headers(("ETag" = String, description = "The plan's id, for If-Match"))),
    (status = 404, body = Problem, content_type = PROBLEM, description = "There is no such target."),
    (status = 429, body = Problem, content_type = PROBLEM, description = "This address asks too often without a token; \
        the header Retry-After says for how long."),
    (status = 503, body = Problem, content_type = PROBLEM,
        description = "The target or its expectation cannot be read now, or it takes too long."),
))]
pub(super) async fn plan(
    State(state): State<AppState>,
    Path(name): Path<String>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let settings = settings(&state, &name)?;
    let whom = if auth::is_known(&state, &headers) { Whom::Known } else { Whom::Stranger };
    if whom == Whom::Stranger {
        auth::bound_plans(&state, from)?;
    }
    let proposed = state.proposals.of(settings, whom).await?;
    Ok(([(ETAG, format!("\"{}\"", proposed.plan.id))], Json(&*proposed)).into_response())
}

/// The latest remediations, 100 at most.
#[utoipa::path(get, path = "/api/v1/remediations", tag = "remediations", params(Of), responses(
    (status = 200, body = Remediations),
    (status = 503, body = Problem, content_type = PROBLEM, description = "There is no state store now."),
))]
pub(super) async fn list(State(state): State<AppState>, Query(of): Query<Of>) -> Result<Response, Problem> {
    // PostgreSQL accepts no NUL, and a valid name has none.
    if of.target.as_deref().is_some_and(|target| target.contains('\0')) {
        return Ok(Json(Remediations { remediations: Vec::new() }).into_response());
    }
    let mut remediations = Vec::new();
    for it in remediator(&state).state().remediations(of.target.as_deref(), LISTED).await? {
        remediations.push(shown(&state, it).await?);
    }
    Ok(Json(Remediations { remediations }).into_response())
}

/// A remediation, and where it stands.
#[utoipa::path(get, path = "/api/v1/remediations/{id}", tag = "remediations", params(Id), responses(
    (status = 200, body = Shown),
    (status = 404, body = Problem, content_type = PROBLEM, description = "There is no such remediation."),
    (status = 503, body = Problem, content_type = PROBLEM, description = "There is no state store now."),
))]
pub(super) async fn one(State(state): State<AppState>, Path(id): Path<String>) -> Result<Response, Problem> {
    let it = find(&state, &id).await?;
    Ok(Json(shown(&state, it).await?).into_response())
}

/// What was intended and what came of it, for those who ask again and again instead of following.
#[utoipa::path(get, path = "/api/v1/remediations/{id}/journal", tag = "remediations", params(Id, After), responses(
    (status = 200, body = Journal),
    (status = 404, body = Problem, content_type = PROBLEM, description = "There is no such remediation."),
    (status = 503, body = Problem, content_type = PROBLEM, description = "There is no state store now."),
))]
pub(super) async fn journal(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(After { after }): Query<After>,
) -> Result<Response, Problem> {
    find(&state, &id).await?;
    let entries = remediator(&state).state().journal(&id, after.into()).await?;
    Ok(Json(Journal { entries }).into_response())
}

/// What was done, for the post-mortem.
#[utoipa::path(get, path = "/api/v1/remediations/{id}/report", tag = "remediations", params(Id), responses(
    (status = 200, body = Report),
    (status = 404, body = Problem, content_type = PROBLEM, description = "There is no such remediation."),
    (status = 503, body = Problem, content_type = PROBLEM, description = "There is no state store now."),
))]
pub(super) async fn report(State(state): State<AppState>, Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(Json(report_of(&state, &id).await?).into_response())
}

/// The same for people, as Markdown.
#[utoipa::path(get, path = "/api/v1/remediations/{id}/report.md", tag = "remediations", params(Id), responses(
    (status = 200, body = String, content_type = "text/markdown", description = "Markdown, in UTF-8."),
    (status = 404, body = Problem, content_type = PROBLEM, description = "There is no such remediation."),
    (status = 503, body = Problem, content_type = PROBLEM, description = "There is no state store now."),
))]
pub(super) async fn report_as_text(State(state): State<AppState>, Path(id): Path<String>) -> Result<Response, Problem> {
    let text = markdown(&report_of(&state, &id).await?);
    Ok(([(CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response())
}

async fn report_of(state: &AppState, id: &str) -> Result<Report, Problem> {
    find(state, id).await?;
    remediator(state).report(id).await?.ok_or_else(|| RemediateError::Unknown(id.to_owned()).into())
}

/// The latest commands, 100 at most, the latest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "remediations", params(Before), responses(
    (status = 200, body = Audit),
    (status = 503, body = Problem, content_type = PROBLEM, description = "There is no state store now."),
))]
pub(super) async fn audit(State(state): State<AppState>, Query(page): Query<Before>) -> Result<Response, Problem> {
    let records = remediator(&state).state().audit_log(page.before.map(i64::from), LISTED).await?;
    let records = records
        .into_iter()
        .map(|AuditRecord { id, at, who, what, from, detail, status }| Record {
            id,
            at,
            who,
            what,
            from,
            detail,
            status,
        })
        .collect();
    Ok(Json(Audit { records }).into_response())
}
