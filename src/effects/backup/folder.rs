//! A folder as the store. A backup has a temporary name until it is complete and on the disk.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt as _;

use super::BackupError;
use super::naming::PARTIAL;
use crate::files::{FILE_MODE, FOLDER_MODE};

/// Checks that the folder is writable and has room. Gives its free bytes.
pub(super) async fn check(folder: &Path, needed: u64) -> Result<u64, BackupError> {
    let failed = |source| BackupError::Folder { what: "write to", path: folder.into(), source };
    let path = folder.to_owned();
    let tried = tokio::task::spawn_blocking(move || -> Result<u64, Error> {
        tempfile::Builder::new().prefix(".schemawarden-").tempfile_in(&path)?;
        let space = rustix::fs::statvfs(&path)?;
        Ok(space.f_bavail.saturating_mul(space.f_frsize))
    });
    let free = tried.await.map_err(Error::other).and_then(|free| free).map_err(failed)?;
    if free < needed {
        return Err(BackupError::Space { path: folder.into(), free, needed });
    }
    Ok(free)
}

/// An incomplete backup, which is removed when it is dropped.
#[derive(Debug)]
pub(super) struct Draft {
    /// Its final path.
    path: PathBuf,
    partial: PathBuf,
    done: bool,
}

impl Draft {
    pub fn new(folder: &Path, name: &str) -> Self {
        let path = folder.join(name);
        Self { partial: path.with_extension(PARTIAL), path, done: false }
    }

    pub fn partial(&self) -> &Path {
        &self.partial
    }

    /// Creates the backup as one file.
    pub async fn create_file(&self) -> Result<Writer, BackupError> {
        let failed = |source| self.failed("create", source);
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(FILE_MODE).open(&self.partial).await.map_err(failed)?;
        Ok(Writer { file, path: self.partial.clone() })
    }

    /// Creates the backup as a folder.
    pub async fn create_folder(&self) -> Result<(), BackupError> {
        let mut folder = fs::DirBuilder::new();
        folder.mode(FOLDER_MODE).create(&self.partial).await.map_err(|source| self.failed("create", source))
    }

    /// Gives it its final name. Its content must be on the disk.
    pub async fn finish(mut self) -> Result<PathBuf, BackupError> {
        fs::rename(&self.partial, &self.path).await.map_err(|source| self.failed("rename", source))?;
        self.done = true;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let synced = async { File::open(folder).await?.sync_all().await };
        synced.await.map_err(|source| self.failed("sync the folder of", source))?;
        Ok(self.path.clone())
    }

    fn failed(&self, what: &'static str, source: Error) -> BackupError {
        failed(what, &self.partial, source)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.done {
            // A missing file needs no removal.
            let _ = remove_now(&self.partial);
        }
    }
}

/// Writes one file.
#[derive(Debug)]
pub(super) struct Writer {
    file: File,
    path: PathBuf,
}

impl Writer {
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.file.write_all(bytes).await.map_err(|source| failed("write", &self.path, source))
    }

    /// Returns when all of it is on the disk.
    pub async fn finish(mut self) -> Result<(), BackupError> {
        let synced = async {
            self.file.flush().await?;
            self.file.sync_all().await?;
            // Drops the page cache, so that the file is read back from the disk.
            #[cfg(target_os = "linux")]
            rustix::fs::fadvise(&self.file, 0, None, rustix::fs::Advice::DontNeed)?;
            Ok(())
        };
        synced.await.map_err(|source| failed("write", &self.path, source))
    }
}

pub(super) fn failed(what: &'static str, path: &Path, source: Error) -> BackupError {
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => BackupError::Full { path: path.into() },
        _ => BackupError::Folder { what, path: path.into(), source },
    }
}

/// The names in the folder.
pub(super) async fn names(folder: &Path) -> Result<Vec<String>, BackupError> {
    let failed = |source| failed("list", folder, source);
    let mut entries = fs::read_dir(folder).await.map_err(failed)?;
    let mut names = Vec::new();
    while let Some(entry) = entries.next_entry().await.map_err(failed)? {
        // A name that is not UTF-8 is not one of our backups.
        names.extend(entry.file_name().into_string().ok());
    }
    Ok(names)
}

/// Removes a file, or a folder with its content.
pub(super) async fn remove(path: &Path) -> Result<(), BackupError> {
    let owned = path.to_owned();
    let removed = tokio::task::spawn_blocking(move || remove_now(&owned)).await;
    removed.map_err(Error::other).and_then(|removed| removed).map_err(|source| failed("remove", path, source))
}

fn remove_now(path: &Path) -> Result<(), Error> {
    // Does not follow a symbolic link.
    if path.symlink_metadata()?.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }
}
