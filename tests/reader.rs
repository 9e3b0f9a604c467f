//! The reader on a real PostgreSQL: it reads everything, deterministically, with a constant number of statements, and
//! recognises cheaply that nothing has changed.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use schemawarden::daemon::check::{CheckSpec, Checker, Depth, Known};
use schemawarden::daemon::expected::{ExpectedSource, from_snapshot, to_snapshot};
use schemawarden::domain::catalog::{Catalog, Constraint, Kind, Object};
use schemawarden::domain::drift::{self, Scope};
use schemawarden::domain::name::Name;
use schemawarden::domain::report::{Read, Verdict};
use schemawarden::pg::fingerprint::{counters, fingerprint};
use schemawarden::pg::{self, Connection, Guards};

use crate::support::{Database, SERVER_LOG, eventually, file, postgres, psql, scratch};

fn every_kind() -> String {
    fs::read_to_string(file("tests/schemas/every_kind.sql")).unwrap()
}

async fn connect(database: &Database) -> Connection {
    pg::connect(&database.source, &Guards::default()).await.unwrap()
}

#[tokio::test]
async fn every_kind_survives_a_snapshot() {
    let catalog = Database::with(&every_kind()).read().await;
    assert_eq!(catalog.kinds(), Kind::ALL);
    assert!(catalog.unmodelled.is_empty(), "{:?}", catalog.unmodelled);
    let text = to_snapshot(&catalog).unwrap();
    // Owners are not part of a snapshot.
    let stored = Catalog { owners: BTreeMap::new(), ..catalog };
    assert_eq!(from_snapshot(&text).unwrap(), stored);
    assert_eq!(to_snapshot(&from_snapshot(&text).unwrap()).unwrap(), text);
}

#[tokio::test]
async fn the_same_sql_is_the_same_schema() {
    let (one, other) = (Database::with(&every_kind()).read().await, Database::with(&every_kind()).read().await);
    assert_eq!(one, other);
    assert_eq!(drift::compare(&one, &other, Scope::Whole), []);
}

#[tokio::test]
async fn other_schemas_are_not_read() {
    let database = Database::with(&every_kind());
    database.run("create table public.t (id int primary key, author bigint references app.users)");
    let catalog = pg::read::read(&mut connect(&database).await, Some(&["public".into()])).await.unwrap();
    let relations: Vec<_> = catalog.relations.keys().map(ToString::to_string).collect();
    assert_eq!(relations, ["public.t"]);
    let t = catalog.relations.values().next().unwrap();
    let shapes: Vec<_> = t.constraints.iter().map(Constraint::shape).collect();
    assert!(shapes.contains(&"FOREIGN KEY (author) REFERENCES app.users(id)".to_owned()), "{shapes:?}");
    assert!(catalog.routines.is_empty() && catalog.enums.is_empty() && catalog.sequences.is_empty());
}

