//! Invariants. (Replaced when the counting code is merged.)
use crate::name::{Name, QName};

#[derive(Clone, Debug, PartialEq)]
pub struct Invariant {
    pub name: String,
    pub kind: InvariantKind,
    pub timeout: std::time::Duration,
}

#[derive(Clone, Debug, PartialEq)]
pub enum InvariantKind {
    Reference {
        child: QName,
        columns: Vec<Name>,
        parent: QName,
        parent_columns: Vec<Name>,
        max_dangling: u64,
        max_null: Option<u64>,
        estimate: bool,
    },
    Query {
        sql: String,
        max: u64,
    },
}
