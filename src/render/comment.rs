//! Comments as DDL.

use crate::catalog::{Catalog, Comment, Object};
use crate::name::literal;

/// Says it of the object; none: says nothing of it any more. The catalog tells a domain's constraint from a table's.
pub fn comment_on(object: &Object, comment: Option<&Comment>, catalog: &Catalog) -> Option<String> {
    let what = match object {
        Object::Schema(name) => format!("SCHEMA {name}"),
        Object::Extension(name) => format!("EXTENSION {name}"),
        Object::Type(name) => format!("TYPE {name}"),
        Object::Domain(name) => format!("DOMAIN {name}"),
        Object::Sequence(name) => format!("SEQUENCE {name}"),
        Object::Table(name) => format!("TABLE {name}"),
        Object::View(name) => format!("VIEW {name}"),
        Object::MaterializedView(name) => format!("MATERIALIZED VIEW {name}"),
        // Unlike AGGREGATE it takes an empty list of arguments.
        Object::Routine(signature) => format!("ROUTINE {signature}"),
        Object::Column(relation, name) => format!("COLUMN {relation}.{name}"),
        Object::Constraint(domain, name) if catalog.domains.contains_key(domain) => {
            format!("CONSTRAINT {name} ON DOMAIN {domain}")
        }
        Object::Constraint(table, name) => format!("CONSTRAINT {name} ON {table}"),
        Object::Index(table, name) => format!("INDEX {}.{name}", table.schema),
        Object::Trigger(relation, name) => format!("TRIGGER {name} ON {relation}"),
        Object::Policy(table, name) => format!("POLICY {name} ON {table}"),
        Object::Rule(relation, name) => format!("RULE {name} ON {relation}"),
        Object::Statistics(name) => format!("STATISTICS {name}"),
        Object::EventTrigger(name) => format!("EVENT TRIGGER {name}"),
        Object::Comment(_) => return None,
    };
    let text = comment.map_or("NULL".to_owned(), |comment| literal(&comment.0));
    Some(format!("COMMENT ON {what} IS {text}"))
}
