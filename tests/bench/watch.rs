//! Measures the watching of schemas of 100, 1,000 and 10,000 tables, beside `pg_dump -s` of both sides and `diff` in
//! the same run, on a throwaway server.
//!
//! `cargo bench --bench watch`; SCHEMAWARDEN_BENCH_TABLES sets the sizes (`100,1000`). Two equal databases of each size,
//! one live, one the reference; then with more and more drifts between them. The checks are real: the program itself, and a [`Checker`] that stays connected.
//! Processor time of the server is that of all its processes, the ended ones by the postmaster's account of them.
//! Linux only. Prints the tables of the README.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss
)]

mod processes;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::Utc;
use processes::{Child, memory, tree};
use schemawarden::daemon::check::{CheckSpec, Checker, Depth, Known};
use schemawarden::daemon::expected::ExpectedSource;
use schemawarden::domain::drift::Scope;
use schemawarden::domain::report::{Read as How, Verdict};
use schemawarden::pg::fingerprint::{counters, fingerprint};
use schemawarden::pg::scratch::ScratchConfig;
use schemawarden::pg::scratch::server::{ServerOptions, ThrowawayServer};
use schemawarden::pg::{Guards, Source, connect};
use secrecy::ExposeSecret;
use sqlx::{AssertSqlSafe, Connection as _};

const PROGRAM: &str = env!("CARGO_BIN_EXE_schemawarden");
const RUNS: usize = 5;
const CHEAP_CHECKS: u32 = 500;
const FINGERPRINTS: u32 = 10;
/// Tables made in one transaction, which locks them all.
const BATCH: u32 = 100;
/// Differences between live and reference; each number on top of those before.
const DRIFTS: [u32; 3] = [20, 200, 1_100];
/// Of each table that has a view, which is every fifth.
const DRIFTS_OF_TABLE: u32 = 11;

/// Seconds, and bytes.
#[derive(Clone, Copy, Default)]
struct Cost {
    client: f64,
    server: f64,
    wall: f64,
    peak: u64,
}

impl Cost {
    fn processor(&self) -> f64 {
        self.client + self.server
    }

    fn row(&self, tables: u32, way: &str, dumps: Option<&Self>) {
        let share = dumps.map_or(String::new(), |dumps| format!("{:.2}", self.processor() / dumps.processor()));
        let Self { client, server, wall, peak } = self;
        let peak = if *peak == 0 { String::new() } else { format!("{:.0}", *peak as f64 / 1e6) };
        let ms = |seconds: &f64| format!("{:.1}", seconds * 1000.0);
        println!(
            "| {tables} | {way} | {} | {} | {} | {share} | {} | {peak} |",
            ms(client),
            ms(server),
            ms(&self.processor()),
            ms(wall),
        );
    }
}

