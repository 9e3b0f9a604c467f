//! What acts on the world outside the databases. Each effect is told what to do; none of them decides.

pub mod backup;
pub mod degrade;
pub mod field;
pub mod notify;
pub mod silence;
pub mod smoke;
pub mod web;
