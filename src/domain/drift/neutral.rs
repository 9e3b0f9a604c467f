//! Facts of an object that say nothing about the schema, made equal on both sides before the comparison.

use std::collections::BTreeMap;

use crate::domain::catalog::{Catalog, Column, Definition, Extension, Sequence};
use crate::domain::name::{self, Name, QName};

/// Whether both sides were printed by servers of one major release.
pub(super) fn is_same_major(expected: &Catalog, live: &Catalog) -> bool {
    expected.server_version / 10_000 == live.server_version / 10_000
}

/// The expected extensions. Each major release of PostgreSQL has its own versions of them, so that between two releases
/// the version is ignored. It is also ignored if the expectation does not name one.
pub(super) fn extensions(expected: &Catalog, live: &Catalog) -> BTreeMap<Name, Extension> {
    let mut extensions = expected.extensions.clone();
    let across = !is_same_major(expected, live);
    for (name, extension) in extensions.iter_mut().filter(|(_, it)| across || it.version.is_none()) {
        if let Some(found) = live.extensions.get(name) {
            extension.version.clone_from(&found.version);
        }
    }
    extensions
}

/// The column with a default of "its own sequence" instead of the sequence's name, which is arbitrary.
pub(super) fn with_unnamed_sequence(catalog: &Catalog, table: &QName, column: &Column) -> Column {
    let mut column = column.clone();
    let Some(Definition::Known(default)) = &column.default else { return column };
    if !default.starts_with("nextval(") {
        return column;
    }
    let owns = |sequence: &Sequence| sequence.owned_by.as_ref().is_some_and(|(t, c)| t == table && *c == column.name);
    let is_its_nextval = |(name, _): &(&QName, &Sequence)| {
        **default == *format!("nextval({}::regclass)", name::literal(&name.to_string()))
    };
    if catalog.sequences.iter().filter(|(_, sequence)| owns(sequence)).any(|pair| is_its_nextval(&pair)) {
        column.default = Some("nextval(its own sequence)".into());
    }
    column
}
