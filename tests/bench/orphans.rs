//! Measures the counting of orphans beside the plain anti-join, in the same run, on a throwaway server.
//!
//! `cargo bench --bench orphans`; SCHEMAWARDEN_BENCH_ROWS sets the number of children (20,000,000), of whom each
//! parent has ten and 1 in 400 dangles. Processor time is the server's: user and system time of the backends that
//! ended. It asserts that each way gives the same number, and prints the table of the README.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, clippy::cast_precision_loss)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use schemawarden::domain::invariant::{DANGLING, Invariant, InvariantKind, NULL};
use schemawarden::domain::name::QName;
use schemawarden::pg::count::count;
use schemawarden::pg::scratch::server::{ServerOptions, ThrowawayServer};
use schemawarden::pg::{Guards, Source, connect};
use sqlx::{AssertSqlSafe, Connection as _};
use tokio_util::sync::CancellationToken;

const RUNS: usize = 3;
const PLAIN: &str = "select count(*) from public.child c
    where c.parent_id is not null and not exists (select from public.parent p where p.id = c.parent_id)";
/// Seconds of processor time in one of `/proc`'s ticks, on every Linux of today.
const TICK: f64 = 0.01;

#[derive(Clone, Copy)]
struct Found {
    /// `None`: not asked.
    null: Option<u64>,
    dangling: u64,
    estimated: bool,
}

/// One way of counting: processor seconds, wall seconds, the longest transaction (s), what it found.
struct Measured {
    processor: f64,
    wall: f64,
    transaction: f64,
    found: Found,
}

#[tokio::main]
async fn main() {
    let children: u64 = std::env::var("SCHEMAWARDEN_BENCH_ROWS").map_or(20_000_000, |rows| rows.parse().unwrap());
    let settings = [("autovacuum", "off"), ("shared_buffers", "256MB"), ("max_wal_size", "16GB")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let server = ThrowawayServer::start(&ServerOptions { settings, ..ServerOptions::default() }).await.unwrap();
    let bench = Bench { source: server.source("postgres"), postmaster: server.pid() };
    load(&bench.source, children).await;

    let plain_bare = bench.median(false, async || bench.plain().await).await;
    let bare = bench.median(true, async || bench.ours(false).await).await;
    let estimate = bench.median(true, async || bench.ours(true).await).await;
    execute(&bench.source, "create index child_parent_id on child (parent_id); vacuum analyze child").await;
    let plain = bench.median(false, async || bench.plain().await).await;
    let indexed = bench.median(true, async || bench.ours(false).await).await;
    execute(
        &bench.source,
        "drop index child_parent_id; create index child_parent_id on child (parent_id) where parent_id is not null;
         vacuum analyze child",
    )
    .await;
    let partial = bench.median(true, async || bench.ours(false).await).await;
    server.stop().await.unwrap();

    println!("{children} children, {} parents; medians of {RUNS}; parallel workers off\n", children / 10);
    println!("| way | processor s | of the plain anti-join | wall s | longest transaction s | null | dangling |");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    let rows = [
        ("plain anti-join, no index", &plain_bare, &plain_bare),
        ("Schemawarden, no index: ranges of ctid", &bare, &plain_bare),
        ("plain anti-join, index", &plain, &plain),
        ("Schemawarden, index: ranges of the key", &indexed, &plain),
        ("Schemawarden, index where not null", &partial, &plain),
        ("Schemawarden, estimate, no index", &estimate, &plain_bare),
    ];
    for (way, measured, plain) in rows {
        let Measured { processor, wall, transaction, found: Found { null, dangling, estimated } } = measured;
        let share = processor / plain.processor;
        let null = null.map_or(String::new(), |null| null.to_string());
        println!("| {way} | {processor:.2} | {share:.2} | {wall:.2} | {transaction:.2} | {null} | {dangling} |");
        assert!(*estimated || *dangling == plain_bare.found.dangling, "{way} found another number");
    }
}

/// Every 401st number has no parent; 1 child in 400 points at one of these, the others at random parents.
async fn load(source: &Source, children: u64) {
    let top = children / 10 * 401 / 400;
    let holes = top / 401;
    execute(
        source,
        &format!(
            "set synchronous_commit = off; set maintenance_work_mem = '1GB'; set max_parallel_maintenance_workers = 0;
             create unlogged table parent (id bigint not null);
             insert into parent select n from generate_series(1, {top}) n where n % 401 <> 0;
             alter table parent add primary key (id);
             create unlogged table child (id bigint not null, parent_id bigint, body text not null);
             insert into child
             select n, case when n % 400 = 0 then 401 * (1 + floor(random() * {holes})::bigint) else place + (place - 1) / 400 end,
                    'a reaction of some length'
             from (select n, 1 + floor(random() * ({top} - {holes}))::bigint as place from generate_series(1, {children}) n) s;"
        ),
    )
    .await;
    execute(source, "vacuum analyze parent").await;
    execute(source, "vacuum analyze child").await;
    execute(source, "checkpoint").await;
}

async fn execute(source: &Source, sql: &str) {
    let mut session = connect::open(source, source.options()).await.unwrap();
    for statement in sql.split(';').filter(|statement| !statement.trim().is_empty()) {
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut session).await.unwrap();
    }
    session.close().await.unwrap();
}

