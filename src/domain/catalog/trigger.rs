//! Triggers that no constraint owns.

use serde::{Deserialize, Serialize};

use super::facts::is_default;
use super::{Definition, Fact, Facts, Kind, Severity};
use crate::domain::name::Name;

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

/// A row of pg_trigger that no constraint owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    pub name: Name,
    /// The whole `CREATE TRIGGER` statement, as `pg_get_triggerdef` prints it.
    pub definition: Definition,
    #[serde(default, skip_serializing_if = "is_default")]
    pub enabled: Enabled,
    /// Exists only because the parent table has it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
}

impl Facts for Trigger {
    fn kind(&self) -> Kind {
        Kind::Trigger
    }

    fn facts(&self) -> Vec<Fact> {
        // Nothing else of it is an expression.
        let has_condition = self.definition.known().is_none_or(|text| text.contains(" WHEN ("));
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
