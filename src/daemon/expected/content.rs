//! The content of an expected source, read once: its digest, and its evaluation to a catalog.

use std::time::Instant;

use sha2::{Digest as _, Sha256};

use super::files::{self, Files};
use super::{Evaluated, ExpectedError, ExpectedSource, snapshot, versions};
use crate::domain::catalog::Catalog;
use crate::domain::name::Name;
use crate::domain::report::Expectation;
use crate::pg::scratch::{Scratch, ScratchConfig, ScratchDatabase, SqlFile};
use crate::pg::{self, Guards, Source};

/// The content that was read. A reference database is not read before it is evaluated.
pub enum Content<'s> {
    Sql(Files),
    Snapshot(SqlFile),
    Before(SqlFile),
    Database(&'s Source),
}

impl<'s> Content<'s> {
    /// Reads the files; blocking.
    pub fn read(source: &'s ExpectedSource) -> Result<Self, ExpectedError> {
        Ok(match source {
            ExpectedSource::Sql { base, pattern, tool } => Self::Sql(files::read_all(base, pattern, *tool)?),
            ExpectedSource::Snapshot(path) => Self::Snapshot(files::read(path)?),
            ExpectedSource::Before(path) => Self::Before(files::read(path)?),
            ExpectedSource::Database(source) => Self::Database(source),
        })
    }

    /// A digest of the files' names and texts. `None` for a database.
    pub fn digest(&self) -> Option<String> {
        let files = match self {
            Self::Sql(files) => files.sql.as_slice(),
            Self::Snapshot(file) | Self::Before(file) => std::slice::from_ref(file),
            Self::Database(_) => return None,
        };
        let mut hash = Sha256::new();
        for file in files {
            for part in [file.path.as_os_str().as_encoded_bytes(), file.text.as_bytes()] {
                hash.update(part.len().to_le_bytes());
                hash.update(part);
            }
        }
        Some(format!("{:x}", hash.finalize()))
    }

    pub async fn evaluate(
        self,
        scratch: &ScratchConfig,
        schemas: Option<&[String]>,
    ) -> Result<Evaluated, ExpectedError> {
        match self {
            Self::Sql(Files { sql, expectation, warnings }) => {
                let evaluated = Evaluated::of(evaluate(&sql, scratch, schemas).await?, schemas)?;
                let expectation = Expectation { objects: evaluated.expectation.objects, ..expectation };
                Ok(Evaluated { expectation, warnings, ..evaluated })
            }
            Self::Snapshot(file) => Evaluated::of(stored(&file, schemas)?, schemas),
            Self::Before(file) => Ok(Evaluated::whatever(stored(&file, schemas)?)),
            Self::Database(source) => Evaluated::of(read(source, schemas).await?, schemas),
        }
    }
}

fn stored(file: &SqlFile, schemas: Option<&[String]>) -> Result<Catalog, ExpectedError> {
    let mut catalog = snapshot::from_snapshot(&file.text)
        .map_err(|problem| ExpectedError::Snapshot { path: file.path.clone(), problem })?;
    if let Some(schemas) = schemas {
        snapshot::keep_only(&mut catalog, schemas);
    }
    Ok(catalog)
}

async fn evaluate(
    files: &[SqlFile],
    scratch: &ScratchConfig,
    schemas: Option<&[String]>,
) -> Result<Catalog, ExpectedError> {
    let begun = Instant::now();
    let scratch = Scratch::open(scratch).await?;
    let database = scratch.database().await?;
    let catalog = async {
        let loaded = database.load(files).await?;
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
        let declared = versions::declared(files.iter().map(|file| file.text.as_str()));
        for (name, extension) in &mut catalog.extensions {
            extension.version = extension.version.take().filter(|_| declared.contains(name));
        }
        Ok(catalog)
    };
    let catalog: Result<Catalog, ExpectedError> = catalog.await;
    tidy(scratch, database).await;
    let catalog = catalog?;
    tracing::debug!(files = files.len(), milliseconds = begun.elapsed().as_millis(), "the expectation was evaluated");
    Ok(catalog)
}

async fn read(source: &Source, schemas: Option<&[String]>) -> Result<Catalog, ExpectedError> {
    let mut connection = pg::connect(source, &Guards::default()).await.map_err(ExpectedError::Database)?;
    pg::read::read(&mut connection, schemas).await.map_err(ExpectedError::Database)
}

/// A failed cleanup does not affect the result.
async fn tidy(scratch: Scratch, database: ScratchDatabase) {
    if let Err(error) = database.drop().await {
        tracing::warn!(%error, "a scratch database was not dropped");
    }
    if let Err(error) = scratch.close().await {
        tracing::warn!(%error, "the scratch server was not stopped cleanly");
    }
}
