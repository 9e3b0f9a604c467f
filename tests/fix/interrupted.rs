//! Interruptions: whoever stops it, and however, leaves what a later run continues from.

use std::collections::BTreeSet;
use std::time::Duration;

use schemawarden::state::{State, StateLocation};

use super::Outdated;
use crate::cli::{Site, run};
use crate::support::{Database, Program, client, eventually, psql};

const SESSIONS: &str = "select count(*) from pg_stat_activity where application_name = 'schemawarden fix' \
                        and datname = current_database()";

/// A session of the application with an open transaction, until it is dropped.
async fn holding(outdated: &Outdated, sql: &str) -> Program {
    let mut command = std::process::Command::new(client("psql"));
    command.env("PGAPPNAME", "the long report").args(["-X", "-d", &outdated.database.url(), "-c", "begin"]);
    command.args(["-c", sql, "-c", "select pg_sleep(120)"]);
    let program = Program::start(command, &outdated.site.path("holding.log"));
    eventually("the transaction is open", async || {
        (outdated
            .ask("select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()")
            == "1")
            .then_some(())
    })
    .await;
    program
}

fn release(outdated: &Outdated, other: Program) {
    outdated.ask(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity
         where application_name = 'the long report' and datname = current_database()",
    );
    drop(other);
}

/// Starts `apply`, and waits until it waits.
async fn waiting(outdated: &Outdated) -> Program {
    let command = outdated.site.command("apply", &["--yes", "--no-rehearse"]);
    let program = Program::start(command, &outdated.site.path("apply.log"));
    eventually("it waits", async || program.output().contains("waits for a lock").then_some(())).await;
    program
}

/// Building an index concurrently waits for every older snapshot, up to half an hour.
#[tokio::test]
async fn ctrl_c_ends_a_statement_that_waits_and_leaves_nothing_behind() {
    let outdated = Outdated::that_sets_null();
    let report = holding(&outdated, "set transaction isolation level repeatable read; select from users").await;
    let mut apply = waiting(&outdated).await;
    let log = apply.output();
    assert!(log.contains("application the long report") && log.contains("pid "), "{log}");
    apply.signal("INT");
    let (status, took) = apply.ended().await;
    let log = apply.output();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(took < Duration::from_secs(10), "{took:?}: {log}");
    for part in ["stopping", "stopped at step", "a later run continues from there", "steps carried out"] {
        assert!(log.contains(part), "no {part} in {log}");
    }
    assert_eq!(outdated.ask(SESSIONS), "0");
    let dead = "select count(*) from pg_index where not indisvalid";
    assert_eq!(outdated.ask(dead), "0", "what it had begun to build is gone again");
    release(&outdated, report);
    let again = outdated.run("apply", &["--yes"]);
    assert_eq!(again.code, 0, "{}", again.both());
    assert!(!again.out.contains("add column public.posts.is_hidden"), "done before: {}", again.both());
    outdated.holds();
}

#[tokio::test]
async fn two_at_the_same_time_are_one_too_many() {
    let outdated = Outdated::that_sets_null();
    let report = holding(&outdated, "lock table credit_txns in access share mode").await;
    let mut first = waiting(&outdated).await;
    let second = outdated.run("apply", &["--yes", "--no-rehearse"]);
    assert_eq!(second.code, 1, "{}", second.both());
    for part in ["another remediation is under way in this database, held by pid ", "application schemawarden fix"] {
        assert!(second.err.contains(part), "no {part} in {}", second.both());
    }
    assert!(second.out.contains("\n0 of 19 steps carried out"), "{}", second.both());
    // Planning is free.
    assert_eq!(outdated.run("plan", &[]).code, 1);
    release(&outdated, report);
    let (status, _) = first.ended().await;
    assert_eq!(status.code(), Some(0), "{}", first.output());
    outdated.holds();
}

/// Killed without a word: between a statement and its commit, after a commit, after values were kept.
#[tokio::test]
async fn a_run_that_was_killed_is_continued() {
    let mut at = 3;
    loop {
        let outdated = Outdated::that_sets_null();
        let first = outdated.plan_id(&[]);
        let mut killed = outdated.site.command("apply", &["--yes", "--no-rehearse"]);
        let killed = killed.env("SCHEMAWARDEN_DIE_AFTER_STEP", at.to_string()).output().unwrap();
        if killed.status.code() == Some(0) {
            assert!(at > 20, "it dies somewhere");
            return;
        }
        let again = outdated.run("apply", &["--yes", "--no-rehearse", "--format", "json"]);
        assert_eq!(again.code, 0, "killed at {at}: {}", again.both());
        outdated.holds();
        // Whichever run has kept them, all of them are kept.
        let state = State::open(&StateLocation::File(outdated.site.path("state/schemawarden.db"))).await.unwrap();
        let mut kept = BTreeSet::new();
        for plan in [&first, again.json()["plan"]["id"].as_str().unwrap()] {
            let rows = state.kept_rows("community", plan, None, 1_000).await.unwrap();
            kept.extend(rows.into_iter().map(|kept| kept.row));
        }
        assert_eq!(kept.len(), 36, "killed at {at}");
        state.close().await;
        at += 17;
    }
}

/// A nullable column with its default is what is expected, whether or not the rows that were there have values.
#[test]
fn a_column_that_is_not_yet_filled_is_drift_and_filled_by_the_next_run() {
    for at in (1..).step_by(2) {
        let database =
            Database::with("create table t (id int primary key); insert into t select generate_series(1, 50);");
        let site = Site::new(&database.url(), "");
        site.write("expected.sql", "create table t (id int primary key, token uuid default gen_random_uuid());");
        let mut killed = site.command("apply", &["--yes", "--no-rehearse"]);
        let killed = killed.env("SCHEMAWARDEN_DIE_AFTER_STEP", at.to_string()).output().unwrap();
        if killed.status.success() {
            assert!(at > 6, "it has fewer places than it had");
            return;
        }
        let check = run(&mut site.command("check", &[]));
        let is_left =
            "select not exists (select from pg_attribute where attrelid = 't'::regclass and attname = 'token')
                       or exists (select from pg_constraint where conrelid = 't'::regclass and contype = 'c')";
        let is_left = psql(&database.name, is_left).trim() == "t";
        assert_eq!(check.code, i32::from(is_left), "killed at {at}: {}", check.both());
        let applied = run(&mut site.command("apply", &["--yes"]));
        assert_eq!(applied.code, 0, "killed at {at}: {}", applied.both());
        assert_eq!(psql(&database.name, "select count(*) from t where token is null").trim(), "0", "killed at {at}");
        assert_eq!(
            psql(&database.name, "select count(*) from pg_constraint where conrelid = 't'::regclass").trim(),
            "1"
        );
        let check = run(&mut site.command("check", &[]));
        assert_eq!(check.code, 0, "killed at {at}: {}", check.both());
    }
}
