//! Relations: tables, views and materialized views, with everything that stands on them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::facts::is_default;
use super::{Column, Constraint, Definition, Fact, Facts, Index, Kind, Severity, Trigger};
use crate::name::QName;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    #[default]
    Table,
    View,
    MaterializedView,
}

impl RelationKind {
    pub fn object_kind(self) -> Kind {
        match self {
            Self::Table => Kind::Table,
            Self::View => Kind::View,
            Self::MaterializedView => Kind::MaterializedView,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Persistence {
    #[default]
    Permanent,
    Unlogged,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowSecurity {
    #[default]
    Off,
    On,
    /// Also for the table's owner.
    Forced,
}

/// What makes a table a partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    pub parent: QName,
    /// `FOR VALUES …` or `DEFAULT`.
    pub bound: Definition,
}

/// A row of pg_class with relkind `r`, `p`, `v` or `m`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    pub kind: RelationKind,
    #[serde(default, skip_serializing_if = "is_default")]
    pub persistence: Persistence,
    /// `RANGE (…)`, `LIST (…)` or `HASH (…)` of a partitioned table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub partition_key: Option<Definition>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub partition_of: Option<Partition>,
    /// Parents by plain inheritance, in order.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherits: Vec<QName>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub row_security: RowSecurity,
    /// Storage options, `name=value`, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<Arc<str>>,
    /// The query of a view.
    #[serde(default, skip_serializing_if = "is_default")]
    pub query: Option<Definition>,
    /// In the order of the table. The order is not compared.
    pub columns: Vec<Column>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub constraints: Vec<Constraint>,
    /// Without those that a constraint brings with it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub indexes: Vec<Index>,
    /// Without the internal ones of constraints.
    #[serde(default, skip_serializing_if = "is_default")]
    pub triggers: Vec<Trigger>,
}

impl Facts for Relation {
    fn kind(&self) -> Kind {
        self.kind.object_kind()
    }

    fn facts(&self) -> Vec<Fact> {
        let of = self.partition_of.as_ref();
        let kind = self.kind.object_kind().to_string();
        let unlogged = if self.persistence == Persistence::Unlogged { "unlogged" } else { "permanent" };
        let row_security = match self.row_security {
            RowSecurity::Off => "off",
            RowSecurity::On => "on",
            RowSecurity::Forced => "forced",
        };
        let inherits: Vec<_> = self.inherits.iter().map(QName::to_string).collect();
        // The columns of a view are what its readers see; those of a table are objects of their own.
        let shape = match self.kind {
            RelationKind::Table => String::new(),
            RelationKind::View | RelationKind::MaterializedView => self.column_list(),
        };
        // A view's options decide with whose rights it reads (security_invoker), and what a WHERE may see.
        let options = match self.kind {
            RelationKind::View => Severity::Warning,
            RelationKind::Table | RelationKind::MaterializedView => Severity::Info,
        };
        vec![
            Fact::new("kind", kind, Severity::Critical),
            Fact::new("persistence", unlogged, Severity::Critical),
            Fact::deparsed("partition key", self.partition_key.as_ref(), Severity::Critical),
            Fact::new("partition of", of.map(|p| p.parent.to_string()).unwrap_or_default(), Severity::Critical),
            Fact::deparsed("partition bound", of.map(|p| &p.bound), Severity::Critical),
            Fact::new("inherits", inherits.join(", "), Severity::Critical),
            Fact::new("row security", row_security, Severity::Critical),
            Fact::new("options", self.options.join(", "), options),
            Fact::new("columns", shape, Severity::Critical),
            Fact::deparsed("query", self.query.as_ref(), Severity::Warning),
        ]
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn summary(&self) -> String {
        let query = self.query.as_ref().map(|query| format!(" AS\n{query}")).unwrap_or_default();
        format!("{} ({}){query}", self.kind.object_kind().as_str().replace('_', " "), self.column_list())
    }
}

impl Relation {
    fn column_list(&self) -> String {
        let columns: Vec<_> = self.columns.iter().map(|c| format!("{} {}", c.name, c.data_type)).collect();
        columns.join(", ")
    }
}
