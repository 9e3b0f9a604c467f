//! Reads columns: raw rows, with types and collations resolved once each. Default expressions are printed elsewhere.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use sqlx::Row;
use sqlx::postgres::PgRow;
use sqlx::postgres::types::Oid;

use super::printed::Printed;
use super::{Error, Reader, code};
use crate::domain::catalog::{Column, Generated, Identity};
use crate::domain::name::{Name, QName};

/// A column as pg_attribute has it.
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
        // Most of a catalog's memory is columns: keep no room for more.
        columns.shrink_to_fit();
        columns
    }
}

impl RawColumn {
    pub(super) fn name(&self) -> &Name {
        &self.column.name
    }
}

/// What a type brings to its columns.
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
        while let Some(row) = rows.try_next().await? {
            let relation: Oid = row.try_get(0)?;
            shapes.entry(relation).or_default().columns.push(raw_column(&row, &mut self.names)?);
        }
        drop(rows);
        for shape in shapes.values_mut() {
            shape.columns.sort_unstable_by_key(|column| column.number);
        }
        self.resolve_types(&mut shapes).await?;
        Ok(shapes)
    }

    /// Spells each distinct type once, and drops what a column shares with its type.
    async fn resolve_types(&mut self, shapes: &mut HashMap<Oid, Shape>) -> Result<(), Error> {
        let columns = || shapes.values().flat_map(|shape| &shape.columns);
        let mut distinct: Vec<(Oid, i32)> = columns().map(|column| (column.type_oid, column.type_modifier)).collect();
        distinct.sort_unstable_by_key(|(oid, modifier)| (oid.0, *modifier));
        distinct.dedup();
        let (oids, modifiers): (Vec<Oid>, Vec<i32>) = distinct.into_iter().unzip();
        let rows: Vec<(Oid, i32, String, Oid, String)> =
            sqlx::query_as(include_str!("../../../sql/catalog/column_types.sql"))
                .bind(&oids)
                .bind(&modifiers)
                .fetch_all(&mut *self.session)
                .await?;
        let mut types = HashMap::with_capacity(rows.len());
        for (oid, modifier, spelled, collation, storage) in rows {
            let storage = storage.bytes().next().unwrap_or_default();
            types.insert((oid, modifier), TypeFacts { spelled: self.names.text(&spelled), collation, storage });
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
        let rows: Vec<(Oid, String, String)> = sqlx::query_as(include_str!("../../../sql/catalog/collations.sql"))
            .bind(&oids)
            .fetch_all(&mut *self.session)
            .await?;
        let qualified = |(oid, schema, name): (Oid, String, String)| (oid, QName::new(&*schema, &*name));
        Ok(rows.into_iter().map(qualified).collect())
    }
}

fn raw_column(row: &PgRow, names: &mut super::Interner) -> Result<RawColumn, sqlx::Error> {
    let mut options = names.options(row.try_get(13)?);
    match code(row, 11)? {
        b'p' => options.push(names.text("compression=pglz")),
        b'l' => options.push(names.text("compression=lz4")),
        _ => {}
    }
    // Up to 16 the default is -1, since 17 NULL.
    if let Some(target) = row.try_get::<Option<i32>, _>(12)?.filter(|target| *target >= 0) {
        options.push(names.text(&format!("statistics={target}")));
    }
    options.sort();
    Ok(RawColumn {
        number: row.try_get(1)?,
        type_oid: row.try_get(3)?,
        type_modifier: row.try_get(4)?,
        collation: row.try_get(5)?,
        has_expression: row.try_get(14)?,
        generated: code(row, 8)?,
        storage: code(row, 10)?,
        column: Column {
            name: names.name(row.try_get(2)?),
            data_type: names.text(""),
            not_null: row.try_get(6)?,
            default: None,
            generated: None,
            identity: match code(row, 7)? {
                b'a' => Some(Identity::Always),
                b'd' => Some(Identity::ByDefault),
                _ => None,
            },
            collation: None,
            options,
            inherited: row.try_get(9)?,
        },
    })
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
