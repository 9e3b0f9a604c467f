//! A throwaway PostgreSQL server from the binaries of this host: for scratch databases, for the demo, for tests.
//!
//! The server ends and its folder is removed together with its owner, however the owner ends: by drop, by panic, by
//! SIGKILL. It listens on a socket in a private folder, and on TCP only when asked. It must never touch another
//! server's data, and it must never contain data that anyone wants to keep: nothing is ever synced to disk.

mod binaries;
mod folder;
mod password;
mod template;

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::pg::connect::{self, Source};

use folder::{Home, Log};
use template::Template;

pub use binaries::{BIN_DIR_VARIABLE, folders};

const INITDB_LIMIT: Duration = Duration::from_mins(1);
const START_LIMIT: Duration = Duration::from_secs(30);
const STOP_LIMIT: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(20);
/// The number in the socket's name if the server has no TCP port.
const SOCKET_PORT: u16 = 5432;
/// A free port may be taken by another process before the server binds it.
const PORT_TRIES: u32 = 3;

/// Options, which depend on what the server is for. The defaults are the smallest.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// The folder of `initdb` and `postgres`; searched if `None`.
    pub bin_dir: Option<PathBuf>,
    /// Listen on a free port of 127.0.0.1 too.
    pub tcp: bool,
    pub max_connections: u32,
    /// Further settings, by name and value. They override ours.
    pub settings: Vec<(String, String)>,
    /// The name of the superuser. Plain letters and underscores.
    pub superuser: &'static str,
    /// The most address space of each of its processes, if the system can limit it.
    pub memory_kib: Option<u64>,
    /// Starts with a copy of an existing data folder, and so with the same system identifier.
    pub from_template: bool,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            bin_dir: None,
            tcp: false,
            max_connections: 20,
            settings: Vec::new(),
            superuser: "postgres",
            memory_kib: None,
            from_template: false,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error(
        "no PostgreSQL server binaries (initdb, postgres) found. Looked in {looked}. Install them \
         (`apt-get install postgresql`), or name their folder in {BIN_DIR_VARIABLE} or `scratch.bin_dir`"
    )]
    NotFound { looked: String },
    #[error("{path} (from {origin}) holds no `initdb` and `postgres` that can be run")]
    BinDir { path: PathBuf, origin: &'static str },
    #[error(
        "PostgreSQL refuses to run as root, and /etc/passwd has neither `schemawarden` nor `nobody` to run it as: make a \
         user `schemawarden`, or start schemawarden as an unprivileged user"
    )]
    NoUser,
    #[error("cannot prepare a folder for a throwaway PostgreSQL server in {path}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("cannot run the throwaway PostgreSQL server")]
    Process { source: std::io::Error },
    #[error("initdb failed; is {bin_dir} readable and executable for user {user}? It said:\n{log}")]
    Initdb { bin_dir: PathBuf, user: String, log: String },
    #[error("the throwaway PostgreSQL server ended by itself; the last lines of its log:\n{log}")]
    Died { log: String },
    #[error("the throwaway PostgreSQL server did not {what} within {} s; the last lines of its log:\n{log}", .limit.as_secs())]
    Late { what: &'static str, limit: Duration, log: String },
    #[error("the throwaway PostgreSQL server runs, and cannot be used")]
    Unusable { source: crate::pg::Error },
}

/// A running server. Dropping it ends the server and removes its folder, in the background; [`stop`](Self::stop)
/// waits for that.
#[derive(Debug)]
pub struct ThrowawayServer {
    supervisor: Child,
    /// Closing it, which our death does too, makes the supervisor clean up.
    orders: ChildStdin,
    events: Lines<BufReader<ChildStdout>>,
    folder: PathBuf,
    bin_dir: PathBuf,
    superuser: &'static str,
    tcp: bool,
    password: SecretString,
    log: Log,
    port: u16,
    pid: u32,
    /// As far as the supervisor has reported.
    running: bool,
    version: u32,
}

/// Reports of the supervisor.
enum Event {
    Created,
    Started(u32),
    /// The server, or initdb, or the supervisor has ended.
    Ended,
}

impl ThrowawayServer {
    /// Creates and starts a server, and waits until it answers. Takes about 1.5 s, from a template 0.3 s.
    pub async fn start(options: &ServerOptions) -> Result<Self, ServerError> {
        let bin_dir = binaries::find(options.bin_dir.as_deref())?;
        let template = options.from_template.then(|| Template::of(&bin_dir, options.superuser)).flatten();
        match Self::start_from(template.as_ref(), bin_dir.clone(), options).await {
            // The unpacked archive may be damaged: then initdb makes another one.
            Err(error) if template.as_ref().is_some_and(Template::discard) => {
                tracing::debug!(%error, "the kept data folder was discarded");
                Self::start_from(template.as_ref(), bin_dir, options).await
            }
            done => done,
        }
    }

