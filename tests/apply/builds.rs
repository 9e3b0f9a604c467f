//! Indexes built while others go on: what an interrupted build leaves behind, and what only looks like it.

use std::time::Duration;

use schemawarden::domain::plan::{Limits, Plan};
use schemawarden::pg::apply::{ApplyError, Event};
use schemawarden::pg::connect::open;

use super::{Run, alone, ask, building, plan, run, session, step, with_limits};
use crate::support::{Database, eventually};

#[tokio::test]
async fn a_build_that_fails_leaves_no_dead_index_and_says_so() {
    let database = Database::with("create table t (x int); insert into t values (1), (1)");
    let work = Run::of(&database);
    let error = work.apply(&plan(vec![building(true)])).await.unwrap_err();
    let ApplyError::Failed { code, left, reason, .. } = &error else { panic!("{error}") };
    assert_eq!((code.as_deref(), left), (Some("23505"), &None), "{error}");
    assert!(reason.contains("could not create unique index") && !reason.contains("(x)=(1)"), "{reason}");
    assert_eq!(ask(&database, "select count(*) from pg_index where indrelid = 't'::regclass"), "0");
    assert_eq!(work.told(|event| matches!(event, Event::DroppedDead { .. })), 1);
    assert_eq!(work.told(|event| matches!(event, Event::Retrying { .. })), 0);
}

#[tokio::test]
async fn a_dead_index_of_an_earlier_run_is_dropped_first() {
    let database = Database::with("create table t (x int); insert into t values (1), (1)");
    let mut session = session(&database).await;
    sqlx::raw_sql("create unique index concurrently i on t (x)").execute(&mut session).await.unwrap_err();
    run(&mut session, "delete from t").await;
    for sql in
        ["create unique index concurrently i on public.t (x)", "create index concurrently if not exists i on t (x)"]
    {
        run(&mut session, "update pg_index set indisvalid = false where indrelid = 't'::regclass").await;
        let work = Run::of(&database);
        let step = step(sql, None);
        let segments = vec![with_limits(alone(step), Limits::CONCURRENT)];
        work.apply(&Plan { search_path: Some("public".into()), ..plan(segments) }).await.unwrap();
        assert_eq!(work.told(|event| matches!(event, Event::DroppedDead { index, .. } if index == "public.i")), 1);
        let valid = "select bool_and(indisvalid) and count(*) = 1 from pg_index where indrelid = 't'::regclass";
        assert_eq!(ask(&database, valid), "t");
    }
}

/// While it is under way, another session's build looks like a dead index.
#[tokio::test]
async fn a_build_of_somebody_else_is_waited_for_and_not_dropped() {
    let database = Database::with("create table t (x int); create table other (x int)");
    let mut old = session(&database).await;
    run(&mut old, "begin isolation level repeatable read; select from other").await;
    let source = database.source.clone();
    let build = tokio::spawn(async move {
        let mut session = open(&source, source.options()).await.unwrap();
        sqlx::raw_sql("create index concurrently i on t (x)").execute(&mut session).await.unwrap();
    });
    let exists = "select count(*) from pg_index where indrelid = 't'::regclass";
    eventually("the build waits", async || (ask(&database, exists) == "1").then_some(())).await;
    let work = Run::of(&database);
    let leave = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        run(&mut old, "commit").await;
    };
    let plan = plan(vec![building(false)]);
    let (applied, ()) = tokio::join!(work.apply(&plan), leave);
    let applied = applied.unwrap();
    build.await.unwrap();
    assert_eq!((applied.carried_out.len(), applied.skipped), (0, 1), "{:?}", work.events);
    assert_eq!(work.told(|event| matches!(event, Event::DroppedDead { .. })), 0);
    assert_eq!(ask(&database, "select indisvalid from pg_index where indrelid = 't'::regclass"), "t");
}

#[tokio::test]
async fn a_build_that_waits_too_long_is_tidied_up_before_the_next_try() {
    let database = Database::with("create table t (x int); create table other (x int)");
    let mut old = session(&database).await;
    run(&mut old, "begin isolation level repeatable read; select from other").await;
    let impatient = Limits { lock_timeout: Duration::from_millis(500), attempts: 20, ..Limits::CONCURRENT };
    let work = Run::of(&database);
    let leave = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        run(&mut old, "commit").await;
    };
    let plan = plan(vec![with_limits(building(true), impatient)]);
    let (applied, ()) = tokio::join!(work.apply(&plan), leave);
    assert_eq!(applied.unwrap().carried_out.len(), 1);
    assert!(work.told(|event| matches!(event, Event::DroppedDead { .. })) >= 1, "{:?}", work.events);
    assert!(work.told(|event| matches!(event, Event::Waiting { .. })) >= 1, "{:?}", work.events);
    assert_eq!(ask(&database, "select indisvalid from pg_index where indrelid = 't'::regclass"), "t");
}
