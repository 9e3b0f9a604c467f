//! Objects that are known by their own `CREATE` statement as DDL: that statement is stored; here is what it cannot
//! express.

use crate::domain::catalog::{Address, Attribute, Defined, Enabled, Object};
use crate::domain::name::{Name, list};

pub fn drop_defined(object: &Object) -> String {
    let keyword = object.class().keyword;
    match object.address() {
        Address::Member(on, name) => format!("DROP {keyword} {name} ON {on}"),
        Address::Database(_) | Address::Schema(_) | Address::Routine(_) | Address::Said(_) => {
            format!("DROP {keyword} {object}")
        }
    }
}

/// Statements to run after the `CREATE` statement.
pub fn defined_settings(object: &Object, it: &Defined) -> Vec<String> {
    let roles = (!it.roles.is_empty()).then(|| policy_roles(object, it)).flatten();
    let target = it.target.and_then(|_| statistics_target(object, it));
    let enabled = (it.enabled != Enabled::Origin).then(|| defined_state(object, it)).flatten();
    [roles, target, enabled].into_iter().flatten().collect()
}

/// The roles that the policy applies to.
pub fn policy_roles(object: &Object, it: &Defined) -> Option<String> {
    let Object::Policy(table, name) = object else { return None };
    let roles = if it.roles.is_empty() { "PUBLIC".to_owned() } else { list(&it.roles) };
    Some(format!("ALTER POLICY {name} ON {table} TO {roles}"))
}

pub fn statistics_target(object: &Object, it: &Defined) -> Option<String> {
    let Object::Statistics(name) = object else { return None };
    Some(format!("ALTER STATISTICS {name} SET STATISTICS {}", it.target.unwrap_or(-1)))
}

/// Whether the rule or the event trigger is enabled.
pub fn defined_state(object: &Object, it: &Defined) -> Option<String> {
    let word = match it.enabled {
        Enabled::Origin => "ENABLE",
        Enabled::Disabled => "DISABLE",
        Enabled::Replica => "ENABLE REPLICA",
        Enabled::Always => "ENABLE ALWAYS",
    };
    match object {
        Object::Rule(table, name) => Some(format!("ALTER TABLE {table} {word} RULE {name}")),
        Object::EventTrigger(name) => Some(format!("ALTER EVENT TRIGGER {name} {word}")),
        _ => None,
    }
}

/// Whether the attributes can be changed in place, and by which actions of ALTER TYPE: those that stay keep their
/// order, and new ones come last.
pub fn alter_attributes(from: &[Attribute], to: &[Attribute]) -> Option<Vec<String>> {
    let names = |attributes: &[Attribute]| attributes.iter().map(|it| it.name.clone()).collect::<Vec<Name>>();
    let (had, wanted) = (names(from), names(to));
    let kept: Vec<&Attribute> = from.iter().filter(|it| wanted.contains(&it.name)).collect();
    if !wanted.iter().zip(&kept).all(|(name, old)| *name == old.name) {
        return None;
    }
    let mut parts = Vec::new();
    parts.extend(had.iter().filter(|name| !wanted.contains(name)).map(|name| format!("DROP ATTRIBUTE {name}")));
    for (new, old) in to.iter().zip(kept.iter().map(Some).chain(std::iter::repeat(None))) {
        match old {
            None => parts.push(format!("ADD ATTRIBUTE {} {}", new.name, new.data_type)),
            Some(old) if old.data_type != new.data_type => {
                parts.push(format!("ALTER ATTRIBUTE {} TYPE {}", new.name, new.data_type));
            }
            Some(_) => {}
        }
    }
    Some(parts)
}
