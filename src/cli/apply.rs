//! `schemawarden apply`: shows the plan, asks, applies it, and checks that the drift is gone.
//!
//! Sends only statements that were shown and confirmed.

use std::io::{IsTerminal, Write};

use chrono::Utc;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::arguments::{ApplyArguments, Format};
use super::plan::Rehearsed;
use super::progress::{Progress, StepDone, watched};
use super::{Outcome, plan, terminal, text};
use crate::daemon::fix::{self, FixError, FixSpec, Proposal, Refusal};
use crate::daemon::telemetry;
use crate::domain::plan::Plan;
use crate::domain::report::{Drift, Report, Verdict};
use crate::state::StateLocation;

/// The outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Ending {
    NothingToDo,
    /// There is nothing that a plan can do, or nothing is left; and objects differ that have no model.
    Uncompared,
    /// The plan was applied, and the drift is gone.
    Converged,
    /// The plan was applied, and there is still drift.
    NotConverged,
    /// The plan was applied; whether the drift is gone is unknown.
    Unknown,
    /// An error or the operator stopped it.
    Failed,
    /// Nothing was sent: the plan is not the requested one, …
    Stale,
    /// … something must be settled first, …
    Blocked,
    /// … a hazard was not allowed, …
    Forbidden,
    /// … it failed its rehearsal, or there was none and nobody to ask, …
    Unrehearsed,
    /// … it was not confirmed, …
    Declined,
    /// … or it is a dry run.
    DryRun,
}

impl Ending {
    fn outcome(self) -> Outcome {
        match self {
            Self::NothingToDo | Self::Converged => Outcome::Well,
            Self::Uncompared | Self::Unknown => Outcome::Unknown,
            Self::NotConverged
            | Self::Failed
            | Self::Stale
            | Self::Blocked
            | Self::Forbidden
            | Self::Unrehearsed
            | Self::Declined
            | Self::DryRun => Outcome::Open,
        }
    }
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Answer<'a> {
    target: &'a str,
    address: String,
    outcome: Ending,
    /// The reason, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    plan: &'a Plan,
    #[serde(skip_serializing_if = "Option::is_none")]
    rehearsal: Option<Rehearsed>,
    carried_out: Vec<StepDone>,
    skipped: usize,
    /// Rows whose old values `put-back` can restore.
    #[serde(skip_serializing_if = "is_zero")]
    kept_rows: u64,
    /// The remaining drift.
    drift: Vec<Drift>,
}

pub(super) async fn run(arguments: &ApplyArguments) -> anyhow::Result<Outcome> {
    let (spec, log) = arguments.fix.spec()?;
    let terminal = std::io::stderr().is_terminal();
    if !terminal {
        telemetry::init(&log)?;
    }
    let allowed = arguments.fix.allowed();
    let proposal = fix::propose(&spec, Utc::now()).await?;
    let mut answer = Answer {
        target: &spec.check.name,
        address: spec.check.source.address(),
        outcome: Ending::NothingToDo,
        reason: None,
        plan: &proposal.plan,
        rehearsal: None,
        carried_out: Vec::new(),
        skipped: 0,
        kept_rows: 0,
        drift: proposal.drift.clone(),
    };
    if arguments.format == Format::Text {
        write!(terminal::stdout(), "{}{}", plan::title(&spec), proposal.text(&allowed))?;
    }
    let mut refused = refusal(arguments, &proposal);
    if refused.is_none() && !arguments.no_rehearse {
        let rehearsal = Rehearsed::from(proposal.rehearse(&spec).await);
        if arguments.format == Format::Text {
            writeln!(terminal::stdout(), "\n{rehearsal}")?;
        }
        refused = unrehearsed(&rehearsal, arguments.yes).map(|why| (Ending::Unrehearsed, Some(why)));
        answer.rehearsal = Some(rehearsal);
    }
    if refused.is_none() {
        refused = dissent(arguments, &spec, &proposal.plan)?;
    }
    if let Some(refused) = refused {
        (answer.outcome, answer.reason) = refused;
    } else {
        let progress = Progress::new(terminal);
        let stop = CancellationToken::new();
        let on_event = |event| progress.report(event);
        let applied = watched(fix::apply(&spec, &proposal.plan, &on_event, &stop), &progress, &stop).await;
        (answer.carried_out, answer.skipped) = progress.into_done();
        if proposal.plan.keeps_values() {
            let kept = fix::kept(&spec.check.name, &spec.state, &proposal.plan.id).await;
            answer.kept_rows = kept.map_or(0, |rows| rows.values().sum());
        }
        let report = fix::verify(&spec, Utc::now()).await;
        (answer.outcome, answer.reason) = judge(applied.err(), &report);
        if arguments.format == Format::Text {
            carried_out(&answer, &spec.state)?;
            writeln!(terminal::stdout())?;
            text::report(&mut terminal::stdout(), &report)?;
        }
        answer.drift = report.drift;
    }
    match (arguments.format, &answer.reason) {
        (Format::Json, _) => writeln!(terminal::stdout(), "{}", serde_json::to_string_pretty(&answer)?)?,
        (Format::Text, Some(reason)) => text::error(&anyhow::anyhow!(reason.clone())),
        (Format::Text, None) => {}
    }
    Ok(answer.outcome.outcome())
}

