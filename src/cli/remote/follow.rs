//! Follows a remediation: prints its journal for people.

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use chrono::SecondsFormat;
use serde_json::Value;

use super::server::Server;
use crate::cli::{Outcome, terminal};
use crate::domain::name::one_line;
use crate::domain::runbook::End;
use crate::domain::runbook::journal::{Entry, EntryKind, Note, StepState};

const POLL: Duration = Duration::from_secs(1);

/// Follows to the end; then prints what can be done next.
pub(super) async fn follow(server: &Server, id: &str) -> anyhow::Result<Outcome> {
    let end = end(server, id).await.with_context(|| format!("remediation {id} goes on without being followed"))?;
    let mut out = terminal::stdout();
    let report = server.get(&["remediations", id, "report"], &[]).await?;
    let undo = report.get("undo").and_then(Value::as_array);
    let undo: Vec<_> = undo.into_iter().flatten().filter_map(Value::as_str).collect();
    if !undo.is_empty() {
        writeln!(out, "\nWhat you can do now:")?;
    }
    for line in undo {
        writeln!(out, "    {}", one_line(line))?;
    }
    writeln!(out, "\nThe report: {}", server.url(&["remediations", id, "report.md"])?)?;
    Ok(if end == End::Done { Outcome::Well } else { Outcome::Open })
}

async fn end(server: &Server, id: &str) -> anyhow::Result<End> {
    let mut after = 0;
    loop {
        let answer = server.get(&["remediations", id, "journal"], &[("after", after.to_string())]).await?;
        let entries = answer.get("entries").cloned().unwrap_or_default();
        let entries: Vec<Entry> = serde_json::from_value(entries).context("the daemon is of another version")?;
        for entry in entries {
            after = entry.seq;
            if let Some(line) = line(&entry.what) {
                let at = entry.at.to_rfc3339_opts(SecondsFormat::Secs, true);
                writeln!(terminal::stdout(), "{at}  {}", one_line(&line))?;
            }
            if let EntryKind::Closed { end } = entry.what {
                return Ok(end);
            }
        }
        tokio::time::sleep(POLL).await;
    }
}

/// `None`: an entry that people do not need.
fn line(what: &EntryKind) -> Option<String> {
    match what {
        EntryKind::Begun { phase } => Some(format!("{}: {} …", phase, phase.meaning())),
        EntryKind::Ended { phase, outcome, detail } => Some(format!("{phase} {}: {detail}", outcome.as_str())),
        EntryKind::Step { number, of, action, state } => {
            let place = format!("  {number}/{of} {action}");
            match state {
                StepState::Done { .. } => Some(place),
                StepState::Waiting { blockers } => Some(format!("{place}: waits for {}", blockers.join(", "))),
                StepState::Retrying { reason } => Some(format!("{place}: again, {reason}")),
                StepState::Started { .. } | StepState::Skipped => None,
            }
        }
        EntryKind::Noted(Note::Lease { until }) => {
            Some(format!("  it stops writing until {} at most", until.to_rfc3339_opts(SecondsFormat::Secs, true)))
        }
        EntryKind::Noted(Note::WayBack { plan, steps }) => Some(format!("  by plan {plan}, {steps} steps")),
        EntryKind::Noted(Note::Unresolved { remediation }) => {
            Some(format!("  remediation {remediation} was left to a human, and still is"))
        }
        EntryKind::Noted(Note::Backup(_) | Note::Degraded { .. } | Note::Silence { .. }) => None,
        EntryKind::CancelWanted { by } => Some(format!("{by} wants it to stop")),
        EntryKind::Closed { end } => Some(format!("{}: {}", end, end.meaning())),
    }
}
