//! Whole folders: which tool is recognised, what is run, and what is refused.

#![allow(clippy::unwrap_used)]

use super::*;

const TABLE: &str = "create table t ();\n";

fn entries(files: &[(&str, &str)]) -> Vec<Entry> {
    files.iter().map(|(path, text)| Entry { path: (*path).into(), text: (*text).into() }).collect()
}

/// The key of the tool, and the files that are run.
fn run(files: &[(&str, &str)]) -> (&'static str, Vec<String>) {
    let entries = entries(files);
    let reading = read(Given::Folder(&entries), None).unwrap();
    (reading.tool.key, reading.files.into_iter().map(|file| file.path).collect())
}

fn refusal(files: &[(&str, &str)]) -> String {
    let entries = entries(files);
    read(Given::Folder(&entries), None).unwrap_err().to_string()
}

#[test]
fn folders_are_recognised_by_their_names() {
    for (key, files, order) in [
        (
            "flyway",
            &["V10__c.sql", "V2__b.sql", "V1__a.sql", "U1__a.sql", "R__v.sql"][..],
            &["V1__a.sql", "V2__b.sql", "V10__c.sql", "R__v.sql"][..],
        ),
        ("flyway", &["V1__a.sql", "V2__b.sql", "V3__c.sql", "B1__x.sql", "B2__y.sql"], &["B2__y.sql", "V3__c.sql"]),
        ("refinery", &["U10__a.sql", "U2__b.sql"], &["U2__b.sql", "U10__a.sql"]),
        (
            "golang-migrate",
            &["10_b.up.sql", "10_b.down.sql", "9_a.up.sql", "9_a.down.sql"],
            &["9_a.up.sql", "10_b.up.sql"],
        ),
        ("diesel", &["2020_b/up.sql", "2020_b/down.sql", "2019_a/up.sql"], &["2019_a/up.sql", "2020_b/up.sql"]),
        (
            "prisma",
            &["2020_b/migration.sql", "2019_a/migration.sql"],
            &["2019_a/migration.sql", "2020_b/migration.sql"],
        ),
        ("atlas", &["10.sql", "2.sql", "atlas.sum"], &["10.sql", "2.sql"]),
        ("flyway", &["V1__a.sql", "atlas.sum"], &["V1__a.sql"]),
        ("pairs", &["1_a_up.sql", "1_a_down.sql"], &["1_a_up.sql"]),
        ("pairs", &["10_b.sql", "10_b-down.sql", "9_a.sql", "9_a.rollback.sql"], &["9_a.sql", "10_b.sql"]),
        ("pairs", &["001.do.a.sql", "001.undo.a.sql"], &["001.do.a.sql"]),
        ("plain", &["10_b.sql", "9_a.SQL", "x/1_c.up.sql"], &["9_a.SQL", "10_b.sql"]),
        ("plain", &["schema.sql", "2020_a/up.sql", "2020_a/down.sql"], &["schema.sql"]),
    ] {
        let files: Vec<_> = files.iter().map(|file| (*file, TABLE)).collect();
        assert_eq!(run(&files), (key, order.iter().map(|it| (*it).to_owned()).collect()));
    }
}

