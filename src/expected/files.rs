//! Finding and reading the SQL files that `expected` names, in the order in which they are to be run.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::ExpectedError;
use crate::files;
use crate::pg::scratch::SqlFile;

/// Schemas are a few megabytes. More is a dump with data, named by mistake.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Where the way back begins in migration files that hold both ways (dbmate, goose).
const DOWN_MARKERS: [&str; 2] = ["-- migrate:down", "-- +goose down"];

/// All files that `pattern`, relative to `base`, stands for.
pub fn read_all(base: &Path, pattern: &str) -> Result<Vec<SqlFile>, ExpectedError> {
    find(base, pattern)?.iter().map(|path| read(path).map(only_upwards)).collect()
}

/// A file as it is.
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

fn find(base: &Path, pattern: &str) -> Result<Vec<PathBuf>, ExpectedError> {
    let path = base.join(pattern);
    if path.is_file() {
        return Ok(vec![path]);
    }
    let pattern_error = |source| ExpectedError::Pattern { pattern: pattern.into(), source };
    let within = |folder: &Path, names: &str| {
        let escaped = glob::Pattern::escape(&folder.to_string_lossy());
        // An absolute pattern stands for itself, as with paths.
        Path::new(&escaped).join(names).to_string_lossy().into_owned()
    };
    let glob = if path.is_dir() { within(&path, "*.sql") } else { within(base, pattern) };
    let mut files = Vec::new();
    for found in glob::glob(&glob).map_err(pattern_error)? {
        let file = found.map_err(|error| ExpectedError::Read { path: error.path().into(), source: error.into() })?;
        if !file.is_dir() && !leads_down(&file) {
            files.push(file);
        }
    }
    if files.is_empty() {
        let is_glob = path.is_dir() || pattern.contains(['*', '?', '[']);
        return Err(if is_glob { ExpectedError::NoFiles { path } } else { ExpectedError::Missing { path } });
    }
    files.sort_by_cached_key(|file| {
        let name = file.to_string_lossy().into_owned();
        (natural_key(&name), name)
    });
    Ok(files)
}

/// A migration that undoes another.
fn leads_down(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name == "down.sql" || name.ends_with(".down.sql")
}

/// Lines are cut off at the end, so that the others keep their numbers.
fn only_upwards(file: SqlFile) -> SqlFile {
    let mut end = 0;
    for line in file.text.split_inclusive('\n') {
        let line_start = line.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
        if DOWN_MARKERS.iter().any(|marker| line_start.starts_with(marker)) {
            let text = file.text.get(..end).unwrap_or_default().to_owned();
            return SqlFile { text, ..file };
        }
        end += line.len();
    }
    file
}

/// A part of a name. Numbers are compared as numbers: `2_posts.sql` comes before `10_votes.sql`.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// How many digits without leading zeros, and these.
    Number(usize, String),
    Text(String),
}

fn natural_key(name: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let text = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (text, after) = after.split_at(text);
        if !number.is_empty() {
            let number = number.trim_start_matches('0');
            parts.push(Part::Number(number.len(), number.into()));
        }
        parts.push(Part::Text(text.into()));
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::*;

    fn names(base: &Path, pattern: &str) -> Vec<String> {
        let files = find(base, pattern).unwrap();
        files.iter().map(|file| file.strip_prefix(base).unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn folders_and_globs_are_run_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        // The folder's own name is no pattern.
        let base = folder.path().join("app[1]*");
        for file in ["10_c.sql", "2_b.sql", "002_a.sql", "1_init.up.sql", "1_init.down.sql", "note.md", "x/9/up.sql"] {
            let file = base.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "select 1").unwrap();
        }
        fs::create_dir_all(base.join("x/10")).unwrap();
        fs::write(base.join("x/10/up.sql"), "").unwrap();
        fs::write(base.join("x/10/down.sql"), "").unwrap();
        let all = ["1_init.up.sql", "002_a.sql", "2_b.sql", "10_c.sql"];
        assert_eq!(names(&base, "."), all);
        assert_eq!(names(&base, "*.sql"), all);
        assert_eq!(names(&base, "x/*/*.sql"), ["x/9/up.sql", "x/10/up.sql"]);
        assert_eq!(names(&base, "1_init.down.sql"), ["1_init.down.sql"]);
        let absolute = format!("{}/2*.sql", glob::Pattern::escape(&base.to_string_lossy()));
        assert_eq!(names(&base, &absolute), ["2_b.sql"]);
        assert!(matches!(find(&base, "x"), Err(ExpectedError::NoFiles { .. })));
        assert!(matches!(find(&base, "y*.sql"), Err(ExpectedError::NoFiles { .. })));
        assert!(matches!(find(&base, "schema.sql"), Err(ExpectedError::Missing { .. })));
        assert!(matches!(find(&base, "a[.sql"), Err(ExpectedError::Pattern { .. })));
    }

    #[test]
    fn the_way_back_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.sql");
        fs::write(&path, "-- +goose Up\ncreate table t ();\n\n-- +goose Down\ndrop table t;\n").unwrap();
        let files = read_all(folder.path(), "1.sql").unwrap();
        assert_eq!(files.first().unwrap().text, "-- +goose Up\ncreate table t ();\n\n");
    }

    #[test]
    fn unreadable_files_are_named_with_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("latin.sql");
        fs::write(&path, b"select 1;\n-- caf\xe9\n").unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.ends_with("latin.sql:2: this is not UTF-8: convert the file (`iconv -t UTF-8`)"), "{error}");
        assert!(matches!(read(&folder.path().join("none")), Err(ExpectedError::Read { .. })));
    }
}
