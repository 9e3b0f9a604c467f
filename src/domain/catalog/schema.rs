//! Schemas and extensions.

use serde::{Deserialize, Serialize};

use super::{Fact, Facts, Kind, Severity};
use crate::domain::name::Name;

/// A row of pg_namespace. Its owner and privileges are not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {}

impl Facts for Schema {
    fn kind(&self) -> Kind {
        Kind::Schema
    }

    fn facts(&self) -> Vec<Fact> {
        Vec::new()
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn summary(&self) -> String {
        "schema".into()
    }
}

/// A row of pg_extension. The objects that belong to it are left out of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    pub schema: Name,
    /// `None` if the expectation does not name one: then any version is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Written in the place of a version if none is named.
const ANY: &str = "any";

impl Facts for Extension {
    fn kind(&self) -> Kind {
        Kind::Extension
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            Fact::new("schema", self.schema.to_string(), Severity::Critical),
            Fact::new("version", self.version.as_deref().unwrap_or(ANY), Severity::Info),
        ]
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn summary(&self) -> String {
        format!("extension version {} in schema {}", self.version.as_deref().unwrap_or(ANY), self.schema)
    }
}
