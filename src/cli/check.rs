//! `schemawarden check`: one check of each selected target.

use std::io::Write;

use chrono::Utc;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::arguments::{CheckArguments, Format, Named};
use super::{Outcome, terminal, text};
use crate::daemon::check::{CheckSpec, Checker, Depth};
use crate::domain::invariant::Invariant;
use crate::domain::report::{Report, Verdict};
use crate::pg::count;

/// What `--format json` prints.
#[derive(Serialize)]
struct Answer {
    verdict: Verdict,
    targets: Vec<Report>,
}

pub(super) async fn run(arguments: &CheckArguments) -> anyhow::Result<Outcome> {
    let named = arguments.what.named()?;
    let mut targets = Vec::new();
    for spec in named.specs()? {
        let invariants = named.invariants(&spec.name);
        targets.push(one(spec, invariants).await);
    }
    let answer = Answer { verdict: Verdict::worst(targets.iter().map(|report| report.verdict)), targets };
    let mut out = terminal::stdout();
    match arguments.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?,
        Format::Text => {
            for (nth, report) in answer.targets.iter().enumerate() {
                if nth > 0 {
                    writeln!(out)?;
                }
                text::report(&mut out, report)?;
            }
        }
    }
    Ok(match answer.verdict {
        Verdict::Holds => Outcome::Well,
        Verdict::Violated => Outcome::Open,
        Verdict::Uncompared | Verdict::Unknown => Outcome::Unknown,
    })
}

async fn one(spec: CheckSpec, invariants: Vec<Invariant>) -> Report {
    let mut checker = Checker::new(spec.clone());
    let mut report = checker.check(Depth::Full, Utc::now()).await;
    if !report.reached {
        return report;
    }
    for invariant in invariants {
        let counted = count::report(&spec.source, &spec.guards, &invariant, &CancellationToken::new()).await;
        report.verdict = Verdict::worst([report.verdict, counted.verdict]);
        report.duration += counted.duration;
        report.invariants.push(counted);
    }
    report
}

impl Named {
    fn invariants(&self, target: &str) -> Vec<Invariant> {
        match self {
            Self::Config(_, targets) => {
                let of = targets.iter().filter(|it| it.name == target);
                of.flat_map(|it| it.invariants.iter().map(|it| it.invariant.clone())).collect()
            }
            Self::Database { .. } => Vec::new(),
        }
    }
}
