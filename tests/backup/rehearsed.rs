//! The rehearsal of a restore: what it says is what the restore does, and what scratch lacks is not held against it.

use schemawarden::domain::runbook::journal::Backup;
use schemawarden::effects::backup::{BackupError, BackupSpec, Rehearsed, verify};
use schemawarden::pg::scratch::ScratchConfig;
use tokio_util::sync::CancellationToken;

use super::{over_tcp, restore, store, take};
use crate::support::{Database, scratch};

const LIVE: &str = "create type size as enum ('small', 'large');
    create table posts (id int primary key, s size, n int generated always as (id * 2) stored);
    create function twice(x int) returns int language sql as 'select x * 2';
    create table likes (post_id int references posts, weight int default twice(1));
    create materialized view sizes as select s, count(*) from posts group by s;
    insert into posts values (1, 'small'); insert into likes values (1)";

async fn rehearse(spec: &BackupSpec, backup: &Backup, database: &Database, scratch: &ScratchConfig) -> Rehearsed {
    let source = over_tcp(database);
    let held = verify(spec, backup, &source, &CancellationToken::new()).await.unwrap();
    held.rehearse(&source, scratch).await
}

#[tokio::test]
async fn what_passes_can_be_restored() {
    let ((_folder, spec), database) = (store(), Database::with(LIVE));
    let backup = take(&spec, &database, &[]).await.unwrap();
    database.run(
        "alter type size add value 'huge'; create table newer (s size); create view shown as select * from posts;
         create extension citext; create table more (id int primary key, name citext, of int);
         alter table more add foreign key (of) references posts; drop table likes;
         create publication p for table posts; create policy own on posts using (n > 0)",
    );
    assert_eq!(rehearse(&spec, &backup, &database, &scratch()).await, Rehearsed::Passed);
    restore(&spec, &backup, &database).await.unwrap();
}

/// In the way, before anything is put back: two views that stand on each other.
#[tokio::test]
async fn what_cannot_be_cleared_away_is_found_out() {
    let ((_folder, spec), database) = (store(), Database::with(LIVE));
    let backup = take(&spec, &database, &[]).await.unwrap();
    database.run(
        "create view a as select id from posts; create view b as select a.id from a, posts;
         create or replace view a as select id from b",
    );
    would_be_refused(&spec, &backup, &database, "drop view if exists public.", "other objects depend on it").await;
}

/// While it is put back: the name has gone over to another kind of object.
#[tokio::test]
async fn what_cannot_be_put_back_is_found_out() {
    let ((_folder, spec), database) = (store(), Database::with(LIVE));
    let backup = take(&spec, &database, &[]).await.unwrap();
    database.run("drop table likes; create view likes as select 1 as one");
    would_be_refused(&spec, &backup, &database, "DROP TABLE IF EXISTS public.likes", "is not a table").await;
}

async fn would_be_refused(spec: &BackupSpec, backup: &Backup, database: &Database, at: &str, words: &str) {
    let rehearsed = rehearse(spec, backup, database, &scratch()).await;
    let Rehearsed::Failed { statement, reason } = &rehearsed else { panic!("{rehearsed:?}") };
    assert!(statement.starts_with(at) && reason.contains(words), "{rehearsed:?}");
    let error = restore(spec, backup, database).await.unwrap_err();
    assert!(matches!(&error, BackupError::Refused { .. }) && error.to_string().contains(words), "{error}");
}

/// A function in the server's own language takes a superuser, whom nothing of a watched database gets.
#[tokio::test]
async fn what_scratch_lacks_counts_against_no_restore() {
    const INTERNAL: &str = "create function positive(int) returns int language internal as 'int4abs'";
    let ((_folder, spec), database) = (store(), Database::with(LIVE));
    let impossible = async |backup: &Backup, scratch: &ScratchConfig, words: &str| {
        let rehearsed = rehearse(&spec, backup, &database, scratch).await;
        assert!(matches!(&rehearsed, Rehearsed::Impossible(why) if why.contains(words)), "{words}: {rehearsed:?}");
        restore(&spec, backup, &database).await.unwrap();
    };
    let backup = take(&spec, &database, &[]).await.unwrap();
    let nowhere = ScratchConfig { bin_dir: Some("/nowhere".into()), ..ScratchConfig::default() };
    impossible(&backup, &nowhere, "no `initdb` and `postgres` that can be run").await;

    database.run(INTERNAL);
    impossible(&backup, &scratch(), "the live schema cannot be built in scratch: SQLSTATE 42501").await;
    let with_it = take(&spec, &database, &[]).await.unwrap();
    database.run("drop function positive");
    impossible(&with_it, &scratch(), "scratch refused it at `CREATE FUNCTION public.positive`: SQLSTATE 42501").await;
}

/// A backup of some tables does not hold what they stand on: whether the live server has it, an empty database cannot tell.
#[tokio::test]
async fn what_the_backup_alone_needs_is_no_failure_where_it_fails_by_itself() {
    let ((_folder, spec), database) = (store(), Database::with(LIVE));
    let tables = ["public.posts".parse().unwrap()];
    let spec = BackupSpec { what: schemawarden::effects::backup::BackupWhat::PlanTables, ..spec };
    let backup = take(&spec, &database, &tables).await.unwrap();
    database.run("drop table likes; drop materialized view sizes; drop table posts; drop type size");
    let rehearsed = rehearse(&spec, &backup, &database, &scratch()).await;
    let words = "the backup's schema cannot be built in scratch by itself: ";
    assert!(matches!(&rehearsed, Rehearsed::Impossible(why) if why.contains(words)), "{rehearsed:?}");
}

/// It would fire in sessions of a superuser.
#[tokio::test]
async fn an_event_trigger_comes_into_no_rehearsal() {
    let ((_folder, spec), database) = (store(), Database::with(LIVE));
    database.run(
        "create function spy() returns event_trigger language plpgsql as $$begin execute 'create role spied'; end$$;
         create event trigger spy on ddl_command_end execute function spy()",
    );
    let backup = take(&spec, &database, &[]).await.unwrap();
    let rehearsed = rehearse(&spec, &backup, &database, &scratch()).await;
    assert!(matches!(&rehearsed, Rehearsed::Impossible(why) if why.contains("SQLSTATE 42501")), "{rehearsed:?}");
}
