//! Sources of the expected catalog, and loading it.
//!
//! SQL files are evaluated in a scratch database and read back like a live one; a snapshot is a catalog in a file; a
//! reference database is read as it is. Nothing here parses DDL or compares catalogs.

mod content;
mod files;
mod migrations;
mod snapshot;
mod store;
mod versions;
mod whole;

use std::path::{Path, PathBuf};

use crate::domain::catalog::{Catalog, Relation};
use crate::domain::report::Expectation;
use crate::pg::scratch::{ScratchConfig, ScratchError};
use crate::pg::{self, Source};
use content::Content;

pub use migrations::Tool;
pub use snapshot::{SnapshotError, from_snapshot, to_snapshot};
pub use store::Store;

/// What `expected` in the config names.
#[derive(Clone, Debug)]
pub enum ExpectedSource {
    /// A file, a folder, or a glob relative to `base`. Migrations are read as `tool` reads them or, without one, as the
    /// recognised tool does.
    Sql { base: PathBuf, pattern: String, tool: Option<&'static Tool> },
    /// A file that `schemawarden snapshot` wrote.
    Snapshot(PathBuf),
    /// A snapshot of the schema before a fix. It may be empty.
    Before(PathBuf),
    /// A reference database.
    Database(Source),
}

/// No message contains a password or a URL.
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
    /// An empty expectation would always hold.
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

    /// Migrations, read by the rules of the tool that `key` names.
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

    /// Changes when a file's name or content changes. `None` for a database. Reads the files; blocking.
    pub fn digest(&self) -> Result<Option<String>, ExpectedError> {
        Ok(Content::read(self)?.digest())
    }
}

/// An expectation with its origin.
#[derive(Debug)]
pub struct Evaluated {
    pub catalog: Catalog,
    pub expectation: Expectation,
    pub warnings: Vec<String>,
}

/// The expected catalog of the named schemas or of all. Never empty, unless the schema before a fix was empty. A
/// [`Store`] evaluates a content once.
pub async fn load(
    source: &ExpectedSource,
    scratch: &ScratchConfig,
    schemas: Option<&[String]>,
) -> Result<Evaluated, ExpectedError> {
    Content::read(source)?.evaluate(scratch, schemas).await
}

impl Evaluated {
    /// Refuses an empty expectation: it would hold for every live schema.
    pub fn of(catalog: Catalog, schemas: Option<&[String]>) -> Result<Self, ExpectedError> {
        if catalog.objects() > 0 {
            return Ok(Self::whatever(catalog));
        }
        let mut kinds: Vec<&str> = catalog.unmodelled.iter().map(|it| it.kind.as_str()).collect();
        kinds.dedup();
        let unmodelled = (!kinds.is_empty()).then(|| kinds.join(", "));
        Err(ExpectedError::Nothing { schemas: schemas.map(<[String]>::to_vec), unmodelled })
    }

    fn whatever(mut catalog: Catalog) -> Self {
        catalog.relations.values_mut().for_each(Relation::expect_valid_indexes);
        let expectation = Expectation { objects: catalog.objects(), ..Expectation::default() };
        Self { catalog, expectation, warnings: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
