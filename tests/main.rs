//! Tests on the real things: one PostgreSQL for the run, a database for each test, one file for each outside face.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod adversary;
mod apply;
mod architecture;
mod backup;
mod cli;
mod community;
mod conversions;
mod daemon;
mod degrade;
mod demo;
mod drift_cases;
mod facts;
mod faults;
mod fix;
mod fix_cases;
mod judge;
mod matrix;
mod openapi;
mod pairs;
mod plan_script;
mod practice;
mod probe;
mod reader;
mod remediate;
mod render;
mod state;
mod support;
mod survey;
mod who;
