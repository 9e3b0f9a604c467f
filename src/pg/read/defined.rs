//! Reads what is known by the one statement that creates it. What a statement of policies, rules, statistics and
//! publications says is printed by the server, like other expressions (see [`super::printed`]); the others are raw rows.

use sqlx::postgres::types::Oid;

use super::{Error, Interner, Reader, enabled};
use crate::domain::catalog::{Attribute, Catalog, Defined, Definition, Enabled, Kind, Object, Place, Signature};
use crate::domain::name::QName;

/// table, its schema and name, schema and name, cannot be printed now, enabled, statistics target, roles, definition
pub(super) type PrintedRow = (Oid, String, String, String, String, bool, i8, Option<i32>, Vec<String>, Option<String>);

impl Reader<'_> {
    pub(super) async fn defined(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let rows: Vec<(Oid, String, Vec<String>, Vec<String>)> =
            sqlx::query_as(include_str!("../../../sql/catalog/composite_types.sql"))
                .bind(&self.namespace_oids)
                .fetch_all(&mut *self.session)
                .await?;
        for (namespace, name, names, types) in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            let attribute = |(name, data_type): (&String, &String)| Attribute {
                name: self.names.name(name),
                data_type: self.names.text(data_type),
            };
            let attributes: Vec<Attribute> = names.iter().zip(&types).map(attribute).collect();
            catalog.defined.insert(Object::Type(name.clone()), composite(&name, attributes));
        }
        let rows: Vec<(Oid, String, String)> = sqlx::query_as(include_str!("../../../sql/catalog/ranges.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        for (namespace, name, definition) in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            catalog.defined.insert(Object::Type(name), plain(Kind::RangeType, definition.as_str().into()));
        }
        let rows: Vec<(Oid, String, String, String, String)> =
            sqlx::query_as(include_str!("../../../sql/catalog/aggregates.sql"))
                .bind(&self.namespace_oids)
                .fetch_all(&mut *self.session)
                .await?;
        for (namespace, name, arguments, returns, definition) in rows {
            let Some(name) = self.qualified(namespace, &name) else { continue };
            let returns = Some(self.names.text(&returns));
            let aggregate = Defined { returns, ..plain(Kind::Aggregate, definition.as_str().into()) };
            catalog.defined.insert(Object::Routine(Signature { name, arguments }), aggregate);
        }
        if self.everything {
            let rows: Vec<(String, i8, String)> =
                sqlx::query_as(include_str!("../../../sql/catalog/event_triggers.sql"))
                    .fetch_all(&mut *self.session)
                    .await?;
            for (name, code, definition) in rows {
                let trigger = plain(Kind::EventTrigger, definition.as_str().into());
                let trigger = Defined { enabled: enabled(code), ..trigger };
                catalog.defined.insert(Object::EventTrigger(self.names.name(&name)), trigger);
            }
        }
        Ok(())
    }
}

/// A policy, a rule, statistics or a publication. `None`: of another kind.
pub(super) fn printed(names: &mut Interner, kind: Kind, row: PrintedRow) -> Option<(Object, Defined)> {
    let (_, schema, table, own_schema, name, _, code, target, roles, definition) = row;
    let table = QName { schema: names.name(&schema), name: names.name(&table) };
    let name = names.name(&name);
    let defined = Defined {
        table: (kind == Kind::Statistics).then(|| table.clone()),
        enabled: enabled(code),
        target,
        roles: roles.iter().map(|role| names.name(role)).collect(),
        ..plain(kind, definition.as_deref().map_or(Definition::Busy, Definition::from))
    };
    let object = match kind.facts().class.place {
        Place::Database(object) => object(name),
        Place::Schema(object) => object(QName { schema: names.name(&own_schema), name }),
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
