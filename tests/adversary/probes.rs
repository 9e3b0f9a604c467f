//! Probes, counts, questions and restores: code that other roles have put into a watched database does not run with our
//! rights, nothing of it leaves a transaction that only reads, and a restore gives nobody more than he had.

use std::path::Path;
use std::time::Duration;

use schemawarden::domain::invariant::{Invariant, InvariantKind};
use schemawarden::domain::name::QName;
use schemawarden::domain::plan::{About, Context, Requirement};
use schemawarden::domain::report::{InvariantReport, Verdict};
use schemawarden::domain::runbook::journal::Backup;
use schemawarden::effects::backup::{self, BackupError, BackupSpec, BackupWhat, Restored, Store};
use schemawarden::pg::probe::{self, ProbeError};
use schemawarden::pg::{Guards, Source, ask, count};
use sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;

use crate::remediate::{Site, Wish, said};
use crate::support::{Database, open_folder, psql};

/// A role that may log in and nothing else, and its source.
fn role(database: &Database, name: &str) -> (String, Source) {
    let role = format!("{name}_of_{}", database.name);
    psql("postgres", &format!("create role {role} login password 'x'"));
    let mut url = url::Url::parse(&database.url()).unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("x")).unwrap();
    (role, Source::parse(&url.to_string().into()).unwrap())
}

/// What arrives on channel `out` while `work` is done.
async fn notified(database: &Database, work: impl Future<Output = ()>) -> Vec<String> {
    let mut listener = PgListener::connect(&database.url()).await.unwrap();
    listener.listen("out").await.unwrap();
    work.await;
    database.run("notify out, 'the end'");
    let mut arrived = Vec::new();
    loop {
        let next = tokio::time::timeout(Duration::from_mins(2), listener.recv()).await.unwrap().unwrap();
        if next.payload() == "the end" {
            return arrived;
        }
        arrived.push(next.payload().to_owned());
    }
}

fn reference(child: &str, column: &str, parent: &str, parent_column: &str) -> InvariantKind {
    InvariantKind::Reference {
        child: QName::new("public", child),
        columns: vec![column.into()],
        parent: QName::new("public", parent),
        parent_columns: vec![parent_column.into()],
        max_dangling: 0,
        max_null: None,
        estimate: false,
    }
}

async fn counted(source: &Source, kind: InvariantKind) -> InvariantReport {
    let invariant = Invariant { name: "it".into(), kind, timeout: Duration::from_mins(2) };
    count::report(source, &Guards::default(), &invariant, &CancellationToken::new()).await
}

async fn refused(source: &Source, kind: InvariantKind, why: &str) {
    let report = counted(source, kind).await;
    let detail = report.detail.unwrap_or_default();
    assert_eq!(report.verdict, Verdict::Unknown, "{detail}");
    assert!(detail.contains(why), "{detail}");
}

