//! One interface to two kinds of database: the same statements, values and rows for SQLite and PostgreSQL.
//!
//! Knows how each is opened, what makes its writes durable, and the limits on waiting. Knows no tables. Not `sqlx::any`:
//! it opens by URL alone, and a URL cannot carry SQLite's journal mode, durability and busy timeout.

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::{PgPool, PgPoolOptions, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Encode, SqlSafeStr as _, Type};

use super::place::Place;
use super::value::{Row, Value};
use super::{StateError, StateLocation, error, file};
use crate::pg::{self, Source};

static FOR_A_FILE: LazyLock<Migrator> = LazyLock::new(|| {
    migrator([
        include_str!("../../sql/state/sqlite/0001_memory.sql"),
        include_str!("../../sql/state/sqlite/0002_kept_rows.sql"),
        include_str!("../../sql/state/sqlite/0003_remediations.sql"),
        include_str!("../../sql/state/sqlite/0004_mark.sql"),
        include_str!("../../sql/state/sqlite/0005_retention.sql"),
    ])
});
static FOR_A_SERVER: LazyLock<Migrator> = LazyLock::new(|| {
    migrator([
        include_str!("../../sql/state/postgres/0001_memory.sql"),
        include_str!("../../sql/state/postgres/0002_kept_rows.sql"),
        include_str!("../../sql/state/postgres/0003_remediations.sql"),
        include_str!("../../sql/state/postgres/0004_mark.sql"),
        include_str!("../../sql/state/postgres/0005_retention.sql"),
    ])
});

/// Both databases have the same migration versions: a number means the same tables in both. `sqlx::migrate!` would do
/// the same, but compile all of sqlx twice.
fn migrator(texts: [&'static str; 5]) -> Migrator {
    let named = ["memory", "kept rows", "remediations", "mark", "retention"].into_iter().zip(texts);
    let migration = |(version, (name, sql)): (i64, (&'static str, &'static str))| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations((1..).zip(named).map(migration).collect())
}

/// How long to wait for another process that writes to the file, e.g. a backup.
const BUSY_LIMIT: Duration = Duration::from_secs(20);

/// Pause before the file is opened again.
const BUSY_PAUSE: Duration = Duration::from_millis(50);

/// In SQLite a transaction that begins with a read is refused later if another process has written in the meantime.
const BEGIN_IN_FILE: &str = "begin immediate";

/// How long to wait for a connection: requests queue, and each may take long on a slow disk. Shorter than an API
/// client's timeout.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(25);

/// How long to wait for the answer to one statement, longer than the server's own limit.
const ANSWER_LIMIT: Duration = Duration::from_secs(15);

/// A connection that does not answer a ping within this is discarded.
const ALIVE_LIMIT: Duration = Duration::from_secs(2);

/// Few: statements are short, and each replica has as many.
const CONNECTIONS: u32 = 4;

/// Settings that the store relies on, whatever the defaults of the server or the role.
const SESSION: [(&str, &str); 6] = [
    ("statement_timeout", "10s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("synchronous_commit", "on"),
    ("default_transaction_isolation", "read committed"),
    // Otherwise the server warns that there is no transaction, for every connection that is taken from the pool.
    ("client_min_messages", "error"),
];

/// The open database.
#[derive(Debug)]
pub struct Database {
    place: Opened,
    /// Identifies this database.
    mark: String,
}

#[derive(Debug)]
enum Opened {
    File { pool: SqlitePool, place: Place },
    Server { pool: PgPool, address: String },
}

impl Database {
    /// Opens it, and migrates its tables.
    pub async fn open(location: &StateLocation) -> Result<Self, StateError> {
        let place = match location {
            StateLocation::File(path) => open_file_in_turn(path).await?,
            StateLocation::Server(source) => open_server(source).await?,
        };
        let mut it = Self { place, mark: String::new() };
        let sql = include_str!("../../sql/state/queries/mark.sql");
        let marks = it.fetch(sql, &[], |row| row.get("mark")).await?;
        it.mark = marks.into_iter().next().ok_or_else(|| it.other())?;
        Ok(it)
    }

    /// Checks that a new connection would reach the same store: the open one may be a deleted file or a former server.
    pub async fn is_the_same(&self) -> Result<(), StateError> {
        let Opened::File { place, .. } = &self.place else { return Ok(()) };
        place.check()?;
        let options = SqliteConnectOptions::new().filename(place.path()).read_only(true).disable_statement_logging();
        let found = async {
            let mut session = options.busy_timeout(BUSY_LIMIT).connect().await?;
            let sql = include_str!("../../sql/state/queries/mark.sql");
            let mark: Option<String> = sqlx::query_scalar(sql).fetch_optional(&mut session).await?;
            session.close().await?;
            Ok(mark)
        };
        let mark = found.await.map_err(|error| self.explain(error))?;
        if mark.as_ref() == Some(&self.mark) { Ok(()) } else { Err(self.other()) }
    }

    #[cfg(test)]
    pub fn file(&self) -> Option<&SqlitePool> {
        match &self.place {
            Opened::File { pool, .. } => Some(pool),
            Opened::Server { .. } => None,
        }
    }

    /// The error for another store at the location.
    fn other(&self) -> StateError {
        match &self.place {
            Opened::File { place, .. } => {
                StateError::Gone { path: place.path().to_owned(), what: "replaced by another store" }
            }
            Opened::Server { address, .. } => StateError::OtherStore(address.clone()),
        }
    }

    /// Maps each row of the answer with `read`.
    pub async fn fetch<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl Fn(&Row) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StateError> {
        let rows: Result<Vec<Row>, _> = match &self.place {
            Opened::File { pool, .. } => in_file(bound(sql, values).fetch_all(pool).await),
            Opened::Server { pool, .. } => in_server(within(bound(sql, values).fetch_all(pool)).await),
        };
        let all = rows.and_then(|rows| rows.iter().map(read).collect());
        all.map_err(|error| self.explain(error))
    }

    /// Begins a writing transaction, if this is still the store that was opened. It is rolled back when it is dropped.
    pub async fn begin(&self) -> Result<Transaction<'_>, StateError> {
        let work = match &self.place {
            Opened::File { pool, place } => {
                place.check()?;
                pool.begin_with(BEGIN_IN_FILE).await.map(Work::File)
            }
            Opened::Server { pool, .. } => within(pool.begin()).await.map(Work::Server),
        };
        let mut transaction = Transaction { database: self, work: work.map_err(|error| self.explain(error))? };
        let sql = include_str!("../../sql/state/queries/mark.sql");
        let marks = transaction.fetch(sql, &[], |row| row.get::<String>("mark")).await?;
        if marks.first() == Some(&self.mark) { Ok(transaction) } else { Err(self.other()) }
    }

    /// Writes back what is pending, and closes it.
    pub async fn close(&self) {
        match &self.place {
            Opened::File { pool, .. } => pool.close().await,
            Opened::Server { pool, .. } => pool.close().await,
        }
    }

    fn explain(&self, error: sqlx::Error) -> StateError {
        match &self.place {
            Opened::File { place, .. } => error::of_file(place.path(), &error),
            Opened::Server { address, .. } => error::of_server(address, error),
        }
    }
}

/// Several statements that are carried out all or none.
#[derive(Debug)]
pub struct Transaction<'d> {
    database: &'d Database,
    work: Work,
}

