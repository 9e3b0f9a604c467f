//! Commands: starting a remediation, approving a plan, cancelling, rolling back.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, IntoResponses, ToSchema};

use super::{Id, Shown, find, remediator, settings, shown};
use crate::daemon::remediate::{Request, Settings};
use crate::domain::plan::Hazard;
use crate::domain::runbook::RemediationKind;
use crate::http::AppState;
use crate::http::api::Name;
use crate::http::audit::Detail;
use crate::http::auth::{Caller, MayApply};
use crate::http::body::Sent;
use crate::http::problem::{PROBLEM, Problem};
use crate::state::Idempotency;

/// In characters.
const KEY_LIMIT: usize = 200;
const REASON_LIMIT: usize = 1000;

/// What is sent to begin a remediation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "plan": "0123456789abcdef", "reason": "release 4.2", "allow": ["blocking_scan"] }))]
pub(super) struct Command {
    /// The id of the plan that the operator has seen.
    #[schema(pattern = "^[0-9a-f]{16}$")]
    plan: String,
    /// For the journal and the report.
    #[serde(default)]
    #[schema(max_length = 1000, pattern = "^[^\\u0000]*$")]
    reason: String,
    /// Hazards that are allowed.
    #[serde(default)]
    #[schema(value_type = Vec<Hazard>)]
    allow: BTreeSet<Hazard>,
}

/// What is sent to take a remediation back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Rollback, example = json!({ "reason": "the release is taken back" }))]
pub(super) struct Back {
    /// For the journal and the report.
    #[serde(default)]
    #[schema(max_length = 1000, pattern = "^[^\\u0000]*$")]
    reason: String,
    /// Bring back everything from the backup, rows too, instead of the schema by a plan.
    #[serde(default)]
    from_backup: bool,
    /// Only `others_code` has to be allowed: a rollback implies the other hazards.
    #[serde(default)]
    #[schema(value_type = Vec<Hazard>)]
    allow: BTreeSet<Hazard>,
}

/// What is sent to resolve a remediation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Resolution, example = json!({ "reason": "the key was added by hand" }))]
pub(super) struct Resolve {
    /// For the journal and the report.
    #[serde(default)]
    #[schema(max_length = 1000, pattern = "^[^\\u0000]*$")]
    reason: String,
}

/// What is sent to approve a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "plan": "0123456789abcdef" }))]
pub(super) struct Approval {
    /// The id of the plan that was seen.
    #[schema(pattern = "^[0-9a-f]{16}$")]
    plan: String,
}

/// In a header.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it only describes")]
struct Key {
    /// Chosen by the client. The same request with the same key, sent again, answers with the remediation that the first
    /// one has begun.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        min_length = 1,
        max_length = 200,
        pattern = "^[!-~]+$",
        example = "5f0c7d1e"
    )]
    idempotency_key: String,
}

/// In a header.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it only describes")]
struct Seen {
    /// The ETag of the plan. It must be the plan of the body.
    #[param(rename = "If-Match", required = false, example = "\"0123456789abcdef\"")]
    if_match: String,
}

/// What answers a command that begins a remediation.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it only describes")]
enum Begins {
    /// It is begun.
    #[response(status = 202, headers(("Location" = String, description = "The remediation")))]
    Begun(Shown),
    /// There is no such target or remediation, or the remediation's target is not configured any more.
    #[response(status = 404, content_type = "application/problem+json")]
    Unknown(Problem),
    /// There is nothing to do, to take back or to resolve; or a remediation is under way on the target: see `see`.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// The plan is blocked, costs what was not allowed, or has no steps; or the body or the key cannot be taken.
    #[response(status = 422, content_type = "application/problem+json")]
    Refused(Problem),
    /// There is no plan, or no state store, now.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// Another operator may carry out the plan, until then.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Approved {
    target: String,
    plan: String,
    by: String,
    until: DateTime<Utc>,
}

/// Begins to carry out a plan that the operator has seen.
///
/// The plan is made again, and nothing is begun unless it is still the same. What follows is in the journal.
#[utoipa::path(post, path = "/api/v1/targets/{target}/remediations", tag = "remediations",
    params(
        Name,
        Key,
        Seen,
    ),
    request_body = Command,
    responses(
        Begins,
        (status = 403, body = Problem, content_type = PROBLEM,
            description = "The token does not suffice, or another operator must approve the plan first."),
        (status = 412, body = Problem, content_type = PROBLEM, description = "The plan is stale; the detail names \
            the new one."),
    ),
    security(("token" = ["apply"])),
)]
pub(super) async fn begin(
    MayApply(caller): MayApply,
    State(state): State<AppState>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Sent(command): Sent<Command>,
) -> Result<Response, Problem> {
    let settings = settings(&state, &name)?;
    check_plan(&command.plan)?;
    check_reason(&command.reason)?;
    if let Some(wanted) = text(&headers, &axum::http::header::IF_MATCH)?
        && wanted != "*"
        && wanted.trim_matches('"') != command.plan
    {
        let detail = format!("If-Match names another plan than the body, which names {}.", command.plan);
        return Err(Problem::of_kind("stale-plan", "Stale plan", StatusCode::PRECONDITION_FAILED, detail));
    }
    let request = Request {
        kind: RemediationKind::Apply,
        of: None,
        plan: command.plan,
        reason: command.reason,
        allowed: command.allow,
        by: caller.name.clone(),
    };
    started(&state, &settings, request, &headers, &caller).await
}

