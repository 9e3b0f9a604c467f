//! Counting rows. (Replaced when the counting code is merged.)
use chrono::Utc;
use tokio_util::sync::CancellationToken;

use super::{Guards, Source};
use crate::invariant::Invariant;
use crate::report::{InvariantReport, Verdict};

pub async fn report(
    source: &Source,
    guards: &Guards,
    invariant: &Invariant,
    _stop: &CancellationToken,
) -> InvariantReport {
    let connection = super::connect(source, guards).await;
    let error = connection.err().map(|error| error.to_string());
    InvariantReport {
        name: invariant.name.clone(),
        verdict: if error.is_none() { Verdict::Holds } else { Verdict::Unknown },
        counts: std::collections::BTreeMap::from([("rows", 0)]),
        excess: 0,
        estimated: false,
        relation: None,
        counted_at: error.is_none().then(Utc::now),
        detail: error,
        duration: std::time::Duration::ZERO,
    }
}
