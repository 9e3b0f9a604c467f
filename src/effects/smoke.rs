//! Smoke tests: requests over HTTP that show whether the application works.
//!
//! First its health is awaited, then the requests are sent in their written order up to the first failure. A request is
//! retried only if no connection could be made: any other may have had an effect. Of the answer only the requested
//! field is shown.

#[cfg(test)]
mod tests;

use std::time::Duration;

use reqwest::StatusCode;
use tokio::time::{Instant, sleep};
use url::Url;

use super::field::Field;
use super::web::{Request, WebError, name};

/// Limit for one health request.
const HEALTH_LIMIT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(250);

#[derive(Clone, Debug, Default)]
pub struct SmokeSpec {
    pub health: Option<HealthSpec>,
    pub requests: Vec<RequestSpec>,
}

/// A GET that answers 200 when the application is healthy.
#[derive(Clone)]
pub struct HealthSpec {
    pub url: Url,
    /// How long to wait for it: the application may have to start first.
    pub within: Duration,
}

#[derive(Clone, Debug)]
pub struct RequestSpec {
    pub name: String,
    pub request: Request,
    pub expect_status: u16,
    /// A field of the JSON answer.
    pub expect_json: Option<Field>,
}

/// A test that has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeResult {
    /// As configured; `health` is the health check.
    pub name: String,
    pub elapsed: Duration,
}

#[derive(Debug, thiserror::Error)]
pub enum SmokeError {
    #[error("{url} did not answer 200 within {} s; last: {last}", .within.as_secs_f32())]
    Unhealthy { url: String, within: Duration, last: String },
    #[error("smoke test `{name}`: no answer that could be used")]
    NoAnswer { name: String, source: WebError },
    #[error("smoke test `{name}`: {asked} answered {status}, and {expected} is expected")]
    Status { name: String, asked: String, status: StatusCode, expected: u16 },
    #[error("smoke test `{name}`: {asked} answered, and {complaint}")]
    Json { name: String, asked: String, complaint: String },
}

/// Gives the passed tests, if all passed.
pub async fn smoke(spec: &SmokeSpec) -> Result<Vec<ProbeResult>, SmokeError> {
    let mut results = Vec::new();
    if let Some(health) = &spec.health {
        let begun = Instant::now();
        await_health(health).await?;
        results.push(ProbeResult { name: "health".into(), elapsed: begun.elapsed() });
    }
    for request in &spec.requests {
        let begun = Instant::now();
        probe(request).await?;
        results.push(ProbeResult { name: request.name.clone(), elapsed: begun.elapsed() });
    }
    Ok(results)
}

async fn await_health(health: &HealthSpec) -> Result<(), SmokeError> {
    let deadline = Instant::now() + health.within;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let request = Request::get(health.url.clone(), HEALTH_LIMIT.min(left));
        let last = match request.send().await {
            Ok(answer) if answer.status() == StatusCode::OK => return Ok(()),
            Ok(answer) => answer.status().to_string(),
            Err(error) => error.to_string(),
        };
        if Instant::now() + PAUSE >= deadline {
            return Err(SmokeError::Unhealthy { url: name(&health.url), within: health.within, last });
        }
        sleep(PAUSE).await;
    }
}

async fn probe(spec: &RequestSpec) -> Result<(), SmokeError> {
    let name = || spec.name.clone();
    let no_answer = |source| SmokeError::NoAnswer { name: name(), source };
    let asked = || spec.request.shown();
    let deadline = Instant::now() + spec.request.timeout;
    let answer = loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match (Request { timeout: left, ..spec.request.clone() }).send().await {
            Ok(answer) => break answer,
            Err(WebError::NoAnswer { unsent: true, .. }) if Instant::now() + PAUSE < deadline => sleep(PAUSE).await,
            Err(error) => return Err(no_answer(error)),
        }
    };
    let status = answer.status();
    if status.as_u16() != spec.expect_status {
        return Err(SmokeError::Status { name: name(), asked: asked(), status, expected: spec.expect_status });
    }
    let Some(field) = &spec.expect_json else { return Ok(()) };
    let document = answer.json().await.map_err(no_answer)?;
    match field.complaint(&document) {
        None => Ok(()),
        Some(complaint) => Err(SmokeError::Json { name: name(), asked: asked(), complaint }),
    }
}

impl std::fmt::Debug for HealthSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HealthSpec").field("url", &name(&self.url)).field("within", &self.within).finish()
    }
}
