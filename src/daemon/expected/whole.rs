//! Whether a file is complete: a dump up to its last line, and no transaction that is rolled back at the end.
//!
//! Pure. A truncated dump, or a transaction that is rolled back, would expect less than was meant, and drift would go
//! unnoticed.

use std::collections::BTreeSet;

use crate::domain::plan::statement::bare_words;
use crate::domain::script::{Meta, Outline, Statement, StatementKind, outline};

/// The first and the last line of a dump.
const DUMPS: [(&str, &str); 2] = [
    ("-- PostgreSQL database dump", "-- PostgreSQL database dump complete"),
    ("-- PostgreSQL database cluster dump", "-- PostgreSQL database cluster dump complete"),
];

#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotWhole {
    #[error(
        "the dump that begins here was cut off: its last line, `{0}`, is missing; nothing was compared. Dump again, \
         and look \
         whether the disk was full"
    )]
    CutOff(&'static str),
    #[error(
        "this line rolls back the schema changes of its transaction, so they would be missing from the expectation; \
         nothing was compared. Write COMMIT, or leave it out"
    )]
    RolledBack,
}

/// Refuses an incomplete file with its line; otherwise gives notes for the operator, with their lines.
pub fn look(text: &str) -> Result<Vec<(usize, String)>, (usize, NotWhole)> {
    let outline = outline(text);
    // A file that cannot be tokenized is refused for that reason.
    if outline.error.is_none() {
        if let Some(cut) = cut_off(&outline) {
            return Err(cut);
        }
        if let Some(line) = rolled_back(&outline.statements) {
            return Err((line, NotWhole::RolledBack));
        }
    }
    Ok(merged(&outline))
}

fn cut_off(outline: &Outline<'_>) -> Option<(usize, NotWhole)> {
    for (first, last) in DUMPS {
        let mut open = None;
        for comment in &outline.comments {
            if comment.text == first {
                if let Some(line) = open {
                    return Some((line, NotWhole::CutOff(last)));
                }
                open = Some(comment.line);
            } else if comment.text == last {
                open = None;
            }
        }
        if let Some(line) = open {
            return Some((line, NotWhole::CutOff(last)));
        }
    }
    // Some tools remove the first lines, but not this one.
    let has_end =
        |key: &Meta<'_>| outline.metas.iter().any(|it| it.command == "unrestrict" && it.arguments == key.arguments);
    let restricted = outline.metas.iter().find(|it| it.command == "restrict" && !has_end(it))?;
    Some((restricted.line, NotWhole::CutOff("\\unrestrict")))
}

/// The line at which a transaction that creates something is rolled back.
fn rolled_back(statements: &[Statement<'_>]) -> Option<usize> {
    // Whether the open transaction has created anything.
    let mut open = None;
    for statement in statements {
        let words: Vec<_> = bare_words(statement.sql).into_iter().take(5).map(str::to_ascii_lowercase).collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["begin", ..] | ["start", "transaction", ..] => open = open.or(Some(false)),
            ["commit" | "end", ..] => open = words.contains(&"chain").then_some(false),
            ["rollback" | "abort", rest @ ..] if rest.contains(&"to") || rest.contains(&"prepared") => {}
            ["rollback" | "abort", ..] if open == Some(true) => return Some(statement.line),
            ["rollback" | "abort", ..] => open = None,
            _ if statement.kind == StatementKind::Schema => open = open.map(|_| true),
            _ => {}
        }
    }
    None
}

/// The databases of a dump of several, which are all evaluated into one.
fn merged(outline: &Outline<'_>) -> Vec<(usize, String)> {
    let connects = outline.metas.iter().filter_map(|meta| Some((meta.line, database(meta)?)));
    let mut notes = Vec::new();
    let mut made = BTreeSet::new();
    let mut current = None;
    let mut connects = connects.peekable();
    for statement in outline.statements.iter().filter(|it| it.kind == StatementKind::Schema) {
        let mut latest = None;
        while let Some(connect) = connects.next_if(|(line, _)| *line < statement.line) {
            current = Some(connect.1);
            latest = Some(connect);
        }
        if made.insert(current) && made.len() > 1 {
            let (line, name) = latest.unwrap_or((statement.line, ""));
            notes.push((
                line,
                format!(
                    "\\connect {name} is not followed: what stands behind it is expected in the same database as what \
                         stands before it"
                ),
            ));
        }
    }
    notes
}

/// The database that psql would connect to; `-` means the current one.
fn database<'a>(meta: &Meta<'a>) -> Option<&'a str> {
    let mut words = meta.arguments.split_whitespace().filter(|word| !word.starts_with("-reuse"));
    let name = words.next().filter(|_| ["c", "connect"].contains(&meta.command))?;
    (name != "-").then(|| name.trim_matches(['"', '\'', ';']))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const DUMP: &str = "--\n-- PostgreSQL database dump\n--\n\n\\restrict k\n\nCREATE TABLE t (a text);\nCOPY t FROM \
        stdin;\n\
                        -- PostgreSQL database dump complete\n\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n\
                        \\unrestrict k\n\n";

    #[test]
    fn a_dump_is_whole_only_with_its_last_line() {
        assert_eq!(look(DUMP), Ok(vec![]));
        assert_eq!(look(&DUMP.repeat(2)), Ok(vec![]));
        let complete = DUMP.rfind("-- PostgreSQL").unwrap();
        let cut = DUMP.get(..complete).unwrap();
        let refused = |text: &str| look(text).unwrap_err();
        assert_eq!(refused(cut).0, 2);
        assert_eq!(refused(&format!("{cut}{DUMP}")).0, 2);
        assert_eq!(refused(&format!("{DUMP}{cut}")).0, 19);
        let all = format!("-- PostgreSQL database cluster dump\n{DUMP}-- PostgreSQL database cluster dump complete\n");
        assert_eq!(look(&all), Ok(vec![]));
        assert_eq!(refused(&format!("-- PostgreSQL database cluster dump\n{DUMP}")).0, 1);
        // Rails and dbmate remove the header.
        assert_eq!(refused("\\restrict k\nCREATE TABLE t ();\n").0, 1);
        assert_eq!(look("select '\n-- PostgreSQL database dump\n';"), Ok(vec![]));
    }

    #[test]
    fn what_is_rolled_back_is_not_expected() {
        for (text, line) in [
            ("begin;\ncreate table t ();\nrollback;", Some(3)),
            ("start transaction; create table t ();\nABORT WORK; create table u ()", Some(2)),
            ("begin; commit and chain; create table t ();\nrollback", Some(2)),
            ("begin; create table t (); savepoint s; rollback to savepoint s; commit;", None),
            ("begin; set local x.y = 1; rollback;", None),
            ("create table t (); rollback;", None),
            ("begin; create table t (); end; rollback;", None),
        ] {
            assert_eq!(look(text).err(), line.map(|line| (line, NotWhole::RolledBack)), "{text}");
        }
    }

    #[test]
    fn merged_databases_are_reported() {
        let one =
            "create database a;\n\\connect a\ncreate table t ();\n\\c -reuse-previous=on \"a\"\ncreate table u ();";
        assert_eq!(look(one), Ok(vec![]));
        let two = look("\\connect a\ncreate table t ();\n\\connect b\ncreate table u ();\n").unwrap();
        assert!(matches!(two.as_slice(), [(3, note)] if note.starts_with("\\connect b is not followed")), "{two:?}");
    }
}
