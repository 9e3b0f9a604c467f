//! The working session, which sends a plan's statements. No statement is left running on the server when the run is
//! stopped or dropped, or when the connection breaks.

use std::pin::pin;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnection, PgQueryResult, PgRow};
use sqlx::{AssertSqlSafe, Either};
use tokio::time::{Instant, sleep_until, timeout};

use super::ApplyError;
use super::lease::take_hand;
use super::watch::Watch;
use crate::domain::plan::{Condition, Limits};
use crate::pg::connect::{CANCEL_LIMIT, Unfinished, connect_to_fix};
use crate::pg::row::only;
use crate::pg::{Connection, Error, Source};

/// How much later than its limit a server may answer before it counts as hanging.
const GRACE: Duration = Duration::from_secs(15);
/// How long a statement without a limit continues while the server answers no session.
const SILENCE: Duration = Duration::from_mins(1);
/// Pause between two looks at a statement. The first look must come before its lock timeout.
const LOOK_EVERY: Duration = Duration::from_millis(250);
const LOOK_LATER_EVERY: Duration = Duration::from_secs(1);
/// A session that is missing in this many looks is gone, although the connection has not closed.
const MISSED: u32 = 3;
/// Limits for a condition over the catalogs, over a table's rows, and for BEGIN and ROLLBACK.
pub(super) const CATALOG_LIMIT: Duration = Duration::from_secs(30);
pub(super) const ROWS_LIMIT: Duration = Duration::from_mins(10);

/// Why a statement has failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The operator has stopped the run.
    Stopped,
    /// The session is lost, or could not be opened.
    Gone(String),
    /// The server refused it. `late`: after its own time limit.
    Refused { code: String, message: String, late: bool },
}

impl Failure {
    /// The same statement may succeed later.
    pub fn is_passing(&self) -> bool {
        // Lock not available, deadlock, serialization failure.
        matches!(self, Self::Refused { code, .. } if matches!(code.as_str(), "55P03" | "40P01" | "40001"))
    }

    /// It reached its statement timeout.
    pub fn is_late(&self) -> bool {
        matches!(self, Self::Refused { code, late: true, .. } if code == "57014")
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stopped => f.write_str("stopped"),
            Self::Gone(reason) => write!(f, "the connection failed: {reason}"),
            Self::Refused { .. } if self.is_late() => f.write_str("it did not end within its statement timeout"),
            Self::Refused { code, .. } if code == "57014" => f.write_str("it was cancelled on the server"),
            Self::Refused { code, message, .. } => write!(f, "{message} (SQLSTATE {code})"),
        }
    }
}

#[derive(Debug)]
pub(super) struct Session {
    source: Source,
    connection: Connection,
}

impl Session {
    pub async fn open(source: &Source, search_path: Option<&str>) -> Result<Self, ApplyError> {
        let mut connection = connect_to_fix(source, search_path).await?;
        take_hand(&mut connection).await?;
        Ok(Self { source: source.clone(), connection })
    }

    pub async fn close(self) {
        self.connection.close().await;
    }

    /// Of its session.
    pub fn pid(&self) -> i32 {
        self.connection.pid
    }

