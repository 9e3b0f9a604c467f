//! The architecture's rules, checked on the sources: imports point down and have no cycles, deciding code is pure, and
//! every file states its purpose.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use syn::visit::{self, Visit};

use crate::support::file;

/// The folders of `src` from the bottom up, by storey. A file may import from its own folder and from lower storeys.
const FLOORS: &[&[&str]] =
    &[&["domain"], &["files"], &["pg"], &["effects", "state"], &["daemon"], &["http"], &["cli"], &["main"]];

/// Deciding code must not use these.
const IMPURE: &[&str] =
    &["tokio", "sqlx", "reqwest", "async ", "::now()", "std::env", "std::fs", "std::net", "std::process"];

const MAX_LINES: usize = 450;
const MAX_FUNCTION_LINES: usize = 70;
const MAX_TUPLE: usize = 3;

struct Source {
    /// Relative to the repository, e.g. `src/pg/read.rs`.
    path: String,
    text: String,
}

impl Source {
    /// The folder of `src` that the file belongs to: `pg` for `src/pg/read.rs` and `src/pg.rs`.
    fn folder(&self) -> &str {
        let path = self.path.strip_prefix("src/").unwrap_or_default();
        path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// Whether it is compiled only for tests.
    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/") || self.folder() == "fixture"
    }

