//! An expectation of nothing is refused, and a folder of migrations is read as its own tool reads it.

use std::path::Path;

use schemawarden::daemon::expected::{self, ExpectedError, ExpectedSource, to_snapshot};
use schemawarden::pg::scratch::ScratchConfig;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{Answer, run};
use crate::support::{Daemon, Database, eventually, psql, schemawarden, scratch_server};

/// What each tool's migrations make, and what takes it away again.
const UP: &str = "create table t (id bigint primary key);";
const DOWN: &str = "drop table t;";

type Files<'a> = &'a [(&'a str, &'a str)];

fn folder(files: Files) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn check(live: &Database, expected: &Path, more: &[&str]) -> Answer {
    let scratch = scratch_server().url("postgres");
    let mut command = schemawarden();
    command.args(["check", "--database-url", &live.url(), "--scratch-url", scratch.expose_secret(), "--expected"]);
    run(command.arg(expected).args(more))
}

fn json(live: &Database, expected: &Path, more: &[&str]) -> Value {
    check(live, expected, &[&["--format", "json"], more].concat()).json()["targets"][0].take()
}

/// It could not be told, for this reason, and it is not well.
#[track_caller]
fn refused(live: &Database, expected: &Path, words: &[&str]) {
    let answer = check(live, expected, &[]);
    assert_eq!(answer.code, 2, "{}", answer.both());
    for words in words {
        assert!(answer.out.contains(words), "no {words} in: {}", answer.both());
    }
    assert!(!answer.out.contains("no drift"), "{}", answer.both());
}

/// `up` and `down` as the tool wants them in one file.
fn marked(before: &str, between: &str) -> String {
    format!("{before}\n{UP}\n{between}\n{DOWN}\n")
}

#[test]
fn every_tools_undo_parts_are_left_out() {
    let live = Database::create();
    let one_file = [
        ("dbmate", "1_a.sql", "-- migrate:up", "--migrate:down"),
        ("dbmate", "1_a.sql", "--  migrate:up transaction:false", "--  migrate:down"),
        ("goose", "1_a.sql", "-- +goose Up", "--+goose Down"),
        ("goose", "1_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up", "--   +goose  Down"),
        ("sql-migrate", "1-a.sql", "-- +migrate Up", "-- +migrate Down"),
        ("micrate", "1_a.sql", "-- +micrate Up", "-- +micrate Down"),
        ("MyBatis Migrations", "1_a.sql", "-- // a", "-- //@UNDO"),
        ("node-pg-migrate", "1_a.sql", "-- Up Migration", "-- Down Migration"),
        ("Play", "1.sql", "# --- !Ups", "# --- !Downs"),
        ("Play", "1.sql", "-- !Ups", "-- !Downs"),
        ("rambler", "a.sql", "-- rambler up", "-- rambler down"),
        ("shmig", "1-a.sql", "-- ====  UP  ====", "-- ==== DOWN ===="),
        ("tern", "001_a.sql", "", "---- create above / drop below ----"),
    ];
    for (tool, name, before, between) in one_file {
        found(&live, tool, &[(name, marked(before, between).as_str())], 1);
    }
    let liquibase = format!("--liquibase formatted sql\n--changeset a:1\n{UP}\n--rollback {DOWN}\n");
    found(&live, "Liquibase", &[("1.sql", liquibase.as_str())], 1);
    let (up, down) = (UP, DOWN);
    let rails = format!("{UP}\nSET search_path TO public;\ncreate table schema_migrations (version text);");
    let journal = "{\"entries\":[{\"tag\":\"0000_a\"},{\"tag\":\"0001_b\"}]}";
    let needs = "alter table t add a int;";
    for (tool, files, read) in [
        (
            "Flyway",
            &[
                ("V10__c.sql", "alter table t drop a;"),
                ("V2__b.sql", needs),
                ("V1_1__a.sql", "alter table t add b int;"),
                ("V1__a.sql", up),
                ("U1__a.sql", down),
                ("R__v.sql", "create view v as select id from t;"),
            ][..],
            5,
        ),
        ("golang-migrate", &[("10_b.up.sql", needs), ("9_a.up.sql", up), ("9_a.down.sql", down)], 2),
        ("Diesel", &[("2020-01-01-000000_a/up.sql", up), ("2020-01-01-000000_a/down.sql", down)], 1),
        ("Prisma", &[("2020_a/migration.sql", up), ("2020_a/down.sql", down), ("migration_lock.toml", "")], 1),
        ("Drizzle", &[("0000_a.sql", up), ("0001_b.sql", needs), ("meta/_journal.json", journal)], 2),
        ("Rails", &[("structure.sql", rails.as_str()), ("drop.sql", down)], 1),
        (
            "Sqitch",
            &[("sqitch.plan", "%syntax-version=1.0.0\na 2020 A <a@b>\n"), ("deploy/a.sql", up), ("revert/a.sql", down)],
            1,
        ),
        ("Atlas", &[("1.sql", up), ("2.sql", needs), ("atlas.sum", "")], 2),
        ("their numbers, without those that undo", &[("1_a.sql", up), ("1_a_down.sql", down)], 1),
        ("their numbers, without those that undo", &[("1_a-up.sql", up), ("1_a-down.sql", down)], 1),
        ("their numbers, without those that undo", &[("1_a.sql", up), ("1_a.rollback.sql", down)], 1),
        ("their numbers", &[("10_b.sql", needs), ("9_a.SQL", up), ("._9_a.SQL", "\u{0}"), (".DS_Store", "\u{0}")], 2),
    ] {
        found(&live, tool, files, read);
    }
    found_as(
        &live,
        "sqlx",
        &[("1_a.up.sql", up), ("1_a.down.sql", down), ("2_b.sql", needs)],
        2,
        &["--migrations", "sqlx"],
    );
}

