//! Schemawarden keeps production PostgreSQL schemas true. (The map of the architecture comes here.)

pub mod catalog;
pub mod check;
pub mod conflict;
pub mod drift;
pub mod expected;
pub mod name;
pub mod pg;
pub mod policy;
pub mod render;
pub mod report;
pub mod script;
pub mod spelling;
