//! Completes the reader's statements for plain classes of objects: those for which one row contains everything that is
//! asked. A new class needs no statement of its own for its comments, owners, dependencies and changes.

use std::sync::LazyLock;

use crate::domain::catalog::{CLASSES, Class, Place, Row};

/// Where a statement is completed: once for each class, or once for each catalog of its parts.
const CLASS: &str = "-- the plain classes";
const PART: &str = "-- parts of the plain classes";

pub(super) static COMMENTS: LazyLock<String> = LazyLock::new(|| {
    let comments = |it: &Asked| {
        let Asked { word, namespace, name, member, class, oid, from, catalog, .. } = it;
        format!(
            "union all\nselect '{word}', {namespace}, {name}, {member}, d.description, {class}, {oid} from {from} \
             join pg_description d on d.classoid = '{catalog}'::regclass and d.objoid = x.oid"
        )
    };
    completed(include_str!("../../../sql/catalog/comments.sql"), comments, no_part)
});

pub(super) static OWNERS: LazyLock<String> = LazyLock::new(|| {
    let owners = |it: &Asked| {
        let Asked { word, namespace, name, member, class, oid, from, owner, .. } = it;
        let Some(owner) = owner else { return String::new() };
        format!("union all\nselect '{word}', {namespace}, {name}, {member}, x.{owner}, {class}, {oid} from {from}")
    };
    completed(include_str!("../../../sql/catalog/owners.sql"), owners, no_part)
});

pub(super) static DEPENDENCIES: LazyLock<String> = LazyLock::new(|| {
    let class = |it: &Asked| format!(", '{}'::regclass", it.catalog);
    let part = |_: &Asked, part: &str| {
        format!(
            "when to_regclass('{part}') then d.refclassid in ('pg_class'::regclass, 'pg_type'::regclass, \
             'pg_proc'::regclass, 'pg_namespace'::regclass)"
        )
    };
    completed(include_str!("../../../sql/catalog/dependencies.sql"), class, part)
});

pub(super) static NAMES: LazyLock<String> = LazyLock::new(|| {
    let names = |it: &Asked| {
        let Asked { word, namespace, name, member, class, oid, from, catalog, .. } = it;
        format!(
            "union all\nselect s.classid, s.objid, s.objsubid, {class}, {oid}, '{word}', {namespace}, {name}, {member} \
             from {from} join replaced s on s.class = '{catalog}'::regclass and s.oid = x.oid"
        )
    };
    let part = |it: &Asked, part: &str| {
        format!(
            "union all\nselect m.classid, m.objid, m.objsubid, p.refclassid, p.refobjid, 0 from met m \
             join pg_depend p on p.classid = m.classid and p.objid = m.objid and p.refclassid = '{}'::regclass \
             where m.classid = to_regclass('{part}')",
            it.catalog
        )
    };
    completed(include_str!("../../../sql/catalog/dependency_names.sql"), names, part)
});

pub(in crate::pg) static FINGERPRINT: LazyLock<String> = LazyLock::new(|| {
    let rows = |it: &Asked| {
        let catalog = it.catalog;
        format!("union all\nselect '{catalog}'::regclass::oid::int4, x.oid, 0, x.xmin from {catalog} x")
    };
    // A part is never updated, but deleted and inserted: where a server lacks the catalog, pg_depend shows the change.
    let part = |_: &Asked, part: &str| {
        format!(
            "union all\nselect to_regclass('{part}')::oid::int4, objid, refobjsubid, xmin from pg_depend \
             where classid = to_regclass('{part}')"
        )
    };
    completed(include_str!("../../../sql/catalog/fingerprint.sql"), rows, part)
});

pub(in crate::pg) static COUNTERS: LazyLock<String> = LazyLock::new(|| {
    let class = |it: &Asked| format!(", '{}'", it.catalog);
    completed(include_str!("../../../sql/catalog/counters.sql"), class, |_, part| format!(", to_regclass('{part}')"))
});

