//! Measures what an application notices while its database is mended: alone, by Schemawarden, and by a script that does
//! the same changes in one transaction. One after the other, in one run, on copies of one database.
//!
//! `cargo bench --bench fix`; SCHEMAWARDEN_BENCH_ROWS sets the number of reactions (5,000,000). The server writes its
//! data as a production server does (fsync, synchronous commits). It asserts that what went through ends the drift, and that
//! with Schemawarden no transaction of the application fails or waits longer than promised. Prints Markdown tables.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod traffic;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use schemawarden::pg::scratch::server::{ServerOptions, ThrowawayServer};
use schemawarden::pg::{Source, connect};
use secrecy::ExposeSecret;
use sqlx::{AssertSqlSafe, Connection as _};
use tokio::time::sleep;
use traffic::{Community, Kind, Record, Traffic, is_quick};

const PROGRAM: &str = env!("CARGO_BIN_EXE_schemawarden");
const EXPECTED: &str = "sql/community/expected.sql";
const OUTDATED: &str = include_str!("../../sql/community/outdated.sql");
/// Before and after a fix.
const QUIET: Duration = Duration::from_secs(5);
/// For the traffic alone: two dumps, and a dozen of the long transactions.
const ALONE: Duration = Duration::from_mins(1);
/// What Schemawarden promises: no longer than its lock timeout, and what comes with it.
const PROMISE: Duration = Duration::from_millis(300 + 200);

const NAIVE_RUNS: u32 = 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Alone,
    Schemawarden,
    Naive,
}

/// What a way has cost the application.
struct Measured {
    way: Way,
    took: Duration,
    /// How often the fix was run.
    runs: u32,
    /// The last run went through.
    done: bool,
    record: Record,
}

#[tokio::main]
async fn main() {
    let reactions: u64 = std::env::var("SCHEMAWARDEN_BENCH_ROWS").map_or(5_000_000, |rows| rows.parse().unwrap());
    let on = Community { users: (reactions / 100).max(1_000), posts: (reactions / 25).max(10_000) };
    let settings = [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("shared_buffers", "512MB"),
        ("max_wal_size", "8GB"),
        ("maintenance_work_mem", "256MB"),
        ("log_lock_waits", "on"),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let options = ServerOptions { settings, max_connections: 60, ..ServerOptions::default() };
    let bench = Bench { server: ThrowawayServer::start(&options).await.unwrap(), on };
    bench.load(reactions).await;
    let mut measured = Vec::new();
    for way in [Way::Alone, Way::Schemawarden, Way::Naive] {
        let it = bench.measure(way).await;
        eprintln!("{}: {:.1} s", way.title(), it.took.as_secs_f64());
        measured.push(it);
    }
    let version = bench.server.version() / 10_000;
    // A stop that takes too long ends with the drop.
    let _ = bench.server.stop().await;
    println!("{reactions} reactions to {} posts; PostgreSQL {version}\n", on.posts);
    print(&measured);
    judge(&measured);
}

struct Bench {
    server: ThrowawayServer,
    on: Community,
}

impl Bench {
    /// The outdated community database, blown up, as the template of all.
    async fn load(&self, reactions: u64) {
        execute(&self.server.source("postgres"), "create database template").await;
        let source = self.server.source("template");
        execute(&source, OUTDATED).await;
        let Community { users, posts } = self.on;
        execute(
            &source,
            &format!(
                "set synchronous_commit = off;
                 insert into users (handle, email) select 'member_' || n, 'member_' || n || '@example.com'
                 from generate_series(201, {users}) n;
                 insert into posts (author_id, title, body)
                 select 1 + n * 7919 % {users}, 'Post #' || n, repeat('What I learned. ', 1 + n % 12)
                 from generate_series(2001, {posts}) n;
                 insert into post_reactions (post_id, user_id, kind)
                 select 2001 + n * 104729 % ({posts} - 2000), 1 + n * 7919 % {users},
                        (enum_range(null::reaction_kind))[1 + n * 31 % 6]
                 from generate_series(20001, {reactions}::bigint) n;"
            ),
        )
        .await;
        execute(&source, "vacuum analyze").await;
    }

    async fn measure(&self, way: Way) -> Measured {
        let database = way.database();
        let postgres = self.server.source("postgres");
        execute(&postgres, &format!("create database {database} template template strategy file_copy")).await;
        execute(&postgres, "checkpoint").await;
        let traffic = Traffic::start(&self.server.source(database), self.on).await;
        sleep(QUIET).await;
        let begun = Instant::now();
        let (mut runs, mut done) = (1, true);
        match way {
            Way::Alone => sleep(ALONE).await,
            Way::Schemawarden => self.run(schemawarden(&self.url(database))).await.unwrap(),
            // It may itself be the victim of a deadlock, and has then done nothing.
            Way::Naive => {
                while let Err(error) = self.run(self.naive(database)).await {
                    assert!(error.contains("deadlock detected"), "{error}");
                    done = runs < NAIVE_RUNS;
                    if !done {
                        break;
                    }
                    runs += 1;
                }
            }
        }
        let took = begun.elapsed();
        sleep(QUIET).await;
        let record = traffic.end().await;
        if done && way != Way::Alone {
            let mut check = Command::new(PROGRAM);
            check.args(["check", "--expected", EXPECTED]).env("DATABASE_URL", self.url(database));
            self.run(check).await.unwrap();
        }
        execute(&postgres, &format!("drop database {database}")).await;
        Measured { way, took, runs, done, record }
    }

    fn url(&self, database: &str) -> String {
        self.server.url(database).expose_secret().to_owned()
    }

    fn naive(&self, database: &str) -> Command {
        let mut psql = Command::new(self.server.bin_dir().join("psql"));
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "tests/bench/naive.sql", &self.url(database)]);
        psql
    }

    /// To its end. What it has said, if that is not a good one.
    async fn run(&self, command: Command) -> Result<(), String> {
        let output = tokio::process::Command::from(command).output().await.unwrap();
        let text = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).join("\n");
        if output.status.success() { Ok(()) } else { Err(text) }
    }
}

