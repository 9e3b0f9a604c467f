//! Tests with a real server: small scripts with each kind of statement that dumps and migrations contain.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use sqlx::Row as _;

use super::*;

fn file(name: &str, text: &str) -> SqlFile {
    SqlFile { path: name.into(), text: text.into() }
}

async fn ask(database: &ScratchDatabase, query: &'static str) -> String {
    ask_at(database.source(), query).await
}

async fn ask_at(source: &Source, query: &'static str) -> String {
    let mut session = open(source).await.unwrap();
    let row = sqlx::raw_sql(query).fetch_one(&mut session).await.unwrap();
    row.try_get_unchecked(0).unwrap()
}

async fn refusal(scratch: &Scratch, files: &[SqlFile]) -> String {
    let database = scratch.database().await.unwrap();
    let error = database.load(files).await.unwrap_err().to_string();
    database.drop().await.unwrap();
    error
}

const DUMP: &str = r#"\restrict x
SET statement_timeout = 0;
SET transaction_timeout_of_the_future = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE ROLE "made by dumpall" LOGIN PASSWORD 'x';
CREATE SCHEMA public;
SET default_tablespace = fast;
CREATE TABLE public.t (id integer, note text DEFAULT 'a;b');
ALTER TABLE public.t OWNER TO "o'wner";
COPY public.t (id, note) FROM stdin;
1	it's; -- "
\.

GRANT SELECT ON TABLE public.t TO reader, writer;
CREATE FUNCTION public.f() RETURNS integer BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;
CREATE TABLE public.log (id integer);
CREATE RULE r AS ON INSERT TO public.t DO ALSO (DELETE FROM public.log; INSERT INTO public.log VALUES (1));
\unrestrict x
"#;

#[tokio::test]
async fn dumps_load_as_they_are() {
    let scratch = Scratch::open(&ScratchConfig::default()).await.unwrap();
    let database = scratch.database().await.unwrap();
    // The second file has the search path of a new session, and names a role inside a transaction.
    let second = "create table u (); begin; create table v (); set role apprentice; reset role; commit;";
    let loaded = database.load(&[file("dump.sql", DUMP), file("more.sql", second)]).await.unwrap();
    assert!(loaded.all_granted);
    let tables = "select string_agg(c.relname || ' ' || c.relowner::regrole, ', ' order by 1) from pg_class c
                  where relnamespace = 'public'::regnamespace and relkind = 'r'";
    let owner = database.name.clone();
    assert_eq!(ask(&database, tables).await, format!("log {owner}, t \"o'wner\", u {owner}, v {owner}"));
    assert_eq!(ask(&database, "select public.f()::text").await, "2");
    let roles = "select string_agg(rolname, ',' order by rolname) from pg_roles where rolname !~ '^(pg|schemawarden)_'";
    assert_eq!(ask(&database, roles).await, "apprentice,o'wner,reader,writer");
    database.drop().await.unwrap();
    scratch.close().await.unwrap();
}

#[tokio::test]
async fn errors_name_file_and_line() {
    let scratch = Scratch::open(&ScratchConfig::default()).await.unwrap();
    let major = (scratch.server.as_ref().unwrap().version() / 10_000).to_string();
    let empty = refusal(&scratch, &[file("e.sql", "-- nothing\nset a = 1;")]).await;
    assert_eq!(empty, "e.sql holds no SQL statement that makes a schema");
    for (text, message) in [
        (
            "create table a ();\r\n\r\n-- here\r\nalter table x add y int;",
            "e.sql:4: relation \"x\" does not exist (in: alter table x add y int)",
        ),
        (
            "select 1;\ncreate table t (\n  a int,\n  b no_such_type default 'pässword'\n);",
            "e.sql:4: type \"no_such_type\" does not exist (in: create table t)",
        ),
        ("\n\ncreat table t ();", "e.sql:3: syntax error at or near \"creat\" (in: creat table t)"),
        ("select 1;\nselect 'a", "e.sql:2: this string is not closed before the end of the file"),
        (
            "begin;\ncreate table t ();",
            "e.sql ends inside a transaction: its COMMIT is missing, so nothing since its BEGIN would be kept",
        ),
        (
            "begin;\ncreate table t (a int);\ncreate index on t (b);\ncommit",
            "e.sql:3: column \"b\" does not exist (in: create index on t)",
        ),
        (
            "\ncreate extension if not exists vector with schema public;",
            "e.sql:2: the scratch server has no extension vector. Install its package there (on Debian usually `apt-get install postgresql-<major>-pgvector`), or set `scratch.url` to a server that has it",
        ),
        (
            "grant select on pg_class to pg_of_the_future; set role \"pg_no such\"",
            "e.sql:1: role \"pg_no such\" does not exist on the scratch server and cannot be created there: role name \"pg_no such\" is reserved (SQLSTATE 42939)",
        ),
    ] {
        let error = refusal(&scratch, &[file("ok.sql", "select 1"), file("e.sql", text)]).await;
        assert_eq!(error, message.replace("<major>", &major), "{text}");
    }
    scratch.close().await.unwrap();
}