fn found(live: &Database, tool: &str, files: Files, read: usize) {
    found_as(live, tool, files, read, &[]);
}

/// The table is missing in the live database, and told as such; the folder is read as that tool's.
fn found_as(live: &Database, tool: &str, files: Files, read: usize, more: &[&str]) {
    let folder = folder(files);
    let report = json(live, folder.path(), more);
    assert_eq!(report["verdict"], "violated", "{tool}: {report}");
    assert!(report["drift"].as_array().unwrap().iter().any(|it| it["object"] == "public.t"), "{report}");
    let order = report["expectation"]["order"].as_str().unwrap();
    assert!(order.contains(tool), "{tool}: {order}");
    assert_eq!(report["expectation"]["files"].as_array().unwrap().len(), read, "{tool}: {report}");
}

#[test]
fn markers_in_strings_bodies_and_comments_are_part_of_the_migration() {
    let live = Database::create();
    for (before, down) in [("-- migrate:up", "-- migrate:down"), ("-- +goose Up", "-- +goose Down"), ("", "-- //@UNDO")]
    {
        let text = format!(
            "{before}\ncreate function f() returns text language sql as $$ select '\n{down}\n' $$;\n/*\n{down}\n*/\n\
             comment on function f() is '\n{down}\n';\n{UP}\n{down}\n{DOWN}\n"
        );
        let folder = folder(&[("1_a.sql", text.as_str())]);
        let report = json(&live, folder.path(), &[]);
        let drift = report["drift"].as_array().unwrap();
        assert!(drift.iter().any(|it| it["object"] == "public.t"), "{report}");
        let function = drift.iter().find(|it| it["object"] == "public.f()").unwrap();
        assert!(function["expected"].as_str().unwrap().contains(down), "{function}");
    }
}

#[test]
fn what_undoes_without_a_tool_that_says_so_is_refused_with_its_line() {
    let live = Database::create();
    for (files, words) in [
        (&[("1_a.sql", &*marked("", "-- down"))][..], "1_a.sql:3: this looks like the beginning of a part that undoes"),
        (&[("1_a.sql", &*marked("-- +migrate Up", "--+migrate Down"))], "1_a.sql:3: this looks like"),
        (&[("1_a.sql", &*marked("-- migrate:up", "-- migrate: down"))], "is no marker of dbmate"),
        (&[("1_a.sql", UP), ("2_b_down.sql", DOWN)], "2_b_down.sql: this file's name says that it undoes something"),
        (&[("1_a.up.sql", UP), ("2_b.sql", DOWN)], "this could be read as golang-migrate or as sqlx"),
        (&[("V1__a.sql", "create table ${x} ();")], "V1__a.sql:1: Flyway replaces `${…`"),
        (&[("1_a.sql", "select '{{ .x }}';\n---- create above / drop below ----\n")], "1_a.sql:1: tern replaces"),
        (&[("notes.md", "")], "no *.sql file here"),
    ] {
        let folder = folder(files);
        refused(&live, folder.path(), &[words]);
        if let [(name, _)] = files {
            let file = folder.path().join(name);
            if words.contains("looks like") {
                refused(&live, &file, &["looks like"]);
            }
        }
    }
    // The operator says that it is meant.
    let meant = folder(&[("1_a.sql", "create table u ();\n-- down\ncreate table t ();\n")]);
    let answer = check(&live, meant.path(), &["--migrations", "plain"]);
    assert_eq!(answer.code, 1, "{}", answer.both());
    let answer = check(&live, meant.path(), &["--migrations", "flywheel"]);
    answer.fails_with(&["no migration tool is called `flywheel`; known are flyway, "]);
    let site = crate::cli::Site::new(&live.url(), "migrations = 'plain'\n");
    site.write("expected.sql", "create table u ();\n-- down\ncreate table t ();\n");
    assert_eq!(run(&mut site.command("check", &[])).code, 1);
}

