//! What an earlier version has written down is gone on with: `tests/written/<version>/`.
//!
//! | file | is |
//! |---|---|
//! | `state.sql` | the state store, as SQL: a remediation under way, its plan approved, the application degraded |
//! | `snapshot.json` | what `schemawarden snapshot` has written of the expected schema |
//!
//! They are written once, by the last commit of a version (see [`it_is_written`]), and never again: a change that
//! cannot read them needs a migration, and no new files.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::Utc;
use schemawarden::daemon::expected::from_snapshot;
use schemawarden::domain::plan::{Plan, Work};
use schemawarden::pg::identity;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::{Site, Wish, holder, is_the_same, phases};
use crate::cli::run;
use crate::support::{Database, file, schemawarden};
use crate::who;

/// By whose names the application is degraded: a file. What is kept of a command is its first word alone.
fn degrade(mark: &Path) -> String {
    let mark = mark.display();
    format!(
        "kind = 'command'
         enter = ['touch', '{mark}']
         leave = ['rm', '-f', '{mark}']
         status = ['test', '-e', '{mark}']"
    )
}

/// Every version that has written something.
fn versions() -> Vec<PathBuf> {
    let found = fs::read_dir(file("tests/written")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = found.collect();
    found.sort();
    found
}

/// Rows are loaded before those that they refer to.
async fn open(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).foreign_keys(false);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn texts(store: &mut SqliteConnection, query: String) -> Vec<String> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(query)).fetch_all(store).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// The whole store as statements: tables, rows, and then what acts on rows.
async fn dumped(store: &mut SqliteConnection) -> String {
    let made = |what: &str| format!("select sql || ';' from sqlite_master where name not like 'sqlite_%' and {what}");
    let mut lines = texts(store, made("type = 'table'")).await;
    let tables = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name";
    for table in texts(store, tables.into()).await {
        let columns = texts(store, format!("select name from pragma_table_info('{table}')")).await;
        let values: Vec<_> = columns.iter().map(|column| format!("quote({column})")).collect();
        let values = values.join(" || ', ' || ");
        let row = format!("select 'insert into {table} values (' || {values} || ');' from {table}");
        lines.extend(texts(store, row).await);
    }
    lines.extend(texts(store, made("type in ('index', 'trigger') and sql is not null")).await);
    lines.join("\n") + "\n"
}

/// The database that the remediation was begun in, and how long the application may be degraded: as on this host, and now.
async fn load(store: &Path, text: &str, database: &Database) {
    let (before, after) = text.split_once("\"until\":\"").unwrap();
    let (_, after) = after.split_once('"').unwrap();
    let until = (Utc::now() + chrono::Duration::minutes(20)).to_rfc3339();
    let mut store = open(store).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("{before}\"until\":\"{until}\"{after}")))
        .execute(&mut store)
        .await
        .unwrap();
    let here = identity::of(&database.source).await.unwrap().unwrap();
    let sql = "update document set content = ? where name = 'database'";
    sqlx::query(sql).bind(here).execute(&mut store).await.unwrap();
    store.close().await.unwrap();
}

async fn document(store: &mut SqliteConnection, name: &str) -> String {
    texts(store, format!("select content from document where name = '{name}'")).await.remove(0)
}

