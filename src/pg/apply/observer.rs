//! The observer: a dedicated session that looks at the working one while a statement runs, and cancels it.
//!
//! Its waits are short, and the work continues without it: what it cannot see is not reported.

use std::time::Duration;

use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use tokio::time::{Instant, timeout};

use super::event::Blocker;
use crate::domain::lock::{Lock, LockMode};
use crate::pg::connect::{CANCEL_LIMIT, cancel, connect_to_fix};
use crate::pg::{Connection, Error, Source};

/// Limit for one look. Beyond it the server, or the network, has another problem.
const LOOK_LIMIT: Duration = Duration::from_secs(3);
/// How far a standby may fall behind.
const LAG_BYTES: i64 = 64 * 1024 * 1024;
const LAG_SECONDS: f64 = 10.0;

/// A look at the working session.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// False: the server has no such session.
    pub alive: bool,
    pub blockers: Vec<Blocker>,
    pub build: Option<Build>,
}

/// Progress of an index build.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Build {
    pub phase: String,
    pub done: u64,
    pub total: u64,
}

#[derive(Debug)]
pub(super) struct Observer {
    source: Source,
    /// `None`: it broke, and is opened again at the next look.
    connection: Option<Connection>,
    /// When the server last answered.
    pub answered: Instant,
}

impl Observer {
    pub async fn open(source: &Source) -> Result<Self, Error> {
        let connection = connect_to_fix(source, None).await?;
        Ok(Self { source: source.clone(), connection: Some(connection), answered: Instant::now() })
    }

    /// `None`: the look failed.
    pub async fn look(&mut self, pid: i32) -> Option<Sight> {
        self.ask(async |session| {
            let row =
                sqlx::query(include_str!("../../../sql/apply/sight.sql")).bind(pid).fetch_one(&mut *session).await?;
            let blockers = if row.try_get("waits")? { blockers(session, pid).await? } else { Vec::new() };
            let (phase, count) = (row.try_get::<String, _>("phase")?, |column| count(&row, column));
            let build = (!phase.is_empty()).then_some(Build { phase, done: count("done")?, total: count("total")? });
            Ok(Sight { alive: row.try_get("alive")?, blockers, build })
        })
        .await
    }

    /// Whether another session waits for a lock that `pid` holds.
    pub async fn is_waited_for(&mut self, pid: i32) -> bool {
        let asked = async |session: &mut PgConnection| {
            let query = sqlx::query_scalar(include_str!("../../../sql/apply/waiters.sql"));
            query.bind(pid).fetch_one(session).await
        };
        self.ask(asked).await.unwrap_or(false)
    }

    /// Whether a transaction older than `age` blocks locks that `pid` wants.
    pub async fn is_in_the_way(&mut self, locks: &[&Lock], pid: i32, age: Duration) -> Option<bool> {
        let conflicts = locks.iter().flat_map(|lock| {
            let modes = LockMode::ALL.into_iter().filter(|mode| mode.conflicts_with(lock.mode));
            modes.map(|mode| (lock.table.to_string(), mode.as_pg_locks()))
        });
        let (tables, modes): (Vec<String>, Vec<&str>) = conflicts.unzip();
        let asked = async |session: &mut PgConnection| {
            let query = sqlx::query_scalar(include_str!("../../../sql/apply/in_the_way.sql"));
            query.bind(tables).bind(modes).bind(pid).bind(age.as_secs_f64()).fetch_one(session).await
        };
        self.ask(asked).await
    }

    /// Whether a replica is behind.
    pub async fn is_replication_behind(&mut self) -> bool {
        let asked = async |session: &mut PgConnection| {
            let query = sqlx::query_scalar(include_str!("../../../sql/apply/lag.sql"));
            query.bind(LAG_BYTES).bind(LAG_SECONDS).fetch_one(session).await
        };
        self.ask(asked).await.unwrap_or(false)
    }

    /// Cancels the statement of `pid`. Needs no new connection, because a busy server may have none left.
    pub async fn cancel(&mut self, pid: i32) {
        let asked = async |session: &mut PgConnection| {
            sqlx::query("select pg_catalog.pg_cancel_backend($1)").bind(pid).execute(session).await.map(drop)
        };
        if self.ask(asked).await.is_none() {
            let _ = timeout(CANCEL_LIMIT, cancel(&self.source, pid)).await;
        }
    }

    pub async fn close(self) {
        if let Some(connection) = self.connection {
            connection.close().await;
        }
    }

    async fn ask<T>(&mut self, question: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>) -> Option<T> {
        // Taken out: if this future is dropped, or the answer does not come, the connection is dropped with it.
        let taken = self.connection.take();
        let asking = async {
            let mut connection = match taken {
                Some(connection) => connection,
                None => connect_to_fix(&self.source, None).await?,
            };
            let answer = question(&mut connection.session).await?;
            Ok::<_, Error>((connection, answer))
        };
        match timeout(LOOK_LIMIT, asking).await {
            Ok(Ok((connection, answer))) => {
                self.connection = Some(connection);
                self.answered = Instant::now();
                Some(answer)
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "the monitoring session returned no row");
                None
            }
            Err(_) => None,
        }
    }
}

async fn blockers(session: &mut PgConnection, pid: i32) -> Result<Vec<Blocker>, sqlx::Error> {
    let query = sqlx::query(include_str!("../../../sql/apply/blockers.sql")).bind(pid);
    query.fetch_all(session).await?.iter().map(blocker).collect()
}

/// From a row with the columns of sql/apply/blockers.sql.
pub(super) fn blocker(row: &PgRow) -> Result<Blocker, sqlx::Error> {
    Ok(Blocker {
        pid: row.try_get("pid")?,
        user: row.try_get("user")?,
        application: row.try_get("application")?,
        backend: row.try_get("backend")?,
        state: row.try_get("state")?,
        since: row.try_get("since")?,
        query: row.try_get::<Option<&str>, _>("query")?.map(Blocker::excerpt),
    })
}

fn count(row: &PgRow, column: &str) -> Result<u64, sqlx::Error> {
    row.try_get::<i64, _>(column).map(|count| u64::try_from(count).unwrap_or(0))
}
