//! The plan as text, for an operator who has to approve it: what is done, under which locks, for how long, at what
//! cost, and what blocks it. Pure. Coloured for a terminal; control characters from a database are made harmless.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::survey::Size;
use super::{Blocked, Cost, Hazard, Plan, Segment, Step, Work};
use crate::domain::lock::{Lock, LockMode};
use crate::domain::name::{QName, one_line, printable};
use crate::domain::report::Drift;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// The most lines of a statement that are shown; the script contains all.
const LONGEST_STATEMENT: usize = 12;

/// What is shown besides the plan.
#[derive(Clone, Copy, Debug)]
pub struct Background<'a> {
    /// The drift that the plan is to remove.
    pub drift: &'a [Drift],
    /// Other differences, which no plan changes.
    pub uncompared: &'a [String],
    pub sizes: &'a BTreeMap<QName, Size>,
    pub allowed: &'a BTreeSet<Hazard>,
}

/// Ends with a newline.
pub fn text(plan: &Plan, background: Background) -> String {
    let mut uncompared = String::new();
    for it in background.uncompared {
        uncompared.push_str(&format!("\n{YELLOW}not compared{YELLOW:#}  {}\n", one_line(it)));
    }
    if plan.is_empty() && background.drift.is_empty() {
        return match background.uncompared {
            [] => "nothing to do: the live schema is what is expected\n".into(),
            [..] => format!("nothing to do that a plan could: what has no model differs\n{uncompared}"),
        };
    }
    let mut text = format!("{BOLD}plan {}{BOLD:#}  {}\n", plan.id, summary(plan, background.allowed));
    if !background.drift.is_empty() {
        text.push_str(&format!("\n{BOLD}why{BOLD:#}\n"));
    }
    for drift in background.drift {
        let (kind, change) = (drift.kind.words(), drift.change.as_str());
        text.push_str(&format!("  {kind} {} {change}\n", one_line(&drift.object)));
        text.push_str(&format!("    {DIM}{}{DIM:#}\n", one_line(&drift.detail)));
    }
    let mut number = 1;
    for segment in &plan.segments {
        text.push('\n');
        segment_text(&mut text, segment, &mut number, background);
    }
    if !plan.blocked.is_empty() {
        text.push_str(&format!("\n{RED}blocked{RED:#}: nothing is done until this is settled\n"));
    }
    for blocked in &plan.blocked {
        blocked_text(&mut text, blocked);
    }
    for warning in &plan.warnings {
        text.push_str(&format!("\n{YELLOW}warning{YELLOW:#}  {}\n", one_line(warning)));
    }
    text.push_str(&uncompared);
    let forbidden: BTreeSet<Hazard> = plan.forbidden(background.allowed).map(|(_, cost)| cost.hazard).collect();
    if !forbidden.is_empty() {
        text.push_str(&format!("\nto allow what it costs: {BOLD}--allow {}{BOLD:#}\n", listed(forbidden)));
    }
    text
}

/// One line: `7 steps in 6 transactions; readers and writers are stopped for milliseconds at a time, …; hazards: none`
pub fn summary(plan: &Plan, allowed: &BTreeSet<Hazard>) -> String {
    let (steps, segments) = (plan.steps().count(), plan.segments.len());
    let mut parts = Vec::new();
    if steps > 0 {
        parts.push(format!("{} in {}", counted(steps, "step"), counted(segments, "transaction")));
        parts.push(longest_stop(plan));
    } else if plan.blocked.is_empty() {
        parts.push("there is nothing that a plan can do".into());
    }
    let hazards: BTreeSet<Hazard> = plan.steps().flat_map(|step| &step.hazards).map(|cost| cost.hazard).collect();
    let forbidden = hazards.difference(allowed).count() > 0;
    let (named, yet) = (if hazards.is_empty() { "none".into() } else { listed(hazards) }, " (not allowed yet)");
    parts.push(format!("hazards: {named}{}", if forbidden { yet } else { "" }));
    if !plan.blocked.is_empty() {
        parts.push(format!("blocked by {}", counted(plan.blocked.len(), "problem")));
    }
    parts.join("; ")
}

