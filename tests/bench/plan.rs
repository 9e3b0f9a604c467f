//! Times the making of a plan: a thousand drifts between two catalogs of ten thousand tables, read from a throwaway
//! server once.
//!
//! `cargo bench --bench plan`; SCHEMAWARDEN_BENCH_TABLES sets the number of tables. It asserts that a plan takes less
//! than a second, and prints a Markdown table.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use schemawarden::domain::catalog::Catalog;
use schemawarden::domain::drift::{Scope, compare};
use schemawarden::domain::plan::survey::Survey;
use schemawarden::domain::plan::{Orphans, Situation, make};
use schemawarden::pg::scratch::server::{ServerOptions, ThrowawayServer};
use schemawarden::pg::{Guards, Source, connect, read};
use sqlx::{AssertSqlSafe, Connection as _};

const RUNS: usize = 5;
const LIMIT: Duration = Duration::from_secs(1);
/// Tables made in one transaction, which locks them all.
const BATCH: u32 = 100;

#[tokio::main]
async fn main() {
    let tables: u32 = std::env::var("SCHEMAWARDEN_BENCH_TABLES").map_or(10_000, |tables| tables.parse().unwrap());
    let settings = [("autovacuum", "off"), ("shared_buffers", "256MB"), ("max_locks_per_transaction", "1024")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let server = ThrowawayServer::start(&ServerOptions { settings, ..ServerOptions::default() }).await.unwrap();
    let (expected, live) = load(&server, tables).await;
    let _ = server.stop().await;

    let (comparing, drift) = median(|| compare(&expected, &live, Scope::Whole));
    let survey = Survey::default();
    let owners = BTreeMap::new();
    let scaffolds = schemawarden::domain::plan::scaffold::Scaffolds::default();
    let situation = Situation {
        expected: &expected,
        live: &live,
        drift: &drift,
        scope: Scope::Whole,
        orphans: Orphans::Refuse,
        survey: &survey,
        scaffolds: &scaffolds,
        owners: &owners,
    };
    let (planning, plan) = median(|| make(&situation));
    println!("{tables} tables, {} drifts, {} steps; medians of {RUNS}\n", drift.len(), plan.steps().count());
    println!("| what | ms |\n|---|---:|");
    for (what, time) in [("comparing", comparing), ("planning", planning)] {
        println!("| {what} | {:.0} |", time.as_secs_f64() * 1_000.0);
    }
    assert!(plan.blocked.is_empty(), "{:?}", plan.blocked);
    assert!(planning < LIMIT, "planning took {planning:?}");
}

fn median<T>(work: impl Fn() -> T) -> (Duration, T) {
    let mut runs: Vec<(Duration, T)> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            let result = work();
            (begun.elapsed(), result)
        })
        .collect();
    runs.sort_by_key(|(time, _)| *time);
    runs.swap_remove(RUNS / 2)
}

/// What is expected, and what is there.
async fn load(server: &ThrowawayServer, tables: u32) -> (Catalog, Catalog) {
    execute(&server.source("postgres"), "create database live").await;
    let live = server.source("live");
    execute(&live, include_str!("schema.sql")).await;
    for first in (1..=tables).step_by(BATCH as usize) {
        let last = (first + BATCH - 1).min(tables);
        let batch = format!("set bench.first = {first}; set bench.last = {last}; ");
        execute(&live, &(batch + include_str!("tables.sql"))).await;
    }
    let expected = catalog(&live).await;
    execute(&live, &format!("set bench.tables = {tables}; {}", include_str!("drifts.sql"))).await;
    (expected, catalog(&live).await)
}

async fn catalog(source: &Source) -> Catalog {
    let mut connection = connect(source, &Guards::default()).await.unwrap();
    read::read(&mut connection, None).await.unwrap()
}

async fn execute(source: &Source, sql: &str) {
    let mut session = schemawarden::pg::connect::open(source, source.options()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut session).await.unwrap();
    session.close().await.unwrap();
}
