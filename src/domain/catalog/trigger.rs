//! Triggers that no constraint owns.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::facts::is_default;
use super::{Definition, Fact, Facts, Kind, Severity};
use crate::domain::name::{Name, QName};

/// The codes of `tgenabled`, `ev_enabled` and `evtenabled`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enabled {
    #[default]
    Origin,
    Disabled,
    Replica,
    Always,
}

impl Enabled {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Origin => "enabled",
            Self::Disabled => "disabled",
            Self::Replica => "enabled on replicas only",
            Self::Always => "enabled always",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    Insert,
    Update,
    Delete,
    Truncate,
}

impl Event {
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Truncate => "TRUNCATE",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    Before,
    After,
    InsteadOf,
}

/// When a trigger fires and what it calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firing {
    pub timing: Timing,
    pub events: BTreeSet<Event>,
    /// FOR EACH ROW.
    #[serde(default, skip_serializing_if = "is_default")]
    pub for_each_row: bool,
    /// Columns of `UPDATE OF`. Empty: any column.
    #[serde(default, skip_serializing_if = "is_default")]
    pub columns: Vec<Name>,
    /// It has a `WHEN` condition.
    #[serde(default, skip_serializing_if = "is_default")]
    pub conditional: bool,
    pub function: QName,
}

/// A row of pg_trigger that no constraint owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    pub name: Name,
    /// The whole `CREATE TRIGGER` statement, as `pg_get_triggerdef` prints it.
    pub definition: Definition,
    /// Not compared, because the definition contains it. `None` in a snapshot of an older version.
    #[serde(default, skip_serializing_if = "is_default")]
    pub firing: Option<Firing>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub enabled: Enabled,
    /// It only exists because the parent table has it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
}

impl Facts for Trigger {
    fn kind(&self) -> Kind {
        Kind::Trigger
    }

    fn facts(&self) -> Vec<Fact> {
        // A trigger contains no other expression.
        let has_condition = self.firing.as_ref().is_none_or(|firing| firing.conditional);
        vec![
            Fact {
                deparsed: has_condition,
                ..Fact::deparsed("definition", Some(&self.definition), Severity::Critical)
            },
            Fact::new("state", self.enabled.as_str(), Severity::Critical),
        ]
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn unexpected(&self) -> Severity {
        // It may refuse or change what the application writes.
        Severity::Warning
    }

    fn summary(&self) -> String {
        self.definition.to_string()
    }
}
