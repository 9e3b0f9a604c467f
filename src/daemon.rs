//! The daemon: the configuration, the tasks that watch each target, and the tasks that carry out remediations.

pub mod app;
pub mod check;
pub mod clock;
pub mod config;
pub mod expected;
pub mod fix;
pub mod metrics;
pub mod observed;
pub mod remediate;
pub mod telemetry;
pub mod watch;
