//! Approvals of plans, with their expiry. Whether one suffices is decided elsewhere.

use chrono::{DateTime, Utc};

use super::value::Row;
use super::{State, StateError};

/// An operator's approval of a plan for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    pub by: String,
    pub at: DateTime<Utc>,
    /// The time from which it is no longer valid.
    pub until: DateTime<Utc>,
}

impl State {
    /// Stores the approval of `plan` for `target` by `by`. A repeated approval extends the earlier one.
    pub async fn approve(
        &self,
        target: &str,
        plan: &str,
        by: &str,
        at: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), StateError> {
        let sql = include_str!("../../sql/state/queries/approve.sql");
        self.database.execute(sql, &[target.into(), plan.into(), by.into(), at.into(), until.into()]).await?;
        Ok(())
    }

    /// Approvals that have not expired, one per person, the earliest first.
    pub async fn approvals(&self, target: &str, plan: &str, now: DateTime<Utc>) -> Result<Vec<Approval>, StateError> {
        let sql = include_str!("../../sql/state/queries/approvals.sql");
        self.database.fetch(sql, &[target.into(), plan.into(), now.into()], approval).await
    }
}

fn approval(row: &Row) -> Result<Approval, sqlx::Error> {
    Ok(Approval { by: row.get("who")?, at: row.time("at")?, until: row.time("until")? })
}
