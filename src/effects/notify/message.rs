//! An alert in the format of Alertmanager's v2 API.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::alert::Alert;
use crate::domain::confidential;

/// A `postableAlert`. The labels are the alert's identity to Alertmanager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    labels: BTreeMap<&'static str, String>,
    annotations: BTreeMap<&'static str, String>,
    starts_at: DateTime<Utc>,
    /// The end of the alert, or its expiry if it is not sent again.
    ends_at: DateTime<Utc>,
    #[serde(rename = "generatorURL")]
    generator_url: String,
}

impl Message {
    /// `expires`: when a firing alert expires if it is not sent again.
    pub fn new(alert: &Alert, expires: DateTime<Utc>) -> Self {
        let identity = &alert.identity;
        let mut labels = BTreeMap::from([
            ("alertname", identity.name.as_str().to_owned()),
            ("severity", identity.severity.to_string()),
        ]);
        labels.extend(identity.target.clone().map(|target| ("target", target)));
        labels.extend(identity.invariant.clone().map(|invariant| ("invariant", invariant)));
        let it = &alert.annotations;
        let mut annotations = BTreeMap::from([
            ("summary", it.summary.clone()),
            ("description", it.description.clone()),
            ("since", it.since.clone()),
            ("api", it.link.clone()),
            ("command", it.command.clone()),
        ]);
        if let Some(plan) = &it.plan {
            annotations.extend([("plan", plan.id.clone()), ("plan_summary", plan.summary.clone())]);
        }
        // Readers of alerts need no token, so that confidential parts are removed.
        for text in annotations.values_mut() {
            *text = confidential::public(text).into_owned();
        }
        Self {
            labels,
            annotations,
            starts_at: alert.starts_at,
            ends_at: alert.resolved_at.unwrap_or(expires),
            generator_url: it.link.clone(),
        }
    }
}
