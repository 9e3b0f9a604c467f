//! Remediations: opened once, at most one unfinished per target, and found again after a crash.
//!
//! The database itself decides whether one may be opened, so that this holds across replicas. The journal has its
//! progress.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::store::Transaction;
use super::value::{Row, unreadable};
use super::{State, StateError, json};
use crate::domain::plan::Hazard;
use crate::domain::runbook::{End, OnFailure, RemediationKind};

/// Attempts, if another remediation ends between two looks.
const TRIES: u32 = 5;

/// A remediation as commanded. Times have milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remediation {
    pub id: String,
    pub target: String,
    pub kind: RemediationKind,
    /// The id of the earlier remediation that this one rolls back.
    pub of: Option<String>,
    /// The plan's id. Empty for [`RemediationKind::Restore`].
    pub plan: String,
    pub by: String,
    pub reason: String,
    pub allowed: BTreeSet<Hazard>,
    pub on_failure: OnFailure,
    pub created_at: DateTime<Utc>,
    /// Set only by the last entry of its journal.
    pub end: Option<(DateTime<Utc>, End)>,
}

/// Identifies a request. Keys of different callers are different keys.
#[derive(Clone, Copy, Debug)]
pub struct Idempotency<'a> {
    pub key: &'a str,
    pub by: &'a str,
    /// A hash of the request, in hexadecimal.
    pub request: &'a str,
}

/// Result of an attempt to open a remediation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    New,
    /// The same request with the same key has opened this one before.
    Same(Box<Remediation>),
    /// Another request has used that key before.
    OtherRequest,
    /// The id of the unfinished remediation of that target. The key stays unused.
    UnderWay(String),
}

