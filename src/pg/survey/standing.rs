//! Asks what stands on the objects of a catalog and is not in it. Judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::catalog::{Catalog, Object};
use crate::domain::name::{Name, QName};
use crate::domain::plan::survey::Standing;
use crate::pg::{Connection, Error};

/// kind, schema, name, member, what stands on it, whether it follows a change of type, whether it holds values.
type Row = (String, String, String, Option<String>, String, bool, bool);

/// By the object, what it is, for people.
pub async fn standing(
    connection: &mut Connection,
    live: &Catalog,
) -> Result<BTreeMap<Object, BTreeSet<Standing>>, Error> {
    let schemas: Vec<&str> = live.schemas.keys().map(Name::as_str).collect();
    let publications: Vec<&str> = live
        .defined
        .keys()
        .filter_map(|object| match object {
            Object::Publication(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let query = sqlx::query_as::<_, Row>(include_str!("../../../sql/plan/standing.sql"));
    let query = query.bind(&schemas).bind(&publications);
    let mut standing: BTreeMap<Object, BTreeSet<Standing>> = BTreeMap::new();
    for (kind, schema, name, member, what, follows_type, holds) in query.fetch_all(&mut connection.session).await? {
        let (schema, name) = (schema.as_str().into(), name.as_str().into());
        let Some(object) = Object::from_parts(&kind, Some(schema), name, member.map(|it| it.as_str().into())) else {
            continue;
        };
        standing.entry(object).or_default().insert(Standing { what, follows_type, holds });
    }
    Ok(standing)
}

/// Partitions and other inheritance children of the catalog's tables that are not in it, by each table above them.
pub async fn strange_heirs(
    connection: &mut Connection,
    live: &Catalog,
) -> Result<BTreeMap<QName, BTreeSet<QName>>, Error> {
    let schemas: Vec<&str> = live.schemas.keys().map(Name::as_str).collect();
    let mut found = BTreeMap::<QName, BTreeSet<QName>>::new();
    let query = sqlx::query_as::<_, (String, String, String, String)>(include_str!("../../../sql/plan/heirs.sql"));
    for (parent_schema, parent, schema, name) in query.bind(&schemas).fetch_all(&mut connection.session).await? {
        let parent = QName::new(parent_schema.as_str(), parent.as_str());
        found.entry(parent).or_default().insert(QName::new(schema.as_str(), name.as_str()));
    }
    Ok(found)
}
