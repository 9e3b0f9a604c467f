//! Old values of rows that a fix has changed: kept before they are changed, for whoever wants them back.
//!
//! Nothing is ever overwritten or removed here. What a row holds is not looked at.

use chrono::Utc;
use futures_util::future::BoxFuture;
use sqlx::Row as _;

use super::{State, StateError};
use crate::name::QName;
use crate::pg::apply::{KeepError, Keeper};

/// A row as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRow {
    /// Grows with time.
    pub id: i64,
    pub table: QName,
    /// `{"key": {column: value, …}, "old": {…}}`, with values as JSON has them, or as text.
    pub row: String,
}

/// Keeps rows of one target.
#[derive(Clone, Debug)]
pub struct RowKeeper {
    state: State,
    target: String,
}

impl State {
    pub fn row_keeper(&self, target: &str) -> RowKeeper {
        RowKeeper { state: self.clone(), target: target.to_owned() }
    }

    /// Keeps `rows` of `table`, which `plan` is about to change. When it returns, they are on the disk.
    pub async fn keep_rows(&self, target: &str, plan: &str, table: &QName, rows: &[String]) -> Result<(), StateError> {
        let keep = async {
            let mut transaction = self.pool.begin().await?;
            let (table, now) = (table.to_string(), Utc::now().timestamp_millis());
            for row in rows {
                let query = sqlx::query(include_str!("../../sql/state/queries/keep_row.sql"));
                let query = query.bind(target).bind(plan).bind(&table).bind(row).bind(now);
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await
        };
        keep.await.map_err(|error| self.explain(&error))
    }

    /// At most `limit` of the rows that `plan` has changed, the latest first; only those before the id `before`.
    pub async fn kept_rows(
        &self,
        target: &str,
        plan: &str,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<KeptRow>, StateError> {
        let query = sqlx::query(include_str!("../../sql/state/queries/kept_rows.sql"));
        let query = query.bind(target).bind(plan).bind(before.unwrap_or(i64::MAX)).bind(limit);
        let rows = query.fetch_all(&self.pool).await.map_err(|error| self.explain(&error))?;
        let kept = rows.iter().map(|row| {
            let table = row.try_get::<&str, _>("relation")?.parse();
            let table = table.map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            Ok(KeptRow { id: row.try_get("id")?, table, row: row.try_get("row")? })
        });
        kept.collect::<Result<_, _>>().map_err(|error| self.explain(&error))
    }
}

impl Keeper for RowKeeper {
    fn keep<'k>(&'k self, plan: &'k str, table: &'k QName, rows: &'k [String]) -> BoxFuture<'k, Result<(), KeepError>> {
        Box::pin(async move { Ok(self.state.keep_rows(&self.target, plan, table, rows).await?) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn kept_rows_come_back_latest_first_and_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        let state = State::open(&path).await.unwrap();
        let (a, b) = (QName::new("public", "a"), QName::new("we.ird\"", "Ta\nble"));
        state.keep_rows("t", "p1", &a, &["1".into(), "2".into()]).await.unwrap();
        state.row_keeper("t").keep("p1", &b, &["3".into()]).await.unwrap();
        state.keep_rows("t", "p2", &a, &["4".into()]).await.unwrap();
        state.keep_rows("u", "p1", &a, &["5".into()]).await.unwrap();
        state.close().await;
        let state = State::open(&path).await.unwrap();
        let first = state.kept_rows("t", "p1", None, 2).await.unwrap();
        let found: Vec<_> = first.iter().map(|kept| (kept.table.clone(), kept.row.as_str())).collect();
        assert_eq!(found, [(b, "3"), (a.clone(), "2")]);
        let rest = state.kept_rows("t", "p1", Some(first.last().unwrap().id), 2).await.unwrap();
        assert_eq!(rest.iter().map(|kept| (kept.table.clone(), kept.row.as_str())).collect::<Vec<_>>(), [(a, "1")]);
    }
}
