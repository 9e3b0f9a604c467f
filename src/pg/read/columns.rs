//! Reads columns: raw rows, with types and collations resolved once each. Default expressions are printed elsewhere.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::TryStreamExt;
use sqlx::postgres::types::Oid;

use super::printed::Printed;
use super::{Error, Reader};
use crate::domain::catalog::{Column, Generated, Identity, NotNull};
use crate::domain::name::{Name, QName};
use crate::pg::row::row;

row! {
    struct ColumnRow<'r> {
        relation: Oid,
        number: i16,
        name: &'r str,
        type_oid: Oid,
        type_modifier: i32,
        collation: Oid,
        not_null: bool,
        /// `None`: there is no such constraint, or it has the default name.
        not_null_name: Option<&'r str>,
        not_null_validated: bool,
        not_null_no_inherit: bool,
        identity: i8,
        generated: i8,
        inherited: bool,
        storage: i8,
        compression: i8,
        statistics_target: Option<i32>,
        options: Option<Vec<String>>,
        has_expression: bool,
    }
}

row! {
    struct TypeRow {
        oid: Oid,
        modifier: i32,
        spelled: String,
        collation: Oid,
        storage: i8,
    }
}

row! {
    struct CollationRow {
        oid: Oid,
        schema: String,
        name: String,
    }
}

/// A column as in pg_attribute.
pub(super) struct RawColumn {
    number: i16,
    pub(super) type_oid: Oid,
    pub(super) collation: Oid,
    type_modifier: i32,
    has_expression: bool,
    generated: u8,
    storage: u8,
    column: Column,
}

/// The columns of one relation.
#[derive(Default)]
pub(super) struct Shape {
    columns: Vec<RawColumn>,
}

impl Shape {
    pub(super) fn column(&self, number: i16) -> Option<&RawColumn> {
        self.columns.binary_search_by_key(&number, |column| column.number).ok().and_then(|at| self.columns.get(at))
    }

    pub(super) fn names(&self, numbers: &[i16]) -> Vec<Name> {
        numbers.iter().filter_map(|number| Some(self.column(*number)?.column.name.clone())).collect()
    }

    pub(super) fn into_columns(self, printed: &Printed, relation: Oid) -> Vec<Column> {
        let with_expression = |raw: RawColumn| {
            let mut column = raw.column;
            if raw.has_expression {
                let expression = printed.default(relation, raw.number);
                match raw.generated {
                    b's' => column.generated = Some(Generated::Stored(expression)),
                    b'v' => column.generated = Some(Generated::Virtual(expression)),
                    _ => column.default = Some(expression),
                }
            }
            column
        };
        let mut columns: Vec<Column> = self.columns.into_iter().map(with_expression).collect();
        // Columns take most of a catalog's memory: keep no spare capacity.
        columns.shrink_to_fit();
        columns
    }
}

impl RawColumn {
    pub(super) fn name(&self) -> &Name {
        &self.column.name
    }
}

/// Properties that columns take from their type.
struct TypeFacts {
    spelled: Arc<str>,
    collation: Oid,
    storage: u8,
}

