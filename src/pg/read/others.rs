//! Reads objects outside of relations: schemas, extensions, types, sequences, routines, and what has no model.

use std::collections::BTreeMap;

use sqlx::postgres::types::Oid;

use super::constraints::Columns;
use super::printed::Printed;
use super::{Error, Reader};
use crate::domain::catalog::types::Check;
use crate::domain::catalog::{
    Catalog, Definition, Domain, Enum, Extension, Routine, RoutineKind, Schema, Sequence, Signature, Unmodelled,
};
use crate::pg::row::row;

row! {
    struct ExtensionRow {
        name: String,
        schema: String,
        version: String,
    }
}

row! {
    struct UnmodelledRow {
        kind: String,
        object: String,
    }
}

row! {
    struct EnumRow {
        namespace: Oid,
        name: String,
        labels: Vec<String>,
    }
}

row! {
    struct DomainRow {
        oid: Oid,
        namespace: Oid,
        name: String,
        base_type: String,
        not_null: bool,
        default: Option<String>,
        collation: Option<Oid>,
    }
}

row! {
    struct DomainCheckRow {
        domain: Oid,
        name: String,
        expression: String,
        validated: bool,
    }
}

row! {
    struct SequenceRow {
        namespace: Oid,
        name: String,
        data_type: String,
        start: i64,
        increment: i64,
        min: i64,
        max: i64,
        cache: i64,
        cycle: bool,
        identity: bool,
        /// The table, and the number of the column.
        owner: Option<Oid>,
        owner_column: Option<i32>,
        unlogged: bool,
    }
}

row! {
    struct RoutineRow {
        oid: Oid,
        namespace: Oid,
        name: String,
        arguments: String,
        is_procedure: bool,
        returns: Option<String>,
        definition: Option<String>,
        is_trigger: bool,
    }
}

impl Reader<'_> {
    pub(super) async fn others(&mut self, catalog: &mut Catalog, columns: &Columns<'_>) -> Result<(), Error> {
        catalog.schemas = self.namespaces.values().map(|name| (name.clone(), Schema {})).collect();
        let extensions: Vec<ExtensionRow> =
            sqlx::query_as(include_str!("../../../sql/catalog/extensions.sql")).fetch_all(&mut *self.session).await?;
        for ExtensionRow { name, schema, version } in extensions {
            let schema = self.names.name(&schema);
            // An extension in a schema that is not watched is left out.
            if self.everything || catalog.schemas.contains_key(&schema) {
                catalog.extensions.insert(self.names.name(&name), Extension { schema, version: Some(version) });
            }
        }
        self.enums(catalog).await?;
        self.domains(catalog).await?;
        self.sequences(catalog, columns).await?;
        let unmodelled: Vec<UnmodelledRow> = sqlx::query_as(include_str!("../../../sql/catalog/unmodelled.sql"))
            .bind(&self.namespace_oids)
            .bind(self.everything)
            .fetch_all(&mut *self.session)
            .await?;
        let unmodelled = unmodelled.into_iter().map(|row| Unmodelled { kind: row.kind, object: row.object });
        catalog.unmodelled = unmodelled.collect();
        Ok(())
    }

    async fn enums(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let rows: Vec<EnumRow> = sqlx::query_as(include_str!("../../../sql/catalog/enums.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        for EnumRow { namespace, name, labels } in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            catalog.enums.insert(name, Enum { labels });
        }
        Ok(())
    }

    async fn domains(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let checks: Vec<DomainCheckRow> = sqlx::query_as(include_str!("../../../sql/catalog/domain_checks.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        let rows: Vec<DomainRow> = sqlx::query_as(include_str!("../../../sql/catalog/domains.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        let collations = self.collations(rows.iter().filter_map(|row| row.collation).collect()).await?;
        for DomainRow { oid, namespace, name, base_type, not_null, default, collation } in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            let own = checks.iter().filter(|check| check.domain == oid);
            let check = |row: &DomainCheckRow| {
                let check = Check { expression: row.expression.as_str().into(), validated: row.validated };
                (row.name.as_str().into(), check)
            };
            let domain = Domain {
                base_type: self.names.text(&base_type),
                not_null,
                volatile: default.is_some().then(|| self.volatile.contains(&(oid, 0))),
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
        let unwatched = rows.iter().filter_map(|row| row.owner).filter(|table| !columns.know(*table)).collect();
        let outside = self.outside(unwatched).await?;
        for row in rows {
            let Some(name) = self.qualified(row.namespace, &row.name) else { continue };
            let number = row.owner_column.and_then(|number| i16::try_from(number).ok());
            let owned_by = row.owner.zip(number).and_then(|(table, number)| {
                let (table, columns) = columns.resolve(&outside, table, &[number])?;
                Some((table, columns.into_iter().next()?))
            });
            let sequence = Sequence {
                data_type: self.names.text(&row.data_type),
                start: row.start,
                increment: row.increment,
                min: row.min,
                max: row.max,
                cache: row.cache,
                cycle: row.cycle,
                owned_by,
                identity: row.identity,
                unlogged: row.unlogged,
            };
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
        for row in rows {
            let Some(name) = self.qualified(row.namespace, &row.name) else { continue };
            let definition = match row.definition {
                Some(definition) => definition.as_str().into(),
                None => printed.routine(row.oid),
            };
            if definition == Definition::Busy {
                catalog.busy.insert(name.clone());
            }
            let routine = Routine {
                kind: if row.is_procedure { RoutineKind::Procedure } else { RoutineKind::Function },
                returns: row.returns.unwrap_or_default(),
                definition,
                is_trigger: row.is_trigger,
            };
            catalog.routines.insert(Signature { name, arguments: row.arguments }, routine);
        }
        Ok(())
    }
}
