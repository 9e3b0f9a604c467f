//! Remediations over HTTP: reading the plan, starting, following, cancelling and rolling back.
//!
//! [`crate::daemon::remediate`] decides what may begin, and `auth` who may request it.

mod commands;
mod events;
mod proposals;
mod reading;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::problem::Problem;
use crate::daemon::fix::Refusal;
use crate::daemon::remediate::{RemediateError, Remediator, Settings};
use crate::domain::plan::Hazard;
use crate::domain::runbook::journal::{NextAction, replay};
use crate::domain::runbook::{End, Phase, RemediationKind};
use crate::state::{Remediation, StateError};

pub(super) use proposals::Proposals;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(reading::plan))
        .routes(routes!(commands::begin))
        .routes(routes!(commands::approve))
        .routes(routes!(reading::list))
        .routes(routes!(reading::one))
        .routes(routes!(reading::journal))
        .routes(routes!(events::events))
        .routes(routes!(reading::report))
        .routes(routes!(reading::report_as_text))
        .routes(routes!(commands::cancel))
        .routes(routes!(commands::back))
        .routes(routes!(commands::resolve))
        .routes(routes!(reading::audit))
}

/// A remediation, in a path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it only describes")]
struct Id {
    /// The id of a remediation.
    #[param(example = "019ab1c2d3e4-5f60718a", pattern = "^[0-9a-f]{12}-[0-9a-f]{8}$")]
    id: String,
}

/// A remediation, and where it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Remediation)]
struct Shown {
    id: String,
    target: String,
    #[serde(rename = "course")]
    kind: RemediationKind,
    /// The remediation that is taken back, or resolved.
    of: Option<String>,
    plan: String,
    by: String,
    reason: String,
    #[schema(value_type = Vec<Hazard>)]
    allowed: BTreeSet<Hazard>,
    created_at: DateTime<Utc>,
    /// The phase that is under way, or was when the daemon was stopped.
    phase: Option<Phase>,
    end: Option<End>,
    ended_at: Option<DateTime<Utc>>,
    /// The application was degraded, and no entry says that it may write again.
    degraded: bool,
}

async fn shown(state: &AppState, it: Remediation) -> Result<Shown, Problem> {
    // A remediation with any other end has left degraded mode.
    let open = matches!(it.end, None | Some((_, End::NeedsHuman)));
    let entries = if open { remediator(state).state().journal(&it.id, 0).await? } else { Vec::new() };
    let state = replay(it.kind, it.on_failure, &entries);
    let phase = match state.next {
        NextAction::Begin(phase) | NextAction::Again(phase) => Some(phase),
        NextAction::Close(_) | NextAction::Nothing(_) => None,
    };
    let phase = phase.filter(|_| it.end.is_none());
    let (ended_at, end) = it.end.unzip();
    let Remediation { id, target, kind, of, plan, by, reason, allowed, created_at, .. } = it;
    let degraded = state.degraded_since.is_some();
    Ok(Shown { id, target, kind, of, plan, by, reason, allowed, created_at, phase, end, ended_at, degraded })
}

/// Only a well-formed id is looked up: the store might refuse other text.
async fn find(state: &AppState, id: &str) -> Result<Remediation, Problem> {
    let may_be = id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let found = if may_be { remediator(state).state().remediation(id).await? } else { None };
    found.ok_or_else(|| RemediateError::Unknown(id.to_owned()).into())
}

fn remediator(state: &AppState) -> &Arc<Remediator> {
    &state.app.remediator
}

fn settings(state: &AppState, name: &str) -> Result<Arc<Settings>, Problem> {
    let config = state.config.borrow().clone();
    let target = config.targets.iter().find(|target| target.name == name);
    target.map(|target| Arc::new(config.remediation(target))).ok_or_else(|| super::api::unknown(state, name))
}

impl From<StateError> for Problem {
    fn from(error: StateError) -> Self {
        RemediateError::State(error).into()
    }
}

impl From<RemediateError> for Problem {
    fn from(error: RemediateError) -> Self {
        let detail = error.to_string();
        let (kind, title, status) = match &error {
            RemediateError::Refused(refusal) => return Self::refused(refusal, detail),
            RemediateError::BrokenOff(_) => return Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail),
            RemediateError::NoPlan(_) => ("no-plan", "No plan", StatusCode::SERVICE_UNAVAILABLE),
            RemediateError::Unapproved { .. } => ("unapproved", "Not approved", StatusCode::FORBIDDEN),
            RemediateError::NoApprovalNeeded => ("no-approval-needed", "No approval needed", StatusCode::CONFLICT),
            RemediateError::UnderWay(_) => ("under-way", "Under way", StatusCode::CONFLICT),
            RemediateError::OtherRequest => {
                ("other-request", "Idempotency-Key used before", StatusCode::UNPROCESSABLE_ENTITY)
            }
            RemediateError::Unknown(_) => ("unknown-remediation", "Unknown remediation", StatusCode::NOT_FOUND),
            RemediateError::NotUnderWay(_) => ("not-under-way", "Not under way", StatusCode::CONFLICT),
            RemediateError::TooLate { .. } => ("too-late", "Too late to stop", StatusCode::CONFLICT),
            RemediateError::NothingToTakeBack { .. } => {
                ("nothing-to-take-back", "Nothing to take back", StatusCode::CONFLICT)
            }
            RemediateError::NothingToResolve { .. } => {
                ("nothing-to-resolve", "Nothing to resolve", StatusCode::CONFLICT)
            }
            RemediateError::NotTheLatest { .. } => ("not-the-latest", "Not the latest", StatusCode::CONFLICT),
            RemediateError::State(_) => ("no-state", "No state store", StatusCode::SERVICE_UNAVAILABLE),
        };
        let problem = Self::of_kind(kind, title, status, detail);
        match &error {
            RemediateError::UnderWay(id) => problem.see(format!("/api/v1/remediations/{id}")),
            _ => problem,
        }
    }
}

impl Problem {
    fn refused(refusal: &Refusal, detail: String) -> Self {
        let (kind, title, status) = match refusal {
            Refusal::NothingToDo => ("nothing-to-do", "Nothing to do", StatusCode::CONFLICT),
            Refusal::Stale { .. } => ("stale-plan", "Stale plan", StatusCode::PRECONDITION_FAILED),
            Refusal::Blocked(_) => ("blocked", "Blocked plan", StatusCode::UNPROCESSABLE_ENTITY),
            Refusal::Forbidden(_) => ("hazards", "Hazards not allowed", StatusCode::UNPROCESSABLE_ENTITY),
            Refusal::NoSteps => ("no-steps", "No plan can end this drift", StatusCode::UNPROCESSABLE_ENTITY),
        };
        Self::of_kind(kind, title, status, detail)
    }
}
