//! The part of a file that is run, tool by tool.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::script;

fn cut(key: &str, text: &str) -> Result<Cut, Problem> {
    up(Tool::by_key(key).unwrap(), "1.sql", text, false)
}

/// The statements that are run, with their lines.
fn run(key: &str, text: &str) -> Vec<(usize, String)> {
    let cut = cut(key, text).unwrap();
    assert_eq!(cut.text.matches('\n').count(), text.matches('\n').count(), "{}", cut.text);
    script::split(&cut.text).unwrap().iter().map(|it| (it.line, it.sql.to_owned())).collect()
}

#[track_caller]
fn refused(key: &str, text: &str, line: usize, words: &str) {
    let problem = cut(key, text).unwrap_err();
    assert_eq!(problem.line, Some(line), "{problem}");
    assert!(problem.to_string().contains(words), "{problem}");
}

#[test]
fn only_the_up_part_is_run() {
    for (key, begin, end) in [
        ("dbmate", "-- migrate:up transaction:false", "--  migrate:down"),
        ("goose", "-- +goose Up", "--+goose Down"),
        ("sql-migrate", "-- +migrate Up", "-- +migrate Down notransaction"),
        ("micrate", "-- +micrate Up", "-- +micrate Down"),
        ("mybatis", "-- // a table", "-- //@UNDO"),
        ("node-pg-migrate", "-- Up Migration", "-- Down Migration"),
        ("play", "# --- !Ups", "# --- !Downs"),
        ("play", "-- !Ups", "-- !Downs"),
        ("play", "# users' table\n#!Ups", "#!Downs"),
        ("rambler", "-- rambler up", "-- rambler down"),
        ("shmig", "-- ====  UP  ====", "-- ==== DOWN ===="),
        ("tern", "-- a", "---- create above / drop below ----"),
    ] {
        let line = 1 + begin.lines().count();
        for newline in ["\n", "\r\n"] {
            let text = format!("{begin}{newline}create table t (){newline}{end}{newline}drop table t;{newline}");
            assert_eq!(run(key, &text), [(line, "create table t ()".into())], "{key}");
        }
    }
}

#[test]
fn parts_may_alternate() {
    let text = "-- rambler up\nselect 1\n-- rambler down\nselect 2\n-- rambler up\nselect 3\n-- rambler up\nselect 4";
    assert_eq!(run("rambler", text), [(2, "select 1".into()), (6, "select 3".into()), (8, "select 4".into())]);
}

#[test]
fn markers_in_strings_bodies_and_block_comments_are_none() {
    for (key, down) in [
        ("dbmate", "-- migrate:down"),
        ("goose", "-- +goose Down"),
        ("mybatis", "-- //@UNDO"),
        ("tern", "---- create above / drop below ----"),
        ("drizzle", "--> statement-breakpoint"),
    ] {
        let up = match key {
            "dbmate" => "-- migrate:up\n",
            "goose" => "-- +goose Up\n",
            _ => "\n",
        };
        let statement = format!("select '\n{down}\n', $$\n{down}\n$$, \"\n{down}\n\" /*\n{down}\n*/, 1");
        assert_eq!(run(key, &format!("{up}{statement};\n")), [(2, statement)], "{key}");
    }
}

#[test]
fn statements_end_where_the_tool_ends_them() {
    let body = "create function f() returns int language sql as $$ select 1; $$";
    let goose = format!("-- +goose Up\n-- +goose StatementBegin\n{body}\n-- +goose StatementEnd\nselect 2;\n");
    assert_eq!(run("goose", &goose), [(3, body.into()), (5, "select 2".into())]);
    let drizzle = "create table a ();--> statement-breakpoint\ncreate table b ()\n--> statement-breakpoint\nselect 1";
    assert_eq!(run("drizzle", drizzle).len(), 3);
    let mybatis = format!("-- // x\n-- @DELIMITER |\n{body}\n|\n-- @DELIMITER ;\nselect 2;\n-- //@UNDO\nselect 3;\n");
    assert_eq!(run("mybatis", &mybatis), [(3, body.into()), (6, "select 2".into())]);
    let liquibase = format!(
        "--liquibase formatted sql\n--changeset a:1 endDelimiter:/\n{body}\n/\n--rollback drop function f;\n--changeset \
         a:2 dbms:oracle\nselect 3;\n--changeset a:3 dbms:postgresql,h2\nselect 4;\n/* liquibase rollback\nselect 5; */\n"
    );
    assert_eq!(run("liquibase", &liquibase), [(3, body.into()), (9, "select 4".into())]);
    let play = "# !Ups\ncreate function f() returns int as $$ begin return 1;; end;; $$ language plpgsql;\n";
    assert!(run("play", play).first().unwrap().1.contains("return 1; end; $$"));
}

#[test]
fn an_undo_heading_without_a_marker_is_refused() {
    let table = "create table t ();\n";
    for (key, heading) in [
        ("plain", "-- down"),
        ("plain", "-- !Downs"),
        ("sql-migrate", "--+migrate Down"),
        ("goose", "  -- +goose Down"),
        ("dbmate", "-- migrate: down"),
        ("rambler", "--rambler down"),
        ("golang-migrate", "-- rollback"),
    ] {
        let up = match key {
            "sql-migrate" => "-- +migrate Up\n",
            "goose" => "-- +goose Up\n",
            "dbmate" => "-- migrate:up\n",
            "rambler" => "-- rambler up\n",
            _ => "\n",
        };
        let text = format!("{up}{table}{heading}\ndrop table t;\n");
        refused(key, &text, 3, "looks like the beginning of a part that undoes");
        // Nothing after the heading is run.
        assert_eq!(run(key, &format!("{up}{table}{heading}\n-- drop table t;\n")).len(), 1, "{key}");
        assert!(up_trusting(key, &text), "{key}");
    }
}

fn up_trusting(key: &str, text: &str) -> bool {
    up(Tool::by_key(key).unwrap(), "1.sql", text, true).is_ok()
}

#[test]
fn what_stands_elsewhere_is_refused_with_its_line() {
    refused("flyway", "-- ${a}\ncreate table ${schema}.t ();", 2, "Flyway replaces `${…`");
    refused("tern", "select 1;\n-- {{ template \"x\" }}\n", 2, "tern replaces `{{…`");
    refused("goose", "-- +goose Up\n-- +goose ENVSUB ON\nselect '${A}';\n", 3, "goose replaces");
    assert_eq!(run("goose", "-- +goose Up\nselect '${A}';\n").len(), 1);
    refused("liquibase", "--liquibase formatted sql\n--property name:a value:b\n", 2, "properties are not replaced");
    refused("liquibase", "--changeset a:1 endDelimiter:\\n\\n\nselect 1", 1, "cannot be followed");
    refused("dbmate", "-- migrate:up\nselect 'a\n", 2, "not closed");
    let notes = cut("liquibase", "--changeset a:1\n--preconditions onFail:MARK_RAN\nselect 1;").unwrap().notes;
    assert_eq!(notes.first().map(|note| note.0), Some(2));
}