/// A function that takes over the server where it can, in the check and in the trigger of a table of its owner's. What it
/// writes no rollback takes back.
fn takes_over(owner: &str, proof: &Path) -> String {
    format!(
        "create schema app authorization {owner}; set role {owner};
         create function app.take_over() returns int language plpgsql as $f$ begin
            if (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
                execute $c$copy (select 1) to '{}'$c$;
            end if;
            return 1;
         end $f$;
         create table app.users (id int check (app.take_over() = 1));
         create function app.trigger() returns trigger language plpgsql as $f$ begin
            perform app.take_over(); return new; end $f$;
         create trigger t before insert on app.users for each row execute function app.trigger();",
        proof.display()
    )
}

#[tokio::test]
async fn a_probe_is_not_run_as_a_superuser_where_others_own_code() {
    let (database, folder) = (Database::create(), open_folder());
    let (owner, login) = role(&database, "owner");
    let proof = folder.path().join("proof");
    database.run(&takes_over(&owner, &proof));
    let script = "insert into app.users values (1)";
    for error in [
        probe::run(&database.source, "it", script, &Guards::default()).await.unwrap_err(),
        probe::permit(&database.source).await.unwrap_err(),
    ] {
        assert!(matches!(error, ProbeError::Mighty(_)));
        let error = error.to_string();
        let told = format!("other roles ({owner}) own tables (1), views (0) and functions (2) in this database");
        assert!(error.contains(&told) && error.contains("set probe_url"), "{error}");
    }
    assert!(!proof.exists(), "the owner's code ran as a superuser");
    // As a role that could not do that.
    probe::permit(&login).await.unwrap();
    probe::run(&login, "it", script, &Guards::default()).await.unwrap();
    assert!(!proof.exists());
    assert_eq!(psql(&database.name, "select count(*) from app.users"), "0\n");
}

/// It would be found when everything has been changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_that_may_not_run_is_found_out_at_the_gate() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("probe.sql");
    std::fs::write(&script, "select 1").unwrap();
    let tables = format!("[[target.probe]]\nname = 'it'\nfile = '{}'\n", script.display());
    let site = Site::start(&Wish { tables, ..Wish::default() }).await;
    let (owner, _) = role(&site.database, "owner");
    site.database.run(&format!(
        "create function theirs() returns int language sql as 'select 1'; alter function theirs() owner to {owner}"
    ));
    let (end, journal) = site.ended(&site.remediate().await).await;
    assert_eq!(end, "refused", "{journal:?}");
    assert!(said(&journal, "gate").contains("set probe_url"), "{journal:?}");
}

#[tokio::test]
async fn a_function_that_shadows_a_builtin_is_not_called_by_a_probe_unless_it_says_so() {
    let database = Database::create();
    let (prober, login) = role(&database, "prober");
    // What a sequence has counted stays.
    database.run(&format!(
        "create sequence public.called; create table public.users (handle varchar);
         insert into public.users values ('Ada');
         create function public.lower(varchar) returns text language plpgsql as $f$ begin
            perform nextval('public.called'); return 'shadowed'; end $f$;
         grant usage on sequence public.called to {prober}; grant select on public.users to {prober}"
    ));
    let called = || psql(&database.name, "select is_called from public.called");
    let script = "select lower(handle) from public.users";
    probe::run(&login, "it", script, &Guards::default()).await.unwrap();
    assert_eq!(called(), "f\n", "a function of a schema that nobody named was called");
    let script = format!("set local search_path = public;\n{script}");
    probe::run(&login, "it", &script, &Guards::default()).await.unwrap();
    assert_eq!(called(), "t\n");
}

/// Policies are what they are for the application.
#[tokio::test]
async fn a_probe_meets_the_policies_that_its_role_meets() {
    let database = Database::create();
    let (prober, login) = role(&database, "prober");
    database.run(&format!(
        "create table public.notes (owner text); alter table public.notes enable row level security;
         create policy own on public.notes using (owner = current_user); insert into public.notes values ('x');
         grant select on public.notes to {prober}"
    ));
    let script = "do $$ begin if exists (select from public.notes) then raise exception 'seen'; end if; end $$";
    probe::run(&login, "it", script, &Guards::default()).await.unwrap();
}

/// Tells the values of another table to whoever listens, in the name of whoever runs it.
const LEAK: &str = "create table public.secrets (value text); insert into public.secrets values ('a secret');
    create table public.child (k int); insert into public.child values (1), (2);
    create function public.leak(int) returns int language plpgsql volatile as $f$ begin
        perform pg_notify('out', (select value from public.secrets)); return $1; end $f$;
    create function public.calm(int) returns int language plpgsql immutable as
        $f$ declare x int; begin select public.leak($1) into x; return x; end $f$;
    create view public.parent as select public.leak(id) as id from generate_series(1, 1) as id;
    create table public.plain (id int primary key); insert into public.plain values (1);";

