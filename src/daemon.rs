//! What runs: the configuration, the tasks that watch each target, and those that carry out a remediation.

pub mod app;
pub mod check;
pub mod clock;
pub mod config;
pub mod expected;
pub mod fix;
pub mod metrics;
pub mod remediate;
pub mod telemetry;
pub mod watch;