/// The hazard's object, with its size.
pub fn cost(cost: &Cost) -> String {
    let size = size_text(Size { rows: cost.rows, bytes: cost.bytes });
    format!("{}{size}", one_line(&cost.what))
}

/// The longest time for which the application is blocked.
fn longest_stop(plan: &Plan) -> String {
    let longest =
        plan.segments.iter().flat_map(held).filter(|held| held.mode.blocks_writers()).map(|held| held.work).max();
    // Readers and writers also queue behind a lock request that waits.
    let waits = plan.steps().filter(|step| step.locks.iter().any(|lock| lock.mode.blocks_writers()));
    let wait = waits.map(|step| step.limits.lock_timeout).max().unwrap_or_default();
    match longest {
        None => "no session is stopped".into(),
        Some(Hold::Moment) => format!("no session is stopped for longer than about {}", duration(wait)),
        Some(Hold::Scan) => "writers are stopped while a table is read".into(),
        Some(Hold::Rewrite) => "readers and writers are stopped while a table is rewritten".into(),
    }
}

/// How long a lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hold {
    Moment,
    Scan,
    Rewrite,
}

impl From<&Work> for Hold {
    fn from(work: &Work) -> Self {
        match work {
            // Each batch is a transaction of its own.
            Work::Metadata | Work::Batches { .. } => Self::Moment,
            Work::Scan { .. } => Self::Scan,
            Work::Rewrite { .. } => Self::Rewrite,
        }
    }
}

/// A lock, from the step that takes it to the commit.
struct Held<'a> {
    table: &'a QName,
    mode: LockMode,
    work: Hold,
}

/// The strongest lock on each table, and the longest work from the step that takes it onwards.
fn held(segment: &Segment) -> Vec<Held<'_>> {
    let steps = segment.steps();
    let first: &[Lock] = match segment {
        Segment::Transaction { lock_first, .. } => lock_first,
        Segment::Autocommit { .. } => &[],
    };
    let taken = first.iter().map(|lock| (0, lock));
    let taken =
        taken.chain(steps.iter().enumerate().flat_map(|(at, step)| step.locks.iter().map(move |lock| (at, lock))));
    let mut strongest: BTreeMap<&QName, (LockMode, usize)> = BTreeMap::new();
    for (at, lock) in taken {
        let known = strongest.entry(&lock.table).or_insert((lock.mode, at));
        if lock.mode > known.0 {
            *known = (lock.mode, at);
        }
    }
    let of = |(table, (mode, at))| {
        let work = steps.iter().skip(at).map(|step| Hold::from(&step.work)).max().unwrap_or(Hold::Moment);
        Held { table, mode, work }
    };
    strongest.into_iter().map(of).collect()
}

fn segment_text(text: &mut String, segment: &Segment, number: &mut usize, background: Background) {
    let steps = segment.steps();
    if steps.len() > 1 {
        let last = *number + steps.len() - 1;
        text.push_str(&format!("{DIM}{number} to {last}, committed as one{DIM:#}\n"));
    }
    for step in steps {
        text.push_str(&format!("{BOLD}{number:>2}. {}{BOLD:#}\n", one_line(&step.action)));
        step_text(text, step, background);
        *number += 1;
    }
    for Held { table, mode, work } in held(segment) {
        let (stopped, how_long) = match (mode.blocks_readers(), mode.blocks_writers()) {
            (true, _) => ("stops readers and writers", until(work)),
            (false, true) => ("stops writers", until(work)),
            (false, false) => ("stops neither readers nor writers", ""),
        };
        line(text, "lock", &format!("{} {mode}: {stopped}{how_long}", one_line(&table.to_string())));
    }
}

fn until(work: Hold) -> &'static str {
    match work {
        Hold::Moment => " for milliseconds",
        Hold::Scan | Hold::Rewrite => " until the work is done",
    }
}

