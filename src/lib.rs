//! Schemawarden keeps production PostgreSQL schemas true. (The map of the architecture comes here.)

pub mod app;
pub mod catalog;
pub mod check;
pub mod config;
pub mod conflict;
pub mod drift;
pub mod expected;
pub mod invariant;
pub mod name;
pub mod pg;
pub mod policy;
pub mod render;
pub mod report;
pub mod script;
pub mod spelling;
pub mod state;
pub mod telemetry;
pub mod watch;
