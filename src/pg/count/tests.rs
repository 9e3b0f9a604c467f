//! Counts on a real server: all ways of counting agree, nothing is written, nothing stays running.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::ranges::{blocks, can_walk, heavy_key, nulls, walk};
use super::text::fill;
use super::*;
use crate::domain::invariant::{DANGLING, NULL};
use crate::pg::connect;
use crate::pg::scratch::server::{ServerOptions, ThrowawayServer};

struct Database {
    server: ThrowawayServer,
}

impl Database {
    async fn with(sql: &str) -> Self {
        let server = ThrowawayServer::start(&ServerOptions::default()).await.unwrap();
        let database = Self { server };
        database.execute(sql).await;
        database
    }

    fn source(&self) -> Source {
        self.server.source("postgres")
    }

    async fn session(&self) -> PgConnection {
        let source = self.source();
        connect::open(&source, source.options()).await.unwrap()
    }

    async fn execute(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.session().await).await.unwrap();
    }

    async fn number(&self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut self.session().await).await.unwrap()
    }

    async fn count(&self, invariant: &Invariant) -> Result<Counts, CountError> {
        counts(&self.source(), &Guards::default(), invariant, &CancellationToken::new()).await
    }

    async fn query(&self, sql: &str) -> Result<u64, CountError> {
        Ok(self.count(&query(sql)).await?.get(ROWS))
    }

    /// Statements of counting sessions that run on the server.
    async fn at_work(&self) -> i64 {
        self.number(
            "select count(*) from pg_stat_activity where application_name = 'schemawarden' and state = 'active'",
        )
        .await
    }

    async fn wait_for_work(&self, sessions: i64) {
        let started = Instant::now();
        while self.at_work().await != sessions {
            assert!(started.elapsed() < Duration::from_mins(1), "not {sessions} counts at work");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

fn query(sql: &str) -> Invariant {
    Invariant {
        name: "query".into(),
        kind: InvariantKind::Query { sql: sql.into(), max: 0 },
        timeout: Duration::from_mins(2),
    }
}

fn reference(child: QName, columns: &[&str], parent: QName, parent_columns: &[&str]) -> Invariant {
    let names = |columns: &[&str]| columns.iter().map(|name| Name::from(*name)).collect();
    Invariant {
        name: "orphans".into(),
        kind: InvariantKind::Reference {
            child,
            columns: names(columns),
            parent,
            parent_columns: names(parent_columns),
            max_dangling: 0,
            max_null: None,
            estimate: false,
        },
        timeout: Duration::from_mins(2),
    }
}

fn posts() -> Invariant {
    reference(QName::new("public", "child"), &["k"], QName::new("public", "parent"), &["id"])
}

/// Counts in every available way, and gives whether the keys could be walked.
async fn every_way(database: &Database, invariant: &Invariant) -> (bool, Counts) {
    let InvariantKind::Reference { child, columns, parent, parent_columns, .. } = &invariant.kind else {
        panic!("a reference");
    };
    let (source, stop) = (database.source(), CancellationToken::new());
    let plain = database.count(invariant).await.unwrap();
    let mut session = Session::open(&source, &Guards::default(), Duration::from_mins(1), &stop).await.unwrap();
    let child = look(&mut session, child, columns).await.unwrap();
    let parent = look(&mut session, parent, parent_columns).await.unwrap();
    let reference = Reference { child, parent };
    let mut progress = Progress::new("orphans");
    let walks = can_walk(&mut session, &reference).await.unwrap();
    if walks {
        for keys in [1, 3, 20_000] {
            let dangling = walk(&mut session, &reference, keys, &mut progress).await.unwrap();
            let nulls = nulls(&mut session, &reference, &mut progress).await.unwrap();
            assert_eq!(Counts::reference(nulls, dangling), plain, "by walking {keys} keys");
        }
        let (mut after, mut dangling) = (None, 0);
        while !session.fetch(reference.next_key(after.as_deref())).await.unwrap().is_empty() {
            let next = heavy_key(&mut session, &reference, after.as_deref(), &mut progress).await.unwrap();
            after = next.greatest;
            dangling += next.dangling;
        }
        assert_eq!(dangling, plain.get(DANGLING), "by single keys");
    }
    for settings in [SORTED_SETTINGS, HASHED_SETTINGS] {
        session.execute(settings.to_owned()).await.unwrap();
        let each = |rows: Rows<'_>| reference.rows(rows, settings == SORTED_SETTINGS);
        let columns = ["nulls", "dangling"];
        let sums = blocks(&mut session, &reference.child.leaves, columns, each, &mut progress).await;
        let [nulls, dangling] = sums.unwrap();
        assert_eq!(Counts::reference(nulls, dangling), plain, "by blocks");
    }
    session.close().await;
    (walks, plain)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_finds_the_same() {
    let database = Database::with("create extension if not exists plpgsql").await;
    let types = [
        ("int", "n", true),
        ("bigint", "n", true),
        ("numeric", "n + 0.5", true),
        ("uuid", "md5(n::text)::uuid", true),
        ("text collate \"C\"", "chr(97 + n % 26) || n || '''\\\"{}, NULL'", true),
        ("text", "chr(97 + n % 26) || n || 'é'", true),
        ("bpchar", "n::text", true),
        ("char(9)", "n::text", true),
        ("timestamptz", "case n when 3 then 'infinity' else '2026-01-01'::timestamptz + n * interval '1 us' end", true),
        ("bytea", "decode(md5(n::text), 'hex')", true),
        ("double precision", "n / 7.0::float8", true),
        ("positive", "n", true),
        ("int[]", "array[n]", false),
    ];
    database.execute("create domain positive as int check (value > 0)").await;
    for (data_type, value, walkable) in types {
        database
            .execute(&format!(
                "drop table if exists child, parent;
                 create table parent (id {data_type} primary key);
                 insert into parent select {value} from generate_series(1, 70) n where n % 7 <> 0;
                 create table child (k {data_type});
                 insert into child select {value} from generate_series(1, 84) n, generate_series(1, 3);
                 insert into child select null from generate_series(1, 11);
                 create index on child (k);
                 analyze child"
            ))
            .await;
        let (walks, counts) = every_way(&database, &posts()).await;
        assert_eq!((walks, counts.get(NULL), counts.get(DANGLING)), (walkable, 11, (10 + 14) * 3), "{data_type}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_planner_decides_whether_keys_can_be_walked() {
    let database = Database::with(
        "create table parent (id bigint primary key);
         insert into parent select n from generate_series(1, 100) n where n % 10 <> 0;
         create table child (k int, kind text);
         insert into child select nullif(n % 110, 0), 'x' from generate_series(1, 550) n; analyze",
    )
    .await;
    let indexes = [
        ("create index on child (k) where k is not null", true),
        ("create index on child (k desc)", true),
        ("create index on child (k, kind)", true),
        ("create index on child (k) where k > 5", false),
        ("create index on child (kind, k)", false),
        ("create index on child using hash (k)", false),
        ("create index on child using brin (k)", false),
        ("select 1", false),
    ];
    for (index, walkable) in indexes {
        database.execute(index).await;
        let (walks, counts) = every_way(&database, &posts()).await;
        assert_eq!((walks, counts.get(NULL), counts.get(DANGLING)), (walkable, 5, 95), "{index}");
        database.execute("do $$ declare i text; begin select indexrelid::regclass into i from pg_index where indrelid = 'child'::regclass; if i is not null then execute 'drop index ' || i; end if; end $$").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_columns_match_simply_and_partitions_count_together() {
    let database = Database::with(
        "create table parent (a int, b text, primary key (a, b));
         insert into parent select n % 20, (n / 20)::text from generate_series(0, 399) n;
         create table child (x int, y text, part int) partition by list (part);
         create table child_1 partition of child for values in (1);
         create table child_2 partition of child for values in (2) partition by range (x);
         create table child_2a partition of child_2 default;
         create index on child (x, y);
         insert into child select n % 21, (n / 20)::text, 1 + n % 2 from generate_series(0, 399) n;
         insert into child values (null, '1', 1), (1, null, 2), (null, null, 1); analyze",
    )
    .await;
    let invariant = reference(QName::new("public", "child"), &["x", "y"], QName::new("public", "parent"), &["a", "b"]);
    let (walks, counts) = every_way(&database, &invariant).await;
    assert!(walks);
    assert_eq!(counts, Counts::reference(3, 19));
    let swapped = reference(QName::new("public", "child"), &["y", "x"], QName::new("public", "parent"), &["b", "a"]);
    assert_eq!(every_way(&database, &swapped).await, (false, counts));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_are_names() {
    let names = ["Sp ace\"quote", "{rows}", "'; drop table x; --", "semi;colon\nbreak\\", "Seq Scan"];
    let database = Database::with("select 1").await;
    for raw in names {
        let (schema, name) = (Name::from(raw), QName::new(raw, raw));
        database
            .execute(&format!(
                "create schema {schema}; create table {name} ({schema} int primary key, parent int);
                 create index on {name} (parent); insert into {name} values (1, 1), (2, 3), (3, null)"
            ))
            .await;
        let invariant = reference(name.clone(), &["parent"], name.clone(), &[raw]);
        assert_eq!(every_way(&database, &invariant).await.1, Counts::reference(1, 0), "{raw}");
        let invariant = reference(name.clone(), &[raw], name, &["parent"]);
        assert_eq!(every_way(&database, &invariant).await.1, Counts::reference(0, 1), "{raw}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_and_forbidden_objects_are_reported() {
    let database = Database::with(
        "create table parent (id int primary key); create table child (k int); create sequence s;
         create table hidden (k int); alter table hidden enable row level security;
         create role watcher login password 'x'; grant select on parent, hidden to watcher",
    )
    .await;
    let parent = QName::new("public", "parent");
    let count = async |child: &str, column: &str| {
        let options = database.source().options().clone().username("watcher").password("x");
        let invariant = reference(QName::new("public", child), &[column], parent.clone(), &["id"]);
        let source = Source::from_options(options);
        report(&source, &Guards::default(), &invariant, &CancellationToken::new()).await
    };
    for (child, column, expected) in [
        ("nothing", "k", "there is no relation public.nothing"),
        ("child", "kk", "public.child has no column kk"),
        ("s", "k", "public.s is no table: it has no rows to count"),
        ("child", "k", "GRANT SELECT ON public.child, public.parent"),
        ("hidden", "k", "row level security would hide rows of public.hidden"),
    ] {
        let report = count(child, column).await;
        let detail = report.detail.unwrap();
        assert_eq!(report.verdict, Verdict::Unknown);
        assert!(detail.contains(expected), "{detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_table_is_busy() {
    let database = Database::with("create table parent (id int primary key); create table child (k int)").await;
    for table in ["child", "parent"] {
        let mut session = database.session().await;
        let lock = format!("begin; lock table {table} in access exclusive mode");
        sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut session).await.unwrap();
        let error = database.count(&posts()).await.unwrap_err();
        assert!(matches!(error, CountError::Busy), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_cannot_write() {
    let database = Database::with(
        "create table t (n int); create table keep (n int); create sequence s;
         create function sneak() returns bigint language plpgsql as $$ begin insert into t values (1); return 0; end $$;
         create function unlock() returns bigint language plpgsql as $$ begin
            perform set_config('transaction_read_only', 'off', false); insert into t values (1); return 0; end $$;
         create procedure commits() language plpgsql as $$ begin commit; insert into t values (1); end $$",
    )
    .await;
    let attempts = [
        "insert into t values (1) returning 1",
        "update t set n = 1 returning 1",
        "with w as (insert into t values (1) returning 1) select count(*) from w",
        "select sneak()",
        "select unlock()",
        "select set_config('transaction_read_only', 'off', false)::int4",
        "select count(*) from (select set_config('transaction_read_only', 'off', true), sneak()) x",
        "select 1; insert into t values (1)",
        "select 1) as answer; drop table keep; --",
        "select 1) as answer (n); drop table keep; /*",
        "select 1 /*",
        "COMMIT; insert into t values (1)",
        "commit",
        "call commits()",
        "do $$ begin insert into t values (1); end $$",
        "select nextval('s')",
        "copy t from program 'echo 1'",
        "select 1 into made",
        "create table made as select 1",
        "select n from t for update",
        "explain analyze insert into t values (1)",
    ];
    for sql in attempts {
        let answer = database.query(sql).await;
        assert!(answer.is_err(), "{sql}: {answer:?}");
    }
    // It runs, and its effect is rolled back.
    let _ = database.query("select lo_create(0)::int8").await;
    let objects = database.number("select count(*) from pg_largeobject_metadata").await;
    assert_eq!((database.number("select count(*) from t").await, objects), (0, 0));
    assert_eq!(database.number("select count(*) from keep").await, 0);
    assert_eq!(database.number("select count(*) from pg_class where relname = 'made'").await, 0);
    assert_eq!(database.number("select last_value from s").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_gives_one_number() {
    let database =
        Database::with("create schema app; create table app.users (credits int); insert into app.users values (-1)")
            .await;
    let answers = [
        ("select count(*) from app.users where credits < 0", 1),
        ("select 7::smallint;", 7),
        ("select 12345678901234567890123 - 12345678901234567890000", 123),
        ("select 3 -- a comment", 3),
        ("with x as (select 2 as n) select n from x order by n", 2),
        ("values (9)", 9),
    ];
    for (sql, number) in answers {
        assert_eq!(database.query(sql).await.unwrap(), number, "{sql}");
    }
    let refusals = [
        ("select null::int", "gives NULL"),
        ("select -1", "negative"),
        ("select 1.5", "whole number"),
        ("select 'NaN'::numeric", "whole number"),
        ("select 1e30", "whole number"),
        ("select 1.0::float8", "a value of type FLOAT8"),
        ("select 'five'", "a value of type TEXT"),
        ("select true", "a value of type BOOL"),
        ("select 1 where false", "gives no row"),
        ("values (1), (2)", "more than one row"),
        ("select 1, 2", "gives 2 columns"),
        ("select count(*) from nothing_here", "relation \"nothing_here\" does not exist"),
    ];
    for (sql, expected) in refusals {
        let error = database.query(sql).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{sql}: {error}");
    }
    // Names resolve by the role's search path.
    database.execute("alter role postgres set search_path = app, public").await;
    assert_eq!(database.query("select count(*) from users").await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_stays_running() {
    let database = Database::with("select 1").await;
    let slow = query("select count(*) from pg_sleep(600)");
    let (source, guards) = (database.source(), Guards::default());

    let stop = CancellationToken::new();
    let task = tokio::spawn({
        let (source, slow, stop) = (source.clone(), slow.clone(), stop.clone());
        async move { counts(&source, &guards, &slow, &stop).await }
    });
    database.wait_for_work(1).await;
    let started = Instant::now();
    stop.cancel();
    assert!(matches!(task.await.unwrap(), Err(CountError::Cancelled)));
    assert!(started.elapsed() < Duration::from_mins(5), "it was slept to its end");
    assert_eq!(database.at_work().await, 0);

    let task = tokio::spawn({
        let (source, slow) = (source.clone(), slow.clone());
        async move { counts(&source, &guards, &slow, &CancellationToken::new()).await }
    });
    database.wait_for_work(1).await;
    task.abort();
    database.wait_for_work(0).await;

    let late = Invariant { timeout: Duration::from_millis(300), ..slow };
    let error = database.count(&late).await.unwrap_err();
    assert!(matches!(error, CountError::Timeout(_)), "{error}");
    assert_eq!(database.at_work().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_is_near() {
    let database = Database::with(
        "create table parent (id int primary key); insert into parent select generate_series(1, 20000);
         create table child (k int, filler text);
         insert into child select case when n % 50 = 0 then -n when n % 10 <> 1 then n % 20000 + 1 end, repeat('x', 100)
         from generate_series(1, 400000) n; analyze",
    )
    .await;
    let mut invariant = posts();
    if let InvariantKind::Reference { estimate, .. } = &mut invariant.kind {
        *estimate = true;
    }
    let counts = database.count(&invariant).await.unwrap();
    assert!(counts.estimated && counts.margin > 0);
    assert!((5_000..11_000).contains(&counts.get(DANGLING)), "{counts:?}");
    assert!((25_000..55_000).contains(&counts.get(NULL)), "{counts:?}");
}

#[test]
fn a_value_that_looks_like_a_key_stays() {
    assert_eq!(fill("-- {a}\nselect {a}, {b}", &[("a", "{b}"), ("b", "'{a}'")]), "select {b}, '{a}'");
}
