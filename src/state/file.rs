//! The files of a SQLite store: created with access for this user only, before SQLite opens them. SQLite gives its
//! other files (`-wal`, `-shm`, `-journal`) the permissions of the first one.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use super::StateError;
use crate::files;

/// Creates the file and its folder if they are missing. Wider permissions of existing ones are tightened, with a
/// warning.
pub fn prepare(path: &Path) -> Result<(), StateError> {
    if let Some(folder) = path.parent() {
        files::create_folders(folder).map_err(|source| StateError::Folder { path: path.to_owned(), source })?;
    }
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() => return Err(StateError::NoFile(path.to_owned())),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => make(path).map_err(|error| explain(path, &error))?,
        Err(error) => return Err(explain(path, &error)),
    }
    // SQLite keeps its other files beside the file itself, not beside a link to it.
    let path = path.canonicalize().map_err(|error| explain(path, &error))?;
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        tighten(&PathBuf::from(file));
    }
    Ok(())
}

fn make(path: &Path) -> Result<(), Error> {
    match files::create(path) {
        // Another process was faster. A dangling link is refused.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_file() => Ok(()),
        made => made.map(drop),
    }
}

fn tighten(file: &Path) {
    match files::tighten(file) {
        Ok(None) => {}
        Ok(Some(mode)) => {
            let file = file.display();
            tracing::warn!(%file, "other users of this host could use the state store (mode {mode:o}): now they cannot");
        }
        // Usually most of them do not exist.
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            let file = file.display();
            tracing::warn!(%file, %error, "other users of this host can use the state store, and this cannot be changed");
        }
    }
}

fn explain(path: &Path, error: &Error) -> StateError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StateError::Full(path.to_owned()),
        ErrorKind::ReadOnlyFilesystem => StateError::ReadOnly(path.to_owned()),
        _ => StateError::CannotOpen(path.to_owned()),
    }
}
