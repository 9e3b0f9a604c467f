//! Conditions on the owner of an object, and on privileges.

use super::{Condition, row, text};
use crate::domain::catalog::{Grantee, Object, Privilege};
use crate::domain::name::{Name, literal};

/// Which privileges a grantee has from the object's owner.
#[derive(Clone, Copy, Debug)]
pub enum Has<'p> {
    None(&'p [Privilege]),
    All(&'p [Privilege]),
    /// All of these, WITH GRANT OPTION.
    AllGrantable(&'p [Privilege]),
    NoneGrantable(&'p [Privilege]),
}

/// The object exists, and the grantee has these privileges on it.
pub fn privileges(object: &Object, grantee: &Grantee, has: Has<'_>) -> Condition {
    let is = |list: &str, kind: char, owner: &str| {
        let grantee = match grantee {
            Grantee::Owner => owner.to_owned(),
            Grantee::Public => "0".to_owned(),
            Grantee::Role(name) => format!("(select r.oid from pg_roles r where r.rolname = {})", text(name)),
        };
        let held = |which: &str| {
            format!(
                "array(select e.privilege_type from aclexplode(coalesce({list}, acldefault('{kind}', {owner}))) e where \
                 e.grantor = {owner} and e.grantee = {grantee}{which})"
            )
        };
        let words = |privileges: &[Privilege]| {
            let words: Vec<_> = privileges.iter().map(|it| literal(it.as_sql())).collect();
            format!("array[{}]::text[]", words.join(", "))
        };
        match has {
            Has::None(those) => format!("not ({} && {})", words(those), held("")),
            Has::All(those) => format!("{} <@ {}", words(those), held("")),
            Has::AllGrantable(those) => format!("{} <@ {}", words(those), held(" and e.is_grantable")),
            Has::NoneGrantable(those) => format!("not ({} && {})", words(those), held(" and e.is_grantable")),
        }
    };
    let class = object.class();
    let Some(list) = class.privileges else { return Condition::new("false") };
    // A column belongs to the owner of its table.
    let owner = class.owner.unwrap_or("(select c.relowner from pg_class c where c.oid = attrelid)");
    row(object, &is(list.column, list.code, owner))
}

/// The object exists, and this role owns it.
pub fn owner(object: &Object, owner: &Name) -> Condition {
    let Some(column) = object.class().owner else { return Condition::new("false") };
    row(object, &format!("{column} in (select r.oid from pg_roles r where r.rolname = {})", text(owner)))
}
