//! What may be typed, and what it means: from arguments to targets.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use secrecy::SecretString;

use crate::check::CheckSpec;
use crate::config::{Config, Target};
use crate::drift::Scope;
use crate::expected::ExpectedSource;
use crate::pg::scratch::ScratchConfig;
use crate::pg::{Guards, Source};

/// Keeps production PostgreSQL schemas true.
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Watch the configured targets: metrics, alerts, API.
    Serve(ConfigArgument),
    /// Compare a live schema with what is expected. Exit 0: it holds; 1: drift; 2: could not tell.
    Check(CheckArguments),
    /// Write a schema as JSON, to be used as an expectation where no scratch server is at hand.
    Snapshot(SnapshotArguments),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Show a living daemon on a throwaway PostgreSQL with an outdated community database.
    Demo(DemoArguments),
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Read the configuration as `serve` would, and say everything that is wrong with it.
    Validate(ConfigArgument),
}

#[derive(Debug, Args)]
pub(super) struct ConfigArgument {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    pub(super) config: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// Where the daemon listens; port 0 takes a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9847")]
    pub(super) listen: String,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) what: TargetArguments,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct SnapshotArguments {
    #[command(flatten)]
    pub(super) what: TargetArguments,
    /// Whose schema. Without a live database to look at: the expected one.
    #[arg(long, value_enum)]
    pub(super) of: Option<SnapshotOf>,
    /// Write here instead of to standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SnapshotOf {
    Live,
    Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// Either a configuration file, or one database and one expectation.
#[derive(Debug, Args)]
pub(super) struct TargetArguments {
    /// The configuration file that names the targets.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["database_url", "expected", "scope"])]
    config: Option<PathBuf>,
    /// One target of the configuration; without it: all of them.
    #[arg(long, value_name = "NAME", requires = "config")]
    target: Option<String>,
    /// The live database. Better given as DATABASE_URL in the environment, where the process list does not show it.
    #[arg(long, value_name = "URL")]
    database_url: Option<SecretString>,
    /// What the application needs: a file, glob or folder of SQL, a snapshot (.json), or the URL of a reference database.
    #[arg(long, value_name = "PATH_OR_URL")]
    expected: Option<String>,
    /// What must match: only what is declared, or the whole schema.
    #[arg(long, value_enum)]
    scope: Option<ScopeArgument>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ScopeArgument {
    /// Extra objects are no drift.
    Declared,
    /// Extra objects are drift.
    Whole,
}

impl From<ScopeArgument> for Scope {
    fn from(scope: ScopeArgument) -> Self {
        match scope {
            ScopeArgument::Declared => Self::Declared,
            ScopeArgument::Whole => Self::Whole,
        }
    }
}

/// What the arguments name.
pub(super) enum Named {
    Config(Box<Config>, Vec<Target>),
    Database { source: Option<Source>, expected: Option<ExpectedSource>, scope: Scope },
}

impl TargetArguments {
    pub(super) fn named(&self) -> anyhow::Result<Named> {
        if let Some(path) = &self.config {
            let config = Config::load(path)?;
            let targets = choose(&config, self.target.as_deref())?;
            return Ok(Named::Config(Box::new(config), targets));
        }
        let url = self.database_url.clone().or_else(|| std::env::var("DATABASE_URL").ok().map(SecretString::from));
        let source = url.as_ref().map(Source::parse).transpose().context("the live database")?;
        let expected = self.expected.as_deref().map(|text| ExpectedSource::parse(text, Path::new(".")));
        let expected = expected.transpose().context("the expectation")?;
        Ok(Named::Database { source, expected, scope: self.scope.map(Scope::from).unwrap_or_default() })
    }
}

impl Named {
    /// What to check, one for each target.
    pub(super) fn specs(&self) -> anyhow::Result<Vec<CheckSpec>> {
        match self {
            Self::Config(config, targets) => Ok(targets.iter().map(|target| config.check_spec(target)).collect()),
            Self::Database { source, expected, scope } => {
                let (Some(source), Some(expected)) = (source, expected) else {
                    bail!(
                        "name what to check: --config FILE, or --database-url URL (or DATABASE_URL) with --expected \
                         PATH_OR_URL"
                    );
                };
                Ok(vec![CheckSpec {
                    name: source.database().to_owned(),
                    source: source.clone(),
                    guards: Guards::default(),
                    expected: expected.clone(),
                    scratch: ScratchConfig::default(),
                    schemas: None,
                    scope: *scope,
                    policies: Vec::new(),
                    full_read_every: std::time::Duration::ZERO,
                }])
            }
        }
    }
}

fn choose(config: &Config, name: Option<&str>) -> anyhow::Result<Vec<Target>> {
    let Some(name) = name else { return Ok(config.targets.clone()) };
    match config.targets.iter().find(|target| target.name == name) {
        Some(target) => Ok(vec![target.clone()]),
        None => {
            let known: Vec<_> = config.targets.iter().map(|target| target.name.as_str()).collect();
            bail!("{} has no target `{name}`; it has {}", config.path.display(), known.join(", "))
        }
    }
}
