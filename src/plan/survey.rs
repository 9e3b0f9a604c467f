//! What a planner must know of the server besides the catalogs: sizes, rights, and the server's own limits.
//!
//! Plain data. `pg::survey` fills it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::catalog::Signature;
use crate::name::{Name, QName};

/// See the module's documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The server's; a step's lock timeout has to stay below it.
    pub deadlock_timeout: Duration,
    /// Of the tables that were asked for and are there.
    pub sizes: BTreeMap<QName, Size>,
    pub rights: Rights,
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
    /// Schemas in which it may not create.
    pub no_create: BTreeSet<Name>,
    /// It may not create schemas.
    pub no_schemas: bool,
}

impl Default for Survey {
    /// Nothing known, on a server with PostgreSQL's own default.
    fn default() -> Self {
        Self { deadlock_timeout: Duration::from_secs(1), sizes: BTreeMap::new(), rights: Rights::default() }
    }
}
