//! The report of a remediation, for the post-mortem: the drift, what was done and how long it took, and how to undo it.
//! Derived from the journal alone, so that it is available at any time, also while the remediation runs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::name::one_line;
use crate::domain::report::{Drift, elapsed};
use crate::domain::runbook::journal::{Backup, Entry, EntryKind, StepState, replay};
use crate::domain::runbook::{End, Outcome, Phase, RemediationKind};
use crate::state::Remediation;

/// For programs; [`markdown`] has the same for people.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = RemediationReport)]
pub struct Report {
    pub id: String,
    pub target: String,
    #[serde(rename = "course")]
    pub kind: RemediationKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    pub plan: String,
    pub by: String,
    pub reason: String,
    pub begun_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// `None` while it is under way.
    pub end: Option<End>,
    /// The application was degraded, and no entry says that it was enabled again.
    pub degraded: bool,
    /// The drift at the gate, as in the API.
    #[schema(value_type = Vec<Drift>)]
    pub drift: Vec<serde_json::Value>,
    pub phases: Vec<PhaseReport>,
    pub steps: Vec<StepReport>,
    pub backup: Option<Backup>,
    /// What a human can do now, as commands and advice.
    pub undo: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PhaseReport {
    pub phase: Phase,
    pub begun_at: DateTime<Utc>,
    /// More than 1 if the daemon was stopped during the phase.
    pub attempts: u32,
    pub took_ms: Option<i64>,
    pub outcome: Option<Outcome>,
    pub detail: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StepReport {
    pub phase: Phase,
    pub number: usize,
    pub action: String,
    pub attempts: u32,
    pub took_ms: Option<u64>,
    pub rows: u64,
    pub skipped: bool,
    /// Sessions that blocked it, and reasons for retries.
    pub waits: Vec<String>,
}

/// Reads a journal. `drift` is the drift that the gate stored.
pub fn report(it: &Remediation, entries: &[Entry], drift: Vec<serde_json::Value>) -> Report {
    let state = replay(it.kind, it.on_failure, entries);
    let (phases, steps) = walked(entries);
    let backup = state.backup.clone();
    let undo = undo(it, backup.as_ref(), state.degraded_since.is_some());
    Report {
        id: it.id.clone(),
        target: it.target.clone(),
        kind: it.kind,
        of: it.of.clone(),
        plan: it.plan.clone(),
        by: it.by.clone(),
        reason: it.reason.clone(),
        begun_at: it.created_at,
        ended_at: it.end.map(|(at, _)| at),
        end: it.end.map(|(_, end)| end),
        degraded: state.degraded_since.is_some(),
        drift,
        phases,
        steps,
        backup,
        undo,
    }
}

fn walked(entries: &[Entry]) -> (Vec<PhaseReport>, Vec<StepReport>) {
    let (mut phases, mut steps) = (Vec::<PhaseReport>::new(), BTreeMap::<(usize, usize), StepReport>::new());
    for Entry { at, what, .. } in entries {
        match what {
            EntryKind::Begun { phase } => match phases.last_mut().filter(|last| last.phase == *phase) {
                Some(again) => again.attempts += 1,
                None => phases.push(PhaseReport {
                    phase: *phase,
                    begun_at: *at,
                    attempts: 1,
                    took_ms: None,
                    outcome: None,
                    detail: String::new(),
                }),
            },
            EntryKind::Ended { outcome, detail, .. } => {
                if let Some(last) = phases.last_mut() {
                    last.took_ms = Some((*at - last.begun_at).num_milliseconds());
                    last.outcome = Some(*outcome);
                    last.detail.clone_from(detail);
                }
            }
            EntryKind::Step { number, action, state, .. } => {
                let Some(phase) = phases.last() else { continue };
                let step = steps.entry((phases.len(), *number)).or_insert_with(|| StepReport {
                    phase: phase.phase,
                    number: *number,
                    action: action.clone(),
                    attempts: 0,
                    took_ms: None,
                    rows: 0,
                    skipped: false,
                    waits: Vec::new(),
                });
                match state {
                    StepState::Started { attempt } => step.attempts = *attempt,
                    StepState::Skipped => step.skipped = true,
                    StepState::Waiting { blockers } => step.waits.extend(blockers.iter().cloned()),
                    StepState::Retrying { reason } => step.waits.push(reason.clone()),
                    StepState::Done { elapsed_ms, rows } => (step.took_ms, step.rows) = (Some(*elapsed_ms), *rows),
                }
            }
            EntryKind::Noted(_) | EntryKind::CancelWanted { .. } | EntryKind::Closed { .. } => {}
        }
    }
    (phases, steps.into_values().collect())
}

fn undo(it: &Remediation, backup: Option<&Backup>, degraded: bool) -> Vec<String> {
    let mut undo = Vec::new();
    let (id, target) = (&it.id, &it.target);
    if degraded {
        undo.push(format!(
            "The application may still be degraded: once {target} is as it should be, switch it back by hand"
        ));
    }
    match it.end.map(|(_, end)| end) {
        Some(End::Done) if it.kind == RemediationKind::Apply => {
            undo.push(format!("schemawarden rollback --remediation {id}"));
            if let Some(backup) = backup {
                undo.push(format!("schemawarden rollback --remediation {id} --from-backup   # {}", backup.location));
            }
        }
        Some(End::RolledBack) => {
            if let Some(backup) = backup {
                undo.push(format!(
                    "schemawarden rollback --remediation {id} --from-backup   # rows, too, as they are in {}",
                    backup.location
                ));
            }
        }
        Some(End::NeedsHuman) => {
            undo.push(format!("schemawarden plan --target {target}   # what differs now"));
            if it.kind == RemediationKind::Apply {
                undo.push(format!("schemawarden rollback --remediation {id}   # the schema, by a plan"));
                if backup.is_some() {
                    undo.push(format!("schemawarden rollback --remediation {id} --from-backup   # rows, too"));
                }
            }
            if let (RemediationKind::Restore, Some(of)) = (it.kind, &it.of) {
                undo.push(format!(
                    "schemawarden rollback --remediation {of} --from-backup   # again, once what refused it is corrected"
                ));
            }
            undo.push(format!(
                "schemawarden resolve --remediation {id}   # once you have repaired it: the application may write \
                 again, \
                 and is tested"
            ));
            if let Some(backup) = backup {
                let location = &backup.location;
                undo.push(format!("pg_restore --clean --if-exists --single-transaction --dbname DATABASE {location}"));
            }
        }
        Some(End::Done | End::Refused | End::Abandoned) | None => {}
    }
    undo
}

/// For people.
pub fn markdown(report: &Report) -> String {
    let mut out = String::new();
    let end = report.end.map_or("under way", End::as_str);
    // Writing to a String cannot fail.
    let _ = writeln!(out, "# Remediation {} of {}: {end}\n", report.id, report.target);
    let _ = writeln!(out, "- asked for by {}: {}", one_line(&report.by), one_line(&report.reason));
    let _ = writeln!(out, "- begun {}{}", time(report.begun_at), until(report.ended_at));
    if !report.plan.is_empty() {
        let _ = writeln!(out, "- plan {}", report.plan);
    }
    let _ = writeln!(out, "\n## What was wrong\n");
    for drift in &report.drift {
        let field = |key: &str| drift.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let _ = writeln!(
            out,
            "- {} {} {} ({})",
            field("kind"),
            one_line(&field("object")),
            field("change"),
            field("severity")
        );
    }
    let _ = writeln!(out, "\n## What was done\n\n| phase | begun | took | outcome | |\n|---|---|---:|---|---|");
    for phase in &report.phases {
        let outcome = phase.outcome.map_or("in doubt", Outcome::as_str);
        let took = phase.took_ms.map(|took| elapsed(Duration::from_millis(took.unsigned_abs()))).unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {} | {took} | {outcome} | {} |",
            phase.phase,
            time(phase.begun_at),
            cell(&phase.detail)
        );
    }
    if !report.steps.is_empty() {
        let _ = writeln!(out, "\n| | step | took | rows | waits |\n|---:|---|---:|---:|---|");
        for step in &report.steps {
            let took = match step.took_ms {
                Some(took) => elapsed(Duration::from_millis(took)),
                None if step.skipped => "held before".into(),
                None => "not done".into(),
            };
            let (number, action) = (step.number, cell(&step.action));
            let _ =
                writeln!(out, "| {number} | {action} | {took} | {} | {} |", step.rows, cell(&step.waits.join("; ")));
        }
    }
    let _ = writeln!(out, "\n## Backup\n");
    match &report.backup {
        Some(backup) => {
            let what = if backup.tables.is_some() { "the tables touched" } else { "the whole database" };
            let _ = writeln!(out, "{} ({what}, {} bytes, sha256 {})", backup.location, backup.bytes, backup.sha256);
        }
        None => out.push_str("None.\n"),
    }
    if !report.undo.is_empty() {
        out.push_str("\n## How to take it back\n\n");
        for line in &report.undo {
            let _ = writeln!(out, "    {line}");
        }
    }
    out
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn until(at: Option<DateTime<Utc>>) -> String {
    at.map(|at| format!(", ended {}", time(at))).unwrap_or_default()
}

fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}
