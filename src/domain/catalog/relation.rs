//! Relations: tables, views and materialized views, with all their parts.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::facts::is_default;
use super::{Column, Constraint, Definition, Fact, Facts, Index, Kind, Object, Severity, Trigger};
use crate::domain::name::{Name, QName};

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

    /// The relation of this kind with this name.
    pub fn object(self, name: QName) -> Object {
        match self {
            Self::Table => Object::Table(name),
            Self::View => Object::View(name),
            Self::MaterializedView => Object::MaterializedView(name),
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
    /// Also applies to the table's owner.
    Forced,
    /// Off; if it is enabled, it also applies to the table's owner.
    ForcedWhenOn,
}

/// The name of the fact whose value is a sentence.
pub const DETACHMENT: &str = "detachment";

/// The partition properties of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    pub parent: QName,
    /// `FOR VALUES …` or `DEFAULT`.
    pub bound: Definition,
    /// `DETACH PARTITION … CONCURRENTLY` has begun and not ended: the parent no longer shows its rows.
    #[serde(default, skip_serializing_if = "is_default")]
    pub detach_pending: bool,
}

impl Partition {
    /// Its parent and bound, whether it is being detached or not.
    pub fn place(&self) -> (&QName, &Definition) {
        (&self.parent, &self.bound)
    }
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
    /// Storage options, `name=value`, sorted; those of the TOAST table as `toast.name=value`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<Arc<str>>,
    /// If it is not `heap`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub access_method: Option<Name>,
    /// If it is not the database's own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tablespace: Option<Name>,
    /// The composite type of a typed table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub of_type: Option<Arc<str>>,
    /// `full`, `nothing` or `index (columns)`; none: the primary key.
    #[serde(default, skip_serializing_if = "is_default")]
    pub replica_identity: Option<Arc<str>>,
    /// The index that `CLUSTER` orders by.
    #[serde(default, skip_serializing_if = "is_default")]
    pub clustered_on: Option<Name>,
    /// The query of a view.
    #[serde(default, skip_serializing_if = "is_default")]
    pub query: Option<Definition>,
    /// In the order of the table. The order is not compared.
    pub columns: Vec<Column>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub constraints: Vec<Constraint>,
    /// Without those that belong to a constraint.
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
        let detachment = self.detaching_from().map(Relation::detachment).unwrap_or_default();
        let kind = self.kind.object_kind().to_string();
        let unlogged = if self.persistence == Persistence::Unlogged { "unlogged" } else { "permanent" };
        let (row_security, for_owner) = match self.row_security {
            RowSecurity::Off => ("off", ""),
            RowSecurity::On => ("on", ""),
            RowSecurity::Forced => ("on", "forced"),
            RowSecurity::ForcedWhenOn => ("off", "forced"),
        };
        let owner_severity = if row_security == "on" { Severity::Critical } else { Severity::Info };
        let inherits: Vec<_> = self.inherits.iter().map(QName::to_string).collect();
        // The columns of a view are part of its definition; those of a table are objects of their own.
        let is_view = self.kind != RelationKind::Table;
        let shape = if is_view { self.column_list() } else { String::new() };
        let name = |name: Option<&Name>| name.map(Name::to_string).unwrap_or_default();
        vec![
            Fact::new("kind", kind, Severity::Critical),
            Fact::new("persistence", unlogged, Severity::Critical),
            Fact::deparsed("partition key", self.partition_key.as_ref(), Severity::Critical),
            Fact::new("partition of", of.map(|p| p.parent.to_string()).unwrap_or_default(), Severity::Critical),
            Fact::deparsed("partition bound", of.map(|p| &p.bound), Severity::Critical),
            Fact::new(DETACHMENT, detachment, Severity::Critical),
            Fact::new("inherits", inherits.join(", "), Severity::Critical),
            Fact::new("row security", row_security, Severity::Critical),
            Fact::new("row security of the owner", for_owner, owner_severity),
            Fact::new("options", self.options.join(", "), self.options_severity()),
            Fact::new("access method", name(self.access_method.as_ref()), Severity::Warning),
            Fact::incidental("tablespace", name(self.tablespace.as_ref())),
            Fact::new("of type", self.of_type.as_deref().unwrap_or_default(), Severity::Info),
            // Without one, updates of a published table fail.
            Fact::new("replica identity", self.replica_identity.as_deref().unwrap_or_default(), Severity::Warning),
            Fact::incidental("clustered on", name(self.clustered_on.as_ref())),
            Fact::new("columns", shape, Severity::Critical),
            Fact { value: self.view_defaults(), ..Fact::deparsed("column defaults", None, Severity::Warning) },
            Fact::new("column options", self.view_options(), Severity::Info),
            Fact::deparsed("query", self.query.as_ref(), Severity::Warning),
        ]
    }

    fn missing(&self) -> Severity {
        Severity::Critical
    }

    fn summary(&self) -> String {
        let query = self.query.as_ref().map(|query| format!(" AS\n{query}")).unwrap_or_default();
        format!("{} ({}){query}", self.kind.object_kind().words(), self.column_list())
    }
}

