//! Asks for dependent objects of a catalog's objects that are not in it. Judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::catalog::{Catalog, Object};
use crate::domain::name::{Name, QName};
use crate::domain::plan::survey::Dependent;
use crate::pg::row::row;
use crate::pg::{Connection, Error};

row! {
    struct DependentRow {
        kind: String,
        schema: String,
        name: String,
        member: Option<String>,
        /// Description of the dependent object.
        what: String,
        follows_type: bool,
        holds: bool,
    }
}

row! {
    /// A table, and one of its ancestors.
    pub(super) struct ChildRow {
        parent_schema: String,
        parent: String,
        schema: String,
        name: String,
    }
}

impl ChildRow {
    pub(super) fn above(&self) -> QName {
        QName::new(&*self.parent_schema, &*self.parent)
    }

    pub(super) fn child(&self) -> QName {
        QName::new(&*self.schema, &*self.name)
    }
}

/// By object: its dependent objects, for people.
pub async fn dependents(
    connection: &mut Connection,
    live: &Catalog,
) -> Result<BTreeMap<Object, BTreeSet<Dependent>>, Error> {
    let schemas: Vec<&str> = live.schemas.keys().map(Name::as_str).collect();
    let publications: Vec<&str> = live
        .defined
        .keys()
        .filter_map(|object| match object {
            Object::Publication(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let query = sqlx::query_as::<_, DependentRow>(include_str!("../../../sql/plan/dependents.sql"));
    let query = query.bind(&schemas).bind(&publications);
    let mut dependents: BTreeMap<Object, BTreeSet<Dependent>> = BTreeMap::new();
    for row in query.fetch_all(&mut connection.session).await? {
        let DependentRow { kind, schema, name, member, what, follows_type, holds } = row;
        let (schema, name) = (schema.as_str().into(), name.as_str().into());
        let Some(object) = Object::from_parts(&kind, Some(schema), name, member.map(|it| it.as_str().into())) else {
            continue;
        };
        dependents.entry(object).or_default().insert(Dependent { what, follows_type, holds });
    }
    Ok(dependents)
}

/// Partitions and other inheritance children of the catalog's tables that are not in it, by each watched ancestor.
pub async fn unwatched_children(
    connection: &mut Connection,
    live: &Catalog,
) -> Result<BTreeMap<QName, BTreeSet<QName>>, Error> {
    let schemas: Vec<&str> = live.schemas.keys().map(Name::as_str).collect();
    let mut found = BTreeMap::<QName, BTreeSet<QName>>::new();
    let query = sqlx::query_as::<_, ChildRow>(include_str!("../../../sql/plan/unwatched_children.sql"));
    for row in query.bind(&schemas).fetch_all(&mut connection.session).await? {
        found.entry(row.above()).or_default().insert(row.child());
    }
    Ok(found)
}
