//! Reads constraints from raw rows: keys by column numbers, actions by their codes. Expressions are printed elsewhere.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use sqlx::Row;
use sqlx::postgres::PgRow;
use sqlx::postgres::types::Oid;

use super::columns::Shape;
use super::printed::Printed;
use super::{Error, Found, Reader, code};
use crate::domain::catalog::{Constraint, ConstraintKind, Deferrable, Definition, ReferentialAction};
use crate::domain::name::{Name, QName};

/// A constraint whose expression may still have to be printed.
pub(super) struct RawConstraint {
    oid: Oid,
    constraint: Constraint,
}

impl RawConstraint {
    pub(super) fn print(self, printed: &Printed) -> Constraint {
        let mut constraint = self.constraint;
        match &mut constraint.kind {
            ConstraintKind::Check { expression: text, .. } | ConstraintKind::Exclusion { definition: text } => {
                *text = printed.check(self.oid);
            }
            ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Foreign { .. } => {}
        }
        constraint
    }
}

/// Names and columns of relations that are not watched.
type Outside = HashMap<Oid, (QName, HashMap<i16, Name>)>;

/// The columns that foreign keys and sequences name by relation and number.
pub(super) struct Columns<'r> {
    pub(super) relations: &'r HashMap<Oid, Found>,
    pub(super) shapes: &'r HashMap<Oid, Shape>,
}

impl Columns<'_> {
    pub(super) fn know(&self, relation: Oid) -> bool {
        self.relations.contains_key(&relation)
    }

    pub(super) fn resolve(&self, outside: &Outside, relation: Oid, numbers: &[i16]) -> Option<(QName, Vec<Name>)> {
        if let (Some(found), Some(shape)) = (self.relations.get(&relation), self.shapes.get(&relation)) {
            return Some((found.name.clone(), shape.names(numbers)));
        }
        let (name, columns) = outside.get(&relation)?;
        Some((name.clone(), numbers.iter().filter_map(|number| columns.get(number).cloned()).collect()))
    }
}

impl Reader<'_> {
    pub(super) async fn constraints(
        &mut self,
        columns: &Columns<'_>,
    ) -> Result<HashMap<Oid, Vec<RawConstraint>>, Error> {
        let rows: Vec<PgRow> = sqlx::query(include_str!("../../../sql/catalog/constraints.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        let mut strangers = Vec::new();
        for row in &rows {
            let parent: Oid = row.try_get(14)?;
            if parent.0 != 0 && !columns.know(parent) {
                strangers.push(parent);
            }
        }
        let outside = self.outside(strangers).await?;
        let mut constraints: HashMap<Oid, Vec<RawConstraint>> = HashMap::new();
        for row in rows {
            let relation: Oid = row.try_get(1)?;
            let Some(shape) = columns.shapes.get(&relation).filter(|_| columns.know(relation)) else { continue };
            let resolve = |parent, keys: &[i16]| columns.resolve(&outside, parent, keys);
            if let Some(raw) = self.constraint(&row, shape, resolve)? {
                constraints.entry(relation).or_default().push(raw);
            }
        }
        Ok(constraints)
    }

    /// `None` for a foreign key whose parent is gone since.
    fn constraint(
        &mut self,
        row: &PgRow,
        shape: &Shape,
        resolve: impl Fn(Oid, &[i16]) -> Option<(QName, Vec<Name>)>,
    ) -> Result<Option<RawConstraint>, sqlx::Error> {
        let keys: Vec<i16> = row.try_get::<Option<_>, _>(10)?.unwrap_or_default();
        let columns = shape.names(&keys);
        // A key's index lists the key columns, then those of INCLUDE.
        let include = || -> Result<Vec<Name>, sqlx::Error> {
            let indexed = super::indexes::numbers(row.try_get(11)?);
            Ok(shape.names(indexed.get(keys.len()..).unwrap_or_default()))
        };
        let period: bool = row.try_get(13)?;
        let kind = match code(row, 3)? {
            b'p' => ConstraintKind::Primary { columns, include: include()?, without_overlaps: period },
            b'u' => ConstraintKind::Unique {
                columns,
                include: include()?,
                nulls_not_distinct: row.try_get(12)?,
                without_overlaps: period,
            },
            b'f' => {
                let parent_keys: Vec<i16> = row.try_get::<Option<_>, _>(15)?.unwrap_or_default();
                let Some((parent, parent_columns)) = resolve(row.try_get(14)?, &parent_keys) else {
                    return Ok(None);
                };
                let on_delete_columns: Vec<i16> = row.try_get::<Option<_>, _>(19)?.unwrap_or_default();
                ConstraintKind::Foreign {
                    columns,
                    parent,
                    parent_columns,
                    match_full: code(row, 16)? == b'f',
                    on_update: action(code(row, 17)?),
                    on_delete: action(code(row, 18)?),
                    on_delete_columns: shape.names(&on_delete_columns),
                    period,
                }
            }
            b'c' => ConstraintKind::Check { expression: Definition::Busy, no_inherit: row.try_get(9)? },
            _ => ConstraintKind::Exclusion { definition: Definition::Busy },
        };
        let deferrable = match (row.try_get(4)?, row.try_get(5)?) {
            (false, _) => Deferrable::Not,
            (true, false) => Deferrable::InitiallyImmediate,
            (true, true) => Deferrable::InitiallyDeferred,
        };
        let options = match kind {
            // The printed definition of an exclusion already holds them.
            ConstraintKind::Exclusion { .. } => Vec::new(),
            _ => self.names.options(row.try_get(20)?),
        };
        let constraint = Constraint {
            name: self.names.name(row.try_get(2)?),
            kind,
            deferrable,
            options,
            tablespace: row.try_get::<Option<&str>, _>(21)?.map(|name| self.names.name(name)),
            validated: row.try_get(6)?,
            enforced: row.try_get(7)?,
            inherited: row.try_get(8)?,
        };
        Ok(Some(RawConstraint { oid: row.try_get(0)?, constraint }))
    }

    /// Names and columns of relations in schemas that are not watched.
    pub(super) async fn outside(&mut self, oids: Vec<Oid>) -> Result<Outside, Error> {
        let mut outside = Outside::new();
        let mut rows =
            sqlx::query_as::<_, (Oid, String, String, i16, String)>(include_str!("../../../sql/catalog/outside.sql"))
                .bind(&oids)
                .fetch(&mut *self.session);
        while let Some((oid, schema, name, number, column)) = rows.try_next().await? {
            let new = || (QName::new(&*schema, &*name), HashMap::new());
            outside.entry(oid).or_insert_with(new).1.insert(number, Name::from(&*column));
        }
        Ok(outside)
    }
}

/// The codes of `confupdtype` and `confdeltype`.
fn action(code: u8) -> ReferentialAction {
    match code {
        b'r' => ReferentialAction::Restrict,
        b'c' => ReferentialAction::Cascade,
        b'n' => ReferentialAction::SetNull,
        b'd' => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
