//! Constraints of tables: primary, unique, foreign, check and exclusion.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::facts::{is_default, yes};
use super::{Definition, Fact, Facts, Kind, Severity};
use crate::domain::name::{self, Name, QName};

/// The codes of `confupdtype` and `confdeltype`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferentialAction {
    #[default]
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}

impl ReferentialAction {
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deferrable {
    #[default]
    Not,
    InitiallyImmediate,
    InitiallyDeferred,
}

impl Deferrable {
    /// The clause, with a space before it.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::Not => "",
            Self::InitiallyImmediate => " DEFERRABLE",
            Self::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ConstraintKind {
    Primary {
        columns: Vec<Name>,
        #[serde(default, skip_serializing_if = "is_default")]
        include: Vec<Name>,
        /// `WITHOUT OVERLAPS` on the last column (PostgreSQL 18).
        #[serde(default, skip_serializing_if = "is_default")]
        without_overlaps: bool,
    },
    Unique {
        columns: Vec<Name>,
        #[serde(default, skip_serializing_if = "is_default")]
        include: Vec<Name>,
        #[serde(default, skip_serializing_if = "is_default")]
        nulls_not_distinct: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        without_overlaps: bool,
    },
    Foreign {
        columns: Vec<Name>,
        parent: QName,
        parent_columns: Vec<Name>,
        #[serde(default, skip_serializing_if = "is_default")]
        match_full: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        on_update: ReferentialAction,
        #[serde(default, skip_serializing_if = "is_default")]
        on_delete: ReferentialAction,
        /// `ON DELETE SET NULL (columns)`; empty: all of them.
        #[serde(default, skip_serializing_if = "is_default")]
        on_delete_columns: Vec<Name>,
        /// `PERIOD` on the last column (PostgreSQL 18).
        #[serde(default, skip_serializing_if = "is_default")]
        period: bool,
    },
    Check {
        /// The expression, without `CHECK`.
        expression: Definition,
        #[serde(default, skip_serializing_if = "is_default")]
        no_inherit: bool,
    },
    /// As `pg_get_constraintdef` prints it.
    Exclusion { definition: Definition },
}

/// A row of pg_constraint with contype `p`, `u`, `f`, `c` or `x`. (`n`, NOT NULL since 18, is the column's nullability.)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    pub name: Name,
    #[serde(flatten)]
    pub kind: ConstraintKind,
    #[serde(default, skip_serializing_if = "is_default")]
    pub deferrable: Deferrable,
    /// Storage options of its index, `name=value`, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<Arc<str>>,
    /// The tablespace of its index, if it is not the database's own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tablespace: Option<Name>,
    /// Validated: it holds for the rows that existed when it was added.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub validated: bool,
    /// It is in force for new rows: not `NOT ENFORCED` (18), its triggers not disabled, its index valid.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub enforced: bool,
    /// It only exists because the parent table has it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
}

impl Constraint {
    /// Whether it has an index, with the constraint's name.
    pub fn is_key(&self) -> bool {
        match self.kind {
            ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Exclusion { .. } => true,
            ConstraintKind::Foreign { .. } | ConstraintKind::Check { .. } => false,
        }
    }

    /// The identity of the constraint without its name: two constraints of one table with the same shape are the same
    /// object, perhaps with another action or state.
    pub fn shape(&self) -> String {
        match &self.kind {
            ConstraintKind::Primary { .. } => "PRIMARY KEY".into(),
            ConstraintKind::Unique { columns, .. } => format!("UNIQUE ({})", name::list(columns)),
            ConstraintKind::Foreign { columns, parent, parent_columns, .. } => {
                format!("FOREIGN KEY ({}) REFERENCES {parent}({})", name::list(columns), name::list(parent_columns))
            }
            ConstraintKind::Check { expression, .. } => format!("CHECK {expression}"),
            ConstraintKind::Exclusion { definition } => definition.to_string(),
        }
    }

