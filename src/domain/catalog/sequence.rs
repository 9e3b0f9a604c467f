//! Sequences: independent, owned by a column (serial), or of an identity column.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Fact, Facts, Kind, Severity};
use crate::domain::name::{Name, QName};

/// A row of pg_sequence. Its position is data, not schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    #[serde(rename = "type")]
    pub data_type: Arc<str>,
    pub start: i64,
    pub increment: i64,
    pub min: i64,
    pub max: i64,
    pub cache: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cycle: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned_by: Option<(QName, Name)>,
    /// Of an identity column: created, renamed and dropped with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub identity: bool,
    /// UNLOGGED: it is reset after a crash (PostgreSQL 15).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlogged: bool,
}

impl Facts for Sequence {
    fn kind(&self) -> Kind {
        Kind::Sequence
    }

    fn facts(&self) -> Vec<Fact> {
        let owner = self.owned_by.as_ref().map(|(relation, column)| format!("{relation}.{column}"));
        vec![
            Fact::new("type", &*self.data_type, Severity::Critical),
            Fact::new("start", self.start.to_string(), Severity::Info),
            Fact::new("increment", self.increment.to_string(), Severity::Warning),
            Fact::new("minimum", self.min.to_string(), Severity::Warning),
            Fact::new("maximum", self.max.to_string(), Severity::Warning),
            Fact::new("cache", self.cache.to_string(), Severity::Info),
            Fact::new("cycle", if self.cycle { "cycle" } else { "no cycle" }, Severity::Warning),
            Fact::new("owned by", owner.unwrap_or_default(), Severity::Info),
            Fact::new("persistence", if self.unlogged { "unlogged" } else { "permanent" }, Severity::Critical),
            Fact::new("identity", if self.identity { "identity" } else { "" }, Severity::Warning),
        ]
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn summary(&self) -> String {
        format!("sequence as {} start {} increment {}", self.data_type, self.start, self.increment)
    }
}
