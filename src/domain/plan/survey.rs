//! What a planner needs to know about the server besides the catalogs: sizes, rights, and the server's limits.
//!
//! Plain data. `pg::survey` fills it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::application::Application;
use crate::domain::catalog::{DefaultPrivilegeKind, Grantee, Object, Privileges, Signature};
use crate::domain::name::{Name, QName};

/// See the module's documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The identity of the database, whatever its name. `None`: it was not asked.
    pub database: Option<String>,
    /// The server's setting; a step's lock timeout has to be below it.
    pub deadlock_timeout: Duration,
    /// Sizes of the requested tables that exist.
    pub sizes: BTreeMap<QName, Size>,
    /// Foreign tables among the partitions, at every level, by each partitioned table above them.
    pub foreign_partitions: BTreeMap<QName, BTreeSet<QName>>,
    pub rights: Rights,
    /// Roles of the server. `None`: they were not asked.
    pub roles: Option<BTreeSet<Name>>,
    /// Default privileges of the fixing role, by schema (`None`: in all schemas) and kind.
    pub default_privileges: BTreeMap<(Option<Name>, DefaultPrivilegeKind), BTreeMap<Grantee, Privileges>>,
    /// From one type to another, both without modifiers.
    pub casts: BTreeSet<(String, String)>,
    /// Dependent objects that are in none of our catalogs, by the object that they depend on.
    pub dependents: BTreeMap<Object, BTreeSet<Dependent>>,
    /// Partitions and other inheritance children in schemas that are not watched, by each watched table above them.
    pub unwatched_children: BTreeMap<QName, BTreeSet<QName>>,
    /// Tables that are published with their updates and accept none, because they have no replica identity.
    pub unidentified: BTreeSet<QName>,
    /// Installed extensions.
    pub extensions: BTreeMap<Name, Ways>,
    /// Empty if no fixing role was asked about.
    pub application: Application,
}

/// What can be altered about an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// It can be moved to another schema.
    pub relocatable: bool,
    /// The versions that it can be updated to. `None`: the server's host no longer has its files.
    pub updates: Option<BTreeSet<String>>,
    /// The first few objects outside of the extension that depend on its members, for people.
    pub dependents: Vec<String>,
}

/// An object that depends on another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependent {
    /// For people.
    pub what: String,
    /// The server itself rebuilds it when the type of its column changes: a constraint, an index, extended statistics.
    pub follows_type: bool,
    /// It stores values of the type: a column, or a type that contains it.
    pub holds: bool,
}

/// A table's size from the server's statistics: no row is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// `None`: never analyzed.
    pub rows: Option<u64>,
    /// With TOAST, without indexes; 0: there is no page. `None`: it is locked right now, and the survey does not wait.
    pub bytes: Option<u64>,
}

/// Rights that the fixing role lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// The role; `None`: it was not asked, and nothing below is known.
    pub role: Option<Name>,
    /// Owners of objects that the role may not alter, because it is neither a superuser nor a member of the owner.
    /// Objects outside of the server's own schemas; types include domains, routines include aggregates.
    pub relations: BTreeMap<QName, Name>,
    pub types: BTreeMap<QName, Name>,
    pub routines: BTreeMap<Signature, Name>,
    pub schemas: BTreeMap<Name, Name>,
    /// Roles that see only a part of a table's rows, among this role and the owners of tables: row level security
    /// applies to them.
    pub policed: BTreeMap<QName, BTreeSet<Name>>,
    /// Schemas in which it may not create objects.
    pub no_create: BTreeSet<Name>,
    /// It may not create schemas.
    pub no_schemas: bool,
}

impl Rights {
    /// Whether row level security hides rows of the table from the role.
    pub(super) fn hides(&self, table: &QName, from: &Name) -> bool {
        self.policed.get(table).is_some_and(|roles| roles.contains(from))
    }

    /// The owner of the object, or of what it is part of, if the role may not alter it.
    pub(super) fn foreign_owner(&self, object: &Object) -> Option<&Name> {
        match object {
            Object::Schema(name) => self.schemas.get(name),
            Object::Type(name) | Object::Domain(name) => self.types.get(name),
            Object::Routine(signature) => self.routines.get(signature),
            Object::Sequence(name) => self.relations.get(name),
            other => self.relations.get(other.relation()?),
        }
    }
}

impl Default for Survey {
    /// Nothing is known, on a server with PostgreSQL's default settings.
    fn default() -> Self {
        Self {
            database: None,
            deadlock_timeout: Duration::from_secs(1),
            sizes: BTreeMap::new(),
            foreign_partitions: BTreeMap::new(),
            rights: Rights::default(),
            roles: None,
            default_privileges: BTreeMap::new(),
            casts: BTreeSet::new(),
            dependents: BTreeMap::new(),
            unwatched_children: BTreeMap::new(),
            unidentified: BTreeSet::new(),
            extensions: BTreeMap::new(),
            application: Application::default(),
        }
    }
}
