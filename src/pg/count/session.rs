//! The counting session: one guarded connection, whose statements are limited, and are cancelled on the server when the
//! count is cancelled, late, or dropped.

use std::pin::pin;
use std::time::Duration;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection as _};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::CountError;
use crate::pg::connect::{CANCEL_LIMIT, Unfinished, cancel};
use crate::pg::others::Others;
use crate::pg::{self, Connection, Guards, Source};

/// Limit for one statement over a range. Half of what a transaction may stay open, because a busy server notices late.
pub(super) const RANGE_LIMIT: Duration = Duration::from_secs(1);
/// How much later than its limit a server may answer before it counts as hanging.
const GRACE: Duration = Duration::from_secs(5);
/// Why a statement gave no rows.
#[derive(Debug)]
pub(super) enum Failure {
    /// It reached its own limit: a smaller range may succeed.
    TooLong,
    Count(CountError),
}

impl From<CountError> for Failure {
    fn from(error: CountError) -> Self {
        Self::Count(error)
    }
}

#[derive(Debug)]
pub(super) struct Session<'a> {
    source: &'a Source,
    connection: Connection,
    stop: &'a CancellationToken,
    timeout: Duration,
    deadline: Instant,
}

impl<'a> Session<'a> {
    pub async fn open(
        source: &'a Source,
        guards: &Guards,
        timeout: Duration,
        stop: &'a CancellationToken,
    ) -> Result<Self, CountError> {
        let deadline = Instant::now() + timeout;
        let guards = Guards { statement_timeout: RANGE_LIMIT, ..*guards };
        let connection = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(CountError::Cancelled),
            () = sleep_until(deadline) => return Err(CountError::Timeout(timeout)),
            connection = pg::connect(source, &guards) => connection?,
        };
        let mut session = Self { source, connection, stop, timeout, deadline };
        // Lets the server notice a dead client. Not available on every platform, so that a refusal is ignored.
        match session.execute("set client_connection_check_interval = '1s'".into()).await {
            Ok(()) | Err(Failure::Count(CountError::Pg(pg::Error::Server { .. }))) => Ok(session),
            Err(failure) => Err(failure.into()),
        }
    }

    /// The rest of the invariant's own limit.
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Settings and transaction control; `sql` may have several statements.
    pub async fn execute(&mut self, sql: String) -> Result<(), Failure> {
        self.run(RANGE_LIMIT, async |session: &mut PgConnection| {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(session).await.map(drop)
        })
        .await
    }

    /// One statement in its own read-only transaction, which is rolled back: a COMMIT sends notifications, even that of
    /// a read-only transaction.
    pub async fn fetch(&mut self, sql: String) -> Result<Vec<PgRow>, Failure> {
        self.run(RANGE_LIMIT, async |session: &mut PgConnection| {
            sqlx::raw_sql("begin transaction read only").execute(&mut *session).await?;
            let rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *session).await;
            let rolled_back = sqlx::raw_sql("rollback").execute(session).await;
            let rows = rows?;
            rolled_back.map(|_| rows)
        })
        .await
    }

    /// Other roles' code that could run here with more rights than its own.
    pub async fn others(&mut self) -> Result<Others, Failure> {
        self.run(RANGE_LIMIT, async |session: &mut PgConnection| Others::ask(session).await).await
    }

    /// Runs `work`, which the server limits by `limit`, until it ends, the count's time is over, or the count is
    /// cancelled. In every case the server stops working on it.
    pub async fn run<T, E: Into<CountError>>(
        &mut self,
        limit: Duration,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<T, Failure> {
        let mut unfinished = Unfinished { source: Some(self.source.clone()), pid: self.connection.pid };
        let started = Instant::now();
        let patience = self.deadline.min(started + limit + GRACE);
        let mut work = pin!(work(&mut self.connection.session));
        let reason = tokio::select! {
            biased;
            () = self.stop.cancelled() => CountError::Cancelled,
            () = sleep_until(patience) => CountError::Timeout(self.timeout.min(started.elapsed())),
            result = &mut work => {
                unfinished.source = None;
                return result.map_err(|error| classify(error.into(), started.elapsed() >= limit));
            }
        };
        let ended = timeout(CANCEL_LIMIT, async {
            let cancelled = cancel(self.source, self.connection.pid).await;
            // The statement's own error adds nothing.
            let _ = work.await;
            cancelled
        })
        .await;
        if matches!(ended, Ok(Ok(()))) {
            unfinished.source = None;
        } else {
            tracing::warn!(pid = self.connection.pid, "a count may still be running on the server: it did not answer");
        }
        Err(reason.into())
    }

    pub async fn close(self) {
        // If the connection cannot be closed in time, it is dropped.
        let _ = timeout(CANCEL_LIMIT, self.connection.session.close()).await;
    }
}

fn classify(error: CountError, limit_reached: bool) -> Failure {
    let code = match &error {
        CountError::Pg(error) => error.code(),
        _ => None,
    };
    match code {
        Some("55P03") => CountError::Busy.into(),
        Some("57014") if limit_reached => Failure::TooLong,
        Some("57014") => CountError::CancelledOnServer.into(),
        _ => error.into(),
    }
}
