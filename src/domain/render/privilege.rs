//! Privileges and owners as DDL.

use super::comment::by_itself;
use crate::domain::catalog::{Held, Object, Privilege, Privileges};
use crate::domain::name::Name;

/// What the object is called in GRANT and REVOKE; a column is granted on with its table. `None`: nothing can be granted
/// on it.
fn on(object: &Object) -> Option<String> {
    let keyword = object.class().privileges?.keyword;
    match object {
        Object::Column(table, _) => Some(format!("{keyword} {table}")),
        _ => Some(format!("{keyword} {object}")),
    }
}

/// Whether anything can be granted on the object.
pub fn has_privileges(object: &Object) -> bool {
    object.class().privileges.is_some()
}

fn list(object: &Object, privileges: &[Privilege]) -> String {
    let of_column = match object {
        Object::Column(_, name) => format!(" ({name})"),
        _ => String::new(),
    };
    privileges.iter().map(|it| format!("{}{of_column}", it.as_sql())).collect::<Vec<_>>().join(", ")
}

/// `grantee` as SQL has it: a name in quotes where it needs them, `PUBLIC`, `CURRENT_USER`.
pub fn grant(object: &Object, privileges: &[Privilege], grantee: &str, with_grant_option: bool) -> Option<String> {
    let option = if with_grant_option { " WITH GRANT OPTION" } else { "" };
    Some(format!("GRANT {} ON {} TO {grantee}{option}", list(object, privileges), on(object)?))
}

/// Takes back the privileges, or no more than that they can be granted to others.
pub fn revoke(object: &Object, privileges: &[Privilege], grantee: &str, only_grant_option: bool) -> Option<String> {
    let option = if only_grant_option { "GRANT OPTION FOR " } else { "" };
    Some(format!("REVOKE {option}{} ON {} FROM {grantee}", list(object, privileges), on(object)?))
}

/// All that makes a new object's privileges be these.
pub fn privileges(object: &Object, is: &Privileges, grantee: &str) -> Vec<String> {
    let those = |held: Held| is.0.iter().filter(|(_, is)| **is == held).map(|(it, _)| *it).collect::<Vec<_>>();
    let statements = [
        (those(Held::No), revoke as fn(&Object, &[Privilege], &str, bool) -> Option<String>, false),
        (those(Held::Yes), grant, false),
        (those(Held::Grantable), grant, true),
    ];
    let said = statements.into_iter().filter(|(list, ..)| !list.is_empty());
    said.filter_map(|(list, statement, option)| statement(object, &list, grantee, option)).collect()
}

/// Gives the object to this owner. `None`: it has none of its own, or none that can be told.
pub fn owner_to(object: &Object, owner: &Name) -> Option<String> {
    Some(format!("ALTER {} OWNER TO {owner}", by_itself(object)?))
}