    async fn start_from(
        template: Option<&Template>,
        bin_dir: PathBuf,
        options: &ServerOptions,
    ) -> Result<Self, ServerError> {
        let process = |source| ServerError::Process { source };
        let password = random_password()?;
        let verifier = password::verifier(&password).map_err(process)?;
        let home = folder::make(include_str!("server.sh"), template)?;
        let mut supervisor =
            supervise(&home, &bin_dir, options, template.is_some()).and_then(|mut it| it.spawn()).map_err(process)?;
        let (Some(orders), Some(output)) = (supervisor.stdin.take(), supervisor.stdout.take()) else {
            return Err(ServerError::Process { source: std::io::ErrorKind::BrokenPipe.into() });
        };
        // From here on the supervisor removes the folder.
        let Home { folder, user, log, .. } = home;
        let folder = folder.keep();
        let events = BufReader::new(output).lines();
        let mut server = Self {
            supervisor,
            orders,
            events,
            folder,
            bin_dir,
            superuser: options.superuser,
            tcp: options.tcp,
            password,
            log,
            port: SOCKET_PORT,
            pid: 0,
            running: false,
            version: 0,
        };
        server.order(&verifier).await?;
        match server.event("create its data folder", INITDB_LIMIT).await? {
            Event::Created => {}
            Event::Started(_) | Event::Ended => {
                let user = user.map_or_else(|| "yourself".into(), |user| user.name);
                let log = server.log.tail();
                return Err(ServerError::Initdb { bin_dir: server.bin_dir.clone(), user, log });
            }
        }
        let owner = user.map_or_else(|| rustix::process::geteuid().as_raw(), |user| user.uid);
        if let Some(Err(error)) = template.map(|template| template.keep(&server.folder, owner)) {
            tracing::debug!(%error, "the data folder is not kept for the next scratch server");
        }
        server.first_start().await?;
        Ok(server)
    }

    async fn first_start(&mut self) -> Result<(), ServerError> {
        if !self.tcp {
            return self.launch().await;
        }
        let mut tries = 1;
        loop {
            self.port = free_port().map_err(|source| ServerError::Process { source })?;
            match self.launch().await {
                Err(ServerError::Died { .. }) if tries < PORT_TRIES => tries += 1,
                done => return done,
            }
        }
    }

    /// Ends the server like `pg_ctl stop -m fast`, and keeps its data for [`start_again`](Self::start_again).
    pub async fn shut_down(&mut self) -> Result<(), ServerError> {
        self.order("stop").await?;
        self.ended("shut down").await
    }

    async fn ended(&mut self, what: &'static str) -> Result<(), ServerError> {
        match self.event(what, STOP_LIMIT).await? {
            Event::Ended => self.running = false,
            Event::Created | Event::Started(_) => return Err(self.died()),
        }
        Ok(())
    }

    /// Starts the server after [`shut_down`](Self::shut_down) or after a crash, on the same port, and waits until it
    /// answers.
    pub async fn start_again(&mut self) -> Result<(), ServerError> {
        let crashed = self.running;
        if crashed {
            self.ended("end").await?;
        }
        let deadline = Instant::now() + STOP_LIMIT;
        loop {
            match self.launch().await {
                // Backends of the crashed postmaster may still be running.
                Err(ServerError::Died { .. }) if crashed && Instant::now() < deadline => sleep(10 * POLL).await,
                done => return done,
            }
        }
    }

    async fn launch(&mut self) -> Result<(), ServerError> {
        self.order(&self.port.to_string()).await?;
        match self.event("start", START_LIMIT).await? {
            Event::Started(pid) => (self.pid, self.running) = (pid, true),
            Event::Created | Event::Ended => return Err(self.died()),
        }
        let source = self.source("postgres");
        let deadline = Instant::now() + START_LIMIT;
        while Instant::now() < deadline {
            if let Ok(mut session) = connect::open(&source, source.options()).await {
                let version = version(&mut session).await.map_err(|source| ServerError::Unusable { source })?;
                self.version = version;
                return Ok(());
            }
            if timeout(POLL, self.events.next_line()).await.is_ok() {
                self.running = false;
                return Err(self.died());
            }
        }
        Err(self.late("answer", START_LIMIT))
    }

