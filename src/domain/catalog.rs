//! The catalog: a typed picture of a schema, read from one database.
//!
//! Everything here is plain data with a stable order, so that two catalogs can be compared, printed and stored as
//! JSON (a snapshot). Nothing here knows how a catalog is read, and nothing here decides what a difference means
//! beyond naming the consequence of each [`Fact`].

pub mod column;
pub mod comment;
pub mod constraint;
pub mod defined;
mod depends;
pub mod facts;
pub mod index;
pub mod kind;
pub mod object;
pub mod privilege;
pub mod relation;
pub mod routine;
pub mod schema;
pub mod sequence;
pub mod trigger;
pub mod types;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

pub use column::{Column, Generated, Identity, NotNull};
pub use comment::Comment;
pub use constraint::{Constraint, ConstraintKind, Deferrable, ReferentialAction};
pub use defined::{Attribute, Defined};
pub use facts::{Fact, Facts, Severity};
pub use index::{Index, IndexKey};
pub use kind::{Built, CLASSES, Class, DefaultPrivilegeKind, Kind, Place, Row};
pub use object::{Address, Object};
pub use privilege::{Grantee, Held, Privilege, Privileges};
pub use relation::{Partition, Persistence, Relation, RelationKind, RowSecurity};
pub use routine::{Routine, RoutineKind, Signature};
pub use schema::{Extension, Schema};
pub use sequence::Sequence;
pub use trigger::{Enabled, Event, Firing, Timing, Trigger};
pub use types::{Domain, Enum};

use crate::domain::name::{Name, QName};

/// The schema of one database at one instant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// `server_version_num` of the server that printed the definitions, e.g. 150018.
    pub server_version: u32,
    pub schemas: BTreeMap<Name, Schema>,
    pub extensions: BTreeMap<Name, Extension>,
    pub enums: BTreeMap<QName, Enum>,
    pub domains: BTreeMap<QName, Domain>,
    pub sequences: BTreeMap<QName, Sequence>,
    pub relations: BTreeMap<QName, Relation>,
    pub routines: BTreeMap<Signature, Routine>,
    /// Objects that are known by the one statement that creates them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "object::pairs")]
    pub defined: BTreeMap<Object, Defined>,
    /// Compared in scope `whole`, if the expectation contains any.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "object::pairs")]
    pub comments: BTreeMap<Object, Comment>,
    /// Privileges of a grantee on an object that differ from the built-in defaults. Compared under the same rule as
    /// comments.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "object::pairs")]
    pub privileges: BTreeMap<(Object, Grantee), Privileges>,
    /// (dependent, what it needs), beyond what the dependent's definition in this catalog says: its relation, the
    /// columns of its key, the parent of a foreign key or a partition, its schema, the sequence that its own column
    /// owns. A dependency on a relation lists the columns that are used, if there are any. Objects of extensions or the
    /// system are left out, and so are dependencies through [`unmodelled`](Self::unmodelled) objects. Not compared.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub dependencies: BTreeSet<(Object, Object)>,
    /// Owners of relations, types, routines, statistics and schemas, if they were read. Not compared.
    #[serde(skip)]
    pub owners: BTreeMap<Object, Name>,
    /// Only of a catalog that was evaluated in scratch: the owner of everything that the SQL gives to no other role, if
    /// the SQL names this role. What the SQL says about the role cannot be distinguished from what it says about the
    /// owner.
    #[serde(skip)]
    pub owner_by_chance: Option<Name>,
    /// Objects that the reader found and has no model for.
    pub unmodelled: BTreeSet<Unmodelled>,
    /// Relations on which another session held ACCESS EXCLUSIVE: their definitions are [`Definition::Busy`].
    #[serde(skip)]
    pub busy: BTreeSet<QName>,
}

