//! Recipes: what is done about a drift, by the kind of object that it is about. Each produces actions; none knows in which
//! order they will run.

pub(in crate::plan) mod column;
pub(in crate::plan) mod comment;
pub(in crate::plan) mod constraint;
pub(in crate::plan) mod defined;
pub(in crate::plan) mod detached;
pub(in crate::plan) mod foreign;
pub(in crate::plan) mod index;
pub(in crate::plan) mod key;
pub(in crate::plan) mod owner;
pub(in crate::plan) mod privilege;
pub(in crate::plan) mod rebuild;
pub(in crate::plan) mod routine;
pub(in crate::plan) mod schema;
pub(in crate::plan) mod sequence;
pub(in crate::plan) mod setting;
pub(in crate::plan) mod stale;
pub(in crate::plan) mod table;
pub(in crate::plan) mod trigger;
pub(in crate::plan) mod types;
pub(in crate::plan) mod view;
