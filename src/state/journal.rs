//! The journals of remediations and their documents. Entries are appended, and documents are written once; triggers of
//! the database refuse any change or removal. A journal therefore contains no row's value: messages that may hold one
//! are kept beside it, and can be deleted.

use chrono::{DateTime, SubsecRound as _, Utc};

use super::value::{Row, Value, unreadable};
use super::{State, StateError, json};
use crate::domain::confidential;
use crate::domain::runbook::journal::{Entry, EntryKind};

impl State {
    /// Appends to the journal of the remediation `id`. When it returns, the entry is on the disk. [`EntryKind::Closed`]
    /// also ends the remediation, in the same transaction, and is the last entry.
    pub async fn append(&self, id: &str, what: &EntryKind, at: DateTime<Utc>) -> Result<Entry, StateError> {
        // With the store's precision, so that later readers see the same time.
        let at = at.trunc_subsecs(3);
        let text = json(what)?;
        let (ended_at, ending): (Value, Value) = match what {
            EntryKind::Closed { end } => (at.into(), end.as_str().into()),
            _ => (None::<i64>.into(), None::<&str>.into()),
        };
        let mut transaction = self.database.begin().await?;
        let count = include_str!("../../sql/state/queries/count_entry.sql");
        let counted = transaction.fetch(count, &[id.into(), ended_at, ending], |row| row.get::<i64>("entries")).await?;
        let Some(number) = counted.into_iter().next() else {
            drop(transaction);
            return Err(match self.remediation(id).await? {
                Some(_) => StateError::Ended(id.to_owned()),
                None => StateError::NoRemediation(id.to_owned()),
            });
        };
        let append = include_str!("../../sql/state/queries/append_entry.sql");
        let public = &*confidential::public(&text);
        transaction.execute(append, &[id.into(), number.into(), at.into(), public.into()]).await?;
        if public != text {
            let keep = include_str!("../../sql/state/queries/keep_words.sql");
            transaction.execute(keep, &[id.into(), number.into(), at.into(), (&text).into()]).await?;
        }
        transaction.commit().await?;
        Ok(Entry { seq: number.unsigned_abs(), at, what: what.clone() })
    }

    /// The entries with a greater number than `after`, in order, with the messages that were not deleted yet. An
    /// unknown remediation has none.
    pub async fn journal(&self, id: &str, after: u64) -> Result<Vec<Entry>, StateError> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let sql = include_str!("../../sql/state/queries/journal.sql");
        self.database.fetch(sql, &[id.into(), after.into()], entry).await
    }

    /// Stores a document of the remediation `id`. The first one of a name is kept: a phase that is repeated after a
    /// crash must not replace what it saw before it changed anything.
    pub async fn keep_document(&self, id: &str, name: &str, text: &str) -> Result<(), StateError> {
        let sql = include_str!("../../sql/state/queries/keep_document.sql");
        let kept = self.database.execute(sql, &[id.into(), name.into(), text.into()]).await?;
        if kept == 0 && self.remediation(id).await?.is_none() {
            return Err(StateError::NoRemediation(id.to_owned()));
        }
        Ok(())
    }

    pub async fn document(&self, id: &str, name: &str) -> Result<Option<String>, StateError> {
        let sql = include_str!("../../sql/state/queries/document.sql");
        let found = self.database.fetch(sql, &[id.into(), name.into()], |row| row.get("content")).await?;
        Ok(found.into_iter().next())
    }
}

fn entry(row: &Row) -> Result<Entry, sqlx::Error> {
    let seq: i64 = row.get("seq")?;
    let what = serde_json::from_str(row.get("entry")?).map_err(unreadable)?;
    Ok(Entry { seq: seq.unsigned_abs(), at: row.time("at")?, what })
}
