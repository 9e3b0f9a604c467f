//! Recipes: what is done about drift, by the kind of object. Each produces actions; none knows in which order they will
//! run. Recipes do not call each other: what several of them need is in [`super::step`].

pub(in crate::domain::plan) mod column;
pub(in crate::domain::plan) mod comment;
pub(in crate::domain::plan) mod constraint;
pub(in crate::domain::plan) mod defined;
pub(in crate::domain::plan) mod index;
pub(in crate::domain::plan) mod owner;
pub(in crate::domain::plan) mod privilege;
pub(in crate::domain::plan) mod rebuild;
pub(in crate::domain::plan) mod routine;
pub(in crate::domain::plan) mod schema;
pub(in crate::domain::plan) mod sequence;
pub(in crate::domain::plan) mod stale;
pub(in crate::domain::plan) mod table;
pub(in crate::domain::plan) mod trigger;
pub(in crate::domain::plan) mod types;
pub(in crate::domain::plan) mod view;
