//! Finds PostgreSQL programs that fit the server's version, before anything depends on them.
//!
//! `pg_dump` refuses a server that is newer than itself, and since 17 `pg_restore` sets a parameter that older servers
//! do not know. The server's own major is preferred, then the next one above it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

use super::BackupError;
use crate::pg::scratch::server::folders;

/// Limit for a program to print its version.
const LIMIT: Duration = Duration::from_secs(10);

/// The first major whose `pg_restore` sets `transaction_timeout`, a parameter of servers since the same major.
const SETS_TRANSACTION_TIMEOUT: u32 = 17;

/// Programs of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Programs {
    pub pg_dump: PathBuf,
    pub pg_restore: PathBuf,
    pub psql: PathBuf,
}

pub(super) async fn find(bin_dir: Option<&Path>, server_version: u32) -> Result<Programs, BackupError> {
    let server = server_version / 10_000;
    let looked = bin_dir.map_or_else(folders, |folder| vec![folder.to_owned()]);
    let mut found = Vec::new();
    for folder in &looked {
        if let Some((major, programs)) = look(folder).await
            && found.iter().all(|(_, known)| *known != programs)
        {
            found.push((major, programs));
        }
    }
    let fits = |major: u32| major >= server && (major < SETS_TRANSACTION_TIMEOUT || server >= SETS_TRANSACTION_TIMEOUT);
    let best = found.iter().filter(|(major, _)| fits(*major)).min_by_key(|(major, _)| *major);
    best.map(|(_, programs)| programs.clone()).ok_or_else(|| BackupError::NoProgram {
        server,
        found: listed(&found, &looked),
        needed: if server >= SETS_TRANSACTION_TIMEOUT {
            "They must not be older than the server"
        } else {
            "They must not be older than the server, nor newer than 16, whose successors cannot restore into it"
        },
    })
}

async fn look(folder: &Path) -> Option<(u32, Programs)> {
    let program = |name: &str| {
        let real = folder.join(name).canonicalize().ok()?;
        // Debian's wrapper in the PATH is a script that chooses a version by the clusters of this host, and is not
        // used.
        (real.file_name()? == name).then_some(real)
    };
    let programs =
        Programs { pg_dump: program("pg_dump")?, pg_restore: program("pg_restore")?, psql: program("psql")? };
    let major = version(&programs.pg_dump).await?;
    let same = version(&programs.pg_restore).await? == major && version(&programs.psql).await? == major;
    same.then_some((major, programs))
}

/// 15 of `pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`.
async fn version(program: &Path) -> Option<u32> {
    let mut command = Command::new(program);
    command.arg("--version").kill_on_drop(true);
    let output = tokio::time::timeout(LIMIT, command.output()).await.ok()?.ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.split_once(") ")?.1;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn listed(found: &[(u32, Programs)], looked: &[PathBuf]) -> String {
    if found.is_empty() {
        let looked: Vec<_> = looked.iter().map(|folder| folder.display().to_string()).collect();
        return format!("none found in {}", looked.join(", "));
    }
    let found = found.iter().map(|(major, programs)| format!("{} is of {major}", programs.pg_dump.display()));
    found.collect::<Vec<_>>().join(", ")
}
