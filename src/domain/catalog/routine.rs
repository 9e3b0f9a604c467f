//! Functions and procedures.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use squawk_lexer::TokenKind;

use super::{Definition, Fact, Facts, Kind, Severity};
use crate::domain::name::{NameError, QName};
use crate::domain::script::tokens::tokens;

/// The identity of a routine among overloaded ones: name and input types, displayed as `schema.name(type, type)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature {
    pub name: QName,
    /// Input argument types, comma-separated, as `format_type` prints them.
    pub arguments: String,
}

impl Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, self.arguments)
    }
}

impl FromStr for Signature {
    type Err = NameError;

    fn from_str(written: &str) -> Result<Self, NameError> {
        // The opening parenthesis of the arguments is the first one outside quotes.
        let open = tokens(written).find(|token| token.kind == TokenKind::OpenParen).map(|token| token.at);
        let (name, arguments) = open
            .and_then(|at| Some((written.get(..at)?, written.get(at + 1..)?.strip_suffix(')')?)))
            .ok_or_else(|| NameError::Malformed(written.into()))?;
        Ok(Self { name: name.parse()?, arguments: arguments.into() })
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutineKind {
    Function,
    Procedure,
}

/// A row of pg_proc, without aggregates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routine {
    pub kind: RoutineKind,
    /// As `format_type` prints it; empty for a procedure.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub returns: String,
    /// The whole `CREATE OR REPLACE` statement, as `pg_get_functiondef` prints it.
    pub definition: Definition,
    /// Called by a trigger: a change in it changes the effect of writes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_trigger: bool,
}

impl Facts for Routine {
    fn kind(&self) -> Kind {
        match self.kind {
            RoutineKind::Function => Kind::Function,
            RoutineKind::Procedure => Kind::Procedure,
        }
    }

    fn facts(&self) -> Vec<Fact> {
        let changed = if self.is_trigger { Severity::Critical } else { Severity::Warning };
        // A quoted body is stored as it was written; defaults and bodies of standard SQL are printed by the deparser.
        let printed = |text: &str| [" DEFAULT ", "BEGIN ATOMIC", "\nRETURN "].iter().any(|part| text.contains(part));
        let has_expression = self.definition.known().is_none_or(printed);
        vec![
            Fact::new("returns", self.returns.as_str(), Severity::Critical),
            Fact { deparsed: has_expression, ..Fact::deparsed("definition", Some(&self.definition), changed) },
        ]
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn summary(&self) -> String {
        self.definition.to_string()
    }
}
