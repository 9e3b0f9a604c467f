//! The command line's arguments, and the targets that they select.

mod remote;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use secrecy::SecretString;

use crate::daemon::check::{CheckSpec, Known};
use crate::daemon::config::{Config, Log, LogFormat, Target, TokenScope, is_name};
use crate::daemon::expected::ExpectedSource;
use crate::daemon::fix::FixSpec;
use crate::domain::drift::Scope;
use crate::domain::plan::{Hazard, Orphans};
use crate::pg::scratch::ScratchConfig;
use crate::pg::{Guards, Source};
use crate::state::StateLocation;
pub(super) use remote::{
    ApproveArguments, AuditArguments, BeginArguments, CancelArguments, RemediateArguments, ResolveArguments,
    RollbackArguments, ServerArguments,
};

const WHAT: &str = "name what to look at: --config FILE, or --database-url URL (or DATABASE_URL) with --expected \
                    PATH_OR_URL";
const FIX_URL: &str = "SCHEMAWARDEN_FIX_URL";

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
    /// Show what would turn the live schema into the expected one. Exit 0: nothing to do; 1: something; 2: could not tell.
    Plan(PlanArguments),
    /// Carry out a plan, and check that the drift is gone. Exit 0: it is; 1: it is not; 2: could not tell.
    Apply(ApplyArguments),
    /// Put back the values that a plan has replaced, where nobody has changed them since.
    PutBack(PutBackArguments),
    /// Write a schema as JSON, to be used as an expectation where no scratch server is at hand.
    Snapshot(SnapshotArguments),
    /// Let a running daemon carry out a plan: degraded mode, backup, fix, verification, smoke tests.
    Remediate(RemediateArguments),
    /// Let a running daemon take a remediation back.
    Rollback(RollbackArguments),
    /// Let a running daemon stop a remediation, and take back what it has done.
    Cancel(CancelArguments),
    /// Tell a running daemon that you have repaired what a remediation has left to a human: the application may write
    /// again, and is tested.
    Resolve(ResolveArguments),
    /// Let another operator carry out a plan.
    Approve(ApproveArguments),
    /// Show who has commanded what of a running daemon.
    Audit(AuditArguments),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Make credentials for the HTTP API.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Show a living daemon on a throwaway PostgreSQL with an outdated community database.
    Demo(DemoArguments),
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Read the configuration as `serve` would, and say everything that is wrong with it.
    Validate(ConfigArgument),
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token. It is printed once, on standard output, and kept nowhere; what to write into the configuration
    /// goes to standard error, and holds only its hash.
    New(TokenArguments),
}