#[derive(Debug)]
enum Work {
    File(sqlx::Transaction<'static, Sqlite>),
    Server(sqlx::Transaction<'static, Postgres>),
}

impl Transaction<'_> {
    /// Like [`Database::fetch`].
    pub async fn fetch<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl Fn(&Row) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StateError> {
        let rows = match &mut self.work {
            Work::File(work) => in_file(bound(sql, values).fetch_all(&mut **work).await),
            Work::Server(work) => in_server(within(bound(sql, values).fetch_all(&mut **work)).await),
        };
        let all = rows.and_then(|rows| rows.iter().map(read).collect());
        all.map_err(|error| self.database.explain(error))
    }

    /// Gives the number of changed rows.
    pub async fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StateError> {
        let changed = match &mut self.work {
            Work::File(work) => bound(sql, values).execute(&mut **work).await.map(|done| done.rows_affected()),
            Work::Server(work) => {
                within(bound(sql, values).execute(&mut **work)).await.map(|done| done.rows_affected())
            }
        };
        changed.map_err(|error| self.database.explain(error))
    }

    /// When it returns, everything is on the disk.
    pub async fn commit(self) -> Result<(), StateError> {
        let done = match self.work {
            Work::File(work) => work.commit().await,
            Work::Server(work) => within(work.commit()).await,
        };
        done.map_err(|error| self.database.explain(error))?;
        match &self.database.place {
            Opened::File { place, .. } => place.check_committed(),
            Opened::Server { .. } => Ok(()),
        }
    }
}

fn bound<'q, DB: sqlx::Database>(sql: &'static str, values: &[Value<'_>]) -> Query<'q, DB, DB::Arguments>
where
    for<'t> Option<&'t str>: Encode<'t, DB> + Type<DB>,
    for<'t> Option<i64>: Encode<'t, DB> + Type<DB>,
{
    values.iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Text(text) => query.bind(text.as_deref()),
        Value::Number(number) => query.bind(*number),
    })
}

fn in_file(rows: Result<Vec<SqliteRow>, sqlx::Error>) -> Result<Vec<Row>, sqlx::Error> {
    Ok(rows?.into_iter().map(Row::File).collect())
}

fn in_server(rows: Result<Vec<PgRow>, sqlx::Error>) -> Result<Vec<Row>, sqlx::Error> {
    Ok(rows?.into_iter().map(Row::Server).collect())
}

/// A peer that has vanished sends nothing, so that the wait for it is bounded, too.
async fn within<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(ANSWER_LIMIT, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer in time"))),
    }
}

