//! Everything that talks to PostgreSQL, except for a state store in PostgreSQL. The only module that knows the driver's
//! types.

pub mod apply;
pub mod ask;
pub mod connect;
pub mod count;
pub mod degrade;
pub mod dump;
pub mod fingerprint;
pub mod identity;
mod libpq;
pub mod others;
pub mod probe;
pub mod read;
mod row;
pub mod scratch;
pub mod survey;
mod words;

use std::time::Duration;

pub use connect::{Connection, Guards, Source, connect};

/// Errors between the daemon and a server. No variant contains a password or a URL; messages that may hold a row's
/// value are marked ([`crate::domain::confidential`]).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database URL is not usable: {0}")]
    Url(String),
    #[error("no connection to {address} within {} s: the server hangs, or something on the way drops packets", .limit.as_secs_f32())]
    ConnectTimeout { address: String, limit: Duration },
    #[error("cannot connect to {address}: {reason}")]
    Connect { address: String, reason: String },
    #[error(
        "{address} did not take the session settings ({setting}): it looks like a connection pooler (PgBouncer, for \
         example) in transaction mode; give the server's own address"
    )]
    Pooler { address: String, setting: &'static str },
    #[error("PostgreSQL {0} is too old: 14 is the oldest that is supported")]
    TooOld(u32),
    /// The server refused a statement. `code` is the SQLSTATE.
    #[error("{message} (SQLSTATE {code})")]
    Server { code: String, message: String },
    #[error(
        "other sessions kept taking ACCESS EXCLUSIVE locks while definitions were read; retrying at the next \
        check"
    )]
    Contended,
    /// The connection broke, or the answer was not what the protocol or the query promises.
    #[error("the connection failed: {0}")]
    Broken(String),
    #[error("no answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
}

/// Classes of transient errors: the connection, serialization conflicts, resources, an intervention of the server or of
/// an operator, the disk; and a lock that was not available.
const PASSING: [&str; 6] = ["08", "40", "53", "55P03", "57", "58"];

/// Whether a statement that was refused with this SQLSTATE may succeed later without any change.
pub fn may_pass(code: &str) -> bool {
    PASSING.iter().any(|class| code.starts_with(class))
}

impl Error {
    /// The SQLSTATE, if the server gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Server { code, .. } => Some(code),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            // Only `message`: DETAIL may carry row values, and Display adds the server's source line.
            sqlx::Error::Database(server) => Self::Server {
                code: server.code().map(Into::into).unwrap_or_default(),
                message: words::message(&*server),
            },
            other => Self::Broken(other.to_string()),
        }
    }
}
