//! Probes on a real database: the community's probes, their failures, and that they leave nothing behind.

use std::fs;
use std::time::{Duration, Instant};

use schemawarden::pg::probe::{self, ProbeError};
use schemawarden::pg::{Guards, connect};
use sqlx::Connection as _;

use crate::support::{Database, file, psql};

const LIMITS: Guards = Guards { lock_timeout: Duration::from_millis(300), statement_timeout: Duration::from_secs(20) };

const COMMUNITY: [&str; 4] =
    ["deleted_post_keeps_reactions", "reacting", "idempotency_key_once", "score_with_duration"];

/// All rows of the community.
const ROWS: &str = "
    select md5(string_agg(t::text, '|' order by t::text)) from users t;
    select md5(string_agg(t::text, '|' order by t::text)) from posts t;
    select md5(string_agg(t::text, '|' order by t::text)) from post_reactions t;
    select md5(string_agg(t::text, '|' order by t::text)) from credit_txns t;
    select md5(string_agg(t::text, '|' order by t::text)) from scores t;";

fn community(name: &str) -> Database {
    Database::with(&fs::read_to_string(file("sql/community").join(name)).unwrap())
}

fn script(name: &str) -> String {
    fs::read_to_string(file("sql/community/probes").join(format!("{name}.sql"))).unwrap()
}

async fn run(database: &Database, script: &str) -> Result<(), ProbeError> {
    probe::run(&database.source, "it", script, &LIMITS).await
}

async fn said(database: &Database, script: &str) -> String {
    schemawarden::domain::confidential::full(&run(database, script).await.unwrap_err().to_string()).into_owned()
}

#[test]
fn every_probe_that_is_shipped_is_tested() {
    let shipped = fs::read_dir(file("sql/community/probes")).unwrap().count();
    assert_eq!(shipped, COMMUNITY.len());
}

