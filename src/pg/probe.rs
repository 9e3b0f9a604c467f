//! Probes: SQL that does what the application does, in one transaction that is always rolled back. They show whether
//! the database behaves as the application needs it.
//!
//! A probe fails by an error, of the server (a violated constraint) or its own (`RAISE`, `ASSERT`). A ROLLBACK undoes
//! changes of rows, and its notifications are not sent. It undoes neither `nextval` nor what a function does outside of
//! the transaction: `COPY … TO PROGRAM`, files, `dblink`. Session locks end with the session. Therefore a probe runs
//! with the rights of a role that may do none of this, and never as one that may take over the server if other roles
//! own code.

use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;
use tokio::time::{sleep, timeout};

use super::connect::{Unfinished, connect, connect_to_fix};
use super::others::Others;
use super::{Error, Guards, Source};
use crate::domain::plan::handwritten::transaction_control;
use crate::domain::script::{ScriptProblem, Statement, split_strictly};

/// The search path, unless the probe sets it. The owner of a schema in the path can put a function there that matches a
/// call better than PostgreSQL's own.
const SEARCH_PATH: &str = "pg_catalog, pg_temp";

/// A row lock of another session is transient, and says nothing about the schema.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(300);

/// How much later than its limit a server may answer before it counts as hanging.
const GRACE: Duration = Duration::from_secs(5);

/// Why a probe did not pass.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    #[error("probe `{name}`, line {line}: {problem}")]
    Script { name: String, line: usize, problem: ScriptProblem },
    #[error(
        "probe `{name}`, line {line}: {what} is not for a probe, which is one transaction that is always rolled \
         back: leave it out"
    )]
    Control { name: String, line: usize, what: String },
    #[error("probe `{0}` holds no statement, and would prove nothing")]
    Empty(String),
    #[error("probe `{name}` failed: statement {number} of {of} (line {line}): {message} (SQLSTATE {code})")]
    Refused { name: String, number: usize, of: usize, line: usize, message: String, code: String },
    #[error("probe `{name}` failed at its end, where deferred constraints are looked at: {message} (SQLSTATE {code})")]
    Deferred { name: String, message: String, code: String },
    #[error(
        "probes were not run: {0}: code of those roles could run in a probe with its rights. Let probes log in as \
         the application's \
         role: set probe_url"
    )]
    Mighty(String),
    #[error("whether probes may run as the role of probe_url is not known")]
    Unknown(#[source] Error),
    /// It says nothing about the database's behaviour.
    #[error("probe `{name}` could not be run")]
    Pg { name: String, source: Error },
}

impl ProbeError {
    /// Whether a retry may succeed: a lock was not available, a deadlock, a serialization failure.
    fn is_passing(&self) -> bool {
        matches!(self, Self::Refused { code, .. } | Self::Deferred { code, .. }
            if matches!(code.as_str(), "55P03" | "40P01" | "40001"))
    }
}

/// Whether probes may run as this role. Changes nothing, so that it can be checked before anything is changed.
pub async fn permit(source: &Source) -> Result<(), ProbeError> {
    let mut connection = connect(source, &Guards::default()).await.map_err(ProbeError::Unknown)?;
    let others = Others::ask(&mut connection.session).await;
    connection.close().await;
    permitted(&others.map_err(|error| ProbeError::Unknown(error.into()))?)
}

fn permitted(others: &Others) -> Result<(), ProbeError> {
    // A probe's writes run the checks, triggers, policies and defaults of tables.
    let has_code = others.routines + others.views + others.tables > 0;
    if has_code { Err(ProbeError::Mighty(others.description())) } else { Ok(()) }
}

/// Runs the statements of `script` as the role of `source`, and rolls all of it back.
pub async fn run(source: &Source, name: &str, script: &str, limits: &Guards) -> Result<(), ProbeError> {
    let statements = statements(name, script)?;
    let mut attempt = 1;
    loop {
        match once(source, name, &statements, limits).await {
            Err(error) if error.is_passing() && attempt < ATTEMPTS => {
                attempt += 1;
                sleep(PAUSE.mul_f64(0.5 + fastrand::f64())).await;
            }
            done => return done,
        }
    }
}

/// The statements of a probe, if it is valid.
pub fn statements<'a>(name: &str, script: &'a str) -> Result<Vec<Statement<'a>>, ProbeError> {
    let name = name.to_owned();
    let statements = match split_strictly(script) {
        Ok(statements) => statements,
        Err(error) => return Err(ProbeError::Script { name, line: error.line, problem: error.problem }),
    };
    if statements.is_empty() {
        return Err(ProbeError::Empty(name));
    }
    let control = statements.iter().find_map(|it| Some((it.line, transaction_control(it.sql)?)));
    match control {
        Some((line, what)) => Err(ProbeError::Control { name, line, what }),
        None => Ok(statements),
    }
}

async fn once(source: &Source, name: &str, statements: &[Statement<'_>], limits: &Guards) -> Result<(), ProbeError> {
    let failed = |source| ProbeError::Pg { name: name.to_owned(), source };
    let mut connection = connect_to_fix(source, Some(SEARCH_PATH)).await.map_err(failed)?;
    let mut unfinished = Unfinished { source: Some(source.clone()), pid: connection.pid };
    let result = in_transaction(&mut connection.session, name, statements, limits).await;
    let rolled_back = bounded(limits, sqlx::raw_sql("rollback").execute(&mut connection.session)).await;
    if !matches!(result, Err(ProbeError::Pg { .. })) && rolled_back.is_ok() {
        unfinished.source = None;
    }
    connection.close().await;
    // A session that is closed, or that the server terminates, is rolled back as well.
    result
}

async fn in_transaction(
    session: &mut PgConnection,
    name: &str,
    statements: &[Statement<'_>],
    limits: &Guards,
) -> Result<(), ProbeError> {
    let owned = || name.to_owned();
    let begin = format!(
        // Policies apply to a probe as they do to the application.
        "begin; set local row_security = on; set local lock_timeout = '{}ms'; set local statement_timeout = '{}ms'",
        limits.lock_timeout.as_millis().max(1),
        limits.statement_timeout.as_millis().max(1)
    );
    let opened = bounded(limits, sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut *session)).await;
    opened.map_err(|source| ProbeError::Pg { name: owned(), source })?;
    let others = bounded(limits, Others::ask(&mut *session)).await;
    permitted(&others.map_err(|source| ProbeError::Pg { name: owned(), source })?)?;
    for (number, statement) in (1..).zip(statements) {
        // Prepared, so that the server accepts exactly one statement, however the splitter has cut the text.
        let query = sqlx::query(AssertSqlSafe(statement.sql.to_owned())).persistent(false);
        bounded(limits, query.execute(&mut *session)).await.map_err(|error| match error {
            Error::Server { code, message } => {
                let (of, line) = (statements.len(), statement.line);
                ProbeError::Refused { name: owned(), number, of, line, message, code }
            }
            source => ProbeError::Pg { name: owned(), source },
        })?;
    }
    let deferred = bounded(limits, sqlx::raw_sql("set constraints all immediate").execute(session)).await;
    deferred.map(drop).map_err(|error| match error {
        Error::Server { code, message } => ProbeError::Deferred { name: owned(), message, code },
        source => ProbeError::Pg { name: owned(), source },
    })
}

async fn bounded<T>(limits: &Guards, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Error> {
    let limit = limits.statement_timeout + GRACE;
    Ok(timeout(limit, work).await.map_err(|_| Error::Timeout(limit))??)
}
