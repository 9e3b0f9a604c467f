//! Backups: taken with `pg_dump` before anything is changed, proven to be readable, and restored.
//!
//! A backup has its final name only when it is complete: until then it has another name, and it is removed when it
//! fails, is stopped or dropped. It counts only after it has been read back from its store. Whether a backup is needed,
//! and what follows from a failure, is decided elsewhere.

mod archive;
mod child;
mod folder;
mod naming;
mod object;
mod programs;
mod proof;
mod rehearsal;
mod restore;
mod retain;
mod take;

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::name::QName;
use crate::pg::{self, Source, dump};

pub use object::{Bucket, Credentials};
pub use rehearsal::Rehearsed;
pub use restore::{Restored, Verified, restore, verify};
pub use retain::retain;
pub use take::{OnProgress, take};

/// How backups of a target are made and kept.
#[derive(Clone, Debug)]
pub struct BackupSpec {
    pub to: Store,
    pub what: BackupWhat,
    /// 1: one stream, to either store. More: this many tables in parallel, to a folder only.
    pub jobs: u16,
    /// How many of a target's newest backups are kept; 0 counts as 1.
    pub keep: u32,
    /// The folder of `pg_dump`, `pg_restore` and `psql`; searched if `None`.
    pub bin_dir: Option<PathBuf>,
}

/// Where backups are kept.
#[derive(Clone, Debug)]
pub enum Store {
    /// It must exist: a folder that is created on demand could be on the wrong disk.
    Folder(PathBuf),
    Object(Box<Bucket>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupWhat {
    Whole,
    /// The tables that the plan touches, and what depends on them.
    PlanTables,
}

/// Resources that a backup needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Size of the tables, or of the database, on the server's disk. Dumps are usually smaller.
    pub bytes: u64,
    /// Free space, if the store is a folder.
    pub free: Option<u64>,
    /// The `pg_dump` that is used.
    pub pg_dump: PathBuf,
}

/// Why there is no backup, or why it was not restored. Contains no password and no values of rows.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("stopped")]
    Stopped,
    #[error(transparent)]
    Pg(#[from] pg::Error),
    #[error(
        "no pg_dump, pg_restore and psql that fit PostgreSQL {server}: {found}. {needed}; install them (`apt-get install \
         postgresql-client-{server}`), or name their folder as `bin_dir`"
    )]
    NoProgram { server: u32, found: String, needed: &'static str },
    #[error("{program} cannot be started")]
    Start { program: &'static str, source: std::io::Error },
    #[error("{program} cannot be talked to")]
    Pipe { program: &'static str, source: std::io::Error },
    #[error("{program} failed: {reason}")]
    Failed { program: &'static str, reason: String },
    #[error("several jobs at once write a folder of files, and an object store takes one stream: set `jobs` to 1")]
    Jobs,
    #[error("cannot {what} {}: is it there, and may this user write to it?", .path.display())]
    Folder { what: &'static str, path: PathBuf, source: std::io::Error },
    #[error(
        "{} has {free} bytes free, and the backup may need {needed}: remove what is not needed there, or keep backups \
         elsewhere", .path.display()
    )]
    Space { path: PathBuf, free: u64, needed: u64 },
    #[error("the disk of {} is full: what was written is removed again; make room, or keep backups elsewhere", .path.display())]
    Full { path: PathBuf },
    #[error("{url} is not usable as a store: {reason}")]
    Bucket { url: String, reason: String },
    #[error("cannot {what} {location}: {reason}")]
    Object { what: &'static str, location: String, reason: String },
    #[error("{location} is not what was written: {found}, and {expected} were expected. Do not rely on it")]
    Damaged { location: String, found: String, expected: String },
    #[error("{location} cannot be read by pg_restore: {reason}. Do not rely on it")]
    Unreadable { location: String, reason: String },
    #[error("{location} is kept in another store than the one that is configured now: configure that one again")]
    Elsewhere { location: String },
    #[error("nothing was put back, and nothing is changed: {reason}")]
    Restore { reason: String },
    /// The server would refuse it again.
    #[error("nothing was put back, and nothing is changed: {reason}")]
    Refused { reason: String },
}

impl BackupError {
    /// A retry cannot succeed without an intervention.
    pub fn is_final(&self) -> bool {
        match self {
            Self::NoProgram { .. }
            | Self::Jobs
            | Self::Bucket { .. }
            | Self::Damaged { .. }
            | Self::Unreadable { .. }
            | Self::Elsewhere { .. }
            | Self::Refused { .. } => true,
            Self::Pg(error) => error.code().is_some_and(|code| !pg::may_pass(code)),
            Self::Stopped
            | Self::Start { .. }
            | Self::Pipe { .. }
            | Self::Failed { .. }
            | Self::Folder { .. }
            | Self::Space { .. }
            | Self::Full { .. }
            | Self::Object { .. }
            | Self::Restore { .. } => false,
        }
    }
}

/// Limit for the check of a store, before anything depends on it.
const REACH_LIMIT: Duration = Duration::from_secs(20);

/// Checks in advance whether a backup can be made. Leaves nothing behind.
pub async fn check(spec: &BackupSpec, source: &Source, tables: &[QName]) -> Result<Estimate, BackupError> {
    let extent = dump::extent(source, spec.tables(tables)).await?;
    let programs = programs::find(spec.bin_dir.as_deref(), extent.server_version).await?;
    let free = match &spec.to {
        Store::Folder(path) => Some(folder::check(path, extent.bytes).await?),
        Store::Object(_) if spec.jobs > 1 => return Err(BackupError::Jobs),
        Store::Object(bucket) => {
            let store = object::Objects::open(bucket)?;
            let checked = tokio::time::timeout(REACH_LIMIT, store.check()).await;
            checked.unwrap_or_else(|_| Err(store.late(REACH_LIMIT)))?;
            None
        }
    };
    Ok(Estimate { bytes: extent.bytes, free, pg_dump: programs.pg_dump })
}

impl BackupSpec {
    fn tables<'a>(&self, tables: &'a [QName]) -> Option<&'a [QName]> {
        match self.what {
            BackupWhat::Whole => None,
            BackupWhat::PlanTables => Some(tables),
        }
    }
}
