//! The private folder of a throwaway server, and the unprivileged user who must own it when we are root.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::ServerError;

/// The path of a unix socket has room for 103 bytes on macOS and 107 on Linux; our own part of it takes 40.
const LONGEST_TEMP_DIR: usize = 60;

pub struct User {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

/// Makes the folder. Gives the user as whom the server must run, where that is not who we are.
pub fn make() -> Result<(TempDir, Option<User>), ServerError> {
    let folder = make_in(&std::env::temp_dir(), false)?;
    let error = |source| ServerError::Folder { path: folder.path().into(), source };
    // The owner of what we make is who we are.
    if folder.path().metadata().map_err(error)?.uid() != 0 {
        return Ok((folder, None));
    }
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = ["postgres", "nobody"].iter().find_map(|name| find_user(&passwd, name)).ok_or(ServerError::NoUser)?;
    let folder = make_in(&std::env::temp_dir(), true)?;
    chown(folder.path(), Some(user.uid), Some(user.gid))
        .map_err(|source| ServerError::Folder { path: folder.path().into(), source })?;
    Ok((folder, Some(user)))
}

/// In `/tmp` where `temp_dir` will not do.
fn make_in(temp_dir: &Path, for_another_user: bool) -> Result<TempDir, ServerError> {
    let long = temp_dir.as_os_str().as_bytes().len() > LONGEST_TEMP_DIR;
    let parent = if long || (for_another_user && !is_open(temp_dir)) { Path::new("/tmp") } else { temp_dir };
    tempfile::Builder::new()
        .prefix("schemawarden-")
        .tempdir_in(parent)
        .map_err(|source| ServerError::Folder { path: PathBuf::from(parent), source })
}

/// Whether every user can make and remove things there.
fn is_open(folder: &Path) -> bool {
    let mode = |path: &Path| path.metadata().map_or(0, |metadata| metadata.permissions().mode());
    mode(folder) & 0o002 != 0 && folder.ancestors().all(|path| mode(path) & 0o001 != 0)
}

fn find_user(passwd: &str, name: &str) -> Option<User> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(User { name: name.into(), uid, gid })
    })
}
