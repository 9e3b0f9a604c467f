//! Attacks that once succeeded, and variants of them, repeated in every run: by the owner of a table in a watched
//! database, by another user of this host, by an unauthenticated HTTP client. The README's trust model names the test
//! for each line.

mod application_code;
mod expectations;
mod host;
mod privacy;
mod probes;
mod restore;
mod row_security;
mod scratch;
mod settings;
mod strangers;
mod triggers;
mod unknown;

use std::fs;

use crate::support::file;

/// Each line of the README's trust model names an existing test.
#[test]
fn whom_the_program_trusts_is_held_by_tests() {
    let readme = fs::read_to_string(file("README.md")).unwrap();
    let (_, section) = readme.split_once("## Whom it trusts\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let folder = fs::read_dir(file("tests/adversary")).unwrap();
    let tests: String = folder.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 9, "{rows:?}");
    for row in rows {
        let named: Vec<&str> = row.trim_end_matches(" |").rsplit_once("| ").unwrap().1.split(", ").collect();
        for test in named {
            let function = format!("fn {}()", test.trim_matches('`'));
            assert!(tests.contains(&function), "no test {test}: {row}");
        }
    }
}
