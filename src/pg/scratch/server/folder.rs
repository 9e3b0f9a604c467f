//! The private folder of a throwaway server, and the unprivileged user who must own it if we are root.
//!
//! Everything that we write is written before the folder changes its owner: afterwards the new owner could put links
//! into it.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use tempfile::TempDir;

use super::ServerError;
use super::template::Template;
use crate::files;

/// The path of a unix socket is limited to 103 bytes on macOS and 107 on Linux; our own part of it takes 40.
const LONGEST_TEMP_DIR: usize = 60;

/// The server's user if we are root: one created for this purpose, otherwise the one that owns nothing. Never
/// `postgres`, who owns the files of this host's own databases.
const USERS: [&str; 2] = ["schemawarden", "nobody"];

const SCRIPT: &str = "supervise.sh";
const LOG_TAIL: u64 = 16 << 10;
const LOG_TAIL_LINES: usize = 8;

pub struct User {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

pub struct Home {
    pub folder: TempDir,
    /// The supervisor's script. A file, so that it does not appear in the list of processes.
    pub script: PathBuf,
    /// The user that the server must run as, if that is another than ours.
    pub user: Option<User>,
    pub log: Log,
}

/// Makes the folder, with the script in it, and the archive of a data folder, where there is one.
pub fn make(script: &str, template: Option<&Template>) -> Result<Home, ServerError> {
    let user = if rustix::process::geteuid().is_root() { Some(unprivileged()?) } else { None };
    let parent = parent(files::temporary_place(), user.is_some());
    let error = |source| ServerError::Folder { path: parent.clone(), source };
    let folder = files::temporary_folder("schemawarden-", &parent).map_err(error)?;
    let log = Log(tempfile::tempfile().map_err(error)?);
    let path = folder.path().join(SCRIPT);
    fill(folder.path(), &path, script, template, user.as_ref()).map_err(error)?;
    Ok(Home { folder, script: path, user, log })
}

fn fill(
    folder: &Path,
    path: &Path,
    script: &str,
    template: Option<&Template>,
    user: Option<&User>,
) -> std::io::Result<()> {
    let mut file = files::create(path)?;
    file.write_all(script.as_bytes())?;
    let archive = template.map(|template| template.offer(folder)).transpose()?.flatten();
    if let Some(User { uid, gid, .. }) = user {
        for file in [Some(file), archive].into_iter().flatten() {
            fchown(&file, Some(*uid), Some(*gid))?;
        }
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
        fchown(rustix::fs::open(folder, flags, Mode::empty())?, Some(*uid), Some(*gid))?;
    }
    Ok(())
}

/// Output of the server and its supervisor. A file without a name, which no one can replace.
#[derive(Debug)]
pub struct Log(File);

impl Log {
    /// For a process to write to.
    pub fn end(&self) -> std::io::Result<File> {
        self.0.try_clone()
    }

    /// The last lines.
    pub fn tail(&self) -> String {
        // At an offset of our own: the writing processes share theirs with us.
        let length = self.0.metadata().map_or(0, |log| log.len());
        let mut bytes = vec![0; usize::try_from(length.min(LOG_TAIL)).unwrap_or(0)];
        let read = self.0.read_exact_at(&mut bytes, length.saturating_sub(LOG_TAIL));
        let log = String::from_utf8_lossy(if read.is_ok() { &bytes } else { &[] });
        let lines: Vec<_> = log.lines().collect();
        lines.get(lines.len().saturating_sub(LOG_TAIL_LINES)..).unwrap_or_default().join("\n")
    }
}

/// `/tmp` if `temp_dir` is not suitable: its path is too long, or the other user could not remove our folder there.
fn parent(temp_dir: PathBuf, for_another_user: bool) -> PathBuf {
    let long = temp_dir.as_os_str().as_bytes().len() > LONGEST_TEMP_DIR;
    if long || (for_another_user && !is_open(&temp_dir)) { "/tmp".into() } else { temp_dir }
}

/// Whether every user can create and remove files there.
fn is_open(folder: &Path) -> bool {
    let mode = |path: &Path| path.metadata().map_or(0, |metadata| metadata.permissions().mode());
    mode(folder) & 0o002 != 0 && folder.ancestors().all(|path| mode(path) & 0o001 != 0)
}

fn unprivileged() -> Result<User, ServerError> {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    USERS.iter().find_map(|name| find_user(&passwd, name)).ok_or(ServerError::NoUser)
}

fn find_user(passwd: &str, name: &str) -> Option<User> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then_some(())?;
        let uid = fields.nth(1)?.parse().ok().filter(|uid| *uid != 0)?;
        let gid = fields.next()?.parse().ok()?;
        Some(User { name: name.into(), uid, gid })
    })
}