impl Relation {
    pub fn parents(&self) -> impl Iterator<Item = &QName> {
        self.partition_of.iter().map(|partition| &partition.parent).chain(&self.inherits)
    }

    /// The parent that the partition is being detached from: queries no longer see it as a part, commands still do.
    pub fn detaching_from(&self) -> Option<&QName> {
        self.partition_of.as_ref().filter(|partition| partition.detach_pending).map(|partition| &partition.parent)
    }

    /// For people: the consequences of an unfinished detachment.
    pub fn detachment(parent: &QName) -> String {
        format!(
            "not finished (DETACH CONCURRENTLY was interrupted, or is under way: the rows of the partition are invisible \
             through {parent}, which refuses rows within its bound)"
        )
    }

    /// The same without a detachment: a table that is expected to be a partition is expected to be fully attached.
    #[must_use]
    pub fn attached(&self) -> Cow<'_, Self> {
        if self.detaching_from().is_none() {
            return Cow::Borrowed(self);
        }
        let mut whole = self.clone();
        whole.partition_of.iter_mut().for_each(|partition| partition.detach_pending = false);
        Cow::Owned(whole)
    }

    /// An expectation means usable indexes: valid ones, and no leftovers of REINDEX CONCURRENTLY. A partitioned index
    /// that is invalid has partitions without a part of it, which may be intended.
    pub fn expect_valid_indexes(&mut self) {
        if self.partition_key.is_none() {
            self.indexes.retain(|index| !index.is_leftover());
            self.indexes.iter_mut().for_each(|index| index.valid = true);
        }
    }

    /// The same after its detachment has been finished.
    pub(super) fn detached(&self) -> Self {
        let mut alone = Self { partition_of: None, ..self.clone() };
        alone.columns.iter_mut().for_each(|column| column.inherited = false);
        alone.constraints.iter_mut().for_each(|constraint| constraint.inherited = false);
        alone.indexes.iter_mut().for_each(|index| index.inherited = false);
        alone.triggers.retain(|trigger| !trigger.inherited);
        alone
    }

    /// Options of a view decide what its readers see and its writers may write; those of a table only affect speed.
    fn options_severity(&self) -> Severity {
        match self.kind {
            RelationKind::View => Severity::Critical,
            RelationKind::Table | RelationKind::MaterializedView => Severity::Info,
        }
    }

    /// The defaults that INSERT into a view uses; `None` if one is busy.
    fn view_defaults(&self) -> Option<String> {
        let columns = self.columns.iter().filter(|_| self.kind != RelationKind::Table);
        let defaults = columns.filter_map(|column| Some((&column.name, column.default.as_ref()?)));
        let spelled = defaults.map(|(name, default)| Some(format!("{name} {}", default.known()?)));
        Some(spelled.collect::<Option<Vec<_>>>()?.join(", "))
    }

    fn view_options(&self) -> String {
        let columns = self.columns.iter().filter(|it| self.kind != RelationKind::Table && !it.options.is_empty());
        let spelled: Vec<_> = columns.map(|it| format!("{} ({})", it.name, it.options.join(", "))).collect();
        spelled.join(", ")
    }

    fn column_list(&self) -> String {
        let columns: Vec<_> = self.columns.iter().map(|c| format!("{} {}", c.name, c.data_type)).collect();
        columns.join(", ")
    }
}
