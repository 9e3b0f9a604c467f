//! Remediations over HTTP: the plan to look at, commanding it, following it, stopping it, taking it back.
//!
//! Decides nothing: what may begin is decided in [`crate::remediate`], who may ask in `auth`.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures_util::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::broadcast::error::RecvError;

use super::Faces;
use super::auth::{Caller, MayApply};
use super::problem::Problem;
use crate::fix;
use crate::journal::{Entry, standing};
use crate::plan::{Hazard, Plan};
use crate::remediate::report::{Report, markdown};
use crate::remediate::{Remediator, Request, Settings, StartError, Told};
use crate::report::Drift;
use crate::runbook::{Course, End, Phase};
use crate::state::{AuditRecord, Idempotency, Remediation, StateError};

/// Remediations that a list names.
const LISTED: u32 = 100;
const KEY_LIMIT: usize = 200;
const REASON_LIMIT: usize = 1000;
const BEAT: Duration = Duration::from_secs(15);

/// What is sent to begin a remediation.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The id of the plan that the operator has seen.
    plan: String,
    #[serde(default)]
    reason: String,
    /// Hazards that are allowed.
    #[serde(default)]
    allow: BTreeSet<Hazard>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Back {
    #[serde(default)]
    reason: String,
    /// Bring back everything from the backup, rows too, instead of the schema by a plan.
    #[serde(default)]
    from_backup: bool,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    plan: String,
}

#[derive(Debug, Serialize)]
struct Proposed<'a> {
    target: &'a str,
    plan: &'a Plan,
    drift: &'a [Drift],
}

/// A remediation, and where it stands.
#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    target: String,
    course: Course,
    /// The remediation that is taken back.
    of: Option<String>,
    plan: String,
    by: String,
    reason: String,
    allowed: BTreeSet<Hazard>,
    created_at: DateTime<Utc>,
    /// The phase that is under way, or was when the daemon was stopped.
    phase: Option<Phase>,
    end: Option<End>,
    ended_at: Option<DateTime<Utc>>,
    degraded: bool,
}

#[derive(Debug, Deserialize)]
pub struct After {
    #[serde(default)]
    after: u64,
}

#[derive(Debug, Deserialize)]
pub struct Before {
    before: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct Of {
    target: Option<String>,
}

/// Reads the target, and makes the plan anew.
pub(super) async fn plan(State(faces): State<Faces>, Path(name): Path<String>) -> Result<Response, Problem> {
    let settings = settings(&faces, &name)?;
    let proposal = fix::propose(&settings.fix, Utc::now()).await.map_err(StartError::from)?;
    let body = Proposed { target: &name, plan: &proposal.plan, drift: &proposal.drift };
    Ok(([("etag", format!("\"{}\"", proposal.plan.id))], Json(body)).into_response())
}

pub(super) async fn begin(
    State(faces): State<Faces>,
    Path(name): Path<String>,
    headers: HeaderMap,
    MayApply(caller): MayApply,
    Json(command): Json<Command>,
) -> Result<Response, Problem> {
    let settings = settings(&faces, &name)?;
    if let Some(wanted) = headers.get("if-match").and_then(|value| value.to_str().ok())
        && wanted.trim_matches('"') != command.plan
    {
        let now = wanted.trim_matches('"').to_owned();
        return Err(StartError::Stale { asked: command.plan, now }.into());
    }
    check_length("reason", &command.reason, REASON_LIMIT)?;
    let request = Request {
        course: Course::Fix,
        of: None,
        plan: command.plan,
        reason: command.reason,
        allowed: command.allow,
        by: caller.name.clone(),
    };
    started(&faces, &settings, request, &headers, &caller).await
}

pub(super) async fn back(
    State(faces): State<Faces>,
    Path(id): Path<String>,
    headers: HeaderMap,
    MayApply(caller): MayApply,
    Json(back): Json<Back>,
) -> Result<Response, Problem> {
    let of = find(&faces, &id).await?;
    let settings = settings(&faces, &of.target)?;
    check_length("reason", &back.reason, REASON_LIMIT)?;
    let request = Request {
        course: if back.from_backup { Course::Restore } else { Course::Back },
        of: Some(id),
        plan: of.plan,
        reason: back.reason,
        allowed: BTreeSet::new(),
        by: caller.name.clone(),
    };
    started(&faces, &settings, request, &headers, &caller).await
}

async fn started(
    faces: &Faces,
    settings: &Arc<Settings>,
    request: Request,
    headers: &HeaderMap,
    caller: &Caller,
) -> Result<Response, Problem> {
    let key = headers.get("idempotency-key").map(|key| key.to_str().unwrap_or_default().to_owned());
    if key.as_deref().is_some_and(str::is_empty) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "Idempotency-Key is empty, or not plain text."));
    }
    check_length("Idempotency-Key", key.as_deref().unwrap_or_default(), KEY_LIMIT)?;
    let hash = format!("{:x}", Sha256::digest(format!("{:?}", (&settings.fix.check.name, &request))));
    let idempotency = key.as_deref().map(|key| Idempotency { key, by: &caller.name, request: &hash });
    let it = remediator(faces)?.start(settings, request, idempotency).await?;
    let location = format!("/api/v1/remediations/{}", it.id);
    Ok((StatusCode::ACCEPTED, [(LOCATION, location)], Json(shown(it, &[]))).into_response())
}