/// Number of statements that the server executed for one read, by its own log.
async fn statements_of_a_read(tables: u32) -> usize {
    let database = Database::create();
    database.run(&format!(
        "select format('create table t%s (id int primary key, p int references t%s, a text default lower(''X'') check
                        (a <> ''''), unique (a)); create index on t%s (lower(a)) where p > 0; create view v%s as
                        select * from t%s;', n, greatest(n - 1, 1), n, n, n)
         from generate_series(1, {tables}) n
         \\gexec
         alter database {} set log_statement = 'all'",
        database.name
    ));
    let mut connection = connect(&database).await;
    let catalog = pg::read::read(&mut connection, None).await.unwrap();
    assert_eq!(catalog.relations.len(), 2 * tables as usize);
    let log = fs::read_to_string(database.source.options().get_socket().unwrap().join(SERVER_LOG)).unwrap();
    let ours = format!("[{}] LOG: ", connection.pid);
    // The first one is the connection's check of its settings.
    log.lines().filter(|line| line.contains(&ours)).count() - 1
}

#[tokio::test]
async fn the_number_of_statements_does_not_depend_on_the_number_of_tables() {
    let few = statements_of_a_read(10).await;
    assert_eq!(few, statements_of_a_read(300).await);
    assert!((20..70).contains(&few), "{few}");
}

/// Run in order, on [`every_kind`].
const CHANGES: &[&str] = &[
    "create schema new",
    "create table app.new (id int)",
    "alter table app.new add column a varchar(10)",
    "alter table app.new alter a type varchar(20)",
    "alter table app.new alter a set default 'x'",
    "alter table app.new alter a drop default",
    "alter table app.new alter a set not null",
    "alter table app.new alter a drop not null",
    "alter table app.new alter a set storage plain",
    "alter table app.new alter a set statistics 7",
    "alter table app.new rename column a to b",
    "alter table app.new drop column b",
    "alter table app.new add primary key (id)",
    "alter table app.new add constraint c check (id > 0) not valid",
    "alter table app.new validate constraint c",
    "alter table app.new rename constraint c to d",
    "alter table app.new add foreign key (id) references app.posts",
    "alter table app.new disable trigger all",
    "alter table app.new drop constraint d",
    "alter table app.new set (fillfactor = 50)",
    "alter table app.new set unlogged",
    "alter table app.new enable row level security",
    "alter table app.new inherit app.empty",
    "alter table app.new rename to newer",
    "alter table app.newer set schema new",
    "drop table new.newer",
    "create index i on app.posts (length)",
    "create index concurrently j on app.posts (length)",
    "alter index app.i rename to k",
    "drop index app.k",
    "alter table app.events detach partition app.events_2026",
    "alter table app.events attach partition app.events_2026 for values from ('2026-01-01') to ('2027-01-01')",
    "create or replace view app.people as select id, handle, coalesce(score, 1) as score, null as nothing from app.users",
    "alter view app.people_of_people reset (security_barrier)",
    "drop materialized view app.totals",
    "create or replace function app.slug(title int) returns text language sql begin atomic select 'x'; end",
    "drop procedure app.tidy",
    "alter table app.posts enable trigger each_statement",
    "drop trigger touch on app.posts",
    "alter type app.mood add value 'new'",
    "alter type app.mood rename value 'new' to 'newer'",
    "alter domain app.positive set default 1",
    "alter domain app.positive drop constraint positive_check",
    "alter sequence app.tickets increment 7",
    "alter sequence app.tickets owned by none",
    "alter sequence app.tickets owned by app.posts.length",
    "alter extension pg_trgm set schema app",
    "drop index app.siglen",
    "drop extension pg_trgm cascade",
    "create policy p on app.posts using (true)",
    "create statistics app.s on id, author from app.posts",
    "create type app.pair as (a int, b int)",
    "create type app.span as range (subtype = int)",
    "create aggregate app.total (int) (sfunc = int4pl, stype = int)",
    "create rule r as on delete to app.cache do instead nothing",
    "comment on column app.cache.key is 'key'",
    "comment on rule r on app.cache is 'rule'",
    "comment on rule r on app.cache is null",
    "grant select on app.cache to public",
    "grant select (key) on app.cache to pg_monitor",
    "revoke execute on function app.plus(int, int) from public",
    "grant usage on type app.mood to pg_monitor",
    "grant usage on schema app to public",
    "alter table app.cache owner to pg_monitor",
];

/// Run in order, on [`every_kind`]; none of them changes the schema.
const NO_CHANGES: &[&str] = &[
    "insert into app.users (handle, email, kind) values ('ada', 'ada@example.com', 'admin')",
    "update app.users set score = 1",
    "delete from app.users",
    "select nextval('app.tickets'), setval('app.posts_id_seq', 100)",
    "analyze",
    "vacuum",
    "begin; create table app.never (id int); rollback",
    "create temp table t (id serial primary key, a text default 'x' check (a <> '')); create index on t (a)",
    "create temp table p (id int primary key); create temp table c (id int references p); create temp view v as table c",
    "prepare q as select 1; declare c cursor with hold for select 1",
    "set work_mem = '8MB'",
];

#[tokio::test]
async fn any_change_of_the_schema_changes_the_fingerprint_and_nothing_else_does() {
    let database = Database::with(&every_kind());
    let mut connection = connect(&database).await;
    let mut before = fingerprint(&mut connection).await.unwrap();
    for statement in NO_CHANGES {
        database.run(statement);
        assert_eq!(fingerprint(&mut connection).await.unwrap(), before, "{statement}");
    }
    for statement in CHANGES {
        database.run(statement);
        let after = fingerprint(&mut connection).await.unwrap();
        assert_ne!(after, before, "{statement}");
        before = after;
    }
}

#[tokio::test]
async fn the_counters_rise_with_every_change() {
    let database = Database::with(&every_kind());
    let mut connection = connect(&database).await;
    for statement in CHANGES {
        let before = counters(&mut connection).await.unwrap().unwrap();
        database.run(statement);
        // The session that made the change reports its statistics when it ends, or a little later.
        let mut tries = 0;
        while counters(&mut connection).await.unwrap().unwrap() == before {
            tries += 1;
            assert!(tries < 200, "{statement}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_not_changed_is_not_read_again() {
    let database = Database::with(&every_kind());
    let spec = CheckSpec {
        name: "it".into(),
        source: database.source.clone(),
        guards: Guards::default(),
        expected: ExpectedSource::parse("tests/schemas/every_kind.sql", &file("")).unwrap(),
        scratch: scratch(),
        schemas: None,
        scope: Scope::Whole,
        policies: Vec::new(),
        full_read_every: Duration::from_mins(10),
        known: Known::default(),
    };
    let mut checker = Checker::new(spec);
    for (change, depth, read, verdict) in [
        ("", Depth::Cheap, Read::Full, Verdict::Holds),
        ("analyze; vacuum", Depth::Cheap, Read::Unchanged, Verdict::Holds),
        ("drop view app.threads", Depth::Cheap, Read::Full, Verdict::Violated),
        ("", Depth::Cheap, Read::Unchanged, Verdict::Violated),
        ("", Depth::Full, Read::Full, Verdict::Violated),
    ] {
        database.run(change);
        let mut report = checker.check(depth, chrono::Utc::now()).await;
        // The counters of an ended session rise a moment later.
        for _ in 0..200 {
            if report.read == Some(read) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            report = checker.check(depth, chrono::Utc::now()).await;
        }
        assert_eq!((report.read, report.verdict), (Some(read), verdict), "{change}: {report:?}");
    }
}

/// The index that a running REINDEX CONCURRENTLY builds is not a leftover; it is one as soon as its session has died.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_is_being_rebuilt_is_no_leftover() {
    const SCHEMA: &str = "create table public.t (a int); create index t_a on public.t (a);";
    let (database, folder) = (Database::with(SCHEMA), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("expected.sql"), SCHEMA).unwrap();
    let mut checker = Checker::new(CheckSpec {
        name: "it".into(),
        source: database.source.clone(),
        guards: Guards::default(),
        expected: ExpectedSource::parse("expected.sql", folder.path()).unwrap(),
        scratch: scratch(),
        schemas: None,
        scope: Scope::Whole,
        policies: Vec::new(),
        full_read_every: Duration::from_mins(10),
        known: Known::default(),
    });
    let open = async || pg::connect::open(&database.source, database.source.options()).await.unwrap();
    let (mut reader, mut builder) = (open().await, open().await);
    sqlx::raw_sql("begin isolation level repeatable read; select from public.t").execute(&mut reader).await.unwrap();
    let build = tokio::spawn(async move {
        sqlx::raw_sql("reindex index concurrently public.t_a").execute(&mut builder).await.is_ok()
    });
    let dead = "select count(*) from pg_index where not indisvalid";
    eventually("the copy is there", async || (psql(&database.name, dead) == "1\n").then_some(())).await;

    let report = checker.check(Depth::Full, chrono::Utc::now()).await;
    assert_eq!(report.verdict, Verdict::Holds, "{report:?}");
    let role = format!("looks_at_{}", database.name);
    psql("postgres", &format!("create role {role} login password 'x'"));
    let mut url = url::Url::parse(&database.url()).unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("x")).unwrap();
    let source = pg::Source::parse(&url.to_string().into()).unwrap();
    let mut stranger = pg::connect(&source, &Guards::default()).await.unwrap();
    let seen = pg::read::read(&mut stranger, None).await.unwrap();
    let indexes: Vec<_> = seen.relations.values().flat_map(|it| &it.indexes).map(|it| it.name.as_str()).collect();
    assert_eq!(indexes, ["t_a"]);

    let building = "query like 'reindex%' and pid <> pg_backend_pid()";
    psql(&database.name, &format!("select pg_terminate_backend(pid) from pg_stat_activity where {building}"));
    assert!(!build.await.unwrap());
    let report = eventually("the leftover is told", async || {
        let report = checker.check(Depth::Cheap, chrono::Utc::now()).await;
        (report.verdict != Verdict::Holds).then_some(report)
    })
    .await;
    let objects: Vec<_> = report.drift.iter().map(|drift| drift.object.as_str()).collect();
    assert_eq!(objects, ["public.t.t_a_ccnew"], "{report:?}");
}

#[tokio::test]
async fn what_has_no_model_is_named() {
    let database = Database::with(
        "create table t (id int, a text);
         create policy only_mine on t using (true);
         create rule quiet as on delete to t do instead nothing;
         create aggregate total (int) (sfunc = int4pl, stype = int);
         create statistics together on id, a from t;
         create type pair as (a int, b int);
         create type span as range (subtype = int);
         create collation german (provider = libc, locale = 'C');
         create function fits(int, int) returns bool language sql immutable as 'select true';
         create operator === (leftarg = int, rightarg = int, function = fits);
         create text search configuration plain (copy = pg_catalog.simple);
         create publication everything for table t;
         create foreign data wrapper far;
         create server away foreign data wrapper far;
         create foreign table distant (id int) server away;
         create function stop() returns event_trigger language plpgsql as 'begin end';
         create event trigger watch_ddl on ddl_command_end execute function stop();
         create cast (pair as text) with inout;",
    );
    let catalog = database.read().await;
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for unmodelled in &catalog.unmodelled {
        found.entry(&unmodelled.kind).or_default().push(&unmodelled.object);
    }
    let found: Vec<_> = found.into_iter().map(|(kind, objects)| format!("{kind}: {}", objects.join(", "))).collect();
    assert_eq!(
        found,
        [
            "cast: (public.pair AS pg_catalog.text)",
            "collation: public.german",
            "foreign table: public.distant",
            "foreign-data wrapper: far",
            "operator: public.===(integer,integer)",
            "server: away",
            "text search configuration: public.plain",
        ]
    );
}

#[test]
fn words_are_quoted_as_the_server_quotes_them() {
    let words = psql("postgres", "select word, quote_ident(word) from pg_get_keywords()");
    // A keyword that a newer server reserves is quoted for all servers.
    let newest_known = postgres().version() / 10_000 == 18;
    for (word, quoted) in words.lines().filter_map(|line| line.split_once('|')) {
        let ours = Name::from(word).to_string();
        assert!(ours == quoted || !newest_known && quoted == word, "{word}: {ours}, and the server: {quoted}");
    }
    let hostile =
        ["", "a\"b", "A", "1a", "a$", "_", "a b", "a.b", "a\\b", "a'b", "é", "a\tb", "{}", "x\"; drop table t; --"];
    for name in hostile {
        let quoted = psql("postgres", &format!("select quote_ident({})", schemawarden::domain::name::literal(name)));
        assert_eq!(Name::from(name).to_string(), quoted.trim_end_matches('\n'), "{name:?}");
    }
}

/// The dependencies, one edge a line.
async fn dependencies(sql: &str) -> String {
    let catalog = Database::with(sql).read().await;
    let kind = |object: &Object| format!("{object:?}").split('(').next().unwrap().to_lowercase();
    let edge = |(a, b): &(Object, Object)| format!("{} {a} -> {} {b}\n", kind(a), kind(b));
    catalog.dependencies.iter().map(edge).collect()
}

#[tokio::test]
async fn what_needs_what_is_read() {
    let found = dependencies(
        "create type mood as enum ('calm');
        create type pair as (a int, b mood);
        create function is_even(int) returns bool language sql immutable as 'select true';
        create domain even as int check (is_even(value));
        create type span as range (subtype = even);
        create sequence shared;
        create table users (id serial primary key, mood mood[] default '{calm}', e even, s span, m span_multirange,
                            n bigint default nextval('shared'), twice int generated always as (id_of + 1) stored,
                            id_of int check (is_even(id_of)), exclude using btree (id_of with =));
        create table posts (id int primary key, author int references users, title text, owner users);
        create index on posts (is_even(author)) where is_even(id);
        create view v as select u.id, count(*) from users u join posts p on p.author = u.id group by u.id;
        create view every as select count(*) from posts;
        create view grouped as select id, title from posts group by id;
        create materialized view mv as select id from v;
        create index on mv (id);
        create function titles() returns setof text begin atomic select title from posts; end;
        create function users_of(users[], pair) returns mood language sql as 'select null::mood';
        create function touch() returns trigger language plpgsql as 'begin end';
        create trigger t before update of title on posts for each row when (is_even(old.id)) execute function touch();
        create policy p on posts using (exists (select from users where users.id = author));
        create rule r as on delete to posts do instead update users set id_of = 1;
        create statistics s on id, author from posts;
        create function stop() returns event_trigger language plpgsql as 'begin end';
        create event trigger et on ddl_command_end execute function stop();
        create table parts (id int, m mood) partition by list (id);
        create table part partition of parts for values in (1);
        create trigger t after insert on parts for each row execute function touch();
        create extension pg_trgm; create table ext (a text); create index on ext using gin (a gin_trgm_ops);
        create table gone (a int); create view by_array as select array[row(1, 'calm')::pair] as a,
                                                      span(1::even, 2::even);",
    )
    .await;
    let found: Vec<_> = found.lines().collect();
    assert_eq!(
        found,
        [
            "type public.pair -> type public.mood",
            "type public.span -> domain public.even",
            "domain public.even -> routine public.is_even(integer)",
            "view public.by_array -> type public.mood",
            "view public.by_array -> type public.pair",
            "view public.by_array -> type public.span",
            "view public.by_array -> domain public.even",
            "view public.every -> table public.posts",
            "view public.grouped -> column public.posts.id",
            "view public.grouped -> column public.posts.title",
            "view public.grouped -> constraint public.posts.posts_pkey",
            "view public.v -> column public.posts.author",
            "view public.v -> column public.users.id",
            "materializedview public.mv -> column public.v.id",
            "routine public.titles() -> column public.posts.title",
            "routine public.users_of(public.users[], public.pair) -> type public.mood",
            "routine public.users_of(public.users[], public.pair) -> type public.pair",
            "routine public.users_of(public.users[], public.pair) -> table public.users",
            "column public.part.m -> type public.mood",
            "column public.parts.m -> type public.mood",
            "column public.posts.owner -> table public.users",
            "column public.users.e -> domain public.even",
            "column public.users.m -> type public.span",
            "column public.users.mood -> type public.mood",
            "column public.users.n -> sequence public.shared",
            "column public.users.s -> type public.span",
            "column public.users.twice -> column public.users.id_of",
            "constraint public.users.users_id_of_check -> routine public.is_even(integer)",
            "index public.posts.posts_is_even_idx -> routine public.is_even(integer)",
            "trigger public.part.t -> routine public.touch()",
            "trigger public.parts.t -> routine public.touch()",
            "trigger public.posts.t -> routine public.is_even(integer)",
            "trigger public.posts.t -> routine public.touch()",
            "trigger public.posts.t -> column public.posts.id",
            "trigger public.posts.t -> column public.posts.title",
            "policy public.posts.p -> column public.posts.author",
            "policy public.posts.p -> column public.users.id",
            "rule public.posts.r -> column public.users.id_of",
            "statistics public.s -> column public.posts.author",
            "statistics public.s -> column public.posts.id",
            "eventtrigger et -> routine public.stop()",
        ]
    );
}
