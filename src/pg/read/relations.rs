//! Reads relations and how they inherit from one another. No definitions.

use std::collections::HashMap;

use sqlx::postgres::types::Oid;

use super::{Error, Found, Reader};
use crate::domain::catalog::{Definition, Partition, Persistence, Relation, RelationKind, RowSecurity};
use crate::domain::name::{Name, QName};
use crate::pg::row::row;

row! {
    struct RelationRow {
        oid: Oid,
        namespace: Oid,
        name: String,
        kind: i8,
        unlogged: bool,
        row_security: String,
        options: Option<Vec<String>>,
        toast_options: Option<Vec<String>>,
        access_method: Option<String>,
        tablespace: Option<String>,
        of_type: Option<String>,
        replica_identity: Option<String>,
        clustered_on: Option<String>,
    }
}

row! {
    struct InheritanceRow {
        child: Oid,
        parent_schema: String,
        parent: String,
        is_partition: bool,
        detach_pending: bool,
    }
}

impl Reader<'_> {
    pub(super) async fn relations(&mut self) -> Result<HashMap<Oid, Found>, Error> {
        let rows: Vec<RelationRow> = sqlx::query_as(include_str!("../../../sql/catalog/relations.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        let mut relations = HashMap::with_capacity(rows.len());
        for row in rows {
            let Some(name) = self.qualified(row.namespace, &row.name) else { continue };
            let kind = row.kind.cast_unsigned();
            let toast = row.toast_options.into_iter().flatten().map(|option| format!("toast.{option}"));
            let options = row.options.into_iter().flatten().chain(toast).collect();
            let options = self.names.options(Some(options));
            let mut text = |text: Option<String>| text.map(|text| self.names.text(&text));
            let relation = Relation {
                kind: match kind {
                    b'v' => RelationKind::View,
                    b'm' => RelationKind::MaterializedView,
                    _ => RelationKind::Table,
                },
                persistence: if row.unlogged { Persistence::Unlogged } else { Persistence::Permanent },
                row_security: match row.row_security.as_str() {
                    "on" => RowSecurity::On,
                    "forced" => RowSecurity::Forced,
                    "forced when on" => RowSecurity::ForcedWhenOn,
                    _ => RowSecurity::Off,
                },
                access_method: text(row.access_method).map(Name::from),
                tablespace: text(row.tablespace).map(Name::from),
                of_type: text(row.of_type),
                replica_identity: text(row.replica_identity),
                clustered_on: text(row.clustered_on).map(Name::from),
                options,
                // Known to exist; printed later.
                partition_key: (kind == b'p').then_some(Definition::Busy),
                query: matches!(kind, b'v' | b'm').then_some(Definition::Busy),
                ..Relation::default()
            };
            relations.insert(row.oid, Found { name, relation });
        }
        self.inheritance(&mut relations).await?;
        Ok(relations)
    }

    async fn inheritance(&mut self, relations: &mut HashMap<Oid, Found>) -> Result<(), Error> {
        let rows: Vec<InheritanceRow> = sqlx::query_as(include_str!("../../../sql/catalog/inheritance.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        for InheritanceRow { child, parent_schema, parent, is_partition, detach_pending } in rows {
            let Some(found) = relations.get_mut(&child) else { continue };
            let parent = QName { schema: self.names.name(&parent_schema), name: self.names.name(&parent) };
            if is_partition {
                found.relation.partition_of = Some(Partition { parent, bound: Definition::Busy, detach_pending });
            } else {
                found.relation.inherits.push(parent);
            }
        }
        Ok(())
    }
}
