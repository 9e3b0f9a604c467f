//! The identity of one object, as used by drift, dependencies, comments, privileges and plans.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

use super::kind::{self, Class, Place};
use super::{Grantee, Signature};
use crate::domain::name::{Name, QName};

/// An object's class and name. `Display` writes its address, each part quoted where PostgreSQL would:
/// `public.posts.is_hidden`. A part of a relation is addressed through the relation.
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
    /// By its table. Its name is in the table's schema.
    Index(QName, Name),
    Trigger(QName, Name),
    Policy(QName, Name),
    Rule(QName, Name),
    Statistics(QName),
    EventTrigger(Name),
    Publication(Name),
    /// The comment on the object.
    Comment(Box<Object>),
    /// The grantee's privileges on the object.
    Privileges(Box<Object>, Grantee),
}

/// An object by its place.
#[derive(Clone, Copy, Debug)]
pub enum Address<'o> {
    Database(&'o Name),
    Schema(&'o QName),
    Routine(&'o Signature),
    Member(&'o QName, &'o Name),
    Said(&'o Object),
}

impl Object {
    pub fn column(table: &QName, name: &Name) -> Self {
        Self::Column(table.clone(), name.clone())
    }

    /// A constraint of a table or of a domain.
    pub fn constraint(on: &QName, name: &Name) -> Self {
        Self::Constraint(on.clone(), name.clone())
    }

    pub fn index(table: &QName, name: &Name) -> Self {
        Self::Index(table.clone(), name.clone())
    }

    /// From the word of its class, the schema that contains it or its relation, its own name or its relation's, and the
    /// member of the relation or the arguments of the routine. `None`: there is no such class, or a part is missing.
    pub fn from_parts(word: &str, schema: Option<Name>, name: Name, member: Option<Name>) -> Option<Self> {
        let class = kind::CLASSES.iter().find(|class| class.word == word)?;
        let name = match (class.place, schema) {
            (Place::Database(object), _) => return Some(object(name)),
            (_, schema) => QName { schema: schema?, name },
        };
        match class.place {
            Place::Schema(object) => Some(object(name)),
            Place::Routine => Some(Self::Routine(Signature { name, arguments: member?.as_str().to_owned() })),
            Place::Member(object) => Some(object(name, member?)),
            Place::Database(_) | Place::Said => None,
        }
    }

    /// Facts about all objects of its class.
    pub fn class(&self) -> &'static Class {
        match self {
            Self::Schema(_) => &kind::SCHEMA,
            Self::Extension(_) => &kind::EXTENSION,
            Self::Type(_) => &kind::DATA_TYPE,
            Self::Domain(_) => &kind::DOMAIN,
            Self::Sequence(_) => &kind::SEQUENCE,
            Self::Table(_) => &kind::TABLE,
            Self::View(_) => &kind::VIEW,
            Self::MaterializedView(_) => &kind::MATERIALIZED_VIEW,
            Self::Routine(_) => &kind::ROUTINE,
            Self::Column(..) => &kind::COLUMN,
            Self::Constraint(..) => &kind::CONSTRAINT,
            Self::Index(..) => &kind::INDEX,
            Self::Trigger(..) => &kind::TRIGGER,
            Self::Policy(..) => &kind::POLICY,
            Self::Rule(..) => &kind::RULE,
            Self::Statistics(_) => &kind::STATISTICS,
            Self::EventTrigger(_) => &kind::EVENT_TRIGGER,
            Self::Publication(_) => &kind::PUBLICATION,
            Self::Comment(_) => &kind::COMMENT,
            Self::Privileges(..) => &kind::PRIVILEGES,
        }
    }

    pub fn address(&self) -> Address<'_> {
        match self {
            Self::Schema(name) | Self::Extension(name) | Self::EventTrigger(name) | Self::Publication(name) => {
                Address::Database(name)
            }
            Self::Type(name)
            | Self::Domain(name)
            | Self::Sequence(name)
            | Self::Table(name)
            | Self::View(name)
            | Self::MaterializedView(name)
            | Self::Statistics(name) => Address::Schema(name),
            Self::Routine(signature) => Address::Routine(signature),
            Self::Column(relation, name)
            | Self::Constraint(relation, name)
            | Self::Index(relation, name)
            | Self::Trigger(relation, name)
            | Self::Policy(relation, name)
            | Self::Rule(relation, name) => Address::Member(relation, name),
            Self::Comment(of) | Self::Privileges(of, _) => Address::Said(of),
        }
    }

    /// The word for its class, for people.
    pub fn word(&self) -> &'static str {
        self.class().word
    }

    /// Its own name, without schema or relation.
    pub fn name(&self) -> &Name {
        match self.address() {
            Address::Database(name) | Address::Member(_, name) => name,
            Address::Schema(name) => &name.name,
            Address::Routine(signature) => &signature.name.name,
            Address::Said(of) => of.name(),
        }
    }

    /// The schema that contains the object. A part of a relation is in the relation's schema.
    pub fn schema(&self) -> Option<&Name> {
        match self.address() {
            Address::Database(_) => None,
            Address::Schema(name) | Address::Member(name, _) => Some(&name.schema),
            Address::Routine(signature) => Some(&signature.name.schema),
            Address::Said(of) => of.schema(),
        }
    }

    /// A table, a view or a materialized view.
    pub fn is_relation(&self) -> bool {
        self.class().is_relation()
    }

    /// The relation that the object is, or is part of.
    pub fn relation(&self) -> Option<&QName> {
        match self.address() {
            Address::Schema(name) => self.is_relation().then_some(name),
            Address::Member(relation, _) => Some(relation),
            Address::Said(of) => of.relation(),
            Address::Database(_) | Address::Routine(_) => None,
        }
    }
}

impl Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address() {
            Address::Database(name) => write!(f, "{name}"),
            Address::Schema(name) => write!(f, "{name}"),
            Address::Routine(signature) => write!(f, "{signature}"),
            Address::Member(relation, name) => write!(f, "{relation}.{name}"),
            Address::Said(of) => match self {
                Self::Privileges(_, grantee) => write!(f, "{of} to {grantee}"),
                _ => write!(f, "{of}"),
            },
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
