//! What a step takes back when the rows refuse it.
//!
//! A constraint that is added NOT VALID refuses new rows from then on. Where it then cannot be validated, it would stand
//! in the application's way for nothing. Plain data: the planner says so for the step that validates what the same plan
//! adds, and whoever carries the plan out does it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::condition::{self, Condition};
use crate::domain::name::{Name, QName};

/// See the module's documentation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Undo {
    /// Changes catalog rows only.
    pub sql: String,
    /// It is sent only while this holds.
    #[schema(value_type = String)]
    pub only_if: Condition,
}

impl Undo {
    /// Takes a constraint away that is not valid.
    pub(super) fn constraint(table: &QName, name: &Name) -> Self {
        Self {
            sql: format!("ALTER TABLE {table} DROP CONSTRAINT {name}"),
            only_if: condition::constraint(table, name, "not convalidated"),
        }
    }

    /// The same of a domain's check.
    pub(super) fn domain_check(domain: &QName, name: &Name) -> Self {
        Self {
            sql: format!("ALTER DOMAIN {domain} DROP CONSTRAINT {name}"),
            only_if: condition::domain_check(domain, name, "not convalidated"),
        }
    }
}

/// Whether a statement that ended with this SQLSTATE was refused by the rows: a data exception, an integrity violation,
/// an exception of the application's own code.
pub fn is_of_rows(code: &str) -> bool {
    ["22", "23", "P0"].iter().any(|class| code.starts_with(class))
}
