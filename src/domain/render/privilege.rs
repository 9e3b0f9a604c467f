//! Privileges and owners as DDL.

use super::comment::by_itself;
use crate::domain::catalog::{Held, Object, Privilege, Privileges};
use crate::domain::name::Name;

/// The object as in GRANT and REVOKE; privileges on a column are granted on its table. `None`: it has no privileges.
fn on(object: &Object) -> Option<String> {
    let keyword = object.class().privileges?.keyword;
    match object {
        Object::Column(table, _) => Some(format!("{keyword} {table}")),
        _ => Some(format!("{keyword} {object}")),
    }
}

/// Whether the object has privileges.
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

/// `grantee` as in SQL: a name, quoted if needed, `PUBLIC`, `CURRENT_USER`.
pub fn grant(object: &Object, privileges: &[Privilege], grantee: &str, with_grant_option: bool) -> Option<String> {
    let option = if with_grant_option { " WITH GRANT OPTION" } else { "" };
    Some(format!("GRANT {} ON {} TO {grantee}{option}", list(object, privileges), on(object)?))
}

/// Revokes the privileges, or only their grant option.
pub fn revoke(object: &Object, privileges: &[Privilege], grantee: &str, only_grant_option: bool) -> Option<String> {
    let option = if only_grant_option { "GRANT OPTION FOR " } else { "" };
    Some(format!("REVOKE {option}{} ON {} FROM {grantee}", list(object, privileges), on(object)?))
}

/// Statements that give a new object these privileges.
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

/// Changes the owner of the object. `None`: it has no owner of its own, or its owner cannot be changed.
pub fn owner_to(object: &Object, owner: &Name) -> Option<String> {
    Some(format!("ALTER {} OWNER TO {owner}", by_itself(object)?))
}