    /// Whether each of the conditions holds, by one query.
    pub async fn holds(
        &mut self,
        watch: &mut Watch<'_>,
        conditions: &[&Condition],
        limit: Duration,
    ) -> Result<Vec<bool>, Failure> {
        if conditions.is_empty() {
            return Ok(Vec::new());
        }
        let expressions: Vec<_> = conditions.iter().map(|condition| format!("({condition})")).collect();
        let sql = format!("select array[{}]", expressions.join(", "));
        let work = async |session: &mut PgConnection| {
            sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).fetch_one(session).await
        };
        self.run(watch, &Limits { statement_timeout: limit, ..Limits::SHORT }, work).await
    }

    /// Several statements in one message; gives the first column of the last row, and the rows that the statement
    /// before the last one has changed. A hand-written text is sent unmodified.
    pub async fn execute(&mut self, watch: &mut Watch<'_>, limits: &Limits, sql: String) -> Result<Answer, Failure> {
        let work = async |session: &mut PgConnection| {
            let mut results = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_many(session);
            let mut answer = Answer { rows: 0, holds: None };
            while let Some(result) = results.try_next().await? {
                answer.take(result);
            }
            Ok(answer)
        };
        self.run(watch, limits, work).await
    }

    /// Sets the session's limits, until other ones are set.
    pub async fn limit(&mut self, watch: &mut Watch<'_>, limits: &Limits) -> Result<(), Failure> {
        let sql = format!(
            "set lock_timeout = '{}ms'; set statement_timeout = '{}ms'",
            millis(limits.lock_timeout),
            limits.statement_timeout.as_millis()
        );
        self.execute(watch, &Limits::SHORT, sql).await.map(drop)
    }

    /// Runs `work`, observes it, and cancels it on the server when the run is stopped.
    pub async fn run<T>(
        &mut self,
        watch: &mut Watch<'_>,
        limits: &Limits,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, Failure> {
        let pid = self.connection.pid;
        let mut unfinished = Unfinished { source: Some(self.source.clone()), pid };
        let begun = Instant::now();
        let limit = Some(limits.statement_timeout).filter(|limit| !limit.is_zero());
        let mut work = pin!(work(&mut self.connection.session));
        let (soonest, latest) = (LOOK_EVERY / 12, if watch.waited_for.is_some() { LOOK_EVERY / 5 } else { LOOK_EVERY });
        let mut look_at = begun + (limits.lock_timeout / 3).clamp(soonest, latest);
        watch.observer.answered = begun;
        let mut missed = 0;
        let result = loop {
            tokio::select! {
                biased;
                result = &mut work => break result,
                () = watch.stop.cancelled() => {
                    watch.observer.cancel(pid).await;
                    match timeout(CANCEL_LIMIT, &mut work).await {
                        // It finished before the cancel: its effect counts, and the caller stops at its next check.
                        Ok(result) => break result,
                        Err(_) => return Err(Failure::Gone(format!("pid {pid} does not end on the server, though \
                            cancelled"))),
                    }
                }
                () = sleep_until(look_at) => {
                    // Its result may be on the way when it is first missed.
                    missed = if watch.look(pid).await { 0 } else { missed + 1 };
                    if missed == MISSED {
                        return Err(Failure::Gone("its session is gone from the server".into()));
                    }
                    let silent = watch.observer.answered.elapsed() > SILENCE;
                    if silent || limit.is_some_and(|limit| begun.elapsed() > limit + limits.lock_timeout + GRACE) {
                        return Err(Failure::Gone("the server does not answer".into()));
                    }
                    let every = if begun.elapsed() < LOOK_LATER_EVERY * 3 { LOOK_EVERY } else { LOOK_LATER_EVERY };
                    look_at = Instant::now() + every;
                }
            }
        };
        unfinished.source = None;
        let stopped = watch.stop.is_cancelled();
        result.map_err(|error| match Error::from(error) {
            Error::Server { code, .. } if code == "57014" && stopped => Failure::Stopped,
            Error::Server { code, message } => {
                let late = limit.is_some_and(|limit| begun.elapsed() >= limit);
                Failure::Refused { code, message, late }
            }
            Error::Broken(reason) => Failure::Gone(reason),
            other => Failure::Gone(other.to_string()),
        })
    }

    /// Ends a transaction that has failed or is not wanted.
    pub async fn roll_back(&mut self) -> Result<(), Failure> {
        match timeout(CATALOG_LIMIT, sqlx::raw_sql("rollback").execute(&mut self.connection.session)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Failure::Gone(Error::from(error).to_string())),
            Err(_) => Err(Failure::Gone("no answer to ROLLBACK: the server ends the transaction by itself".into())),
        }
    }
}

/// The results of several statements in one message.
#[derive(Debug)]
pub(super) struct Answer {
    /// The number of changed rows of all statements.
    pub rows: u64,
    /// The first column of the last row, if it is an array of booleans.
    pub holds: Option<Vec<bool>>,
}

impl Answer {
    fn take(&mut self, result: Either<PgQueryResult, PgRow>) {
        match result {
            Either::Left(done) => {
                // SELECT counts its rows too; the condition's SELECT gives one row, and is the only one with an array
                // of booleans.
                self.rows += done.rows_affected() - u64::from(self.holds.is_some()).min(done.rows_affected());
            }
            Either::Right(row) => self.holds = only(&row).ok(),
        }
    }
}

/// As a setting: zero would mean no limit.
pub(super) fn millis(limit: Duration) -> u128 {
    limit.as_millis().max(1)
}
