//! Actions on the world outside the databases. The caller decides what is to be done; an effect only does it.

pub mod backup;
pub mod degrade;
pub mod field;
pub mod notify;
pub mod silence;
pub mod smoke;
pub mod web;
