//! Remediations: opened once, at most one under way on a target, and found again after a crash.
//!
//! Whether one may be opened is decided by the database itself, so that it holds between replicas too. How it goes on
//! stands in its journal.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::store::Transaction;
use super::value::{Row, unreadable};
use super::{State, StateError, json};
use crate::domain::plan::Hazard;
use crate::domain::runbook::{End, OnFailure, RemediationKind};

/// How often to try when another remediation ends between two looks.
const TRIES: u32 = 5;

/// What an operator has commanded. Times are exact to the millisecond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remediation {
    pub id: String,
    pub target: String,
    pub kind: RemediationKind,
    /// The id of the earlier remediation that it takes back.
    pub of: Option<String>,
    /// The plan's id. Empty for [`RemediationKind::Restore`].
    pub plan: String,
    pub by: String,
    pub reason: String,
    pub allowed: BTreeSet<Hazard>,
    pub on_failure: OnFailure,
    pub created_at: DateTime<Utc>,
    /// Set by the last entry of its journal, and by nothing else.
    pub end: Option<(DateTime<Utc>, End)>,
}

/// What makes two requests the same request. Keys of different callers are different keys.
#[derive(Clone, Copy, Debug)]
pub struct Idempotency<'a> {
    pub key: &'a str,
    pub by: &'a str,
    /// A hash of the request, in hexadecimal.
    pub request: &'a str,
}

/// What came of the wish to open a remediation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    New,
    /// The same request under the same key has opened this one before.
    Same(Box<Remediation>),
    /// Another request came under that key before.
    OtherRequest,
    /// The id of the one that has not ended on that target. The key stays free.
    UnderWay(String),
}

impl State {
    /// Opens a remediation, in one transaction: wholly or not at all. Its `end` is not looked at.
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

    /// `None`: the one that was in the way has ended meanwhile.
    async fn try_to_open(
        &self,
        it: &Remediation,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<Option<Opened>, StateError> {
        let mut transaction = self.database.begin().await?;
        // The key first: whoever comes second waits here for the first, and then finds its remediation, which is
        // otherwise nothing but in the way.
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

    /// What a request has opened before. Whoever asks again must not be told that its plan has become stale meanwhile.
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

    /// Of each target what is under way, and what has ended last and was not refused; the earliest first.
    pub async fn latest(&self) -> Result<Vec<Remediation>, StateError> {
        self.database.fetch(include_str!("../../sql/state/queries/latest.sql"), &[], remediation).await
    }

    /// Those that have not ended, at most one for each target; the oldest first.
    pub async fn unfinished(&self) -> Result<Vec<Remediation>, StateError> {
        self.database.fetch(include_str!("../../sql/state/queries/unfinished.sql"), &[], remediation).await
    }
}

/// What a key that is taken stands for.
/// `None`: nothing came under that key before.
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
    // A key refers to its remediation, so that it is there.
    let found = found.ok_or(StateError::NoRemediation(id))?;
    Ok(Some(Opened::Same(Box::new(found))))
}

/// Whether it was: not while another one is under way.
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

/// A value whose JSON is one word, as that word.
fn word(value: impl Serialize) -> Result<String, StateError> {
    Ok(json(&value)?.trim_matches('"').to_owned())
}

/// What a word stands for.
fn meant<T: DeserializeOwned>(word: &str) -> Result<T, sqlx::Error> {
    serde_json::from_value(word.into()).map_err(unreadable)
}
