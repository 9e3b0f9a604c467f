//! Errors of the state store, distinguished as far as the databases allow it. No message contains a password.

use std::path::{Path, PathBuf};

use crate::pg;

/// Why the store is unusable, or has refused a request.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("cannot create the folder of the state store {}", .path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("the state store {} is no regular file: name a file, which is made where it is missing", .0.display())]
    NoFile(PathBuf),
    #[error("cannot open the state store {}: give this user the right to write to it and to its folder", .0.display())]
    CannotOpen(PathBuf),
    #[error("the state store {} cannot be written: its file, folder or file system is read-only", .0.display())]
    ReadOnly(PathBuf),
    #[error("the state store {} is busy: another process holds it locked, or its disk is slow; try again", .0.display())]
    Busy(PathBuf),
    #[error("the disk that holds the state store {} is full", .0.display())]
    Full(PathBuf),
    #[error(
        "the state store {} is damaged, or not a SQLite file: move it away to start with a new one (what is lost is \
         since when each drift is known, old values of rows that fixes have changed, and the journals of remediations)",
        .0.display()
    )]
    Damaged(PathBuf),
    #[error(
        "the state store {} was {what} while this program was running: nothing is written, no remediation begins, \
         and one \
         that is under \
         way waits; put back the file that was there, or restart the daemon to use what is there now (what that does \
         not hold is lost: the journals of remediations, old values of rows that fixes have changed)", .path.display()
    )]
    Gone { path: PathBuf, what: &'static str },
    #[error(
        "the state store {0} is another database than when this program was started: nothing is written, and no \
         remediation \
         begins; restart the daemon to use what is there now"
    )]
    OtherStore(String),
    #[error("{0}")]
    NotOpen(String),
    #[error("cannot reach the state store")]
    NotReached(#[source] pg::Error),
    #[error(
        "the state store {address} gave no connection in time: the server is down, or all its connections are taken"
    )]
    NoConnection { address: String },
    #[error(
        "no right to work in the state store {address}: {reason}; give its role a database of its own (CREATE \
         DATABASE … \
         OWNER …)"
    )]
    NoRight { address: String, reason: String },
    #[error("the state store {0} takes no writes: name the primary server, and a role that is not read-only")]
    ServerReadOnly(String),
    #[error("the disk of the server that holds the state store {0} is full")]
    ServerFull(String),
    #[error(
        "the state store {place} was written by a newer version of this program (its migration {version} is not known \
         here): run that version, or name another store"
    )]
    Newer { place: String, version: i64 },
    #[error("the state store {place} does not work: {reason}")]
    Other { place: String, reason: String },
    #[error("cannot serialize state")]
    NoText(#[from] serde_json::Error),
    #[error("there is no remediation `{0}`")]
    NoRemediation(String),
    #[error("the remediation `{0}` has ended: nothing is added to its journal")]
    Ended(String),
    #[error("remediations on `{0}` begin and end too quickly to open another: try again")]
    Crowded(String),
}

impl StateError {
    /// With its causes.
    pub fn in_full(&self) -> String {
        let causes = std::iter::successors(Some(self as &dyn std::error::Error), |error| error.source());
        causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }
}

/// SQLite's result codes, see <https://www.sqlite.org/rescode.html>; the low byte is the primary one.
pub(super) fn of_file(path: &Path, error: &sqlx::Error) -> StateError {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    let path = path.to_owned();
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return StateError::Busy(path);
    }
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => StateError::Busy(path),
        Some(8) => StateError::ReadOnly(path),
        Some(11 | 26) => StateError::Damaged(path),
        Some(13) => StateError::Full(path),
        Some(14) => StateError::CannotOpen(path),
        _ => StateError::Other { place: path.display().to_string(), reason: error.to_string() },
    }
}

/// The server's message, without details about rows.
pub(super) fn of_server(address: &str, error: sqlx::Error) -> StateError {
    let address = address.to_owned();
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return StateError::NoConnection { address };
    }
    let error = pg::Error::from(error);
    match (error.code(), &error) {
        (Some("25006"), _) => StateError::ServerReadOnly(address),
        (Some("53100"), _) => StateError::ServerFull(address),
        (Some("42501"), pg::Error::Server { message, .. }) => StateError::NoRight { address, reason: message.clone() },
        _ => StateError::Other { place: address, reason: error.to_string() },
    }
}