impl Reader<'_> {
    pub(super) async fn columns(&mut self) -> Result<HashMap<Oid, Shape>, Error> {
        let mut shapes: HashMap<Oid, Shape> = HashMap::new();
        let mut rows = sqlx::query(include_str!("../../../sql/catalog/columns.sql"))
            .bind(&self.namespace_oids)
            .fetch(&mut *self.session);
        let mut places = None;
        while let Some(row) = rows.try_next().await? {
            let places = match &mut places {
                Some(places) => places,
                none => none.insert(ColumnRow::places(&row)?),
            };
            let row = ColumnRow::read(&row, places)?;
            shapes.entry(row.relation).or_default().columns.push(raw_column(row, &self.volatile, &mut self.names));
        }
        drop(rows);
        for shape in shapes.values_mut() {
            shape.columns.sort_unstable_by_key(|column| column.number);
        }
        self.resolve_types(&mut shapes).await?;
        Ok(shapes)
    }

    /// Resolves each distinct type once, and drops what a column shares with its type.
    async fn resolve_types(&mut self, shapes: &mut HashMap<Oid, Shape>) -> Result<(), Error> {
        let columns = || shapes.values().flat_map(|shape| &shape.columns);
        let mut distinct: Vec<(Oid, i32)> = columns().map(|column| (column.type_oid, column.type_modifier)).collect();
        distinct.sort_unstable_by_key(|(oid, modifier)| (oid.0, *modifier));
        distinct.dedup();
        let (oids, modifiers): (Vec<Oid>, Vec<i32>) = distinct.into_iter().unzip();
        let rows: Vec<TypeRow> = sqlx::query_as(include_str!("../../../sql/catalog/column_types.sql"))
            .bind(&oids)
            .bind(&modifiers)
            .fetch_all(&mut *self.session)
            .await?;
        let mut types = HashMap::with_capacity(rows.len());
        for row in rows {
            let (spelled, storage) = (self.names.text(&row.spelled), row.storage.cast_unsigned());
            types.insert((row.oid, row.modifier), TypeFacts { spelled, collation: row.collation, storage });
        }
        let collations: Vec<Oid> = columns().map(|column| column.collation).collect();
        let collations = self.collations(collations).await?;
        for raw in shapes.values_mut().flat_map(|shape| &mut shape.columns) {
            let Some(facts) = types.get(&(raw.type_oid, raw.type_modifier)) else { continue };
            raw.column.data_type = Arc::clone(&facts.spelled);
            if raw.collation != facts.collation {
                raw.column.collation = collations.get(&raw.collation).cloned();
            }
            if raw.storage != facts.storage {
                raw.column.options.push(self.names.text(storage_option(raw.storage)));
                raw.column.options.sort();
            }
        }
        Ok(())
    }

    pub(super) async fn collations(&mut self, mut oids: Vec<Oid>) -> Result<HashMap<Oid, QName>, Error> {
        oids.sort_unstable_by_key(|oid| oid.0);
        oids.dedup();
        let rows: Vec<CollationRow> = sqlx::query_as(include_str!("../../../sql/catalog/collations.sql"))
            .bind(&oids)
            .fetch_all(&mut *self.session)
            .await?;
        Ok(rows.into_iter().map(|row| (row.oid, QName::new(&*row.schema, &*row.name))).collect())
    }
}

fn raw_column(row: ColumnRow<'_>, volatile: &HashSet<(Oid, i16)>, names: &mut super::Interner) -> RawColumn {
    let mut options = names.options(row.options);
    match row.compression.cast_unsigned() {
        b'p' => options.push(names.text("compression=pglz")),
        b'l' => options.push(names.text("compression=lz4")),
        _ => {}
    }
    // Up to 16 the default is -1, since 17 NULL.
    if let Some(target) = row.statistics_target.filter(|target| *target >= 0) {
        options.push(names.text(&format!("statistics={target}")));
    }
    options.sort();
    let has_default = row.has_expression && row.generated == 0;
    RawColumn {
        number: row.number,
        type_oid: row.type_oid,
        type_modifier: row.type_modifier,
        collation: row.collation,
        has_expression: row.has_expression,
        generated: row.generated.cast_unsigned(),
        storage: row.storage.cast_unsigned(),
        column: Column {
            name: names.name(row.name),
            data_type: names.text(""),
            not_null: row.not_null,
            not_null_constraint: row.not_null_name.map(|name| NotNull {
                name: names.name(name),
                validated: row.not_null_validated,
                no_inherit: row.not_null_no_inherit,
            }),
            default: None,
            volatile: has_default.then(|| volatile.contains(&(row.relation, row.number))),
            generated: None,
            identity: match row.identity.cast_unsigned() {
                b'a' => Some(Identity::Always),
                b'd' => Some(Identity::ByDefault),
                _ => None,
            },
            collation: None,
            options,
            inherited: row.inherited,
        },
    }
}

/// The codes of `attstorage`.
fn storage_option(code: u8) -> &'static str {
    match code {
        b'p' => "storage=plain",
        b'e' => "storage=external",
        b'x' => "storage=extended",
        _ => "storage=main",
    }
}
