//! Reads constraints from raw rows: keys by column numbers, actions by their codes. Expressions are printed elsewhere.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use sqlx::postgres::types::Oid;

use super::columns::Shape;
use super::printed::Printed;
use super::{Error, Found, Reader};
use crate::domain::catalog::{Constraint, ConstraintKind, Deferrable, Definition, ReferentialAction};
use crate::domain::name::{Name, QName};
use crate::pg::row::row;

row! {
    struct ConstraintRow {
        oid: Oid,
        relation: Oid,
        name: String,
        kind: i8,
        deferrable: bool,
        deferred: bool,
        validated: bool,
        enforced: bool,
        inherited: bool,
        no_inherit: bool,
        keys: Option<Vec<i16>>,
        /// The columns of its index.
        indexed: Option<String>,
        nulls_not_distinct: bool,
        period: bool,
        /// 0: it is not a foreign key.
        parent: Oid,
        parent_keys: Option<Vec<i16>>,
        match_type: i8,
        on_update: i8,
        on_delete: i8,
        on_delete_keys: Option<Vec<i16>>,
        options: Option<Vec<String>>,
        tablespace: Option<String>,
    }
}

row! {
    struct OutsideRow {
        oid: Oid,
        schema: String,
        name: String,
        number: i16,
        column: String,
    }
}

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
        let rows: Vec<ConstraintRow> = sqlx::query_as(include_str!("../../../sql/catalog/constraints.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        let parents = rows.iter().map(|row| row.parent);
        let outside = self.outside(parents.filter(|parent| parent.0 != 0 && !columns.know(*parent)).collect()).await?;
        let mut constraints: HashMap<Oid, Vec<RawConstraint>> = HashMap::new();
        for row in rows {
            let relation = row.relation;
            let Some(shape) = columns.shapes.get(&relation).filter(|_| columns.know(relation)) else { continue };
            let resolve = |parent, keys: &[i16]| columns.resolve(&outside, parent, keys);
            if let Some(raw) = self.constraint(row, shape, resolve) {
                constraints.entry(relation).or_default().push(raw);
            }
        }
        Ok(constraints)
    }

    /// `None` for a foreign key whose parent has been dropped meanwhile.
    fn constraint(
        &mut self,
        row: ConstraintRow,
        shape: &Shape,
        resolve: impl Fn(Oid, &[i16]) -> Option<(QName, Vec<Name>)>,
    ) -> Option<RawConstraint> {
        let keys = row.keys.unwrap_or_default();
        let columns = shape.names(&keys);
        // A key's index lists the key columns, then those of INCLUDE.
        let include = || {
            let indexed = super::indexes::numbers(row.indexed.as_deref().unwrap_or_default());
            shape.names(indexed.get(keys.len()..).unwrap_or_default())
        };
        let kind = match row.kind.cast_unsigned() {
            b'p' => ConstraintKind::Primary { columns, include: include(), without_overlaps: row.period },
            b'u' => ConstraintKind::Unique {
                columns,
                include: include(),
                nulls_not_distinct: row.nulls_not_distinct,
                without_overlaps: row.period,
            },
            b'f' => {
                let (parent, parent_columns) = resolve(row.parent, &row.parent_keys.unwrap_or_default())?;
                ConstraintKind::Foreign {
                    columns,
                    parent,
                    parent_columns,
                    match_full: row.match_type.cast_unsigned() == b'f',
                    on_update: action(row.on_update),
                    on_delete: action(row.on_delete),
                    on_delete_columns: shape.names(&row.on_delete_keys.unwrap_or_default()),
                    period: row.period,
                }
            }
            b'c' => ConstraintKind::Check { expression: Definition::Busy, no_inherit: row.no_inherit },
            _ => ConstraintKind::Exclusion { definition: Definition::Busy },
        };
        let deferrable = match (row.deferrable, row.deferred) {
            (false, _) => Deferrable::Not,
            (true, false) => Deferrable::InitiallyImmediate,
            (true, true) => Deferrable::InitiallyDeferred,
        };
        let options = match kind {
            // The printed definition of an exclusion contains them.
            ConstraintKind::Exclusion { .. } => Vec::new(),
            _ => self.names.options(row.options),
        };
        let constraint = Constraint {
            name: self.names.name(&row.name),
            kind,
            deferrable,
            options,
            tablespace: row.tablespace.map(|name| self.names.name(&name)),
            validated: row.validated,
            enforced: row.enforced,
            inherited: row.inherited,
        };
        Some(RawConstraint { oid: row.oid, constraint })
    }

    /// Names and columns of relations in schemas that are not watched.
    pub(super) async fn outside(&mut self, oids: Vec<Oid>) -> Result<Outside, Error> {
        let mut outside = Outside::new();
        let mut rows = sqlx::query_as::<_, OutsideRow>(include_str!("../../../sql/catalog/outside.sql"))
            .bind(&oids)
            .fetch(&mut *self.session);
        while let Some(row) = rows.try_next().await? {
            let new = || (QName::new(&*row.schema, &*row.name), HashMap::new());
            outside.entry(row.oid).or_insert_with(new).1.insert(row.number, Name::from(&*row.column));
        }
        Ok(outside)
    }
}

/// The codes of `confupdtype` and `confdeltype`.
fn action(code: i8) -> ReferentialAction {
    match code.cast_unsigned() {
        b'r' => ReferentialAction::Restrict,
        b'c' => ReferentialAction::Cascade,
        b'n' => ReferentialAction::SetNull,
        b'd' => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
