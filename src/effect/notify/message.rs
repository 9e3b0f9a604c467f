//! An alert in the words of Alertmanager's v2 API.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::alert::Alert;

/// A `postableAlert`. The labels are the alert's identity to Alertmanager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    labels: BTreeMap<&'static str, String>,
    annotations: BTreeMap<&'static str, String>,
    starts_at: DateTime<Utc>,
    /// When it is over, or would be if nobody said anything any more.
    ends_at: DateTime<Utc>,
    #[serde(rename = "generatorURL")]
    generator_url: String,
}

impl Message {
    /// `expires`: when a firing alert runs out if it is not sent again.
    pub fn new(alert: &Alert, expires: DateTime<Utc>) -> Self {
        let identity = &alert.identity;
        let mut labels = BTreeMap::from([
            ("alertname", identity.name.as_str().to_owned()),
            ("target", identity.target.clone()),
            ("severity", identity.severity.to_string()),
        ]);
        labels.extend(identity.invariant.clone().map(|invariant| ("invariant", invariant)));
        let annotations = &alert.annotations;
        Self {
            labels,
            annotations: BTreeMap::from([
                ("summary", annotations.summary.clone()),
                ("description", annotations.description.clone()),
                ("since", annotations.since.clone()),
                ("api", annotations.link.clone()),
                ("command", annotations.command.clone()),
            ]),
            starts_at: alert.starts_at,
            ends_at: alert.resolved_at.unwrap_or(expires),
            generator_url: annotations.link.clone(),
        }
    }
}
