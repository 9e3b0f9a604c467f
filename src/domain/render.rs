//! Renders objects of a catalog as DDL: text that PostgreSQL printed, in the context (types, columns, functions) in
//! which it has the same meaning.
//!
//! Pure. One complete statement for each object: an object that is built by it reads back unchanged. Names are
//! qualified, so that the statements mean the same under `search_path = pg_catalog`. Nothing here asks what exists
//! already or in which order things are built; [`whole`] and [`skeleton`] only sort roughly by dependency.

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
    InheritedSetting, add_unproven_not_null, cluster_on, column, create_table, inherited_settings, replica_identity,
    table_settings, unproven_not_nulls,
};
pub use view::{create_view, drop_relation, view_settings};

/// A statement, and the object (see [`crate::domain::report::Drift::object`]) that is not as expected if the statement
/// fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    pub object: String,
    pub sql: String,
    pub stage: Stage,
}

/// When a statement is run, and by which role, if the schema's own code must run with no rights but its owner's. A
/// superuser's statements contain names, keywords and plain text, and no expressions except the row filters of
/// publications, in which PostgreSQL accepts nothing that the schema defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// First, because extensions need a schema.
    Schemas,
    /// By a superuser, before anything of the schema exists that their scripts could call.
    Extensions,
    /// By the role that owns everything.
    Objects,
    /// After everything that could call them has been built.
    Bodies,
    /// By a superuser: owners, privileges, and settings that only a superuser may change.
    Rights,
    /// By a superuser, and last: every later statement would fire them.
    EventTriggers,
}

impl Stage {
    /// Whether it needs a superuser.
    pub fn is_superusers(self) -> bool {
        match self {
            Self::Extensions | Self::Rights | Self::EventTriggers => true,
            Self::Schemas | Self::Objects | Self::Bodies => false,
        }
    }
}
