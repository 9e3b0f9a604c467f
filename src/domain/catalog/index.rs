//! Indexes that no constraint owns.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::facts::{is_default, yes};
use super::{Definition, Fact, Facts, Kind, Severity};
use crate::domain::name::{self, Name, QName};

/// One key column of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexKey {
    /// A column's name, quoted where needed, or an expression in parentheses.
    pub expression: Definition,
    /// If it is not the column's own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub collation: Option<QName>,
    /// With its parameters, e.g. `public.gist_trgm_ops(siglen=32)`; none: the default of the column's type.
    #[serde(default, skip_serializing_if = "is_default")]
    pub opclass: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub descending: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub nulls_first: bool,
}

/// A row of pg_index that no constraint owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    pub name: Name,
    pub method: Name,
    #[serde(default, skip_serializing_if = "is_default")]
    pub unique: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub nulls_not_distinct: bool,
    pub keys: Vec<IndexKey>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub include: Vec<Name>,
    /// The expression, without `WHERE`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub predicate: Option<Definition>,
    /// Storage options, `name=value`, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<Arc<str>>,
    /// Statistics targets of expression keys, `key=target`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub statistics: Vec<Arc<str>>,
    /// If it is not the database's own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tablespace: Option<Name>,
    /// A failed concurrent build leaves an invalid index behind: false.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub valid: bool,
    /// It only exists because it is attached to the parent's index.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
}

impl Index {
    /// `UNIQUE btree (…) INCLUDE (…) WHERE …`: the index without its name, its table, its storage and its state.
    pub fn definition(&self) -> String {
        let keys: Vec<_> = self.keys.iter().map(IndexKey::definition).collect();
        let unique = if self.unique { "UNIQUE " } else { "" };
        let mut text = format!("{unique}{} ({})", self.method, keys.join(", "));
        if !self.include.is_empty() {
            text.push_str(&format!(" INCLUDE ({})", name::list(&self.include)));
        }
        if self.nulls_not_distinct {
            text.push_str(" NULLS NOT DISTINCT");
        }
        if let Some(predicate) = &self.predicate {
            text.push_str(&format!(" WHERE {predicate}"));
        }
        text
    }

    /// Whether some of its text was printed by PostgreSQL's deparser.
    pub fn has_printed_part(&self) -> bool {
        self.predicate.is_some() || self.keys.iter().any(|key| key.expression.known().is_none_or(|e| e.contains('(')))
    }

    /// Whether `is_in` holds for a part of it that was written for the types of its columns, and is more than a column.
    pub fn needs_type_of(&self, is_in: impl Fn(&str) -> bool) -> bool {
        let is_plain =
            |key: &IndexKey| key.opclass.is_none() && key.expression.known().is_some_and(|it| !it.contains('('));
        let keys = self.keys.iter().filter(|key| !is_plain(key)).map(|key| &key.expression);
        keys.chain(&self.predicate).any(|text| is_in(&text.to_string()))
    }

    fn has_busy_part(&self) -> bool {
        self.keys.iter().any(|key| key.expression == Definition::Busy) || self.predicate == Some(Definition::Busy)
    }
}

impl IndexKey {
    /// The key as CREATE INDEX takes it.
    pub fn definition(&self) -> String {
        let mut text = self.expression.to_string();
        if let Some(collation) = &self.collation {
            text.push_str(&format!(" COLLATE {collation}"));
        }
        if let Some(opclass) = &self.opclass {
            text.push_str(&format!(" {opclass}"));
        }
        text.push_str(match (self.descending, self.nulls_first) {
            (false, false) => "",
            (false, true) => " NULLS FIRST",
            (true, true) => " DESC",
            (true, false) => " DESC NULLS LAST",
        });
        text
    }
}

impl Facts for Index {
    fn kind(&self) -> Kind {
        Kind::Index
    }

    fn facts(&self) -> Vec<Fact> {
        let value = (!self.has_busy_part()).then(|| self.definition());
        let valid = if self.valid { "valid" } else { "invalid" };
        vec![
            Fact { value, deparsed: self.has_printed_part(), ..Fact::new("definition", "", self.missing()) },
            Fact::new("options", self.options.join(", "), Severity::Info),
            Fact::new("validity", valid, self.missing()),
            Fact::new("statistics", self.statistics.join(", "), Severity::Info),
            Fact::incidental("tablespace", self.tablespace.as_ref().map(Name::to_string).unwrap_or_default()),
        ]
    }

    fn missing(&self) -> Severity {
        // A unique index restricts the rows, and ON CONFLICT needs it; other indexes only affect speed.
        if self.unique { Severity::Critical } else { Severity::Warning }
    }

    fn unexpected(&self) -> Severity {
        // A unique one may refuse rows that the application writes. A leftover slows down every write, and no query
        // uses it.
        if self.unique || self.is_leftover() { Severity::Warning } else { Severity::Info }
    }

    fn summary(&self) -> String {
        format!("{}{}", self.definition(), if self.valid { "" } else { " (invalid)" })
    }

    /// The suffixes of the temporary names under which `REINDEX CONCURRENTLY` builds and drops.
    fn is_leftover(&self) -> bool {
        let without_number = self.name.as_str().trim_end_matches(|c: char| c.is_ascii_digit());
        !self.valid && ["_ccnew", "_ccold"].iter().any(|end| without_number.ends_with(end))
    }
}
