//! Guarded connections: every watching session is read-only, limited in its waits, and spells definitions independently
//! of the server's configuration.

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection as _, Row};

use super::Error;
use crate::domain::plan::context::{OURS, READING};

/// Limit for a connect, TLS and authentication included.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// URL parameters that sqlx understands. It logs the value of any other, so that they are refused here.
const PARAMETERS: [&str; 11] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "user",
];

/// Settings that affect the spelling of definitions, besides those for reading and writing values. Only settings that
/// every role may change (not lc_messages): otherwise the server refuses the session.
const SPELLING: [(&str, &str); 2] = [("quote_all_identifiers", "off"), ("jit", "off")];

/// The address of a database with its login. Prints neither password nor user.
#[derive(Clone)]
pub struct Source {
    options: Arc<PgConnectOptions>,
}

impl Eq for Source {}

impl PartialEq for Source {
    /// Whether both have the same address, credentials and TLS settings.
    fn eq(&self, other: &Self) -> bool {
        // There is no other way to compare them. The texts hold the password, and live no longer than this.
        format!("{:?}", self.options) == format!("{:?}", other.options)
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({})", self.address())
    }
}

impl Source {
    /// From `postgres://user:password@host:port/database?sslmode=…`.
    pub fn parse(url: &SecretString) -> Result<Self, Error> {
        let text = &*with_host(url.expose_secret());
        if has_nul(text) {
            return Err(Error::Url("it holds a NUL character (%00), which PostgreSQL takes nowhere".into()));
        }
        // The parser's own message could repeat the URL.
        let parsed = url::Url::parse(text).map_err(|error| {
            Error::Url(format!("{error}; write postgres://user:password@host:port/database, {ESCAPES}"))
        })?;
        if !matches!(parsed.scheme(), "postgres" | "postgresql") {
            return Err(Error::Url("it does not start with postgres://".into()));
        }
        // Otherwise a part of a password could be taken for a host, port or database, and appear in a message.
        let is_cut =
            parsed.username().is_empty() && [parsed.path(), parsed.query().unwrap_or("")].concat().contains('@');
        if parsed.fragment().is_some() || is_cut {
            return Err(Error::Url(format!(
                "a character of a password cuts it short; write postgres://user:password@host:port/database, {ESCAPES}"
            )));
        }
        for (key, _) in parsed.query_pairs() {
            if !PARAMETERS.contains(&&*key) {
                return Err(Error::Url(format!("unknown parameter `{key}`; known are {}", PARAMETERS.join(", "))));
            }
        }
        let options = PgConnectOptions::from_str(text).map_err(|_| Error::Url("a part of it has no sense".into()))?;
        // sqlx would look up an IPv6 address with its brackets.
        let address = options.get_host().strip_prefix('[').and_then(|host| host.strip_suffix(']')).map(str::to_owned);
        Ok(Self::from_options(match address {
            Some(address) => options.host(&address),
            None => options,
        }))
    }

    pub fn from_options(options: PgConnectOptions) -> Self {
        Self { options: Arc::new(options.disable_statement_logging()) }
    }

    pub fn with_password(self, password: &SecretString) -> Self {
        Self::from_options((*self.options).clone().password(password.expose_secret()))
    }

    /// The same database with another login.
    pub fn with_login(&self, role: &str, password: &SecretString) -> Self {
        Self::from_options((*self.options).clone().username(role).password(password.expose_secret()))
    }

    pub fn with_database(&self, database: &str) -> Self {
        Self::from_options((*self.options).clone().database(database))
    }

    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// `host:port/database`, for people. Contains no secret.
    pub fn address(&self) -> String {
        let host = match self.options.get_socket() {
            Some(folder) => folder.display().to_string(),
            None if self.options.get_host().contains(':') => format!("[{}]", self.options.get_host()),
            None => self.options.get_host().to_owned(),
        };
        format!("{host}:{}/{}", self.options.get_port(), self.database())
    }

    /// Whether both addresses differ at most in the database. Another address may lead to the same server, too.
    pub fn is_same_server(&self, other: &Self) -> bool {
        let server = |source: &Self| source.with_database("").address();
        server(self) == server(other)
    }

    pub fn database(&self) -> &str {
        self.options.get_database().unwrap_or(self.options.get_username())
    }
}

const ESCAPES: &str = "and `#`, `/`, `?` and `@` in a user or password as %23, %2F, %3F and %40";