#[test]
fn folders_are_recognised_by_what_stands_in_them() {
    for (key, marker) in [
        ("dbmate", "-- migrate:up"),
        ("goose", "-- +goose Up"),
        ("sql-migrate", "-- +migrate Up"),
        ("micrate", "-- +micrate Up"),
        ("mybatis", "-- //@UNDO"),
        ("node-pg-migrate", "-- Up Migration"),
        ("rambler", "-- rambler up"),
        ("shmig", "-- ====  UP  ===="),
        ("tern", "---- create above / drop below ----"),
        ("liquibase", "--liquibase formatted sql"),
    ] {
        let text = format!("{marker}\n");
        assert_eq!(run(&[("10_b.sql", &text), ("2_a.sql", &text)]).0, key);
    }
    assert_eq!(run(&[("1.sql", "# --- !Ups\nselect 1;\n")]).0, "play");
    let structure = "create table t ();\nINSERT INTO \"schema_migrations\" (version) VALUES ('1');\n";
    assert_eq!(run(&[("structure.sql", structure), ("seeds.sql", TABLE)]), ("rails", vec!["structure.sql".into()]));
    let journal = r#"{"entries":[{"tag":"0001_b"},{"tag":"0000_a"}]}"#;
    let drizzle =
        [("0000_a.sql", TABLE), ("0001_b.sql", TABLE), ("0002_c.sql", TABLE), ("meta/_journal.json", journal)];
    assert_eq!(run(&drizzle), ("drizzle", vec!["0001_b.sql".into(), "0000_a.sql".into()]));
    let sqitch = [
        ("sqitch.plan", "b 2020 A <a@b>\na 2020 A <a@b>\n"),
        ("deploy/a.sql", TABLE),
        ("deploy/b.sql", TABLE),
        ("revert/a.sql", TABLE),
    ];
    assert_eq!(run(&sqitch), ("sqitch", vec!["deploy/b.sql".into(), "deploy/a.sql".into()]));
    let checkpoint = [("1.sql", TABLE), ("2.sql", "-- atlas:checkpoint\n"), ("3.sql", TABLE), ("atlas.sum", "")];
    assert_eq!(run(&checkpoint), ("atlas", vec!["2.sql".into(), "3.sql".into()]));
}

#[test]
fn ambiguous_folders_are_refused() {
    for (files, words) in [
        (&[("V1__a.sql", "-- +goose Up\n"), ("1_b.sql", "-- +goose Up\n")][..], "as Flyway or as goose"),
        (&[("V1__a.sql", TABLE), ("U2__b.sql", TABLE)], "U2__b.sql: this could be read as Flyway or as refinery"),
        (&[("1_a.sql", "-- migrate:up\n-- +goose Up\n")], "as dbmate or as goose"),
        (
            &[("1_a.up.sql", TABLE), ("2_b.sql", TABLE)],
            "as golang-migrate or as sqlx: say which by `migrations = \"golang-migrate\"`",
        ),
        (&[("1_a_down.sql", TABLE), ("1_b.sql", TABLE)], "1_a_down.sql: this file's name says that it undoes"),
        (&[("1_a.sql", "create table t ();\n-- down\ndrop table t;\n")], "1_a.sql:2: this looks like the beginning"),
        (
            &[("V1__a.sql", TABLE), ("V1.0__b.sql", TABLE)],
            "Flyway refuses two migrations of one version; the other is V1.0__b.sql",
        ),
        (
            &[("1.sql", "--liquibase formatted sql\n"), ("changelog.xml", "")],
            "changelog.xml: Liquibase runs what this file includes",
        ),
        (&[("a/1.sql", TABLE)], "no *.sql file here"),
        (
            &[("meta/_journal.json", "{\"entries\":[{\"tag\":\"a\"}]}")],
            "meta/_journal.json:1: a.sql is in the list, and not in the folder",
        ),
    ] {
        let refusal = refusal(files);
        assert!(refusal.contains(words), "{refusal}");
    }
}

#[test]
fn a_named_tool_is_used() {
    let files = entries(&[("1_a.up.sql", TABLE), ("2_b.sql", TABLE), ("3_down.sql", "-- down\nselect 1;")]);
    let run = |key| read(Given::Folder(&files), Tool::by_key(key)).map(|it| it.files.len());
    assert_eq!((run("golang-migrate"), run("plain")), (Ok(1), Ok(3)));
    // sqlx has no such marker.
    assert_eq!(run("sqlx").unwrap_err().line, Some(1));
    let one = Entry { path: "1_a.down.sql".into(), text: TABLE.into() };
    assert_eq!(read(Given::File(&one), None).unwrap().files, [one]);
}
