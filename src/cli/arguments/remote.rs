//! Arguments of the commands to a running daemon.

use std::path::PathBuf;

use clap::Args;
use url::Url;

use super::hazard;
use crate::domain::plan::Hazard;

/// A running daemon. The token is in the environment, as SCHEMAWARDEN_TOKEN, or in a file.
#[derive(Debug, Args)]
pub(in crate::cli) struct ServerArguments {
    /// Where the daemon listens.
    #[arg(long, value_name = "URL", env = "SCHEMAWARDEN_SERVER", default_value = "http://127.0.0.1:9847")]
    pub(in crate::cli) server: Url,
    /// A file that holds the token.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) token_file: Option<PathBuf>,
}

/// A remediation that is to begin.
#[derive(Debug, Args)]
pub(in crate::cli) struct BeginArguments {
    #[command(flatten)]
    pub(in crate::cli) server: ServerArguments,
    /// Why, for those who read it later.
    #[arg(long, default_value = "")]
    pub(in crate::cli) reason: String,
    /// Stay until it has ended, and say what happens. Exit 0: it is done.
    #[arg(long)]
    pub(in crate::cli) follow: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RemediateArguments {
    #[command(flatten)]
    pub(in crate::cli) begin: BeginArguments,
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) target: String,
    /// The plan that you have seen.
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) plan: String,
    /// What the plan may cost, separated by commas.
    #[arg(long, value_name = "HAZARDS", value_delimiter = ',', value_parser = hazard())]
    pub(in crate::cli) allow: Vec<Hazard>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RollbackArguments {
    #[command(flatten)]
    pub(in crate::cli) begin: BeginArguments,
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) remediation: String,
    /// Bring back everything that its backup holds, rows too: what was written since is lost.
    #[arg(long)]
    pub(in crate::cli) from_backup: bool,
    /// What it may cost: only `others_code` is asked for.
    #[arg(long, value_name = "HAZARDS", value_delimiter = ',', value_parser = hazard())]
    pub(in crate::cli) allow: Vec<Hazard>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ResolveArguments {
    #[command(flatten)]
    pub(in crate::cli) begin: BeginArguments,
    /// The remediation that needs a human, and whose work you have repaired.
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) remediation: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CancelArguments {
    #[command(flatten)]
    pub(in crate::cli) server: ServerArguments,
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) remediation: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ApproveArguments {
    #[command(flatten)]
    pub(in crate::cli) server: ServerArguments,
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) target: String,
    /// The plan that you have seen, and somebody else is to carry out.
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) plan: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AuditArguments {
    #[command(flatten)]
    pub(in crate::cli) server: ServerArguments,
    /// Only what was recorded before this number, which stands first in each line.
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) before: Option<u32>,
}