/// Ignoring its busy timeout, SQLite gives `SQLITE_BUSY` at once while another process turns the same new file into a
/// WAL database.
async fn open_file_in_turn(path: &Path) -> Result<Opened, StateError> {
    let started = Instant::now();
    loop {
        match open_file(path).await {
            Err(StateError::Busy(_)) if started.elapsed() < BUSY_LIMIT => tokio::time::sleep(BUSY_PAUSE).await,
            opened => return opened,
        }
    }
}

async fn open_file(path: &Path) -> Result<Opened, StateError> {
    file::prepare(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_LIMIT)
        .disable_statement_logging();
    // SQLite has one writer: a second connection would only wait.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        // It stays open: a new connection would open whatever file is at the path then.
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(ACQUIRE_LIMIT)
        // On a full disk SQLite rolls a transaction back by itself; sqlx then considers it open for ever, and begins no
        // other one on this connection.
        .before_acquire(|session, _| Box::pin(async { Ok(!session.is_in_transaction()) }))
        .connect_with(options.clone())
        .await
        .map_err(|error| error::of_file(path, &error))?;
    // From now on a missing file is a deleted one.
    pool.set_connect_options(options.create_if_missing(false));
    is_whole(&pool, path).await?;
    let migrated = migrate_file(&pool).await;
    migrated.map_err(|error| migration(error, &path.display().to_string(), |error| error::of_file(path, &error)))?;
    let number = number(&pool).await.map_err(|error| error::of_file(path, &error))?;
    Ok(Opened::File { place: Place::of(path, number)?, pool })
}

/// Checks integrity at the start: a damaged page might otherwise be read only when its content is needed.
async fn is_whole(pool: &SqlitePool, path: &Path) -> Result<(), StateError> {
    let found = sqlx::query_scalar::<_, String>("pragma quick_check(1)").fetch_optional(pool).await;
    match found.map_err(|error| error::of_file(path, &error))? {
        Some(found) if found != "ok" => Err(StateError::Damaged(path.to_owned())),
        Some(_) | None => Ok(()),
    }
}

/// In one exclusive transaction, because several processes may find the file new.
async fn migrate_file(pool: &SqlitePool) -> Result<(), MigrateError> {
    let mut transaction = pool.begin_with(BEGIN_IN_FILE).await?;
    FOR_A_FILE.run_direct(None, &mut *transaction, false).await?;
    Ok(transaction.commit().await?)
}

/// Writes a number into the file's header, where it can be read without SQLite. It is derived from the mark, so that
/// every process writes the same.
async fn number(pool: &SqlitePool) -> Result<u32, sqlx::Error> {
    let mark: String = sqlx::query_scalar(include_str!("../../sql/state/queries/mark.sql")).fetch_one(pool).await?;
    let number = mark.get(..7).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or_default();
    let written: u32 = sqlx::query_scalar("pragma user_version").fetch_one(pool).await?;
    if written != number {
        let options = SqliteConnectOptions::clone(&pool.connect_options()).pragma("user_version", number.to_string());
        options.connect().await?.close().await?;
        // Moves the log into the file.
        sqlx::raw_sql("pragma wal_checkpoint(full)").execute(pool).await?;
    }
    Ok(number)
}

async fn open_server(source: &Source) -> Result<Opened, StateError> {
    let options = source.options().clone().application_name("schemawarden state").options(SESSION);
    let address = source.address();
    // Not from the pool, which retries without reporting the error.
    let mut session = pg::connect::open(source, &options).await.map_err(StateError::NotReached)?;
    let set: String = within(sqlx::query_scalar("select current_setting('statement_timeout')").fetch_one(&mut session))
        .await
        .map_err(|error| error::of_server(&address, error))?;
    if !SESSION.contains(&("statement_timeout", set.as_str())) {
        return Err(StateError::NotReached(pg::Error::Pooler { address, setting: "statement_timeout" }));
    }
    // A failed close is harmless.
    let _ = tokio::time::timeout(ALIVE_LIMIT, session.close()).await;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE_LIMIT)
        .test_before_acquire(false)
        // Pings the connection, and rolls back a transaction whose future was dropped.
        .before_acquire(|session, _| {
            Box::pin(async move {
                let ended = tokio::time::timeout(ALIVE_LIMIT, sqlx::raw_sql("rollback").execute(session)).await;
                Ok(matches!(ended, Ok(Ok(_))))
            })
        })
        .connect_lazy_with(options);
    let migrated = FOR_A_SERVER.run(&pool).await;
    migrated.map_err(|error| migration(error, &address, |error| error::of_server(&address, error)))?;
    Ok(Opened::Server { pool, address })
}

fn migration(error: MigrateError, place: &str, explain: impl Fn(sqlx::Error) -> StateError) -> StateError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => explain(error),
        MigrateError::VersionMissing(version) => StateError::Newer { place: place.to_owned(), version },
        other => StateError::Other { place: place.to_owned(), reason: other.to_string() },
    }
}
