//! A partition whose DETACH CONCURRENTLY was interrupted: its parent shows none of its rows.

use schemawarden::pg::connect::open;
use sqlx::postgres::PgConnection;

use crate::cli::{Answer, Site, run};
use crate::support::{Database, psql};

const LIVE: &str = "
create table users (id bigint primary key);
create table m (id bigint not null, at date not null, v int, by bigint not null references users, primary key (id, at))
    partition by range (at);
create table m_2024 partition of m for values from ('2024-01-01') to ('2025-01-01');
create table m_2025 partition of m for values from ('2025-01-01') to ('2026-01-01');
create index m_by on m (by);
create table refs (id bigint, at date, foreign key (id, at) references m);
insert into users select generate_series(0, 6);
insert into m select g, date '2024-01-01' + g, 1, g % 7 from generate_series(0, 700) g;";

const BESIDE: &str = "
create table users (id bigint primary key);
create table m (id bigint not null, at date not null, v int, by bigint not null references users, w int,
    primary key (id, at)) partition by range (at);
create table m_2025 partition of m for values from ('2025-01-01') to ('2026-01-01');
create index m_by on m (by);
create index m_v on m (v);
create table refs (id bigint, at date, foreign key (id, at) references m);
";
const PART: &str = "create table m_2024 partition of m for values from ('2024-01-01') to ('2025-01-01');";
const ALONE: &str =
    "create table m_2024 (id bigint not null, at date not null, v int, by bigint not null references users,
    primary key (id, at));";

const ROWS_2024: &str = "select count(*) || ' ' || sum(id) || ' ' || sum(v) || ' ' || sum(by) from m_2024";

struct Detached {
    database: Database,
    site: Site,
    rows: String,
}

impl Detached {
    /// Interrupted on its way from partition to table.
    async fn with(expected: &str) -> Self {
        let database = Database::with(LIVE);
        let rows = psql(&database.name, ROWS_2024);
        let mut reader = session(&database).await;
        told(&mut reader, "begin; select from m_2024").await;
        let mut detaching = session(&database).await;
        told(&mut detaching, "set statement_timeout = '1500ms'").await;
        let refused = sqlx::raw_sql("alter table m detach partition m_2024 concurrently").execute(&mut detaching).await;
        assert!(refused.is_err(), "it waits for the reader");
        told(&mut reader, "rollback").await;
        let site = Site::new(&database.url(), "");
        site.write("expected.sql", expected);
        let detached = Self { database, site, rows };
        assert_eq!(detached.ask("select count(*) from m"), "335", "the parent shows what is left");
        detached
    }

    fn ask(&self, sql: &str) -> String {
        psql(&self.database.name, sql).trim_end().to_owned()
    }

    fn run(&self, command: &str, more: &[&str]) -> Answer {
        run(&mut self.site.command(command, more))
    }

    /// Told as what it is, mended, and no row is lost.
    fn is_mended(&self) {
        let check = self.run("check", &["--format", "json"]);
        let drift = check.json()["targets"][0]["drift"].clone();
        let of_partition = drift.as_array().unwrap().iter().find(|it| it["object"] == "public.m_2024");
        let of_partition = of_partition.unwrap_or_else(|| panic!("{}", check.both()));
        assert_eq!(of_partition["severity"], "critical", "{of_partition}");
        let detail = of_partition["detail"].as_str().unwrap();
        assert!(detail.contains("invisible through public.m"), "{detail}");
        // Scratch cannot be brought into this state: that is said, and nothing is done.
        let refused = self.run("apply", &["--yes"]);
        assert!(refused.code == 1 && refused.err.contains("say --no-rehearse"), "{}", refused.both());
        let apply = self.run("apply", &["--yes", "--no-rehearse"]);
        assert_eq!(apply.code, 0, "{}", apply.both());
        assert_eq!(self.run("check", &[]).code, 0);
        assert_eq!(psql(&self.database.name, ROWS_2024), self.rows);
    }
}

async fn session(database: &Database) -> PgConnection {
    open(&database.source, database.source.options()).await.unwrap()
}

async fn told(session: &mut PgConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(session).await.unwrap();
}

#[tokio::test]
async fn it_is_attached_again_where_it_is_expected() {
    let detached = Detached::with(&format!("{BESIDE}{PART}")).await;
    let snapshot = detached.run("snapshot", &[]).out;
    assert!(snapshot.contains("\"detach_pending\": true"), "{snapshot}");
    let script = detached.run("plan", &["--format", "sql"]).out;
    let by_psql = detached.database.copy();
    detached.is_mended();
    // Nobody is expected to be half detached.
    detached.site.write("before.json", &snapshot);
    let config = std::fs::read_to_string(detached.site.path("c.toml")).unwrap();
    detached.site.write("c.toml", &config.replace("'expected.sql'", "'before.json'"));
    let back = detached.run("plan", &[]);
    assert_eq!(back.code, 0, "{}", back.both());
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let output = by_psql.run_script(&script, folder.path(), &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    for name in [&detached.database.name, &by_psql.name] {
        let ask = |sql: &str| psql(name, sql).trim_end().to_owned();
        assert_eq!(ask("select count(*) from m"), "701");
        assert_eq!(psql(name, ROWS_2024), detached.rows);
        psql(name, "insert into m values (1000, '2024-05-05', 1, 1, 1)");
        let parts = "select count(*) from pg_inherits where inhparent = 'm_pkey'::regclass or inhparent = 'm_by'::regclass \
                     or inhparent = 'm_v'::regclass";
        assert_eq!(ask(parts), "6", "its key and its indexes are parts of the parent's");
        let keys = "select count(*) from pg_constraint where contype = 'f' and conparentid <> 0 and conrelid = \
                    'm_2024'::regclass and convalidated";
        assert_eq!(ask(keys), "1");
        psql(name, "insert into refs values (100, '2024-04-10')");
    }
}

#[tokio::test]
async fn it_is_finished_where_a_table_is_expected() {
    let detached = Detached::with(&format!("{BESIDE}{ALONE}")).await;
    detached.is_mended();
    assert_eq!(detached.ask("select relispartition from pg_class where oid = 'm_2024'::regclass"), "f");
    assert_eq!(detached.ask("select count(*) from m"), "335");
}

/// Nobody has said that it may go.
#[tokio::test]
async fn it_is_finished_and_stays_where_nothing_is_expected() {
    let detached = Detached::with(BESIDE).await;
    detached.is_mended();
    assert_eq!(detached.ask("select relispartition from pg_class where oid = 'm_2024'::regclass"), "f");
}

/// It could not be attached, and so nothing is begun.
#[tokio::test]
async fn it_is_left_as_it_is_where_its_parent_has_grown_meanwhile() {
    let detached = Detached::with(&format!("{BESIDE}{PART}")).await;
    detached.database.run("alter table m add column w int");
    let apply = detached.run("apply", &["--yes"]);
    assert_eq!(apply.code, 1, "{}", apply.both());
    assert!(apply.both().contains("column w was given to the parent"), "{}", apply.both());
    assert_eq!(detached.ask("select inhdetachpending from pg_inherits where inhrelid = 'm_2024'::regclass"), "t");
}
