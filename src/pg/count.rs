//! Counts rows: orphans per reference, and the operator's own counting queries.
//!
//! A count opens one connection of its own, writes nothing, keeps no transaction over a reference open for 2 s, commits
//! none, and leaves nothing running behind it. Over a reference it runs no code of the tables' owners, except for what
//! the planner evaluates of their indexes: that is READ ONLY, rolled back (no NOTIFY is sent), and never as a
//! superuser. Messages and logs must not contain a row's value.

mod look;
mod query;
mod ranges;
mod session;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::Utc;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Error, Guards, Source};
use crate::domain::invariant::{Counts, Invariant, InvariantKind, ROWS, judge};
use crate::domain::name::{Name, QName};
use crate::domain::report::{InvariantReport, Verdict};
use look::look;
use ranges::{FIRST_KEYS, HASHED_SETTINGS, Progress, SORTED_SETTINGS};
use session::{Failure, Session};
use text::{Reference, Rows};

/// A child of up to this many blocks is counted by one statement; a parent of up to this many is hashed for each range.
const SMALL: u64 = 1_024;
/// Size of the sample of an estimate.
const SAMPLE_BLOCKS: u64 = 200;

/// Why there is no count.
#[derive(Debug, thiserror::Error)]
pub enum CountError {
    #[error(transparent)]
    Pg(#[from] Error),
    #[error("there is no relation {0}: correct the invariant, or create the relation")]
    NoRelation(QName),
    #[error("{relation} has no column {column}: correct the invariant, or add the column")]
    NoColumn { relation: QName, column: Name },
    #[error("{0} is no table: it has no rows to count")]
    NoTable(QName),
    #[error(
        "{0} is a view or a foreign table: its owner's code, or another server, would see the rows of both sides, \
         with the \
         rights of the role that watches. Name the table behind it, or write a counting query (sql = …) that you trust"
    )]
    RunsCode(QName),
    #[error(
        "values of {relation}.{column} are compared by {operator}, which is neither PostgreSQL's nor an extension's: \
         it would \
         run with the rights of the role that watches. Write a counting query (sql = …) that you trust"
    )]
    Operator { relation: QName, column: Name, operator: String },
    #[error(
        "{child} and {parent} have different types in columns {columns}, and one of them is neither PostgreSQL's nor \
         an \
         extension's: a cast of its owner would run with the rights of the role that watches. Write a counting query \
         (sql = …) that you trust"
    )]
    Cast { child: QName, parent: QName, columns: String },
    #[error(
        "{0}: code of those roles could run in the count with its rights, so nothing was counted. Watch as a role \
         that can \
         only read, \
         as sql/roles.sql makes it"
    )]
    Mighty(String),
    #[error("{child} is referenced by {columns} columns and {parent} by {parent_columns}: name as many of each")]
    Uneven { child: QName, columns: usize, parent: QName, parent_columns: usize },
    #[error(
        "row level security would hide rows of {0} from this role, and the count would be wrong: connect as a role \
         with BYPASSRLS"
    )]
    RowSecurity(QName),
    #[error("{message}: GRANT SELECT ON {relations} (and USAGE on their schemas) to the role that watches")]
    Denied { message: String, relations: String },
    #[error("busy: another session holds a lock that the count would wait for; retrying at the next scheduled count")]
    Busy,
    #[error(
        "not done within {} s: raise the invariant's timeout, create an index, or set estimate = true",
        .0.as_secs_f32()
    )]
    Timeout(Duration),
    #[error(
        "even the smallest range of {0} takes longer than a transaction may stay open: create an index on the \
         referenced columns, or set estimate = true"
    )]
    TooSlow(QName),
    #[error("cancelled")]
    Cancelled,
    #[error("the count was cancelled on the server; retrying at the next scheduled count")]
    CancelledOnServer,
    #[error("the query gives {0} columns: it must give one number, like select count(*)")]
    Columns(usize),
    #[error("the query gives {0} where a whole number is needed, like select count(*)")]
    NoNumber(String),
    #[error("the query gives no row: it must give one number, like select count(*)")]
    NoRow,
    #[error("the query gives more than one row: it must give one number, like select count(*)")]
    ManyRows,
    #[error("the query gives NULL: write coalesce(…, 0) where there may be no rows to add up")]
    Null,
    #[error("the query gives a negative number: it must give a number of rows")]
    Negative,
}

impl From<sqlx::Error> for CountError {
    fn from(error: sqlx::Error) -> Self {
        Self::Pg(error.into())
    }
}

impl From<Failure> for CountError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TooLong => Self::Timeout(session::RANGE_LIMIT),
            Failure::Count(error) => error,
        }
    }
}

/// Counts, and judges the count. An error is a verdict too: unknown.
pub async fn report(
    source: &Source,
    guards: &Guards,
    invariant: &Invariant,
    stop: &CancellationToken,
) -> InvariantReport {
    let started = Instant::now();
    count(source, guards, invariant, stop).await.unwrap_or_else(|error| InvariantReport {
        name: invariant.name.clone(),
        verdict: Verdict::Unknown,
        counts: BTreeMap::new(),
        excess: 0,
        estimated: false,
        relation: relation(invariant),
        detail: Some(error.to_string()),
        counted_at: None,
        duration: started.elapsed(),
    })
}

