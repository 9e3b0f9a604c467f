//! A handwritten fix as segments of a plan: its statements one by one, unchanged, in their own transactions, under the
//! executor's limits.
//!
//! What these statements ensure, and how to undo them, is not known. Their locks and costs are derived from their text
//! as far as possible, which is for a human to read and proves nothing.

mod form;
#[cfg(test)]
mod tests;

use super::statement::Parts;
use super::{Context, Cost, Effect, Hazard, Limits, Plan, Segment, Situation, Step, Work, finish};
use crate::domain::lock::Lock;
use crate::domain::name::{Name, QName};
use crate::domain::script::{ScriptProblem, Statement, split_strictly};
use form::{Form, Reads};

const EXCERPT_CHARS: usize = 60;

/// The search path, unless the script sets one: not the role's own setting, which differs between servers.
const SEARCH_PATH: &str = "public";

/// The executor sets these limits, and a script may not change them.
const LIMITS: [&str; 5] = [
    "lock_timeout",
    "statement_timeout",
    "idle_in_transaction_session_timeout",
    "transaction_timeout",
    "deadlock_timeout",
];

/// Settings that do not change what the statements mean.
const NEEDLESS: [&str; 8] = [
    "check_function_bodies",
    "client_encoding",
    "client_min_messages",
    "default_table_access_method",
    "row_security",
    "standard_conforming_strings",
    "work_mem",
    "xmloption",
];

/// A script as segments.
#[derive(Debug, Default)]
struct Handwritten {
    segments: Vec<Segment>,
    /// As the script sets it at its beginning.
    search_path: Option<String>,
    /// What was left out, and why.
    warnings: Vec<String>,
}

#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: {problem}")]
pub struct HandwrittenError {
    /// From 1.
    pub line: usize,
    pub problem: HandwrittenProblem,
}

#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum HandwrittenProblem {
    #[error(transparent)]
    Script(#[from] ScriptProblem),
    #[error("{0} is not supported in a fix: a transaction is rolled back as a whole when it fails")]
    Control(String),
    #[error("BEGIN within a transaction: the one before it has no COMMIT")]
    Nested,
    #[error("COMMIT without a BEGIN before it")]
    NoBegin,
    #[error("this BEGIN has no COMMIT")]
    NoCommit,
    #[error("this statement cannot run between BEGIN and COMMIT: put it before or after")]
    Alone,
    #[error("{0} would change what the statements after it mean, and is lost with the session: leave it out")]
    Setting(String),
    #[error("search_path can be set once, before the first statement: it holds for the whole script")]
    SearchPath,
}

/// The plan that runs the script, if there is any drift to remove.
pub fn make(text: &str, situation: &Situation<'_>) -> Result<Plan, HandwrittenError> {
    if situation.drift.is_empty() {
        return Ok(Plan::default());
    }
    let mut plan = from_script(text)?;
    finish::complete_by_hand(&mut plan, situation);
    Ok(plan)
}

/// The script's statements as a plan that knows nothing of the server.
pub fn from_script(text: &str) -> Result<Plan, HandwrittenError> {
    let Handwritten { mut segments, search_path, warnings } = read(text)?;
    let search_path = search_path.unwrap_or_else(|| SEARCH_PATH.to_owned());
    segments.iter_mut().for_each(under_locks);
    Ok(Plan { segments, search_path: Some(search_path), warnings, ..Plan::default() })
}

/// Whether the server refuses the statement inside a transaction block, or it controls its transactions itself.
pub(super) fn runs_outside_transaction(sql: &str) -> bool {
    form::of(sql).alone || may_commit(sql)
}

/// What a statement does to its transaction, where that is all it does: `COMMIT`.
pub fn transaction_control(sql: &str) -> Option<String> {
    match control(&mut Parts::of(sql)) {
        Control::Begin => Some("BEGIN".into()),
        Control::Commit => Some("COMMIT".into()),
        Control::Refused(what) => Some(what),
        Control::Setting | Control::None => None,
    }
}

