//! What is known and what is decided. Pure: no async, no clock, no environment, no SQL client.

pub mod alert;
pub mod catalog;
pub mod confidential;
pub mod drift;
pub mod invariant;
pub mod lock;
pub mod name;
pub mod plan;
pub mod render;
pub mod report;
pub mod runbook;
pub mod script;
