//! What comes from a watched database has an unprivileged role's rights in scratch, and no more.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use chrono::Utc;
use schemawarden::daemon::expected::{self, ExpectedSource};
use schemawarden::daemon::fix::propose;
use schemawarden::domain::catalog::Definition;
use schemawarden::domain::drift::{self, Scope};
use schemawarden::pg::connect::open;
use schemawarden::pg::scratch::rebuild::rebuild_whole;
use schemawarden::pg::scratch::rehearse::Rehearsal;
use schemawarden::pg::scratch::server::{ServerOptions, ThrowawayServer};
use schemawarden::pg::scratch::spelling::Spellings;
use schemawarden::pg::scratch::{Bounds, Scratch, ScratchConfig};
use secrecy::ExposeSecret as _;
use sqlx::{AssertSqlSafe, Row as _};
use tempfile::TempDir;

use crate::support::{Database, fix_spec, psql, psql_at, schemawarden, scratch};

/// A folder that every user may write to.
struct Proof(TempDir);

impl Proof {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("schemawarden-proof-").tempdir_in("/tmp").unwrap();
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        Self(folder)
    }

    /// Function `public.f(integer)`, immutable, which tries all that a superuser could do, and then does `more`.
    fn attack(&self, more: &str) -> String {
        let attempts = attempts(&self.0.path().display().to_string());
        let attempts: Vec<String> = attempts.iter().map(|attempt| format!("$try${attempt}$try$")).collect();
        format!(
            "create function public.g() returns int language plpgsql volatile as $g$
               declare attempt text;
               begin
                 if current_database() !~ '^schemawarden_scratch_' then return 1; end if;
                 foreach attempt in array array[{}] loop
                   begin execute attempt; exception when others then null; end;
                 end loop;
                 {more}
                 return 1;
               end $g$;
             create function public.f(int) returns int language plpgsql immutable as
               $$ declare x int; begin select public.g() into x; return x; end $$;",
            attempts.join(", ")
        )
    }

    fn is_clean(&self) {
        let found: Vec<_> = std::fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(found.is_empty(), "the schema's code has written {found:?}");
    }
}

