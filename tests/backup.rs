//! Backups with real programs, of real databases, to a real folder and over the S3 protocol: what was taken can be
//! restored, and failures are reported and leave nothing behind.

pub mod faults;
mod objects;
mod rehearsed;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use schemawarden::domain::drift::{self, Scope};
use schemawarden::domain::name::QName;
use schemawarden::domain::runbook::journal::Backup;
use schemawarden::effects::backup::{self, BackupError, BackupSpec, BackupWhat, Restored, Store};
use schemawarden::pg::Source;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::support::{Database, file, psql};

fn community() -> Database {
    Database::with(&fs::read_to_string(file("sql/community/outdated.sql")).unwrap())
}

fn to_folder(folder: &Path) -> BackupSpec {
    BackupSpec { to: Store::Folder(folder.into()), what: BackupWhat::Whole, jobs: 1, keep: 3, bin_dir: None }
}

fn store() -> (TempDir, BackupSpec) {
    let folder = tempfile::tempdir().unwrap();
    let spec = to_folder(folder.path());
    (folder, spec)
}

/// Logs in as the daemon does: over TCP, with a password.
fn over_tcp(database: &Database) -> Source {
    Source::parse(&database.url().into()).unwrap()
}

async fn take(spec: &BackupSpec, database: &Database, tables: &[QName]) -> Result<Backup, BackupError> {
    let stop = CancellationToken::new();
    backup::take(spec, &over_tcp(database), "community", "r-1", tables, &|_| {}, &stop).await
}

async fn verify(spec: &BackupSpec, backup: &Backup, database: &Database) -> Result<(), BackupError> {
    backup::verify(spec, backup, &over_tcp(database), &CancellationToken::new()).await.map(drop)
}

async fn restore(spec: &BackupSpec, backup: &Backup, database: &Database) -> Result<Restored, BackupError> {
    let mut restored = backup::restore(spec, backup, &over_tcp(database), &CancellationToken::new()).await?;
    restored.dropped.sort();
    Ok(restored)
}

/// The number of rows and a hash over them, for every table.
fn content(database: &Database) -> String {
    psql(
        &database.name,
        "select format('select %L, count(*), md5(string_agg(t::text, ''|'' order by t::text)) from %s t', oid::regclass, oid::regclass)
         from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') order by relname \\gexec
         select sequencename, last_value from pg_sequences order by 1",
    )
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Except for the foreign key that the outdated community's rows violate, which cannot be valid again.
async fn same_schema(one: &Database, other: &Database) {
    let drift = drift::compare(&one.read().await, &other.read().await, Scope::Whole);
    let objects: Vec<_> = drift.iter().map(|drift| drift.object.as_str()).collect();
    assert_eq!(objects, ["public.post_reactions.post_reactions_post_id_fkey"], "{drift:?}");
}

const ORPHANED: &str = "ALTER TABLE ONLY public.post_reactions ADD CONSTRAINT post_reactions_post_id_fkey FOREIGN KEY (post_id) \
                        REFERENCES public.posts(id) ON DELETE CASCADE";

fn restored(dropped: &[&str]) -> Restored {
    Restored { dropped: dropped.iter().map(|it| (*it).to_owned()).collect(), not_valid: vec![ORPHANED.into()] }
}

#[tokio::test]
async fn a_backup_can_be_put_into_another_database_with_equal_content() {
    let ((folder, spec), database, other) = (store(), community(), Database::create());
    let estimate = backup::check(&spec, &over_tcp(&database), &[]).await.unwrap();
    assert!(estimate.bytes > 1_000_000 && estimate.free.unwrap() > estimate.bytes, "{estimate:?}");
    assert!(names(folder.path()).is_empty());

    let told = AtomicU64::new(0);
    let tell = |bytes| told.store(bytes, Ordering::Relaxed);
    let stop = CancellationToken::new();
    let backup = backup::take(&spec, &over_tcp(&database), "a.b", "r/1", &[], &tell, &stop).await.unwrap();
    assert_eq!(names(folder.path()).len(), 1);
    let file = Path::new(&backup.location);
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("a=2Eb.2") && name.ends_with("Z.r=2F1.dump"), "{name}");
    let metadata = file.metadata().unwrap();
    assert_eq!((metadata.len(), told.into_inner()), (backup.bytes, backup.bytes));
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert_eq!(backup.tables, None);

    assert_eq!(restore(&spec, &backup, &other).await.unwrap(), restored(&[]));
    assert_eq!(content(&database), content(&other));
    same_schema(&database, &other).await;
}

