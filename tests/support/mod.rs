//! What the tests share: one throwaway PostgreSQL for the whole run, and a database of its own for each test.

mod daemon;
mod disk;
mod http;
pub mod judge;
mod monitoring;
mod program;
mod rows;
mod s3;

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use schemawarden::daemon::check::{CheckSpec, Known};
use schemawarden::daemon::expected::ExpectedSource;
use schemawarden::daemon::fix::FixSpec;
use schemawarden::domain::catalog::Catalog;
use schemawarden::domain::drift::Scope;
use schemawarden::domain::plan::Orphans;
use schemawarden::pg::scratch::ScratchConfig;
use schemawarden::pg::scratch::server::{ServerOptions, ThrowawayServer};
use schemawarden::pg::{self, Guards, Source};
use schemawarden::state::StateLocation;
use secrecy::ExposeSecret;

pub use daemon::{Daemon, adapted, metric, schemawarden};
pub use disk::SmallDisk;
pub use http::get as http_get;
pub use monitoring::{Alertmanager, Prometheus, having, queries};
pub use program::{Program, eventually};
pub use rows::{rows_are_equal, rows_are_kept};
pub use s3::S3;

/// The server of this run. It lives on a thread of its own, because each test has its own runtime, and ends with the
/// process.
pub fn postgres() -> &'static ThrowawayServer {
    static SERVER: OnceLock<&'static ThrowawayServer> = OnceLock::new();
    SERVER.get_or_init(|| {
        let settings = [("logging_collector", "on"), ("log_filename", "tests.log")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        leaked(ServerOptions { tcp: true, max_connections: 100, settings, ..ServerOptions::default() })
    })
}

/// Where that server writes its log, from the folder of its socket.
pub const SERVER_LOG: &str = "data/log/tests.log";

/// Where the scratch databases of this run are: never on a target's server.
pub fn scratch_server() -> &'static ThrowawayServer {
    static SERVER: OnceLock<&'static ThrowawayServer> = OnceLock::new();
    SERVER.get_or_init(|| {
        let superuser = "scratch_superuser";
        leaked(ServerOptions { tcp: true, max_connections: 100, superuser, ..ServerOptions::default() })
    })
}

pub fn scratch() -> ScratchConfig {
    ScratchConfig { url: Some(scratch_server().source("postgres")), ..ScratchConfig::default() }
}

fn leaked(options: ServerOptions) -> &'static ThrowawayServer {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server: &'static ThrowawayServer = Box::leak(Box::new(ThrowawayServer::start(&options).await.unwrap()));
            send.send(server).unwrap();
            std::future::pending::<()>().await;
        });
    });
    receive.recv().expect("PostgreSQL starts")
}

/// The major of PostgreSQL by which files with definitions as a server prints them were written.
pub const WRITTEN_BY: u32 = 15;

/// A value for each catalog row that this database has for itself. `ANALYZE` is no change: it writes other catalogs,
/// and `pg_class` in place.
const CATALOG_ROWS: &str = "
    select format('select %L, count(*), sum(hashtext(ctid || '' '' || xmin)::bigint) from pg_catalog.%I', relname, relname)
    from pg_class
    where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r' and not relisshared
        and relname not in ('pg_statistic', 'pg_statistic_ext_data', 'pg_largeobject')
    order by relname
    \\gexec";

/// A database that goes away with the test.
pub struct Database {
    pub name: String,
    pub source: Source,
}

impl Database {
    /// An empty database.
    pub fn create() -> Self {
        Self::from_template("template1")
    }

    fn from_template(template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        // The other strategy writes every page to the log: several times the work.
        let strategy = if postgres().version() < 150_000 { "" } else { "strategy file_copy" };
        administer(format!("create database {name} template {template} {strategy}"));
        Self { source: postgres().source(&name), name }
    }

    pub fn with(sql: &str) -> Self {
        let database = Self::create();
        database.run(sql);
        database
    }

    /// Another database like this one, to which nobody is connected.
    pub fn copy(&self) -> Self {
        Self::from_template(&self.name)
    }

    /// Runs a script with psql, stopping at the first error.
    pub fn run(&self, sql: &str) {
        psql(&self.name, sql);
    }

    /// Runs a plan's script as its head says. The files that it writes are put into `folder`.
    pub fn run_script(&self, script: &str, folder: &Path, more: &[&str]) -> Output {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), script).unwrap();
        let mut command = Command::new(client("psql"));
        command.args(["-X", "-v", "ON_ERROR_STOP=1", "-d", &self.url()]).args(more);
        command.arg("-f").arg(file.path()).current_dir(folder).output().unwrap()
    }

    /// See [`CATALOG_ROWS`].
    pub fn catalog_rows(&self) -> String {
        psql(&self.name, CATALOG_ROWS)
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
            administer(format!("drop database {} with (force)", self.name));
        }
    }
}