type Ended = (Ending, Option<String>);

/// Why this plan must not be applied.
fn refusal(arguments: &ApplyArguments, proposal: &Proposal) -> Option<Ended> {
    let refusal = proposal.permit(arguments.plan.as_deref(), &arguments.fix.allowed()).err()?;
    let plainly = || Some(format!("nothing was done: {refusal}"));
    Some(match &refusal {
        Refusal::NothingToDo if proposal.uncompared.is_empty() => (Ending::NothingToDo, None),
        Refusal::NothingToDo => (Ending::Uncompared, Some(uncompared(&proposal.uncompared))),
        Refusal::Stale { .. } => (Ending::Stale, plainly()),
        // By the plan's content, which was shown.
        Refusal::Blocked(_) => {
            (Ending::Blocked, Some("nothing was done, not even in part: the plan is blocked".into()))
        }
        Refusal::Forbidden(costs) => {
            let reason = format!("nothing was done, because of what the plan costs: to allow it, say --allow {costs}");
            (Ending::Forbidden, Some(reason))
        }
        Refusal::NoSteps => (Ending::NotConverged, plainly()),
    })
}

/// Why a plan with this rehearsal is not to be carried out.
fn unrehearsed(rehearsal: &Rehearsed, agreed_beforehand: bool) -> Option<String> {
    match rehearsal {
        Rehearsed::Failed { .. } => Some("nothing was done: the plan does not do what it should".into()),
        Rehearsed::NotHeld { reason } if agreed_beforehand => Some(format!(
            "nothing was done: the rehearsal could not be held: {reason}. To apply the plan without one, say --no-rehearse"
        )),
        // One that was not held has been shown, and the operator is asked.
        Rehearsed::Passed { .. } | Rehearsed::NotHeld { .. } => None,
    }
}

/// Why it was not confirmed.
fn dissent(arguments: &ApplyArguments, spec: &FixSpec, plan: &Plan) -> anyhow::Result<Option<Ended>> {
    if arguments.dry_run {
        return Ok(Some((Ending::DryRun, None)));
    }
    if arguments.yes {
        return Ok(None);
    }
    let reason = match agreed(&format!("Apply plan {} to {}? [y/N] ", plan.id, spec.source.address()))? {
        Some(true) => return Ok(None),
        Some(false) => "nothing was done".into(),
        None => format!(
            "nothing was done: cannot ask for confirmation, because standard input is not a terminal. To confirm \
             beforehand, pass \
             --yes, or --plan {} --yes to agree to this plan alone",
            plan.id
        ),
    };
    Ok(Some((Ending::Declined, Some(reason))))
}

/// `None`: standard input is not a terminal.
pub(super) fn agreed(question: &str) -> std::io::Result<Option<bool>> {
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    let mut err = std::io::stderr();
    write!(err, "\n{question}")?;
    err.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(Some(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn judge(error: Option<FixError>, report: &Report) -> (Ending, Option<String>) {
    if let Some(error) = error {
        return (Ending::Failed, Some(text::chain(&anyhow::Error::from(error))));
    }
    match report.verdict {
        Verdict::Holds => (Ending::Converged, None),
        Verdict::Uncompared => (Ending::Uncompared, Some(uncompared(&report.uncompared))),
        Verdict::Violated => {
            (Ending::NotConverged, Some("the plan was carried out, and there is still drift: plan again".into()))
        }
        Verdict::Unknown => {
            let why = report.error.clone().unwrap_or_else(|| "relations are locked by others".into());
            (Ending::Unknown, Some(format!("the plan was carried out; whether the drift is gone is not known: {why}")))
        }
    }
}

fn uncompared(what: &[String]) -> String {
    format!("nothing is left that a plan could change, and not all is as expected: {}", what.join("; "))
}

fn carried_out(answer: &Answer, state: &StateLocation) -> std::io::Result<()> {
    let mut out = terminal::stdout();
    let (done, of, skipped) = (answer.carried_out.len(), answer.plan.steps().count(), answer.skipped);
    writeln!(out, "\n{done} of {of} steps carried out, {skipped} held before")?;
    for StepDone { number, action, elapsed, rows } in &answer.carried_out {
        let rows = if *rows > 0 { format!(", {rows} rows") } else { String::new() };
        writeln!(
            out,
            "{number:>3}. {}  {}{rows}",
            crate::domain::name::one_line(action),
            crate::domain::report::elapsed(*elapsed)
        )?;
    }
    if answer.kept_rows > 0 {
        let (rows, state) = (answer.kept_rows, state);
        writeln!(out, "the old values of {rows} rows are kept in {state}; to give them back:")?;
        writeln!(out, "    schemawarden put-back --plan {}", answer.plan.id)?;
    }
    Ok(())
}
