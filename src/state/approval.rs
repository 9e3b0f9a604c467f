//! Who approves of which plan, and until when. Whether that suffices is decided elsewhere.

use chrono::{DateTime, Utc};

use super::value::Row;
use super::{State, StateError};

/// Somebody's approval of a plan for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    pub by: String,
    pub at: DateTime<Utc>,
    /// From then on it counts no longer.
    pub until: DateTime<Utc>,
}

impl State {
    /// Keeps that `by` approves of `plan` for `target`. Who approves again renews what was said before.
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

    /// Those that have not expired, one for each person, the earliest first.
    pub async fn approvals(&self, target: &str, plan: &str, now: DateTime<Utc>) -> Result<Vec<Approval>, StateError> {
        let sql = include_str!("../../sql/state/queries/approvals.sql");
        self.database.fetch(sql, &[target.into(), plan.into(), now.into()], approval).await
    }
}

fn approval(row: &Row) -> Result<Approval, sqlx::Error> {
    Ok(Approval { by: row.get("who")?, at: row.time("at")?, until: row.time("until")? })
}
