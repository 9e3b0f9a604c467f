//! The configuration file as written: its shape and its defaults, one struct per table. `build` interprets and
//! validates it.
//!
//! `Serialize` exists to compare two loads of a target (see `Target::same_as`); nothing is written back.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::NaiveDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

use super::{TokenScope, schedule};
use crate::domain::catalog::{Kind, Severity};
use crate::domain::drift::Scope;
use crate::domain::plan::Orphans;
use crate::domain::report::Change;
use crate::domain::runbook::OnFailure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    #[serde(default)]
    pub server: Server,
    #[serde(default)]
    pub state: State,
    #[serde(default)]
    pub log: Log,
    #[serde(default)]
    pub scratch: Scratch,
    #[serde(default)]
    pub limits: Limits,
    pub alertmanager: Option<Alertmanager>,
    #[serde(default)]
    pub target: Vec<Target>,
    #[serde(default)]
    pub policy: Vec<Policy>,
    #[serde(default)]
    pub token: Vec<Token>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: Option<Spanned<String>>,
    pub external_url: Option<Spanned<String>>,
    pub tls_cert: Option<Spanned<String>>,
    pub tls_key: Option<Spanned<String>>,
    #[serde(default)]
    pub insecure: bool,
    #[serde(default)]
    pub hosts: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub name: Spanned<String>,
    pub sha256: Spanned<String>,
    pub scopes: Spanned<Vec<TokenScope>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct State {
    pub path: Option<Spanned<String>>,
    pub url: Option<Spanned<String>>,
    pub url_file: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Log {
    #[serde(default)]
    pub format: super::LogFormat,
    pub level: Option<Spanned<String>>,
}

#[derive(Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Scratch {
    pub url: Option<Spanned<String>>,
    pub bin_dir: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub max_connections: Option<Spanned<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alertmanager {
    pub urls: Spanned<Vec<Spanned<String>>>,
    pub interval: Option<Spanned<Span>>,
    pub drift_for: Option<Span>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub name: Spanned<String>,
    pub url: Option<Spanned<String>>,
    pub url_file: Option<Spanned<String>>,
    pub password_file: Option<Spanned<String>>,
    pub expected: Spanned<String>,
    pub migrations: Option<Spanned<String>>,
    #[serde(default)]
    pub scope: Scope,
    pub schemas: Option<Spanned<Vec<String>>>,
    pub schedule: Option<Spanned<String>>,
    pub jitter: Option<Spanned<Span>>,
    pub lock_timeout: Option<Spanned<Span>>,
    pub statement_timeout: Option<Spanned<Span>>,
    pub full_read_every: Option<Spanned<Span>>,
    #[serde(default)]
    pub on_failure: OnFailure,
    #[serde(default)]
    pub require_approval: bool,
    pub approval_expires: Option<Spanned<Span>>,
    pub degrade: Option<Spanned<Degrade>>,
    pub backup: Option<Spanned<Backup>>,
    #[serde(default)]
    pub probe: Vec<ProbeFile>,
    pub probe_url: Option<Spanned<String>>,
    pub probe_url_file: Option<Spanned<String>>,
    pub smoke: Option<Spanned<Smoke>>,
    pub fix_url: Option<Spanned<String>>,
    pub fix_url_file: Option<Spanned<String>>,
    pub fix: Option<Spanned<String>>,
    #[serde(default)]
    pub orphans: Orphans,
    #[serde(default)]
    pub invariant: Vec<Invariant>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Invariant {
    pub name: Spanned<String>,
    pub child: Option<Spanned<String>>,
    pub columns: Option<Spanned<Vec<String>>>,
    pub parent: Option<Spanned<String>>,
    pub parent_columns: Option<Spanned<Vec<String>>>,
    pub max_dangling: Option<Spanned<u64>>,
    pub max_null: Option<Spanned<u64>>,
    pub estimate: Option<Spanned<bool>>,
    pub sql: Option<Spanned<String>>,
    pub max: Option<Spanned<u64>>,
    pub schedule: Option<Spanned<String>>,
    pub timeout: Option<Spanned<Span>>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    pub target: Option<Spanned<String>>,
    pub object: Spanned<String>,
    pub kind: Option<Kind>,
    pub change: Option<PolicyChange>,
    pub action: PolicyAction,
    #[serde(default)]
    pub reason: String,
    pub until: Option<NaiveDate>,
}

#[derive(Debug, Deserialize, Serialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum PolicyChange {
    Missing,
    Changed,
    Unexpected,
}

impl From<PolicyChange> for Change {
    fn from(written: PolicyChange) -> Self {
        match written {
            PolicyChange::Missing => Self::Missing,
            PolicyChange::Changed => Self::Changed,
            PolicyChange::Unexpected => Self::Unexpected,
        }
    }
}

#[derive(Debug, Deserialize, Serialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum PolicyAction {
    Ignore,
    Critical,
    Warning,
    Info,
}

impl From<PolicyAction> for crate::domain::drift::policy::Action {
    fn from(written: PolicyAction) -> Self {
        match written {
            PolicyAction::Ignore => Self::Ignore,
            PolicyAction::Critical => Self::Severity(Severity::Critical),
            PolicyAction::Warning => Self::Severity(Severity::Warning),
            PolicyAction::Info => Self::Severity(Severity::Info),
        }
    }
}

/// A duration as people write it: "300ms", "10s", "5m", "1h".
#[derive(Serialize, Clone, Copy)]
pub struct Span(pub Duration);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        schedule::duration(&String::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

#[derive(Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Degrade {
    Command {
        enter: Vec<String>,
        leave: Vec<String>,
        status: Vec<String>,
        timeout: Option<Span>,
        lease: Option<Span>,
    },
    Http {
        enter: Box<Ask>,
        leave: Box<Ask>,
        status: Box<Ask>,
        degraded: Expected,
        lease: Option<Span>,
    },
    Railway {
        token: Option<String>,
        token_file: Option<String>,
        project: String,
        environment: String,
        service: String,
        variable: Option<String>,
        endpoint: Option<String>,
        lease: Option<Span>,
    },
    Database {
        role: String,
        lease: Option<Span>,
    },
}

/// A request as written.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub method: Option<String>,
    pub url: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: Option<String>,
    pub timeout: Option<Span>,
}

/// A field of a JSON answer.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub path: String,
    pub value: serde_json::Value,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    #[serde(default)]
    pub none: bool,
    pub folder: Option<String>,
    pub url: Option<String>,
    pub endpoint: Option<String>,
    pub region: Option<String>,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<String>,
    pub secret_access_key_file: Option<String>,
    #[serde(default)]
    pub what: BackupScope,
    pub jobs: Option<u16>,
    pub keep: Option<u32>,
    pub bin_dir: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupScope {
    #[default]
    Database,
    Tables,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeFile {
    pub name: Spanned<String>,
    pub file: Spanned<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Smoke {
    pub health: Option<String>,
    pub within: Option<Span>,
    #[serde(default)]
    pub request: Vec<SmokeRequest>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SmokeRequest {
    pub name: Spanned<String>,
    pub method: Option<String>,
    pub url: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: Option<String>,
    pub timeout: Option<Span>,
    pub status: Option<u16>,
    pub json: Option<Expected>,
}
