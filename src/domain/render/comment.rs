//! Comments as DDL.

use crate::domain::catalog::{Address, Catalog, Comment, Object};
use crate::domain::name::literal;

/// Sets the comment of the object, or removes it. The catalog shows whether a constraint belongs to a domain or a
/// table.
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

/// An object that is not part of another one, as in COMMENT, ALTER and DROP.
pub(super) fn by_itself(object: &Object) -> Option<String> {
    match object.address() {
        Address::Database(_) | Address::Schema(_) | Address::Routine(_) => {
            Some(format!("{} {object}", object.class().keyword))
        }
        Address::Member(..) | Address::Said(_) => None,
    }
}
