//! Old values of rows that a fix changes, stored before the change so that they can be put back.
//!
//! Nothing is overwritten or removed here. The content of a row is not examined.

use chrono::Utc;
use futures_util::future::BoxFuture;

use super::value::{Row, unreadable};
use super::{State, StateError};
use crate::domain::name::{NameError, QName};
use crate::pg::apply::{KeepError, Keeper};

/// A row as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRow {
    /// Increases with time.
    pub id: i64,
    pub table: QName,
    /// `{"key": {column: value, …}, "old": {…}}`, with JSON values, or as text.
    pub row: String,
}

/// Stores rows of one target.
#[derive(Clone, Debug)]
pub struct RowKeeper {
    state: State,
    target: String,
}

impl State {
    pub fn row_keeper(&self, target: &str) -> RowKeeper {
        RowKeeper { state: self.clone(), target: target.to_owned() }
    }

    /// Stores `rows` of `table`, which `plan` is about to change. When it returns, they are on the disk.
    pub async fn keep_rows(&self, target: &str, plan: &str, table: &QName, rows: &[String]) -> Result<(), StateError> {
        let mut transaction = self.database.begin().await?;
        let (table, now) = (table.to_string(), Utc::now());
        for row in rows {
            let sql = include_str!("../../sql/state/queries/keep_row.sql");
            let values = [target.into(), plan.into(), (&table).into(), row.into(), now.into()];
            transaction.execute(sql, &values).await?;
        }
        transaction.commit().await
    }

    /// At most `limit` of the rows that `plan` has changed, the latest first; only those before the id `before`.
    pub async fn kept_rows(
        &self,
        target: &str,
        plan: &str,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<KeptRow>, StateError> {
        let sql = include_str!("../../sql/state/queries/kept_rows.sql");
        let values = [target.into(), plan.into(), before.unwrap_or(i64::MAX).into(), i64::from(limit).into()];
        self.database.fetch(sql, &values, kept_row).await
    }
}

fn kept_row(row: &Row) -> Result<KeptRow, sqlx::Error> {
    let table = row.get::<&str>("relation")?.parse().map_err(|error: NameError| unreadable(error))?;
    Ok(KeptRow { id: row.get("id")?, table, row: row.get("row")? })
}

impl Keeper for RowKeeper {
    fn keep<'k>(&'k self, plan: &'k str, table: &'k QName, rows: &'k [String]) -> BoxFuture<'k, Result<(), KeepError>> {
        Box::pin(async move { Ok(self.state.keep_rows(&self.target, plan, table, rows).await?) })
    }
}
