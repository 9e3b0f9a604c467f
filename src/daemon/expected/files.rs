//! Finds and reads the SQL files that `expected` names, in the order in which they are run.
//!
//! `migrations` decides which part of each file is run, and in what order. Only these files are read.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::ExpectedError;
use super::migrations::{self, Entry, Given, LeftOut, Problem, Reading, Tool, Wrong};
use super::whole;
use crate::domain::report::{Expectation, Unread};
use crate::files;
use crate::pg::scratch::SqlFile;

/// Schemas have a few megabytes. A larger file is a dump with data, named by mistake.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Deepest level of subfolders that is searched for migrations.
const DEEPEST: usize = 6;

/// Lists that tools keep next to their migrations.
const LISTS: [&str; 2] = ["meta/_journal.json", "sqitch.plan"];

/// The files that are run, with warnings.
#[derive(Debug)]
pub struct Files {
    pub sql: Vec<SqlFile>,
    pub expectation: Expectation,
    pub warnings: Vec<String>,
}

/// All files of `pattern`, relative to `base`, read by the rules of the named tool or of the recognised one.
pub fn read_all(base: &Path, pattern: &str, named: Option<&'static Tool>) -> Result<Files, ExpectedError> {
    let path = base.join(pattern);
    let folder = if path.is_dir() {
        Folder::walk(&path)?
    } else if path.is_file() {
        Folder::of(std::slice::from_ref(&path), path.parent().unwrap_or(base))?
    } else {
        Folder::of(&find(base, pattern)?, &base.join(fixed_part(Path::new(pattern))))?
    };
    let given = match folder.entries.as_slice() {
        entries if path.is_dir() => Given::Folder(entries),
        [entry] if path.is_file() => Given::File(entry),
        entries => Given::Files(entries),
    };
    let reading = migrations::read(given, named).map_err(|problem| not_read(problem, &folder.root))?;
    let order = (!path.is_file()).then(|| reading.order());
    finish(reading, folder, order)
}

fn not_read(problem: Problem, root: &Path) -> ExpectedError {
    match problem.wrong {
        Wrong::Nothing(_) => ExpectedError::NoFiles { path: root.into(), problem },
        _ => ExpectedError::Migrations { path: root.join(&problem.file), problem },
    }
}

/// Checks that the files that are run are complete.
fn finish(reading: Reading, mut folder: Folder, order: Option<String>) -> Result<Files, ExpectedError> {
    let mut warnings = reading.notes;
    let mut files = Vec::new();
    let mut names = Vec::new();
    for Entry { path: name, text } in reading.files {
        if let Some(error) = folder.unread.remove(&name) {
            return Err(error);
        }
        let path = folder.root.join(&name);
        let notes = whole::look(&text).map_err(|(line, problem)| ExpectedError::NotWhole {
            path: path.clone(),
            line,
            problem,
        })?;
        warnings.extend(notes.iter().map(|(line, note)| format!("{name}:{line}: {note}")));
        files.push(SqlFile { path, text });
        names.push(name);
    }
    let left_out = reading.left_out.into_iter().chain(folder.hidden);
    let left_out = left_out.map(|LeftOut { path, why }| Unread { file: path, why: why.to_owned() }).collect();
    Ok(Files {
        sql: files,
        expectation: Expectation { order, files: names, left_out, ..Expectation::default() },
        warnings,
    })
}

/// The relevant content of a folder.
#[derive(Debug, Default)]
struct Folder {
    root: PathBuf,
    entries: Vec<Entry>,
    hidden: Vec<LeftOut>,
    /// Unreadable files of subfolders. They are errors only if they are run.
    unread: BTreeMap<String, ExpectedError>,
}

impl Folder {
    fn of(files: &[PathBuf], root: &Path) -> Result<Self, ExpectedError> {
        let entry = |path: &PathBuf| {
            let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
            Ok(Entry { path: name, text: read(path)?.text })
        };
        let entries = files.iter().map(entry).collect::<Result<_, ExpectedError>>()?;
        Ok(Self { root: root.into(), entries, ..Self::default() })
    }

    fn walk(root: &Path) -> Result<Self, ExpectedError> {
        let mut folder = Self { root: root.into(), ..Self::default() };
        folder.enter("", 0)?;
        folder.entries.sort_by(|a, b| a.path.cmp(&b.path));
        folder.hidden.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(folder)
    }

    fn enter(&mut self, below: &str, depth: usize) -> Result<(), ExpectedError> {
        let here = self.root.join(below);
        let failed = |source| ExpectedError::Read { path: here.clone(), source };
        for found in fs::read_dir(&here).map_err(failed)? {
            let name = found.map_err(failed)?.file_name().to_string_lossy().into_owned();
            let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
            let is_folder = self.root.join(&path).is_dir();
            let is_hidden = name.starts_with('.');
            if is_folder && !is_hidden && depth < DEEPEST {
                self.enter(&path, depth + 1)?;
            } else if !is_folder && !is_hidden {
                self.add(path)?;
            } else if !is_folder && is_sql(&name) {
                self.hidden.push(LeftOut { path, why: "hidden" });
            }
        }
        Ok(())
    }

    /// Only SQL and lists are read.
    fn add(&mut self, path: String) -> Result<(), ExpectedError> {
        let text = if is_sql(&path) || LISTS.contains(&path.as_str()) {
            match read(&self.root.join(&path)) {
                Ok(file) => file.text,
                Err(error) if path.contains('/') => {
                    self.unread.insert(path.clone(), error);
                    String::new()
                }
                Err(error) => return Err(error),
            }
        } else {
            String::new()
        };
        self.entries.push(Entry { path, text });
        Ok(())
    }
}

fn is_sql(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".sql")
}

/// A file, unmodified.
pub fn read(path: &Path) -> Result<SqlFile, ExpectedError> {
    let bytes = files::read(path, LARGEST).map_err(|source| match source.kind() {
        ErrorKind::FileTooLarge => ExpectedError::TooLarge { path: path.into(), limit: LARGEST },
        _ => ExpectedError::Read { path: path.into(), source },
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        ExpectedError::NotUtf8 { path: path.into(), line: 1 + valid.filter(|byte| **byte == b'\n').count() }
    })?;
    Ok(SqlFile { path: path.into(), text })
}

/// The files that match a glob.
fn find(base: &Path, pattern: &str) -> Result<Vec<PathBuf>, ExpectedError> {
    // An absolute pattern replaces `base`, as with paths.
    let escaped = glob::Pattern::escape(&base.to_string_lossy());
    let glob = Path::new(&escaped).join(pattern).to_string_lossy().into_owned();
    let pattern_error = |source| ExpectedError::Pattern { pattern: pattern.into(), source };
    let mut files = Vec::new();
    for found in glob::glob(&glob).map_err(pattern_error)? {
        let file = found.map_err(|error| ExpectedError::Read { path: error.path().into(), source: error.into() })?;
        let is_hidden = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !file.is_dir() && !is_hidden {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(ExpectedError::Missing { path: base.join(pattern) });
    }
    Ok(files)
}

/// The folder that contains all files of a glob.
fn fixed_part(pattern: &Path) -> PathBuf {
    let is_fixed = |part: &&std::ffi::OsStr| !part.to_string_lossy().contains(['*', '?', '[']);
    pattern.parent().unwrap_or(pattern).iter().take_while(is_fixed).collect()
}

#[cfg(test)]
mod tests;
