//! Reports and errors as text for a person: grouped by relation, expected beside live, coloured on a terminal only.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::terminal;
use crate::domain::catalog::{Address, Object, Severity};
use crate::domain::name::one_line;
use crate::domain::report::{Change, Drift, Expectation, InvariantReport, Report, Verdict, apart};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// Lines of a definition that are shown; `--format json` has them all.
const LONGEST_TEXT: usize = 12;

/// An error with its causes, on standard error.
pub(super) fn error(error: &anyhow::Error) {
    // A closed standard error has no reader.
    let _ = writeln!(terminal::stderr(), "{RED}error:{RED:#} {}", chain(error));
}

/// An error with its causes.
pub(super) fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        // Some errors repeat their cause.
        if !text.contains(&cause) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause);
        }
    }
    text
}

pub(super) fn report(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let verdict = verdict(report.verdict);
    let name = &report.name;
    write!(out, "{BOLD}{name}{BOLD:#}  {verdict}{}{verdict:#}", report.verdict.as_str())?;
    writeln!(out, "  {DIM}{}{DIM:#}", summary(report))?;
    if let Some(error) = &report.error {
        writeln!(out, "\n  {RED}could not tell{RED:#}: {error}")?;
    }
    for (relation, drift) in by_relation(&report.drift) {
        writeln!(out, "\n  {BOLD}{relation}{BOLD:#}")?;
        for found in drift {
            one_drift(out, found, &relation)?;
        }
    }
    if !report.invariants.is_empty() {
        writeln!(out, "\n  {BOLD}invariants{BOLD:#}")?;
    }
    for invariant in &report.invariants {
        one_invariant(out, invariant)?;
    }
    for relation in &report.busy {
        writeln!(
            out,
            "\n  {YELLOW}busy{YELLOW:#}  {relation}: locked by another session, its definitions could not be read"
        )?;
    }
    if let Some(expectation) = &report.expectation {
        read(out, expectation)?;
    }
    for it in &report.uncompared {
        writeln!(out, "\n  {YELLOW}not compared{YELLOW:#}  {}", one_line(it))?;
    }
    for warning in &report.warnings {
        writeln!(out, "\n  {YELLOW}warning{YELLOW:#}  {warning}")?;
    }
    for expired in &report.expired_policies {
        writeln!(out, "\n  {YELLOW}expired{YELLOW:#}  {expired}")?;
    }
    if !report.unmodelled.is_empty() {
        let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for it in &report.unmodelled {
            kinds.entry(&it.kind).or_default().push(&it.object);
        }
        writeln!(out, "\n  {BOLD}not compared{BOLD:#} (no model for these kinds yet)")?;
        for (kind, objects) in kinds {
            writeln!(out, "    {kind}: {}", first(&objects, 5))?;
        }
    }
    Ok(())
}

/// How a folder was read, and which files are not part of the expectation.
fn read(out: &mut impl Write, expectation: &Expectation) -> io::Result<()> {
    let Some(note) = expectation.note() else { return Ok(()) };
    writeln!(out, "\n  {DIM}expected{DIM:#}  {note}")?;
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for it in &expectation.left_out {
        reasons.entry(&it.why).or_default().push(&it.file);
    }
    for (why, files) in reasons {
        writeln!(out, "    {DIM}not read ({why}){DIM:#}: {}", first(&files, 5))?;
    }
    Ok(())
}

fn one_drift(out: &mut impl Write, drift: &Drift, relation: &str) -> io::Result<()> {
    let colour = severity(drift.severity);
    let sign = match drift.change {
        Change::Missing => '-',
        Change::Changed => '~',
        Change::Unexpected => '+',
    };
    let own = drift.object.strip_prefix(relation).unwrap_or(&drift.object).trim_start_matches('.');
    let own = if own.is_empty() { String::new() } else { format!(" {own}") };
    let kind = drift.kind.words();
    let (change, level) = (drift.change.as_str(), drift.severity.as_str());
    writeln!(out, "    {colour}{sign} {kind}{own}{colour:#} {change}, {colour}{level}{colour:#}")?;
    let sides = apart(drift.expected.as_deref(), drift.live.as_deref());
    for (label, mut lines) in ["expected", "live"].into_iter().zip(sides) {
        if lines.len() > LONGEST_TEXT {
            lines.truncate(LONGEST_TEXT);
            lines.push("…".into());
        }
        writeln!(out, "      {DIM}{label:<8}{DIM:#} {}", lines.join("\n               "))?;
    }
    writeln!(out, "      {DIM}{}{DIM:#}", drift.detail)?;
    if drift.last_known {
        writeln!(out, "      {YELLOW}last known: it could not be looked at this time{YELLOW:#}")?;
    }
    Ok(())
}

fn one_invariant(out: &mut impl Write, invariant: &InvariantReport) -> io::Result<()> {
    let colour = verdict(invariant.verdict);
    let counts: Vec<_> = invariant.counts.iter().map(|(reason, rows)| format!("{rows} {reason}")).collect();
    let about = if invariant.estimated { "about " } else { "" };
    let (name, judged) = (&invariant.name, invariant.verdict.as_str());
    writeln!(out, "    {colour}{name}{colour:#}  {colour}{judged}{colour:#}  {about}{}", counts.join(", "))?;
    if let Some(detail) = &invariant.detail {
        writeln!(out, "      {DIM}{detail}{DIM:#}")?;
    }
    Ok(())
}

/// `5 drifts (4 critical, 1 warning), full read in 43 ms`
fn summary(report: &Report) -> String {
    let mut levels = Vec::new();
    for level in [Severity::Critical, Severity::Warning, Severity::Info] {
        let count = report.drift.iter().filter(|drift| drift.severity == level).count();
        if count > 0 {
            levels.push(format!("{count} {level}"));
        }
    }
    let drift = match report.drift.len() {
        0 if report.verdict == Verdict::Unknown => "nothing is known".to_owned(),
        0 => "no drift".to_owned(),
        1 => format!("1 drift ({})", levels.join(", ")),
        count => format!("{count} drifts ({})", levels.join(", ")),
    };
    format!("{drift}, in {} ms", report.duration.as_millis())
}

/// Drift grouped by its relation, or by its own address.
fn by_relation(drift: &[Drift]) -> BTreeMap<String, Vec<&Drift>> {
    let mut groups: BTreeMap<String, Vec<&Drift>> = BTreeMap::new();
    for found in drift {
        let subject = match &found.subject {
            Object::Comment(of) => of,
            other => other,
        };
        let group = match subject.address() {
            Address::Member(..) => parent(&found.object),
            Address::Database(_) | Address::Schema(_) | Address::Routine(_) | Address::Said(_) => &found.object,
        };
        groups.entry(group.to_owned()).or_default().push(found);
    }
    groups
}

/// Everything before the last dot outside quotes.
fn parent(address: &str) -> &str {
    let mut quoted = false;
    let mut last = None;
    for (at, c) in address.char_indices() {
        quoted ^= c == '"';
        if c == '.' && !quoted {
            last = Some(at);
        }
    }
    last.and_then(|at| address.get(..at)).unwrap_or(address)
}

fn first(objects: &[&str], most: usize) -> String {
    let shown: Vec<_> = objects.iter().take(most).copied().collect();
    let more = objects.len().saturating_sub(most);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn verdict(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Holds => GREEN,
        Verdict::Uncompared | Verdict::Unknown => YELLOW,
        Verdict::Violated => RED,
    }
}

fn severity(severity: Severity) -> Style {
    match severity {
        Severity::Critical => RED,
        Severity::Warning => YELLOW,
        Severity::Info => CYAN,
    }
}
