//! `schemawarden config validate`: reads the configuration as `serve` would.

use std::io::Write;

use super::arguments::ConfigArgument;
use super::{Outcome, terminal};
use crate::daemon::config::Config;

pub(super) async fn validate(arguments: &ConfigArgument) -> anyhow::Result<Outcome> {
    let config = Config::load_to_serve(&arguments.config)?;
    let scratch = crate::pg::scratch::warning(&config.scratch).await;
    for warning in config.warnings.iter().map(String::as_str).chain(scratch) {
        writeln!(terminal::stderr(), "warning: {warning}")?;
    }
    let targets: Vec<_> = config.targets.iter().map(|target| target.name.as_str()).collect();
    writeln!(terminal::stdout(), "{} is valid: targets {}", config.path.display(), targets.join(", "))?;
    Ok(Outcome::Well)
}
