//! What the tests share: one throwaway PostgreSQL for the whole run, and a database of its own for each test.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use schemawarden::catalog::Catalog;
use schemawarden::pg::server::{ServerOptions, ThrowawayServer};
use schemawarden::pg::{self, Guards, Source};
use secrecy::{ExposeSecret as _, SecretString};

/// The server of this run. It lives on a thread of its own, because each test has its own runtime, and ends with the
/// process.
pub fn postgres() -> &'static ThrowawayServer {
    static SERVER: OnceLock<&'static ThrowawayServer> = OnceLock::new();
    SERVER.get_or_init(|| {
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let options = ServerOptions { tcp: true, max_connections: 100, ..ServerOptions::default() };
                let server: &'static ThrowawayServer =
                    Box::leak(Box::new(ThrowawayServer::start(&options).await.unwrap()));
                send.send(server).unwrap();
                std::future::pending::<()>().await;
            });
        });
        receive.recv().expect("PostgreSQL starts")
    })
}

/// A database that goes away with the test.
pub struct Database {
    pub name: String,
    pub source: Source,
}

impl Database {
    /// An empty database.
    pub fn create() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        psql("postgres", &format!("create database {name}"));
        Self { source: postgres().source(&name), name }
    }

    pub fn with(sql: &str) -> Self {
        let database = Self::create();
        database.run(sql);
        database
    }

    /// Runs a script with psql, stopping at the first error.
    pub fn run(&self, sql: &str) {
        psql(&self.name, sql);
    }

    /// A URL for other programs.
    pub fn url(&self) -> String {
        postgres().url(&self.name).expose_secret().to_owned()
    }

    pub async fn read(&self) -> Catalog {
        let mut connection = pg::connect(&self.source, &Guards::default()).await.unwrap();
        pg::read::read(&mut connection, None).await.unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            psql("postgres", &format!("drop database {} with (force)", self.name));
        }
    }
}

/// What psql prints, unaligned, without headers.
pub fn psql(database: &str, sql: &str) -> String {
    psql_at(&postgres().url(database), sql)
}

/// The same on another server.
pub fn psql_at(url: &SecretString, sql: &str) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), sql).unwrap();
    let output = Command::new("psql")
        .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url.expose_secret(), "-f"])
        .arg(file.path())
        .output()
        .expect("psql is installed");
    assert!(output.status.success(), "psql: {}\n{sql}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A file of the repository.
pub fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}
