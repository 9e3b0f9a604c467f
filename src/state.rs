//! The durable store: what must survive a restart. A SQLite file of the daemon's own, never inside a target.
//!
//! Remembers when each drift was first seen, which definitions are two spellings of one thing, and the old values of
//! rows that a fix has changed. Decides nothing; watching goes on without it when it fails, a fix that changes rows
//! does not.

mod kept;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Row};

use crate::catalog::Kind;
use crate::report::{Change, Drift};

pub use kept::{KeptRow, RowKeeper};

static MIGRATIONS: Migrator = sqlx::migrate!("sql/state");

/// How long to wait for another process that writes to the file, e.g. a backup.
const BUSY_LIMIT: Duration = Duration::from_secs(5);

/// What makes two drifts of one target the same drift.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DriftKey {
    pub object: String,
    pub kind: Kind,
    pub change: Change,
}

impl From<&Drift> for DriftKey {
    fn from(drift: &Drift) -> Self {
        Self { object: drift.object.clone(), kind: drift.kind, change: drift.change }
    }
}

/// When each drift of a target was first seen.
pub type FirstSeen = BTreeMap<DriftKey, DateTime<Utc>>;

/// Why the store is not usable.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("cannot create the folder of the state store {}", .path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("cannot open the state store {}: give this user the right to write to it and to its folder", .0.display())]
    CannotOpen(PathBuf),
    #[error("the state store {} cannot be written: its file, folder or file system is read-only", .0.display())]
    ReadOnly(PathBuf),
    #[error("the disk that holds the state store {} is full", .0.display())]
    Full(PathBuf),
    #[error(
        "the state store {} is damaged, or not a SQLite file: move it away to start with a new one (what is lost is \
         since when each drift is known, and old values of rows that fixes have changed)",
        .0.display()
    )]
    Damaged(PathBuf),
    #[error(
        "the state store {} was written by a newer version of this program (its migration {version} is not known \
         here): run that version, or move the file away",
        .path.display()
    )]
    Newer { path: PathBuf, version: i64 },
    #[error("the state store {} does not work: {reason}", .path.display())]
    Other { path: PathBuf, reason: String },
}

/// The open store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct State {
    pool: SqlitePool,
    path: PathBuf,
}

impl State {
    /// Opens the file, creates it and its folder where they are missing, and brings its tables up to date.
    pub async fn open(path: &Path) -> Result<Self, StateError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| StateError::Folder { path: path.to_owned(), source })?;
        }
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
            .acquire_timeout(BUSY_LIMIT * 2)
            .connect_with(options)
            .await
            .map_err(|error| explain(path, &error))?;
        MIGRATIONS.run(&pool).await.map_err(|error| explain_migration(path, &error))?;
        Ok(Self { pool, path: path.to_owned() })
    }

    /// When each drift of `target` was first seen.
    pub async fn first_seen(&self, target: &str) -> Result<FirstSeen, StateError> {
        let rows = sqlx::query(include_str!("../sql/state/queries/first_seen.sql"))
            .bind(target)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.explain(&error))?;
        let mut first_seen = FirstSeen::new();
        for row in rows {
            let (key, at) = drift_row(&row).map_err(|error| self.explain(&error))?;
            // A kind that this version does not compare has no drift to remember.
            if let (Some(key), Some(at)) = (key, at) {
                first_seen.insert(key, at);
            }
        }
        Ok(first_seen)
    }

    /// Replaces what is remembered about `target`, in one transaction.
    pub async fn keep_first_seen(&self, target: &str, first_seen: &FirstSeen) -> Result<(), StateError> {
        self.replace_first_seen(target, first_seen).await.map_err(|error| self.explain(&error))
    }

    async fn replace_first_seen(&self, target: &str, first_seen: &FirstSeen) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query(include_str!("../sql/state/queries/forget_first_seen.sql"))
            .bind(target)
            .execute(&mut *transaction)
            .await?;
        for (key, at) in first_seen {
            sqlx::query(include_str!("../sql/state/queries/keep_first_seen.sql"))
                .bind(target)
                .bind(&key.object)
                .bind(key.kind.as_str())
                .bind(key.change.as_str())
                .bind(at.timestamp_millis())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }

    /// The hashes of all pairs of definitions that are known to be two spellings of one thing.
    pub async fn spellings(&self) -> Result<BTreeSet<String>, StateError> {
        let query = sqlx::query_scalar(include_str!("../sql/state/queries/spellings.sql"));
        Ok(query.fetch_all(&self.pool).await.map_err(|error| self.explain(&error))?.into_iter().collect())
    }

    /// Remembers more of them.
    pub async fn keep_spellings(&self, hashes: &[String]) -> Result<(), StateError> {
        for hash in hashes {
            let query = sqlx::query(include_str!("../sql/state/queries/keep_spelling.sql")).bind(hash);
            query.execute(&self.pool).await.map_err(|error| self.explain(&error))?;
        }
        Ok(())
    }

    /// Writes back what is pending, and closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    fn explain(&self, error: &sqlx::Error) -> StateError {
        explain(&self.path, error)
    }
}