/// One statement to the server of this run, over sessions that stay: a psql for each of these would be half of all that the
/// tests start.
fn administer(sql: String) {
    static SESSIONS: OnceLock<(tokio::runtime::Runtime, sqlx::PgPool)> = OnceLock::new();
    let (runtime, pool) = SESSIONS.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let options = sqlx::postgres::PgPoolOptions::new().max_connections(4).acquire_timeout(Duration::from_mins(5));
        let url = postgres().url("postgres");
        let entered = runtime.enter();
        let pool = options.connect_lazy(url.expose_secret()).unwrap();
        drop(entered);
        (runtime, pool)
    });
    let (send, receive) = std::sync::mpsc::channel();
    runtime.spawn(async move { send.send(sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await) });
    receive.recv().unwrap().unwrap();
}

/// To make one database what another one is.
pub fn fix_spec(live: &Database, expected: &Database, scope: Scope, state: PathBuf) -> FixSpec {
    FixSpec {
        check: CheckSpec {
            name: "case".into(),
            source: live.source.clone(),
            guards: Guards::default(),
            expected: ExpectedSource::Database(expected.source.clone()),
            scratch: scratch(),
            schemas: None,
            scope,
            policies: Vec::new(),
            full_read_every: Duration::ZERO,
            known: Known::default(),
        },
        source: live.source.clone(),
        by_hand: None,
        orphans: Orphans::default(),
        only: None,
        owners: Arc::default(),
        state: StateLocation::File(state),
    }
}

/// What psql prints, unaligned, without headers.
pub fn psql(database: &str, sql: &str) -> String {
    psql_at(postgres().url(database).expose_secret(), sql)
}

/// The same, of any server.
pub fn psql_at(url: &str, sql: &str) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), sql).unwrap();
    let output = Command::new(client("psql"))
        .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-f"])
        .arg(file.path())
        .output()
        .expect("psql is installed");
    assert!(output.status.success(), "psql: {}\n{sql}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A client program: the server's own, if it has one. What Debian puts into the path is a script that looks for it
/// every time.
pub fn client(program: &str) -> PathBuf {
    let own = postgres().bin_dir().join(program);
    if own.is_file() { own } else { program.into() }
}

/// A server for one test that does it harm, with a database `app` that holds the outdated community.
pub async fn private_server(settings: &[(&str, &str)]) -> ThrowawayServer {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = ServerOptions { tcp: true, settings, ..ServerOptions::default() };
    let server = ThrowawayServer::start(&options).await.unwrap();
    psql_at(server.url("postgres").expose_secret(), "create database app");
    psql_at(server.url("app").expose_secret(), &std::fs::read_to_string(file("sql/community/outdated.sql")).unwrap());
    server
}

/// The postmaster and its children.
pub fn processes(server: &ThrowawayServer) -> Vec<u32> {
    let pid = server.pid();
    [vec![pid], children(pid)].concat()
}

/// Of all its threads.
pub fn children(pid: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let children = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    children.collect::<String>().split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

/// Whether all of them were there to be told.
pub fn signal(pids: impl IntoIterator<Item = u32>, signal: &str) -> bool {
    let pids: Vec<_> = pids.into_iter().map(|pid| pid.to_string()).collect();
    Command::new("kill").arg("-s").arg(signal).args(pids).output().unwrap().status.success()
}

/// What names `folder` on its command line: servers that live in it, and their supervisors.
pub fn processes_in(folder: &Path) -> Vec<u32> {
    let folder = folder.to_str().unwrap();
    let pids = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let process = entry.unwrap();
        let line = std::fs::read_to_string(process.path().join("cmdline")).ok()?;
        line.contains(folder).then(|| process.file_name().to_str()?.parse().ok())?
    });
    pids.collect()
}

/// A folder for temporary files that unprivileged users can use too, as `/tmp` is: PostgreSQL does not run as root.
pub fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("it-").tempdir_in("/tmp").unwrap();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o1777)).unwrap();
    folder
}

/// No test of this run gets the same one twice: it stays free until a program takes it.
pub fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    std::iter::repeat_with(free).find(|port| GIVEN.lock().unwrap().insert(*port)).unwrap()
}

/// A file of the repository.
pub fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}
