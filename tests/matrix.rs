//! One schema on every major of PostgreSQL: the same SQL is the same schema, whichever server evaluates it and
//! whichever holds it. Run by `make test-matrix`, which lists the servers' folders in SCHEMAWARDEN_PG_BINS.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use schemawarden::daemon::expected::{from_snapshot, to_snapshot};
use schemawarden::domain::catalog::Catalog;
use schemawarden::domain::drift::{self, Scope};
use schemawarden::pg::scratch::ScratchConfig;
use schemawarden::pg::scratch::server::{ServerOptions, ThrowawayServer};
use schemawarden::pg::scratch::spelling::Spellings;
use schemawarden::pg::{self, Guards};
use secrecy::ExposeSecret;

use crate::support::{file, psql_at};

const FOLDERS: &str = "SCHEMAWARDEN_PG_BINS";
const SCHEMAS: [&str; 3] =
    ["sql/community/expected.sql", "tests/schemas/every_kind.sql", "tests/schemas/respelled.sql"];

/// A server, and each of [`SCHEMAS`] as it reads there.
struct Major {
    server: ThrowawayServer,
    catalogs: Vec<Catalog>,
}

impl Major {
    async fn start(bin_dir: PathBuf) -> Self {
        let options =
            ServerOptions { bin_dir: Some(bin_dir), tcp: true, max_connections: 50, ..ServerOptions::default() };
        let server = ThrowawayServer::start(&options).await.unwrap();
        let mut catalogs = Vec::new();
        for (number, schema) in SCHEMAS.iter().enumerate() {
            let name = format!("schema_{number}");
            psql_at(server.url("postgres").expose_secret(), &format!("create database {name}"));
            psql_at(server.url(&name).expose_secret(), &fs::read_to_string(file(schema)).unwrap());
            let mut connection = pg::connect(&server.source(&name), &Guards::default()).await.unwrap();
            catalogs.push(pg::read::read(&mut connection, None).await.unwrap());
        }
        Self { server, catalogs }
    }

    fn number(&self) -> u32 {
        self.server.version() / 10_000
    }

    fn scratch(&self) -> ScratchConfig {
        ScratchConfig { url: Some(self.server.source("postgres")), ..ScratchConfig::default() }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL of several majors: make test-matrix"]
async fn no_drift_between_majors() {
    let folders = std::env::var_os(FOLDERS).expect("make test-matrix sets it");
    let mut majors = Vec::new();
    for folder in std::env::split_paths(&folders) {
        majors.push(Major::start(folder).await);
    }
    assert!(majors.len() > 1);
    let mut wrong = String::new();
    for expected in &majors {
        for live in &majors {
            for scratch in [expected, live] {
                compare(expected, live, scratch, &mut wrong).await;
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Compares a snapshot of `expected` with the schema on `live`; spellings are settled on `scratch`.
async fn compare(expected: &Major, live: &Major, scratch: &Major, wrong: &mut String) {
    for ((schema, expected_catalog), live_catalog) in SCHEMAS.iter().zip(&expected.catalogs).zip(&live.catalogs) {
        let snapshot = from_snapshot(&to_snapshot(expected_catalog).unwrap()).unwrap();
        let mut drift = drift::compare(&snapshot, live_catalog, Scope::Whole);
        let sides = (&snapshot, live_catalog);
        Spellings::default().settle(&mut drift, sides, Scope::Whole, &scratch.scratch()).await.unwrap();
        for drift in drift {
            let (expected, live, scratch) = (expected.number(), live.number(), scratch.number());
            writeln!(wrong, "{schema} expected on {expected}, live on {live}, scratch {scratch}: {drift:?}").unwrap();
        }
    }
}
