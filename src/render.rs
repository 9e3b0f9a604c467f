//! Renders a catalog as DDL that builds its expressions again: what PostgreSQL printed goes back in, in the context
//! (types, columns, functions) that gives it its meaning.
//!
//! Pure. It builds a stand-in for comparing spellings, not a copy: foreign keys, defaults of identity and everything
//! else that holds no printed expression is left out.

mod shim;
pub use shim::*;

use std::collections::BTreeSet;

use crate::catalog::{
    Catalog, Column, Constraint, ConstraintKind, Domain, Generated, Index, Persistence, Relation, RelationKind,
};
use crate::name::{Name, QName, literal};

/// A statement, and the object (see [`crate::report::Drift::object`]) that does not exist unless it succeeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    pub object: String,
    pub sql: String,
}

/// Statements that build the catalog's expressions, roughly in the order of dependence: what fails may succeed once
/// the others are there. Of the relations only those in `only`, where that is given.
pub fn create(catalog: &Catalog, only: Option<&BTreeSet<QName>>) -> Vec<Create> {
    let mut creates = Vec::new();
    let mut add = |object: String, sql: String| creates.push(Create { object, sql });
    for name in catalog.schemas.keys() {
        add(name.to_string(), format!("CREATE SCHEMA IF NOT EXISTS {name}"));
    }
    for (name, extension) in &catalog.extensions {
        add(name.to_string(), format!("CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {}", extension.schema));
    }
    for (name, labels) in &catalog.enums {
        let labels: Vec<_> = labels.labels.iter().map(|label| literal(label)).collect();
        add(name.to_string(), format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", ")));
    }
    for (name, it) in &catalog.domains {
        add(name.to_string(), domain(name, it));
    }
    for it in &catalog.unmodelled {
        if let Some(sql) = stand_in(&it.kind, &it.object) {
            add(it.object.clone(), sql);
        }
    }
    for (name, it) in catalog.sequences.iter().filter(|(_, sequence)| !sequence.identity) {
        add(name.to_string(), format!("CREATE SEQUENCE {name} AS {}", it.data_type));
    }
    let relations = || catalog.relations.iter().filter(|(name, _)| only.is_none_or(|only| only.contains(*name)));
    for (name, relation) in relations().filter(|(_, relation)| relation.kind == RelationKind::Table) {
        add(name.to_string(), table(name, relation));
    }
    for (signature, routine) in &catalog.routines {
        add(signature.to_string(), routine.definition.to_string());
    }
    for (name, relation) in relations() {
        if relation.kind != RelationKind::Table {
            add(name.to_string(), view(name, relation));
        }
        for (column, default) in relation.columns.iter().filter_map(|c| Some((&c.name, c.default.as_ref()?))) {
            let sql = format!("ALTER TABLE ONLY {name} ALTER COLUMN {column} SET DEFAULT {default}");
            add(format!("{name}.{column}"), sql);
        }
        for it in relation.constraints.iter().filter(|it| !it.inherited && is_rendered(it)) {
            let sql = format!("ALTER TABLE {name} ADD CONSTRAINT {} {}", it.name, it.definition());
            add(format!("{name}.{}", it.name), sql);
        }
        for it in relation.indexes.iter().filter(|it| !it.inherited) {
            add(format!("{name}.{}", it.name), index(name, it));
        }
        for it in relation.triggers.iter().filter(|it| !it.inherited) {
            add(format!("{name}.{}", it.name), it.definition.to_string());
        }
    }
    creates
}

/// Keys are needed, too: a view may group by one and select what depends on it.
fn is_rendered(constraint: &Constraint) -> bool {
    match constraint.kind {
        ConstraintKind::Primary { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => true,
        ConstraintKind::Foreign { .. } => false,
    }
}

/// Something by the same name, so that tables can have columns of it. What looks inside cannot be built.
fn stand_in(kind: &str, object: &str) -> Option<String> {
    match kind {
        "type" | "composite type" | "range type" => Some(format!("CREATE TYPE {object} AS ()")),
        "collation" => Some(format!("CREATE COLLATION {object} FROM \"C\"")),
        "text search configuration" => {
            Some(format!("CREATE TEXT SEARCH CONFIGURATION {object} (COPY = pg_catalog.simple)"))
        }
        _ => None,
    }
}

pub(crate) fn domain(name: &QName, domain: &Domain) -> String {
    let mut sql = format!("CREATE DOMAIN {name} AS {}", domain.base_type);
    if let Some(collation) = &domain.collation {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(default) = &domain.default {
        sql.push_str(&format!(" DEFAULT {default}"));
    }
    for (check, it) in &domain.checks {
        sql.push_str(&format!(" CONSTRAINT {check} CHECK ({})", it.expression));
    }
    sql
}

fn table(name: &QName, relation: &Relation) -> String {
    let unlogged = if relation.persistence == Persistence::Unlogged { "UNLOGGED " } else { "" };
    let mut sql = format!("CREATE {unlogged}TABLE {name} ");
    match &relation.partition_of {
        Some(partition) => sql.push_str(&format!("PARTITION OF {} {}", partition.parent, partition.bound)),
        None => {
            let own = relation.columns.iter().filter(|column| !column.inherited);
            let columns: Vec<_> = own.map(plain_column).collect();
            sql.push_str(&format!("({})", columns.join(", ")));
        }
    }
    if !relation.inherits.is_empty() {
        let parents: Vec<_> = relation.inherits.iter().map(QName::to_string).collect();
        sql.push_str(&format!(" INHERITS ({})", parents.join(", ")));
    }
    if let Some(key) = &relation.partition_key {
        sql.push_str(&format!(" PARTITION BY {key}"));
    }
    sql
}

fn plain_column(column: &Column) -> String {
    let mut sql = format!("{} {}", column.name, column.data_type);
    if let Some(collation) = &column.collation {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    match &column.generated {
        None => {}
        Some(Generated::Stored(expression)) => sql.push_str(&format!(" GENERATED ALWAYS AS ({expression}) STORED")),
        Some(Generated::Virtual(expression)) => sql.push_str(&format!(" GENERATED ALWAYS AS ({expression}) VIRTUAL")),
    }
    sql
}

fn view(name: &QName, relation: &Relation) -> String {
    let materialized = if relation.kind == RelationKind::MaterializedView { "MATERIALIZED " } else { "" };
    let columns: Vec<&Name> = relation.columns.iter().map(|column| &column.name).collect();
    let query = relation.query.as_ref().map(ToString::to_string).unwrap_or_default();
    let no_data = if relation.kind == RelationKind::MaterializedView { " WITH NO DATA" } else { "" };
    format!("CREATE {materialized}VIEW {name} ({}) AS {query}{no_data}", crate::name::list(columns))
}

fn index(table: &QName, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let definition = index.definition();
    let definition = definition.strip_prefix(unique).unwrap_or(&definition);
    format!("CREATE {unique}INDEX {} ON {table} USING {definition}", index.name)
}
