//! Folders of migrations, read by their tools' rules: which files, in what order, and which part of each.
//!
//! Pure: from the content of a folder to what is run. A folder that two rules read differently is refused, and so is a
//! part that looks like an undo part without a tool that marks it as one: running an undo part by mistake would leave
//! an empty expectation.

mod lists;
mod marker;
mod names;
mod recognise;
mod tool;
mod up;

use std::collections::BTreeMap;

use crate::domain::script::ScriptProblem;
use names::{Order, Role};
use tool::{LISTED, Lists, Sign};

pub use tool::Tool;

/// A file of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the folder, with `/`.
    pub path: String,
    pub text: String,
}

/// What is read.
#[derive(Clone, Copy, Debug)]
pub enum Given<'a> {
    /// One file, whatever its name.
    File(&'a Entry),
    /// The files that a glob matched, whatever their names.
    Files(&'a [Entry]),
    /// All files of a folder and of its subfolders.
    Folder(&'a [Entry]),
}

/// The result of reading.
#[derive(Debug)]
pub struct Reading {
    pub tool: &'static Tool,
    /// In order; the text is the part that is run.
    pub files: Vec<Entry>,
    pub left_out: Vec<LeftOut>,
    /// What the tool would do in addition, and is not done here.
    pub notes: Vec<String>,
}

/// A file that is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub path: String,
    pub why: &'static str,
}

/// Why a folder cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{file}{}: {wrong}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct Problem {
    pub file: String,
    pub line: Option<usize>,
    pub wrong: Wrong,
}

#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Wrong {
    #[error(transparent)]
    Script(ScriptProblem),
    #[error(
        "this could be read as {} or as {}: say which by `migrations = \"{}\"` (or `--migrations {}`)",
        .0.name, .1.name, .0.key, .0.key
    )]
    Ambiguous(&'static Tool, &'static Tool),
    #[error(
        "this looks like the beginning of a part that undoes, and is no marker of {tool}; it was not run. Name the tool by \
         `migrations = \"…\"` (or `--migrations`), correct the marker, or say `migrations = \"plain\"` if nothing here undoes"
    )]
    Suspicious { tool: &'static str },
    #[error(
        "this file's name says that it undoes something, and no known tool names its files so; nothing was run. Name the tool \
         by `migrations = \"…\"` (or `--migrations`), give a glob without it, or say `migrations = \"plain\"` if it is to be run"
    )]
    Undoing,
    #[error(
        "{tool} replaces `{variable}…` by a value that stands elsewhere: write the value here, or expect a dump \
         (`pg_dump --schema-only`) of a database that {tool} has made"
    )]
    Variable { tool: &'static str, variable: &'static str },
    #[error("{what}: expect a dump (`pg_dump --schema-only`) of a database that {tool} has made")]
    NotFollowed { tool: &'static str, what: &'static str },
    #[error("the delimiter `{0}` cannot be followed: end each statement with a semicolon")]
    Delimiter(String),
    #[error("{tool} refuses two migrations of one version; the other is {other}")]
    Twice { tool: &'static str, other: String },
    #[error("{0} is in the list, and not in the folder")]
    Gone(String),
    #[error("this is no list of migrations: {0}")]
    List(String),
    #[error(
        "Liquibase runs what this file includes, in its order, which is not read: list the SQL files in `expected` by a glob, \
         or expect the output of `liquibase update-sql`"
    )]
    Changelog,
    #[error("no *.sql file here{}", .0.map(|tool| format!(" that {tool} runs")).unwrap_or_default())]
    Nothing(Option<&'static str>),
}

/// Reads `given` by the rules of `named` or, without it, of the recognised tool.
pub fn read(given: Given<'_>, named: Option<&'static Tool>) -> Result<Reading, Problem> {
    let entries = match given {
        Given::File(entry) => std::slice::from_ref(entry),
        Given::Files(entries) | Given::Folder(entries) => entries,
    };
    let trusting = named.is_some_and(Tool::is_plain);
    let tool = match (named, given) {
        (Some(named), _) => named,
        (None, Given::File(_)) => recognise::by_markers(entries)?.unwrap_or(LISTED),
        (None, Given::Files(_) | Given::Folder(_)) => recognise::recognise(entries)?,
    };
    let rule: fn(&str) -> Role = match given {
        Given::File(_) => names::natural_path,
        Given::Files(_) if tool.is_plain() => names::natural_path,
        Given::Files(_) | Given::Folder(_) => tool.names,
    };
    let listed = match (given, tool.sign) {
        (Given::Folder(_), Sign::List(name, lists)) => Some((name, listed(entries, name, lists)?)),
        _ => None,
    };
    let (run, mut left_out) = match listed {
        Some((name, paths)) => by_list(entries, name, &paths)?,
        None => by_name(tool, rule, entries)?,
    };
    let (mut files, mut notes) = (Vec::new(), Vec::new());
    for entry in run {
        let cut = up::up(tool, &entry.path, &entry.text, trusting)?;
        if cut.is_checkpoint {
            let before = files.drain(..).map(|it: Entry| LeftOut { path: it.path, why: "before a checkpoint" });
            left_out.extend(before);
        }
        notes.extend(cut.notes.iter().map(|(line, what)| format!("{}:{line}: {what}", entry.path)));
        files.push(Entry { path: entry.path.clone(), text: cut.text });
    }
    if files.is_empty() {
        let wrong = Wrong::Nothing((!tool.is_plain()).then_some(tool.name));
        return Err(Problem { file: ".".into(), line: None, wrong });
    }
    Ok(Reading { tool, files, left_out, notes })
}

