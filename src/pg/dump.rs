//! What the server knows around a dump: the size, and the objects that block a restore. PostgreSQL's own programs make
//! the dump. Changes nothing.

use std::time::Duration;

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};

use super::connect::connect;
use super::{Connection, Error, Guards, Source};
use crate::domain::name::QName;

/// Reading a table's size waits for a concurrent change of its definition.
const PATIENCE: Guards = Guards { lock_timeout: Duration::from_secs(10), statement_timeout: Duration::from_secs(30) };

/// The extent of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// `server_version_num`
    pub server_version: u32,
    /// On the server's disk; of tables without their indexes.
    pub bytes: u64,
    /// The requested tables that exist, with all tables that depend on them, because they could not be restored without
    /// them. `None`: the whole database.
    pub tables: Option<Vec<QName>>,
}

/// An object with dependencies in either direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    pub id: String,
    /// Its kind in PostgreSQL's words: `view`.
    pub r#type: String,
    /// Its archive tag: `VIEW public totals`.
    pub tag: Option<String>,
    /// The archive tag of the table or domain that it is a part of.
    pub relation: Option<String>,
    /// The id of that object.
    pub part_of: Option<String>,
    /// The table to lock before the drop.
    pub lockable: Option<String>,
    /// The statement that drops it.
    pub statement: Option<String>,
    /// The ids of the objects that it depends on.
    pub needs: Vec<String>,
}

impl FromRow<'_, PgRow> for Thing {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            r#type: row.try_get("type")?,
            tag: listed(row, "tag")?,
            relation: listed(row, "relation")?,
            part_of: row.try_get("part_of")?,
            lockable: row.try_get("lockable")?,
            statement: row.try_get("statement")?,
            needs: row.try_get("needs")?,
        })
    }
}

/// An object that belongs to a table without being a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belonging {
    /// The table's archive tag.
    pub relation: String,
    /// Its archive tag.
    pub tag: String,
    /// The statement that recreates it.
    pub statement: String,
}

impl FromRow<'_, PgRow> for Belonging {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let text = |column| Ok::<_, sqlx::Error>(listed(row, column)?.unwrap_or_default());
        Ok(Self { relation: text("relation")?, tag: text("tag")?, statement: row.try_get("statement")? })
    }
}

/// As `pg_restore --list` prints it: on one line (`sanitize_line` in its source).
fn listed(row: &PgRow, column: &str) -> Result<Option<String>, sqlx::Error> {
    let name: Option<&str> = row.try_get(column)?;
    Ok(name.map(|name| name.replace(['\n', '\r'], " ")))
}

/// What can block a restore, and what a restore would lose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub things: Vec<Thing>,
    pub belongings: Vec<Belonging>,
}

/// The extent of the whole database, or of `tables`. If none of these exists yet, the whole database is meant: an
/// archive without tables would restore nothing.
pub async fn extent(source: &Source, tables: Option<&[QName]>) -> Result<Extent, Error> {
    let mut connection = connect(source, &PATIENCE).await?;
    let found = look(&mut connection, tables).await;
    connection.close().await;
    found
}

async fn look(connection: &mut Connection, tables: Option<&[QName]>) -> Result<Extent, Error> {
    let server_version = connection.server_version;
    let natural = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
    if let Some(tables) = tables {
        let written: Vec<String> = tables.iter().map(QName::to_string).collect();
        let query = sqlx::query(include_str!("../../sql/backup/tables.sql")).bind(written);
        let (mut bytes, mut found) = (0, Vec::new());
        for row in query.fetch_all(&mut connection.session).await? {
            found.push(QName::new(row.try_get::<&str, _>("schema")?, row.try_get::<&str, _>("name")?));
            bytes += natural(row.try_get("bytes")?);
        }
        if !found.is_empty() {
            return Ok(Extent { server_version, bytes, tables: Some(found) });
        }
    }
    let query = sqlx::query_scalar(include_str!("../../sql/backup/whole.sql"));
    let bytes = natural(query.fetch_one(&mut connection.session).await?);
    Ok(Extent { server_version, bytes, tables: None })
}

/// The objects around a backup's objects.
pub async fn standing(source: &Source) -> Result<Standing, Error> {
    let mut connection = connect(source, &PATIENCE).await?;
    let things = sqlx::query_as(include_str!("../../sql/backup/standing.sql"));
    let things = things.fetch_all(&mut connection.session).await?;
    let belongings = sqlx::query_as(include_str!("../../sql/backup/belongs.sql"));
    let belongings = belongings.fetch_all(&mut connection.session).await?;
    connection.close().await;
    Ok(Standing { things, belongings })
}
