//! Reads indexes from raw rows: keys by column number, operator class and collation. Expressions are printed elsewhere.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use sqlx::postgres::types::Oid;

use super::columns::Shape;
use super::printed::Printed;
use super::{Error, Found, Reader};
use crate::domain::catalog::{Definition, Index, IndexKey};
use crate::domain::name::{Name, QName};
use crate::pg::row::row;

row! {
    struct IndexRow {
        oid: Oid,
        relation: Oid,
        name: String,
        method: String,
        unique: bool,
        nulls_not_distinct: bool,
        key_count: i16,
        /// The columns of the key, then those of INCLUDE; 0 for an expression.
        columns: String,
        opclasses: String,
        collations: String,
        flags: String,
        valid: bool,
        inherited: bool,
        has_predicate: bool,
        options: Option<Vec<String>>,
        tablespace: Option<String>,
    }
}

row! {
    struct OpClassRow {
        oid: Oid,
        schema: String,
        name: String,
        method: Oid,
        input_type: Oid,
        is_default: bool,
    }
}

row! {
    struct OptionsRow {
        index: Oid,
        key: i16,
        parameters: Option<String>,
        statistics_target: Option<i32>,
    }
}

/// An index whose expressions may still have to be printed.
pub(super) struct RawIndex {
    oid: Oid,
    index: Index,
    /// Which of the keys are expressions.
    expressions: Vec<usize>,
}

impl RawIndex {
    pub(super) fn print(self, printed: &Printed) -> Index {
        let mut index = self.index;
        if let Some(predicate) = &mut index.predicate {
            *predicate = printed.predicate(self.oid);
        }
        for (nth, at) in self.expressions.iter().enumerate() {
            if let Some(key) = index.keys.get_mut(*at) {
                key.expression = printed.index_expression(self.oid, nth);
            }
        }
        index
    }
}

/// A row of pg_opclass.
struct OpClass {
    name: QName,
    method: Oid,
    is_default: bool,
}

/// Lookup tables for the keys of indexes.
struct Lookup {
    opclasses: HashMap<Oid, OpClass>,
    /// (access method, input type) of every default class.
    defaults: HashMap<(Oid, Oid), Oid>,
    collations: HashMap<Oid, QName>,
    /// (index, key number) to the parameters of its operator class
    parameters: HashMap<(Oid, i16), String>,
    /// index to `key=target`
    statistics: HashMap<Oid, Vec<Arc<str>>>,
}

impl Lookup {
    /// `None` if the class is the default for the column. A type without a default of its own uses that of the type
    /// that it is coercible to (text for varchar, anyarray for int[]).
    fn opclass(&self, oid: Oid, column_type: Option<Oid>) -> Option<String> {
        let class = self.opclasses.get(&oid)?;
        let own = column_type.and_then(|column_type| self.defaults.get(&(class.method, column_type)));
        let is_default = match own {
            Some(own) => *own == oid,
            None => class.is_default,
        };
        (!is_default).then(|| {
            if class.name.schema.as_str() == "pg_catalog" {
                class.name.name.to_string()
            } else {
                class.name.to_string()
            }
        })
    }
}

