//! Whether the file of a store is still the one that was opened, by its inode, its length, and a number in its header.
//!
//! A process can continue to write to a deleted file, which is lost at its end. The file is opened once and stays open:
//! closing it would release the locks that SQLite holds on it in this process.

use std::fs::File;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::StateError;

/// Offset of `user_version`, see <https://www.sqlite.org/fileformat.html>; big-endian.
const NUMBER_AT: u64 = 60;

/// A file as it was when it was opened. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Place {
    path: PathBuf,
    device: u64,
    inode: u64,
    file: Arc<File>,
    /// It never shrinks, because nothing vacuums it.
    length: Arc<AtomicU64>,
    /// Valid numbers in its header: the one when it was opened, and the one that SQLite is about to write.
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

    /// Checks that the same file is at the path and was not truncated.
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

    /// Like [`Self::check`]; also checks the write-ahead log, which has the latest commits until they are in the file.
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
    fn a_replaced_file_is_detected() {
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
