//! The audit log: who requested what, from where, and the status of the answer. Records are not changed, and only old
//! or excess records of a name are removed, so that one name's requests cannot displace those of others; triggers of
//! the database refuse anything else. It never contains a row's value.

use chrono::{DateTime, TimeDelta, Utc};

use super::value::{Row, unreadable};
use super::{State, StateError};
use crate::domain::confidential;

/// For each name, this many of the newest records are kept whatever their age, and older ones up to an age. The
/// migration `0004_retention` refuses to remove any of the former.
const MOST: i64 = 10_000;
const ALWAYS: i64 = 1_000;
const AUDIT_AGE: TimeDelta = TimeDelta::days(400);

/// How long messages that may hold rows' values are kept beside the journals.
const WORDS_AGE: TimeDelta = TimeDelta::days(90);

/// One request that may change something. Contains no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Increases with time; 0 while it is not stored.
    pub id: i64,
    pub at: DateTime<Utc>,
    pub who: String,
    /// E.g. `POST /api/v1/targets/a/remediations`.
    pub what: String,
    /// The client's address.
    pub from: String,
    pub detail: String,
    /// The HTTP status of the answer.
    pub status: u16,
}

impl State {
    /// Appends to the log. The store assigns the id.
    pub async fn audit(&self, record: &AuditRecord) -> Result<(), StateError> {
        let AuditRecord { id: _, at, who, what, from, detail, status } = record;
        let detail = &*confidential::public(detail);
        let status = i64::from(*status);
        let values = [(*at).into(), who.into(), what.into(), from.into(), detail.into(), status.into()];
        self.database.execute(include_str!("../../sql/state/queries/audit.sql"), &values).await?;
        Ok(())
    }

    /// Removes expired records of the audit log, and expired messages of servers.
    pub async fn retain(&self, now: DateTime<Utc>) -> Result<(), StateError> {
        let audit = include_str!("../../sql/state/queries/retain_audit.sql");
        self.database.execute(audit, &[MOST.into(), ALWAYS.into(), (now - AUDIT_AGE).into()]).await?;
        let words = include_str!("../../sql/state/queries/retain_words.sql");
        self.database.execute(words, &[(now - WORDS_AGE).into()]).await?;
        Ok(())
    }

    /// At most `limit` records, the latest first; only those before the id `before`.
    pub async fn audit_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditRecord>, StateError> {
        let sql = include_str!("../../sql/state/queries/audit_log.sql");
        self.database.fetch(sql, &[before.unwrap_or(i64::MAX).into(), i64::from(limit).into()], record).await
    }
}

fn record(row: &Row) -> Result<AuditRecord, sqlx::Error> {
    Ok(AuditRecord {
        id: row.get("id")?,
        at: row.time("at")?,
        who: row.get("who")?,
        what: row.get("what")?,
        from: row.get("address")?,
        detail: row.get("detail")?,
        status: u16::try_from(row.get::<i64>("status")?).map_err(unreadable)?,
    })
}