    /// Ends the server and waits until it and its folder are gone.
    pub async fn stop(self) -> Result<(), ServerError> {
        let Self { mut supervisor, orders, log, .. } = self;
        drop(orders);
        match timeout(STOP_LIMIT, supervisor.wait()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(source)) => Err(ServerError::Process { source }),
            Err(_) => Err(ServerError::Late { what: "stop", limit: STOP_LIMIT, log: log.tail() }),
        }
    }

    /// A database of this server, as superuser over the socket.
    pub fn source(&self, database: &str) -> Source {
        let options = PgConnectOptions::new_without_pgpass()
            .socket(&self.folder)
            .port(self.port)
            .username(self.superuser)
            .password(self.password.expose_secret())
            .ssl_mode(PgSslMode::Disable)
            .database(database);
        Source::from_options(options)
    }

    /// The same as a URL, over TCP where the server listens there.
    pub fn url(&self, database: &str) -> SecretString {
        let database = percent_encoded(database);
        let (port, user) = (self.port, self.superuser);
        let password = self.password.expose_secret();
        let (host, more) = if self.tcp {
            ("127.0.0.1", String::new())
        } else {
            ("localhost", format!("host={}&", percent_encoded(&self.folder.to_string_lossy())))
        };
        let url = format!("postgres://{user}:{password}@{host}:{port}/{database}?{more}sslmode=disable");
        url.into()
    }

    /// The TCP port, or the number in the socket's name.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Of the postmaster.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    /// `server_version_num`
    pub fn version(&self) -> u32 {
        self.version
    }

    async fn order(&mut self, line: &str) -> Result<(), ServerError> {
        let line = format!("{line}\n");
        self.orders.write_all(line.as_bytes()).await.map_err(|source| ServerError::Process { source })
    }

    async fn event(&mut self, what: &'static str, limit: Duration) -> Result<Event, ServerError> {
        let line = match timeout(limit, self.events.next_line()).await {
            Ok(line) => line.map_err(|source| ServerError::Process { source })?.unwrap_or_default(),
            Err(_) => return Err(self.late(what, limit)),
        };
        Ok(match line.strip_prefix("started ").and_then(|pid| pid.parse().ok()) {
            Some(pid) => Event::Started(pid),
            None if line == "created" => Event::Created,
            None => Event::Ended,
        })
    }

    fn died(&self) -> ServerError {
        ServerError::Died { log: self.log.tail() }
    }

    fn late(&self, what: &'static str, limit: Duration) -> ServerError {
        ServerError::Late { what, limit, log: self.log.tail() }
    }
}

/// The supervisor's command line.
fn supervise(home: &Home, bin_dir: &Path, options: &ServerOptions, archives: bool) -> std::io::Result<Command> {
    let mut command = Command::new("/bin/sh");
    command.arg(&home.script).arg(home.folder.path()).arg(bin_dir);
    for (name, value) in settings(options) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    // Our own environment may contain secrets, and PG* variables that would affect the server.
    command.env_clear().env("LC_ALL", "C").env("TZ", "UTC");
    for kept in ["PATH", "LD_LIBRARY_PATH"] {
        command.envs(std::env::var_os(kept).map(|value| (kept, value)));
    }
    command.env("SUPERUSER", options.superuser).env("ARCHIVES", if archives { "yes" } else { "" });
    command.envs(options.memory_kib.map(|limit| ("MEMORY_KIB", limit.to_string())));
    command.current_dir("/").process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(home.log.end()?);
    if let Some(user) = &home.user {
        // std also drops root's supplementary groups here.
        command.gid(user.gid).uid(user.uid);
    }
    Ok(command)
}

/// Small and fast, without durability; then the caller's settings.
fn settings(options: &ServerOptions) -> Vec<(String, String)> {
    let max_connections = options.max_connections.to_string();
    let ours = [
        ("unix_socket_permissions", "0700"),
        ("listen_addresses", if options.tcp { "127.0.0.1" } else { "" }),
        ("max_connections", &max_connections),
        ("shared_buffers", "16MB"),
        ("fsync", "off"),
        ("full_page_writes", "off"),
        ("synchronous_commit", "off"),
        ("jit", "off"),
        ("max_wal_size", "1GB"),
    ];
    let ours = ours.map(|(name, value)| (name.to_owned(), value.to_owned()));
    ours.into_iter().chain(options.settings.iter().cloned()).collect()
}

async fn version(session: &mut PgConnection) -> Result<u32, crate::pg::Error> {
    let query = sqlx::query_scalar::<_, i32>("select pg_catalog.current_setting('server_version_num')::int4");
    let version = u32::try_from(query.fetch_one(session).await?).unwrap_or(0);
    if version < 140_000 { Err(crate::pg::Error::TooOld(version / 10_000)) } else { Ok(version) }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// As long as a key: every client that reaches the server is asked for it.
pub(super) fn random_password() -> Result<SecretString, ServerError> {
    password::random().map_err(|source| ServerError::Process { source })
}

fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests;