#[tokio::test]
async fn the_community_passes_its_probes_with_and_without_rows_and_keeps_none_of_theirs() {
    for rows in [
        "",
        "insert into users (handle, email) values ('ada', 'ada@example.com');
                      insert into posts (author_id, title) values (1, 'gone'), (1, 'stays');
                      insert into post_reactions (post_id, user_id, kind) values (1, 1, 'like'), (2, 1, 'wow');
                      insert into credit_txns (user_id, amount, reason, idempotency_key) values (1, 5, 'x', 'key');
                      insert into scores (user_id, challenge, points) values (1, 'golf', 7);
                      delete from posts where id = 1;",
    ] {
        let database = community("expected.sql");
        database.run(rows);
        let before = psql(&database.name, ROWS);
        for name in COMMUNITY {
            run(&database, &script(name)).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert_eq!(psql(&database.name, ROWS), before);
    }
}

#[tokio::test]
async fn the_mended_community_passes_them() {
    let (database, folder) = (community("outdated.sql"), tempfile::tempdir().unwrap());
    let fix = fs::read_to_string(file("sql/community/production_schema_fix.sql")).unwrap();
    assert!(database.run_script(&fix, folder.path(), &[]).status.success());
    for name in COMMUNITY {
        run(&database, &script(name)).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[tokio::test]
async fn the_outdated_community_fails_every_one_of_them() {
    let database = community("outdated.sql");
    let before = psql(&database.name, ROWS);
    for (name, reason) in COMMUNITY.into_iter().zip([
        "reactions are permanent: DELETE refused (SQLSTATE P0001)",
        "column \"is_hidden\" does not exist (SQLSTATE 42703)",
        "column \"idempotency_key\" of relation \"credit_txns\" does not exist (SQLSTATE 42703)",
        "column \"duration_sec\" of relation \"scores\" does not exist (SQLSTATE 42703)",
    ]) {
        let said = said(&database, &script(name)).await;
        assert_eq!(said, format!("probe `it` failed: statement 1 of 1 (line 5): {reason}"));
    }
    assert_eq!(psql(&database.name, ROWS), before);
}

/// Each schema lacks one thing that a probe checks.
#[tokio::test]
async fn each_probe_is_about_what_it_says() {
    for (name, damage, reason) in [
        (
            "deleted_post_keeps_reactions",
            "drop trigger reactions_are_permanent on post_reactions;
             alter table post_reactions drop constraint post_reactions_post_id_fkey,
                add foreign key (post_id) references posts on delete cascade",
            "of the 2 reactions to a deleted post 0 are left with post_id NULL",
        ),
        (
            "reacting",
            "alter table post_reactions drop constraint post_reactions_pkey",
            "two reactions were given the same id",
        ),
        ("reacting", "alter table posts alter is_hidden set default true", "a new post is not shown"),
        (
            "idempotency_key_once",
            "drop index credit_txns_idempotency_key_idx",
            "the same idempotency key was taken twice",
        ),
        ("score_with_duration", "alter table scores add check (duration_sec < 60)", "violates check constraint"),
    ] {
        let database = community("expected.sql");
        database.run(damage);
        let said = said(&database, &script(name)).await;
        assert!(said.contains(reason), "{name}: {said}");
    }
}

#[tokio::test]
async fn what_would_not_be_rolled_back_is_refused_by_its_line() {
    let database = Database::with("create table t (a int)");
    for (script, message) in [
        ("insert into public.t values (1);\n\ncommit;", "probe `it`, line 3: COMMIT is not for a probe"),
        ("begin; insert into public.t values (1);", "line 1: BEGIN is"),
        ("savepoint a", "line 1: SAVEPOINT is"),
        ("insert into public.t values (1);\n/* */ ROLLBACK AND CHAIN", "line 2: ROLLBACK is"),
        ("insert into public.t values (1);\nprepare transaction 'x'", "line 2: PREPARE TRANSACTION is"),
        ("select 1;\n\\i other.sql", "probe `it`, line 2: \\i is a command of psql"),
        ("-- nothing\n;", "probe `it` holds no statement"),
    ] {
        let said = said(&database, script).await;
        assert!(said.contains(message), "{said}");
    }
    // The server knows ways that the text does not show.
    let hidden = said(&database, "insert into public.t values (1);\ndo $$ begin commit; end $$").await;
    assert!(hidden.contains("statement 2 of 2 (line 2): invalid transaction termination"), "{hidden}");
    assert_eq!(psql(&database.name, "select count(*) from t"), "0\n");
}

#[tokio::test]
async fn a_failure_names_the_statement_and_its_line() {
    let database = Database::with(
        "create table t (a int primary key);
         create table u (a int references t deferrable initially deferred)",
    );
    let said_of = async |script| said(&database, script).await;
    assert_eq!(
        said_of("select 1;\n-- twice\ninsert into public.t values (1);\ninsert\ninto public.t values (1);").await,
        "probe `it` failed: statement 3 of 3 (line 4): duplicate key value violates unique constraint \"t_pkey\" \
         (SQLSTATE 23505)"
    );
    assert_eq!(
        said_of("insert into public.u values (1)").await,
        "probe `it` failed at its end, where deferred constraints are looked at: insert or update on table \"u\" \
         violates foreign key constraint \"u_a_fkey\" (SQLSTATE 23503)"
    );
    let limits = Guards { statement_timeout: Duration::from_millis(200), ..LIMITS };
    let begun = Instant::now();
    let late = probe::run(&database.source, "late", "select pg_sleep(600)", &limits).await.unwrap_err().to_string();
    assert!(late.contains("canceling statement due to statement timeout"), "{late}");
    assert!(begun.elapsed() < Duration::from_mins(5), "it was slept to its end");
}

#[tokio::test]
async fn a_lock_of_the_application_is_waited_for_though_not_for_ever() {
    let database = Database::with("create table t (a int); insert into public.t values (1)");
    let mut other = connect::open(&database.source, database.source.options()).await.unwrap();
    let mut held = other.begin().await.unwrap();
    sqlx::query("update t set a = 2").execute(&mut *held).await.unwrap();
    let stuck = said(&database, "update public.t set a = 3").await;
    assert!(stuck.contains("canceling statement due to lock timeout (SQLSTATE 55P03)"), "{stuck}");
    let (probed, ()) = tokio::join!(run(&database, "update public.t set a = 3"), async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        held.commit().await.unwrap();
    });
    probed.unwrap();
    assert_eq!(psql(&database.name, "select a from t"), "2\n");
}

/// Like the application's role while it is degraded.
#[tokio::test]
async fn a_role_that_is_read_only_by_default_can_be_probed() {
    let database = Database::with("create table t (a int)");
    database.run(&format!("alter database {} set default_transaction_read_only = on", database.name));
    run(&database, "insert into public.t values (1)").await.unwrap();
}