fn drift_row(row: &sqlx::sqlite::SqliteRow) -> Result<(Option<DriftKey>, Option<DateTime<Utc>>), sqlx::Error> {
    let (kind, change): (&str, &str) = (row.try_get("kind")?, row.try_get("change")?);
    let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind);
    let change = Change::ALL.into_iter().find(|known| known.as_str() == change);
    let object = row.try_get("object")?;
    let key = kind.zip(change).map(|(kind, change)| DriftKey { object, kind, change });
    Ok((key, DateTime::from_timestamp_millis(row.try_get("at")?)))
}

/// SQLite's result codes, see <https://www.sqlite.org/rescode.html>; the low byte is the primary one.
fn explain(path: &Path, error: &sqlx::Error) -> StateError {
    let path = path.to_owned();
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    match code.map(|code| code & 0xff) {
        Some(8) => StateError::ReadOnly(path),
        Some(11 | 26) => StateError::Damaged(path),
        Some(13) => StateError::Full(path),
        Some(14) => StateError::CannotOpen(path),
        _ => StateError::Other { path, reason: error.to_string() },
    }
}

fn explain_migration(path: &Path, error: &MigrateError) -> StateError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => explain(path, error),
        MigrateError::VersionMissing(version) => StateError::Newer { path: path.to_owned(), version: *version },
        other => StateError::Other { path: path.to_owned(), reason: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn key(object: &str) -> DriftKey {
        DriftKey { object: object.into(), kind: Kind::Column, change: Change::Missing }
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    #[tokio::test]
    async fn remembers_over_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/state.db");
        let state = State::open(&path).await.unwrap();
        assert_eq!(state.first_seen("a").await.unwrap(), FirstSeen::new());
        let seen = FirstSeen::from([(key("public.\"we\nird\""), at(1)), (key("public.b"), at(2))]);
        state.keep_first_seen("a", &seen).await.unwrap();
        state.keep_first_seen("b", &FirstSeen::from([(key("public.b"), at(3))])).await.unwrap();
        state.keep_spellings(&["aa".into(), "bb".into(), "aa".into()]).await.unwrap();
        state.close().await;

        let state = State::open(&path).await.unwrap();
        assert_eq!(state.first_seen("a").await.unwrap(), seen);
        assert_eq!(state.spellings().await.unwrap(), BTreeSet::from(["aa".to_owned(), "bb".to_owned()]));
        state.keep_first_seen("a", &FirstSeen::new()).await.unwrap();
        assert_eq!(state.first_seen("a").await.unwrap(), FirstSeen::new());
        assert_eq!(state.first_seen("b").await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_damaged_file_is_told_from_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        std::fs::write(&path, "this is no database, and it is long enough to be looked at as one".repeat(100)).unwrap();
        assert!(matches!(State::open(&path).await, Err(StateError::Damaged(_))));
        assert!(matches!(State::open(&path.join("x/state.db")).await, Err(StateError::Folder { .. })));
        assert!(matches!(State::open(folder.path()).await, Err(StateError::CannotOpen(_))));
    }

    #[tokio::test]
    async fn a_full_disk_is_an_error_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(&folder.path().join("state.db")).await.unwrap();
        let before = FirstSeen::from([(key("public.a"), at(1))]);
        state.keep_first_seen("a", &before).await.unwrap();
        sqlx::query("pragma max_page_count = 1").execute(&state.pool).await.unwrap();
        let many = (0..10_000).map(|i| (key(&format!("public.table_{i}")), at(2))).collect();
        assert!(matches!(state.keep_first_seen("a", &many).await, Err(StateError::Full(_))));
        assert_eq!(state.first_seen("a").await.unwrap(), before);
    }

    #[tokio::test]
    async fn a_store_from_the_future_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        let state = State::open(&path).await.unwrap();
        sqlx::query("insert into _sqlx_migrations values (99, 'x', 0, true, x'00', 0)")
            .execute(&state.pool)
            .await
            .unwrap();
        state.close().await;
        assert!(matches!(State::open(&path).await, Err(StateError::Newer { version: 99, .. })));
    }
}