impl Reading {
    /// For people: `Flyway's order`.
    pub fn order(&self) -> String {
        match self.tool.key {
            "plain" => "the order of their numbers".to_owned(),
            "pairs" => "the order of their numbers, without those that undo".to_owned(),
            _ if self.tool.name.ends_with('s') => format!("{}' order", self.tool.name),
            _ => format!("{}'s order", self.tool.name),
        }
    }
}

type Chosen<'e> = (Vec<&'e Entry>, Vec<LeftOut>);

fn by_name<'e>(tool: &Tool, rule: fn(&str) -> Role, entries: &'e [Entry]) -> Result<Chosen<'e>, Problem> {
    let mut run: Vec<(Order, &Entry)> = Vec::new();
    let mut left_out = Vec::new();
    let mut baseline: Option<(Order, &Entry)> = None;
    let not = |entry: &Entry, why| LeftOut { path: entry.path.clone(), why };
    for entry in entries.iter().filter(|entry| is_sql(&entry.path)) {
        match rule(&entry.path) {
            Role::Run(order) => run.push((order, entry)),
            Role::Baseline(order) => {
                let newer = baseline.as_ref().is_none_or(|(before, _)| *before < order);
                let replaced = if newer { baseline.replace((order, entry)) } else { Some((order, entry)) };
                left_out.extend(replaced.map(|(_, entry)| not(entry, "an older baseline")));
            }
            Role::Undo => left_out.push(not(entry, "undoes a migration")),
            Role::Not(why) => left_out.push(not(entry, why)),
        }
    }
    run.sort_by(|a, b| (&a.0, &a.1.path).cmp(&(&b.0, &b.1.path)));
    if let Some((base, entry)) = baseline {
        let (kept, before): (Vec<_>, Vec<_>) = run.into_iter().partition(|(order, _)| *order > base);
        left_out.extend(before.into_iter().map(|(_, entry)| not(entry, "in the baseline")));
        run = std::iter::once((base, entry)).chain(kept).collect();
    }
    let twin = run.iter().zip(run.iter().skip(1)).find(|(a, b)| !a.0.version.is_empty() && a.0.version == b.0.version);
    if let Some(((_, first), (_, second))) = twin.filter(|_| tool.unique) {
        let wrong = Wrong::Twice { tool: tool.name, other: first.path.clone() };
        return Err(Problem { file: second.path.clone(), line: None, wrong });
    }
    Ok((run.into_iter().map(|(_, entry)| entry).collect(), left_out))
}

fn by_list<'e>(entries: &'e [Entry], name: &str, paths: &[(usize, String)]) -> Result<Chosen<'e>, Problem> {
    let known: BTreeMap<&str, &Entry> = entries.iter().map(|entry| (entry.path.as_str(), entry)).collect();
    let find = |(line, path): &(usize, String)| {
        let gone = || Problem { file: name.to_owned(), line: Some(*line), wrong: Wrong::Gone(path.clone()) };
        known.get(path.as_str()).copied().ok_or_else(gone)
    };
    let run = paths.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let is_left = |entry: &&Entry| is_sql(&entry.path) && !paths.iter().any(|(_, path)| *path == entry.path);
    let not = |entry: &Entry| LeftOut { path: entry.path.clone(), why: "not in the list" };
    Ok((run, entries.iter().filter(is_left).map(not).collect()))
}

fn listed(entries: &[Entry], name: &str, lists: Lists) -> Result<Vec<(usize, String)>, Problem> {
    let Some(list) = entries.iter().find(|entry| entry.path == name) else {
        return Err(Problem { file: name.to_owned(), line: None, wrong: Wrong::Gone(name.to_owned()) });
    };
    let read = match lists {
        Lists::Drizzle => lists::drizzle(&list.text),
        Lists::Sqitch => lists::sqitch(&list.text),
    };
    read.map_err(|what| Problem { file: name.to_owned(), line: None, wrong: Wrong::List(what) })
}

fn is_sql(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".sql")
}

#[cfg(test)]
mod tests;
