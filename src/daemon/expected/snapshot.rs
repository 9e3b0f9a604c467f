//! Snapshots: a catalog as a JSON file in a stable order, readable and suitable for diff.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::domain::catalog::{
    Catalog, Comment, Defined, Domain, Enum, Extension, Grantee, Object, Privileges, Relation, Routine, Schema,
    Sequence, Signature, Unmodelled, object,
};
use crate::domain::name::{Name, QName};

/// The format version that is written, and the only one that is read.
const FORMAT: u32 = 1;

#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("this is not a snapshot: `schemawarden_snapshot` is missing; write one with `schemawarden snapshot`")]
    NotASnapshot,
    #[error(
        "the snapshot has format {0}, and this schemawarden knows only {FORMAT}: create it again with `schemawarden \
         snapshot` of this version"
    )]
    Format(u64),
    #[error("the snapshot is damaged: {0}")]
    Damaged(serde_json::Error),
    #[error("no snapshot can be taken now: {} could not be read, because another session has locked it", .0)]
    Busy(QName),
}

#[derive(Serialize)]
struct Written<'a> {
    schemawarden_snapshot: u32,
    #[serde(flatten)]
    catalog: &'a Catalog,
}

/// The shape of [`Written`], spelled out because serde cannot refuse unknown fields of a flattened struct.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(rename = "schemawarden_snapshot")]
    _format: IgnoredAny,
    server_version: u32,
    schemas: BTreeMap<Name, Schema>,
    extensions: BTreeMap<Name, Extension>,
    enums: BTreeMap<QName, Enum>,
    domains: BTreeMap<QName, Domain>,
    sequences: BTreeMap<QName, Sequence>,
    relations: BTreeMap<QName, Relation>,
    routines: BTreeMap<Signature, Routine>,
    #[serde(default, with = "object::pairs")]
    defined: BTreeMap<Object, Defined>,
    #[serde(default, with = "object::pairs")]
    comments: BTreeMap<Object, Comment>,
    #[serde(default, with = "object::pairs")]
    privileges: BTreeMap<(Object, Grantee), Privileges>,
    #[serde(default)]
    dependencies: BTreeSet<(Object, Object)>,
    unmodelled: BTreeSet<Unmodelled>,
}

#[derive(Deserialize)]
struct Header {
    schemawarden_snapshot: Option<u64>,
}

/// The text of a snapshot file.
pub fn to_snapshot(catalog: &Catalog) -> Result<String, SnapshotError> {
    if let Some(busy) = catalog.busy.first() {
        return Err(SnapshotError::Busy(busy.clone()));
    }
    let written = Written { schemawarden_snapshot: FORMAT, catalog };
    let mut text = serde_json::to_string_pretty(&written).map_err(SnapshotError::Damaged)?;
    text.push('\n');
    Ok(text)
}

pub fn from_snapshot(text: &str) -> Result<Catalog, SnapshotError> {
    let header: Header = serde_json::from_str(text).map_err(SnapshotError::Damaged)?;
    match header.schemawarden_snapshot {
        None => return Err(SnapshotError::NotASnapshot),
        Some(format) if format != u64::from(FORMAT) => return Err(SnapshotError::Format(format)),
        Some(_) => {}
    }
    let stored: Stored = serde_json::from_str(text).map_err(SnapshotError::Damaged)?;
    Ok(Catalog {
        server_version: stored.server_version,
        schemas: stored.schemas,
        extensions: stored.extensions,
        enums: stored.enums,
        domains: stored.domains,
        sequences: stored.sequences,
        relations: stored.relations,
        routines: stored.routines,
        defined: stored.defined,
        comments: stored.comments,
        privileges: stored.privileges,
        owners: BTreeMap::new(),
        owner_by_chance: None,
        dependencies: stored.dependencies,
        unmodelled: stored.unmodelled,
        busy: BTreeSet::new(),
    })
}

/// Reduces a catalog to what the reader would have read of these schemas alone. Unmodelled objects are not filtered.
pub fn keep_only(catalog: &mut Catalog, schemas: &[String]) {
    let kept = |name: &Name| schemas.iter().any(|schema| schema == name.as_str());
    catalog.schemas.retain(|name, _| kept(name));
    catalog.extensions.retain(|_, extension| kept(&extension.schema));
    catalog.enums.retain(|name, _| kept(&name.schema));
    catalog.domains.retain(|name, _| kept(&name.schema));
    catalog.sequences.retain(|name, _| kept(&name.schema));
    catalog.relations.retain(|name, _| kept(&name.schema));
    catalog.routines.retain(|signature, _| kept(&signature.name.schema));
    catalog.defined.retain(|object, _| object.schema().is_some_and(kept));
    catalog.comments.retain(|object, _| match object {
        Object::Schema(name) => kept(name),
        other => other.schema().is_some_and(kept),
    });
    catalog.privileges.retain(|(object, _), _| match object {
        Object::Schema(name) => kept(name),
        other => other.schema().is_some_and(kept),
    });
    catalog.dependencies.retain(|(dependent, _)| dependent.schema().is_some_and(kept));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_snapshots_of_this_format_are_read() {
        for (text, message) in [
            ("{\"schemawarden_snapshot\": 2, \"new\": {}}", "the snapshot has format 2,"),
            ("{\"tables\": []}", "this is not a snapshot"),
            ("{\"schemawarden_snapshot\": 1, \"server_version\": 150000}", "the snapshot is damaged: missing field"),
            ("create table t ();", "the snapshot is damaged: expected value at line 1 column 1"),
        ] {
            let error = from_snapshot(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        let text = to_snapshot(&Catalog::default()).unwrap();
        assert!(text.starts_with("{\n  \"schemawarden_snapshot\": 1,\n  \"server_version\": 0,\n"), "{text}");
        assert_eq!(from_snapshot(&text).unwrap(), Catalog::default());
        let error = from_snapshot(&text.replace("\"enums\"", "\"enum\"")).unwrap_err().to_string();
        assert!(error.starts_with("the snapshot is damaged: unknown field `enum`"), "{error}");
    }

    #[test]
    fn a_catalog_with_gaps_is_not_stored() {
        let busy = BTreeSet::from([QName::new("public", "posts")]);
        let error = to_snapshot(&Catalog { busy, ..Catalog::default() }).unwrap_err().to_string();
        assert!(error.contains("public.posts could not be read"), "{error}");
    }
}
