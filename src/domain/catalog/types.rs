//! Enums and domains.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::facts::yes;
use super::{Definition, Fact, Facts, Kind, Severity};
use crate::domain::name::{Name, QName, list, literal};

/// Labels in sort order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enum {
    pub labels: Vec<String>,
}

impl Enum {
    /// Whether it has all labels of the other one, in the same order.
    pub fn only_adds_to(&self, other: &Self) -> bool {
        let mut kept = self.labels.iter().filter(|label| other.labels.contains(label));
        other.labels.iter().all(|label| kept.next() == Some(label))
    }
}

impl Facts for Enum {
    fn kind(&self) -> Kind {
        Kind::Enum
    }

    fn facts(&self) -> Vec<Fact> {
        vec![Fact::new("labels", self.summary(), Severity::Critical)]
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn summary(&self) -> String {
        let labels: Vec<_> = self.labels.iter().map(|label| literal(label)).collect();
        format!("enum ({})", labels.join(", "))
    }
}

/// A row of pg_type with typtype `d`, with its checks by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// As `format_type` prints it.
    #[serde(rename = "type")]
    pub base_type: Arc<str>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_null: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Definition>,
    /// The same as of a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatile: Option<bool>,
    /// If it is not the base type's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<QName>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checks: BTreeMap<Name, Check>,
}

/// A check of a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The expression, without `CHECK`.
    pub expression: Definition,
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub validated: bool,
}

impl Facts for Domain {
    fn kind(&self) -> Kind {
        Kind::Domain
    }

    fn facts(&self) -> Vec<Fact> {
        // By expression, not by name: the names of checks do not affect which values the domain accepts.
        let mut checks: Vec<_> = self.checks.values().map(|check| check.expression.to_string()).collect();
        checks.sort();
        let invalid = self.checks.values().filter(|check| !check.validated).count();
        vec![
            Fact::new("type", &*self.base_type, Severity::Critical),
            Fact::new("nullability", nullability(self.not_null), Severity::Critical),
            Fact::deparsed("default", self.default.as_ref(), Severity::Warning),
            Fact::new(
                "collation",
                self.collation.as_ref().map(QName::to_string).unwrap_or_default(),
                Severity::Warning,
            ),
            Fact { deparsed: true, ..Fact::new("checks", checks.join(" AND "), Severity::Warning) },
            // Not printed by the deparser, but equal after a rebuild, like printed expressions.
            Fact { deparsed: true, ..Fact::incidental("names of checks", list(self.checks.keys())) },
            Fact::new("checks not validated", invalid.to_string(), Severity::Warning),
        ]
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn summary(&self) -> String {
        let mut text = format!("domain over {}", self.base_type);
        if self.not_null {
            text.push_str(" not null");
        }
        if let Some(default) = &self.default {
            text.push_str(&format!(" default {default}"));
        }
        for check in self.checks.values() {
            text.push_str(&format!(" check {}", check.expression));
        }
        text
    }
}

/// The word for nullability in facts.
pub(super) fn nullability(not_null: bool) -> &'static str {
    if not_null { "not null" } else { "nullable" }
}