#[tokio::test]
async fn a_named_server_keeps_no_database() {
    let server = ThrowawayServer::start(&ServerOptions::default()).await.unwrap();
    let config = ScratchConfig { url: Some(server.source("postgres")), ..ScratchConfig::default() };
    let scratch = Scratch::open(&config).await.unwrap();
    let database = scratch.database().await.unwrap();
    assert_eq!(ask(&database, "select datcollate || ' ' || pg_encoding_to_char(encoding) from pg_database where datname = current_database()").await, "C UTF8");
    let error = database
        .load(&[file("e.sql", "create table t (); drop database postgres; alter system set jit = on; !")])
        .await;
    assert!(matches!(error, Err(ScratchError::Statement { line: 1, .. })), "{error:?}");
    database.drop().await.unwrap();
    let left =
        "select string_agg(datname, ',' order by datname) || ' ' || (select string_agg(rolname, ',') from pg_roles
                where rolname !~ '^pg_') from pg_database";
    assert_eq!(ask_at(&server.source("postgres"), left).await, "postgres,template0,template1 postgres");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn an_ordinary_role_that_may_create_databases_and_roles_will_do() {
    let server = ThrowawayServer::start(&ServerOptions::default()).await.unwrap();
    let create = "create role plain login createdb createrole password 'x'";
    administer(&server.source("postgres"), vec![create.into()]).await.unwrap();
    let plain = server.source("postgres").options().clone().username("plain").password("x");
    let config = ScratchConfig { url: Some(Source::from_options(plain)), ..ScratchConfig::default() };
    let database = Scratch::open(&config).await.unwrap().database().await.unwrap();
    let given = file("a.sql", "create table t (); set role app; reset role; alter table t owner to app;");
    assert!(database.load(&[given]).await.unwrap().all_granted);
    let refused = file("b.sql", "create table u (); Grant select on u to pg_of_the_future;");
    assert!(!database.load(&[refused]).await.unwrap().all_granted);
    // Since 15 an owner must be allowed to create in the schema, which here only the database's owner is.
    let owner = if server.version() >= 150_000 { database.name.as_str() } else { "app" };
    assert_eq!(ask(&database, "select relowner::regrole::text from pg_class where relname = 't'").await, owner);
    let guarded = connect::connect(database.source(), &connect::Guards::default()).await;
    assert!(guarded.is_ok(), "{guarded:?}");
    drop(guarded);
    database.drop().await.unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn without_binaries_the_error_says_where_they_were_sought() {
    let config = ScratchConfig { url: None, bin_dir: Some(Path::new("/nowhere").into()), ..ScratchConfig::default() };
    let error = Scratch::open(&config).await.unwrap_err().to_string();
    assert!(error.contains("/nowhere"), "{error}");
}

#[test]
fn loading_can_be_spawned() {
    fn is_send(_: impl Send) {}
    #[allow(dead_code)]
    fn check(database: &ScratchDatabase) {
        is_send(database.load(&[]));
    }
}
