//! The HTTP client of all effects: bounded in time and in the size of an answer.
//!
//! It connects directly to the configured URL: no proxy from the environment, no redirects. URLs may hold passwords,
//! headers and bodies tokens, and answers anything: none of them appears in errors, logs or `Debug`.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

/// Longest accepted answer.
const LONGEST: usize = 1 << 20;

/// Why there is no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error("no HTTP client could be set up; are the system's CA certificates installed?")]
    Client(#[source] reqwest::Error),
    #[error("{asked}: {reason}")]
    NoAnswer {
        asked: String,
        reason: String,
        /// No connection was made, so that the request cannot have had an effect.
        unsent: bool,
    },
    #[error("{asked} answered with more than {LONGEST} bytes, which are not read")]
    TooLong { asked: String },
    #[error("{asked} did not answer with JSON")]
    NotJson { asked: String },
}

/// A request as configured. The path of its URL is shown to people, so that a token belongs in a header.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<SecretString>,
    /// For all of it: connecting, TLS, the answer.
    pub timeout: Duration,
}

/// An answer whose body was not read yet.
pub(crate) struct Answer {
    asked: String,
    response: Response,
    timeout: Duration,
}

impl Request {
    pub fn get(url: Url, timeout: Duration) -> Self {
        Self { method: Method::GET, url, headers: HeaderMap::new(), body: None, timeout }
    }

    /// Method and URL without secrets.
    pub fn shown(&self) -> String {
        format!("{} {}", self.method, name(&self.url))
    }

    /// Sends it once.
    pub(crate) async fn send(&self) -> Result<Answer, WebError> {
        self.send_by(&client(&self.url).map_err(WebError::Client)?).await
    }

    pub(super) async fn send_by(&self, client: &Client) -> Result<Answer, WebError> {
        let request = client.request(self.method.clone(), self.url.clone()).headers(self.headers.clone());
        let request = match &self.body {
            Some(body) => request.body(body.expose_secret().to_owned()),
            None => request,
        };
        let (asked, timeout) = (self.shown(), self.timeout);
        match request.timeout(timeout).send().await {
            Ok(response) => Ok(Answer { asked, response, timeout }),
            Err(error) => Err(no_answer(asked, error, timeout)),
        }
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let headers: Vec<_> = self.headers.keys().collect();
        f.debug_struct("Request")
            .field("asked", &self.shown())
            .field("headers", &headers)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Answer {
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub async fn json(self) -> Result<Value, WebError> {
        let Self { asked, mut response, timeout } = self;
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Err(no_answer(asked, error, timeout)),
            }
            if body.len() > LONGEST {
                return Err(WebError::TooLong { asked });
            }
        }
        // The parser's message could repeat a part of the body.
        serde_json::from_slice(&body).map_err(|_| WebError::NotJson { asked })
    }
}

/// Installs ring as the process-wide TLS cryptography. Idempotent.
pub fn install_crypto() {
    // Fails if a provider is installed already, which can only be ring.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A client for URLs of this scheme.
pub(super) fn client(url: &Url) -> Result<Client, reqwest::Error> {
    install_crypto();
    let builder = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    // No pooling: the server may close an idle connection just when it is used again.
    let builder = builder.pool_max_idle_per_host(0).user_agent(concat!("schemawarden/", env!("CARGO_PKG_VERSION")));
    // Plain HTTP needs no CA certificates, and a small container has none.
    let builder = if url.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
    builder.build()
}

/// `scheme://host:port/path`: identifies a server without secrets.
pub fn name(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path().trim_end_matches('/'))
}

fn no_answer(asked: String, error: reqwest::Error, limit: Duration) -> WebError {
    WebError::NoAnswer { asked, unsent: error.is_connect(), reason: reason(error, limit) }
}

/// The innermost cause is the most specific, and the URL may hold a password.
pub(super) fn reason(error: reqwest::Error, limit: Duration) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", limit.as_secs_f32());
    }
    let error = error.without_url();
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        message = inner.to_string();
        cause = inner.source();
    }
    message
}