#[test]
fn an_expectation_of_nothing_never_holds() {
    let live = Database::create();
    let nothing = "the expectation holds no object";
    let dump = "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\nselect 1;\n";
    let cut = format!("{dump}create table t ();\n");
    let rolled_back = format!("begin;\n{UP}\nrollback;\n");
    let part = format!("create table u ();\n{rolled_back}");
    let schema_only = "create schema other; create table other.t ();";
    for (text, words) in [
        ("select 1;", nothing),
        ("create table t (); drop table t;", nothing),
        ("create foreign data wrapper w;", "it has only what cannot be compared (foreign-data wrapper)"),
        (dump, "e.sql:2: the dump that begins here was cut off: its last line"),
        (cut.as_str(), "e.sql:2: the dump that begins here was cut off"),
        (part.as_str(), "e.sql:4: this line rolls back the schema changes of its transaction"),
        (rolled_back.as_str(), "e.sql:3: this line rolls back"),
    ] {
        let folder = folder(&[("e.sql", text)]);
        refused(&live, &folder.path().join("e.sql"), &[words]);
    }
    // A reference database, and a snapshot.
    refused(&live, Path::new(&Database::create().url()), &[nothing]);
    let empty = tempfile::tempdir().unwrap();
    let snapshot = empty.path().join("e.json");
    let taken = run(schemawarden().args(["snapshot", "--database-url", &live.url(), "-o"]).arg(&snapshot));
    assert_eq!(taken.code, 0, "{}", taken.both());
    refused(&live, &snapshot, &[nothing]);
    // Only the schemas that are watched count.
    let site = crate::cli::Site::new(&live.url(), "schemas = ['public']\n");
    site.write("expected.sql", schema_only);
    let answer = run(&mut site.command("check", &[]));
    assert_eq!(answer.code, 2, "{}", answer.both());
    assert!(answer.out.contains("no object in the schemas public"), "{}", answer.both());
    // Neither is a plan made from it, which would drop everything.
    live.run("create table kept ()");
    let folder = folder(&[("e.sql", "select 1;")]);
    let scratch = scratch_server().url("postgres");
    let mut plan = schemawarden();
    plan.args(["plan", "--scope", "whole", "--database-url", &live.url(), "--scratch-url", scratch.expose_secret()]);
    let answer = run(plan.arg("--expected").arg(folder.path().join("e.sql")));
    assert!(answer.code == 2 && answer.err.contains(nothing), "{}", answer.both());
}

/// The way back to an empty database is no expectation of an operator's.
#[tokio::test]
async fn what_was_there_before_may_have_been_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("before.json");
    std::fs::write(&path, to_snapshot(&Database::create().read().await).unwrap()).unwrap();
    let scratch = ScratchConfig::default();
    let before = expected::load(&ExpectedSource::Before(path.clone()), &scratch, None).await.unwrap();
    assert_eq!(before.expectation.objects, 0);
    let refused = expected::load(&ExpectedSource::Snapshot(path), &scratch, None).await;
    assert!(matches!(refused, Err(ExpectedError::Nothing { .. })));
}

