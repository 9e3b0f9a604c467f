//! Comments as DDL.

use crate::domain::catalog::{Address, Catalog, Comment, Object};
use crate::domain::name::literal;

/// Says it of the object; none: says nothing of it any more. The catalog tells a domain's constraint from a table's.
pub fn comment_on(object: &Object, comment: Option<&Comment>, catalog: &Catalog) -> Option<String> {
    let keyword = object.class().keyword;
    let what = match (object, object.address()) {
        (Object::Column(..), _) => format!("{keyword} {object}"),
        (Object::Index(table, name), _) => format!("{keyword} {}.{name}", table.schema),
        (Object::Constraint(domain, name), _) if catalog.domains.contains_key(domain) => {
            format!("{keyword} {name} ON DOMAIN {domain}")
        }
        (_, Address::Member(on, name)) => format!("{keyword} {name} ON {on}"),
        (_, Address::Database(_) | Address::Schema(_) | Address::Routine(_) | Address::Said(_)) => by_itself(object)?,
    };
    let text = comment.map_or("NULL".to_owned(), |comment| literal(&comment.0));
    Some(format!("COMMENT ON {what} IS {text}"))
}

/// An object that is no part of another one, as COMMENT, ALTER and DROP have it.
pub(super) fn by_itself(object: &Object) -> Option<String> {
    match object.address() {
        Address::Database(_) | Address::Schema(_) | Address::Routine(_) => {
            Some(format!("{} {object}", object.class().keyword))
        }
        Address::Member(..) | Address::Said(_) => None,
    }
}