#[derive(Debug, Args)]
pub(super) struct TokenArguments {
    /// Whose it is; this stands in the audit log.
    #[arg(long, value_parser = token_name)]
    pub(super) name: String,
    /// What it may, separated by commas: `plan` asks for checks and reloads, `apply` changes targets; each includes
    /// those before it.
    #[arg(long, required = true, value_name = "SCOPES", value_delimiter = ',', value_parser = token_scope())]
    pub(super) scope: Vec<TokenScope>,
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

/// Where changes go.
#[derive(Debug, Args)]
pub(super) struct PlaceArguments {
    #[command(flatten)]
    what: TargetArguments,
    /// The live database as the role that may change it, used only while it is changed. Better given as
    /// SCHEMAWARDEN_FIX_URL in the environment.
    #[arg(long, value_name = "URL")]
    fix_url: Option<SecretString>,
    /// Where values are kept before they are changed [default: the configuration's, or schemawarden/state.db in $XDG_STATE_HOME, that is in ~/.local/state]
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

/// What a plan is made from.
#[derive(Debug, Args)]
pub(super) struct FixArguments {
    #[command(flatten)]
    at: PlaceArguments,
    /// What to do about rows that refer to nothing and stand in the way of a foreign key: leave them, or set their
    /// references NULL and keep the old values.
    #[arg(long, value_enum)]
    orphans: Option<OrphansArgument>,
    /// Statements written by hand, to be carried out instead of a plan from the drift.
    #[arg(long, value_name = "FILE")]
    fix: Option<PathBuf>,
    /// What the plan may cost, separated by commas.
    #[arg(long, value_name = "HAZARDS", value_delimiter = ',', value_parser = hazard())]
    allow: Vec<Hazard>,
}

#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    #[command(flatten)]
    pub(super) fix: FixArguments,
    /// `sql` is one script for psql that does the same, and can be run again and again.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub(super) format: PlanFormat,
    /// Apply the plan to a copy of the live schema in scratch, and compare what comes of it.
    #[arg(long)]
    pub(super) rehearse: bool,
}

#[derive(Debug, Args)]
pub(super) struct ApplyArguments {
    #[command(flatten)]
    pub(super) fix: FixArguments,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Carry out this plan and no other: if the live schema or the expectation has moved on, nothing is done.
    #[arg(long, value_name = "ID")]
    pub(super) plan: Option<String>,
    /// Do not ask.
    #[arg(long)]
    pub(super) yes: bool,
    /// Do not apply the plan to a copy of the live schema in scratch first.
    #[arg(long)]
    pub(super) no_rehearse: bool,
    /// Only show what would be done; connect read-only.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct PutBackArguments {
    #[command(flatten)]
    pub(super) at: PlaceArguments,
    /// The plan that has replaced them.
    #[arg(long, value_name = "ID")]
    pub(super) plan: String,
    /// Do not ask.
    #[arg(long)]
    pub(super) yes: bool,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanFormat {
    Text,
    Json,
    Sql,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum OrphansArgument {
    Refuse,
    SetNull,
}

impl From<OrphansArgument> for Orphans {
    fn from(orphans: OrphansArgument) -> Self {
        match orphans {
            OrphansArgument::Refuse => Self::Refuse,
            OrphansArgument::SetNull => Self::SetNull,
        }
    }
}

fn token_scope() -> impl TypedValueParser<Value = TokenScope> {
    let known = TokenScope::ALL.into_iter().map(TokenScope::as_str);
    let scope = |word: String| TokenScope::ALL.into_iter().find(|scope| scope.as_str() == word).ok_or("no such scope");
    PossibleValuesParser::new(known).try_map(scope)
}

fn token_name(text: &str) -> Result<String, &'static str> {
    let rule = "use 1 to 63 lower-case letters, digits, `_` and `-`, starting with a letter or a digit";
    is_name(text).then(|| text.to_owned()).ok_or(rule)
}

fn hazard() -> impl TypedValueParser<Value = Hazard> {
    let known = Hazard::ALL.into_iter().map(Hazard::as_str);
    let hazard = |word: String| Hazard::ALL.into_iter().find(|hazard| hazard.as_str() == word).ok_or("no such hazard");
    PossibleValuesParser::new(known).try_map(hazard)
}

/// Either a configuration file, or one database and one expectation.
#[derive(Debug, Args)]
pub(super) struct TargetArguments {
    /// The configuration file that names the targets.
    #[arg(
        long, value_name = "FILE", conflicts_with_all = ["database_url", "expected", "migrations", "scope", "scratch_url"]
    )]
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
    /// The tool whose migrations these are, e.g. `flyway`, where the folder does not show it; `plain`: no tool's, all are run.
    #[arg(long, value_name = "TOOL", requires = "expected")]
    migrations: Option<String>,
    /// What must match: only what is declared, or the whole schema.
    #[arg(long, value_enum)]
    scope: Option<ScopeArgument>,
    /// A server on which scratch databases may be created and dropped, to evaluate SQL there [default: a private one]
    #[arg(long, value_name = "URL")]
    scratch_url: Option<SecretString>,
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

/// The targets that the arguments select.
pub(super) enum Named {
    Config(Box<Config>, Vec<Target>),
    Database { source: Option<Source>, expected: Option<ExpectedSource>, scope: Scope, scratch: ScratchConfig },
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
        let parse = |text| {
            let expected = ExpectedSource::parse(text, Path::new("."))?;
            self.migrations.as_deref().map_or(Ok(expected.clone()), |tool| expected.read_as(tool))
        };
        let expected = self.expected.as_deref().map(parse);
        let expected = expected.transpose().context("the expectation")?;
        let scratch_url = self.scratch_url.as_ref().map(Source::parse).transpose().context("the scratch server")?;
        let scratch = ScratchConfig { url: scratch_url, ..ScratchConfig::default() };
        Ok(Named::Database { source, expected, scope: self.scope.map(Scope::from).unwrap_or_default(), scratch })
    }
}