/// Reads and writes cost more while locks of earlier statements are held.
fn under_locks(segment: &mut Segment) {
    let mut held: Vec<Lock> = Vec::new();
    for step in segment.steps_mut() {
        let blocked = |table: &&QName| held.iter().any(|lock| lock.table == **table && lock.mode.blocks_writers());
        let known = step.hazards.iter().any(|cost| matches!(cost.hazard, Hazard::BlockingScan | Hazard::TableRewrite));
        let table = step.work.tables().iter().find(blocked).filter(|_| !known);
        let what = table.map(|table| format!("{table}, locked by a statement before, while writes are blocked"));
        held.extend(step.locks.iter().cloned());
        let cost = |what: String| Cost::new(Hazard::BlockingScan, what);
        step.hazards.extend(what.map(cost));
    }
}

fn read(text: &str) -> Result<Handwritten, HandwrittenError> {
    let failed = |line, problem| HandwrittenError { line, problem };
    let statements = split_strictly(text).map_err(|error| failed(error.line, error.problem.into()))?;
    let mut result = Handwritten::default();
    let mut open: Option<(usize, Vec<Step>)> = None;
    for statement in &statements {
        let mut parts = Parts::of(statement.sql);
        let problem = |problem| failed(statement.line, problem);
        match control(&mut parts) {
            Control::Begin if open.is_some() => return Err(problem(HandwrittenProblem::Nested)),
            Control::Begin => {
                if !parts.rest().is_empty() {
                    result.warnings.push(format!("line {}: the options of BEGIN are left out", statement.line));
                }
                open = Some((statement.line, Vec::new()));
            }
            Control::Commit => {
                let (_, steps) = open.take().ok_or_else(|| problem(HandwrittenProblem::NoBegin))?;
                if !steps.is_empty() {
                    result.segments.push(Segment::Transaction { lock_first: Vec::new(), steps });
                }
            }
            Control::Refused(what) => return Err(problem(HandwrittenProblem::Control(what))),
            Control::Setting => {
                let is_first = result.segments.is_empty() && open.as_ref().is_none_or(|(_, steps)| steps.is_empty());
                setting(&mut result, statement, parts, is_first).map_err(problem)?;
            }
            Control::None => {
                let form = form::of(statement.sql);
                if open.is_some() && form.alone {
                    return Err(problem(HandwrittenProblem::Alone));
                }
                let step = step(statement, form, &schema(result.search_path.as_deref()));
                match &mut open {
                    Some((_, steps)) => steps.push(step),
                    None => result.segments.push(Segment::Autocommit { step: Box::new(step) }),
                }
            }
        }
    }
    match open {
        Some((line, _)) => Err(failed(line, HandwrittenProblem::NoCommit)),
        None => Ok(result),
    }
}

/// What a statement does to the transaction or the session, if that is all it does.
enum Control {
    Begin,
    Commit,
    Refused(String),
    Setting,
    None,
}

/// Skips the words of the control statement.
fn control(parts: &mut Parts) -> Control {
    let noise = |parts: &mut Parts| parts.take(&["work"]) || parts.take(&["transaction"]);
    if parts.take(&["start", "transaction"]) {
        return Control::Begin;
    }
    if parts.take(&["begin"]) {
        noise(parts);
        return Control::Begin;
    }
    if parts.take(&["commit"]) || parts.take(&["end"]) {
        noise(parts);
        return if parts.rest().is_empty() {
            Control::Commit
        } else {
            Control::Refused("COMMIT with more words".into())
        };
    }
    for words in
        [&["rollback"][..], &["abort"], &["savepoint"], &["release"], &["prepare", "transaction"], &["discard"]]
    {
        if parts.take(words) {
            return Control::Refused(words.join(" ").to_uppercase());
        }
    }
    let mut after_set = parts.clone();
    let sets = after_set.take(&["set"]) && !after_set.take(&["constraints"]);
    let calls = parts.has("set_config");
    if sets || calls || parts.clone().take(&["reset"]) { Control::Setting } else { Control::None }
}