#[test]
fn whole_dumps_of_several_databases_are_read_and_told() {
    let live = Database::create();
    let dump = |name: &str, sql: &str| {
        format!(
            "\\connect {name}\n--\n-- PostgreSQL database dump\n--\n\n\\restrict k\n\n{sql}\n\n--\n-- PostgreSQL database dump \
             complete\n--\n\n\\unrestrict k\n\n"
        )
    };
    let both = [dump("a", UP), dump("b", "create table u ();")].concat();
    let folder = folder(&[("all.sql", both.as_str()), ("one.sql", &*dump("a", UP)), ("sub/more.sql", UP)]);
    let report = json(&live, &folder.path().join("all.sql"), &[]);
    assert_eq!(report["drift"].as_array().unwrap().len(), 2, "{report}");
    assert!(report["warnings"][0].as_str().unwrap().contains("all.sql:16: \\connect b is not followed"), "{report}");
    assert!(json(&live, &folder.path().join("one.sql"), &[])["warnings"].is_null());
    std::fs::remove_file(folder.path().join("all.sql")).unwrap();
    let answer = check(&live, folder.path(), &[]);
    assert!(answer.out.contains("expected  1 file in the order of their numbers"), "{}", answer.both());
    assert!(answer.out.contains("not read (in a subfolder): sub/more.sql"), "{}", answer.both());
}

#[test]
fn the_encoding_that_a_file_speaks_of_does_not_change_its_names() {
    let live = Database::with("create table \"Straße\" (id int);");
    for setting in ["SET client_encoding = 'LATIN1';", "set names 'LATIN1';", "\\encoding LATIN1"] {
        let text = format!("{setting}\ncreate table \"Straße\" (id int);");
        let folder = folder(&[("e.sql", text.as_str())]);
        let answer = check(&live, &folder.path().join("e.sql"), &["--scope", "whole"]);
        assert_eq!(answer.code, 0, "{setting}: {}", answer.both());
    }
}

#[test]
fn an_extension_without_a_version_has_whichever_the_server_has() {
    let live = Database::with("create extension citext version '1.4'; create table t ();");
    let folder = folder(&[
        ("any.sql", "create extension citext; create table t ();"),
        ("this.sql", "create extension if not exists citext with version '1.4'; create table t ();"),
        ("other.sql", "create extension citext version '1.5'; create table t ();"),
    ]);
    for (file, code) in [("any.sql", 0), ("this.sql", 0), ("other.sql", 1)] {
        for scope in ["declared", "whole"] {
            let answer = check(&live, &folder.path().join(file), &["--scope", scope]);
            assert_eq!(answer.code, code, "{file} {scope}: {}", answer.both());
        }
    }
    // A snapshot remembers that.
    let scratch = scratch_server().url("postgres");
    let snapshot = folder.path().join("any.json");
    let mut taken = schemawarden();
    taken.args(["snapshot", "--of", "expected", "--scratch-url", scratch.expose_secret(), "-o"]).arg(&snapshot);
    let answer = run(taken.arg("--expected").arg(folder.path().join("any.sql")));
    assert_eq!(answer.code, 0, "{}", answer.both());
    assert_eq!(check(&live, &snapshot, &[]).code, 0);
    psql(&live.name, "alter extension citext update to '1.5'");
    assert_eq!(check(&live, &snapshot, &["--scope", "whole"]).code, 0);
}

#[tokio::test]
async fn an_expectation_that_has_lost_most_of_what_it_had_is_told() {
    let live = Database::with("create table a (); create table b (); create table c ();");
    let scratch = scratch_server().url("postgres");
    let config = format!(
        "[scratch]\nurl = '{}'\n[[target]]\nname = 'shop'\nurl = '{}'\nexpected = 'shop.sql'\n",
        scratch.expose_secret(),
        live.url()
    );
    let whole = "create table a (); create table b (); create table c ();";
    let prepare = |daemon: &Daemon| {
        daemon.write("shop.sql", whole);
        daemon.configure(&config);
    };
    let daemon = Daemon::prepared(prepare, &[]).await;
    let checked = daemon.check("shop").await;
    assert_eq!(checked["expectation"]["objects"], 3, "{checked}");
    daemon.write("shop.sql", "create table a ();");
    let lost = daemon.check("shop").await;
    let told = "the expectation has 1 objects; it had 3 before";
    assert!(lost["warnings"][0].as_str().is_some_and(|it| it.starts_with(told)), "{lost}");
    assert_eq!(daemon.metric("schemawarden_expected_objects", &[("target", "shop")]).await, Some(1.0));
    // It is told until it is well again, over a reload, too.
    assert_eq!(daemon.post("/-/reload").await.0, 200);
    let still = daemon.check("shop").await;
    assert!(still["warnings"][0].as_str().is_some_and(|it| it.starts_with(told)), "{still}");
    assert_eq!(daemon.log().matches(told).count(), 1, "{}", daemon.log());
    daemon.write("shop.sql", whole);
    let well = daemon.check("shop").await;
    assert!(well["warnings"].is_null(), "{well}");
    eventually("the log has told it", async || daemon.log().contains(told).then_some(())).await;
}