pub(super) async fn list(State(faces): State<Faces>, Query(of): Query<Of>) -> Result<Response, Problem> {
    let found = remediator(&faces)?.state().remediations(of.target.as_deref(), LISTED).await?;
    let shown: Vec<_> = found.into_iter().map(|it| shown(it, &[])).collect();
    Ok(Json(serde_json::json!({ "remediations": shown })).into_response())
}

pub(super) async fn one(State(faces): State<Faces>, Path(id): Path<String>) -> Result<Response, Problem> {
    let it = find(&faces, &id).await?;
    let entries = remediator(&faces)?.state().journal(&id, 0).await?;
    Ok(Json(shown(it, &entries)).into_response())
}

/// For those who ask again and again instead of following.
pub(super) async fn journal(
    State(faces): State<Faces>,
    Path(id): Path<String>,
    Query(After { after }): Query<After>,
) -> Result<Response, Problem> {
    find(&faces, &id).await?;
    let entries = remediator(&faces)?.state().journal(&id, after).await?;
    Ok(Json(serde_json::json!({ "entries": entries })).into_response())
}

pub(super) async fn report(State(faces): State<Faces>, Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(Json(report_of(&faces, &id).await?).into_response())
}

pub(super) async fn report_as_text(State(faces): State<Faces>, Path(id): Path<String>) -> Result<Response, Problem> {
    let text = markdown(&report_of(&faces, &id).await?);
    Ok(([(CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response())
}

async fn report_of(faces: &Faces, id: &str) -> Result<Report, Problem> {
    find(faces, id).await?;
    remediator(faces)?.report(id).await?.ok_or_else(|| StartError::Unknown(id.to_owned()).into())
}

pub(super) async fn cancel(
    State(faces): State<Faces>,
    Path(id): Path<String>,
    MayApply(caller): MayApply,
) -> Result<Response, Problem> {
    let it = find(&faces, &id).await?;
    if !remediator(&faces)?.cancel(&id, &caller.name).await? {
        let detail = format!("Remediation {id} is not under way: there is nothing to cancel.");
        return Err(Problem::of_kind(
            "urn:schemawarden:problem:not-under-way",
            "Not under way",
            StatusCode::CONFLICT,
            detail,
        ));
    }
    Ok((StatusCode::ACCEPTED, Json(shown(it, &[]))).into_response())
}

pub(super) async fn approve(
    State(faces): State<Faces>,
    Path(name): Path<String>,
    MayApply(caller): MayApply,
    Json(approval): Json<Approval>,
) -> Result<Response, Problem> {
    let settings = settings(&faces, &name)?;
    let until = remediator(&faces)?.approve(&settings, &approval.plan, &caller.name).await?;
    let body = serde_json::json!({ "target": name, "plan": approval.plan, "by": caller.name, "until": until });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// The latest commands, the latest first. `before`: only those with a lesser id.
pub(super) async fn audit(State(faces): State<Faces>, Query(page): Query<Before>) -> Result<Response, Problem> {
    let records = remediator(&faces)?.state().audit_log(page.before, LISTED).await?;
    let records: Vec<_> = records
        .into_iter()
        .map(|AuditRecord { id, at, who, what, from, detail, status }| {
            serde_json::json!({
                "id": id, "at": at, "who": who, "what": what, "from": from, "detail": detail, "status": status
            })
        })
        .collect();
    Ok(Json(serde_json::json!({ "records": records })).into_response())
}

/// Everything from `Last-Event-ID` on: entries of the journal, whose numbers are the ids, and progress without an id in
/// between. Ends with the remediation.
pub(super) async fn events(
    State(faces): State<Faces>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    find(&faces, &id).await?;
    let remediator = remediator(&faces)?.clone();
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0);
    // First, so that nothing is missed in between.
    let live = remediator.follow(&id);
    let entries = remediator.state().journal(&id, last).await?;
    let seen = entries.last().map_or(last, |entry| entry.seq);
    let old = stream::iter(entries.into_iter().map(|entry| Ok(of_entry(&entry))));
    let new = stream::unfold((live, seen), |(live, seen)| async move {
        let mut live = live?;
        loop {
            match live.recv().await {
                Ok(Told::Entry(entry)) if entry.seq <= seen => {}
                Ok(Told::Entry(entry)) => {
                    let seq = entry.seq;
                    return Some((Ok(of_entry(&entry)), (Some(live), seq)));
                }
                Ok(Told::Progress(progress)) => {
                    let event = Event::default().event("progress").json_data(&progress).unwrap_or_default();
                    return Some((Ok(event), (Some(live), seen)));
                }
                Ok(Told::Bytes(bytes)) => {
                    let event = Event::default().event("backup").data(format!("{{\"bytes\":{bytes}}}"));
                    return Some((Ok(event), (Some(live), seen)));
                }
                // Whoever is too slow comes back with its Last-Event-ID.
                Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
            }
        }
    });
    Ok(Sse::new(stream::StreamExt::chain(old, new)).keep_alive(KeepAlive::new().interval(BEAT)))
}

fn of_entry(entry: &Entry) -> Event {
    let event = Event::default().event("entry").id(entry.seq.to_string());
    event.json_data(entry).unwrap_or_default()
}

fn shown(it: Remediation, entries: &[Entry]) -> Shown {
    use crate::journal::Todo;
    let standing = standing(it.course, it.on_failure, entries);
    let phase = match standing.todo {
        Todo::Begin(phase) | Todo::Again(phase) => Some(phase),
        Todo::Close(_) | Todo::Nothing(_) => None,
    };
    let phase = phase.filter(|_| it.end.is_none());
    let (ended_at, end) = it.end.unzip();
    let Remediation { id, target, course, of, plan, by, reason, allowed, created_at, .. } = it;
    let degraded = standing.degraded_since.is_some();
    Shown { id, target, course, of, plan, by, reason, allowed, created_at, phase, end, ended_at, degraded }
}

fn check_length(what: &str, text: &str, limit: usize) -> Result<(), Problem> {
    if text.chars().count() <= limit {
        return Ok(());
    }
    Err(Problem::new(StatusCode::BAD_REQUEST, format!("`{what}` is longer than {limit} characters.")))
}

async fn find(faces: &Faces, id: &str) -> Result<Remediation, Problem> {
    let found = remediator(faces)?.state().remediation(id).await?;
    found.ok_or_else(|| StartError::Unknown(id.to_owned()).into())
}

fn remediator(faces: &Faces) -> Result<&Arc<Remediator>, Problem> {
    faces.app.remediator.as_ref().ok_or_else(|| {
        Problem::of_kind(
            "urn:schemawarden:problem:no-state",
            "No state store",
            StatusCode::SERVICE_UNAVAILABLE,
            "The state store could not be opened, so no remediation can be kept. The daemon's log says why.",
        )
    })
}

fn settings(faces: &Faces, name: &str) -> Result<Arc<Settings>, Problem> {
    let config = faces.config.borrow().clone();
    let target = config.targets.iter().find(|target| target.name == name);
    target.map(|target| Arc::new(config.remediation(target))).ok_or_else(|| super::api::unknown(faces, name))
}

impl From<StateError> for Problem {
    fn from(error: StateError) -> Self {
        StartError::State(error).into()
    }
}

impl From<StartError> for Problem {
    fn from(error: StartError) -> Self {
        let (kind, title, status) = match &error {
            StartError::NoPlan(_) => ("urn:schemawarden:problem:no-plan", "No plan", StatusCode::BAD_GATEWAY),
            StartError::NothingToDo => {
                ("urn:schemawarden:problem:nothing-to-do", "Nothing to do", StatusCode::CONFLICT)
            }
            StartError::Stale { .. } => {
                ("urn:schemawarden:problem:stale-plan", "Stale plan", StatusCode::PRECONDITION_FAILED)
            }
            StartError::Blocked(_) => {
                ("urn:schemawarden:problem:blocked", "Blocked plan", StatusCode::UNPROCESSABLE_ENTITY)
            }
            StartError::NoSteps => {
                ("urn:schemawarden:problem:no-steps", "No plan can end this drift", StatusCode::UNPROCESSABLE_ENTITY)
            }
            StartError::Forbidden(_) => {
                ("urn:schemawarden:problem:hazards", "Hazards not allowed", StatusCode::UNPROCESSABLE_ENTITY)
            }
            StartError::Unapproved { .. } => {
                ("urn:schemawarden:problem:unapproved", "Not approved", StatusCode::FORBIDDEN)
            }
            StartError::UnderWay(_) => ("urn:schemawarden:problem:under-way", "Under way", StatusCode::CONFLICT),
            StartError::OtherRequest => (
                "urn:schemawarden:problem:other-request",
                "Idempotency-Key used before",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            StartError::Unknown(_) => {
                ("urn:schemawarden:problem:unknown-remediation", "Unknown remediation", StatusCode::NOT_FOUND)
            }
            StartError::State(_) => {
                ("urn:schemawarden:problem:no-state", "No state store", StatusCode::SERVICE_UNAVAILABLE)
            }
        };
        let mut problem = Self::of_kind(kind, title, status, error.to_string());
        if let StartError::UnderWay(id) = &error {
            problem = problem.see(format!("/api/v1/remediations/{id}"));
        }
        problem
    }
}
