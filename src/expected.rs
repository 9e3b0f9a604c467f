//! Expected: where the catalog that the application needs comes from, and getting it.
//!
//! SQL files are evaluated in a scratch database and read back like a live one; a snapshot is a catalog in a file; a
//! reference database is read as it is. Nothing here parses DDL, and nothing here compares.

mod files;
mod snapshot;

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::catalog::Catalog;
use crate::name::Name;
use crate::pg::scratch::{Scratch, ScratchConfig, ScratchDatabase, ScratchError};
use crate::pg::{self, Guards, Source};

pub use snapshot::{SnapshotError, from_snapshot, to_snapshot};

/// What `expected` in the config names.
#[derive(Clone, Debug)]
pub enum ExpectedSource {
    /// A file, a folder of them, or a glob relative to `base`.
    Sql { base: PathBuf, pattern: String },
    /// A file that `schemawarden snapshot` wrote.
    Snapshot(PathBuf),
    /// A reference database.
    Database(Source),
}

/// No message carries a password or a URL.
#[derive(Debug, thiserror::Error)]
pub enum ExpectedError {
    #[error(
        "`expected` is empty: name an SQL file, a glob or a folder of them, a snapshot (.json) or a postgres:// URL"
    )]
    Empty,
    #[error("{} does not exist", .path.display())]
    Missing { path: PathBuf },
    #[error(
        "no *.sql file in {} (files ending in .down.sql are left out; for files in subfolders give a glob, such as \
         migrations/*/up.sql)", .path.display()
    )]
    NoFiles { path: PathBuf },
    #[error("`{pattern}` is not a glob")]
    Pattern { pattern: String, source: glob::PatternError },
    #[error("cannot read {}", .path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} is larger than {limit} bytes: give the schema without data (`pg_dump --schema-only`)", .path.display())]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("{}:{line}: this is not UTF-8: convert the file (`iconv -t UTF-8`)", .path.display())]
    NotUtf8 { path: PathBuf, line: usize },
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    #[error("the expected database: {0}")]
    Database(pg::Error),
    #[error("{}: {problem}", .path.display())]
    Snapshot { path: PathBuf, problem: SnapshotError },
}

impl ExpectedSource {
    /// `base` is the folder that a relative path starts from.
    pub fn parse(text: &str, base: &Path) -> Result<Self, ExpectedError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ExpectedError::Empty);
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Source::parse(&text.to_owned().into()).map(Self::Database).map_err(ExpectedError::Database);
        }
        let path = base.join(text);
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            return Ok(Self::Snapshot(path));
        }
        Ok(Self::Sql { base: base.into(), pattern: text.into() })
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sql { .. } => "sql",
            Self::Snapshot(_) => "snapshot",
            Self::Database(_) => "database",
        }
    }

    /// Changes when the files do, in name or content. `None` for a database. Reads the files, and blocks for it.
    pub fn digest(&self) -> Result<Option<String>, ExpectedError> {
        let files = match self {
            Self::Sql { base, pattern } => files::read_all(base, pattern)?,
            Self::Snapshot(path) => vec![files::read(path)?],
            Self::Database(_) => return Ok(None),
        };
        let mut hash = Sha256::new();
        for file in &files {
            for part in [file.path.as_os_str().as_encoded_bytes(), file.text.as_bytes()] {
                hash.update(part.len().to_le_bytes());
                hash.update(part);
            }
        }
        Ok(Some(format!("{:x}", hash.finalize())))
    }
}

/// The expected catalog, of the schemas named or of all.
pub async fn load(
    source: &ExpectedSource,
    scratch: &ScratchConfig,
    schemas: Option<&[String]>,
) -> Result<Catalog, ExpectedError> {
    match source {
        ExpectedSource::Sql { base, pattern } => {
            let files = files::read_all(base, pattern)?;
            let scratch = Scratch::open(scratch).await?;
            let database = scratch.database().await?;
            let catalog = async {
                let loaded = database.load(&files).await?;
                let mut catalog = read(database.source(), schemas).await?;
                let chance = Name::from(database.source().options().get_username());
                for owner in catalog.owners.values_mut().filter(|owner| database.is_by_chance(owner)) {
                    *owner = chance.clone();
                }
                catalog.owner_by_chance = loaded.names_the_owner.then_some(chance);
                if !loaded.all_granted {
                    tracing::warn!("scratch cannot grant all that the SQL grants: privileges are not compared");
                    catalog.privileges.clear();
                }
                Ok(catalog)
            };
            let catalog = catalog.await;
            tidy(scratch, database).await;
            catalog
        }
        ExpectedSource::Snapshot(path) => {
            let text = files::read(path)?.text;
            let mut catalog =
                from_snapshot(&text).map_err(|problem| ExpectedError::Snapshot { path: path.clone(), problem })?;
            if let Some(schemas) = schemas {
                snapshot::keep_only(&mut catalog, schemas);
            }
            Ok(catalog)
        }
        ExpectedSource::Database(source) => read(source, schemas).await,
    }
}

async fn read(source: &Source, schemas: Option<&[String]>) -> Result<Catalog, ExpectedError> {
    let mut connection = pg::connect(source, &Guards::default()).await.map_err(ExpectedError::Database)?;
    pg::read::read(&mut connection, schemas).await.map_err(ExpectedError::Database)
}

/// What is left behind does no harm to the answer.
async fn tidy(scratch: Scratch, database: ScratchDatabase) {
    if let Err(error) = database.drop().await {
        tracing::warn!(%error, "a scratch database was not dropped");
    }
    if let Err(error) = scratch.close().await {
        tracing::warn!(%error, "the scratch server was not stopped in order");
    }
}

#[cfg(test)]
mod tests;
