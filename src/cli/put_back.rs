//! `schemawarden put-back`: puts values that a plan has replaced back into their rows, if they are still unchanged.

use std::io::{IsTerminal, Write};

use tokio_util::sync::CancellationToken;

use super::apply::agreed;
use super::arguments::PutBackArguments;
use super::progress::{Progress, watched};
use super::{Outcome, terminal};
use crate::daemon::fix;
use crate::daemon::telemetry;
use crate::domain::name::one_line;
use crate::pg::apply::restore::PutBack;

pub(super) async fn run(arguments: &PutBackArguments) -> anyhow::Result<Outcome> {
    let place = arguments.at.place()?;
    let (mut out, mut err) = (terminal::stdout(), terminal::stderr());
    let kept = fix::kept(&place.name, &place.state, &arguments.plan).await?;
    if kept.is_empty() {
        writeln!(err, "plan {} has kept nothing of {} in {}", arguments.plan, place.name, place.state)?;
        return Ok(Outcome::Open);
    }
    for (table, rows) in &kept {
        writeln!(out, "{}: the old values of {rows} rows", one_line(&table.to_string()))?;
    }
    if !arguments.yes {
        match agreed(&format!("Put them back in {}? [y/N] ", place.source.address()))? {
            Some(true) => {}
            Some(false) => return Ok(Outcome::Open),
            None => {
                writeln!(
                    err,
                    "nothing was done: cannot ask for confirmation, because standard input is not a terminal; pass \
                     --yes"
                )?;
                return Ok(Outcome::Open);
            }
        }
    }
    let terminal = std::io::stderr().is_terminal();
    if !terminal {
        telemetry::init(&place.log)?;
    }
    let (progress, stop) = (Progress::new(terminal), CancellationToken::new());
    let on_event = |event| progress.report(event);
    let work = fix::put_back((&place.name, &place.source), &place.state, &arguments.plan, &on_event, &stop);
    let mut outcome = Outcome::Well;
    for (table, PutBack { put_back, already, changed, missing, refused, refusal }) in
        watched(work, &progress, &stop).await?
    {
        let table = one_line(&table.to_string()).into_owned();
        writeln!(out, "{table}: {put_back} rows have their old values again, {already} had them already")?;
        for (rows, why) in [(changed, "have other values by now"), (missing, "are no longer there")] {
            if rows > 0 {
                writeln!(out, "  {rows} {why}: they are left alone")?;
            }
        }
        if refused > 0 {
            let why = refusal.unwrap_or_default();
            writeln!(out, "  {rows} were refused by the server: {}", one_line(&why), rows = refused)?;
            writeln!(
                out,
                "  settle what refuses them (bring back what they refer to, drop the foreign key, or switch the \
                 trigger \
                 off for the time), then say this again: it goes on from here"
            )?;
            outcome = Outcome::Open;
        }
    }
    Ok(outcome)
}