#[tokio::test]
async fn a_database_becomes_again_what_it_was() {
    let ((_folder, spec), database) = (store(), community());
    let (before, like_before) = (content(&database), database.copy());
    let backup = take(&spec, &database, &[]).await.unwrap();
    database.run(
        "alter table posts add is_hidden boolean not null default false;
         alter table post_reactions add primary key (id);
         alter table scores add post_id bigint references posts, drop column points;
         create table newer (id int primary key, post_id bigint references posts);
         insert into newer values (1, 1);
         create view shown as select * from posts where not is_hidden;
         create view shown_titles as select title from shown;
         delete from credit_txns; drop view post_reaction_totals",
    );
    assert_eq!(
        restore(&spec, &backup, &database).await.unwrap(),
        restored(&[
            "alter table if exists public.newer drop constraint if exists newer_post_id_fkey",
            "alter table if exists public.scores drop constraint if exists scores_post_id_fkey",
            "drop view if exists public.shown",
            "drop view if exists public.shown_titles",
        ])
    );
    // Again, into the restored database.
    assert_eq!(restore(&spec, &backup, &database).await.unwrap(), restored(&[]));
    // A table that is not in the backup keeps its rows.
    assert_eq!(psql(&database.name, "select * from newer"), "1|1\n");
    database.run("drop table newer");
    assert_eq!(content(&database), before);
    same_schema(&database, &like_before).await;
}

/// Objects that others depend on, in every way that dependencies exist.
const STOOD_ON: &str = "
    create schema app;
    create type mood as enum ('sad', 'ok');
    create domain positive as int check (value > 0);
    create function up(x int) returns int language sql immutable as 'select x + 1';
    create function pass() returns trigger language plpgsql as $$begin return new; end$$;
    create table a (id int primary key, m mood, n int);
    create function is_right(a) returns boolean language sql as 'select true';
    alter table a add constraint a_right check (is_right(a));
    create table b (id serial primary key, at int default up(1), g int generated always as (up(2)) stored);
    create table parts (id int check (up(id) > 0)) partition by range (id);
    create table part partition of parts for values from (0) to (10);
    create index on parts (up(id));
    create trigger pass before insert on parts for each row execute function pass();
    create materialized view moods as select m from a;
    create statistics several on m, n from a;
    create publication pub for table a, b;
    insert into a values (1, 'sad', 1); insert into b values (default); insert into parts values (1)";

fn drops(dropped: &[&str]) -> Restored {
    Restored { not_valid: Vec::new(), ..restored(dropped) }
}

#[tokio::test]
async fn what_is_newer_goes_where_it_stands_on_what_is_put_back() {
    let ((_folder, spec), database) = (store(), Database::with(STOOD_ON));
    if crate::support::postgres().version() >= 150_000 {
        database.run("alter publication pub set table a (id, m) where (id > 0), b");
    }
    // An archive lists names on one line, unquoted.
    database.run("create schema \"Odd\n;one\"; create type \"Odd\n;one\".\"m\"\"\n\" as enum ('a')");
    let (before, like_before) = (content(&database), database.copy());
    let backup = take(&spec, &database, &[]).await.unwrap();
    database.run(
        "create table with_odd (m \"Odd\n;one\".\"m\"\"\n\");
         create table with_mood (id int primary key, m mood[]); create table with_positive (p positive);
         create table kept (id int default up(1)); insert into kept values (1);
         create trigger pass before insert on kept for each row execute function pass();
         create materialized view newer as select id, m from a; create view newest as select * from newer;
         create function row_of(a) returns int language sql as 'select 1';
         create table part2 partition of parts for values from (10) to (20);
         create table app.other (id int); alter table a add extra mood default 'ok', add constraint up check (up(n) > 0);
         create index on a (up(n)); insert into a values (2, 'ok', 3)",
    );
    assert_eq!(
        restore(&spec, &backup, &database).await.unwrap(),
        drops(&[
            "alter table if exists public.kept alter column id drop default",
            "drop function if exists public.row_of(public.a)",
            "drop materialized view if exists public.newer",
            "drop table if exists public.part2",
            "drop table if exists public.with_mood",
            "drop table if exists public.with_odd",
            "drop table if exists public.with_positive",
            "drop trigger if exists pass on public.kept",
            "drop view if exists public.newest",
        ])
    );
    // Again, into the restored database.
    assert_eq!(restore(&spec, &backup, &database).await.unwrap(), drops(&[]));
    assert_eq!(psql(&database.name, "select count(*) from kept left join app.other on true"), "1\n");
    database.run("drop table kept, app.other");
    assert_eq!(content(&database), before);
    assert_eq!(drift::compare(&like_before.read().await, &database.read().await, Scope::Whole), []);
    let tables = "select * from pg_publication_tables order by tablename";
    assert_eq!(psql(&database.name, tables), psql(&like_before.name, tables));

    // Of tables only: the objects that belong to them are included, and none that depended on them is lost.
    let spec = BackupSpec { what: BackupWhat::PlanTables, ..spec };
    database.run("alter table a drop constraint a_right; drop function is_right");
    let like_before = database.copy();
    let backup = take(&spec, &database, &[QName::new("public", "a")]).await.unwrap();
    database.run("alter table a alter n type bigint; create function row_of(a) returns int language sql as 'select 1'");
    for error in [verify(&spec, &backup, &database).await, restore(&spec, &backup, &database).await.map(drop)] {
        let error = error.unwrap_err().to_string();
        assert!(error.contains("is not in it: function public.row_of(public.a)."), "{error}");
    }
    database.run("drop function row_of; alter table a add extra int, add more int; create statistics newer on extra, more from a");
    assert_eq!(restore(&spec, &backup, &database).await.unwrap(), drops(&[]));
    assert_eq!(content(&database), before);
    assert_eq!(drift::compare(&like_before.read().await, &database.read().await, Scope::Whole), []);
    assert_eq!(psql(&database.name, tables), psql(&like_before.name, tables));
}

