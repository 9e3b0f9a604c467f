//! A data folder that `initdb` has made once, kept as an archive for later servers: unpacking it takes a tenth of the
//! processor time.
//!
//! One file for each installation of PostgreSQL and name of the superuser, in the cache folder of this user. It
//! contains no password that is still used: each server gets its own before it listens. Without a cache folder that is
//! ours alone, or if anything fails, `initdb` runs each time. All servers of one archive have the same system
//! identifier.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};

use crate::files;

/// Changes when `server.sh` gives `initdb` other arguments.
const FORMAT: &str = "1";
/// In the server's folder; `server.sh` uses the same name.
const ARCHIVE: &str = "template.tar";
/// Afterwards it is made again, and archives of other installations are removed.
const KEPT_FOR: Duration = Duration::from_hours(30 * 24);

/// The archive for one installation, whether it exists or not.
#[derive(Debug)]
pub(super) struct Template(PathBuf);

impl Template {
    /// `None` without a cache folder.
    pub(super) fn of(bin_dir: &Path, superuser: &str) -> Option<Self> {
        let program = bin_dir.join("postgres").canonicalize().ok()?;
        let metadata = program.metadata().ok()?;
        let mut hasher = Sha256::new();
        for part in [FORMAT, superuser, &program.to_string_lossy()] {
            hasher.update(part.len().to_le_bytes());
            hasher.update(part);
        }
        for part in [metadata.len().cast_signed(), metadata.mtime(), metadata.mtime_nsec()] {
            hasher.update(part.to_le_bytes());
        }
        let name: String = format!("{:x}", hasher.finalize()).chars().take(16).collect();
        Some(Self(folder()?.join(format!("postgres-{name}.tar"))))
    }

    /// Copies the archive into a server's folder, if it exists.
    pub(super) fn offer(&self, home: &Path) -> io::Result<Option<File>> {
        let fresh = |kept: &File| is_ours(kept) && kept.metadata().is_ok_and(|it| it.is_file() && !is_old(&it));
        let Some(mut kept) = open(&self.0).ok().filter(fresh) else { return Ok(None) };
        let mut copy = files::create(&home.join(ARCHIVE))?;
        io::copy(&mut kept, &mut copy)?;
        Ok(Some(copy))
    }

    /// Removes the archive. Returns whether it existed.
    pub(super) fn discard(&self) -> bool {
        fs::remove_file(&self.0).is_ok()
    }

    /// Keeps the archive that the server's user has made in its folder, if there is one.
    pub(super) fn keep(&self, home: &Path, user: u32) -> io::Result<()> {
        let path = home.join(ARCHIVE);
        let Ok(mut made) = open(&path) else { return Ok(()) };
        let metadata = made.metadata()?;
        // A file that the unprivileged user put there must be the user's own: we may read more than the user may.
        if metadata.is_file() && metadata.uid() == user && metadata.nlink() == 1 {
            let folder = self.0.parent().unwrap_or(Path::new("."));
            remove_old(folder)?;
            let mut kept = tempfile::Builder::new().prefix("making-").tempfile_in(folder)?;
            io::copy(&mut made, &mut kept)?;
            kept.persist(&self.0)?;
        }
        fs::remove_file(path)
    }
}

/// `None` if others could put a file there.
fn folder() -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    // Of systemd, and of the XDG Base Directory Specification.
    let ours = |folder: PathBuf| folder.join("schemawarden");
    let folder = absolute("CACHE_DIRECTORY")
        .or_else(|| absolute("XDG_CACHE_HOME").map(ours))
        .or_else(|| Some(ours(std::env::home_dir()?.join(".cache"))))?;
    files::create_folders(&folder).ok()?;
    let opened = File::open(&folder).ok()?;
    (is_ours(&opened) && files::where_others_replace(&folder).is_none()).then_some(folder)
}

fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Whether no other user may write to it.
fn is_ours(file: &File) -> bool {
    file.metadata().is_ok_and(|it| it.uid() == rustix::process::geteuid().as_raw() && it.mode() & 0o022 == 0)
}

fn is_old(metadata: &fs::Metadata) -> bool {
    metadata.modified().ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > KEPT_FOR)
}

fn remove_old(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|it| it == "tar") && is_old(&entry.metadata()?) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
