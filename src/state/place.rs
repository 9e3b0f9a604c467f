//! Whether the file of a store is still the one that was opened: by its place on the disk, its length, and a number in its
//! header.
//!
//! A process goes on writing to a file that was deleted, and nobody will ever read that again. The file is opened once and
//! stays open: closing it would give up the locks that SQLite holds on it in this process.

use std::fs::File;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::StateError;

/// Where `user_version` stands, see <https://www.sqlite.org/fileformat.html>; big-endian.
const NUMBER_AT: u64 = 60;

/// A file as it was when it was opened. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Place {
    path: PathBuf,
    device: u64,
    inode: u64,
    file: Arc<File>,
    /// It never becomes shorter: nothing vacuums it.
    length: Arc<AtomicU64>,
    /// What its header may say: what it said when it was opened, and what SQLite is about to write there.
    numbers: [u32; 2],
}

impl Place {
    /// `number`: its `user_version`.
    pub fn of(path: &Path, number: u32) -> Result<Self, StateError> {
        let cannot = |_| StateError::CannotOpen(path.to_owned());
        let file = File::open(path).map_err(cannot)?;
        let found = file.metadata().map_err(cannot)?;
        let length = Arc::new(AtomicU64::new(found.len()));
        let numbers = [number_in(&file).map_err(cannot)?, number];
        let (path, file) = (path.to_owned(), Arc::new(file));
        Ok(Self { path, device: found.dev(), inode: found.ino(), file, length, numbers })
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
        match number_in(&self.file) {
            Ok(number) if self.numbers.contains(&number) => Ok(()),
            Ok(_) => Err(gone("overwritten by another store")),
            Err(_) => Err(gone("cut off or overwritten")),
        }
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

fn number_in(file: &File) -> std::io::Result<u32> {
    let mut bytes = [0; 4];
    file.read_exact_at(&mut bytes, NUMBER_AT)?;
    Ok(u32::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_file_that_is_not_the_same_any_more_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join("a"), folder.path().join("b"));
        let content = |number: u32, length: usize| {
            let mut bytes = vec![0; length];
            bytes[60..64].copy_from_slice(&number.to_be_bytes());
            bytes
        };
        std::fs::write(&path, content(7, 100)).unwrap();
        let place = Place::of(&path, 7).unwrap();
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
        std::fs::write(&path, content(7, 120)).unwrap();
        assert_eq!(what(), "same");
        std::fs::write(&path, content(8, 140)).unwrap();
        assert_eq!(what(), "overwritten by another store");
        std::fs::write(&path, content(7, 139)).unwrap();
        assert_eq!(what(), "cut off or overwritten");
    }
}
