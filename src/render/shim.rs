//! Temporary.
#![allow(missing_docs)]
use crate::catalog::{Catalog, Column, Domain, Enum, Identity, Index, Persistence, Relation, RelationKind, Sequence};
use crate::name::{Name, QName, literal};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Plain,
    Concurrently,
    Only,
}

pub fn create_index(table: &QName, index: &Index, how: How) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let definition = index.definition();
    let definition = definition.strip_prefix(unique).unwrap_or(&definition);
    let (body, predicate) = match definition.split_once(" WHERE ") {
        Some((b, p)) if index.predicate.is_some() => (b.to_owned(), format!(" WHERE {p}")),
        _ => (definition.to_owned(), String::new()),
    };
    let with = if index.options.is_empty() { String::new() } else { format!(" WITH ({})", options(&index.options)) };
    let space = index.tablespace.as_ref().map(|s| format!(" TABLESPACE {s}")).unwrap_or_default();
    let (c, o) = match how {
        How::Plain => ("", ""),
        How::Concurrently => ("CONCURRENTLY ", ""),
        How::Only => ("", "ONLY "),
    };
    format!("CREATE {unique}INDEX {c}{} ON {o}{table} USING {body}{with}{space}{predicate}", index.name)
}
fn options(options: &[std::sync::Arc<str>]) -> String {
    options
        .iter()
        .map(|o| {
            let (k, v) = o.split_once('=').unwrap_or((o, ""));
            format!("{k}={}", literal(v))
        })
        .collect::<Vec<_>>()
        .join(", ")
}
pub fn sequence_parameters(s: &Sequence) -> String {
    format!(
        "AS {} START WITH {} INCREMENT BY {} MINVALUE {} MAXVALUE {} CACHE {}{}",
        s.data_type,
        s.start,
        s.increment,
        s.min,
        s.max,
        s.cache,
        if s.cycle { " CYCLE" } else { " NO CYCLE" }
    )
}
pub fn create_sequence(name: &QName, s: &Sequence) -> String {
    format!("CREATE {}SEQUENCE {name} {}", if s.unlogged { "UNLOGGED " } else { "" }, sequence_parameters(s))
}
pub fn create_enum(name: &QName, it: &Enum) -> String {
    let labels: Vec<_> = it.labels.iter().map(|label| literal(label)).collect();
    format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "))
}
pub fn create_domain(name: &QName, it: &Domain) -> String {
    format!("{}{}", super::domain(name, it), if it.not_null { " NOT NULL" } else { "" })
}
pub fn create_view(name: &QName, it: &Relation) -> String {
    let m = if it.kind == RelationKind::MaterializedView { "MATERIALIZED " } else { "" };
    let columns: Vec<&Name> = it.columns.iter().map(|c| &c.name).collect();
    let with = if it.options.is_empty() { String::new() } else { format!(" WITH ({})", options(&it.options)) };
    format!(
        "CREATE {m}VIEW {name} ({}){with} AS {}",
        crate::name::list(columns),
        it.query.as_ref().map(ToString::to_string).unwrap_or_default()
    )
}
pub fn drop_relation(name: &QName, it: &Relation) -> String {
    match it.kind {
        RelationKind::Table => format!("DROP TABLE {name}"),
        RelationKind::View => format!("DROP VIEW {name}"),
        RelationKind::MaterializedView => format!("DROP MATERIALIZED VIEW {name}"),
    }
}
pub fn owned_sequence<'c>(catalog: &'c Catalog, table: &QName, column: &Name) -> Option<(&'c QName, &'c Sequence)> {
    catalog.sequences.iter().find(|(_, s)| s.owned_by.as_ref().is_some_and(|(t, c)| t == table && c == column))
}
pub fn identity_word(i: Identity) -> &'static str {
    match i {
        Identity::Always => "ALWAYS",
        Identity::ByDefault => "BY DEFAULT",
    }
}
pub fn identity(catalog: &Catalog, table: &QName, column: &Name, i: Identity) -> String {
    let s = owned_sequence(catalog, table, column)
        .map(|(n, s)| {
            format!(
                " (SEQUENCE NAME {n} {})",
                sequence_parameters(s).split_once(" START").map(|(_, r)| format!("START{r}")).unwrap_or_default()
            )
        })
        .unwrap_or_default();
    format!("GENERATED {} AS IDENTITY{s}", identity_word(i))
}
pub fn column(table: &QName, c: &Column, catalog: &Catalog) -> String {
    let mut sql = super::plain_column(c);
    if let Some(d) = &c.default {
        sql.push_str(&format!(" DEFAULT {d}"));
    }
    if let Some(i) = c.identity {
        sql.push_str(&format!(" {}", identity(catalog, table, &c.name, i)));
    }
    if c.not_null {
        sql.push_str(" NOT NULL");
    }
    sql
}
pub fn create_table(name: &QName, it: &Relation, catalog: &Catalog) -> String {
    let unlogged = if it.persistence == Persistence::Unlogged { "UNLOGGED " } else { "" };
    let columns: Vec<_> = it.columns.iter().filter(|c| !c.inherited).map(|c| column(name, c, catalog)).collect();
    let mut sql = format!("CREATE {unlogged}TABLE {name} ({})", columns.join(", "));
    if !it.inherits.is_empty() {
        sql.push_str(&format!(
            " INHERITS ({})",
            it.inherits.iter().map(QName::to_string).collect::<Vec<_>>().join(", ")
        ));
    }
    if let Some(key) = &it.partition_key {
        sql.push_str(&format!(" PARTITION BY {key}"));
    }
    if !it.options.is_empty() {
        sql.push_str(&format!(" WITH ({})", options(&it.options)));
    }
    sql
}
