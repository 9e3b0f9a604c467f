//! Facts: the properties of an object that are compared, each with the consequence of a difference.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Definition, Kind};

/// The consequence of a difference for users of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    /// Costs speed or safety later.
    Warning,
    /// Breaks reads or writes, or loses data.
    Critical,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One comparable property of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// In PostgreSQL's words, e.g. `type`, `default`, `on delete`.
    pub name: &'static str,
    /// `None`: could not be read (busy).
    pub value: Option<String>,
    /// The consequence when it differs.
    pub severity: Severity,
    /// Printed by PostgreSQL's deparser, which may spell the same definition in several ways.
    pub deparsed: bool,
    /// A name or a location, which does not matter to users of the schema: compared in scope `whole` only.
    pub incidental: bool,
}

impl Fact {
    pub fn new(name: &'static str, value: impl Into<String>, severity: Severity) -> Self {
        Self { name, value: Some(value.into()), severity, deparsed: false, incidental: false }
    }

    pub fn incidental(name: &'static str, value: impl Into<String>) -> Self {
        Self { incidental: true, ..Self::new(name, value, Severity::Info) }
    }

    pub fn deparsed(name: &'static str, definition: Option<&Definition>, severity: Severity) -> Self {
        let value = match definition {
            Some(known) => known.known().map(str::to_owned),
            None => Some(String::new()),
        };
        Self { name, value, severity, deparsed: true, incidental: false }
    }
}

/// An object that can be compared with its counterpart.
pub trait Facts: PartialEq {
    fn kind(&self) -> Kind;

    /// The same facts in the same order for every object of the kind. An empty value means "none".
    fn facts(&self) -> Vec<Fact>;

    /// The consequence if the object is missing.
    fn missing(&self) -> Severity;

    /// The consequence if the object exists and is not expected.
    fn unexpected(&self) -> Severity {
        Severity::Info
    }

    /// Whether an interrupted operation has left the object: it is unexpected in every scope.
    fn is_leftover(&self) -> bool {
        false
    }

    /// One line of DDL-like text that describes the object, for people.
    fn summary(&self) -> String;
}

/// For serde: a snapshot leaves out default values.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// For serde: the default of a state.
pub(super) fn yes() -> bool {
    true
}
