//! Conditions: what a step ensures, as a boolean SQL expression over the system catalogs.
//!
//! The executor asks it before and after the step, and the psql script carries it as its guard: one text, two users.
//! Every expression is never NULL, names everything qualified, and waits for no lock.
//!
//! Where an expression's text would have to be compared, a condition says that it is no longer the old one: what
//! PostgreSQL will print for a new expression is not known before it has been stored.

use std::fmt::{self, Display};

use serde::Serialize;

use crate::catalog::{Object, Signature};
use crate::name::{Name, QName, literal};

/// A boolean SQL expression that is never NULL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Condition(String);

impl Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Condition {
    /// `from` starts with a table of `pg_catalog` and ends in a WHERE clause.
    fn exists(from: &str) -> Self {
        Self(format!("exists (select from {from})"))
    }

    /// Any boolean expression that is never NULL.
    pub fn new(expression: impl Into<String>) -> Self {
        Self(expression.into())
    }

    pub fn and(self, other: &Self) -> Self {
        Self(format!("{self} and {other}"))
    }
}

impl std::ops::Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        match self.0.strip_prefix("not (").and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) => Self(inner.to_owned()),
            None => Self(format!("not ({})", self.0)),
        }
    }
}

/// The oid of a relation, or NULL.
pub fn regclass(relation: &QName) -> String {
    format!("to_regclass({})", literal(&relation.to_string()))
}

fn text(name: &Name) -> String {
    literal(name.as_str())
}

/// The object is there.
pub fn exists(object: &Object) -> Condition {
    match object {
        Object::Schema(name) => Condition::exists(&format!("pg_namespace where nspname = {}", text(name))),
        Object::Extension(name) => Condition::exists(&format!("pg_extension where extname = {}", text(name))),
        Object::EventTrigger(name) => Condition::exists(&format!("pg_event_trigger where evtname = {}", text(name))),
        Object::Type(name) | Object::Domain(name) => {
            Condition(format!("to_regtype({}) is not null", literal(&name.to_string())))
        }
        Object::Sequence(name) | Object::Table(name) | Object::View(name) | Object::MaterializedView(name) => {
            let kinds = match object {
                Object::Sequence(_) => "'S'",
                Object::View(_) => "'v'",
                Object::MaterializedView(_) => "'m'",
                _ => "'r', 'p'",
            };
            relation(name, &format!("relkind in ({kinds})"))
        }
        Object::Index(table, name) => index(table, name, "true"),
        Object::Routine(signature) => routine(signature),
        Object::Column(table, name) => column(table, name, "true"),
        Object::Constraint(table, name) => constraint(table, name, "true"),
        Object::Trigger(table, name) => trigger(table, name, "true"),
        Object::Policy(table, name) => {
            Condition::exists(&format!("pg_policy where polrelid = {} and polname = {}", regclass(table), text(name)))
        }
        Object::Rule(table, name) => {
            Condition::exists(&format!("pg_rewrite where ev_class = {} and rulename = {}", regclass(table), text(name)))
        }
        Object::Statistics(name) => Condition::exists(&format!(
            "pg_statistic_ext where stxnamespace = to_regnamespace({}) and stxname = {}",
            literal(&name.schema.to_string()),
            text(&name.name)
        )),
    }
}

/// The object is not there.
pub fn absent(object: &Object) -> Condition {
    !exists(object)
}

/// There is a relation of which `is`, a condition on a row of pg_class, holds.
pub fn relation(name: &QName, is: &str) -> Condition {
    Condition::exists(&format!("pg_class where oid = {} and {is}", regclass(name)))
}

/// There is a column of which `is`, a condition on a row of pg_attribute, holds.
pub fn column(table: &QName, name: &Name, is: &str) -> Condition {
    Condition::exists(&format!(
        "pg_attribute where attrelid = {} and attname = {} and not attisdropped and {is}",
        regclass(table),
        text(name)
    ))
}

/// There is a constraint of which `is`, a condition on a row of pg_constraint, holds.
pub fn constraint(table: &QName, name: &Name, is: &str) -> Condition {
    Condition::exists(&format!(
        "pg_constraint where conrelid = {} and conname = {} and {is}",
        regclass(table),
        text(name)
    ))
}

/// There is an index of which `is`, a condition on a row of pg_index, holds.
pub fn index(table: &QName, name: &Name, is: &str) -> Condition {
    let index = QName { schema: table.schema.clone(), name: name.clone() };
    Condition::exists(&format!(
        "pg_index where indexrelid = {} and indrelid = {} and {is}",
        regclass(&index),
        regclass(table)
    ))
}

/// There is a trigger of which `is`, a condition on a row of pg_trigger, holds.
pub fn trigger(table: &QName, name: &Name, is: &str) -> Condition {
    Condition::exists(&format!(
        "pg_trigger where tgrelid = {} and tgname = {} and not tgisinternal and {is}",
        regclass(table),
        text(name)
    ))
}

fn routine(signature: &Signature) -> Condition {
    // Not `to_regprocedure`: before PostgreSQL 16 it fails where a type is missing.
    Condition::exists(&format!(
        "pg_proc where pronamespace = to_regnamespace({}) and proname = {} and oidvectortypes(proargtypes) = {}",
        literal(&signature.name.schema.to_string()),
        text(&signature.name.name),
        literal(&signature.arguments)
    ))
}
