//! Batches: rows changed a few at a time, kept before, and put back.

use std::collections::BTreeMap;

use schemawarden::domain::confidential::full;
use schemawarden::domain::plan::{Condition, Limits, Segment, Work};
use schemawarden::pg::apply::restore::{PutBack, Restorer};
use schemawarden::pg::apply::{ApplyError, Event};
use schemawarden::state::{State, StateLocation};
use tokio_util::sync::CancellationToken;

use super::{Run, alone, apply, ask, plan, run, session, step, table};
use crate::support::{Database, eventually};

/// A hundred thousand reactions, half of them to posts that are not there.
fn orphans() -> Database {
    Database::with(
        "create table posts (id int primary key);
         create table reactions (id int primary key, post_id int, note text);
         insert into posts select generate_series(1, 1000);
         insert into reactions
             select n, case when n % 2 = 0 then n % 1000 + 1 else -n end, 'x' from generate_series(1, 100000) n;
         analyze",
    )
}

fn settling() -> Segment {
    let dangling = "select from public.posts p where p.id = r.post_id";
    let keep = format!(
        "select r.ctid::text, jsonb_build_object('key', jsonb_build_object('id', r.id), \
         'old', jsonb_build_object('post_id', r.post_id))::text from public.reactions r \
         where r.ctid >= $1 and r.ctid < $2 and r.post_id is not null and not exists ({dangling}) for update of r"
    );
    let mut step = step(
        "update public.reactions r set post_id = null where r.ctid = any ($1)",
        Some(Condition::new(format!(
            "not exists (select from public.reactions r where r.post_id is not null and not exists ({dangling}))"
        ))),
    );
    step.limits = Limits::BATCH;
    step.work = Work::Batches { table: table("reactions"), keep: Some(keep) };
    alone(step)
}

#[tokio::test]
async fn rows_are_changed_in_batches_kept_before_and_put_back() {
    let database = orphans();
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(&StateLocation::File(folder.path().join("state.db"))).await.unwrap();
    let plan = plan(vec![settling()]);
    let error = apply(&database, &plan).await.unwrap_err();
    assert!(matches!(error, ApplyError::NoKeeper { .. }), "{error}");

    let work = Run::of(&database);
    let keeper = state.row_keeper("app");
    let applied = work.apply_with(&plan, Some(&keeper)).await.unwrap();
    assert_eq!(applied.carried_out[0].rows, 50_000);
    assert_eq!(ask(&database, "select count(*) from reactions where post_id is null"), "50000");
    assert!(work.told(|event| matches!(event, Event::Progress { .. })) > 1);
    let again = work.apply_with(&plan, Some(&keeper)).await.unwrap();
    assert_eq!((again.carried_out.len(), again.skipped), (0, 1));

    // Since then a row was deleted, one was given a new post, one its old one, and a trigger guards another.
    database.run(
        "delete from reactions where id = 1; update reactions set post_id = 7 where id = 3;
         update reactions set post_id = -5 where id = 5;
         create function guard() returns trigger language plpgsql as
             $$ begin if old.id = 9 then raise 'not this one'; end if; return new; end $$;
         create trigger guard before update on reactions for each row execute function guard()",
    );
    let tell = |_| ();
    let mut restorer = Restorer::open(&database.source, &tell, &CancellationToken::new()).await.unwrap();
    let (mut before, mut found, mut rows) = (None, BTreeMap::new(), 0);
    loop {
        let kept = state.kept_rows("app", &plan.id, before, 10_000).await.unwrap();
        let Some(last) = kept.last() else { break };
        before = Some(last.id);
        rows += kept.len();
        let texts: Vec<_> = kept.iter().map(|kept| kept.row.clone()).collect();
        let back = restorer.put_back(&kept[0].table, &texts).await.unwrap();
        for (what, count) in [
            ("put back", back.put_back),
            ("already", back.already),
            ("changed", back.changed),
            ("missing", back.missing),
            ("refused", back.refused),
        ] {
            *found.entry(what).or_insert(0) += count;
        }
        let refusal = back.refusal.as_deref().map(full);
        assert!(refusal.is_none_or(|refusal| refusal.starts_with("not this one")));
    }
    restorer.close().await;
    assert_eq!(rows, 50_000);
    let expected = [("put back", 49_996), ("already", 1), ("changed", 1), ("missing", 1), ("refused", 1)];
    assert_eq!(found, expected.into());
    assert_eq!(ask(&database, "select count(*) from reactions where post_id = -id"), "49997");
}

#[tokio::test]
async fn batches_without_keeping_change_every_row_and_give_way() {
    let database = orphans();
    let mut locker = session(&database).await;
    run(&mut locker, "begin; select from reactions where id = 50000 for update").await;
    let mut step = step(
        "update public.reactions set note = 'y' where ctid >= $1::tid and ctid < $2::tid and note = 'x'",
        Some(Condition::new("not exists (select from public.reactions where note = 'x')")),
    );
    step.limits = Limits::BATCH;
    step.work = Work::Batches { table: table("reactions"), keep: None };
    let work = Run::of(&database);
    let leave = async {
        eventually("it has given way", async || {
            (work.told(|event| matches!(event, Event::Retrying { .. })) >= 1).then_some(())
        })
        .await;
        run(&mut locker, "commit").await;
    };
    let plan = plan(vec![alone(step)]);
    let (applied, ()) = tokio::join!(work.apply(&plan), leave);
    assert_eq!(applied.unwrap().carried_out[0].rows, 100_000);
    assert_eq!(ask(&database, "select count(*) from reactions where note = 'x'"), "0");
}

#[tokio::test]
async fn kept_keys_of_any_type_find_their_rows() {
    let database = Database::with(
        "create type \"Mo\"\"od\" as enum ('a', 'b');
         create table \"T t\" (\"K 1\" \"Mo\"\"od\", k2 timestamptz, k3 json, \"O'1\" int[], o2 json, o3 text);
         insert into \"T t\" values ('a', 'epoch', '{\"y\": 1}', null, null, 'stays'), ('b', null, '[]', null, null, null),
             ('b', 'epoch', null, null, '{}', null)",
    );
    let rows = [
        r#"{"key": {"K 1": "a", "k2": "1970-01-01 00:00:00+00", "k3": {"y": 1}, "O'1": [1]},
            "old": {"O'1": "{1,2}", "o2": "{\"x\": 1}", "o3": "stays"}}"#,
        r#"{"key": {"K 1": "b", "k2": null, "k3": []}, "old": {"O'1": [3], "o2": null, "o3": "x"}}"#,
        r#"{"key": {"K 1": "b", "k2": "1970-01-01T00:00:00+00:00"}, "old": {"O'1": [4], "o2": {"z": 1}}}"#,
        r#"{"key": {}, "old": {"o3": "x"}}"#,
    ];
    let tell = |_| ();
    let mut restorer = Restorer::open(&database.source, &tell, &CancellationToken::new()).await.unwrap();
    let back = restorer.put_back(&table("T t"), &rows.map(String::from)).await.unwrap();
    restorer.close().await;
    assert_eq!(back, PutBack { put_back: 2, changed: 1, missing: 1, ..PutBack::default() });
    let found = "select \"O'1\", o2, o3 from \"T t\" order by \"K 1\", k2 nulls first";
    assert_eq!(ask(&database, found), "{1,2}|{\"x\": 1}|stays\n{3}||x\n|{}|");
}
