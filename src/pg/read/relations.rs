//! Reads relations and how they inherit from one another. No definitions.

use std::collections::HashMap;

use sqlx::postgres::types::Oid;

use super::{Error, Found, Reader};
use crate::catalog::{Definition, Partition, Persistence, Relation, RelationKind, RowSecurity};

/// oid, schema, name, relkind, is unlogged, row security, storage options
type RelationRow = (Oid, Oid, String, i8, bool, String, Option<Vec<String>>);

impl Reader<'_> {
    pub(super) async fn relations(&mut self) -> Result<HashMap<Oid, Found>, Error> {
        let rows: Vec<RelationRow> = sqlx::query_as(include_str!("../../../sql/catalog/relations.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        let mut relations = HashMap::with_capacity(rows.len());
        for (oid, namespace, name, relkind, unlogged, row_security, options) in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            let relkind = relkind.cast_unsigned();
            let relation = Relation {
                kind: match relkind {
                    b'v' => RelationKind::View,
                    b'm' => RelationKind::MaterializedView,
                    _ => RelationKind::Table,
                },
                persistence: if unlogged { Persistence::Unlogged } else { Persistence::Permanent },
                row_security: match row_security.as_str() {
                    "on" => RowSecurity::On,
                    "forced" => RowSecurity::Forced,
                    _ => RowSecurity::Off,
                },
                options: self.names.options(options),
                // Known to exist; printed later.
                partition_key: (relkind == b'p').then_some(Definition::Busy),
                query: matches!(relkind, b'v' | b'm').then_some(Definition::Busy),
                ..Relation::default()
            };
            relations.insert(oid, Found { name, relation });
        }
        self.inheritance(&mut relations).await?;
        Ok(relations)
    }

    async fn inheritance(&mut self, relations: &mut HashMap<Oid, Found>) -> Result<(), Error> {
        let rows: Vec<(Oid, String, String, bool)> =
            sqlx::query_as(include_str!("../../../sql/catalog/inheritance.sql"))
                .bind(&self.namespace_oids)
                .fetch_all(&mut *self.session)
                .await?;
        for (child, schema, parent, is_partition) in rows {
            let Some(found) = relations.get_mut(&child) else { continue };
            let parent = crate::name::QName { schema: self.names.name(&schema), name: self.names.name(&parent) };
            if is_partition {
                found.relation.partition_of = Some(Partition { parent, bound: Definition::Busy });
            } else {
                found.relation.inherits.push(parent);
            }
        }
        Ok(())
    }
}