impl State {
    /// Opens a remediation, in one transaction. Its `end` is ignored.
    pub async fn open_remediation(
        &self,
        it: &Remediation,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<Opened, StateError> {
        for _ in 0..TRIES {
            if let Some(opened) = self.try_to_open(it, idempotency).await? {
                return Ok(opened);
            }
        }
        Err(StateError::Crowded(it.target.clone()))
    }

    /// `None`: the unfinished one has ended in between.
    async fn try_to_open(
        &self,
        it: &Remediation,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<Option<Opened>, StateError> {
        let mut transaction = self.database.begin().await?;
        // The key first: a concurrent request with the same key waits here, and then finds the remediation that the
        // first one has opened, instead of reporting it as unfinished.
        if let Some(idempotency) = idempotency {
            let Idempotency { key, by, request } = idempotency;
            let claim = include_str!("../../sql/state/queries/claim_key.sql");
            let values = [by.into(), key.into(), request.into(), (&it.id).into()];
            if transaction.execute(claim, &values).await? == 0 {
                return answered(&mut transaction, idempotency).await;
            }
        }
        if insert(&mut transaction, it).await? {
            transaction.commit().await?;
            return Ok(Some(Opened::New));
        }
        let under_way = include_str!("../../sql/state/queries/under_way.sql");
        let found = transaction.fetch(under_way, &[(&it.target).into()], |row| row.get("id")).await?;
        Ok(found.into_iter().next().map(Opened::UnderWay))
    }

    /// The result of an earlier request with this key. A repeated request must not fail because its plan has become
    /// stale in between.
    pub async fn opened_before(&self, idempotency: Idempotency<'_>) -> Result<Option<Opened>, StateError> {
        answered(&mut self.database.begin().await?, idempotency).await
    }

    pub async fn remediation(&self, id: &str) -> Result<Option<Remediation>, StateError> {
        let sql = include_str!("../../sql/state/queries/remediation.sql");
        Ok(self.database.fetch(sql, &[id.into()], remediation).await?.into_iter().next())
    }

    /// At most `limit` remediations, of one target or of all, the latest first.
    pub async fn remediations(&self, target: Option<&str>, limit: u32) -> Result<Vec<Remediation>, StateError> {
        let sql = include_str!("../../sql/state/queries/remediations.sql");
        self.database.fetch(sql, &[target.into(), i64::from(limit).into()], remediation).await
    }

    /// At most `limit` remediations of a target, without those that were refused, the latest first.
    pub async fn touching(&self, target: &str, limit: u32) -> Result<Vec<Remediation>, StateError> {
        let sql = include_str!("../../sql/state/queries/touching.sql");
        self.database.fetch(sql, &[target.into(), i64::from(limit).into()], remediation).await
    }

    /// Per target the unfinished one, or the last ended one that was not refused; the earliest first.
    pub async fn latest(&self) -> Result<Vec<Remediation>, StateError> {
        self.database.fetch(include_str!("../../sql/state/queries/latest.sql"), &[], remediation).await
    }

    /// Unfinished remediations, at most one per target; the oldest first.
    pub async fn unfinished(&self) -> Result<Vec<Remediation>, StateError> {
        self.database.fetch(include_str!("../../sql/state/queries/unfinished.sql"), &[], remediation).await
    }
}

/// The result for a key that is taken. `None`: the key is unused.
async fn answered(
    transaction: &mut Transaction<'_>,
    Idempotency { key, by, request }: Idempotency<'_>,
) -> Result<Option<Opened>, StateError> {
    let claimed = include_str!("../../sql/state/queries/claimed_key.sql");
    let read = |row: &Row| Ok((row.get::<String>("request")?, row.get::<String>("remediation")?));
    let claimed = transaction.fetch(claimed, &[by.into(), key.into()], read).await?.into_iter().next();
    let Some((first, id)) = claimed else { return Ok(None) };
    if first != request {
        return Ok(Some(Opened::OtherRequest));
    }
    let sql = include_str!("../../sql/state/queries/remediation.sql");
    let found = transaction.fetch(sql, &[(&id).into()], remediation).await?.into_iter().next();
    // A key refers to its remediation by a foreign key, so that it exists.
    let found = found.ok_or(StateError::NoRemediation(id))?;
    Ok(Some(Opened::Same(Box::new(found))))
}

/// Inserts it; false if another one is unfinished.
async fn insert(transaction: &mut Transaction<'_>, it: &Remediation) -> Result<bool, StateError> {
    let (kind, on_failure, allowed) = (word(it.kind)?, word(it.on_failure)?, json(&it.allowed)?);
    let values = [
        (&it.id).into(),
        (&it.target).into(),
        (&kind).into(),
        it.of.as_deref().into(),
        (&it.plan).into(),
        (&it.by).into(),
        (&it.reason).into(),
        (&allowed).into(),
        (&on_failure).into(),
        it.created_at.into(),
    ];
    Ok(transaction.execute(include_str!("../../sql/state/queries/open_remediation.sql"), &values).await? == 1)
}

fn remediation(row: &Row) -> Result<Remediation, sqlx::Error> {
    let ending: Option<&str> = row.get("ending")?;
    let end = match ending {
        Some(end) => Some((row.time("ended_at")?, meant(end)?)),
        None => None,
    };
    Ok(Remediation {
        id: row.get("id")?,
        target: row.get("target")?,
        kind: meant(row.get("course")?)?,
        of: row.get("earlier")?,
        plan: row.get("plan")?,
        by: row.get("who")?,
        reason: row.get("reason")?,
        allowed: serde_json::from_str(row.get("allowed")?).map_err(unreadable)?,
        on_failure: meant(row.get("on_failure")?)?,
        created_at: row.time("created_at")?,
        end,
    })
}

/// A value whose JSON is one string, as that string.
fn word(value: impl Serialize) -> Result<String, StateError> {
    Ok(json(&value)?.trim_matches('"').to_owned())
}

/// The value of such a string.
fn meant<T: DeserializeOwned>(word: &str) -> Result<T, sqlx::Error> {
    serde_json::from_value(word.into()).map_err(unreadable)
}