/// Counts, and judges the count.
pub async fn count(
    source: &Source,
    guards: &Guards,
    invariant: &Invariant,
    stop: &CancellationToken,
) -> Result<InvariantReport, CountError> {
    let started = Instant::now();
    let counts = counts(source, guards, invariant, stop).await?;
    let (verdict, excess, detail) = judge(invariant, &counts);
    Ok(InvariantReport {
        name: invariant.name.clone(),
        verdict,
        counts: counts.by_reason,
        excess,
        estimated: counts.estimated,
        relation: relation(invariant),
        detail: Some(detail),
        counted_at: Some(Utc::now()),
        duration: started.elapsed(),
    })
}

fn relation(invariant: &Invariant) -> Option<String> {
    match &invariant.kind {
        InvariantKind::Reference { child, .. } => Some(child.to_string()),
        InvariantKind::Query { .. } => None,
    }
}

/// Counts the rows of `invariant`, on a connection of its own, within the invariant's timeout.
async fn counts(
    source: &Source,
    guards: &Guards,
    invariant: &Invariant,
    stop: &CancellationToken,
) -> Result<Counts, CountError> {
    let mut session = Session::open(source, guards, invariant.timeout, stop).await?;
    let others = session.others().await?;
    let has_code = match &invariant.kind {
        // The operator's query, or a view in it, may name other roles' views.
        InvariantKind::Query { .. } => others.routines + others.views > 0,
        // No view is counted, and the tables' constraints and triggers run only for writes.
        InvariantKind::Reference { .. } => others.routines > 0,
    };
    if has_code {
        session.close().await;
        return Err(CountError::Mighty(others.description()));
    }
    let counts = match &invariant.kind {
        InvariantKind::Query { sql, .. } => query::query(&mut session, sql).await.map(|rows| Counts::of(ROWS, rows)),
        InvariantKind::Reference { child, columns, parent, parent_columns, estimate, .. } => {
            let result =
                reference(&mut session, (child, columns), (parent, parent_columns), *estimate, &invariant.name);
            result.await.map_err(|error| match error {
                CountError::Pg(Error::Server { code, message }) if code == "42501" => {
                    CountError::Denied { message, relations: format!("{child}, {parent}") }
                }
                other => other,
            })
        }
    };
    session.close().await;
    counts
}

async fn reference(
    session: &mut Session<'_>,
    (child, columns): (&QName, &[Name]),
    (parent, parent_columns): (&QName, &[Name]),
    estimate: bool,
    invariant: &str,
) -> Result<Counts, CountError> {
    if columns.len() != parent_columns.len() || columns.is_empty() {
        let (columns, parent_columns) = (columns.len(), parent_columns.len());
        return Err(CountError::Uneven { child: child.clone(), columns, parent: parent.clone(), parent_columns });
    }
    // A policy that hides rows makes the count fail, instead of wrong.
    session.execute("set row_security = off".into()).await?;
    let child = look(session, child, columns).await?;
    let parent = look(session, parent, parent_columns).await?;
    let reference = Reference { child, parent };
    if let Some(columns) = reference.unknown_cast() {
        let (child, parent) = (reference.child.relation, reference.parent.relation);
        return Err(CountError::Cast { child, parent, columns });
    }
    if reference.child.blocks() <= SMALL {
        match session.fetch(reference.rows(Rows::All, false)).await {
            Ok(rows) => return read(&rows),
            Err(Failure::TooLong) => (),
            Err(Failure::Count(error)) => return Err(error),
        }
    }
    let mut progress = Progress::new(invariant);
    if estimate {
        return sample(session, &reference, reference.child.blocks()).await;
    }
    if ranges::can_walk(session, &reference).await? {
        let dangling = ranges::walk(session, &reference, FIRST_KEYS, &mut progress).await?;
        return Ok(Counts::reference(ranges::nulls(session, &reference, &mut progress).await?, dangling));
    }
    let sorted = settle(session, &reference).await?;
    let each = |rows: Rows<'_>| reference.rows(rows, sorted);
    let leaves = &reference.child.leaves;
    let [nulls, dangling] = ranges::blocks(session, leaves, ["nulls", "dangling"], each, &mut progress).await?;
    Ok(Counts::reference(nulls, dangling))
}

/// Prepares the session for probing the parent; true: in the order of its index.
async fn settle(session: &mut Session<'_>, reference: &Reference) -> Result<bool, CountError> {
    let sorted = reference.parent.blocks() > SMALL;
    session.execute(if sorted { SORTED_SETTINGS } else { HASHED_SETTINGS }.to_owned()).await?;
    Ok(sorted)
}

/// An estimate from about [`SAMPLE_BLOCKS`] random blocks, or fewer if reading them takes too long.
#[allow(clippy::cast_precision_loss)] // a share
async fn sample(session: &mut Session<'_>, reference: &Reference, blocks: u64) -> Result<Counts, CountError> {
    let sorted = settle(session, reference).await?;
    let mut sampled = SAMPLE_BLOCKS;
    loop {
        let share = (sampled as f64 / blocks.max(1) as f64).min(1.0);
        let rows = match session.fetch(reference.sample(share * 100.0, sorted)).await {
            Ok(rows) => rows,
            Err(Failure::TooLong) if sampled > 1 => {
                sampled = (sampled / 4).max(1);
                continue;
            }
            Err(failure) => return Err(failure.into()),
        };
        let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
        let looked_at = number(row, "looked_at")?;
        return Ok(Counts::estimate(looked_at, number(row, "nulls")?, number(row, "dangling")?, 1.0 / share));
    }
}

fn read(rows: &[PgRow]) -> Result<Counts, CountError> {
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok(Counts::reference(number(row, "nulls")?, number(row, "dangling")?))
}

fn number(row: &PgRow, column: &str) -> Result<u64, CountError> {
    Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
}
