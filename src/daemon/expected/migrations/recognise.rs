//! Recognises the tool of a folder by its files.
//!
//! Pure. Several candidates are accepted if their rules run the same files; otherwise none is chosen.

use super::marker::Turn;
use super::names::{self, Role};
use super::tool::{PAIRS, PLAIN, Sign, TOOLS, Tool};
use super::{Entry, Problem, Wrong, is_sql};
use crate::domain::script::outline;

/// The strength of a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    Weak,
    Strong,
}

/// The tool of a folder. A folder without a sign is plain, or consists of up and down pairs.
pub fn recognise(entries: &[Entry]) -> Result<&'static Tool, Problem> {
    let marked = marked(entries, |tool, entry| would_run(tool, entry) && counts(entries, entry));
    let mut claims: Vec<(Claim, &Tool, String)> = TOOLS
        .iter()
        .filter_map(|tool| claim(tool, entries, &marked).map(|(claim, file)| (claim, tool, file)))
        .collect();
    claims.sort_by_key(|(claim, ..)| std::cmp::Reverse(*claim));
    match claims.as_slice() {
        [(_, tool, _)] => has_order(tool, entries).map(|()| *tool),
        [(first, tool, _), (second, ..), ..] if first > second => has_order(tool, entries).map(|()| *tool),
        [(_, one, _), (_, other, file), ..] => ambiguous(one, other, file),
        [] => plain(entries),
    }
}

/// The tool whose markers are in these files.
pub fn by_markers(entries: &[Entry]) -> Result<Option<&'static Tool>, Problem> {
    let marked = marked(entries, |_, _| true);
    match marked.as_slice() {
        [] => Ok(None),
        [(tool, _)] => Ok(Some(tool)),
        [(one, _), (other, file), ..] => ambiguous(one, other, file),
    }
}

fn ambiguous<T>(one: &'static Tool, other: &'static Tool, file: &str) -> Result<T, Problem> {
    Err(Problem { file: file.to_owned(), line: None, wrong: Wrong::Ambiguous(one, other) })
}

fn would_run(tool: &Tool, entry: &Entry) -> bool {
    matches!((tool.names)(&entry.path), Role::Run(_) | Role::Baseline(_))
}

/// Whether a file counts as a sign: files of subfolders do only if the folder itself has no files.
fn counts(entries: &[Entry], entry: &Entry) -> bool {
    let is_top = |entry: &Entry| is_sql(&entry.path) && !entry.path.contains('/');
    is_top(entry) || !entries.iter().any(is_top)
}

/// The tools whose markers are in these files, each with the first such file.
fn marked(entries: &[Entry], asked: impl Fn(&Tool, &Entry) -> bool) -> Vec<(&'static Tool, String)> {
    let mut found: Vec<(&Tool, String)> = Vec::new();
    for entry in entries.iter().filter(|entry| is_sql(&entry.path)) {
        let text = if entry.text.contains('#') { super::up::with_dashes(&entry.text) } else { entry.text.clone() };
        let comments = outline(&text).comments;
        for tool in TOOLS.iter().filter(|tool| tool.sign == Sign::Markers && asked(tool, entry)) {
            let is_marker = |turn| matches!(turn, Turn::Up | Turn::Down | Turn::Off);
            let mut markers = tool.markers.iter().filter(|marker| is_marker(marker.turn));
            let is_sign = markers.any(|marker| comments.iter().any(|it| marker.find(it.before, it.text).is_some()));
            if is_sign && !found.iter().any(|(known, _)| known == &tool) {
                found.push((tool, entry.path.clone()));
            }
        }
    }
    found
}

/// The strength of a tool's claim on a folder, and the file that it rests on.
fn claim(tool: &Tool, entries: &[Entry], marked: &[(&Tool, String)]) -> Option<(Claim, String)> {
    let there = |name: &str| entries.iter().find(|entry| entry.path == name);
    let sql = || entries.iter().filter(|entry| is_sql(&entry.path));
    let file = match tool.sign {
        Sign::None => None,
        Sign::List(name, _) => there(name),
        Sign::File(name) => return there(name).map(|entry| (Claim::Weak, entry.path.clone())),
        Sign::Content(name, what) => there(name).filter(|entry| entry.text.contains(what)),
        Sign::Markers => {
            let (_, file) = marked.iter().find(|(known, _)| *known == tool)?;
            return Some((Claim::Strong, file.clone()));
        }
        Sign::Names => sql().find(|entry| would_run(tool, entry) && counts(entries, entry)),
        Sign::MixedNames => return mixed(tool, entries).map(|file| (Claim::Strong, file)),
    };
    file.map(|entry| (Claim::Strong, entry.path.clone()))
}

/// The file that only this tool runs, in a folder that another tool claims by its names.
fn mixed(tool: &Tool, entries: &[Entry]) -> Option<String> {
    let other: fn(&str) -> Role = if tool.key == "sqlx" { names::up_down } else { names::flyway };
    let paths = || entries.iter().map(|entry| entry.path.as_str());
    let run = |rule: fn(&str) -> Role, path: &str| matches!(rule(path), Role::Run(_));
    let undone = |path: &str| {
        let is_undo = other(path) == Role::Undo;
        is_undo
            && path.strip_prefix('U').is_some_and(|rest| {
                let version = rest.split("__").next().unwrap_or_default();
                paths().any(|it| it.strip_prefix('V').is_some_and(|it| it.split("__").next() == Some(version)))
            })
    };
    let is_own = |path: &&str| run(tool.names, path) && !run(other, path) && !undone(path);
    let claimed = tool.key != "sqlx" || paths().any(|path| run(other, path));
    paths().find(is_own).filter(|_| claimed).map(str::to_owned)
}

/// Refuses a Liquibase folder with a changelog in another format, which may define the order.
fn has_order(tool: &Tool, entries: &[Entry]) -> Result<(), Problem> {
    let is_changelog = |entry: &&Entry| !is_sql(&entry.path) && entry.path.to_ascii_lowercase().contains("changelog");
    match entries.iter().find(is_changelog).filter(|_| tool.key == "liquibase") {
        Some(entry) => Err(Problem { file: entry.path.clone(), line: None, wrong: Wrong::Changelog }),
        None => Ok(()),
    }
}

fn plain(entries: &[Entry]) -> Result<&'static Tool, Problem> {
    let top = || entries.iter().filter(|entry| is_sql(&entry.path) && !entry.path.contains('/'));
    let mut undoing = top().filter_map(|entry| Some((entry, names::undoing(&entry.path)?))).peekable();
    if undoing.peek().is_none() {
        return Ok(PLAIN);
    }
    let has = |names: &[String]| names.iter().any(|name| top().any(|entry| entry.path == *name));
    match undoing.find(|(_, undone)| !has(undone)) {
        Some((entry, _)) => Err(Problem { file: entry.path.clone(), line: None, wrong: Wrong::Undoing }),
        None => Ok(PAIRS),
    }
}