/// Whether a URL has a NUL character, literal or encoded.
pub fn has_nul(url: &str) -> bool {
    url.contains('\0') || url.contains("%00")
}

/// libpq accepts `postgres://user@/database?host=/folder`; the URL standard requires a host behind a user.
fn with_host(url: &str) -> Cow<'_, str> {
    match url::Url::parse(url) {
        Err(url::ParseError::EmptyHost) => url.replacen("@/", "@localhost/", 1).into(),
        Ok(_) | Err(_) => url.into(),
    }
}

/// Limits of a watching session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    pub lock_timeout: Duration,
    pub statement_timeout: Duration,
}

impl Default for Guards {
    fn default() -> Self {
        Self { lock_timeout: Duration::from_millis(300), statement_timeout: Duration::from_secs(30) }
    }
}

/// A guarded, read-only session.
#[derive(Debug)]
pub struct Connection {
    pub session: PgConnection,
    /// The pid of the backend, for `pg_cancel_backend`.
    pub pid: i32,
    /// `server_version_num`
    pub server_version: u32,
}

impl Connection {
    /// Closes the connection, with a short wait for the server.
    pub async fn close(self) {
        let _ = tokio::time::timeout(CLOSE_LIMIT, self.session.close()).await;
    }
}

/// Opens a guarded session, and checks that the guards are in force.
pub async fn connect(source: &Source, guards: &Guards) -> Result<Connection, Error> {
    let timeout = |_| Error::ConnectTimeout { address: source.address(), limit: CONNECT_LIMIT };
    tokio::time::timeout(CONNECT_LIMIT, connect_guarded(source, guards)).await.map_err(timeout)?
}

async fn connect_guarded(source: &Source, guards: &Guards) -> Result<Connection, Error> {
    let limits = [
        ("default_transaction_read_only", "on".to_owned()),
        ("lock_timeout", milliseconds(guards.lock_timeout)),
        ("statement_timeout", milliseconds(guards.statement_timeout)),
        ("idle_in_transaction_session_timeout", milliseconds(guards.statement_timeout + Duration::from_secs(10))),
        ("max_parallel_workers_per_gather", "0".to_owned()),
    ];
    connect_with(source, "schemawarden", &limits).await
}

