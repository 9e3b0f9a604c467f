//! Renders objects of a catalog as DDL: what PostgreSQL printed goes back in, in the context (types, columns, functions)
//! that gives it its meaning.
//!
//! Pure. One statement for one object, complete: an object that is built from what stands here reads back as it was.
//! Names are qualified, so that the statements mean the same under `search_path = pg_catalog`. Nothing here asks what
//! exists already or in which order things are built; [`whole`] and [`stand_in`] only put what usually comes first first.

mod comment;
mod defined;
mod member;
mod options;
mod other;
mod privilege;
mod routine;
pub mod skeleton;
mod table;
mod view;
pub mod whole;

pub use comment::comment_on;
pub use defined::{alter_attributes, defined_settings, defined_state, drop_defined, policy_roles, statistics_target};
pub use member::{
    How, add_constraint, attach_index, constraint_triggers, create_index, index_statistics, is_not_enforced,
    trigger_state,
};
pub use options::{column_options, default_storage, set_options};
pub use other::{
    add_domain_check, create_domain, create_enum, create_sequence, identity, identity_word, own_sequence,
    owned_sequence, sequence_parameters, sequence_persistence,
};
pub use privilege::{grant, has_privileges, owner_to, privileges, revoke};
pub use routine::Parts;
pub use table::{
    OfHeir, add_unproven_not_null, cluster_on, column, create_table, of_heir, replica_identity, table_settings,
    unproven_not_nulls,
};
pub use view::{create_view, drop_relation, view_settings};

/// A statement, and the object (see [`crate::domain::report::Drift::object`]) that is not as it should be unless it succeeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    pub object: String,
    pub sql: String,
    pub stage: Stage,
}

/// When it is built, and by whom, where the schema's own code is not to run with anybody's rights but its owner's. A
/// superuser's statements hold names, words and plain texts, and no expression but a publication's row filters, in which
/// PostgreSQL takes nothing that the schema defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Extensions have to be somewhere.
    Schemas,
    /// By a superuser, before there is anything of the schema that their scripts could meet.
    Extensions,
    /// By whoever owns all of it.
    Objects,
    /// Once nothing is built any more that could call them.
    Bodies,
    /// By a superuser: who owns what, what is granted, and what he alone may set.
    Rights,
    /// By a superuser, and last: they would be fired by all that follows.
    EventTriggers,
}

impl Stage {
    /// Whether it takes a superuser.
    pub fn is_superusers(self) -> bool {
        match self {
            Self::Extensions | Self::Rights | Self::EventTriggers => true,
            Self::Schemas | Self::Objects | Self::Bodies => false,
        }
    }
}
