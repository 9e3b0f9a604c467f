//! Options, `name=value`, as DDL: of storage, of views, of columns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::catalog::Column;
use crate::domain::name::{Name, literal};

/// ` WITH (…)`, or nothing.
pub(super) fn with(options: &[Arc<str>]) -> String {
    if options.is_empty() { String::new() } else { format!(" WITH ({})", list(options)) }
}

/// The actions that change the options `from` to `to`: `SET (…)`, `RESET (…)`, for an ALTER of the object.
pub fn set_options(from: &[Arc<str>], to: &[Arc<str>]) -> Vec<String> {
    let (had, wanted) = (by_name(from), by_name(to));
    let new: Vec<_> = to.iter().filter(|option| !from.contains(option)).cloned().collect();
    let gone: Vec<_> = had.keys().filter(|name| !wanted.contains_key(*name)).map(|name| quoted(name)).collect();
    let mut changes = Vec::new();
    if !new.is_empty() {
        changes.push(format!("SET ({})", list(&new)));
    }
    if !gone.is_empty() {
        changes.push(format!("RESET ({})", gone.join(", ")));
    }
    changes
}

/// The default storage of a type's values. `SET STORAGE DEFAULT` exists only since PostgreSQL 16. From
/// `pg_type.typstorage`, for the built-in types that can be stored in another way; a domain has that of its base type.
pub fn default_storage(data_type: &str) -> &'static str {
    match data_type.split_once('(').map_or(data_type, |(name, _)| name) {
        "numeric" | "inet" | "cidr" => "MAIN",
        _ => "EXTENDED",
    }
}

/// The same for [`Column::options`], as actions of an ALTER TABLE that changes `from` to `to`.
pub fn column_options(to: &Column, from: &[Arc<str>]) -> Vec<String> {
    let (had, wanted) = (by_name(from), by_name(&to.options));
    let names: BTreeSet<&str> = had.keys().chain(wanted.keys()).copied().collect();
    let change = |name: &str| match (name, wanted.get(name)) {
        ("storage", value) => {
            format!("SET STORAGE {}", value.copied().unwrap_or_else(|| default_storage(&to.data_type)))
        }
        ("compression", value) => format!("SET COMPRESSION {}", value.unwrap_or(&"default")),
        ("statistics", value) => format!("SET STATISTICS {}", value.unwrap_or(&"-1")),
        (name, Some(value)) => format!("SET ({}={})", quoted(name), written(value)),
        (name, None) => format!("RESET ({})", quoted(name)),
    };
    let differing = names.into_iter().filter(|name| had.get(name) != wanted.get(name));
    differing.map(|name| format!("ALTER COLUMN {} {}", to.name, change(name))).collect()
}

fn list(options: &[Arc<str>]) -> String {
    let pair = |(name, value): (&str, &str)| format!("{}={}", quoted(name), written(value));
    options.iter().map(|option| pair(parts(option))).collect::<Vec<_>>().join(", ")
}

fn by_name(options: &[Arc<str>]) -> BTreeMap<&str, &str> {
    options.iter().map(|option| parts(option)).collect()
}

fn parts(option: &str) -> (&str, &str) {
    option.split_once('=').unwrap_or((option, "true"))
}

/// `toast.autovacuum_enabled`
fn quoted(name: &str) -> String {
    name.split('.').map(|part| Name::from(part).to_string()).collect::<Vec<_>>().join(".")
}

/// As the server prints them in its own definitions.
fn written(value: &str) -> String {
    let name = Name::from(value).to_string();
    if name == value { name } else { literal(value) }
}