impl Catalog {
    /// The kinds of the objects in the catalog.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds = BTreeSet::new();
        let mut add = |kind: Kind, there_are: bool| {
            if there_are {
                kinds.insert(kind);
            }
        };
        add(Kind::Schema, !self.schemas.is_empty());
        add(Kind::Extension, !self.extensions.is_empty());
        add(Kind::Enum, !self.enums.is_empty());
        add(Kind::Domain, !self.domains.is_empty());
        add(Kind::Sequence, !self.sequences.is_empty());
        for relation in self.relations.values() {
            add(relation.kind(), true);
            add(Kind::Column, relation.kind == RelationKind::Table);
            add(Kind::Constraint, !relation.constraints.is_empty());
            add(Kind::Index, !relation.indexes.is_empty());
            add(Kind::Trigger, !relation.triggers.is_empty());
        }
        for routine in self.routines.values() {
            add(routine.kind(), true);
        }
        for it in self.defined.values() {
            add(it.kind(), true);
        }
        add(Kind::Comment, !self.comments.is_empty());
        add(Kind::Privilege, !self.privileges.is_empty());
        kinds.into_iter().collect()
    }

    /// The catalog after every interrupted detachment has been finished.
    #[must_use]
    pub fn detached(&self) -> Cow<'_, Self> {
        if self.relations.values().all(|relation| relation.detaching_from().is_none()) {
            return Cow::Borrowed(self);
        }
        let mut catalog = self.clone();
        for relation in catalog.relations.values_mut().filter(|relation| relation.detaching_from().is_some()) {
            *relation = relation.detached();
        }
        Cow::Owned(catalog)
    }

    /// The number of objects, without those that every database has and those that are part of a relation.
    pub fn objects(&self) -> usize {
        let schemas = self.schemas.keys().filter(|name| name.as_str() != "public").count();
        let extensions = self.extensions.keys().filter(|name| name.as_str() != "plpgsql").count();
        let types = self.enums.len() + self.domains.len();
        schemas
            + extensions
            + types
            + self.sequences.len()
            + self.relations.len()
            + self.routines.len()
            + self.defined.len()
    }

    /// The owner of the object, or of the relation that the column is part of, if it was read.
    pub fn owner(&self, object: &Object) -> Option<&Name> {
        match object {
            Object::Column(relation, _) => {
                let kind = self.relations.get(relation)?.kind;
                self.owners.get(&kind.object(relation.clone()))
            }
            other => self.owners.get(other),
        }
    }

    /// Whether the object exists.
    pub fn has(&self, object: &Object) -> bool {
        let of = |name: &QName, kind: RelationKind| self.relations.get(name).is_some_and(|it| it.kind == kind);
        let on = |name: &QName| self.relations.get(name);
        match object {
            Object::Schema(name) => self.schemas.contains_key(name),
            Object::Extension(name) => self.extensions.contains_key(name),
            Object::Type(name) => self.enums.contains_key(name) || self.defined.contains_key(object),
            Object::Domain(name) => self.domains.contains_key(name),
            Object::Sequence(name) => self.sequences.contains_key(name),
            Object::Table(name) => of(name, RelationKind::Table),
            Object::View(name) => of(name, RelationKind::View),
            Object::MaterializedView(name) => of(name, RelationKind::MaterializedView),
            Object::Routine(signature) => self.routines.contains_key(signature) || self.defined.contains_key(object),
            Object::Column(relation, name) => {
                on(relation).is_some_and(|it| it.columns.iter().any(|it| it.name == *name))
            }
            Object::Constraint(table, name) => {
                on(table).is_some_and(|it| it.constraints.iter().any(|it| it.name == *name))
                    || self.domains.get(table).is_some_and(|it| it.checks.contains_key(name))
            }
            // The index of a key is an index, too.
            Object::Index(table, name) => on(table).is_some_and(|it| {
                it.indexes.iter().any(|it| it.name == *name)
                    || it.constraints.iter().any(|it| it.name == *name && it.is_key())
            }),
            Object::Trigger(relation, name) => {
                on(relation).is_some_and(|it| it.triggers.iter().any(|it| it.name == *name))
            }
            Object::Comment(of) => self.comments.contains_key(&**of),
            Object::Privileges(of, grantee) => self.privileges.contains_key(&((**of).clone(), grantee.clone())),
            other => self.defined.contains_key(other),
        }
    }
}

/// An object that exists, and that this program cannot compare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unmodelled {
    /// PostgreSQL's name for the kind, e.g. `collation`, `foreign table`.
    pub kind: String,
    /// The object's identity as `pg_identify_object` prints it.
    pub object: String,
}

/// SQL text as PostgreSQL's own deparser printed it, under `search_path = pg_catalog`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Definition {
    Known(Arc<str>),
    /// Could not be read: its relation was locked. It is neither equal to nor different from any other text.
    Busy,
}

impl Definition {
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Busy => None,
        }
    }
}

impl From<&str> for Definition {
    fn from(text: &str) -> Self {
        Self::Known(text.into())
    }
}

impl Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.known().unwrap_or("(busy)"))
    }
}

impl Serialize for Definition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(text) => serializer.serialize_str(text),
            Self::Busy => Err(serde::ser::Error::custom("a busy definition cannot be stored")),
        }
    }
}

impl<'de> Deserialize<'de> for Definition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() { Err(D::Error::custom("an empty definition")) } else { Ok(text.as_str().into()) }
    }
}
