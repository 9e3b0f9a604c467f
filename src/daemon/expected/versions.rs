//! The extensions whose version an expectation declares. `CREATE EXTENSION` without a version installs the server's
//! default one, which says nothing about what the application needs.
//!
//! Pure.

use std::collections::BTreeSet;

use crate::domain::name::Name;
use crate::domain::plan::statement::Parts;
use crate::domain::script;

/// The extensions whose version the SQL names.
pub fn declared<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    for text in texts {
        // A text that cannot be split is refused elsewhere.
        let statements = script::split(text).unwrap_or_default();
        found.extend(statements.iter().filter_map(|statement| names_version(statement.sql)));
    }
    found
}

fn names_version(sql: &str) -> Option<Name> {
    let mut parts = Parts::of(sql);
    if parts.take(&["create", "extension"]) {
        parts.take(&["if", "not", "exists"]);
        let name = parts.name()?.name;
        return parts.has("version").then_some(name);
    }
    if parts.take(&["alter", "extension"]) {
        let name = parts.name()?.name;
        return parts.take(&["update", "to"]).then_some(name);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_version_that_is_written_is_declared() {
        let text =
            "create extension a; CREATE EXTENSION IF NOT EXISTS \"b-c\" WITH SCHEMA public VERSION '1.0' CASCADE;
                    create extension version; alter extension d update to '2'; alter extension e update;
                    select $$create extension f version '1'$$;";
        let found: Vec<_> = declared(std::iter::once(text)).into_iter().collect();
        assert_eq!(found, [Name::from("b-c"), Name::from("d")]);
    }
}
