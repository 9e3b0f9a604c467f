//! The inputs of a plan, as one value: while it stays the same, so does the plan, except for what it asks of the rows.
//!
//! Costs a connection, a scan of the catalogs and reading the files; evaluates and compares nothing.

use sha2::{Digest as _, Sha256};

use super::{FixError, FixSpec, read_fix};
use crate::daemon::expected::{ExpectedError, ExpectedSource};
use crate::pg::{self, Guards, Source, fingerprint};

/// The value. It is computed before the plan is made, so that a concurrent change is noticed.
pub async fn seen(spec: &FixSpec) -> Result<String, FixError> {
    let check = &spec.check;
    let by_hand = spec.by_hand.as_deref().map(read_fix).transpose()?.map(|(_, text)| text);
    let expected = match &check.expected {
        ExpectedSource::Database(source) => rows(source, &check.guards).await.map_err(ExpectedError::Database)?,
        ExpectedSource::Sql { .. } | ExpectedSource::Snapshot(_) | ExpectedSource::Before(_) => {
            check.expected.digest()?.unwrap_or_default()
        }
    };
    let live = rows(&check.source, &check.guards).await?;
    // Neither contains a password.
    let parts = format!("{spec:?}\0{expected}\0{live}\0{}", by_hand.unwrap_or_default());
    Ok(format!("{:x}", Sha256::digest(parts)))
}

async fn rows(source: &Source, guards: &Guards) -> Result<String, pg::Error> {
    let mut connection = pg::connect(source, guards).await?;
    let fingerprint = fingerprint::fingerprint(&mut connection).await?;
    connection.close().await;
    Ok(fingerprint)
}
