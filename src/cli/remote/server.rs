//! The HTTP client for a running daemon.

use std::time::Duration;

use anyhow::{Context, anyhow};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::cli::arguments::ServerArguments;
use crate::domain::name::printable;
use crate::effects::web::{Request, WebError};
use crate::files;

const LIMIT: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_secs(1);
/// Attempts to reach the daemon, which may be restarting.
const PATIENCE: u32 = 60;
/// The same for a command with an idempotency key, which is carried out once even if it arrives several times.
const SENDS: u32 = 5;
/// The environment variable of the token, unless a file is given.
const TOKEN: &str = "SCHEMAWARDEN_TOKEN";
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A daemon, with the caller's token.
pub(super) struct Server {
    base: Url,
    token: Option<SecretString>,
}

/// Why there is no answer.
enum Failure {
    /// A retry may succeed.
    Silent(anyhow::Error),
    /// A retry cannot succeed.
    Refused(anyhow::Error),
}

impl Server {
    pub fn new(arguments: &ServerArguments) -> anyhow::Result<Self> {
        let token = match &arguments.token_file {
            Some(path) => {
                let text =
                    files::read_text(path, files::SMALL).with_context(|| format!("cannot read {}", path.display()))?;
                Some(text.trim().to_owned().into())
            }
            None => std::env::var(TOKEN).ok().map(SecretString::from),
        };
        Ok(Self { base: arguments.server.clone(), token })
    }

    /// Relative to the daemon's URL, because a proxy may add a path.
    pub fn url(&self, path: &[&str]) -> anyhow::Result<Url> {
        let mut url = self.base.clone();
        let mut segments = url.path_segments_mut().map_err(|()| anyhow!("{} is no server's address", self.base))?;
        segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        drop(segments);
        Ok(url)
    }

    /// Retried if no answer comes.
    pub async fn get(&self, path: &[&str], query: &[(&str, String)]) -> anyhow::Result<Value> {
        let mut url = self.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.patiently(PATIENCE, &self.request(Method::GET, url, None)?).await
    }

    /// Sent once.
    pub async fn post(&self, path: &[&str], body: Option<&Value>) -> anyhow::Result<Value> {
        self.patiently(1, &self.request(Method::POST, self.url(path)?, body)?).await
    }

    /// Retried if no answer comes, and carried out once.
    pub async fn post_once(&self, path: &[&str], body: &Value) -> anyhow::Result<Value> {
        let mut request = self.request(Method::POST, self.url(path)?, Some(body))?;
        let key = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        request.headers.insert(KEY, HeaderValue::from_str(&key)?);
        self.patiently(SENDS, &request).await
    }

    fn request(&self, method: Method, url: Url, body: Option<&Value>) -> anyhow::Result<Request> {
        let mut headers = HeaderMap::new();
        if let Some(token) = &self.token {
            let value = format!("Bearer {}", token.expose_secret());
            let mut value = HeaderValue::from_str(&value)
                .map_err(|_| anyhow!("the token is not one: it holds what no header may"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let body = body.map(|body| body.to_string().into());
        Ok(Request { method, url, headers, body, timeout: LIMIT })
    }

    async fn patiently(&self, tries: u32, request: &Request) -> anyhow::Result<Value> {
        let mut attempt = 1;
        loop {
            match self.ask(request).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Silent(_)) if attempt < tries => tokio::time::sleep(PAUSE).await,
                Err(Failure::Silent(error) | Failure::Refused(error)) => return Err(error),
            }
            attempt += 1;
        }
    }

    async fn ask(&self, request: &Request) -> Result<Value, Failure> {
        let answer = request.send().await.map_err(|error| match error {
            WebError::NoAnswer { .. } => Failure::Silent(error.into()),
            WebError::Client(_) | WebError::TooLong { .. } | WebError::NotJson { .. } => Failure::Refused(error.into()),
        })?;
        let status = answer.status();
        let body = answer.json().await;
        if status.is_success() {
            return body.map_err(|error| Failure::Refused(error.into()));
        }
        // A proxy in front of it may answer with anything.
        let body = body.unwrap_or_default();
        let detail = body.get("detail").and_then(Value::as_str);
        let detail = detail.unwrap_or("this is no Schemawarden, or something stands before it");
        let error = anyhow!("{} ({status})", printable(detail));
        // The answer of a proxy while the daemon restarts.
        let away = matches!(status, StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT);
        Err(if away { Failure::Silent(error) } else { Failure::Refused(error) })
    }
}
