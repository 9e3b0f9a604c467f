//! Constructors of steps, with their conditions, locks and requirements, that more than one recipe needs. They read the
//! situation and decide nothing about the plan as a whole; they know no recipe.

pub(in crate::domain::plan) mod again;
pub(in crate::domain::plan) mod column;
pub(in crate::domain::plan) mod comment;
pub(in crate::domain::plan) mod constraint;
pub(in crate::domain::plan) mod defined;
pub(in crate::domain::plan) mod foreign;
pub(in crate::domain::plan) mod index;
pub(in crate::domain::plan) mod key;
pub(in crate::domain::plan) mod name;
pub(in crate::domain::plan) mod owner;
pub(in crate::domain::plan) mod privilege;
pub(in crate::domain::plan) mod reloptions;
pub(in crate::domain::plan) mod routine;
pub(in crate::domain::plan) mod sequence;
pub(in crate::domain::plan) mod trigger;
pub(in crate::domain::plan) mod view;