    /// Numbered lines of code, without comments and tests.
    fn code(&self) -> Vec<(usize, &str)> {
        if self.is_test() {
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

/// Fails with every line of code that `wrong` gives a complaint about.
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

/// Which file of the library imports from which, by imported names, e.g. `src/pg/ask.rs` from `src/pg.rs`.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let sources: Vec<_> = sources("src").into_iter().filter(|source| !source.is_test()).collect();
    let files = sources.iter().map(|source| (imports::module(&source.path), source.path.as_str())).collect();
    let of = |source: &Source| imports::of(&imports::module(&source.path), &source.text, &files);
    sources.iter().map(|source| (source.path.clone(), of(source))).collect()
}

fn floor(path: &str) -> Option<usize> {
    let folder = Source { path: path.to_owned(), text: String::new() };
    FLOORS.iter().position(|folders| folders.contains(&folder.folder()))
}

#[test]
fn imports_point_down() {
    let mut complaints = String::new();
    for (path, used) in imports().iter().filter(|(path, _)| *path != "src/lib.rs") {
        let own = floor(path).unwrap_or_else(|| panic!("{path} has no place in FLOORS"));
        let folder = |path: &str| path.split('/').nth(1).unwrap().trim_end_matches(".rs").to_owned();
        for used in used.iter().filter(|used| folder(used) != folder(path)) {
            if floor(used).is_none_or(|used| used >= own) {
                writeln!(complaints, "{path} may not import from {used}, which is not below it").unwrap();
            }
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

/// Two files that import from each other cannot be understood separately. Imports of a module from its parent are
/// exempt.
#[test]
fn no_files_import_each_other_in_a_circle() {
    let imports = imports();
    let leads_back = |from: &String| {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(path) = open.pop() {
            let used = imports.get(path).into_iter().flatten();
            let others = used.filter(|used| !path.starts_with(&format!("{}/", used.trim_end_matches(".rs"))));
            open.extend(others.filter(|used| reached.insert(*used)));
        }
        reached.contains(from)
    };
    let circles: Vec<_> = imports.keys().filter(|path| leads_back(path)).collect();
    assert!(circles.is_empty(), "{} files: {circles:#?}", circles.len());
}

/// The recipe that a file belongs to: `constraint` for `recipe/constraint.rs` and `recipe/constraint/key.rs`.
fn recipe(path: &str) -> Option<&str> {
    let path = path.strip_prefix("src/domain/plan/recipe/")?;
    path.split('/').next().map(|name| name.trim_end_matches(".rs"))
}

#[test]
fn recipes_do_not_import_each_other() {
    let imports = imports();
    let recipes: BTreeSet<_> = imports.keys().filter_map(|path| recipe(path)).collect();
    assert!(recipes.len() > 10, "{recipes:?}");
    let mut complaints = String::new();
    for (path, used) in imports.iter().filter(|(path, _)| recipe(path).is_some()) {
        for used in used.iter().filter(|used| recipe(used).is_some() && recipe(used) != recipe(path)) {
            writeln!(complaints, "{path} imports from {used}: what both need belongs in src/domain/plan/step/")
                .unwrap();
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn only_make_imports_recipes() {
    let others = imports().into_iter().filter(|(path, _)| recipe(path).is_none());
    let users = others.filter(|(_, used)| used.iter().any(|used| recipe(used).is_some()));
    let users: Vec<_> = users.map(|(path, _)| path).collect();
    assert_eq!(users, ["src/domain/plan/make.rs"]);
}

#[test]
fn every_folder_has_its_floor() {
    let library = fs::read_to_string(file("src/lib.rs")).unwrap();
    let declared = library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let placed = FLOORS.iter().flat_map(|folders| folders.iter().copied()).filter(|folder| *folder != "main");
    assert_eq!(declared.collect::<BTreeSet<_>>(), placed.collect());
}

#[test]
fn what_decides_is_pure() {
    forbid(|source, line| {
        let impure = IMPURE.iter().find(|word| line.contains(**word))?;
        (source.folder() == "domain").then(|| format!("the domain decides, and `{impure}` touches"))
    });
}

#[test]
fn sql_that_was_put_together_is_run_by_pg_alone() {
    forbid(|source, line| {
        let found = line.contains("AssertSqlSafe") && source.folder() != "pg";
        found.then(|| "`AssertSqlSafe` outside src/pg".to_owned())
    });
}

#[test]
fn rows_are_read_by_the_names_of_their_columns() {
    // Values of one type in a tuple can be swapped unnoticed.
    struct Wide<'s>(&'s str, Vec<String>);
    impl Wide<'_> {
        fn take(&mut self, wide: bool, at: proc_macro2::Span) {
            if wide {
                self.1.push(format!("{}:{}", self.0, at.start().line));
            }
        }
    }
    impl<'ast> Visit<'ast> for Wide<'_> {
        fn visit_type_tuple(&mut self, tuple: &'ast syn::TypeTuple) {
            self.take(tuple.elems.len() > MAX_TUPLE, tuple.paren_token.span.open());
            visit::visit_type_tuple(self, tuple);
        }

        fn visit_pat_tuple(&mut self, tuple: &'ast syn::PatTuple) {
            self.take(tuple.elems.len() > MAX_TUPLE, tuple.paren_token.span.open());
            visit::visit_pat_tuple(self, tuple);
        }
    }
    forbid(|source, line| {
        let mut read = line.split("try_get").skip(1).filter_map(|after| after.split_once('('));
        let by_place =
            read.any(|(_, place)| !["\"", "&*column)", "column)"].iter().any(|name| place.starts_with(name)));
        (by_place && source.path != "src/pg/row.rs")
            .then(|| "a column is named by `\"…\"` or `column`, not by its place".to_owned())
    });
    let mut wide = Vec::new();
    let asking = |source: &&Source| source.text.contains("query_as") && !source.is_test();
    for source in sources("src").iter().filter(asking) {
        let mut found = Wide(&source.path, Vec::new());
        found.visit_file(&syn::parse_file(&source.text).unwrap());
        wide.extend(found.1);
    }
    assert!(wide.is_empty(), "a row of more than {MAX_TUPLE} columns is a `row!`: {wide:#?}");
}

#[test]
fn nothing_is_decided_by_the_words_of_a_step() {
    let looks = ["contains(", "starts_with(", "ends_with(", "strip_", "split", "find(", "trim_", "matches("];
    forbid(|source, line| {
        let of_words = [".sql.", ".action."].iter().any(|field| {
            let after = line.split(field).skip(1);
            after.into_iter().any(|after| looks.iter().any(|look| after.starts_with(look)))
        });
        // Nothing but its text is known of a hand-written statement.
        let is_script = source.path.starts_with("src/domain/plan/handwritten");
        (of_words && !is_script).then(|| "a step tells what it does by its effects".to_owned())
    });
}

#[test]
fn only_the_command_line_prints() {
    forbid(|source, line| {
        let prints = ["println!", "print!", "stdout()"].iter().any(|word| line.contains(word));
        (prints && source.folder() != "cli").then(|| "only cli prints an answer".to_owned())
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
fn no_function_is_long() {
    struct Long<'s>(&'s str, Vec<String>);
    impl<'ast> Visit<'ast> for Long<'_> {
        fn visit_block(&mut self, block: &'ast syn::Block) {
            let (first, last) = (block.brace_token.span.open().start().line, block.brace_token.span.close().end().line);
            if last - first > MAX_FUNCTION_LINES {
                self.1.push(format!("{}:{first}: {} lines", self.0, last - first));
            }
            visit::visit_block(self, block);
        }
    }
    let mut long = Vec::new();
    for source in sources("src").iter().filter(|source| !source.is_test()) {
        let mut found = Long(&source.path, Vec::new());
        found.visit_file(&syn::parse_file(&source.text).unwrap());
        long.extend(found.1);
    }
    assert!(long.is_empty(), "{MAX_FUNCTION_LINES} are the most: {long:#?}");
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