#[tokio::test]
async fn the_code_of_a_view_or_an_index_tells_nobody_what_the_watching_role_reads() {
    let database = Database::with(LEAK);
    let (watcher, login) = role(&database, "watcher");
    database.run(&format!(
        "grant select on all tables in schema public to {watcher};
         grant insert on public.plain to {watcher};
         create extension postgres_fdw; create server elsewhere foreign data wrapper postgres_fdw;
         create foreign table public.far (id int) server elsewhere;
         create table public.parted (id int) partition by list (id);
         create foreign table public.part partition of public.parted for values in (1) server elsewhere;
         grant select on public.far, public.parted to {watcher}"
    ));
    let arrived = notified(&database, async {
        for parent in ["parent", "far", "parted"] {
            refused(&login, reference("child", "k", parent, "id"), "is a view or a foreign table").await;
        }
        refused(&login, reference("parent", "id", "plain", "id"), "public.parent is a view").await;
        // The planner evaluates what is constant in an index of a table, whoever asks about the table.
        database.run(
            "create function public.quiet(int) returns int language sql immutable as 'select 1';
             create index on public.plain ((id + public.quiet(1)));
             create or replace function public.quiet(int) returns int language plpgsql immutable as
                $f$ declare x int; begin select public.leak($1) into x; return x; end $f$",
        );
        let report = counted(&login, reference("child", "k", "plain", "id")).await;
        assert_eq!((report.verdict, report.excess), (Verdict::Violated, 1), "{report:?}");
        // The operator's own query names what it likes.
        let sql = "select count(*) from public.parent".to_owned();
        let report = counted(&login, InvariantKind::Query { sql, max: 5 }).await;
        assert_eq!(report.verdict, Verdict::Holds, "{report:?}");
        // A constraint that is planned is asked about.
        let requirement = Requirement {
            object: "public.child".into(),
            problem: "rows violate it".into(),
            count: "select pg_catalog.count(*) from public.child where public.calm(k) < 0".into(),
            sample: Some("select public.calm(k)::text from public.child".into()),
            advice: String::new(),
        };
        let asked = ask::ask(&login, &Guards::default(), [(&requirement, Context::default(), About::Rows)].into())
            .await
            .unwrap();
        assert!(asked.is_empty(), "{asked:?}");
    });
    assert_eq!(Box::pin(arrived).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_superuser_counts_nothing_where_others_own_code() {
    let (database, folder) = (Database::create(), open_folder());
    let (owner, _) = role(&database, "owner");
    let proof = folder.path().join("proof");
    database.run(&format!(
        "{} reset role; create table public.plain (id int primary key); create table public.child (k int);",
        takes_over(&owner, &proof)
    ));
    let why = "Watch as a role that can only read, as sql/roles.sql makes it";
    refused(&database.source, reference("child", "k", "plain", "id"), why).await;
    let sql = "select app.take_over()".to_owned();
    refused(&database.source, InvariantKind::Query { sql, max: 5 }, why).await;
    assert!(!proof.exists(), "the owner's code ran as a superuser");
}

#[tokio::test]
async fn operators_and_casts_that_somebody_has_made_are_not_called_by_a_count() {
    let database = Database::with(
        "create extension citext; create domain public.email as citext; create type public.mood as enum ('1', '2');
         create table public.child (k public.email, m public.mood); insert into public.child values ('a', '1');
         create table public.parent (id public.email, n int, t text); insert into public.parent values ('A', 1, 'a');
         create function public.same(public.email, public.email) returns boolean language plpgsql as
            $f$ begin perform pg_notify('out', $1::text); return false; end $f$;
         create operator public.= (leftarg = public.email, rightarg = public.email, function = public.same);
         create function public.mixed(text, public.citext) returns boolean language plpgsql as
            $f$ begin perform pg_notify('out', $1::text); return false; end $f$;
         create operator public.= (leftarg = text, rightarg = public.citext, function = public.mixed);
         create function public.to_int(public.mood) returns int language plpgsql as
            $f$ begin perform pg_notify('out', $1::text); return 7; end $f$;
         create cast (public.mood as int) with function public.to_int(public.mood) as implicit",
    );
    let (watcher, login) = role(&database, "watcher");
    database.run(&format!("grant select on all tables in schema public to {watcher}"));
    for (column, parent_column) in [("k", "id"), ("k", "t")] {
        let report = counted(&login, reference("child", column, "parent", parent_column)).await;
        assert_eq!(report.verdict, Verdict::Holds, "{column}, {parent_column}: {report:?}");
    }
    refused(&login, reference("child", "m", "parent", "n"), "different types in columns m and n").await;
}

#[tokio::test]
async fn a_function_that_shadows_a_builtin_is_not_called_by_a_counting_query() {
    let database = Database::with(
        "create table public.users (handle varchar); insert into public.users values ('Ada');
         create function public.lower(varchar) returns text language sql as $$ select 'ada!' $$",
    );
    let (watcher, login) = role(&database, "watcher");
    database.run(&format!("grant select on public.users to {watcher}"));
    let sql = || "select count(*) from public.users where lower(handle) = 'ada!'".to_owned();
    let report = counted(&login, InvariantKind::Query { sql: sql(), max: 0 }).await;
    assert_eq!(report.verdict, Verdict::Holds, "{report:?}");
    // The owner of the database sets nothing for this role; whoever has made the role does.
    database.run(&format!("alter database {} set search_path = public", database.name));
    let report = counted(&login, InvariantKind::Query { sql: sql(), max: 0 }).await;
    assert_eq!(report.verdict, Verdict::Holds, "{report:?}");
    database.run(&format!("alter role {watcher} set search_path = public"));
    let report = counted(&login, InvariantKind::Query { sql: sql(), max: 0 }).await;
    assert_eq!((report.verdict, report.excess), (Verdict::Violated, 1), "{report:?}");
}

/// A backup, and what is told of putting it back.
struct Kept {
    _folder: tempfile::TempDir,
    spec: BackupSpec,
    source: Source,
    backup: Backup,
}

impl Kept {
    async fn of(database: &Database, what: BackupWhat, tables: &[QName]) -> Self {
        let (folder, stop) = (tempfile::tempdir().unwrap(), CancellationToken::new());
        let spec = BackupSpec { to: Store::Folder(folder.path().into()), what, jobs: 1, keep: 3, bin_dir: None };
        let source = Source::parse(&database.url().into()).unwrap();
        let backup = backup::take(&spec, &source, "it", "r-1", tables, &|_| {}, &stop).await.unwrap();
        Self { _folder: folder, spec, source, backup }
    }

    async fn restore(&self) -> Result<Restored, BackupError> {
        backup::restore(&self.spec, &self.backup, &self.source, &CancellationToken::new()).await
    }
}

/// What a role may do, and what it may do with what is made from now on.
fn rights(database: &Database, role: &str) -> String {
    psql(
        &database.name,
        &format!(
            "select relname, p, has_table_privilege('{role}', c.oid, p) from pg_class c, unnest('{{select,insert}}'::text[]) p
                where relnamespace = 'app'::regnamespace and relkind in ('r', 'v') order by 1, 2;
             select relname, has_sequence_privilege('{role}', c.oid, 'usage') from pg_class c
                where relnamespace = 'app'::regnamespace and relkind = 'S' order by 1;
             select proname, has_function_privilege('{role}', oid, 'execute') from pg_proc
                where pronamespace = 'app'::regnamespace order by 1;
             select typname, has_type_privilege('{role}', oid, 'usage') from pg_type where typname in ('mood', 'own') order by 1;
             select has_schema_privilege('{role}', 'app', 'usage'), has_schema_privilege('{role}', 'app', 'create');
             select has_column_privilege('{role}', 'app.users', 'id', 'select');
             select defaclrole::regrole, defaclobjtype, defaclnamespace::regnamespace, defaclacl::text
                from pg_default_acl order by 1, 2, 3"
        ),
    )
}

#[tokio::test]
async fn a_restore_gives_nobody_more_and_nobody_less_than_there_was() {
    for what in [BackupWhat::Whole, BackupWhat::PlanTables] {
        let database = Database::create();
        let (watcher, login) = role(&database, "watcher");
        database.run(&format!(
            "create schema app; grant usage on schema app to {watcher};
             create table app.users (id bigint generated always as identity primary key, secret text);
             grant select (id) on app.users to {watcher}; insert into app.users (secret) values ('s');
             create view app.seen as select * from app.users;
             create sequence app.numbers; create type app.mood as enum ('a');
             create type app.own as (a int); revoke usage on type app.own from public;
             create function app.open() returns int language sql as 'select 1';
             create function app.closed() returns int language sql as 'select 1';
             revoke execute on function app.closed() from public;
             alter default privileges grant select, insert on tables to {watcher} with grant option;
             alter default privileges grant usage on sequences to {watcher};
             alter default privileges revoke execute on functions from public;
             alter default privileges grant execute on functions to {watcher};
             alter default privileges revoke usage on types from public;
             alter default privileges grant usage, create on schemas to {watcher};
             alter default privileges in schema app grant select on tables to public;"
        ));
        let before = rights(&database, &watcher);
        let kept = Kept::of(&database, what, &[QName::new("app", "users")]).await;
        database.run("alter table app.users add column late int");
        if what == BackupWhat::Whole {
            database.run("drop schema app cascade");
        }
        kept.restore().await.unwrap();
        assert_eq!(rights(&database, &watcher), before, "{what:?}");
        let read = sqlx::query("select secret from app.users");
        let mut session = schemawarden::pg::connect(&login, &Guards::default()).await.unwrap();
        let read = read.fetch_all(&mut session.session).await;
        assert!(read.is_err(), "a secret was read");
    }
}

#[tokio::test]
async fn what_stands_on_an_extension_is_put_back_and_not_called_newer() {
    let sql = "create extension citext;
        create domain email as citext check (value ~ '@');
        create domain other as email check (value <> 'a@b'::citext);
        create function first_of(email) returns text language sql immutable as $$ select $1::text $$;
        create function is_more(email, email) returns boolean language sql immutable as $$ select true $$;
        create operator ==> (leftarg = email, rightarg = email, function = is_more);
        create type pair as (a email, b citext);
        create cast (pair as citext) with inout;
        create table users (id bigint primary key, email email default 'a@c', o other, p pair, check (email <> 'x@y'::citext));
        create index on users (email); create index on users ((first_of(email)));
        create view seen as select * from users where email = 'a@c'::citext;
        insert into users (id, email) values (1, 'A@b')";
    let database = Database::with(sql);
    let content =
        || psql(&database.name, "select * from users; select * from seen; select 'a@b'::email ==> 'c@d'::email");
    let (before, catalog) = (content(), database.read().await);
    let kept = Kept::of(&database, BackupWhat::Whole, &[]).await;
    database.run("alter table users add column late email; update users set email = 'B@b'");
    let restored = kept.restore().await.unwrap();
    assert_eq!(restored, Restored::default());
    assert_eq!(content(), before);
    let drift = schemawarden::domain::drift::compare(
        &catalog,
        &database.read().await,
        schemawarden::domain::drift::Scope::Whole,
    );
    assert!(drift.is_empty(), "{drift:?}");
}

#[tokio::test]
async fn what_would_be_refused_again_is_not_tried_again() {
    let database = Database::with("create table t (a int); insert into t values (1)");
    let kept = Kept::of(&database, BackupWhat::Whole, &[]).await;
    // As broken as a fault of ours would be.
    database.run(
        "create function deny() returns event_trigger language plpgsql as $$ begin execute 'select nothing'; end $$;
         create event trigger deny on sql_drop execute function deny()",
    );
    let error = kept.restore().await.unwrap_err();
    assert!(error.is_final() && error.to_string().contains("(SQLSTATE 42703)"), "{error}");
    database.run("drop event trigger deny");
    let mut other = schemawarden::pg::connect::open(&kept.source, kept.source.options()).await.unwrap();
    sqlx::raw_sql("begin; select * from t").execute(&mut other).await.unwrap();
    let error = kept.restore().await.unwrap_err();
    assert!(!error.is_final() && error.to_string().contains("(SQLSTATE 55P03)"), "{error}");
}
