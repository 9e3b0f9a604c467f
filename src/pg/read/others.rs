//! Reads what stands beside relations: schemas, extensions, types, sequences, routines, and what has no model.

use std::collections::BTreeMap;

use sqlx::postgres::types::Oid;

use super::constraints::Columns;
use super::printed::Printed;
use super::{Error, Reader};
use crate::domain::catalog::types::Check;
use crate::domain::catalog::{
    Catalog, Definition, Domain, Enum, Extension, Routine, RoutineKind, Schema, Sequence, Signature, Unmodelled,
};

/// oid, schema, name, base type, not null, default, collation
type DomainRow = (Oid, Oid, String, String, bool, Option<String>, Option<Oid>);

/// schema, name, type, start, increment, min, max, cache, cycle, identity, owner's table and column, is
/// unlogged
type SequenceRow = (Oid, String, String, i64, i64, i64, i64, i64, bool, bool, Option<Oid>, Option<i32>, bool);

/// oid, schema, name, argument types, is a procedure, result, definition, is a trigger function
type RoutineRow = (Oid, Oid, String, String, bool, Option<String>, Option<String>, bool);

impl Reader<'_> {
    pub(super) async fn others(&mut self, catalog: &mut Catalog, columns: &Columns<'_>) -> Result<(), Error> {
        catalog.schemas = self.namespaces.values().map(|name| (name.clone(), Schema {})).collect();
        let extensions: Vec<(String, String, String)> =
            sqlx::query_as(include_str!("../../../sql/catalog/extensions.sql")).fetch_all(&mut *self.session).await?;
        for (name, schema, version) in extensions {
            let schema = self.names.name(&schema);
            // An extension that fills a schema that is not watched is somebody else's concern.
            if self.everything || catalog.schemas.contains_key(&schema) {
                catalog.extensions.insert(self.names.name(&name), Extension { schema, version: Some(version) });
            }
        }
        self.enums(catalog).await?;
        self.domains(catalog).await?;
        self.sequences(catalog, columns).await?;
        let unmodelled: Vec<(String, String)> = sqlx::query_as(include_str!("../../../sql/catalog/unmodelled.sql"))
            .bind(&self.namespace_oids)
            .bind(self.everything)
            .fetch_all(&mut *self.session)
            .await?;
        catalog.unmodelled = unmodelled.into_iter().map(|(kind, object)| Unmodelled { kind, object }).collect();
        Ok(())
    }

    async fn enums(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let rows: Vec<(Oid, String, Vec<String>)> = sqlx::query_as(include_str!("../../../sql/catalog/enums.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        for (namespace, name, labels) in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            catalog.enums.insert(name, Enum { labels });
        }
        Ok(())
    }

    async fn domains(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let checks: Vec<(Oid, String, String, bool)> =
            sqlx::query_as(include_str!("../../../sql/catalog/domain_checks.sql"))
                .bind(&self.namespace_oids)
                .fetch_all(&mut *self.session)
                .await?;
        let rows: Vec<DomainRow> = sqlx::query_as(include_str!("../../../sql/catalog/domains.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        let collations = self.collations(rows.iter().filter_map(|row| row.6).collect()).await?;
        for (oid, namespace, name, base_type, not_null, default, collation) in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            let own = checks.iter().filter(|(domain, ..)| *domain == oid);
            let check = |(_, name, expression, validated): &(Oid, String, String, bool)| {
                (name.as_str().into(), Check { expression: expression.as_str().into(), validated: *validated })
            };
            let domain = Domain {
                base_type: self.names.text(&base_type),
                not_null,
                default: default.as_deref().map(Definition::from),
                collation: collation.and_then(|oid| collations.get(&oid).cloned()),
                checks: own.map(check).collect::<BTreeMap<_, _>>(),
            };
            catalog.domains.insert(name, domain);
        }
        Ok(())
    }

    async fn sequences(&mut self, catalog: &mut Catalog, columns: &Columns<'_>) -> Result<(), Error> {
        let rows: Vec<SequenceRow> = sqlx::query_as(include_str!("../../../sql/catalog/sequences.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        let strangers = rows.iter().filter_map(|row| row.10).filter(|table| !columns.know(*table)).collect();
        let outside = self.outside(strangers).await?;
        for (namespace, name, data_type, start, increment, min, max, cache, cycle, identity, table, column, unlogged) in
            rows
        {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            let number = column.and_then(|number| i16::try_from(number).ok());
            let owned_by = table.zip(number).and_then(|(table, number)| {
                let (table, columns) = columns.resolve(&outside, table, &[number])?;
                Some((table, columns.into_iter().next()?))
            });
            let data_type = self.names.text(&data_type);
            let sequence =
                Sequence { data_type, start, increment, min, max, cache, cycle, owned_by, identity, unlogged };
            catalog.sequences.insert(name, sequence);
        }
        Ok(())
    }

    /// Functions and procedures. Definitions of BEGIN ATOMIC bodies come from `printed`.
    pub(super) async fn routines(&mut self, catalog: &mut Catalog, printed: &Printed) -> Result<(), Error> {
        let rows: Vec<RoutineRow> = sqlx::query_as(include_str!("../../../sql/catalog/routines.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        for (oid, namespace, name, arguments, is_procedure, returns, definition, is_trigger) in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            let definition = match definition {
                Some(definition) => definition.as_str().into(),
                None => printed.routine(oid),
            };
            let kind = if is_procedure { RoutineKind::Procedure } else { RoutineKind::Function };
            let returns = returns.unwrap_or_default();
            if definition == Definition::Busy {
                catalog.busy.insert(name.clone());
            }
            catalog.routines.insert(Signature { name, arguments }, Routine { kind, returns, definition, is_trigger });
        }
        Ok(())
    }
}
