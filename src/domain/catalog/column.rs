//! Columns of relations.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::facts::{is_default, yes};
use super::types::nullability;
use super::{Definition, Fact, Facts, Kind, Severity};
use crate::domain::name::{Name, QName};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Generated {
    Stored(Definition),
    /// Computed when read (PostgreSQL 18).
    Virtual(Definition),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    Always,
    ByDefault,
}

/// A row of pg_constraint with contype `n` (PostgreSQL 18) with more properties than a plain NOT NULL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotNull {
    pub name: Name,
    /// Validated: it holds for the rows that existed when it was added. If false, new NULLs are refused all the same.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub validated: bool,
    /// NO INHERIT: inheritance children do not have it, and a primary key cannot use it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub no_inherit: bool,
}

/// A row of pg_attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub name: Name,
    /// As `format_type` prints it, user types qualified.
    #[serde(rename = "type")]
    pub data_type: Arc<str>,
    /// No row has NULL: validated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub not_null: bool,
    /// `None`: it is nullable, or has a plain NOT NULL.
    #[serde(default, skip_serializing_if = "is_default")]
    pub not_null_constraint: Option<NotNull>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: Option<Definition>,
    /// Whether the default may give each row a different value. `None`: there is no default, or it is not known, as in
    /// a snapshot of an older version. Not compared, because it follows from the default and the functions that it
    /// calls.
    #[serde(default, skip_serializing_if = "is_default")]
    pub volatile: Option<bool>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub generated: Option<Generated>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub identity: Option<Identity>,
    /// If it is not the type's own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub collation: Option<QName>,
    /// Storage, compression, statistics target and attribute options that differ from the type's own, `name=value`,
    /// sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<Arc<str>>,
    /// It only exists because a parent table has it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
}

impl Column {
    /// Its NOT NULL, if it is not validated: the server refuses new NULLs, but old ones may exist.
    pub fn unproven(&self) -> Option<&NotNull> {
        self.not_null_constraint.as_ref().filter(|it| !it.validated)
    }

    pub fn refuses_nulls(&self) -> bool {
        self.not_null || self.unproven().is_some()
    }

    pub fn has_no_inherit(&self) -> bool {
        self.not_null_constraint.as_ref().is_some_and(|it| it.no_inherit)
    }

    fn nullability(&self) -> &'static str {
        if self.unproven().is_some() { "not null, not valid" } else { nullability(self.not_null) }
    }
}

impl Facts for Column {
    fn kind(&self) -> Kind {
        Kind::Column
    }

    fn facts(&self) -> Vec<Fact> {
        let identity = match self.identity {
            None => "",
            Some(Identity::Always) => "always",
            Some(Identity::ByDefault) => "by default",
        };
        let (how, expression) = match &self.generated {
            None => ("", None),
            Some(Generated::Stored(expression)) => ("stored", Some(expression)),
            Some(Generated::Virtual(expression)) => ("virtual", Some(expression)),
        };
        vec![
            Fact::new("type", &*self.data_type, Severity::Critical),
            Fact::new("nullability", self.nullability(), Severity::Critical),
            Fact::new(
                "inheritance of not null",
                if self.has_no_inherit() { "no inherit" } else { "" },
                Severity::Warning,
            ),
            Fact::deparsed("default", self.default.as_ref(), Severity::Warning),
            Fact::new("generated", how, Severity::Critical),
            Fact::deparsed("generation expression", expression, Severity::Critical),
            Fact::new("identity", identity, Severity::Critical),
            Fact::new(
                "collation",
                self.collation.as_ref().map(QName::to_string).unwrap_or_default(),
                Severity::Warning,
            ),
            Fact::new("options", self.options.join(", "), Severity::Info),
        ]
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn unexpected(&self) -> Severity {
        // An INSERT that does not name the column fails unless it has one of these.
        let is_filled = self.default.is_some() || self.identity.is_some() || self.generated.is_some();
        if self.refuses_nulls() && !is_filled { Severity::Critical } else { Severity::Info }
    }

    fn summary(&self) -> String {
        let mut text = self.data_type.to_string();
        if let Some(collation) = &self.collation {
            text.push_str(&format!(" collate {collation}"));
        }
        match &self.generated {
            None => {}
            Some(Generated::Stored(e)) => text.push_str(&format!(" generated always as ({e}) stored")),
            Some(Generated::Virtual(e)) => text.push_str(&format!(" generated always as ({e}) virtual")),
        }
        match self.identity {
            None => {}
            Some(Identity::Always) => text.push_str(" generated always as identity"),
            Some(Identity::ByDefault) => text.push_str(" generated by default as identity"),
        }
        if let Some(default) = &self.default {
            text.push_str(&format!(" default {default}"));
        }
        if self.refuses_nulls() {
            text.push_str(" not null");
        }
        if self.has_no_inherit() {
            text.push_str(" no inherit");
        }
        if self.unproven().is_some() {
            text.push_str(" not valid");
        }
        text
    }
}
