//! The operator's counting query, which gives one number.
//!
//! It cannot change the database: it is a subquery of a SELECT, the protocol accepts one statement, the transaction is
//! READ ONLY, which cannot be undone once a query has begun, and it is rolled back. Only the role's privileges can
//! prevent effects outside of the transaction (dblink, files).

use std::time::Duration;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Column as _, Executor as _, Row as _, SqlSafeStr as _, Statement as _, TypeInfo as _};

use super::CountError;
use super::session::{Failure, Session};
use super::text::fill;

pub(super) async fn query(session: &mut Session<'_>, sql: &str) -> Result<u64, CountError> {
    let limit = session.left();
    let answer = in_transaction(session, sql, limit).await;
    let late = |failure| match failure {
        Failure::TooLong => CountError::Timeout(limit),
        Failure::Count(error) => error,
    };
    let answer = answer.map_err(late)?;
    session.execute("rollback".into()).await?;
    read(&answer)
}

async fn in_transaction(session: &mut Session<'_>, sql: &str, limit: Duration) -> Result<Vec<PgRow>, Failure> {
    let milliseconds = limit.as_millis().max(1);
    session
        .execute(format!(
            "begin transaction isolation level repeatable read read only; set local statement_timeout = {milliseconds}; {}",
            include_str!("../../../sql/count/search_path.sql")
        ))
        .await?;
    let sql = sql.trim();
    let sql = sql.strip_suffix(';').unwrap_or(sql);
    let counted = fill(include_str!("../../../sql/count/query.sql"), &[("query", sql)]);
    // Column aliases are assigned from the left, so that a second column would go unnoticed.
    let bare = format!("select * from (\n{sql}\n) as answer");
    session
        .run(limit, async |session: &mut PgConnection| {
            let prepared = (&mut *session).prepare(AssertSqlSafe(bare).into_sql_str()).await?;
            let types: Vec<&str> = prepared.columns().iter().map(|column| column.type_info().name()).collect();
            match types.as_slice() {
                ["INT2" | "INT4" | "INT8" | "NUMERIC"] => (),
                [other] => return Err(CountError::NoNumber(format!("a value of type {other}"))),
                columns => return Err(CountError::Columns(columns.len())),
            }
            Ok(sqlx::query(AssertSqlSafe(counted)).persistent(false).fetch_all(session).await?)
        })
        .await
}

fn read(rows: &[PgRow]) -> Result<u64, CountError> {
    let [row] = rows else { return Err(if rows.is_empty() { CountError::NoRow } else { CountError::ManyRows }) };
    let text: Option<&str> = row.try_get("n")?;
    let text = text.ok_or(CountError::Null)?;
    if text.starts_with('-') {
        return Err(CountError::Negative);
    }
    text.parse().map_err(|_| CountError::NoNumber("a number with a fraction, or beyond 64 bits".into()))
}