/// What a statement may ask about an object of a class, in SQL; its row is called `x`.
struct Asked {
    word: &'static str,
    namespace: String,
    name: String,
    member: String,
    /// The class in pg_depend, to exclude members of extensions.
    class: String,
    oid: &'static str,
    from: String,
    catalog: &'static str,
    owner: Option<&'static str>,
    parts: &'static [&'static str],
}

impl Asked {
    fn of(class: &'static Class, row: Row) -> Option<Self> {
        let own = format!("x.{}::text", row.name);
        let plain = format!("{} x", row.catalog);
        let regclass = |catalog: &str| format!("'{catalog}'::regclass");
        let itself = (regclass(row.catalog), "x.oid");
        let (namespace, name, member, (of, oid), from) = match class.place {
            Place::Database(_) => ("null".to_owned(), own, "null".to_owned(), itself, plain),
            Place::Schema(_) => (format!("x.{}", row.inside?), own, "null".to_owned(), itself, plain),
            Place::Member(_) => (
                "c.relnamespace".to_owned(),
                "c.relname".to_owned(),
                own,
                (regclass("pg_class"), "c.oid"),
                format!("{plain} join pg_class c on c.oid = x.{}", row.inside?),
            ),
            Place::Routine | Place::Said => return None,
        };
        let Class { word, owner, parts, .. } = *class;
        Some(Self { word, namespace, name, member, class: of, oid, from, catalog: row.catalog, owner, parts })
    }
}

fn no_part(_: &Asked, _: &str) -> String {
    String::new()
}

fn completed(sql: &str, class: impl Fn(&Asked) -> String, part: impl Fn(&Asked, &str) -> String) -> String {
    let plain = CLASSES.iter().filter(|class| class.is_plain);
    let asked: Vec<Asked> = plain.filter_map(|class| Asked::of(class, class.row?)).collect();
    let parts = asked.iter().flat_map(|it| it.parts.iter().map(|name| part(it, &format!("pg_catalog.{name}"))));
    let parts: Vec<String> = parts.collect();
    let classes: Vec<String> = asked.iter().map(class).collect();
    sql.replace(PART, &parts.join("\n")).replace(CLASS, &classes.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::Kind;

    /// If a statement left out a class, its objects would change unnoticed, or lack their comments or owners.
    #[test]
    fn no_kind_is_forgotten_by_a_statement_that_asks_of_all() {
        for kind in Kind::ALL {
            let class = kind.facts().class;
            let Some(row) = class.row else { continue };
            let asks = |sql: &str| sql.contains(row.catalog);
            assert!(asks(&FINGERPRINT), "the fingerprint does not look at {}, where {kind} is", row.catalog);
            assert!(asks(&COUNTERS), "the counters do not look at {}, where {kind} is", row.catalog);
            // A schema needs nothing, and a column needs what its relation and its default need.
            let needs = ![Kind::Schema, Kind::Column].contains(&kind);
            assert!(!needs || asks(&DEPENDENCIES), "what {kind} of {} needs is not read", row.catalog);
            assert!(asks(&NAMES), "dependencies cannot name {kind} of {}", row.catalog);
            // Comments on extensions belong to the extension.
            assert!(asks(&COMMENTS) || kind == Kind::Extension, "comments on {kind} in {} are not read", row.catalog);
            for part in class.parts {
                assert!(
                    [&FINGERPRINT, &COUNTERS, &DEPENDENCIES, &NAMES].iter().all(|sql| sql.contains(part)),
                    "{part}"
                );
            }
            assert!(class.owner.is_none() || OWNERS.contains(row.catalog), "the owners of {kind} are not read");
        }
    }

    #[test]
    fn every_statement_has_its_place() {
        for sql in [&*COMMENTS, &*OWNERS, &*DEPENDENCIES, &*NAMES, &*FINGERPRINT, &*COUNTERS] {
            assert!(!sql.contains(CLASS) && !sql.contains(PART) && sql.contains("pg_publication"), "{sql}");
        }
    }
}
