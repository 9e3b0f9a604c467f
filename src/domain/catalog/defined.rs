//! Objects that are known by the one statement that creates them: composite and range types, aggregates, policies,
//! rules, extended statistics, event triggers and publications.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::facts::is_default;
use super::kind::Known;
use super::{Definition, Enabled, Fact, Facts, Kind, Severity};
use crate::domain::name::{Name, QName, list};

/// See the module's documentation. Properties that the statement cannot express have fields of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defined {
    pub kind: Kind,
    /// The whole `CREATE` statement. For a policy it has no TO clause: see `roles`.
    pub definition: Definition,
    /// Of a composite type, in order.
    #[serde(default, skip_serializing_if = "is_default")]
    pub attributes: Vec<Attribute>,
    /// What an aggregate returns, as `format_type` prints it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub returns: Option<Arc<str>>,
    /// The table of extended statistics.
    #[serde(default, skip_serializing_if = "is_default")]
    pub table: Option<QName>,
    /// State of a rule or an event trigger.
    #[serde(default, skip_serializing_if = "is_default")]
    pub enabled: Enabled,
    /// Statistics target of extended statistics, if it is not the default.
    #[serde(default, skip_serializing_if = "is_default")]
    pub target: Option<i32>,
    /// The roles that a policy applies to; empty: all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub roles: BTreeSet<Name>,
}

/// An attribute of a composite type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    pub name: Name,
    /// As `format_type` prints it, with `COLLATE` if that is not the type's own.
    #[serde(rename = "type")]
    pub data_type: Arc<str>,
}

impl Facts for Defined {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn facts(&self) -> Vec<Fact> {
        let roles = if self.roles.is_empty() { "public".to_owned() } else { list(&self.roles) };
        let target = self.target.map(|target| target.to_string()).unwrap_or_default();
        vec![
            Fact {
                deparsed: self.kind.facts().known.is_some_and(|known| known.is_printed),
                ..Fact::deparsed("definition", Some(&self.definition), self.when_changed())
            },
            Fact::new("state", self.enabled.as_str(), self.when_changed()),
            Fact::new("roles", roles, Severity::Critical),
            Fact::new("statistics target", target, Severity::Info),
        ]
    }

    fn missing(&self) -> Severity {
        self.known(|known| known.when_missing)
    }

    fn unexpected(&self) -> Severity {
        self.known(|known| known.when_unexpected)
    }

    fn summary(&self) -> String {
        let roles = if self.roles.is_empty() { String::new() } else { format!(" TO {}", list(&self.roles)) };
        format!("{}{roles}", self.definition)
    }
}

impl Defined {
    fn when_changed(&self) -> Severity {
        self.known(|known| known.when_changed)
    }

    fn known(&self, severity: fn(&Known) -> Severity) -> Severity {
        self.kind.facts().known.as_ref().map_or(Severity::Critical, severity)
    }
}