fn schemawarden(url: &str) -> Command {
    let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-fix-state.db");
    let _ = std::fs::remove_file(&state);
    let mut command = Command::new(PROGRAM);
    command.args(["apply", "--yes", "--expected", EXPECTED, "--orphans", "set_null", "--state"]).arg(state);
    command.env("DATABASE_URL", url);
    command
}

async fn execute(source: &Source, sql: &str) {
    let mut session = connect::open(source, source.options()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut session).await.unwrap();
    session.close().await.unwrap();
}

impl Way {
    fn database(self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::Schemawarden => "mended",
            Self::Naive => "naive",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Alone => "the traffic alone",
            Self::Schemawarden => "`schemawarden apply`",
            Self::Naive => "one transaction in `psql`",
        }
    }
}

fn ms(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1_000.0)
}

fn print(measured: &[Measured]) {
    println!("| | {} |", measured.iter().map(|it| it.way.title()).collect::<Vec<_>>().join(" | "));
    println!("|---|{}", "---:|".repeat(measured.len()));
    let row = |what: &str, of: &dyn Fn(&Measured) -> String| {
        println!("| {what} | {} |", measured.iter().map(of).collect::<Vec<_>>().join(" | "));
    };
    row("the fix took, s", &|it| match it.way {
        Way::Alone => String::new(),
        Way::Schemawarden | Way::Naive => format!("{:.1}", it.took.as_secs_f64()),
    });
    row("runs until it went through", &|it| match it.way {
        Way::Alone => String::new(),
        Way::Schemawarden | Way::Naive if it.done => it.runs.to_string(),
        Way::Schemawarden | Way::Naive => format!("none of {}", it.runs),
    });
    row("transactions of the application", &|it| it.record.done.len().to_string());
    row("failed, by SQLSTATE", &|it| {
        let failed = it.record.failed();
        let told: Vec<_> = failed.iter().map(|(code, count)| format!("{count} ({code})")).collect();
        if told.is_empty() { "0".into() } else { told.join(", ") }
    });
    row("deletes refused by the old trigger", &|it| it.record.refused().to_string());
    row("longest wait for a lock, ms", &|it| ms(it.record.longest_lock_wait));
    row("reads, reactions, writes: median, ms", &|it| ms_fine(it.record.percentile(0.5)));
    row("p99, ms", &|it| ms_fine(it.record.percentile(0.99)));
    row("p99.9, ms", &|it| ms_fine(it.record.percentile(0.999)));
    row("longest, ms", &|it| ms(it.record.longest(is_quick)));
    for kind in [Kind::Read, Kind::React, Kind::Write, Kind::Totals, Kind::Delete, Kind::Long, Kind::Dump] {
        row(&format!("longest {}, ms", kind.title()), &|it| ms(it.record.longest(|other| other == kind)));
    }
}

fn ms_fine(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1_000.0)
}

/// The promise: nothing of the application fails, and nothing waits longer than the lock timeout and 200 ms beyond what
/// it waits without a fix.
fn judge(measured: &[Measured]) {
    let record = |way| &measured.iter().find(|it| it.way == way).unwrap().record;
    let (alone, mended) = (record(Way::Alone), record(Way::Schemawarden));
    assert!(alone.failed().is_empty(), "the traffic fails by itself: {:?}", alone.failed());
    assert!(mended.failed().is_empty(), "transactions failed: {:?}", mended.failed());
    let longest = mended.longest(is_quick);
    assert!(longest <= alone.longest(is_quick) + PROMISE, "a transaction took {} ms", ms(longest));
}
