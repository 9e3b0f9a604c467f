//! Reads objects that are known by the one statement that creates them. The statements of policies, rules, statistics
//! and publications are printed by the server, like other expressions (see [`super::printed`]); the others are read
//! from raw rows.

use sqlx::postgres::types::Oid;

use super::{Error, Interner, Reader, enabled};
use crate::domain::catalog::{Attribute, Catalog, Defined, Definition, Enabled, Kind, Object, Place, Signature};
use crate::domain::name::QName;
use crate::pg::row::row;

row! {
    pub(super) struct PrintedRow {
        /// The table.
        pub(super) relation: Oid,
        table_schema: String,
        table_name: String,
        schema: String,
        name: String,
        /// It cannot be printed now without waiting.
        pub(super) busy: bool,
        enabled: i8,
        /// Statistics target of extended statistics.
        target: Option<i32>,
        roles: Vec<String>,
        pub(super) definition: Option<String>,
    }
}

row! {
    struct CompositeRow {
        namespace: Oid,
        name: String,
        names: Vec<String>,
        types: Vec<String>,
    }
}

row! {
    struct RangeRow {
        namespace: Oid,
        name: String,
        definition: String,
    }
}

row! {
    struct AggregateRow {
        namespace: Oid,
        name: String,
        arguments: String,
        returns: String,
        definition: String,
    }
}

row! {
    struct EventTriggerRow {
        name: String,
        enabled: i8,
        definition: String,
    }
}

impl Reader<'_> {
    pub(super) async fn defined(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let rows: Vec<CompositeRow> = sqlx::query_as(include_str!("../../../sql/catalog/composite_types.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        for CompositeRow { namespace, name, names, types } in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            let attribute = |(name, data_type): (&String, &String)| Attribute {
                name: self.names.name(name),
                data_type: self.names.text(data_type),
            };
            let attributes: Vec<Attribute> = names.iter().zip(&types).map(attribute).collect();
            catalog.defined.insert(Object::Type(name.clone()), composite(&name, attributes));
        }
        let rows: Vec<RangeRow> = sqlx::query_as(include_str!("../../../sql/catalog/ranges.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        for RangeRow { namespace, name, definition } in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            catalog.defined.insert(Object::Type(name), plain(Kind::RangeType, definition.as_str().into()));
        }
        let rows: Vec<AggregateRow> = sqlx::query_as(include_str!("../../../sql/catalog/aggregates.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        for AggregateRow { namespace, name, arguments, returns, definition } in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            let returns = Some(self.names.text(&returns));
            let aggregate = Defined { returns, ..plain(Kind::Aggregate, definition.as_str().into()) };
            catalog.defined.insert(Object::Routine(Signature { name, arguments }), aggregate);
        }
        if self.everything {
            let rows: Vec<EventTriggerRow> = sqlx::query_as(include_str!("../../../sql/catalog/event_triggers.sql"))
                .fetch_all(&mut *self.session)
                .await?;
            for row in rows {
                let trigger = plain(Kind::EventTrigger, row.definition.as_str().into());
                let trigger = Defined { enabled: enabled(row.enabled), ..trigger };
                catalog.defined.insert(Object::EventTrigger(self.names.name(&row.name)), trigger);
            }
        }
        Ok(())
    }
}

/// A policy, a rule, statistics or a publication. `None`: of another kind.
pub(super) fn printed(names: &mut Interner, kind: Kind, row: &PrintedRow) -> Option<(Object, Defined)> {
    let table = QName { schema: names.name(&row.table_schema), name: names.name(&row.table_name) };
    let name = names.name(&row.name);
    let defined = Defined {
        table: (kind == Kind::Statistics).then(|| table.clone()),
        enabled: enabled(row.enabled),
        target: row.target,
        roles: row.roles.iter().map(|role| names.name(role)).collect(),
        ..plain(kind, row.definition.as_deref().map_or(Definition::Busy, Definition::from))
    };
    let object = match kind.facts().class.place {
        Place::Database(object) => object(name),
        Place::Schema(object) => object(QName { schema: names.name(&row.schema), name }),
        Place::Member(object) => object(table, name),
        Place::Routine | Place::Said => return None,
    };
    Some((object, defined))
}

fn plain(kind: Kind, definition: Definition) -> Defined {
    Defined {
        kind,
        definition,
        attributes: Vec::new(),
        returns: None,
        table: None,
        enabled: Enabled::Origin,
        target: None,
        roles: std::collections::BTreeSet::new(),
    }
}

fn composite(name: &QName, attributes: Vec<Attribute>) -> Defined {
    let spelled: Vec<_> = attributes.iter().map(|it| format!("{} {}", it.name, it.data_type)).collect();
    let definition = format!("CREATE TYPE {name} AS ({})", spelled.join(", "));
    Defined { attributes, ..plain(Kind::CompositeType, definition.as_str().into()) }
}
