//! Policies. (Replaced when the drift code is merged.)
use crate::catalog::{Kind, Severity};
use crate::report::Change;

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Ignore,
    Severity(Severity),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    pub target: Option<glob::Pattern>,
    pub object: glob::Pattern,
    pub kind: Option<Kind>,
    pub change: Option<Change>,
    pub action: Action,
    pub reason: String,
    pub until: Option<chrono::NaiveDate>,
}
