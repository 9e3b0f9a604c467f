//! Objects that are known by the one statement that creates them: composite and range types, aggregates, policies,
//! rules, extended statistics and event triggers.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::facts::is_default;
use super::{Definition, Enabled, Fact, Facts, Kind, Severity};
use crate::domain::name::{Name, QName, list};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefinedKind {
    CompositeType,
    RangeType,
    Aggregate,
    Policy,
    /// Other than the one that makes a view a view.
    Rule,
    Statistics,
    EventTrigger,
}

/// See the module's documentation. What the statement cannot say stands beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defined {
    pub kind: DefinedKind,
    /// The whole `CREATE` statement. A policy's is for everyone: see `roles`.
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
    /// Of a rule or an event trigger.
    #[serde(default, skip_serializing_if = "is_default")]
    pub enabled: Enabled,
    /// Of extended statistics, where it is not the default.
    #[serde(default, skip_serializing_if = "is_default")]
    pub target: Option<i32>,
    /// To whom a policy applies; none: to everyone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub roles: BTreeSet<Name>,
}

/// An attribute of a composite type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    pub name: Name,
    /// As `format_type` prints it, with `COLLATE` where that is not the type's own.
    #[serde(rename = "type")]
    pub data_type: Arc<str>,
}

impl DefinedKind {
    pub fn object_kind(self) -> Kind {
        match self {
            Self::CompositeType => Kind::CompositeType,
            Self::RangeType => Kind::RangeType,
            Self::Aggregate => Kind::Aggregate,
            Self::Policy => Kind::Policy,
            Self::Rule => Kind::Rule,
            Self::Statistics => Kind::Statistics,
            Self::EventTrigger => Kind::EventTrigger,
        }
    }
}

impl Facts for Defined {
    fn kind(&self) -> Kind {
        self.kind.object_kind()
    }

    fn facts(&self) -> Vec<Fact> {
        let roles = if self.roles.is_empty() { "public".to_owned() } else { list(&self.roles) };
        let target = self.target.map(|target| target.to_string()).unwrap_or_default();
        vec![
            Fact {
                deparsed: self.is_printed(),
                ..Fact::deparsed("definition", Some(&self.definition), self.when_changed())
            },
            Fact::new("state", self.enabled.as_str(), self.when_changed()),
            Fact::new("roles", roles, Severity::Critical),
            Fact::new("statistics target", target, Severity::Info),
        ]
    }

    fn missing(&self) -> Severity {
        match self.kind {
            DefinedKind::CompositeType
            | DefinedKind::RangeType
            | DefinedKind::Aggregate
            | DefinedKind::Policy
            | DefinedKind::Rule => Severity::Critical,
            DefinedKind::Statistics | DefinedKind::EventTrigger => Severity::Warning,
        }
    }

    /// A policy shows or hides rows, and a rule turns one write into another.
    fn unexpected(&self) -> Severity {
        match self.kind {
            DefinedKind::Policy | DefinedKind::Rule => Severity::Critical,
            DefinedKind::EventTrigger => Severity::Warning,
            DefinedKind::CompositeType | DefinedKind::RangeType | DefinedKind::Aggregate | DefinedKind::Statistics => {
                Severity::Info
            }
        }
    }

    fn summary(&self) -> String {
        let roles = if self.roles.is_empty() { String::new() } else { format!(" TO {}", list(&self.roles)) };
        format!("{}{roles}", self.definition)
    }
}

impl Defined {
    fn when_changed(&self) -> Severity {
        match self.kind {
            DefinedKind::CompositeType | DefinedKind::RangeType | DefinedKind::Policy | DefinedKind::Rule => {
                Severity::Critical
            }
            DefinedKind::Aggregate | DefinedKind::EventTrigger => Severity::Warning,
            DefinedKind::Statistics => Severity::Info,
        }
    }

    /// The statement holds expressions that PostgreSQL's deparser printed.
    fn is_printed(&self) -> bool {
        match self.kind {
            DefinedKind::Policy | DefinedKind::Rule | DefinedKind::Statistics => true,
            DefinedKind::CompositeType
            | DefinedKind::RangeType
            | DefinedKind::Aggregate
            | DefinedKind::EventTrigger => false,
        }
    }
}
