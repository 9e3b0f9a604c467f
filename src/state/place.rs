//! Whether the file of a store is still the one that was opened: by its place on the disk, and by its length.
//!
//! A process goes on writing to a file that was deleted, and nobody will ever read that again. Never opens the file: closing
//! it would give up the locks that SQLite holds on it in this process.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use std::os::unix::fs::MetadataExt as _;

use super::StateError;

/// A file as it was when it was opened. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Place {
    path: PathBuf,
    device: u64,
    inode: u64,
    /// It never becomes shorter: nothing vacuums it.
    length: Arc<AtomicU64>,
}

impl Place {
    pub fn of(path: &Path) -> Result<Self, StateError> {
        let found = std::fs::metadata(path).map_err(|_| StateError::CannotOpen(path.to_owned()))?;
        let length = Arc::new(AtomicU64::new(found.len()));
        Ok(Self { path: path.to_owned(), device: found.dev(), inode: found.ino(), length })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same file stands there, and has lost nothing.
    pub fn check(&self) -> Result<(), StateError> {
        let gone = |what| StateError::Gone { path: self.path.clone(), what };
        let found = match std::fs::metadata(&self.path) {
            Ok(found) => found,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(gone("deleted")),
            Err(_) => return Err(StateError::CannotOpen(self.path.clone())),
        };
        if (found.dev(), found.ino()) != (self.device, self.inode) {
            return Err(gone("replaced by another file"));
        }
        if self.length.fetch_max(found.len(), Ordering::Relaxed) > found.len() {
            return Err(gone("cut off or overwritten"));
        }
        Ok(())
    }

    /// As [`Self::check`], and what was committed last stands beside it: SQLite keeps it there until it is moved into the file.
    pub fn check_committed(&self) -> Result<(), StateError> {
        self.check()?;
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        if Path::new(&log).exists() {
            return Ok(());
        }
        Err(StateError::Gone { path: log.into(), what: "deleted" })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_that_is_not_the_same_any_more_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&path, "0123456789").unwrap();
        let place = Place::of(&path).unwrap();
        let what = || match place.check() {
            Ok(()) => "same",
            Err(StateError::Gone { what, .. }) => what,
            Err(_) => "unknown",
        };
        assert_eq!(what(), "same");
        std::fs::rename(&path, &aside).unwrap();
        assert_eq!(what(), "deleted");
        std::fs::copy(&aside, &path).unwrap();
        assert_eq!(what(), "replaced by another file");
        std::fs::rename(&aside, &path).unwrap();
        assert_eq!(what(), "same");
        std::fs::write(&path, "01234567890123456789").unwrap();
        assert_eq!(what(), "same");
        std::fs::write(&path, "012345678901234567").unwrap();
        assert_eq!(what(), "cut off or overwritten");
    }
}
