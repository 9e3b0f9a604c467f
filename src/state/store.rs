//! The daemon's handle on the store, which may not be open or not work. It publishes which.
//!
//! The result of every statement is published, so that what is unknown can be shown as unknown.

use std::sync::{Arc, OnceLock};

use chrono::Utc;
use tokio::sync::watch;

use super::database::{self, Database};
use super::value::{Row, Value};
use super::{StateError, StateLocation};
use crate::domain::report::{Down, StoreStatus};

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    location: StateLocation,
    open: OnceLock<Database>,
    status: watch::Sender<StoreStatus>,
}

impl Store {
    /// Not open yet: it is neither read nor written before [`Self::prove`] has opened it.
    pub fn unopened(location: &StateLocation) -> Self {
        let down = Down { since: Utc::now(), why: format!("the state store {location} was not opened yet") };
        let status = watch::Sender::new(StoreStatus { place: location.to_string(), down: Some(down) });
        Self(Arc::new(Inner { location: location.clone(), open: OnceLock::new(), status }))
    }

    /// Opens the store if it is not open; checks that it is still the one that was opened and can be written.
    pub async fn prove(&self) -> Result<(), StateError> {
        if self.0.open.get().is_none() {
            let opened = self.published(Box::pin(Database::open(&self.0.location)).await)?;
            // A concurrent call has opened the same store.
            let _ = self.0.open.set(opened);
        }
        self.published(Box::pin(self.database()?.is_the_same()).await)?;
        let sql = include_str!("../../sql/state/queries/prove.sql");
        self.execute(sql, &[Utc::now().into()]).await.map(drop)
    }

    pub fn status(&self) -> watch::Receiver<StoreStatus> {
        self.0.status.subscribe()
    }

    /// Like [`Database::fetch`].
    pub async fn fetch<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl Fn(&Row) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StateError> {
        let fetched = self.database()?.fetch(sql, values, read).await;
        // A read that succeeds does not prove that the store works: only writing does.
        if fetched.is_err() { self.published(fetched) } else { fetched }
    }

    /// Carries out one statement in its own transaction. Gives the number of changed rows.
    pub async fn execute(&self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StateError> {
        let mut transaction = self.begin().await?;
        let changed = transaction.execute(sql, values).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Begins a writing transaction. It is rolled back when it is dropped.
    pub async fn begin(&self) -> Result<Transaction<'_>, StateError> {
        let begun = self.database()?.begin().await;
        Ok(Transaction { store: self, work: self.published(begun)? })
    }

    /// Writes back what is pending, and closes it.
    pub async fn close(&self) {
        if let Some(database) = self.0.open.get() {
            database.close().await;
        }
    }

    pub(super) fn database(&self) -> Result<&Database, StateError> {
        self.0.open.get().ok_or_else(|| {
            let why = self.0.status.borrow().down.as_ref().map(|down| down.why.clone());
            StateError::NotOpen(why.unwrap_or_default())
        })
    }

    /// Publishes whether the store works.
    fn published<T>(&self, result: Result<T, StateError>) -> Result<T, StateError> {
        let why = result.as_ref().err().map(StateError::in_full);
        self.0.status.send_if_modified(|status| {
            let changes = status.down.as_ref().map(|down| &down.why) != why.as_ref();
            let since = status.down.as_ref().map_or_else(Utc::now, |down| down.since);
            status.down = why.map(|why| Down { since, why });
            changes
        });
        result
    }
}

/// Several statements that are carried out all or none.
#[derive(Debug)]
pub struct Transaction<'s> {
    store: &'s Store,
    work: database::Transaction<'s>,
}

impl Transaction<'_> {
    pub async fn fetch<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl Fn(&Row) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StateError> {
        let fetched = self.work.fetch(sql, values, read).await;
        if fetched.is_err() { self.store.published(fetched) } else { fetched }
    }

    pub async fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StateError> {
        let changed = self.work.execute(sql, values).await;
        if changed.is_err() { self.store.published(changed) } else { changed }
    }

    /// When it returns, everything is on the disk.
    pub async fn commit(self) -> Result<(), StateError> {
        self.store.published(self.work.commit().await)
    }
}
