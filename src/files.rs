//! Files and folders on this host: what we make is for nobody else, and what an operator names is read within bounds.
//!
//! Permissions are given when a thing is made, not afterwards, so that no umask and no moment opens it. Knows nothing
//! of what the files are for.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Error, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use tempfile::TempDir;

pub const FILE_MODE: u32 = 0o600;
pub const FOLDER_MODE: u32 = 0o700;

/// Configurations, secrets, keys and tokens are some kilobytes.
pub const SMALL: u64 = 1 << 20;

/// Fixes and probes are written by hand.
pub const SCRIPT: u64 = 64 << 20;

const OTHERS_MAY_READ: u32 = 0o004;
const OTHERS_MAY_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// The content of a file that an operator has named. Only of a regular one: a pipe may never end, reading a device may
/// do something. Links are followed; secrets are mounted as such.
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    // Also before it is opened: that alone changes some devices.
    regular(&path.metadata()?)?;
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    let length = regular(&file.metadata()?)?;
    let mut bytes = Vec::new();
    if length <= limit {
        file.take(limit + 1).read_to_end(&mut bytes)?;
    }
    if length > limit || bytes.len() as u64 > limit {
        return Err(Error::new(ErrorKind::FileTooLarge, format!("it is larger than {limit} bytes")));
    }
    Ok(bytes)
}

/// The same as text.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    String::from_utf8(read(path, limit)?).map_err(|_| Error::new(ErrorKind::InvalidData, "it is not UTF-8"))
}

/// How long the file is, or what it is instead of one.
fn regular(metadata: &Metadata) -> io::Result<u64> {
    let kind = metadata.file_type();
    let what = if kind.is_file() {
        return Ok(metadata.len());
    } else if kind.is_dir() {
        return Err(Error::new(ErrorKind::IsADirectory, "it is a folder, and a file is needed"));
    } else if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    };
    Err(Error::new(ErrorKind::InvalidInput, format!("it is {what}, and only regular files are read")))
}

/// Whether every user of this host may read what holds a secret.
pub fn is_open(metadata: &Metadata) -> bool {
    metadata.permissions().mode() & OTHERS_MAY_READ != 0
}

/// Makes a file that was not there, also not as a link.
pub fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(FILE_MODE);
    options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed()).open(path)
}

/// The same, with its content.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    create(path)?.write_all(content.as_ref())
}

/// Makes a folder, and those that it is in, where they are missing.
pub fn create_folders(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)
}

/// Where temporary files go: where the environment says, but for a place where others could replace them.
pub fn temporary_place() -> PathBuf {
    let named = std::env::temp_dir();
    let trusted = [0, rustix::process::geteuid().as_raw()];
    let theirs = named.metadata().is_ok_and(|folder| !trusted.contains(&folder.uid()));
    if theirs || where_others_replace(&named).is_some() { "/tmp".into() } else { named }
}

/// A new folder for temporary files, which goes away when it is dropped.
pub fn temporary_folder(prefix: &str, parent: &Path) -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(prefix).permissions(Permissions::from_mode(FOLDER_MODE)).tempdir_in(parent)
}

/// Takes from everybody else what they may do with a file that is there. Gives the mode that it had, if that was too
/// wide. Follows no link.
pub fn tighten(path: &Path) -> io::Result<Option<u32>> {
    let metadata = path.symlink_metadata()?;
    let mode = metadata.permissions().mode() & 0o7777;
    if !metadata.is_file() || mode & !0o700 == 0 {
        return Ok(None);
    }
    std::fs::set_permissions(path, Permissions::from_mode(mode & 0o700))?;
    Ok(Some(mode))
}

/// The folder on the way to `path` in which any user can rename what is ours, and put something else in its place.
pub fn where_others_replace(path: &Path) -> Option<PathBuf> {
    let there = path.ancestors().find_map(|folder| folder.canonicalize().ok())?;
    let loose = |folder: &&Path| {
        folder.metadata().is_ok_and(|it| it.is_dir() && it.mode() & (OTHERS_MAY_WRITE | STICKY) == OTHERS_MAY_WRITE)
    };
    there.ancestors().find(loose).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().mode() & 0o7777
    }

    #[test]
    fn only_regular_files_of_a_bearable_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("file"), "1234").unwrap();
        std::os::unix::fs::symlink(path("file"), path("link")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, path("pipe"), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        // It has a length, and no content.
        File::create(path("huge")).unwrap().set_len(1 << 40).unwrap();
        for (name, said) in [
            ("file", None),
            ("link", None),
            ("pipe", Some("it is a named pipe, and only regular files are read")),
            ("socket", Some("it is a socket, and only regular files are read")),
            ("huge", Some("it is larger than 4 bytes")),
            ("/dev/zero", Some("it is a device, and only regular files are read")),
            (".", Some("it is a folder, and a file is needed")),
        ] {
            let read = read_text(&path(name), 4);
            assert_eq!(read.as_ref().err().map(ToString::to_string).as_deref(), said, "{name}");
            assert!(read.is_err() || read.unwrap() == "1234", "{name}");
        }
        assert!(read(&path("file"), 3).is_err());
        // The kernel tells no length of these.
        assert!(read(Path::new("/proc/self/maps"), 10).is_err());
    }

    #[test]
    fn what_is_made_is_ours_alone_and_never_made_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        write(&path("file"), "a").unwrap();
        create_folders(&path("a/b")).unwrap();
        std::os::unix::fs::symlink(path("elsewhere"), path("link")).unwrap();
        assert_eq!(write(&path("link"), "a").unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert!(!path("elsewhere").exists());
        for (name, expected) in [("file", 0o600), ("a", 0o700), ("a/b", 0o700)] {
            assert_eq!(mode(&path(name)), expected, "{name}");
        }
    }

    #[test]
    fn what_is_too_wide_is_told_and_tightened_once() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::set_permissions(file.path(), Permissions::from_mode(0o664)).unwrap();
        assert_eq!(tighten(file.path()).unwrap(), Some(0o664));
        assert_eq!((tighten(file.path()).unwrap(), mode(file.path())), (None, 0o600));
    }

    #[test]
    fn a_folder_where_anybody_replaces_things_is_found_on_the_way() {
        let folder = temporary_folder("loose", &std::env::temp_dir()).unwrap();
        let real = folder.path().canonicalize().unwrap();
        let below = folder.path().join("below/state.db");
        std::fs::create_dir(folder.path().join("below")).unwrap();
        for (mode, found) in [(0o700, false), (0o777, true), (0o1777, false), (0o775, false)] {
            std::fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
            assert_eq!(where_others_replace(&below), found.then(|| real.clone()), "{mode:o}");
        }
    }
}