fn step_text(text: &mut String, step: &Step, background: Background) {
    let sql = printable(&step.sql);
    let lines = sql.lines().count();
    for part in sql.lines().take(LONGEST_STATEMENT) {
        text.push_str(&format!("    {part}\n"));
    }
    if lines > LONGEST_STATEMENT {
        text.push_str(&format!("    {DIM}… {} more lines{DIM:#}\n", lines - LONGEST_STATEMENT));
    }
    let with_size = |table: &QName| {
        let size = background.sizes.get(table).copied().unwrap_or_default();
        format!("{}{}", one_line(&table.to_string()), size_text(size))
    };
    let all = |tables: &[QName]| tables.iter().map(with_size).collect::<Vec<_>>().join(", ");
    match &step.work {
        Work::Metadata => {}
        Work::Scan { tables } => line(text, "work", &format!("reads {}", all(tables))),
        Work::Rewrite { tables } => line(text, "work", &format!("rewrites {}", all(tables))),
        Work::Batches { table, keep } => {
            let keeps = if keep.is_some() { "; the old values are kept first" } else { "" };
            line(text, "work", &format!("changes rows of {}, range by range, each committed{keeps}", with_size(table)));
        }
    }
    // The application may not wait that long: no session queues behind such a lock.
    if step.limits.lock_timeout > Duration::from_secs(1) {
        let limit = duration(step.limits.lock_timeout);
        line(text, "wait", &format!("up to {limit} for older transactions; no session waits behind it"));
    }
    for it in &step.hazards {
        let allowed = background.allowed.contains(&it.hazard);
        let needs = if allowed { String::new() } else { format!(" (needs --allow {})", it.hazard) };
        line(text, "cost", &format!("{RED}{}{RED:#}: {}{needs}", it.hazard, cost(it)));
        text.extend(it.sample.iter().map(|value| format!("          {}\n", one_line(value))));
    }
    if let Some(why) = &step.irreversible {
        line(text, "undo", &format!("impossible: {}", one_line(why)));
    }
}

fn blocked_text(text: &mut String, blocked: &Blocked) {
    let rows = blocked.rows.map(|rows| format!(" ({})", counted_large(rows, "row"))).unwrap_or_default();
    let (object, reason) = (one_line(&blocked.object), one_line(&blocked.reason));
    text.push_str(&format!("  {BOLD}{object}{BOLD:#}: {reason}{rows}\n"));
    for row in &blocked.sample {
        text.push_str(&format!("      {}\n", one_line(row)));
    }
    text.push_str(&format!("    {}\n", one_line(&blocked.advice)));
    for statement in &blocked.statements {
        let lines: Vec<_> = statement.lines().map(|line| format!("      {}", one_line(line))).collect();
        text.push_str(&format!("{};\n", lines.join("\n")));
    }
}

fn line(text: &mut String, label: &str, what: &str) {
    text.push_str(&format!("    {DIM}{label}{DIM:#}  {what}\n"));
}

/// The hazards as `--allow` takes them.
pub fn listed(hazards: impl IntoIterator<Item = Hazard>) -> String {
    hazards.into_iter().map(Hazard::as_str).collect::<Vec<_>>().join(",")
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn counted_large(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// ` (5,000,000 rows, 1.2 GB)`, or nothing if nothing is known.
fn size_text(size: Size) -> String {
    let rows = size.rows.map(|rows| counted_large(rows, "row"));
    let known: Vec<String> = rows.into_iter().chain(size.bytes.map(bytes)).collect();
    if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let comma = |(at, digit): (usize, char)| {
        let comma = at > 0 && (digits.len() - at).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(comma).collect()
}

fn bytes(bytes: u64) -> String {
    let mut amount = bytes;
    for unit in ["bytes", "kB", "MB"] {
        if amount < 10_240 {
            return format!("{amount} {unit}");
        }
        amount /= 1_024;
    }
    format!("{amount} GB")
}

fn duration(duration: Duration) -> String {
    match duration.as_millis() {
        ms if ms > 0 && ms.is_multiple_of(60_000) => format!("{} min", ms / 60_000),
        ms if ms > 0 && ms.is_multiple_of(1_000) => format!("{} s", ms / 1_000),
        ms => format!("{ms} ms"),
    }
}

#[cfg(test)]
mod tests;
