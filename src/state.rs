//! The state store: what must survive a restart. A SQLite file of the daemon's own, or a PostgreSQL database that
//! several replicas share; never inside a target.
//!
//! It holds when each drift was first seen, which definitions are two spellings of one definition, the old values of
//! rows that a fix has changed, and everything about remediations: their commands, journals, approvals and the audit
//! log. Watching continues while the store does not work; a fix that changes rows, and a remediation, are refused.

mod approval;
mod audit;
mod database;
mod error;
mod file;
mod journal;
mod kept;
mod place;
mod remediation;
mod store;
#[cfg(test)]
mod tests;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::watch;

use crate::domain::catalog::Kind;
use crate::domain::report::{Change, Drift, StoreStatus};
use crate::pg::Source;
use store::Store;
use value::Row;

pub use approval::Approval;
pub use audit::AuditRecord;
pub use error::StateError;
pub use kept::{KeptRow, RowKeeper};
pub use remediation::{Idempotency, Opened, Remediation};

/// The location of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateLocation {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL database of its own, which several daemons may share.
    Server(Source),
}

impl Display for StateLocation {
    /// Without credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(source) => source.address().fmt(f),
        }
    }
}

/// The identity of a drift of one target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DriftKey {
    pub object: String,
    pub kind: Kind,
    pub change: Change,
}

impl From<&Drift> for DriftKey {
    fn from(drift: &Drift) -> Self {
        Self { object: drift.object.clone(), kind: drift.kind, change: drift.change }
    }
}

/// When each drift of a target was first seen.
pub type FirstSeen = BTreeMap<DriftKey, DateTime<Utc>>;

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct State {
    database: Store,
}

impl State {
    /// Opens the store, and migrates its tables. A missing file is created with its folder.
    pub async fn open(location: &StateLocation) -> Result<Self, StateError> {
        let it = Self::unopened(location);
        Box::pin(it.prove()).await?;
        Ok(it)
    }

    /// A store that [`Self::prove`] opens, now or later. Until then every request is refused.
    pub fn unopened(location: &StateLocation) -> Self {
        Self { database: Store::unopened(location) }
    }

    /// Opens the store if it is not open; checks that it is still the one that was opened and can be written.
    pub async fn prove(&self) -> Result<(), StateError> {
        self.database.prove().await
    }

    /// Whether it works, now and after each change.
    pub fn status(&self) -> watch::Receiver<StoreStatus> {
        self.database.status()
    }

    /// When each drift of `target` was first seen.
    pub async fn first_seen(&self, target: &str) -> Result<FirstSeen, StateError> {
        let sql = include_str!("../sql/state/queries/first_seen.sql");
        let rows = self.database.fetch(sql, &[target.into()], drift_row).await?;
        // A kind that this version does not know has no drift to remember.
        Ok(rows.into_iter().flatten().collect())
    }

    /// Replaces the stored times of `target`, in one transaction.
    pub async fn keep_first_seen(&self, target: &str, first_seen: &FirstSeen) -> Result<(), StateError> {
        let mut transaction = self.database.begin().await?;
        let forget = include_str!("../sql/state/queries/forget_first_seen.sql");
        transaction.execute(forget, &[target.into()]).await?;
        for (DriftKey { object, kind, change }, at) in first_seen {
            let keep = include_str!("../sql/state/queries/keep_first_seen.sql");
            let values = [target.into(), object.into(), kind.as_str().into(), change.as_str().into(), (*at).into()];
            transaction.execute(keep, &values).await?;
        }
        transaction.commit().await
    }

    /// The hashes of all known pairs of definitions that are two spellings of one definition.
    pub async fn spellings(&self) -> Result<BTreeSet<String>, StateError> {
        let sql = include_str!("../sql/state/queries/spellings.sql");
        Ok(self.database.fetch(sql, &[], |row| row.get("hash")).await?.into_iter().collect())
    }

    /// Adds hashes to them.
    pub async fn keep_spellings(&self, hashes: &[String]) -> Result<(), StateError> {
        for hash in hashes {
            let sql = include_str!("../sql/state/queries/keep_spelling.sql");
            self.database.execute(sql, &[hash.into()]).await?;
        }
        Ok(())
    }

    /// Writes back what is pending, and closes the store.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

fn json(value: &impl Serialize) -> Result<String, StateError> {
    Ok(serde_json::to_string(value)?)
}

fn drift_row(row: &Row) -> Result<Option<(DriftKey, DateTime<Utc>)>, sqlx::Error> {
    let (kind, change): (String, String) = (row.get("kind")?, row.get("change")?);
    let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind);
    let change = Change::ALL.into_iter().find(|known| known.as_str() == change);
    let (object, at) = (row.get("object")?, row.time("at")?);
    Ok(kind.zip(change).map(|(kind, change)| (DriftKey { object, kind, change }, at)))
}
