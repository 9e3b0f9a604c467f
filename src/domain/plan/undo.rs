//! What a step takes back when the rows refuse it.
//!
//! A constraint that is added NOT VALID refuses new rows from then on. Where it then cannot be validated, it would stand
//! in the application's way for nothing. Plain data: the planner says so for the step that validates what the same plan
//! adds, and whoever carries the plan out does it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::condition::{self, Condition};
use crate::domain::catalog::Constraint;
use crate::domain::catalog::types::Check;
use crate::domain::name::{Name, QName};

/// See the module's documentation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Undo {
    /// Changes catalog rows only.
    pub sql: String,
    /// It is sent only while this holds.
    #[schema(value_type = String)]
    pub only_if: Condition,
    /// What was there before, and was dropped for it, comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub puts_back: Option<PutBack>,
}

/// What acted before comes back: first as it acts on new rows, in the moment in which the new one goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PutBack {
    /// Does what [`Undo::sql`] does, too. Changes catalog rows only.
    pub sql: String,
    /// What makes it as valid as it was, in a transaction of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate: Option<String>,
    /// It is there, and not valid.
    #[schema(value_type = String)]
    pub is_not_valid: Condition,
}

impl Undo {
    /// Takes a constraint away that is not valid.
    pub(super) fn constraint(table: &QName, name: &Name) -> Self {
        Self {
            sql: format!("ALTER TABLE {table} DROP CONSTRAINT {name}"),
            only_if: condition::constraint(table, name, "not convalidated"),
            puts_back: None,
        }
    }

    /// The same, and `old` is there again, which the plan has dropped.
    pub(super) fn putting_back(self, table: &QName, old: &Constraint) -> Self {
        let name = &old.name;
        let puts_back = PutBack {
            sql: format!("{}, ADD CONSTRAINT {name} {} NOT VALID", self.sql, old.definition()),
            validate: old.validated.then(|| format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}")),
            is_not_valid: condition::constraint(table, name, "not convalidated"),
        };
        Self { puts_back: Some(puts_back), ..self }
    }

    /// The same of a domain's check.
    pub(super) fn domain_check(domain: &QName, name: &Name) -> Self {
        Self {
            sql: format!("ALTER DOMAIN {domain} DROP CONSTRAINT {name}"),
            only_if: condition::domain_check(domain, name, "not convalidated"),
            puts_back: None,
        }
    }

    /// The same, and the domain has its old check again.
    pub(super) fn putting_back_check(self, domain: &QName, (name, old): (&Name, &Check)) -> Self {
        let puts_back = PutBack {
            sql: format!(
                "{}; ALTER DOMAIN {domain} ADD CONSTRAINT {name} CHECK ({}) NOT VALID",
                self.sql, old.expression
            ),
            validate: old.validated.then(|| format!("ALTER DOMAIN {domain} VALIDATE CONSTRAINT {name}")),
            is_not_valid: condition::domain_check(domain, name, "not convalidated"),
        };
        Self { puts_back: Some(puts_back), ..self }
    }
}

/// Whether a statement that ended with this SQLSTATE was refused by the rows: a data exception, an integrity violation,
/// an exception of the application's own code.
pub fn is_of_rows(code: &str) -> bool {
    ["22", "23", "P0"].iter().any(|class| code.starts_with(class))
}
