//! `schemawarden plan`: what would turn the live schema into the expected one. Changes nothing.

use std::fmt::{self, Display};
use std::io::Write;

use chrono::Utc;
use serde::Serialize;

use super::arguments::{PlanArguments, PlanFormat};
use super::{Outcome, terminal};
use crate::daemon::fix::{self, FixSpec, Proposal};
use crate::domain::name::one_line;
use crate::domain::plan::Plan;
use crate::domain::plan::script::script;
use crate::domain::report::Drift;
use crate::pg::scratch::rehearse::{Rehearsal, unreported};

/// What `--format json` prints.
#[derive(Serialize)]
struct Answer<'a> {
    target: &'a str,
    address: String,
    plan: &'a Plan,
    drift: &'a [Drift],
    /// What differs and no plan changes, because its kind has no model.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    uncompared: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    rehearsal: Option<Rehearsed>,
}

/// The result of a rehearsal, as JSON.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(super) enum Rehearsed {
    Passed {
        /// Locks of hand-written statements that their text does not show.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        untold: Vec<String>,
        /// Where the rehearsal had no rows, and why.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        without_rows: Vec<String>,
    },
    Failed {
        problems: Vec<String>,
    },
    /// It could not be held, which proves nothing about the plan.
    NotHeld {
        reason: String,
    },
}

impl From<Rehearsal> for Rehearsed {
    fn from(rehearsal: Rehearsal) -> Self {
        match rehearsal {
            Rehearsal::Passed { locks, without_rows } => {
                Self::Passed { untold: unreported(&locks).collect(), without_rows }
            }
            Rehearsal::Failed(problems) => Self::Failed { problems },
            Rehearsal::Impossible(reason) => Self::NotHeld { reason },
        }
    }
}

impl Display for Rehearsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed { untold, without_rows } => {
                f.write_str("rehearsal: passed, in a copy of the live schema")?;
                untold.iter().chain(without_rows).try_for_each(|lock| write!(f, "\n  {}", one_line(lock)))
            }
            Self::Failed { problems } => {
                f.write_str("rehearsal: failed, in a copy of the live schema")?;
                problems.iter().try_for_each(|problem| write!(f, "\n  {}", one_line(problem)))
            }
            Self::NotHeld { reason } => write!(f, "rehearsal: could not be held: {}", one_line(reason)),
        }
    }
}

pub(super) async fn run(arguments: &PlanArguments) -> anyhow::Result<Outcome> {
    let (spec, _) = arguments.fix.spec()?;
    let allowed = arguments.fix.allowed();
    let proposal = fix::propose(&spec, Utc::now()).await?;
    let Proposal { plan, drift, uncompared, .. } = &proposal;
    let mut rehearsal = None;
    if arguments.rehearse && plan.blocked.is_empty() && !plan.segments.is_empty() {
        rehearsal = Some(Rehearsed::from(proposal.rehearse(&spec).await));
    }
    let target = &spec.check.name;
    let mut out = terminal::stdout();
    match arguments.format {
        PlanFormat::Json => {
            let answer = Answer { target, address: spec.check.source.address(), plan, drift, uncompared, rehearsal };
            writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
        }
        // Not through the stream that strips colours: what looks like an escape sequence may be part of a name.
        PlanFormat::Sql => std::io::stdout().write_all(script(plan, target, &allowed).as_bytes())?,
        PlanFormat::Text => {
            write!(out, "{}{}", title(&spec), proposal.text(&allowed))?;
            if let Some(rehearsal) = rehearsal {
                writeln!(out, "\n{rehearsal}")?;
            }
        }
    }
    Ok(match (proposal.is_settled(), uncompared.is_empty()) {
        (true, true) => Outcome::Well,
        (true, false) => Outcome::Unknown,
        (false, _) => Outcome::Open,
    })
}

/// The target of the plan.
pub(super) fn title(spec: &FixSpec) -> String {
    format!("{} at {}\n", spec.check.name, spec.check.source.address())
}
