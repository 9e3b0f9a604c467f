//! Schemawarden keeps production PostgreSQL schemas true. (The map of the architecture comes here.)

pub mod alert;
pub mod app;
pub mod catalog;
pub mod check;
pub mod cli;
pub mod config;
pub mod conflict;
pub mod drift;
pub mod effect;
pub mod expected;
#[cfg(test)]
mod fixture;
pub mod http;
pub mod invariant;
pub mod metrics;
pub mod name;
pub mod pg;
pub mod policy;
pub mod render;
pub mod report;
pub mod script;
pub mod serve;
pub mod spelling;
pub mod state;
pub mod telemetry;
pub mod watch;
