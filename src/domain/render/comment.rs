//! Comments as DDL.

use crate::domain::catalog::{Catalog, Comment, Object};
use crate::domain::name::literal;

/// Says it of the object; none: says nothing of it any more. The catalog tells a domain's constraint from a table's.
pub fn comment_on(object: &Object, comment: Option<&Comment>, catalog: &Catalog) -> Option<String> {
    let what = match object {
        Object::Column(relation, name) => format!("COLUMN {relation}.{name}"),
        Object::Constraint(domain, name) if catalog.domains.contains_key(domain) => {
            format!("CONSTRAINT {name} ON DOMAIN {domain}")
        }
        Object::Constraint(table, name) => format!("CONSTRAINT {name} ON {table}"),
        Object::Index(table, name) => format!("INDEX {}.{name}", table.schema),
        Object::Trigger(relation, name) => format!("TRIGGER {name} ON {relation}"),
        Object::Policy(table, name) => format!("POLICY {name} ON {table}"),
        Object::Rule(relation, name) => format!("RULE {name} ON {relation}"),
        Object::Schema(_)
        | Object::Extension(_)
        | Object::Type(_)
        | Object::Domain(_)
        | Object::Sequence(_)
        | Object::Table(_)
        | Object::View(_)
        | Object::MaterializedView(_)
        | Object::Routine(_)
        | Object::Statistics(_)
        | Object::EventTrigger(_) => address(object)?,
        Object::Comment(_) | Object::Privileges(..) => return None,
    };
    let text = comment.map_or("NULL".to_owned(), |comment| literal(&comment.0));
    Some(format!("COMMENT ON {what} IS {text}"))
}

/// What is an object by itself, as COMMENT and ALTER have it.
pub(super) fn address(object: &Object) -> Option<String> {
    Some(match object {
        Object::Schema(name) => format!("SCHEMA {name}"),
        Object::Extension(name) => format!("EXTENSION {name}"),
        Object::Type(name) => format!("TYPE {name}"),
        Object::Domain(name) => format!("DOMAIN {name}"),
        Object::Sequence(name) => format!("SEQUENCE {name}"),
        Object::Table(name) => format!("TABLE {name}"),
        Object::View(name) => format!("VIEW {name}"),
        Object::MaterializedView(name) => format!("MATERIALIZED VIEW {name}"),
        // Unlike AGGREGATE it takes an empty list of arguments, and unlike FUNCTION also procedures.
        Object::Routine(signature) => format!("ROUTINE {signature}"),
        Object::Statistics(name) => format!("STATISTICS {name}"),
        Object::EventTrigger(name) => format!("EVENT TRIGGER {name}"),
        Object::Column(..)
        | Object::Constraint(..)
        | Object::Index(..)
        | Object::Trigger(..)
        | Object::Policy(..)
        | Object::Rule(..)
        | Object::Comment(_)
        | Object::Privileges(..) => return None,
    })
}