impl Reader<'_> {
    pub(super) async fn indexes(
        &mut self,
        relations: &HashMap<Oid, Found>,
        shapes: &HashMap<Oid, Shape>,
    ) -> Result<HashMap<Oid, Vec<RawIndex>>, Error> {
        let rows: Vec<IndexRow> = sqlx::query_as(include_str!("../../../sql/catalog/indexes.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        let lookup = self.lookup(&rows).await?;
        let mut indexes: HashMap<Oid, Vec<RawIndex>> = HashMap::new();
        for row in rows {
            let relation = row.relation;
            let Some(shape) = shapes.get(&relation).filter(|_| relations.contains_key(&relation)) else { continue };
            indexes.entry(relation).or_default().push(self.index(row, shape, &lookup));
        }
        Ok(indexes)
    }

    async fn lookup(&mut self, rows: &[IndexRow]) -> Result<Lookup, Error> {
        let mut opclasses = HashMap::new();
        let mut defaults = HashMap::new();
        let mut classes = sqlx::query_as::<_, OpClassRow>(include_str!("../../../sql/catalog/opclasses.sql"))
            .fetch(&mut *self.session);
        while let Some(row) = classes.try_next().await? {
            if row.is_default {
                defaults.insert((row.method, row.input_type), row.oid);
            }
            let name = QName::new(&*row.schema, &*row.name);
            opclasses.insert(row.oid, OpClass { name, method: row.method, is_default: row.is_default });
        }
        drop(classes);
        let options: Vec<OptionsRow> = sqlx::query_as(include_str!("../../../sql/catalog/index_options.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        let used = rows.iter().flat_map(|row| oids(&row.collations)).collect();
        let mut parameters = HashMap::new();
        let mut statistics: HashMap<Oid, Vec<Arc<str>>> = HashMap::new();
        for OptionsRow { index, key, parameters: text, statistics_target } in options {
            if let Some(target) = statistics_target {
                statistics.entry(index).or_default().push(format!("{key}={target}").into());
            }
            if let Some(text) = text {
                parameters.insert((index, key), text);
            }
        }
        Ok(Lookup { opclasses, defaults, collations: self.collations(used).await?, parameters, statistics })
    }

    fn index(&mut self, row: IndexRow, shape: &Shape, lookup: &Lookup) -> RawIndex {
        let columns = numbers(&row.columns);
        let key_count = usize::try_from(row.key_count).unwrap_or(0);
        let (keys, included) = columns.split_at(key_count.min(columns.len()));
        let (classes, collations) = (oids(&row.opclasses), oids(&row.collations));
        let flags = numbers(&row.flags);
        let mut expressions = Vec::new();
        let mut index_keys = Vec::with_capacity(keys.len());
        for (at, number) in keys.iter().enumerate() {
            let column = shape.column(*number);
            if column.is_none() {
                expressions.push(at);
            }
            // The collation that the key would have by default; for an expression it is not known.
            let own = column.map_or(DEFAULT_COLLATION, |column| column.collation);
            let collation = collations.get(at).filter(|oid| **oid != own && oid.0 != 0);
            let opclass = classes.get(at).and_then(|class| {
                let name = lookup.opclass(*class, column.map(|column| column.type_oid));
                let key_number = i16::try_from(at + 1).unwrap_or(i16::MAX);
                match lookup.parameters.get(&(row.oid, key_number)) {
                    // Parameters can only be written after a name.
                    Some(parameters) => {
                        let class = lookup.opclasses.get(class)?;
                        Some(format!("{}({parameters})", name.unwrap_or_else(|| class.name.to_string())))
                    }
                    None => name,
                }
            });
            let flags = flags.get(at).copied().unwrap_or_default();
            index_keys.push(IndexKey {
                expression: column.map_or(Definition::Busy, |c| self.names.definition(&c.name().to_string())),
                collation: collation.and_then(|oid| lookup.collations.get(oid)).cloned(),
                opclass: opclass.map(Arc::from),
                descending: flags & 1 != 0,
                nulls_first: flags & 2 != 0,
            });
        }
        let index = Index {
            name: self.names.name(&row.name),
            method: self.names.name(&row.method),
            unique: row.unique,
            nulls_not_distinct: row.nulls_not_distinct,
            keys: index_keys,
            include: shape.names(included).into_iter().collect::<Vec<Name>>(),
            predicate: row.has_predicate.then_some(Definition::Busy),
            options: self.names.options(row.options),
            statistics: lookup.statistics.get(&row.oid).cloned().unwrap_or_default(),
            tablespace: row.tablespace.map(|name| self.names.name(&name)),
            valid: row.valid,
            inherited: row.inherited,
        };
        RawIndex { oid: row.oid, index, expressions }
    }
}

/// An int2vector as text: `1 2 0`.
pub(super) fn numbers(vector: &str) -> Vec<i16> {
    vector.split_ascii_whitespace().filter_map(|number| number.parse().ok()).collect()
}

/// An oidvector as text.
fn oids(vector: &str) -> Vec<Oid> {
    vector.split_ascii_whitespace().filter_map(|oid| oid.parse().ok().map(Oid)).collect()
}

/// `pg_catalog."default"` (src/include/catalog/pg_collation.dat).
const DEFAULT_COLLATION: Oid = Oid(100);