impl Named {
    /// The check of each selected target.
    pub(super) fn specs(&self) -> anyhow::Result<Vec<CheckSpec>> {
        match self {
            Self::Config(config, targets) => Ok(targets.iter().map(|target| config.check_spec(target)).collect()),
            Self::Database { source, expected, scope, scratch } => {
                let (Some(source), Some(expected)) = (source, expected) else {
                    bail!(WHAT);
                };
                Ok(vec![CheckSpec {
                    name: source.database().to_owned(),
                    source: source.clone(),
                    guards: Guards::default(),
                    expected: expected.clone(),
                    scratch: scratch.clone(),
                    schemas: None,
                    scope: *scope,
                    policies: Vec::new(),
                    full_read_every: std::time::Duration::ZERO,
                    known: Known::default(),
                }])
            }
        }
    }
}

/// One target, and the login that may change it.
pub(super) struct Place {
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) state: StateLocation,
    pub(super) log: Log,
    named: Named,
}

impl PlaceArguments {
    pub(super) fn place(&self) -> anyhow::Result<Place> {
        let named = self.what.named()?;
        let (name, source, state, log) = match &named {
            Named::Config(config, targets) => {
                let [target] = targets.as_slice() else {
                    bail!("this is for one target, and the configuration has {}: name it with --target", targets.len())
                };
                let source = target.fixing.source.as_ref().unwrap_or(&target.source).clone();
                (target.name.clone(), source, Some(config.state.clone()), config.log.clone())
            }
            Named::Database { source, .. } => {
                let source = source.as_ref().context(WHAT)?;
                let url = std::env::var(FIX_URL).ok().map(SecretString::from);
                let fixing = url.as_ref().map(Source::parse).transpose().context(FIX_URL)?;
                let log = Log { format: LogFormat::Text, level: "info".into() };
                (source.database().to_owned(), fixing.unwrap_or_else(|| source.clone()), None, log)
            }
        };
        let fixing = self.fix_url.as_ref().map(Source::parse).transpose().context("--fix-url")?;
        let state = match (&self.state, state) {
            (Some(file), _) => StateLocation::File(file.clone()),
            (None, Some(configured)) => configured,
            (None, None) => StateLocation::File(users_state()?),
        };
        Ok(Place { name, source: fixing.unwrap_or(source), state, log, named })
    }
}

/// This user's state store, by the XDG Base Directory Specification.
fn users_state() -> anyhow::Result<PathBuf> {
    let named = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = named.or_else(|| Some(std::env::home_dir()?.join(".local/state")));
    let folder = folder.context("there is no home folder to keep values in: name a file with --state")?;
    Ok(folder.join("schemawarden/state.db"))
}

impl FixArguments {
    /// The spec of the plan, and the log settings.
    pub(super) fn spec(&self) -> anyhow::Result<(FixSpec, Log)> {
        let Place { source, state, log, named, .. } = self.at.place()?;
        let (by_hand, orphans) = match &named {
            Named::Config(_, targets) => targets.first().map(|it| (it.fixing.by_hand.clone(), it.fixing.orphans)),
            Named::Database { .. } => None,
        }
        .unwrap_or_default();
        let spec = FixSpec {
            check: named.specs()?.into_iter().next().context(WHAT)?,
            source,
            by_hand: self.fix.clone().or(by_hand),
            orphans: self.orphans.map_or(orphans, Orphans::from),
            only: None,
            owners: Arc::default(),
            state,
        };
        Ok((spec, log))
    }

    pub(super) fn allowed(&self) -> BTreeSet<Hazard> {
        self.allow.iter().copied().collect()
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
