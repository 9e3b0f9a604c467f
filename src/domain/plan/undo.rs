//! What a step undoes when the rows violate what it validates.
//!
//! A constraint that is added NOT VALID refuses new rows from then on. If it then cannot be validated, it would block
//! the application to no purpose. Plain data: the planner adds it to the step that validates what the same plan has
//! added, and the executor runs it.

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
    /// Restores what existed before, and was dropped for the new constraint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub puts_back: Option<PutBack>,
}

/// Restores the old constraint: first NOT VALID, so that it applies to new rows as soon as the new one is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PutBack {
    /// Also does what [`Undo::sql`] does. Changes catalog rows only.
    pub sql: String,
    /// Validates it if it was valid before, in a transaction of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate: Option<String>,
    /// It exists, and is not valid.
    #[schema(value_type = String)]
    pub is_not_valid: Condition,
}

impl Undo {
    /// Drops a constraint that is not valid.
    pub(super) fn constraint(table: &QName, name: &Name) -> Self {
        Self {
            sql: format!("ALTER TABLE {table} DROP CONSTRAINT {name}"),
            only_if: condition::constraint(table, name, "not convalidated"),
            puts_back: None,
        }
    }

    /// The same, and restores `old`, which the plan has dropped.
    pub(super) fn putting_back(self, table: &QName, old: &Constraint) -> Self {
        let name = &old.name;
        let puts_back = PutBack {
            sql: format!("{}, ADD CONSTRAINT {name} {} NOT VALID", self.sql, old.definition()),
            validate: old.validated.then(|| format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}")),
            is_not_valid: condition::constraint(table, name, "not convalidated"),
        };
        Self { puts_back: Some(puts_back), ..self }
    }

    /// The same for a domain's check.
    pub(super) fn domain_check(domain: &QName, name: &Name) -> Self {
        Self {
            sql: format!("ALTER DOMAIN {domain} DROP CONSTRAINT {name}"),
            only_if: condition::domain_check(domain, name, "not convalidated"),
            puts_back: None,
        }
    }

    /// The same, and restores the domain's old check.
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

/// Whether the rows caused a statement to fail with this SQLSTATE: a data exception, an integrity violation, or an
/// exception raised by the application's own code.
pub fn is_of_rows(code: &str) -> bool {
    ["22", "23", "P0"].iter().any(|class| code.starts_with(class))
}