/// What only a superuser, or a member of a role with rights, can do. The last ones leave no file.
fn attempts(folder: &str) -> Vec<String> {
    let run = |name: &str| format!("copy (select 1) to program 'touch {folder}/{name}'");
    let mut attempts = vec![run("program"), format!("copy (select 1) to '{folder}/file'")];
    for (way, name) in [
        ("reset role", "reset_role"),
        ("reset session authorization", "reset_session"),
        ("set session authorization scratch_superuser", "session"),
        ("set session authorization schemawarden_scratch_superuser", "private_session"),
        ("set role scratch_superuser", "role"),
        ("set role schemawarden_scratch_superuser", "private_role"),
        ("set role postgres", "postgres"),
        ("set role pg_execute_server_program", "member"),
        ("grant pg_execute_server_program to current_user", "grant"),
        ("alter role current_user superuser", "superuser"),
        ("create extension plpython3u", "python"),
    ] {
        attempts.push(way.to_owned());
        attempts.push(run(name));
    }
    attempts.push(format!("select pg_catalog.lo_export(pg_catalog.lo_from_bytea(0, 'x'), '{folder}/large_object')"));
    attempts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_runs_nothing_of_the_live_schema() {
    let proof = Proof::new();
    let attack = proof.attack("raise exception 'it ran';");
    let live = Database::with(&format!("create table m (id int); {attack} create index m_idx on m ((f(1) + id));"));
    let expected = proof.0.path().with_extension("sql");
    // The same words in another order: only a server can tell.
    let function = "create function f(int) returns int language sql immutable as 'select 1'; create table m (id int);";
    std::fs::write(&expected, format!("{function} create index m_idx on m ((id + f(1)));")).unwrap();
    // On a private server, as an operator would.
    let mut check = schemawarden();
    check.args(["check", "--database-url", &live.url(), "--expected"]).arg(&expected);
    let answer = check.output().unwrap();
    std::fs::remove_file(&expected).unwrap();
    let text = String::from_utf8(answer.stdout).unwrap();
    assert_eq!(answer.status.code(), Some(1), "{text}");
    proof.is_clean();
    // A body that had been evaluated would have failed.
    assert!(text.contains("m_idx") && !text.contains("could not be built"), "{text}");
}

/// All that PostgreSQL evaluates, or could, while a schema is built.
const EVERYWHERE: &str = "
    create domain positive as int check (value > f(0));
    create table m (id int default f(2), a int check (a > f(3)), p positive default f(4));
    create index by_expression on m ((id + f(5)));
    create index by_predicate on m (a) where a > f(6);
    create table parts (id int, k int) partition by range ((id + f(7)));
    create table parts_1 partition of parts for values from (f(8)) to (1000);
    create table computed (id int, twice int generated always as (id + f(9)) stored);
    create statistics said on (id + f(10)), a from m;
    create view v as select f(11) as x;
    create materialized view mv as select f(12) as x with no data;
    create function step(int, int) returns int language sql immutable as 'select f($1) + $2';
    create aggregate total(int) (sfunc = step, stype = int, initcond = '0');
    create rule r as on insert to m where new.id > f(13) do also delete from parts where id = f(18);
    alter table m enable row level security;
    create policy by_f on m using (id > f(14));
    create function fired() returns trigger language plpgsql as 'begin perform f(15); return new; end';
    create trigger t before insert on m for each row when (new.id > f(16)) execute function fired();
    create function on_ddl() returns event_trigger language plpgsql as
        'begin perform f(17); exception when others then null; end';
    create event trigger watcher on ddl_command_end execute function on_ddl();
    alter event trigger watcher enable always;
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spellings_are_compared_without_any_body() {
    let proof = Proof::new();
    let live = Database::with(&format!("{}{EVERYWHERE}", proof.attack("raise exception 'it ran';")));
    let other = Database::with(&format!("{}{EVERYWHERE}", proof.attack("raise exception 'it ran';")));
    // Other spellings everywhere, so that all of it is built.
    let (live, mut expected) = (live.read().await, other.read().await);
    let spelled = |text: &Definition| Definition::from(&*text.to_string().replace("public.f", "public . f"));
    for relation in expected.relations.values_mut() {
        relation.indexes.iter_mut().for_each(|index| index.predicate = index.predicate.as_ref().map(spelled));
        relation.query = relation.query.as_ref().map(spelled);
    }
    let mut drift = drift::compare(&expected, &live, Scope::Whole);
    assert!(drift.iter().any(|drift| drift.maybe_spelling));
    Spellings::default().settle(&mut drift, (&expected, &live), Scope::Whole, &scratch()).await.unwrap();
    let untold: Vec<_> = drift.iter().filter(|drift| drift.detail.contains("could not be built")).collect();
    assert!(untold.is_empty(), "{untold:?}");
    proof.is_clean();
}

async fn rehearsed(live: &Database, expected: &Database, scratch: ScratchConfig) -> Rehearsal {
    let state = tempfile::tempdir().unwrap();
    let mut spec = fix_spec(live, expected, Scope::Declared, state.path().join("state.db"));
    spec.check.scratch = scratch;
    let proposal = propose(&spec, Utc::now()).await.unwrap();
    assert!(!proposal.plan.segments.is_empty() && proposal.plan.blocked.is_empty(), "{:?}", proposal.plan);
    proposal.rehearse(&spec).await
}

fn impossible(rehearsal: Rehearsal) -> String {
    match rehearsal {
        Rehearsal::Impossible(reason) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rehearsal_runs_the_schemas_code_without_rights() {
    for scratch in [scratch(), ScratchConfig::default()] {
        let proof = Proof::new();
        let live = Database::with(&format!("{}{EVERYWHERE}", proof.attack("")));
        let expected = live.copy();
        expected.run("alter table m add column extra int default f(1)");
        let rehearsal = rehearsed(&live, &expected, scratch.clone()).await;
        proof.is_clean();
        assert!(matches!(rehearsal, Rehearsal::Passed { .. }), "{rehearsal:?}");
        // It has run: what raises an error cannot be built.
        live.run(
            "create or replace function g() returns int language plpgsql as $$ begin raise exception 'ran'; end $$",
        );
        let state = impossible(rehearsed(&live, &expected, scratch).await);
        assert!(state.contains("cannot be built in scratch"), "{state}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_owners_name_gives_rights_in_scratch() {
    for owner in ["postgres", "pg_execute_server_program", "schemawarden_scratch_superuser", "scratch_superuser"] {
        for scratch in [scratch(), ScratchConfig::default()] {
            let proof = Proof::new();
            psql("postgres", &format!("do $$ begin create role {owner}; exception when others then null; end $$"));
            let live = Database::with(&format!(
                "{attack}
                 create table m (id int);
                 alter function g() security definer;
                 alter function g() owner to {owner};
                 revoke all on function g() from public;
                 grant execute on function g() to public, {owner};
                 grant select on m to {owner};
                 create index by_expression on m ((id + f(5)));",
                attack = proof.attack("")
            ));
            let expected = live.copy();
            expected.run("alter table m add column extra int; revoke select on m from public;");
            let rehearsal = rehearsed(&live, &expected, scratch).await;
            proof.is_clean();
            assert!(!matches!(rehearsal, Rehearsal::Failed(_)), "{owner}: {rehearsal:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_role_of_a_scratch_database_has_no_rights_but_in_it() {
    let proof = Proof::new();
    let folder = proof.0.path().display().to_string();
    for config in [scratch(), ScratchConfig::default()] {
        let server = Scratch::open(&config).await.unwrap();
        let (database, other) = (server.database().await.unwrap(), server.database().await.unwrap());
        let refused = database.ensure_roles(["postgres", "pg_monitor", "app"].map(Into::into)).await.unwrap();
        let refused: Vec<String> = refused.keys().map(ToString::to_string).collect();
        assert_eq!(refused, ["pg_monitor"]);
        let mut session = open(database.source(), database.source().options()).await.unwrap();
        let mut attempts = attempts(&folder);
        // It may do this, and it changes nothing.
        attempts.retain(|attempt| !attempt.starts_with("reset ") && attempt != "set role postgres");
        attempts.extend(
            [
                "select pg_read_file('/etc/passwd')",
                "select pg_ls_dir('.')",
                "select lo_import('/etc/passwd')",
                "select * from pg_authid",
                "create role other",
                "create database other",
                "set session_replication_role = replica",
                "set temp_file_limit = -1",
                "alter system set fsync = on",
                "set log_min_messages = debug1",
                "create function c() returns int language c as 'x', 'y'",
                "create function i(internal) returns int language internal as 'int4in'",
                "load 'auto_explain'",
                "create cast (int as date) without function",
                "create event trigger e on ddl_command_end execute function x()",
                "update pg_index set indisvalid = false",
            ]
            .map(String::from),
        );
        for attempt in attempts {
            let answer = sqlx::raw_sql(AssertSqlSafe(attempt.clone())).execute(&mut session).await;
            assert!(answer.is_err(), "{attempt}");
        }
        proof.is_clean();
        // Other databases are closed to it, whoever asks in its name.
        for elsewhere in [other.source().options().get_database().unwrap(), "template1"] {
            let source = database.source().with_database(elsewhere);
            let entered = open(&source, source.options()).await;
            if elsewhere != "template1" || config.url.is_none() {
                assert!(entered.is_err(), "{elsewhere}");
            }
        }
        database.drop().await.unwrap();
        other.drop().await.unwrap();
        server.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn extensions_that_reach_elsewhere_cannot_be_called() {
    let live = Database::with("create extension dblink; create extension postgres_fdw; create extension pg_trgm;");
    let server = Scratch::open(&scratch()).await.unwrap();
    let database = server.database().await.unwrap();
    let rebuilt = rebuild_whole(&database, &live.read().await).await.unwrap();
    assert!(rebuilt.failed.is_empty(), "{:?}", rebuilt.failed);
    let mut session = open(database.source(), database.source().options()).await.unwrap();
    for (attempt, refusal) in [
        ("select dblink_connect('dbname=postgres')", "permission denied for function dblink_connect"),
        ("select dblink_exec('dbname=postgres', 'select 1')", "permission denied for function dblink_exec"),
        (
            "create server s foreign data wrapper postgres_fdw",
            "permission denied for foreign-data wrapper postgres_fdw",
        ),
    ] {
        let error = sqlx::raw_sql(attempt).execute(&mut session).await.unwrap_err().to_string();
        assert!(error.contains(refusal), "{attempt}: {error}");
    }
    // What only computes goes on.
    let similar = sqlx::raw_sql("select similarity('a', 'a') = 1").fetch_one(&mut session).await.unwrap();
    assert!(similar.get::<bool, _>(0));
    database.drop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_never_ends_or_takes_all_is_ended() {
    let small = |bounds: Bounds| ScratchConfig { bounds, ..ScratchConfig::default() };
    let few = Bounds { time: Duration::from_secs(15), ..Bounds::default() };
    for (more, bounds, told) in [
        (
            "perform set_config('statement_timeout', '0', false); loop perform 1; end loop;",
            few,
            "was not built within 15 s",
        ),
        (
            "perform set_config('statement_timeout', '0', false);
             loop insert into public.filled select repeat(md5(random()::text), 50) from generate_series(1, 10000); end loop;",
            Bounds { disk_bytes: 40 << 20, ..Bounds::default() },
            "grew beyond 40 MB",
        ),
        (
            "perform length(repeat('x', 900000000) || repeat('y', 100000000));",
            Bounds { memory_kib: 700 << 10, ..Bounds::default() },
            "cannot be built in scratch",
        ),
    ] {
        let proof = Proof::new();
        let live = Database::with(&format!(
            "create table filled (a text); create table m (id int); {} create index i on m ((id + f(5)));",
            proof.attack(more)
        ));
        let expected = live.copy();
        expected.run("alter table m add column extra int");
        let reason = impossible(rehearsed(&live, &expected, small(bounds)).await);
        assert!(reason.contains(told), "{reason}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expectation_is_evaluated_without_rights_where_they_are_not_needed() {
    let folder = tempfile::tempdir().unwrap();
    let never = "if (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then raise exception 'superuser'; \
                 end if;";
    let sql = format!(
        "do $$ begin {never} end $$;
         create schema app; create extension pageinspect schema app;
         create function on_ddl() returns event_trigger language plpgsql as $$ begin {never} end $$;
         create event trigger watcher on ddl_command_start execute function on_ddl();
         create table t (id int); alter table t owner to app_owner;
         create extension pg_visibility schema app;
         comment on extension pageinspect is 'x';
         create function sure() returns int language sql immutable leakproof as 'select 1';
         begin; create table u (id int); alter table u owner to \"app owner\"; commit;
         grant select on u to reader;
         do $$ begin {never} end $$;"
    );
    std::fs::write(folder.path().join("expected.sql"), sql).unwrap();
    let source = ExpectedSource::parse("expected.sql", folder.path()).unwrap();
    for config in [scratch(), ScratchConfig::default()] {
        let catalog = expected::load(&source, &config, None).await.unwrap().catalog;
        let owners: Vec<String> = catalog
            .owners
            .iter()
            .filter(|(object, _)| object.is_relation())
            .map(|(object, owner)| format!("{object} {owner}"))
            .collect();
        assert_eq!(owners, ["public.t app_owner", "public.u \"app owner\""]);
        assert!(catalog.extensions.len() == 2 && catalog.privileges.len() == 1, "{catalog:?}");
        let kinds: Vec<_> = catalog.defined.keys().map(ToString::to_string).collect();
        assert_eq!(kinds, ["watcher"]);
        assert_eq!(catalog.owner_by_chance, None);
        let by_chance = catalog.owners.iter().filter(|(object, _)| object.to_string() == "public.sure()");
        assert!(by_chance.into_iter().all(|(_, owner)| owner.as_str().starts_with("schemawarden_scratch_1")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_targets_server_is_no_scratch_server() {
    let live = Database::with("create table t (id int)");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("expected.sql"), "create table t (id int)").unwrap();
    let over_tcp = live.url();
    let options = live.source.options();
    let socket = options.get_socket().unwrap().display().to_string();
    let (login, _) = over_tcp.split_once('@').unwrap();
    let over_socket = format!("{login}@localhost:{}/postgres?host={socket}", options.get_port());
    for url in [over_tcp.as_str(), over_socket.as_str()] {
        let mut check = schemawarden();
        check.args(["check", "--database-url", &over_tcp, "--scratch-url", url, "--expected", "expected.sql"]);
        let answer = check.current_dir(folder.path()).output().unwrap();
        let text = String::from_utf8([answer.stdout, answer.stderr].concat()).unwrap();
        assert_eq!(answer.status.code(), Some(2), "{text}");
        assert!(text.contains("`scratch.url` leads to the server of"), "{text}");
    }
    let config = format!(
        "[scratch]\nurl = '{over_tcp}'\n[[target]]\nname = 'a'\nurl = '{over_tcp}'\nexpected = 'expected.sql'\n"
    );
    std::fs::write(folder.path().join("c.toml"), config).unwrap();
    let mut validate = schemawarden();
    let answer =
        validate.args(["config", "validate", "--config", "c.toml"]).current_dir(folder.path()).output().unwrap();
    let text = String::from_utf8(answer.stderr).unwrap();
    assert!(answer.status.code() == Some(2) && text.contains("leads to the server of target `a`"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leftovers_are_swept_by_name_and_age() {
    let server =
        ThrowawayServer::start(&ServerOptions { superuser: "boss", ..ServerOptions::default() }).await.unwrap();
    let url = server.url("postgres");
    let url = url.expose_secret();
    let now = Utc::now().timestamp();
    let (old, young) = (now - 4000, now - 60);
    for database in [
        format!("schemawarden_scratch_{old}_12_0123abcd"),
        format!("schemawarden_scratch_{young}_12_0123abcd"),
        format!("schemawarden_scratch_{old}_12_0123abcd_mine"),
        format!("my_schemawarden_scratch_{old}_12_0123abcd"),
        "schemawarden_scratch_12_0123abcd".to_owned(),
        format!("schemawarden_scratch_{old}_13_0123abcd"),
    ] {
        psql_at(url, &format!("create role {database} login; "));
        psql_at(url, &format!("create database {database} owner {database}"));
    }
    psql_at(
        url,
        &format!(
            "create role left_over; comment on role left_over is 'schemawarden stand-in of {old}';
             create role in_use; comment on role in_use is 'schemawarden stand-in of {old}';
             grant in_use to schemawarden_scratch_{young}_12_0123abcd;
             create role mine; comment on role mine is 'schemawarden stand-in of {old} years';"
        ),
    );
    // Somebody still works in it.
    let busy = server.source(&format!("schemawarden_scratch_{old}_13_0123abcd"));
    let session = open(&busy, busy.options()).await.unwrap();
    let config = ScratchConfig { url: Some(server.source("postgres")), ..ScratchConfig::default() };
    let scratch = Scratch::open(&config).await.unwrap();
    let database = scratch.database().await.unwrap();
    assert!(database.ensure_roles(["in_use".into(), "new".into()]).await.unwrap().is_empty());
    database.drop().await.unwrap();
    let left = psql_at(
        url,
        &format!(
            "select string_agg(replace(replace(datname, '{old}', 'OLD'), '{young}', 'YOUNG'), ' ' order by datname)
                from pg_database where datname ~ 'scratch'
             union all
             select string_agg(replace(replace(rolname, '{old}', 'OLD'), '{young}', 'YOUNG'), ' ' order by rolname)
                from pg_roles where rolname !~ '^pg_'"
        ),
    );
    let databases = "my_schemawarden_scratch_OLD_12_0123abcd schemawarden_scratch_12_0123abcd \
                     schemawarden_scratch_OLD_12_0123abcd_mine schemawarden_scratch_OLD_13_0123abcd \
                     schemawarden_scratch_YOUNG_12_0123abcd";
    let mut words: Vec<&str> = left.split_whitespace().collect();
    words.sort_unstable();
    let mut wanted: Vec<&str> =
        databases.split(' ').chain(databases.split(' ')).chain(["boss", "in_use", "mine"]).collect();
    wanted.sort_unstable();
    assert_eq!(words, wanted);
    drop(session);
    server.stop().await.unwrap();
}
