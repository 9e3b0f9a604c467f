//! The identity of one object: what drift, dependencies, comments, privileges and plans are about.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

use super::{Grantee, Signature};
use crate::domain::name::{Name, QName};

/// An object's kind and name. `Display` gives its address, each part quoted where PostgreSQL would:
/// `public.posts.is_hidden`. What stands on a relation is addressed through it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    Schema(Name),
    Extension(Name),
    /// An enum, a composite or a range type.
    Type(QName),
    Domain(QName),
    Sequence(QName),
    Table(QName),
    View(QName),
    MaterializedView(QName),
    /// A function, procedure or aggregate.
    Routine(Signature),
    Column(QName, Name),
    Constraint(QName, Name),
    /// By its table. Its name lies in the table's schema.
    Index(QName, Name),
    Trigger(QName, Name),
    Policy(QName, Name),
    Rule(QName, Name),
    Statistics(QName),
    EventTrigger(Name),
    /// On the object.
    Comment(Box<Object>),
    /// On the object, for the grantee.
    Privileges(Box<Object>, Grantee),
}

impl Object {
    pub fn column(table: &QName, name: &Name) -> Self {
        Self::Column(table.clone(), name.clone())
    }

    /// Of a table, or of a domain.
    pub fn constraint(on: &QName, name: &Name) -> Self {
        Self::Constraint(on.clone(), name.clone())
    }

    pub fn index(table: &QName, name: &Name) -> Self {
        Self::Index(table.clone(), name.clone())
    }

    /// What it is, for people.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Schema(_) => "schema",
            Self::Extension(_) => "extension",
            Self::Type(_) => "type",
            Self::Domain(_) => "domain",
            Self::Sequence(_) => "sequence",
            Self::Table(_) => "table",
            Self::View(_) => "view",
            Self::MaterializedView(_) => "materialized view",
            Self::Routine(_) => "routine",
            Self::Column(..) => "column",
            Self::Constraint(..) => "constraint",
            Self::Index(..) => "index",
            Self::Trigger(..) => "trigger",
            Self::Policy(..) => "policy",
            Self::Rule(..) => "rule",
            Self::Statistics(_) => "statistics",
            Self::EventTrigger(_) => "event trigger",
            Self::Comment(_) => "comment",
            Self::Privileges(..) => "privileges",
        }
    }

    /// Its own name, without what it lies in or stands on.
    pub fn name(&self) -> &Name {
        match self {
            Self::Comment(of) | Self::Privileges(of, _) => of.name(),
            Self::Routine(signature) => &signature.name.name,
            Self::Type(it)
            | Self::Domain(it)
            | Self::Sequence(it)
            | Self::Table(it)
            | Self::View(it)
            | Self::MaterializedView(it)
            | Self::Statistics(it) => &it.name,
            Self::Schema(name)
            | Self::Extension(name)
            | Self::EventTrigger(name)
            | Self::Column(_, name)
            | Self::Constraint(_, name)
            | Self::Index(_, name)
            | Self::Trigger(_, name)
            | Self::Policy(_, name)
            | Self::Rule(_, name) => name,
        }
    }

    /// The schema that the object lies in. What stands on a relation lies in the relation's.
    pub fn schema(&self) -> Option<&Name> {
        match self {
            Self::Schema(_) | Self::Extension(_) | Self::EventTrigger(_) => None,
            Self::Comment(of) | Self::Privileges(of, _) => of.schema(),
            Self::Routine(signature) => Some(&signature.name.schema),
            Self::Type(name)
            | Self::Domain(name)
            | Self::Sequence(name)
            | Self::Table(name)
            | Self::View(name)
            | Self::MaterializedView(name)
            | Self::Statistics(name)
            | Self::Column(name, _)
            | Self::Constraint(name, _)
            | Self::Index(name, _)
            | Self::Trigger(name, _)
            | Self::Policy(name, _)
            | Self::Rule(name, _) => Some(&name.schema),
        }
    }

    /// A table, a view or a materialized view.
    pub fn is_relation(&self) -> bool {
        matches!(self, Self::Table(_) | Self::View(_) | Self::MaterializedView(_))
    }

    /// The relation that the object is, or stands on.
    pub fn relation(&self) -> Option<&QName> {
        match self {
            Self::Table(relation)
            | Self::View(relation)
            | Self::MaterializedView(relation)
            | Self::Column(relation, _)
            | Self::Constraint(relation, _)
            | Self::Index(relation, _)
            | Self::Trigger(relation, _)
            | Self::Policy(relation, _)
            | Self::Rule(relation, _) => Some(relation),
            Self::Comment(of) | Self::Privileges(of, _) => of.relation(),
            Self::Schema(_)
            | Self::Extension(_)
            | Self::Type(_)
            | Self::Domain(_)
            | Self::Sequence(_)
            | Self::Routine(_)
            | Self::Statistics(_)
            | Self::EventTrigger(_) => None,
        }
    }
}

impl Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(name) | Self::Extension(name) | Self::EventTrigger(name) => write!(f, "{name}"),
            Self::Type(name)
            | Self::Domain(name)
            | Self::Sequence(name)
            | Self::Table(name)
            | Self::View(name)
            | Self::MaterializedView(name)
            | Self::Statistics(name) => write!(f, "{name}"),
            Self::Routine(signature) => write!(f, "{signature}"),
            Self::Comment(of) => write!(f, "{of}"),
            Self::Privileges(of, grantee) => write!(f, "{of} to {grantee}"),
            Self::Column(relation, name)
            | Self::Constraint(relation, name)
            | Self::Index(relation, name)
            | Self::Trigger(relation, name)
            | Self::Policy(relation, name)
            | Self::Rule(relation, name) => write!(f, "{relation}.{name}"),
        }
    }
}

/// For serde: JSON has no maps by object, so such a map is stored as a list of pairs.
pub mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<K: Serialize, T: Serialize, S: Serializer>(
        map: &BTreeMap<K, T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub fn deserialize<'de, K: Deserialize<'de> + Ord, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<K, T>, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}
