//! What a planner must know of the server besides the catalogs: sizes, rights, and the server's own limits.
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
    /// Which database it is, whatever its name. `None`: nobody asked.
    pub database: Option<String>,
    /// The server's; a step's lock timeout has to stay below it.
    pub deadlock_timeout: Duration,
    /// Of the tables that were asked for and are there.
    pub sizes: BTreeMap<QName, Size>,
    /// Foreign tables among the partitions, at every level, by each partitioned table above them.
    pub foreign_partitions: BTreeMap<QName, BTreeSet<QName>>,
    pub rights: Rights,
    /// Of the server. `None`: nobody asked.
    pub roles: Option<BTreeSet<Name>>,
    /// What is granted on objects that the fixing role makes, by their schema (`None`: in any) and kind.
    pub born_with: BTreeMap<(Option<Name>, DefaultPrivilegeKind), BTreeMap<Grantee, Privileges>>,
    /// From one type to another, both without size.
    pub casts: BTreeSet<(String, String)>,
    /// What is in no catalog of ours and stands on objects that are.
    pub standing: BTreeMap<Object, BTreeSet<Standing>>,
    /// Partitions and other inheritance children in schemas that are not watched, by each watched table above them.
    pub strange_heirs: BTreeMap<QName, BTreeSet<QName>>,
    /// Tables that are published with their updates and take none, for want of a replica identity.
    pub unidentified: BTreeSet<QName>,
    /// By the extensions that are there.
    pub extensions: BTreeMap<Name, Ways>,
    /// Nothing, where nobody asked for a fixing role.
    pub application: Application,
}

/// What can be altered of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// It can be moved to another schema.
    pub relocatable: bool,
    /// The versions that it can be updated to. `None`: the server's host has no files of it any more.
    pub updates: Option<BTreeSet<String>>,
    /// The first few objects that are not its own and depend on what is, for people.
    pub standing: Vec<String>,
}

/// What stands on an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// For people.
    pub what: String,
    /// The server builds it again itself where the type of its column changes: a constraint, an index, extended statistics.
    pub follows_type: bool,
    /// It has values of the type: a column, or a type over it.
    pub holds: bool,
}

/// A table's size as the server has it without looking: no row is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// `None`: never analysed.
    pub rows: Option<u64>,
    /// With TOAST, without indexes; 0: there is no page. `None`: it is locked right now, and we wait for nobody.
    pub bytes: Option<u64>,
}

/// What the fixing role may not do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// The role; `None`: nobody asked, and nothing below is known.
    pub role: Option<Name>,
    /// By whom what it may not alter is owned: it is no superuser, and not in that role. Objects of other schemas than
    /// the server's own; types are with domains, routines with aggregates.
    pub relations: BTreeMap<QName, Name>,
    pub types: BTreeMap<QName, Name>,
    pub routines: BTreeMap<Signature, Name>,
    pub schemas: BTreeMap<Name, Name>,
    /// Who sees a part of a table's rows, of it and of those that own tables: row level security applies to them.
    pub policed: BTreeMap<QName, BTreeSet<Name>>,
    /// Schemas in which it may not create.
    pub no_create: BTreeSet<Name>,
    /// It may not create schemas.
    pub no_schemas: bool,
}

impl Rights {
    /// Row level security hides rows of the table from the role.
    pub(super) fn hides(&self, table: &QName, from: &Name) -> bool {
        self.policed.get(table).is_some_and(|roles| roles.contains(from))
    }

    /// Who owns the object, or what it is part of, where the role may not alter it.
    pub(super) fn stranger(&self, object: &Object) -> Option<&Name> {
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
    /// Nothing known, on a server with PostgreSQL's own default.
    fn default() -> Self {
        Self {
            database: None,
            deadlock_timeout: Duration::from_secs(1),
            sizes: BTreeMap::new(),
            foreign_partitions: BTreeMap::new(),
            rights: Rights::default(),
            roles: None,
            born_with: BTreeMap::new(),
            casts: BTreeSet::new(),
            standing: BTreeMap::new(),
            strange_heirs: BTreeMap::new(),
            unidentified: BTreeSet::new(),
            extensions: BTreeMap::new(),
            application: Application::default(),
        }
    }
}