/// A daemon of this version takes up what that one was at when it was killed, comes to its end, and takes it back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_remediation_that_an_earlier_version_has_begun_is_carried_on() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("degraded");
    for written in versions() {
        let mut site = Site::start(&Wish { degrade: Some(degrade(&mark)), ..Wish::default() }).await;
        site.daemon.kill();
        let state = site.daemon.path("state.db");
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{suffix}", state.display()));
        }
        load(&state, &fs::read_to_string(written.join("state.sql")).unwrap(), &site.database).await;

        // What it had done by then.
        let mut store = open(&state).await;
        let id = texts(&mut store, "select id from remediation where ended_at is null".into()).await.remove(0);
        let plan: Plan = serde_json::from_str(&document(&mut store, "plan").await).unwrap();
        let journal = texts(&mut store, "select entry from journal order by seq".into()).await;
        store.close().await.unwrap();
        let entries: Vec<Value> = journal.iter().map(|entry| serde_json::from_str(entry).unwrap()).collect();
        let is_done = |number: usize| {
            entries.iter().any(|entry| entry["step"] == "done" && entry["number"].as_u64() == Some(number as u64))
        };
        let done: Vec<_> = plan.steps().enumerate().filter(|(at, _)| is_done(at + 1)).map(|(_, step)| step).collect();
        assert!(!done.is_empty() && done.len() < plan.steps().count(), "{journal:?}");
        for step in done {
            assert!(!matches!(step.work, Work::Batches { .. }), "{}", step.action);
            site.database.run(&step.sql);
        }
        fs::write(&mark, "").unwrap();

        site.daemon.launch().await;
        let (end, now) = site.ended(&id).await;
        assert_eq!(end, "done", "{now:?}\n{}", site.daemon.log());
        assert_eq!(
            phases(&now),
            ["gate", "degrade", "backup", "apply", "verify", "enable", "smoke"].map(|it| format!("{it} done"))
        );
        // It stands there as it was written.
        for (was, is) in entries.iter().zip(&now) {
            let mut is = is.clone();
            for more in ["seq", "at"] {
                is.as_object_mut().unwrap().remove(more);
            }
            if was["fact"] != "lease" {
                assert_eq!(*was, is);
            }
        }
        assert!(!mark.exists() && site.holds());

        let back = site.take_back(&id, false).await;
        let (end, now) = site.ended(&back).await;
        assert_eq!(end, "done", "{now:?}\n{}", site.daemon.log());
        is_the_same(&site.before, &site.database);
    }
}

/// By its id a plan is approved: whoever reads one that an earlier version has made, gives it the same.
#[tokio::test]
async fn a_plan_that_an_earlier_version_has_made_has_its_id() {
    let folder = tempfile::tempdir().unwrap();
    for (number, written) in versions().iter().enumerate() {
        let mut store = open(&folder.path().join(format!("{number}.db"))).await;
        let text = fs::read_to_string(written.join("state.sql")).unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut store).await.unwrap();
        let mut plan: Plan = serde_json::from_str(&document(&mut store, "plan").await).unwrap();
        let live = from_snapshot(&document(&mut store, "before").await).unwrap();
        let database = document(&mut store, "database").await;
        let approved = texts(&mut store, "select plan from approval".into()).await;
        let begun = texts(&mut store, "select plan from remediation".into()).await;
        assert_eq!([&approved, &begun], [&[plan.id.clone()]; 2]);
        let id = std::mem::take(&mut plan.id);
        plan.settle([], &live, Some(&database));
        assert_eq!(plan.id, id, "{}", written.display());
    }
}

#[test]
fn a_snapshot_that_an_earlier_version_has_written_holds() {
    let expected = crate::cli::community("expected.sql");
    for written in versions() {
        for scope in ["declared", "whole"] {
            let snapshot = written.join("snapshot.json");
            let mut check = schemawarden();
            check.args(["check", "--scope", scope, "--database-url", &expected.url(), "--expected"]).arg(snapshot);
            let answer = run(&mut check);
            assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
        }
    }
}

/// To be run by the last commit of a version, which then says with its number in `Cargo.toml` what it has written.
#[ignore = "writes tests/written, once for each version"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let written = file("tests/written").join(env!("CARGO_PKG_VERSION"));
    fs::create_dir_all(&written).unwrap();
    let (bob, table) = who::token("bob", "apply");
    let wish = Wish {
        degrade: Some(degrade(&folder.path().join("degraded"))),
        target: "require_approval = true\n".into(),
        top: table,
        ..Wish::default()
    };
    let mut site = Site::start(&wish).await;
    let body = json!({ "plan": site.plan().await["id"] });
    let approvals = site.daemon.url("/api/v1/targets/community/approvals");
    let (status, approved) = super::ask(&approvals, "POST", Some(&bob), &[], Some(body)).await;
    assert_eq!(status, 201, "{approved}");
    let holder = holder(&site.database.source).await;
    let id = site.remediate().await;
    site.applies(&id).await;
    site.daemon.kill();
    holder.close().await.unwrap();
    let mut store = open(&site.daemon.path("state.db")).await;
    let folder = site.daemon.path("").display().to_string();
    let state = dumped(&mut store).await.replace(&folder, "/var/lib/schemawarden/");
    fs::write(written.join("state.sql"), state).unwrap();
    let expected = crate::cli::community("expected.sql");
    let mut snapshot = schemawarden();
    snapshot.args(["snapshot", "--database-url", &expected.url(), "--output"]).arg(written.join("snapshot.json"));
    assert_eq!(run(&mut snapshot).code, 0);
}
