//! What has no model is said where a plan is asked for, too; and no plan is applied unrehearsed that nobody agreed to so.

use std::fs;

use crate::cli::{Answer, run};
use crate::support::{Database, schemawarden};

const TABLE: &str = "create table posts (id int primary key);";
const CONFIGURATION: &str = "create text search configuration plain (copy = pg_catalog.simple);";

fn ask(live: &Database, command: &[&str], expected: &str, scope: &str) -> Answer {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("expected.sql");
    fs::write(&file, expected).unwrap();
    let mut program = schemawarden();
    program.args(command).args(["--database-url", &live.url(), "--scope", scope, "--expected"]).arg(&file);
    run(&mut program)
}

#[test]
fn an_object_without_a_model_that_only_one_side_has_is_neither_well_nor_silent() {
    let (without, with) = (Database::with(TABLE), Database::with(&format!("{TABLE}{CONFIGURATION}")));
    let both = format!("{TABLE}{CONFIGURATION}");
    let missing = "text search configuration public.plain is expected and does not exist";
    let unexpected = "text search configuration public.plain exists and is not expected";
    for (live, expected, scope, said) in [
        (&without, &*both, "declared", Some(missing)),
        (&without, &both, "whole", Some(missing)),
        (&with, TABLE, "whole", Some(unexpected)),
        (&with, TABLE, "declared", None),
        (&with, &both, "whole", None),
    ] {
        let code = if said.is_some() { 2 } else { 0 };
        let check = ask(live, &["check", "--format", "json"], expected, scope);
        let verdict = if said.is_some() { "uncompared" } else { "holds" };
        assert_eq!((check.code, check.json()["verdict"].as_str()), (code, Some(verdict)), "{}", check.both());
        for command in [&["check"][..], &["plan"], &["apply", "--yes"], &["apply", "--yes", "--format", "json"]] {
            let answer = ask(live, command, expected, scope);
            assert_eq!(answer.code, code, "{command:?}: {}", answer.both());
            assert!(said.is_none_or(|said| answer.both().contains(said)), "{command:?}: {}", answer.both());
        }
    }
    // Where there is something to do, it is done, and the rest is said afterwards.
    let more = format!("{both} create table comments (id int primary key);");
    let answer = ask(&without, &["apply", "--yes"], &more, "declared");
    assert!(
        answer.code == 2 && answer.out.contains("2 of 2 steps") && answer.err.contains(missing),
        "{}",
        answer.both()
    );
}

#[test]
fn a_plan_that_cannot_be_rehearsed_is_applied_only_when_that_is_said() {
    let (live, expected) = (Database::with(TABLE), Database::with(&format!("{TABLE} create table comments (id int);")));
    let folder = tempfile::tempdir().unwrap();
    let snapshot = folder.path().join("expected.json");
    let mut program = schemawarden();
    let taken = run(program.args(["snapshot", "--database-url", &expected.url(), "--output"]).arg(&snapshot));
    assert_eq!(taken.code, 0, "{}", taken.both());
    let apply = |more: &[&str]| {
        let mut program = schemawarden();
        program.args(["apply", "--yes", "--database-url", &live.url(), "--expected"]).arg(&snapshot).args(more);
        // A host without PostgreSQL's programs.
        run(program.env("SCHEMAWARDEN_PG_BIN", folder.path()))
    };
    let refused = apply(&[]);
    assert_eq!(refused.code, 1, "{}", refused.both());
    for part in ["nothing was done", "could not be held", "holds no `initdb`", "--no-rehearse"] {
        assert!(refused.err.contains(part), "no {part} in {}", refused.both());
    }
    assert_eq!(apply(&["--format", "json"]).json()["outcome"], "unrehearsed");
    let applied = apply(&["--no-rehearse"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
}
