//! The look before a count: what the two relations of a reference are, and that the count would run no code of their
//! owners. Reads catalog rows only.

use sqlx::Row as _;
use sqlx::postgres::PgConnection;
use sqlx::postgres::types::Oid;

use super::CountError;
use super::session::{RANGE_LIMIT, Session};
use crate::domain::name::{Name, QName};

/// One side of a reference.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub relation: QName,
    pub columns: Vec<Column>,
    /// The relations that hold its rows (partitions, inheritance children).
    pub leaves: Vec<Leaf>,
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub name: Name,
    pub not_null: bool,
    /// As written in a cast.
    pub data_type: String,
    /// The type's values survive a round trip through text, and there is a `max`.
    pub has_bounds: bool,
    /// `max` accepts it without a cast; uuid has none before 18, every array has one.
    pub has_max: bool,
    /// The schema of its comparison operators, which is not `pg_catalog` for an extension's type.
    pub operators: Name,
    /// A type of PostgreSQL or of an extension: casting, reading and printing its values runs no other role's code.
    pub is_known: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub relation: QName,
    pub blocks: u64,
}

impl Side {
    /// Blocks of all its leaves.
    pub fn blocks(&self) -> u64 {
        self.leaves.iter().map(|leaf| leaf.blocks).sum()
    }

    pub fn never_null(&self) -> bool {
        self.columns.iter().all(|column| column.not_null)
    }
}

pub(super) async fn look(session: &mut Session<'_>, relation: &QName, columns: &[Name]) -> Result<Side, CountError> {
    let wanted: Vec<&str> = columns.iter().map(Name::as_str).collect();
    let rows = session
        .run(RANGE_LIMIT, async |session: &mut PgConnection| {
            sqlx::query(include_str!("../../../sql/count/relation.sql"))
                .bind(relation.schema.as_str())
                .bind(relation.name.as_str())
                .bind(wanted)
                .fetch_all(session)
                .await
        })
        .await?;
    let Some(first) = rows.first() else { return Err(CountError::NoRelation(relation.clone())) };
    match first.try_get("kind")? {
        "r" | "p" | "m" => {}
        "v" | "f" => return Err(CountError::RunsCode(relation.clone())),
        _ => return Err(CountError::NoTable(relation.clone())),
    }
    if first.try_get("row_security")? {
        return Err(CountError::RowSecurity(relation.clone()));
    }
    let oid: Oid = first.try_get("oid")?;
    let columns = rows
        .iter()
        .map(|row| {
            let name = Name::from(row.try_get::<&str, _>("column_name")?);
            if row.try_get("missing")? {
                return Err(CountError::NoColumn { relation: relation.clone(), column: name });
            }
            let foreign_operator: &str = row.try_get("stranger")?;
            if !foreign_operator.is_empty() {
                let operator = foreign_operator.to_owned();
                return Err(CountError::Operator { relation: relation.clone(), column: name, operator });
            }
            Ok(Column {
                name,
                not_null: row.try_get("not_null")?,
                data_type: row.try_get("type")?,
                has_bounds: row.try_get("has_bounds")?,
                has_max: row.try_get("has_max")?,
                operators: row.try_get::<&str, _>("operators")?.into(),
                is_known: row.try_get("is_known")?,
            })
        })
        .collect::<Result<_, CountError>>()?;
    let leaves = session
        .run(RANGE_LIMIT, async |session: &mut PgConnection| {
            sqlx::query(include_str!("../../../sql/count/tree.sql")).bind(oid).fetch_all(session).await
        })
        .await?
        .iter()
        .map(|row| {
            let leaf = QName::new(row.try_get::<&str, _>("schema")?, row.try_get::<&str, _>("name")?);
            if !row.try_get::<bool, _>("has_blocks")? {
                return Err(CountError::RunsCode(leaf));
            }
            Ok(Leaf { relation: leaf, blocks: u64::try_from(row.try_get::<i64, _>("blocks")?).unwrap_or(0) })
        })
        .collect::<Result<_, CountError>>()?;
    Ok(Side { relation: relation.clone(), columns, leaves })
}
