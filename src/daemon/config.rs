//! The configuration: a TOML file, read and validated as a whole before it is used.
//!
//! A `Config` is valid by construction: schedules have occurrences, globs parse, names are unique. Loading reads files
//! (the configuration and its secret files) and environment variables; it opens no connection.

mod build;
mod builder;
mod place;
mod raw;
mod runbook;
pub mod schedule;
mod secret;
mod server;
mod target;
#[cfg(test)]
mod tests;
mod text;
pub mod token;

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use url::Url;

pub use crate::daemon::telemetry::{Log, LogFormat};
pub use builder::is_name;
pub use runbook::Runbook;
pub use schedule::Schedule;
pub use server::{Server, TlsError, TlsFiles};
pub use token::{Token, TokenScope};

use crate::daemon::check::{CheckSpec, Known};
use crate::daemon::expected::ExpectedSource;
use crate::daemon::fix::FixSpec;
use crate::daemon::remediate;
use crate::domain::alert::Links;
use crate::domain::drift::Scope;
use crate::domain::drift::policy::Policy;
use crate::domain::invariant::Invariant;
use crate::domain::plan::Orphans;
use crate::files;
use crate::pg::scratch::ScratchConfig;
use crate::pg::{Guards, Source};
use crate::state::StateLocation;

/// Everything an operator decides. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file that this was read from.
    pub path: PathBuf,
    pub server: Server,
    pub state: StateLocation,
    pub log: Log,
    pub scratch: ScratchConfig,
    pub limits: Limits,
    pub alertmanager: Option<Alertmanager>,
    pub targets: Vec<Target>,
    pub policies: Vec<Policy>,
    /// Who may command the daemon. Empty: requests are not authenticated, and no target can be changed over HTTP.
    pub tokens: Vec<Token>,
    /// What is valid and probably a mistake, e.g. a secret file that everybody may read.
    pub warnings: Vec<String>,
    /// What is missing or wrong on this host, e.g. a backup folder that does not exist.
    pub unfit: Vec<Problem>,
    /// Caches that the next configuration takes over.
    pub known: Known,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Limit on the connections to all targets together.
    pub max_connections: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alertmanager {
    pub urls: Vec<Endpoint>,
    /// Interval at which firing alerts are sent again.
    pub interval: Duration,
    /// How long drift lasts before it is an alert.
    pub drift_for: Duration,
}

/// A URL that may carry credentials. Neither `Debug` nor `Display` shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// With its credentials: for the HTTP client only.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.0.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = self.0.path().trim_end_matches('/');
        write!(f, "{}://{}{port}{path}", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// One database to watch.
#[derive(Clone, Debug)]
pub struct Target {
    /// Lower-case letters, digits, `_` and `-`; unique.
    pub name: String,
    pub source: Source,
    pub guards: Guards,
    pub expected: ExpectedSource,
    pub scope: Scope,
    /// `None`: every schema that the expectation declares or, in scope `whole`, that exists.
    pub schemas: Option<Vec<String>>,
    pub schedule: Schedule,
    /// Each check starts up to this much after its scheduled time. Always shorter than the schedule's shortest pause.
    pub jitter: Duration,
    pub full_read_every: Duration,
    pub fixing: Fixing,
    pub runbook: Runbook,
    pub invariants: Vec<InvariantConfig>,
    /// A hash over all settings of this target, the contents of its secret files included.
    identity: [u8; 32],
}

impl Target {
    /// Whether `other` has the same settings, so that a reload need not restart the target.
    pub fn same_as(&self, other: &Self) -> bool {
        self.identity == other.identity
    }
}

/// How the target is repaired on an operator's command.
#[derive(Clone, Debug)]
pub struct Fixing {
    /// The role that may change the schema. `None`: the role that watches. Used only while a plan is applied.
    pub source: Option<Source>,
    /// Hand-written statements, instead of a plan made from the drift.
    pub by_hand: Option<PathBuf>,
    pub orphans: Orphans,
}

#[derive(Clone, Debug)]
pub struct InvariantConfig {
    pub invariant: Invariant,
    /// `None`: the target's schedule.
    pub schedule: Option<Schedule>,
}

/// Why a configuration was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {}", .path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}", list(.path, .problems))]
    Invalid { path: PathBuf, problems: Vec<Problem> },
}

/// One problem in the file. Lines and columns count from 1. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

fn list(path: &Path, problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{}:{problem}", path.display())).collect::<Vec<_>>().join("\n")
}

impl Config {
    /// Reads and checks `path` and the secret files it names.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let read = |source| ConfigError::Read { path: path.to_owned(), source };
        let text = files::read_text(path, files::SMALL).map_err(read)?;
        let path = std::path::absolute(path).map_err(read)?;
        build::build(&path, &text, &|name| std::env::var(name).ok(), Utc::now())
            .map_err(|problems| ConfigError::Invalid { path, problems })
    }

    /// The same for the daemon, which also needs the folders that it writes to.
    pub fn load_to_serve(path: &Path) -> Result<Self, ConfigError> {
        let config = Self::load(path)?;
        if config.unfit.is_empty() {
            return Ok(config);
        }
        Err(ConfigError::Invalid { path: config.path, problems: config.unfit })
    }

    /// Links for alerts and for the page.
    pub fn links(&self) -> Links {
        Links { external_url: self.server.external_url.clone(), config_file: self.path.display().to_string() }
    }

    /// Settings of the remediations of `target`.
    pub fn remediation(&self, target: &Target) -> remediate::Settings {
        let Fixing { source, by_hand, orphans } = target.fixing.clone();
        let Runbook { on_failure, approval, switch, lease, backup, probes, probing, smoke } = target.runbook.clone();
        let alertmanagers = self.alertmanager.iter().flat_map(|alertmanager| &alertmanager.urls);
        remediate::Settings {
            fix: FixSpec {
                check: self.check_spec(target),
                source: source.unwrap_or_else(|| target.source.clone()),
                by_hand,
                orphans,
                only: None,
                owners: Arc::default(),
                state: self.state.clone(),
            },
            switch,
            lease,
            backup,
            probes,
            probing,
            invariants: target.invariants.iter().map(|config| config.invariant.clone()).collect(),
            smoke,
            on_failure,
            approval,
            alertmanagers: alertmanagers.map(|endpoint| endpoint.url().clone()).collect(),
        }
    }

    /// Settings of a check of `target`.
    pub fn check_spec(&self, target: &Target) -> CheckSpec {
        let acts = |policy: &&Policy| policy.target.as_ref().is_none_or(|glob| glob.matches(&target.name));
        CheckSpec {
            name: target.name.clone(),
            source: target.source.clone(),
            guards: target.guards,
            expected: target.expected.clone(),
            scratch: self.scratch.clone(),
            schemas: target.schemas.clone(),
            scope: target.scope,
            policies: self.policies.iter().filter(acts).cloned().collect(),
            full_read_every: target.full_read_every,
            known: self.known.clone(),
        }
    }
}
