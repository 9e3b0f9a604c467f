//! Expected: where the catalog that the application needs comes from, and getting it.
//!
//! SQL files are evaluated in a scratch database and read back like a live one; a snapshot is a catalog in a file; a
//! reference database is read as it is. Nothing here parses DDL, and nothing here compares.

mod files;
mod migrations;
mod snapshot;
mod versions;
mod whole;

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::domain::catalog::Catalog;
use crate::domain::name::Name;
use crate::domain::report::Expectation;
use crate::pg::scratch::{Scratch, ScratchConfig, ScratchDatabase, ScratchError, SqlFile};
use crate::pg::{self, Guards, Source};
use files::Files;

pub use migrations::Tool;
pub use snapshot::{SnapshotError, from_snapshot, to_snapshot};

/// What `expected` in the config names.
#[derive(Clone, Debug)]
pub enum ExpectedSource {
    /// A file, a folder of them, or a glob relative to `base`; of migrations, as `tool` reads them, or as the tool does
    /// that they belong to.
    Sql { base: PathBuf, pattern: String, tool: Option<&'static Tool> },
    /// A file that `schemawarden snapshot` wrote.
    Snapshot(PathBuf),
    /// A snapshot of what was there before a fix, which may have been nothing.
    Before(PathBuf),
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
    #[error("{}: {}; for files in subfolders give a glob, such as migrations/*/up.sql", .path.display(), .problem.wrong)]
    NoFiles { path: PathBuf, problem: migrations::Problem },
    #[error("{}{}: {}", .path.display(), .problem.line.map(|line| format!(":{line}")).unwrap_or_default(), .problem.wrong)]
    Migrations { path: PathBuf, problem: migrations::Problem },
    #[error("{}:{line}: {problem}", .path.display())]
    NotWhole { path: PathBuf, line: usize, problem: whole::NotWhole },
    #[error("no migration tool is called `{key}`; known are {}", Tool::keys())]
    NoTool { key: String },
    #[error("migrations are SQL: `migrations` says nothing about a snapshot or a reference database")]
    NotSql,
    /// Else everything would hold.
    #[error(
        "the expectation holds no object{}: nothing was compared, for whatever the live schema is, it would hold. \
         Look at what \
         `expected` names{}",
        .schemas.as_ref().map(|it| format!(" in the schemas {}", it.join(", "))).unwrap_or_default(),
        .unmodelled.as_ref().map(|it| format!("; it has only what cannot be compared ({it})")).unwrap_or_default()
    )]
    Nothing { schemas: Option<Vec<String>>, unmodelled: Option<String> },
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
        Ok(Self::Sql { base: base.into(), pattern: text.into(), tool: None })
    }

    /// Migrations that are to be read as the tool reads them that `key` names.
    pub fn read_as(self, key: &str) -> Result<Self, ExpectedError> {
        let tool = Some(Tool::by_key(key).ok_or_else(|| ExpectedError::NoTool { key: key.to_owned() })?);
        match self {
            Self::Sql { base, pattern, .. } => Ok(Self::Sql { base, pattern, tool }),
            Self::Snapshot(_) | Self::Before(_) | Self::Database(_) => Err(ExpectedError::NotSql),
        }
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sql { .. } => "sql",
            Self::Snapshot(_) | Self::Before(_) => "snapshot",
            Self::Database(_) => "database",
        }
    }

    /// Changes when the files do, in name or content. `None` for a database. Reads the files, and blocks for it.
    pub fn digest(&self) -> Result<Option<String>, ExpectedError> {
        let files = match self {
            Self::Sql { base, pattern, tool } => files::read_all(base, pattern, *tool)?.sql,
            Self::Snapshot(path) | Self::Before(path) => vec![files::read(path)?],
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

/// An expectation, and where it comes from.
#[derive(Debug)]
pub struct Evaluated {
    pub catalog: Catalog,
    pub expectation: Expectation,
    pub warnings: Vec<String>,
}

/// The expected catalog, of the schemas named or of all. Never an empty one, unless that was there before.
pub async fn load(
    source: &ExpectedSource,
    scratch: &ScratchConfig,
    schemas: Option<&[String]>,
) -> Result<Evaluated, ExpectedError> {
    match source {
        ExpectedSource::Sql { base, pattern, tool } => {
            let Files { sql, expectation, warnings } = files::read_all(base, pattern, *tool)?;
            let evaluated = Evaluated::of(evaluate(&sql, scratch, schemas).await?, schemas)?;
            let expectation = Expectation { objects: evaluated.expectation.objects, ..expectation };
            Ok(Evaluated { expectation, warnings, ..evaluated })
        }
        ExpectedSource::Snapshot(path) => Evaluated::of(stored(path, schemas)?, schemas),
        ExpectedSource::Before(path) => Ok(Evaluated::whatever(stored(path, schemas)?)),
        ExpectedSource::Database(source) => Evaluated::of(read(source, schemas).await?, schemas),
    }
}

impl Evaluated {
    /// Refuses an expectation of nothing: it would hold whatever is there.
    pub fn of(catalog: Catalog, schemas: Option<&[String]>) -> Result<Self, ExpectedError> {
        if catalog.objects() > 0 {
            return Ok(Self::whatever(catalog));
        }
        let mut kinds: Vec<&str> = catalog.unmodelled.iter().map(|it| it.kind.as_str()).collect();
        kinds.dedup();
        let unmodelled = (!kinds.is_empty()).then(|| kinds.join(", "));
        Err(ExpectedError::Nothing { schemas: schemas.map(<[String]>::to_vec), unmodelled })
    }

    fn whatever(catalog: Catalog) -> Self {
        let expectation = Expectation { objects: catalog.objects(), ..Expectation::default() };
        Self { catalog, expectation, warnings: Vec::new() }
    }
}

fn stored(path: &Path, schemas: Option<&[String]>) -> Result<Catalog, ExpectedError> {
    let text = files::read(path)?.text;
    let mut catalog =
        from_snapshot(&text).map_err(|problem| ExpectedError::Snapshot { path: path.to_owned(), problem })?;
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
    let catalog = catalog.await;
    tidy(scratch, database).await;
    catalog
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
        tracing::warn!(%error, "the scratch server was not stopped cleanly");
    }
}

#[cfg(test)]
mod tests;
