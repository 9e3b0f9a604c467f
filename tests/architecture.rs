//! The rules that keep the code in one piece, checked on the sources themselves: imports point down, and every file
//! says what it is for.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::support::file;

/// The modules of the library from the bottom up, layer by layer. A module may use only what stands before it.
const MODULES: &[(&str, &[&str])] = &[
    ("words", &["name", "confidential", "catalog", "lock", "report"]),
    (
        "decide",
        &["script", "render", "drift", "conflict", "policy", "invariant", "plan", "runbook", "journal", "alert"],
    ),
    ("touch", &["clock", "files", "pg", "spelling", "rehearse", "expected", "state", "effect", "metrics"]),
    ("run", &["check", "fix", "telemetry", "remediate", "config", "watch", "app", "http", "serve", "cli"]),
];

/// What decides is pure: none of these.
const IMPURE: &[&str] =
    &["tokio", "sqlx", "reqwest", "async ", "::now()", "std::env", "std::fs", "std::net", "std::process"];

const MAX_LINES: usize = 450;

struct Source {
    /// Relative to the repository, e.g. `src/pg/read.rs`.
    path: String,
    text: String,
}

impl Source {
    /// The module of the library that the file belongs to: `pg` for `src/pg/read.rs`.
    fn module(&self) -> &str {
        let path = self.path.strip_prefix("src/").unwrap_or_default();
        path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// Numbered lines of the program: no comments, nothing of the tests.
    fn code(&self) -> Vec<(usize, &str)> {
        if self.path.ends_with("tests.rs") || self.module() == "fixture" {
            return Vec::new();
        }
        let mut code = Vec::new();
        let mut lines = self.text.lines().zip(1..).peekable();
        while let Some((line, number)) = lines.next() {
            // Skips the item that follows: a `mod tests;`, or a block that ends with a brace in the first column.
            if line.trim() == "#[cfg(test)]" {
                let opens = lines.next().is_some_and(|(item, _)| item.ends_with('{'));
                while opens && lines.next().is_some_and(|(line, _)| line != "}") {}
            } else if !line.trim_start().starts_with("//") {
                code.push((number, line));
            }
        }
        code
    }
}

fn sources(folder: &str) -> Vec<Source> {
    let root = file("");
    let mut folders: Vec<PathBuf> = vec![file(folder)];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                sources.push(Source { path: path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(), text });
            }
        }
    }
    assert!(!sources.is_empty());
    sources
}

/// Fails with every line of the program that `wrong` complains of.
fn forbid(wrong: impl Fn(&Source, &str) -> Option<String>) {
    let mut complaints = String::new();
    for source in sources("src") {
        for (number, line) in source.code() {
            if let Some(complaint) = wrong(&source, line) {
                writeln!(complaints, "{}:{number}: {complaint}", source.path).unwrap();
            }
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

/// The modules of the library that a line names by `crate::…`, also those of `crate::{a, b::c}`.
fn named(line: &str) -> Vec<&str> {
    let mut modules = Vec::new();
    for after in line.split("crate::").skip(1) {
        let parts = match after.strip_prefix('{') {
            Some(list) => list.split(',').map(str::trim).collect(),
            None => vec![after],
        };
        modules.extend(parts.iter().filter_map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '_').next()));
    }
    modules
}

#[test]
fn imports_point_down() {
    let order: Vec<&str> = MODULES.iter().flat_map(|(_, modules)| modules.iter().copied()).collect();
    let height = |module: &str| order.iter().position(|known| *known == module);
    forbid(|source, line| {
        let here = source.module();
        if matches!(here, "lib" | "main") {
            return None;
        }
        let Some(own) = height(here) else { return Some(format!("`{here}` has no place in MODULES")) };
        let above = named(line).into_iter().find(|used| height(used).is_none_or(|used| used > own))?;
        Some(format!("`{here}` may not use `{above}`, which stands above it"))
    });
}

#[test]
fn every_module_has_its_place() {
    let placed: BTreeSet<&str> = MODULES.iter().flat_map(|(_, modules)| modules.iter().copied()).collect();
    let library = fs::read_to_string(file("src/lib.rs")).unwrap();
    let declared = library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    assert_eq!(declared.collect::<BTreeSet<_>>(), placed);
}

#[test]
fn what_decides_is_pure() {
    let pure: Vec<&str> = MODULES.iter().take(2).flat_map(|(_, modules)| modules.iter().copied()).collect();
    forbid(|source, line| {
        let impure = IMPURE.iter().find(|word| line.contains(**word))?;
        pure.contains(&source.module()).then(|| format!("{} decides, and `{impure}` touches", source.module()))
    });
}

#[test]
fn sql_that_was_put_together_is_run_by_pg_alone() {
    forbid(|source, line| {
        let found = line.contains("AssertSqlSafe") && source.module() != "pg";
        found.then(|| "`AssertSqlSafe` outside src/pg".to_owned())
    });
}

#[test]
fn nothing_is_decided_by_the_words_of_a_step() {
    let looks = ["contains(", "starts_with(", "ends_with(", "strip_", "split", "find(", "trim_", "matches("];
    forbid(|source, line| {
        let of_words = [".sql.", ".action."].iter().any(|field| {
            let after = line.split(field).skip(1);
            after.into_iter().any(|after| looks.iter().any(|look| after.starts_with(look)))
        });
        // A statement of a hand-written file is all that is known of it.
        let is_script = source.path.starts_with("src/plan/handwritten");
        (of_words && !is_script).then(|| "a step tells what it does by its effects".to_owned())
    });
}

#[test]
fn only_the_command_line_prints() {
    forbid(|source, line| {
        let prints = ["println!", "print!", "stdout()"].iter().any(|word| line.contains(word));
        (prints && source.module() != "cli").then(|| "only cli prints an answer".to_owned())
    });
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut complaints = String::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        if !source.text.starts_with("//! ") {
            writeln!(complaints, "{} does not open with `//!`", source.path).unwrap();
        }
        let lines = source.text.lines().count();
        if lines > MAX_LINES {
            writeln!(complaints, "{} has {lines} lines, and {MAX_LINES} are the most", source.path).unwrap();
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn every_statement_in_a_file_is_explained() {
    let folder = file("sql/catalog");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for said in ["-- Purpose: ", "Locks: ", "Least server version: "] {
            assert!(text.contains(said), "{} does not say `{said}`", path.display());
        }
    }
}
