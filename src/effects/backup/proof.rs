//! Reads a backup back from its store: compares it with what was written, and has `pg_restore` read it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{ChildStdin, ChildStdout};

use super::child::Program;
use super::object::Reader;
use super::{BackupError, folder};

/// Size of one read.
pub(super) const PIECE: usize = 256 << 10;

/// The place a backup is read from.
#[derive(Debug)]
pub(super) enum Kept {
    File(PathBuf),
    /// A folder of files, as `pg_dump -Fd` makes it.
    Folder(PathBuf),
    Object(Reader),
}

/// How much of a backup is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    /// Until the program that receives it stops reading.
    AsFarAsNeeded,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub bytes: u64,
    pub sha256: String,
}

impl Content {
    /// Checks that it is what was written.
    pub fn must_be(&self, bytes: u64, sha256: &str, location: String) -> Result<(), BackupError> {
        if self.bytes == bytes && self.sha256 == sha256 {
            return Ok(());
        }
        let found = format!("{} bytes with SHA-256 {}", self.bytes, self.sha256);
        Err(BackupError::Damaged { location, found, expected: format!("{bytes} with {sha256}") })
    }
}

/// Counts and hashes the bytes.
#[derive(Debug, Default)]
pub(super) struct Meter {
    hash: Sha256,
    pub bytes: u64,
}

impl Meter {
    pub fn add(&mut self, piece: &[u8]) {
        self.hash.update(piece);
        self.bytes += u64::try_from(piece.len()).unwrap_or(0);
    }

    pub fn content(self) -> Content {
        Content { bytes: self.bytes, sha256: format!("{:x}", self.hash.finalize()) }
    }
}

/// Reads all of it, and has `pg_restore --list` read it too. Gives the list, one entry a line, or why there is none.
/// Damage is reported before an error of `pg_restore`, because it is the cause.
pub(super) async fn read_back(
    kept: Kept,
    pg_restore: &Path,
    location: &str,
) -> Result<(Content, Result<String, BackupError>), BackupError> {
    let mut arguments = vec!["--list".to_owned()];
    if let Kept::Folder(path) = &kept {
        arguments.push(path.display().to_string());
    }
    let mut program = Program::start("pg_restore", pg_restore, &arguments, None)?;
    let (input, output) = (program.input(), program.output());
    let read = async { tokio::try_join!(feed(kept, input, Wanted::All), text(output)) };
    let (content, list) = read.await?;
    let list = match program.success().await {
        Ok(()) => Ok(list),
        Err(BackupError::Failed { reason, .. }) => Err(BackupError::Unreadable { location: location.into(), reason }),
        Err(error) => Err(error),
    };
    Ok((content, list))
}

/// Reads it and writes it to `to`, as long as `to` is read.
pub(super) async fn feed(kept: Kept, mut to: Option<ChildStdin>, wanted: Wanted) -> Result<Content, BackupError> {
    let mut meter = Meter::default();
    let enough = |to: &Option<ChildStdin>| wanted == Wanted::AsFarAsNeeded && to.is_none();
    match kept {
        Kept::Folder(path) => {
            drop(to);
            return of_folder(&path).await;
        }
        Kept::File(path) => {
            let failed = |source| folder::failed("read", &path, source);
            let mut file = File::open(&path).await.map_err(failed)?;
            let mut piece = vec![0; PIECE];
            while let length @ 1.. = file.read(&mut piece).await.map_err(failed)? {
                pass(piece.get(..length).unwrap_or_default(), &mut meter, &mut to).await?;
            }
        }
        Kept::Object(mut reader) => loop {
            let piece = reader.next().await?;
            if piece.is_empty() || enough(&to) {
                break;
            }
            pass(&piece, &mut meter, &mut to).await?;
        },
    }
    if let Some(mut to) = to {
        // The program's exit status says whether it needed all of it.
        let _ = to.shutdown().await;
    }
    Ok(meter.content())
}

async fn pass(piece: &[u8], meter: &mut Meter, to: &mut Option<ChildStdin>) -> Result<(), BackupError> {
    meter.add(piece);
    let Some(input) = to else { return Ok(()) };
    match input.write_all(piece).await {
        Ok(()) => Ok(()),
        // The program has read enough, or has failed.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            *to = None;
            Ok(())
        }
        Err(source) => Err(BackupError::Pipe { program: "pg_restore", source }),
    }
}

/// The whole output of a program.
pub(super) async fn text(output: Option<ChildStdout>) -> Result<String, BackupError> {
    let mut text = Vec::new();
    if let Some(mut output) = output {
        let read = output.read_to_end(&mut text).await;
        read.map_err(|source| BackupError::Pipe { program: "pg_restore", source })?;
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// A digest of a folder's files: their names, lengths and contents, sorted by name.
pub(super) async fn of_folder(path: &Path) -> Result<Content, BackupError> {
    let mut names = folder::names(path).await?;
    names.sort();
    let mut meter = Meter::default();
    let mut bytes = 0;
    for name in names {
        let path = path.join(&name);
        let failed = |source| folder::failed("read", &path, source);
        let mut file = File::open(&path).await.map_err(failed)?;
        let length = file.metadata().await.map_err(failed)?.len();
        meter.add(format!("{name}\0{length}\0").as_bytes());
        let mut piece = vec![0; PIECE];
        while let length @ 1.. = file.read(&mut piece).await.map_err(failed)? {
            meter.add(piece.get(..length).unwrap_or_default());
            bytes += u64::try_from(length).unwrap_or(0);
        }
    }
    Ok(Content { bytes, ..meter.content() })
}