#[tokio::main]
async fn main() {
    let sizes = std::env::var("SCHEMAWARDEN_BENCH_TABLES").unwrap_or_else(|_| "100,1000,10000".into());
    println!("medians of {RUNS}; milliseconds of processor time and wall, MB of memory\n");
    println!("| tables | what | client | server | together | of the dumps | wall | peak memory |");
    println!("|---:|---|---:|---:|---:|---:|---:|---:|");
    let mut daemons = Vec::new();
    for tables in sizes.split(',').map(|size| size.trim().parse().unwrap()) {
        let settings = [("autovacuum", "off"), ("shared_buffers", "256MB"), ("max_locks_per_transaction", "256")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let server = ThrowawayServer::start(&ServerOptions { settings, ..ServerOptions::default() }).await.unwrap();
        load(&server, tables).await;
        let bench = Bench { server, tables };
        let dumps = median(|| bench.measure(|| bench.dumps()));
        let folder = tempfile::tempdir().unwrap();
        let snapshot = bench.snapshot(folder.path());
        let one_side = median(|| bench.measure(|| bench.full_check(&snapshot)));
        let both_sides = median(|| bench.measure(|| bench.full_check(&bench.url("reference"))));
        dumps.row(tables, "`pg_dump -s` of both sides, `diff`", None);
        one_side.row(tables, "full check against a snapshot", Some(&dumps));
        both_sides.row(tables, "full check against a reference database, both read", Some(&dumps));
        bench.unchanged().await.row(tables, "unchanged check, by the counters", Some(&dumps));
        bench.fingerprints().await.row(tables, "unchanged check, by the fingerprint", Some(&dumps));
        let mut made = 0;
        for drifts in DRIFTS.into_iter().filter(|drifts| *drifts <= tables / 5 * DRIFTS_OF_TABLE) {
            drift(&bench.server, made, drifts).await;
            made = drifts;
            let dumps = median(|| bench.measure(|| bench.dumps()));
            let one_side = median(|| bench.measure(|| bench.full_check(&snapshot)));
            let both_sides = median(|| bench.measure(|| bench.full_check(&bench.url("reference"))));
            assert_eq!(bench.drifts(&snapshot), drifts as usize, "each is seen, and nothing else");
            dumps.row(tables, &format!("{drifts} drifts: `pg_dump -s` of both sides, `diff`"), None);
            one_side.row(tables, &format!("{drifts} drifts: full check against a snapshot"), Some(&dumps));
            both_sides.row(tables, &format!("{drifts} drifts: full check against a reference database"), Some(&dumps));
        }
        daemons.push((format!("`serve`, {tables} tables, reference database"), bench.daemon()));
        // A stop that takes too long ends with the drop.
        let _ = bench.server.stop().await;
    }
    daemons.push(("`demo`".into(), demo()));
    println!("\n| daemon | resident MB | peak MB |\n|---|---:|---:|");
    for (what, (resident, peak)) in daemons {
        println!("| {what} | {:.1} | {:.1} |", resident as f64 / 1e6, peak as f64 / 1e6);
    }
}

/// The median by processor time.
fn median(measure: impl Fn() -> Cost) -> Cost {
    let mut costs: Vec<Cost> = (0..RUNS).map(|_| measure()).collect();
    costs.sort_by(|a, b| a.processor().total_cmp(&b.processor()));
    costs[RUNS / 2]
}

async fn load(server: &ThrowawayServer, tables: u32) {
    execute(&server.source("postgres"), "create database live").await;
    let live = server.source("live");
    execute(&live, include_str!("schema.sql")).await;
    for first in (1..=tables).step_by(BATCH as usize) {
        let last = (first + BATCH - 1).min(tables);
        let batch = format!("set bench.first = {first}; set bench.last = {last}; ");
        execute(&live, &(batch + include_str!("tables.sql"))).await;
    }
    execute(&live, "vacuum analyze").await;
    let copy = "create database reference template live strategy file_copy";
    execute(&server.source("postgres"), copy).await;
    execute(&server.source("postgres"), "checkpoint").await;
}

/// Makes the drifts numbered from `first` up to `end` of the live database.
async fn drift(server: &ThrowawayServer, first: u32, end: u32) {
    for first in (first..end).step_by(BATCH as usize) {
        let last = (first + BATCH).min(end) - 1;
        let batch = format!("set bench.first = {first}; set bench.last = {last}; ");
        execute(&server.source("live"), &(batch + include_str!("drifts.sql"))).await;
    }
}

async fn execute(source: &Source, sql: &str) {
    let mut session = connect::open(source, source.options()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut session).await.unwrap();
    session.close().await.unwrap();
}

struct Bench {
    server: ThrowawayServer,
    tables: u32,
}

impl Bench {
    /// `work` gives the client's processor time and peak memory. Small schemas are done several times over, because
    /// the system counts processor time in hundredths of a second.
    fn measure(&self, work: impl Fn() -> (f64, u64)) -> Cost {
        let times = (2000 / self.tables).clamp(1, 10);
        let (begun, server) = (Instant::now(), tree(self.server.pid()));
        let mut cost = Cost::default();
        for _ in 0..times {
            let (client, peak) = work();
            cost.client += client / f64::from(times);
            cost.peak = cost.peak.max(peak);
        }
        cost.wall = begun.elapsed().as_secs_f64() / f64::from(times);
        // The postmaster counts a backend once it has buried it.
        std::thread::sleep(Duration::from_millis(300));
        cost.server = (tree(self.server.pid()) - server) / f64::from(times);
        cost
    }

    fn url(&self, database: &str) -> String {
        self.server.url(database).expose_secret().to_owned()
    }

    fn dumps(&self) -> (f64, u64) {
        let folder = tempfile::tempdir().unwrap();
        let pg_dump = self.server.bin_dir().join("pg_dump");
        let pg_dump = if pg_dump.exists() { pg_dump.as_path() } else { Path::new("pg_dump") };
        let mut total = (0.0, 0);
        let mut run = |command: &mut Command| {
            let (client, peak) = Child::spawn(command.stdout(Stdio::null())).finish(&[0, 1]);
            total = (total.0 + client, total.1.max(peak));
        };
        for side in ["live", "reference"] {
            run(Command::new(pg_dump).args(["-s", "-f"]).arg(folder.path().join(side)).arg(self.url(side)));
        }
        // pg_dump of newer minor releases writes a random key into each file: ignore its lines.
        run(Command::new("diff").args(["-I", "restrict", "live", "reference"]).current_dir(&folder));
        total
    }

    /// The reference database as a snapshot in `folder`.
    fn snapshot(&self, folder: &Path) -> String {
        let file = folder.join("expected.json").to_str().unwrap().to_owned();
        let mut command = Command::new(PROGRAM);
        command.args(["snapshot", "--output", &file]).env("DATABASE_URL", self.url("reference"));
        Child::spawn(&mut command).finish(&[0]);
        file
    }

    fn full_check(&self, expected: &str) -> (f64, u64) {
        let mut command = Command::new(PROGRAM);
        command.args(["check", "--scope", "whole", "--expected", expected]);
        Child::spawn(command.env("DATABASE_URL", self.url("live")).stdout(Stdio::null())).finish(&[0, 1])
    }

    fn drifts(&self, expected: &str) -> usize {
        let mut command = Command::new(PROGRAM);
        command.args(["check", "--scope", "whole", "--format", "json", "--expected", expected]);
        let output = command.env("DATABASE_URL", self.url("live")).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report["targets"][0]["drift"].as_array().unwrap().len()
    }

    /// Processor time of the server for one check of both sides, on connections that stay.
    async fn unchanged(&self) -> Cost {
        let mut checker = Checker::new(CheckSpec {
            name: "bench".into(),
            source: self.server.source("live"),
            guards: Guards::default(),
            expected: ExpectedSource::Database(self.server.source("reference")),
            scratch: ScratchConfig::default(),
            schemas: None,
            scope: Scope::Whole,
            policies: Vec::new(),
            full_read_every: Duration::from_mins(10),
            known: Known::default(),
        });
        assert_eq!(checker.check(Depth::Full, Utc::now()).await.verdict, Verdict::Holds);
        assert_eq!(checker.check(Depth::Cheap, Utc::now()).await.read, Some(How::Unchanged));
        let (begun, server, client) = (Instant::now(), tree(self.server.pid()), processes::own());
        for _ in 0..CHEAP_CHECKS {
            let report = checker.check(Depth::Cheap, Utc::now()).await;
            assert_eq!((report.read, report.verdict), (Some(How::Unchanged), Verdict::Holds));
        }
        self.each(CHEAP_CHECKS, begun, server, client)
    }

    async fn fingerprints(&self) -> Cost {
        let guards = Guards::default();
        let mut live = connect::connect(&self.server.source("live"), &guards).await.unwrap();
        let mut reference = connect::connect(&self.server.source("reference"), &guards).await.unwrap();
        let (begun, server, client) = (Instant::now(), tree(self.server.pid()), processes::own());
        for _ in 0..FINGERPRINTS {
            for side in [&mut live, &mut reference] {
                counters(side).await.unwrap();
                fingerprint(side).await.unwrap();
            }
        }
        self.each(FINGERPRINTS, begun, server, client)
    }

    fn each(&self, times: u32, begun: Instant, server: f64, client: f64) -> Cost {
        let each = |spent: f64| spent / f64::from(times);
        Cost {
            client: each(processes::own() - client),
            server: each(tree(self.server.pid()) - server),
            wall: each(begun.elapsed().as_secs_f64()),
            peak: 0,
        }
    }

    /// Resident and peak memory of the daemon after four full reads of both sides.
    fn daemon(&self) -> (u64, u64) {
        let folder = tempfile::tempdir().unwrap();
        let listen = free_address();
        let config = folder.path().join("schemawarden.toml");
        let text = format!(
            "[server]\nlisten = \"{listen}\"\n[state]\npath = \"state.db\"\n[[target]]\nname = \"bench\"\nurl = {:?}\n\
             expected = {:?}\nscope = \"whole\"\nschedule = \"* * * * * *\"\njitter = \"0s\"\nfull_read_every = \"1s\"\n",
            self.url("live"),
            self.url("reference"),
        );
        std::fs::write(&config, text).unwrap();
        let daemon = Child::spawn(Command::new(PROGRAM).args(["serve", "--config"]).arg(config).stderr(Stdio::null()));
        let full_reads = "schemawarden_check_full_reads_total{target=\"bench\"} ";
        wait_for(&listen, full_reads, 4);
        let found = memory(daemon.pid());
        daemon.interrupt();
        found
    }
}

fn demo() -> (u64, u64) {
    let listen = free_address();
    let mut command = Command::new(PROGRAM);
    let demo = Child::spawn(command.args(["demo", "--listen", &listen]).stdout(Stdio::null()).stderr(Stdio::null()));
    wait_for(&listen, "schemawarden_check_full_reads_total{target=\"community\"} ", 1);
    std::thread::sleep(Duration::from_secs(20));
    let found = memory(demo.pid());
    demo.interrupt();
    found
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Until the sample that starts with `series` has reached `value`.
fn wait_for(listen: &str, series: &str, value: u32) {
    let deadline = Instant::now() + Duration::from_mins(3);
    while Instant::now() < deadline {
        let page = scrape(listen).unwrap_or_default();
        let found = page.lines().find_map(|line| line.strip_prefix(series));
        if found.is_some_and(|found| found.parse::<f64>().unwrap() >= f64::from(value)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    panic!("{series}has not reached {value}");
}

fn scrape(listen: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(listen)?;
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {listen}\r\nConnection: close\r\n\r\n")?;
    let mut page = String::new();
    stream.read_to_string(&mut page)?;
    Ok(page)
}