    /// The constraint as DDL, without `CONSTRAINT name` and without its state.
    pub fn definition(&self) -> String {
        let keys = |word: &str, columns: &[Name], include: &[Name], overlaps: bool| {
            let overlaps = if overlaps { " WITHOUT OVERLAPS" } else { "" };
            let mut text = format!("{word} ({}{overlaps})", name::list(columns));
            if !include.is_empty() {
                text.push_str(&format!(" INCLUDE ({})", name::list(include)));
            }
            text
        };
        let mut text = match &self.kind {
            ConstraintKind::Primary { columns, include, without_overlaps } => {
                keys("PRIMARY KEY", columns, include, *without_overlaps)
            }
            ConstraintKind::Unique { columns, include, nulls_not_distinct, without_overlaps } => {
                let word = if *nulls_not_distinct { "UNIQUE NULLS NOT DISTINCT" } else { "UNIQUE" };
                keys(word, columns, include, *without_overlaps)
            }
            ConstraintKind::Foreign { .. } => self.foreign_key(),
            ConstraintKind::Check { expression, no_inherit } => {
                format!("CHECK ({expression}){}", if *no_inherit { " NO INHERIT" } else { "" })
            }
            ConstraintKind::Exclusion { definition } => definition.to_string(),
        };
        if !self.options.is_empty() {
            text.push_str(&format!(" WITH ({})", self.options.join(", ")));
        }
        // The printed definition of an exclusion contains whether it is deferrable.
        if !matches!(self.kind, ConstraintKind::Exclusion { .. }) {
            text.push_str(self.deferrable.as_sql());
        }
        text
    }

    fn foreign_key(&self) -> String {
        let ConstraintKind::Foreign {
            columns,
            parent,
            parent_columns,
            match_full,
            on_update,
            on_delete,
            on_delete_columns,
            period,
        } = &self.kind
        else {
            return String::new();
        };
        let keys = |columns: &[Name]| match columns.split_last() {
            Some((last, [])) if *period => format!("PERIOD {last}"),
            Some((last, others)) if *period => format!("{}, PERIOD {last}", name::list(others)),
            _ => name::list(columns),
        };
        let mut text = format!("FOREIGN KEY ({}) REFERENCES {parent}({})", keys(columns), keys(parent_columns));
        if *match_full {
            text.push_str(" MATCH FULL");
        }
        for (event, action) in [("UPDATE", on_update), ("DELETE", on_delete)] {
            if *action != ReferentialAction::NoAction {
                text.push_str(&format!(" ON {event} {}", action.as_sql()));
            }
        }
        if !on_delete_columns.is_empty() {
            text.push_str(&format!(" ({})", name::list(on_delete_columns)));
        }
        text
    }
}

impl Facts for Constraint {
    fn kind(&self) -> Kind {
        Kind::Constraint
    }

    fn facts(&self) -> Vec<Fact> {
        let deparsed = matches!(self.kind, ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. });
        let busy = match &self.kind {
            ConstraintKind::Check { expression, .. } => *expression == Definition::Busy,
            ConstraintKind::Exclusion { definition } => *definition == Definition::Busy,
            ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Foreign { .. } => false,
        };
        let severity = self.missing();
        let definition = (!busy).then(|| self.definition());
        vec![
            Fact { value: definition, deparsed, ..Fact::new("definition", "", severity) },
            Fact::new("validation", if self.validated { "valid" } else { "not valid" }, severity),
            Fact::incidental("tablespace", self.tablespace.as_ref().map(Name::to_string).unwrap_or_default()),
            Fact::new("enforcement", if self.enforced { "enforced" } else { "disabled" }, severity),
        ]
    }

    fn missing(&self) -> Severity {
        match &self.kind {
            ConstraintKind::Primary { .. } | ConstraintKind::Foreign { .. } | ConstraintKind::Unique { .. } => {
                Severity::Critical
            }
            ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => Severity::Warning,
        }
    }

    fn unexpected(&self) -> Severity {
        // It may refuse rows that the application writes.
        Severity::Warning
    }

    fn summary(&self) -> String {
        let mut text = self.definition();
        if !self.validated {
            text.push_str(" NOT VALID");
        }
        if !self.enforced {
            text.push_str(" (disabled)");
        }
        text
    }
}