#[tokio::test]
async fn several_jobs_write_a_folder_that_can_be_put_back() {
    let ((folder, spec), database, other) = (store(), community(), Database::create());
    let spec = BackupSpec { jobs: 3, ..spec };
    let backup = take(&spec, &database, &[]).await.unwrap();
    let path = Path::new(&backup.location);
    assert!(path.join("toc.dat").is_file() && backup.location.ends_with(".r-1.dir"));
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(names(folder.path()).len(), 1);
    verify(&spec, &backup, &other).await.unwrap();
    restore(&spec, &backup, &other).await.unwrap();
    assert_eq!(content(&database), content(&other));

    fs::rename(path.join("toc.dat"), path.join("toc.dat2")).unwrap();
    let error = restore(&spec, &backup, &other).await.unwrap_err();
    assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
    fs::rename(path.join("toc.dat2"), path.join("toc.dat")).unwrap();
    fs::write(path.join("more"), "").unwrap();
    for error in [verify(&spec, &backup, &other).await, restore(&spec, &backup, &other).await.map(drop)] {
        assert!(matches!(error, Err(BackupError::Damaged { .. })), "{error:?}");
    }
    fs::remove_dir_all(path).unwrap();
    let error = verify(&spec, &backup, &other).await.unwrap_err();
    assert!(matches!(error, BackupError::Folder { .. }), "{error}");
}

#[tokio::test]
async fn tables_are_backed_up_with_what_stands_on_them() {
    let ((_folder, spec), database) = (store(), community());
    let spec = BackupSpec { what: BackupWhat::PlanTables, ..spec };
    database.run(
        "create table \"Odd.na\"\"me*\" (id bigint primary key, at date) partition by range (id);
         create table part partition of \"Odd.na\"\"me*\" for values from (0) to (10);
         insert into part values (1, '2026-01-01')",
    );
    let before = content(&database);
    let public = |name: &str| QName::new("public", name);
    let tables = [public("posts"), public("Odd.na\"me*"), public("not_there_yet")];
    let estimate = backup::check(&spec, &over_tcp(&database), &tables).await.unwrap();
    assert!(estimate.bytes > 500_000 && estimate.bytes < 4_000_000, "{estimate:?}");
    let backup = take(&spec, &database, &tables).await.unwrap();
    let held = ["Odd.na\"me*", "part", "post_reaction_totals", "post_reactions", "posts"].map(public);
    assert_eq!(backup.tables.as_deref(), Some(held.as_slice()));

    database.run(
        "alter table posts drop column body; drop table \"Odd.na\"\"me*\";
         alter table post_reactions disable trigger all; delete from post_reactions",
    );
    restore(&spec, &backup, &database).await.unwrap();
    assert_eq!(content(&database), before);

    // None of the tables exists yet: the whole database is taken, because an archive without tables restores nothing.
    let whole = take(&spec, &database, &[public("not_there_yet")]).await.unwrap();
    assert_eq!(whole.tables, None);
}

#[tokio::test]
async fn the_newest_are_kept_and_nobody_elses_file_is_touched() {
    let (folder, spec) = store();
    let spec = BackupSpec { keep: 2, ..spec };
    let ours = |day: u32| format!("community.202611{day:02}T000000Z.r-{day}.dump");
    let foreign =
        ["community.dump", "community.sql", "other.20261101T000000Z.r.dump", "community.20261101T000000Z.r.dump.gpg"];
    for name in (1..=6).map(ours).chain(foreign.map(str::to_owned)) {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    let directory = folder.path().join("community.20261107T000000Z.r-7.dir");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("toc.dat"), "x").unwrap();
    let location = |day| folder.path().canonicalize().unwrap().join(ours(day)).display().to_string();

    let removed = backup::retain(&spec, "community", &[&location(2)]).await.unwrap();
    assert_eq!(removed, [5, 4, 3, 1].map(location));
    let mut left: Vec<_> = foreign.into_iter().map(str::to_owned).chain([ours(2), ours(6)]).collect();
    left.push("community.20261107T000000Z.r-7.dir".into());
    left.sort();
    assert_eq!(names(folder.path()), left);

    let none = BackupSpec { keep: 0, ..spec };
    assert_eq!(backup::retain(&none, "community", &[]).await.unwrap(), [6, 2].map(location));
    assert!(directory.join("toc.dat").exists());
}
