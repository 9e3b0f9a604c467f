//! What a plan is made from, as one value: while it stays the same, so does the plan, but for what it asks of the rows.
//!
//! Costs a connection, a scan of the catalogs and reading the files; nothing is evaluated or compared.

use sha2::{Digest as _, Sha256};

use super::{FixError, FixSpec, read_fix};
use crate::daemon::expected::{ExpectedError, ExpectedSource};
use crate::pg::{self, Guards, Source, fingerprint};

/// See the module's documentation. To be asked for before the plan is made, so that what changes meanwhile is noticed.
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
    // Neither shows a password.
    let parts = format!("{spec:?}\0{expected}\0{live}\0{}", by_hand.unwrap_or_default());
    Ok(format!("{:x}", Sha256::digest(parts)))
}

async fn rows(source: &Source, guards: &Guards) -> Result<String, pg::Error> {
    let mut connection = pg::connect(source, guards).await?;
    let fingerprint = fingerprint::fingerprint(&mut connection).await?;
    connection.close().await;
    Ok(fingerprint)
}
