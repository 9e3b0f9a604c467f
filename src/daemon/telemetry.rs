//! Logging: one line per event on standard error, as text or as JSON.
//!
//! Statements are never logged: sqlx's own statement log is off at every level, because a statement may carry values.
//! Values are removed from the server's messages about rows, because logs are read, forwarded and kept by many.

use std::io::{self, IsTerminal, Write};

use serde::Deserialize;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::util::TryInitError;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::domain::confidential;

/// Appended to the operator's directives: `sqlx::query` logs statements, and `sqlx::postgres::notice` the server's
/// notices, which may quote row values; the scheduler logs every job it adds.
const ALWAYS: &str = "sqlx::query=off,sqlx::postgres::notice=off,tokio_cron_scheduler=warn";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    pub format: LogFormat,
    /// An `EnvFilter` directive.
    pub level: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("RUST_LOG is not a log filter; write e.g. `info` or `schemawarden=debug`")]
    Filter(#[source] ParseError),
    #[error("logging is already set up in this process")]
    Twice(#[source] TryInitError),
}

/// A filter from `directives` like `info` or `info,schemawarden=debug`.
pub fn filter(directives: &str) -> Result<EnvFilter, ParseError> {
    EnvFilter::builder().parse(format!("{directives},{ALWAYS}"))
}

/// Standard error without row values. The formatter writes each log line with one call.
struct Public;

impl Write for Public {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let public = confidential::public_line(&String::from_utf8_lossy(line));
        io::stderr().write_all(public.as_bytes()).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Sets up logging for the whole process. `RUST_LOG` wins over the configured level.
pub fn init(log: &Log) -> Result<(), TelemetryError> {
    let wanted = std::env::var("RUST_LOG").ok().filter(|value| !value.is_empty());
    let filter = filter(wanted.as_deref().unwrap_or(&log.level)).map_err(TelemetryError::Filter)?;
    let lines = tracing_subscriber::fmt::layer().with_writer(|| Public);
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).try_init().map_err(TelemetryError::Twice)
}
