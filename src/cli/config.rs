//! `schemawarden config validate`: reads the configuration as `serve` would.

use std::io::Write;

use super::Outcome;
use super::arguments::ConfigArgument;
use crate::config::Config;

pub(super) fn validate(arguments: &ConfigArgument) -> anyhow::Result<Outcome> {
    let config = Config::load_to_serve(&arguments.config)?;
    for warning in &config.warnings {
        writeln!(anstream::stderr(), "warning: {warning}")?;
    }
    let targets: Vec<_> = config.targets.iter().map(|target| target.name.as_str()).collect();
    writeln!(anstream::stdout(), "{} is valid: targets {}", config.path.display(), targets.join(", "))?;
    Ok(Outcome::Well)
}
