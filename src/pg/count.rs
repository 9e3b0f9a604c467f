//! Counting rows. (Replaced when the counting code is merged.)
use chrono::Utc;
use tokio_util::sync::CancellationToken;

use super::{Error, Guards, Source};
use crate::invariant::Invariant;
use crate::report::{InvariantReport, Verdict};

pub async fn count(
    source: &Source,
    guards: &Guards,
    invariant: &Invariant,
    _stop: &CancellationToken,
) -> Result<InvariantReport, Error> {
    super::connect(source, guards).await?;
    Ok(InvariantReport {
        name: invariant.name.clone(),
        verdict: Verdict::Holds,
        counts: std::collections::BTreeMap::from([("rows", 0)]),
        excess: 0,
        estimated: false,
        relation: None,
        detail: None,
        counted_at: Some(Utc::now()),
        duration: std::time::Duration::ZERO,
    })
}
