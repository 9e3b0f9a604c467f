//! Silences in Alertmanager for alerts that a remediation causes about its own target (v2 API).
//!
//! Alerts about an unreachable target and about the remediation itself are not silenced. A silence has an end time, so
//! that it expires if the daemon does not end it. An unreachable Alertmanager is only a warning, and is not waited for
//! long.

#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::future::join_all;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::web::{Request, WebError, name};
use crate::domain::alert::AlertName;

const LIMIT: Duration = Duration::from_secs(5);

/// Why a request to an Alertmanager failed.
#[derive(Debug, thiserror::Error)]
enum SilenceError {
    #[error(transparent)]
    Web(#[from] WebError),
    #[error("it answered {0}")]
    Refused(StatusCode),
    #[error("it answered without the silence's id")]
    NoId,
    #[error("its URL cannot be extended")]
    Url,
}

/// The silence: its target, author, comment and end.
struct Silence<'a> {
    target: &'a str,
    until: DateTime<Utc>,
    by: &'a str,
    comment: &'a str,
}

/// Silences the target in each Alertmanager; gives the names of those that accepted, with the silence's id. An earlier
/// silence with the same comment and author is extended, not duplicated.
pub async fn create(
    alertmanagers: &[Url],
    target: &str,
    until: DateTime<Utc>,
    by: &str,
    comment: &str,
) -> Vec<(String, String)> {
    let silence = Silence { target, until, by, comment };
    let created = join_all(alertmanagers.iter().map(|alertmanager| silence.create(alertmanager))).await;
    let accepted = alertmanagers.iter().zip(created).filter_map(|(alertmanager, id)| {
        let alertmanager = name(alertmanager);
        match id {
            Ok(id) => Some((alertmanager, id)),
            Err(error) => {
                tracing::warn!(alertmanager, target_name = target, %error, "cannot silence alerts about the target");
                None
            }
        }
    });
    accepted.collect()
}

/// Ends silences; gives those that have ended. `silences` are as [`create`] gave them.
pub async fn expire(alertmanagers: &[Url], silences: &[(String, String)]) -> Vec<(String, String)> {
    let ending = silences.iter().map(async |silence| {
        let (at, id) = silence;
        let Some(alertmanager) = alertmanagers.iter().find(|url| name(url) == *at) else {
            tracing::warn!(alertmanager = at, id, "a silence there ends by itself: it is configured no longer");
            return None;
        };
        match end(alertmanager, id).await {
            Ok(()) => Some(silence.clone()),
            Err(error) => {
                tracing::warn!(alertmanager = at, id, %error, "cannot end a silence; it ends by itself");
                None
            }
        }
    });
    join_all(ending).await.into_iter().flatten().collect()
}

impl Silence<'_> {
    async fn create(&self, alertmanager: &Url) -> Result<String, SilenceError> {
        let mut silence = json!({
            "matchers": self.matchers(),
            "startsAt": time(Utc::now()),
            "endsAt": time(self.until),
            "createdBy": self.by,
            "comment": self.comment,
        });
        if let (Some(earlier), Some(silence)) = (self.earlier(alertmanager).await, silence.as_object_mut()) {
            silence.insert("id".into(), earlier.into());
        }
        let request = Request {
            method: Method::POST,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]),
            body: Some(silence.to_string().into()),
            ..get(alertmanager, &["silences"])?
        };
        let answer = ask(&request).await?;
        answer.get("silenceID").and_then(Value::as_str).map(str::to_owned).ok_or(SilenceError::NoId)
    }

    /// Both must match: other alerts may have a label `target` as well.
    fn matchers(&self) -> Value {
        let names = [AlertName::Drift, AlertName::InvariantViolated, AlertName::CheckStale].map(AlertName::as_str);
        let ours = json!({ "name": "alertname", "value": names.join("|"), "isRegex": true, "isEqual": true });
        [ours, self.target_matcher()].into()
    }

    fn target_matcher(&self) -> Value {
        json!({ "name": "target", "value": self.target, "isRegex": false, "isEqual": true })
    }

    /// An active silence of ours: the daemon may have crashed before it stored the id, or another Alertmanager of the
    /// cluster has replicated it.
    async fn earlier(&self, alertmanager: &Url) -> Option<String> {
        let silences = ask(&get(alertmanager, &["silences"]).ok()?).await.ok()?;
        let ours = silences.as_array()?.iter().find(|silence| {
            let text = |field: &str| silence.get(field).and_then(Value::as_str);
            let state = silence.get("status").and_then(|status| status.get("state")).and_then(Value::as_str);
            let matchers = silence.get("matchers").and_then(Value::as_array);
            let ours = text("comment") == Some(self.comment) && text("createdBy") == Some(self.by);
            ours && state != Some("expired") && matchers.is_some_and(|found| found.contains(&self.target_matcher()))
        });
        Some(ours?.get("id")?.as_str()?.to_owned())
    }
}

async fn end(alertmanager: &Url, id: &str) -> Result<(), SilenceError> {
    let request = get(alertmanager, &["silence", id])?;
    let status = Request { method: Method::DELETE, ..request.clone() }.send().await?.status();
    if status.is_success() {
        return Ok(());
    }
    // Alertmanager refuses to end a silence that has ended or is unknown, with different statuses.
    let state = |silence: &Value| silence.get("status")?.get("state")?.as_str().map(str::to_owned);
    match ask(&request).await {
        Ok(silence) if state(&silence).is_some_and(|state| state == "expired") => Ok(()),
        Err(SilenceError::Refused(StatusCode::NOT_FOUND)) => Ok(()),
        Ok(_) | Err(_) => Err(SilenceError::Refused(status)),
    }
}

async fn ask(request: &Request) -> Result<Value, SilenceError> {
    let answer = request.send().await?;
    let status = answer.status();
    if status.is_success() { Ok(answer.json().await?) } else { Err(SilenceError::Refused(status)) }
}

/// A GET of its API.
fn get(alertmanager: &Url, path: &[&str]) -> Result<Request, SilenceError> {
    let mut url = alertmanager.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.path_segments_mut().map_err(|()| SilenceError::Url)?.pop_if_empty().extend(["api", "v2"]).extend(path);
    Ok(Request::get(url, LIMIT))
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
