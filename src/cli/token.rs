//! `schemawarden token new`: credentials for the HTTP API. The token itself is shown once and kept nowhere.

use std::io::Write;

use anyhow::Context;
use secrecy::ExposeSecret;

use super::arguments::TokenArguments;
use super::{Outcome, terminal};
use crate::daemon::config::token;

pub(super) fn new(arguments: &TokenArguments) -> anyhow::Result<Outcome> {
    let (token, hash) = token::fresh().context("the system gives no random bytes")?;
    let scopes: Vec<_> = arguments.scope.iter().map(|scope| format!("\"{}\"", scope.as_str())).collect();
    writeln!(terminal::stdout(), "{}", token.expose_secret())?;
    writeln!(
        terminal::stderr(),
        "This is the only time that the token is shown. Add its hash to the configuration, and reload it:\n\n\
         [[token]]\nname = \"{}\"\nsha256 = \"{hash}\"\nscopes = [{}]",
        arguments.name,
        scopes.join(", ")
    )?;
    Ok(Outcome::Well)
}
