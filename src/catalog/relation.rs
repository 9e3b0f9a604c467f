//! Relations (tables, views, materialized views) with everything that stands on them: columns, constraints,
//! indexes, triggers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::types::nullability;
use super::{Definition, Fact, Facts, Kind, Severity};
use crate::name::{self, Name, QName};

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn yes() -> bool {
    true
}

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
        vec![
            Fact::new("kind", kind, Severity::Critical),
            Fact::new("persistence", unlogged, Severity::Critical),
            Fact::deparsed("partition key", self.partition_key.as_ref(), Severity::Critical),
            Fact::new("partition of", of.map(|p| p.parent.to_string()).unwrap_or_default(), Severity::Critical),
            Fact::deparsed("partition bound", of.map(|p| &p.bound), Severity::Critical),
            Fact::new("inherits", inherits.join(", "), Severity::Critical),
            Fact::new("row security", row_security, Severity::Critical),
            Fact::new("options", self.options.join(", "), Severity::Info),
            Fact::new("columns", shape, Severity::Critical),
            Fact::deparsed("query", self.query.as_ref(), Severity::Warning),
        ]
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn summary(&self) -> String {
        format!("{} ({})", self.kind.object_kind(), self.column_list())
    }
}

impl Relation {
    fn column_list(&self) -> String {
        let columns: Vec<_> = self.columns.iter().map(|c| format!("{} {}", c.name, c.data_type)).collect();
        columns.join(", ")
    }
}

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

/// A row of pg_attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub name: Name,
    /// As `format_type` prints it, user types qualified.
    #[serde(rename = "type")]
    pub data_type: Arc<str>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub not_null: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: Option<Definition>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub generated: Option<Generated>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub identity: Option<Identity>,
    /// Where it is not the type's own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub collation: Option<QName>,
    /// Storage, compression, statistics target and attribute options where not the type's own, `name=value`, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<Arc<str>>,
    /// Exists only because a parent table has it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
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
            Fact::new("nullability", nullability(self.not_null), Severity::Critical),
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
        // Inserts that do not name it fail.
        let is_filled = self.default.is_some() || self.identity.is_some() || self.generated.is_some();
        if self.not_null && !is_filled { Severity::Critical } else { Severity::Info }
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
        if self.not_null {
            text.push_str(" not null");
        }
        text
    }
}

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
    /// Storage options of the index behind it, `name=value`, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<Arc<str>>,
    /// Holds for the rows that were there when it was added.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub validated: bool,
    /// Acts on new rows: not `NOT ENFORCED` (18), its triggers not disabled, its index valid.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub enforced: bool,
    /// Exists only because the parent table has it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
}

impl Constraint {
    /// What the constraint is apart from its name: two constraints of one table with the same shape are the same
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
        // An exclusion's printed definition already says whether it is deferrable.
        if !matches!(self.kind, ConstraintKind::Exclusion { .. }) {
            text.push_str(match self.deferrable {
                Deferrable::Not => "",
                Deferrable::InitiallyImmediate => " DEFERRABLE",
                Deferrable::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
            });
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
        let severity = match &self.kind {
            ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Foreign { .. } => {
                Severity::Critical
            }
            ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => Severity::Warning,
        };
        let state = match (&self.kind, severity) {
            (ConstraintKind::Foreign { .. }, _) => Severity::Critical,
            _ => severity,
        };
        let definition = (!busy).then(|| self.definition());
        vec![
            Fact { name: "definition", value: definition, severity, deparsed },
            Fact::new("validation", if self.validated { "valid" } else { "not valid" }, state),
            Fact::new("enforcement", if self.enforced { "enforced" } else { "disabled" }, state),
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

/// One key column of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexKey {
    /// A column's name, quoted where needed, or an expression in parentheses.
    pub expression: Definition,
    /// Where it is not the column's own.
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
    /// A failed concurrent build leaves a dead index behind: not valid.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub valid: bool,
    /// Exists only because the parent's index has it attached.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
}

impl Index {
    /// `UNIQUE btree (…) INCLUDE (…) WITH (…) WHERE …`: the index apart from its name, its table and its validity.
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
        if !self.options.is_empty() {
            text.push_str(&format!(" WITH ({})", self.options.join(", ")));
        }
        if let Some(predicate) = &self.predicate {
            text.push_str(&format!(" WHERE {predicate}"));
        }
        text
    }

    fn has_busy_part(&self) -> bool {
        self.keys.iter().any(|key| key.expression == Definition::Busy) || self.predicate == Some(Definition::Busy)
    }
}

impl IndexKey {
    fn definition(&self) -> String {
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
            Fact { name: "definition", value, severity: self.missing(), deparsed: true },
            Fact::new("validity", valid, self.missing()),
        ]
    }

    fn missing(&self) -> Severity {
        // A unique index is a promise about the rows, and what ON CONFLICT needs; the others cost speed.
        if self.unique { Severity::Critical } else { Severity::Warning }
    }

    fn summary(&self) -> String {
        format!("{}{}", self.definition(), if self.valid { "" } else { " (invalid)" })
    }
}

/// The codes of `tgenabled`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enabled {
    #[default]
    Origin,
    Disabled,
    Replica,
    Always,
}

/// A row of pg_trigger that no constraint owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    pub name: Name,
    /// The whole `CREATE TRIGGER` statement, as `pg_get_triggerdef` prints it.
    pub definition: Definition,
    #[serde(default, skip_serializing_if = "is_default")]
    pub enabled: Enabled,
    /// Exists only because the parent table has it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
}

impl Facts for Trigger {
    fn kind(&self) -> Kind {
        Kind::Trigger
    }

    fn facts(&self) -> Vec<Fact> {
        let enabled = match self.enabled {
            Enabled::Origin => "enabled",
            Enabled::Disabled => "disabled",
            Enabled::Replica => "enabled on replicas only",
            Enabled::Always => "enabled always",
        };
        vec![
            Fact::deparsed("definition", Some(&self.definition), Severity::Critical),
            Fact::new("state", enabled, Severity::Critical),
        ]
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn unexpected(&self) -> Severity {
        // It may refuse or change what the application writes.
        Severity::Warning
    }

    fn summary(&self) -> String {
        self.definition.to_string()
    }
}
