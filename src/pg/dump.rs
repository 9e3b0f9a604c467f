//! What the server says around a dump: how much there is, and what stands in the way of putting it back. The dump itself
//! is the work of PostgreSQL's own programs. Changes nothing.

use std::time::Duration;

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};

use super::connect::connect;
use super::{Connection, Error, Guards, Source};
use crate::domain::name::QName;

/// Asking how large a table is waits for whoever is changing its definition.
const PATIENCE: Guards = Guards { lock_timeout: Duration::from_secs(10), statement_timeout: Duration::from_secs(30) };

/// What there is to back up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// `server_version_num`
    pub server_version: u32,
    /// On the server's disk; of tables without their indexes.
    pub bytes: u64,
    /// Those that are wanted and there, with all that stands on them, without which they could not be put back. `None`:
    /// the whole database.
    pub tables: Option<Vec<QName>>,
}

/// Something that stands on something else, or that something else stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    pub id: String,
    /// As PostgreSQL calls its kind: `view`.
    pub r#type: String,
    /// As an archive calls it: `VIEW public totals`.
    pub tag: Option<String>,
    /// As an archive calls the table or domain that it is a part of.
    pub relation: Option<String>,
    /// The id of that.
    pub part_of: Option<String>,
    /// The table that has to be locked before it can be dropped.
    pub lockable: Option<String>,
    /// What drops it.
    pub statement: Option<String>,
    /// What it cannot be without.
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

/// What belongs to a table without being a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belonging {
    /// The table, as an archive calls it.
    pub relation: String,
    /// As an archive calls it.
    pub tag: String,
    /// What makes it again.
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

/// What can stand in the way of putting a backup back, and what would be lost by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub things: Vec<Thing>,
    pub belongings: Vec<Belonging>,
}

/// Looks at the whole database, or at `tables` where they are named. Where none of them is there yet the whole database
/// is meant: an archive without any table would put nothing back.
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

/// What there is beside what a backup holds.
pub async fn standing(source: &Source) -> Result<Standing, Error> {
    let mut connection = connect(source, &PATIENCE).await?;
    let things = sqlx::query_as(include_str!("../../sql/backup/standing.sql"));
    let things = things.fetch_all(&mut connection.session).await?;
    let belongings = sqlx::query_as(include_str!("../../sql/backup/belongs.sql"));
    let belongings = belongings.fetch_all(&mut connection.session).await?;
    connection.close().await;
    Ok(Standing { things, belongings })
}