/// Settings of a session that may write. The limits of each step are added.
const FIXING: [(&str, &str); 10] = [
    ("default_transaction_read_only", "off"),
    ("default_transaction_isolation", "read committed"),
    ("check_function_bodies", "off"),
    // Hidden rows raise an error instead of being skipped.
    ("row_security", "off"),
    // For a range of pages that is a parameter, a generic plan could scan the whole table.
    ("plan_cache_mode", "force_custom_plan"),
    ("lock_timeout", "300ms"),
    ("statement_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "1min"),
    // The session may wait long for its turn.
    ("idle_session_timeout", "0"),
    ("tcp_keepalives_idle", "30"),
];

/// Opens a session that may write. `search_path` is for hand-written statements: ours qualify every name.
pub(super) async fn connect_to_fix(source: &Source, search_path: Option<&str>) -> Result<Connection, Error> {
    let mut settings: Vec<_> = FIXING.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    settings.extend(search_path.map(|path| ("search_path", path.to_owned())));
    let timeout = |_| Error::ConnectTimeout { address: source.address(), limit: CONNECT_LIMIT };
    let connecting = connect_with(source, "schemawarden fix", &settings);
    let mut connection = tokio::time::timeout(CONNECT_LIMIT, connecting).await.map_err(timeout)??;
    if connection.server_version >= 170_000 {
        sqlx::query("set transaction_timeout = 0").execute(&mut connection.session).await?;
    }
    // Lets the server notice a dead client. Not available on every platform, so that a refusal is ignored.
    match sqlx::query("set client_connection_check_interval = '1s'").execute(&mut connection.session).await {
        Ok(_) | Err(sqlx::Error::Database(_)) => Ok(connection),
        Err(error) => Err(error.into()),
    }
}

fn milliseconds(limit: Duration) -> String {
    format!("{}ms", limit.as_millis().max(1))
}

/// Of two values for one setting the later one counts.
async fn connect_with(source: &Source, name: &str, settings: &[(&'static str, String)]) -> Result<Connection, Error> {
    let options = (*source.options).clone().application_name(name).options(OURS).options(READING).options(SPELLING);
    let options = options.options(settings.iter().cloned());
    let mut session = open(source, &options).await?;
    // A transaction-pooling proxy silently drops startup options.
    let row = sqlx::query(
        "select pg_catalog.current_setting('default_transaction_read_only') as default_transaction_read_only,
                pg_catalog.current_setting('search_path') as search_path,
                pg_catalog.current_setting('server_version_num')::int4 as version,
                pg_catalog.pg_backend_pid() as pid",
    )
    .fetch_one(&mut session)
    .await?;
    for column in ["default_transaction_read_only", "search_path"] {
        let ours = OURS.iter().map(|(name, value)| (*name, *value));
        let ours = ours.chain(settings.iter().map(|(name, value)| (*name, value.as_str())));
        let wanted = ours.rev().find(|(name, _)| *name == column);
        let found: String = row.try_get(column)?;
        if wanted.is_some_and(|(_, value)| value != found) {
            return Err(Error::Pooler { address: source.address(), setting: column });
        }
    }
    let server_version = u32::try_from(row.try_get::<i32, _>("version")?).unwrap_or(0);
    if server_version < 140_000 {
        return Err(Error::TooOld(server_version / 10_000));
    }
    Ok(Connection { session, pid: row.try_get("pid")?, server_version })
}

/// Opens a session without guards, with a time limit: for scratch servers, and for cancelling.
pub async fn open(source: &Source, options: &PgConnectOptions) -> Result<PgConnection, Error> {
    match tokio::time::timeout(CONNECT_LIMIT, options.connect()).await {
        Ok(Ok(session)) => Ok(session),
        Ok(Err(error)) => {
            let reason = match Error::from(error) {
                Error::Server { code, message } => format!("{message} (SQLSTATE {code})"),
                Error::Broken(reason) => reason,
                other => other.to_string(),
            };
            Err(Error::Connect { address: source.address(), reason })
        }
        Err(_) => Err(Error::ConnectTimeout { address: source.address(), limit: CONNECT_LIMIT }),
    }
}

/// Cancels the current statement of the backend `pid`. Dropping a future leaves its statement running on the server.
pub async fn cancel(source: &Source, pid: i32) -> Result<(), Error> {
    let mut session = open(source, &source.options).await?;
    sqlx::query("select pg_catalog.pg_cancel_backend($1)").bind(pid).execute(&mut session).await?;
    session.close().await?;
    Ok(())
}

/// Limit for cancelling a statement, its end included.
pub(super) const CANCEL_LIMIT: Duration = Duration::from_secs(5);

/// Cancels the statement on the server when the future that waits for it is dropped.
pub(super) struct Unfinished {
    pub source: Option<Source>,
    pub pid: i32,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let (Some(source), Ok(runtime)) = (self.source.take(), tokio::runtime::Handle::try_current()) else { return };
        let pid = self.pid;
        runtime.spawn(async move { tokio::time::timeout(CANCEL_LIMIT, cancel(&source, pid)).await });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn libpq_urls_are_accepted() {
        for (url, address) in [
            ("postgres://u:p@db.example:6432/app", "db.example:6432/app"),
            ("postgresql://u@/app?host=/run/postgresql", "/run/postgresql:5432/app"),
            ("postgres://u@%2Frun%2Fpostgresql/app?sslmode=disable", "/run/postgresql:5432/app"),
            ("postgres:///app?host=/run/postgresql&user=u", "/run/postgresql:5432/app"),
            ("postgres://u:p%23%2F%3F%40@h/app", "h:5432/app"),
            ("postgres://u:p@w@h/app", "h:5432/app"),
            ("postgres://u@[::1]:5433/app", "[::1]:5433/app"),
            ("postgres://u@h/app?hostaddr=::1", "[::1]:5432/app"),
        ] {
            assert_eq!(Source::parse(&url.to_owned().into()).unwrap().address(), address);
        }
    }

    #[test]
    fn errors_in_a_url_do_not_repeat_it() {
        for url in [
            "postgres://u:hunter2@h/d?password2=hunter2",
            "mysql://u:hunter2@h/d",
            "u:hunter2@h",
            "postgres://u:hunter2@h:x/d",
            "postgres://u:12#hunter2@h/d",
            "postgres://u:12/hunter2@h/d",
            "postgres://u:12?hunter2@h/d",
            "postgres://u:hunter2#x@h/d",
        ] {
            let error = Source::parse(&url.to_owned().into()).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