/// Takes over SET, RESET or set_config, or says why it does not.
fn setting(
    result: &mut Handwritten,
    statement: &Statement<'_>,
    mut parts: Parts,
    is_first: bool,
) -> Result<(), HandwrittenProblem> {
    let sets = parts.take(&["set"]);
    let local = parts.take(&["local"]);
    let resets = !sets && parts.take(&["reset"]);
    if !local {
        parts.take(&["session"]);
    }
    let name = if sets || resets { parts.name().map(|name| name.name.as_str().to_owned()) } else { None };
    let Some(name) = name else { return Err(HandwrittenProblem::Setting("set_config".into())) };
    let line = statement.line;
    if LIMITS.contains(&name.as_str()) {
        result.warnings.push(format!("line {line}: {name} is left out: the limits of the executor hold"));
    } else if NEEDLESS.contains(&name.as_str()) {
        result.warnings.push(format!("line {line}: {name} is left out: it is not needed"));
    } else if name == "search_path" && sets {
        if !is_first || local || result.search_path.is_some() {
            return Err(HandwrittenProblem::SearchPath);
        }
        let value = value_of(statement.sql).ok_or(HandwrittenProblem::SearchPath)?.trim();
        // SET also takes a name in single quotes, which the setting has in double quotes.
        result.search_path = Some(if value.contains('"') { value.to_owned() } else { value.replace('\'', "\"") });
    } else {
        return Err(HandwrittenProblem::Setting(format!("SET {name}")));
    }
    Ok(())
}

/// What follows the first `=` or TO, whichever comes first.
fn value_of(sql: &str) -> Option<&str> {
    let equals = sql.find('=').map(|at| at + 1);
    let to = sql.to_ascii_lowercase().find(" to ").map(|at| at + 4);
    sql.get(equals.into_iter().chain(to).min()?..)
}

/// The schema of unqualified names, for the list of locks.
fn schema(search_path: Option<&str>) -> Name {
    let written = search_path.and_then(|path| Parts::of(path).name());
    written.map_or_else(|| SEARCH_PATH.into(), |written| written.name)
}

/// Part of it may be committed when it fails: it must not be retried.
fn may_commit(sql: &str) -> bool {
    let mut parts = Parts::of(sql);
    parts.take(&["call"]) || parts.take(&["do"]) && sql.to_ascii_lowercase().contains("commit")
}

fn step(statement: &Statement<'_>, form: Form, schema: &Name) -> Step {
    let words: Vec<&str> = statement.sql.split_whitespace().collect();
    let excerpt: String = words.join(" ").chars().take(EXCERPT_CHARS).collect();
    let mut locks: Vec<Lock> = Vec::new();
    for (table, mode) in form.locks {
        let table = QName { schema: table.schema.unwrap_or_else(|| schema.clone()), name: table.name };
        match locks.iter_mut().find(|lock| lock.table == table) {
            Some(lock) => lock.mode = lock.mode.max(mode),
            None => locks.push(Lock { table, mode }),
        }
    }
    locks.sort();
    let tables = || locks.iter().map(|lock| lock.table.clone()).collect();
    let (work, limits) = match form.reads {
        Reads::Catalog => (Work::Metadata, Limits::SHORT),
        Reads::Table => (Work::Scan { tables: tables() }, Limits::LONG),
        Reads::Rewrites => (Work::Rewrite { tables: tables() }, Limits::LONG),
    };
    // What the text does not show may take long.
    let unknown = form.hazards.iter().any(|(hazard, _)| *hazard == Hazard::NotReversible) && locks.is_empty();
    let limits = match (form.concurrent, unknown) {
        (true, _) => Limits::CONCURRENT,
        (false, true) => Limits::LONG,
        (false, false) => limits,
    };
    let limits = if may_commit(statement.sql) { Limits { attempts: 1, ..limits } } else { limits };
    let hazards = form.hazards.into_iter();
    let alone = (form.alone || may_commit(statement.sql)).then_some(Effect::OutsideTransaction);
    Step {
        effects: std::iter::once(Effect::Unknown).chain(alone).collect(),
        action: format!("line {}: {excerpt}", statement.line),
        sql: statement.sql.to_owned(),
        ensures: None,
        locks,
        work,
        limits,
        hazards: hazards.map(|(hazard, what)| Cost::new(hazard, what)).collect(),
        requires: Vec::new(),
        keeps: Vec::new(),
        guard: None,
        context: Context::default(),
        irreversible: Some("a hand-written statement".into()),
        undo: None,
    }
}