/// Begins to take back what a remediation has done.
#[utoipa::path(post, path = "/api/v1/remediations/{id}/rollback", tag = "remediations",
    params(
        Id,
        Key,
    ),
    request_body = Back,
    responses(Begins),
    security(("token" = ["apply"])),
)]
pub(super) async fn back(
    MayApply(caller): MayApply,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Sent(back): Sent<Back>,
) -> Result<Response, Problem> {
    let kind = if back.from_backup { RemediationKind::Restore } else { RemediationKind::Rollback };
    after(&state, kind, &id, (back.reason, back.allow), &headers, &caller).await
}

/// Ends what a remediation has left to a human, who has repaired it.
///
/// The application may write again, and is tested. Nothing is changed in the database.
#[utoipa::path(post, path = "/api/v1/remediations/{id}/resolve", tag = "remediations",
    params(
        Id,
        Key,
    ),
    request_body = Resolve,
    responses(Begins),
    security(("token" = ["apply"])),
)]
pub(super) async fn resolve(
    MayApply(caller): MayApply,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Sent(resolve): Sent<Resolve>,
) -> Result<Response, Problem> {
    after(&state, RemediationKind::Resolve, &id, (resolve.reason, BTreeSet::new()), &headers, &caller).await
}

/// Starts a remediation that refers to an earlier one.
async fn after(
    state: &AppState,
    kind: RemediationKind,
    id: &str,
    (reason, allowed): (String, BTreeSet<Hazard>),
    headers: &HeaderMap,
    caller: &Caller,
) -> Result<Response, Problem> {
    let of = find(state, id).await?;
    let settings = settings(state, &of.target)?;
    check_reason(&reason)?;
    let (of, plan, by) = (Some(of.id), of.plan, caller.name.clone());
    started(state, &settings, Request { kind, of, plan, reason, allowed, by }, headers, caller).await
}

async fn started(
    state: &AppState,
    settings: &Arc<Settings>,
    request: Request,
    headers: &HeaderMap,
    caller: &Caller,
) -> Result<Response, Problem> {
    let key = text(headers, &HeaderName::from_static("idempotency-key"))?;
    if let Some(key) = key
        && !(key.len() <= KEY_LIMIT && !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic()))
    {
        return Err(refused(format!("Idempotency-Key has 1 to {KEY_LIMIT} visible ASCII characters, and no spaces.")));
    }
    // Plain data always serializes.
    let asked = serde_json::to_vec(&(1, &settings.fix.check.name, &request)).unwrap_or_default();
    let hash = format!("{:x}", Sha256::digest(asked));
    let idempotency = key.map(|key| Idempotency { key, by: &caller.name, request: &hash });
    let it = remediator(state).start(settings, request, idempotency).await?;
    let location = format!("/api/v1/remediations/{}", it.id);
    let detail = Extension(Detail(format!("remediation {}", it.id)));
    Ok((StatusCode::ACCEPTED, detail, [(LOCATION, location)], Json(shown(state, it).await?)).into_response())
}

/// Asks a remediation that is under way to stop, and to take back what it has done.
#[utoipa::path(post, path = "/api/v1/remediations/{id}/cancel", tag = "remediations", params(Id), responses(
    (status = 202, body = Shown),
    (status = 404, body = Problem, content_type = PROBLEM, description = "There is no such remediation."),
    (status = 409, body = Problem, content_type = PROBLEM, description = "It is not under way, or it is too late to \
        cancel it: its phase restores service."),
    (status = 503, body = Problem, content_type = PROBLEM, description = "There is no state store now."),
), security(("token" = ["apply"])))]
pub(super) async fn cancel(
    MayApply(caller): MayApply,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let it = find(&state, &id).await?;
    remediator(&state).cancel(&it, &caller.name).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&state, it).await?)).into_response())
}

/// Lets another operator carry out a plan, for a time.
#[utoipa::path(post, path = "/api/v1/targets/{target}/approvals", tag = "remediations", params(Name),
    request_body = Approval,
    responses(
        (status = 201, body = Approved),
        (status = 404, body = Problem, content_type = PROBLEM, description = "There is no such target."),
        (status = 412, body = Problem, content_type = PROBLEM, description = "The plan is stale; the detail names \
            the new one."),
        (status = 422, body = Problem, content_type = PROBLEM, description = "The body cannot be taken."),
        (status = 503, body = Problem, content_type = PROBLEM, description = "There is no plan, or no state store, \
            now."),
    ),
    security(("token" = ["apply"])),
)]
pub(super) async fn approve(
    MayApply(caller): MayApply,
    State(state): State<AppState>,
    Path(name): Path<String>,
    Sent(approval): Sent<Approval>,
) -> Result<Response, Problem> {
    let settings = settings(&state, &name)?;
    check_plan(&approval.plan)?;
    let until = remediator(&state).approve(&settings, &approval.plan, &caller.name).await?;
    let detail = Extension(Detail(format!("plan {}", approval.plan)));
    let body = Approved { target: name, plan: approval.plan, by: caller.name, until };
    Ok((StatusCode::CREATED, detail, Json(body)).into_response())
}

/// An optional header, which must be readable and not repeated.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(text)), None) => Ok(Some(text)),
        (Some(_), _) => Err(refused(format!("The header {name} is to be sent once, in ASCII."))),
    }
}

fn check_plan(id: &str) -> Result<(), Problem> {
    if id.len() == 16 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(());
    }
    Err(refused("`plan` is the id of a plan: 16 hexadecimal digits, as GET /api/v1/targets/{target}/plan tells it."))
}

/// PostgreSQL, where the journal may be, stores no NUL.
fn check_reason(text: &str) -> Result<(), Problem> {
    if text.chars().count() <= REASON_LIMIT && !text.contains('\0') {
        return Ok(());
    }
    Err(refused(format!("`reason` is longer than {REASON_LIMIT} characters, or has a NUL.")))
}

fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
}