struct Bench {
    source: Source,
    postmaster: u32,
}

impl Bench {
    async fn plain(&self) -> Found {
        let mut session = connect::open(&self.source, self.source.options()).await.unwrap();
        for setting in ["set max_parallel_workers_per_gather = 0", "set jit = off"] {
            sqlx::raw_sql(setting).execute(&mut session).await.unwrap();
        }
        let dangling: i64 = sqlx::query_scalar(PLAIN).fetch_one(&mut session).await.unwrap();
        session.close().await.unwrap();
        Found { null: None, dangling: u64::try_from(dangling).unwrap(), estimated: false }
    }

    async fn ours(&self, estimate: bool) -> Found {
        let invariant = Invariant {
            name: "orphans".into(),
            kind: InvariantKind::Reference {
                child: QName::new("public", "child"),
                columns: vec!["parent_id".into()],
                parent: QName::new("public", "parent"),
                parent_columns: vec!["id".into()],
                max_dangling: 0,
                max_null: None,
                estimate,
            },
            timeout: Duration::from_mins(30),
        };
        let report = count(&self.source, &Guards::default(), &invariant, &CancellationToken::new()).await.unwrap();
        Found { null: Some(report.counts[NULL]), dangling: report.counts[DANGLING], estimated: report.estimated }
    }

    async fn median(&self, watch: bool, way: impl AsyncFn() -> Found) -> Measured {
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            // The watcher's backend would count too, so it lives longer than the run.
            let watcher = Watcher::start(&self.source, watch).await;
            let (before, started) = (self.ended(), Instant::now());
            let found = way().await;
            let wall = started.elapsed().as_secs_f64();
            // The postmaster reaps the backend a moment after we close.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let processor = self.ended() - before;
            runs.push(Measured { processor, wall, transaction: watcher.end().await, found });
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        runs.sort_by(|a, b| a.processor.total_cmp(&b.processor));
        runs.swap_remove(RUNS / 2)
    }

    /// Processor seconds of all backends that have ended: cutime and cstime of the postmaster.
    fn ended(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.postmaster)).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        [13, 14].map(|field: usize| fields[field].parse::<f64>().unwrap() * TICK).iter().sum()
    }
}

/// Looks every 50 ms for the oldest transaction of a count.
struct Watcher {
    end: CancellationToken,
    longest: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Watcher {
    async fn start(source: &Source, watch: bool) -> Self {
        let (end, longest) = (CancellationToken::new(), Arc::new(AtomicU64::new(0)));
        let (until, seen) = (end.clone(), Arc::clone(&longest));
        let mut session = connect::open(source, source.options()).await.unwrap();
        let task = tokio::spawn(async move {
            while watch && !until.is_cancelled() {
                let age: i64 = sqlx::query_scalar(
                    "select coalesce(max(extract(epoch from clock_timestamp() - xact_start)) * 1000, 0)::int8
                     from pg_stat_activity where application_name = 'schemawarden'",
                )
                .fetch_one(&mut session)
                .await
                .unwrap();
                seen.fetch_max(u64::try_from(age).unwrap_or(0), Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            until.cancelled().await;
            session.close().await.unwrap();
        });
        Self { end, longest, task }
    }

    async fn end(self) -> f64 {
        self.end.cancel();
        self.task.await.unwrap();
        self.longest.load(Ordering::Relaxed) as f64 / 1_000.0
    }
}
