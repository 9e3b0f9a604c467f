//! The report: what one check of one target found, and what is published about a target.
//!
//! These types are the JSON that the command line and the API print. They hold no connection and decide nothing.

mod apart;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::catalog::{Kind, Object, Severity, Unmodelled};

pub use apart::apart;

/// For people: `12 ms`, `3.4 s`.
pub fn elapsed(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        return format!("{} ms", duration.as_millis());
    }
    format!("{:.1} s", duration.as_secs_f32())
}

/// The answer to "is it what it should be?", the best first. Unknown is never healthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Holds,
    /// What is compared holds; there are objects on one side only whose kinds have no model.
    Uncompared,
    Unknown,
    Violated,
}

impl Verdict {
    pub const ALL: [Self; 4] = [Self::Holds, Self::Uncompared, Self::Unknown, Self::Violated];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Uncompared => "uncompared",
            Self::Unknown => "unknown",
            Self::Violated => "violated",
        }
    }

    /// The verdict over several: one violation is a violation, else one unknown is unknown.
    pub fn worst(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().max().unwrap_or(Self::Holds)
    }
}

/// How a live object differs from the expected one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Missing,
    Changed,
    Unexpected,
}

impl Change {
    pub const ALL: [Self; 3] = [Self::Missing, Self::Changed, Self::Unexpected];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::Unexpected => "unexpected",
        }
    }
}

/// One difference between expected and live, on one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Drift {
    /// The object's address, each part quoted where PostgreSQL would: `public.posts.is_hidden`. What stands on a
    /// relation (column, constraint, index, trigger) is addressed through it.
    pub object: String,
    pub kind: Kind,
    pub change: Change,
    pub severity: Severity,
    /// DDL-like text of the expected object; `None` where the object is unexpected.
    pub expected: Option<String>,
    /// DDL-like text of the live object; `None` where the object is missing.
    pub live: Option<String>,
    /// One sentence for a person: what differs, and what follows from it.
    pub detail: String,
    /// When this drift was first seen, kept over restarts; `None` on the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<DateTime<Utc>>,
    /// Kept from an earlier check, because the relation could not be read in this one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub last_known: bool,
    /// Only texts that PostgreSQL's deparser printed differ: perhaps two spellings of one thing.
    #[serde(skip)]
    pub maybe_spelling: bool,
    /// The expected object, or the unexpected one.
    #[serde(skip)]
    pub subject: Object,
    /// The live object that was taken for the expected one, perhaps under another name, where it changed.
    #[serde(skip)]
    pub counterpart: Option<Object>,
}

/// What was counted for one invariant.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InvariantReport {
    pub name: String,
    pub verdict: Verdict,
    /// Rows by reason: `null` and `dangling` for a reference, `rows` for a counting query. Empty while unknown,
    /// unless an earlier count is known.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub counts: BTreeMap<&'static str, u64>,
    /// Rows beyond what the invariant allows.
    pub excess: u64,
    /// The counts were estimated from a sample.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
    /// The referencing relation, for a reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// Why the verdict is unknown, or what the count means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When the counts were taken; invariants have a schedule of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "as_millis", rename = "duration_ms")]
    #[schema(value_type = u64)]
    pub duration: Duration,
}

/// Which way the question "what is there now?" was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    Full,
    /// No catalog row had changed since the last full read.
    Unchanged,
}

/// Where an expectation comes from, and how much it says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Expectation {
    /// Tables, views, types, routines and the like that it has.
    pub objects: usize,
    /// How many it had before it lost most of them; kept until it has them again, or the daemon restarts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objects_before: Option<usize>,
    /// Whose order the files of a folder or a glob were read in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The SQL files that were read, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// SQL files of the folder that were not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<Unread>,
}

/// An SQL file that was not read, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unread {
    pub file: String,
    pub why: String,
}

/// A warning is given when an expectation has less than one in this many of its former objects.
const LOST: usize = 2;

impl Expectation {
    /// Compares with the same target's earlier expectation. Gives whether most of its objects have just disappeared.
    pub fn follow(&mut self, before: &Self) -> bool {
        let had = before.objects_before.unwrap_or(before.objects);
        self.objects_before = (self.objects.saturating_mul(LOST) < had).then_some(had);
        self.objects_before.is_some() && before.objects_before.is_none()
    }

    /// For people: `23 files in Flyway's order`. `None`: nothing to add.
    pub fn note(&self) -> Option<String> {
        let order = self.order.as_ref()?;
        let files = if self.files.len() == 1 { "file" } else { "files" };
        Some(format!("{} {files} in {order}", self.files.len()))
    }

    /// The warning for the operator.
    pub fn loss(&self) -> Option<String> {
        let had = self.objects_before?;
        Some(format!(
            "the expectation has {} objects; it had {had} before: less than one in {LOST} is left. What it has lost is not \
             compared any more",
            self.objects
        ))
    }
}

/// What one check of one target found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Report {
    pub name: String,
    pub verdict: Verdict,
    pub drift: Vec<Drift>,
    pub invariants: Vec<InvariantReport>,
    pub unmodelled: Vec<Unmodelled>,
    /// Of the unmodelled ones, what only one side has: for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncompared: Vec<String>,
    /// Relations that were locked by someone else, as `schema.name`.
    pub busy: Vec<String>,
    /// `[[policy]]` rules with `ignore` whose `until` has passed, by their reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expired_policies: Vec<String>,
    /// Expectations that fight each other, and whatever else an operator should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What it was compared with; `None`: nothing yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expectation: Option<Expectation>,
    /// Why the check could not be carried out; the rest is then what was known before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(serialize_with = "as_millis", rename = "duration_ms")]
    #[schema(value_type = u64)]
    pub duration: Duration,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<Read>,
    pub checked_at: DateTime<Utc>,
    /// The server answered, with a result or an error.
    #[serde(skip)]
    pub reached: bool,
    /// `server_version_num` of the target, once known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_version: Option<u32>,
}

impl Report {
    /// Neither failed nor partial: drift that it does not list does not exist.
    pub fn is_complete(&self) -> bool {
        self.error.is_none() && self.busy.is_empty()
    }

    /// The report of a failed check: unknown.
    pub fn failed(name: &str, error: String, duration: Duration, now: DateTime<Utc>) -> Self {
        Self {
            name: name.to_owned(),
            verdict: Verdict::Unknown,
            drift: Vec::new(),
            invariants: Vec::new(),
            unmodelled: Vec::new(),
            uncompared: Vec::new(),
            busy: Vec::new(),
            expired_policies: Vec::new(),
            warnings: Vec::new(),
            expectation: None,
            error: Some(error),
            duration,
            read: None,
            reached: false,
            checked_at: now,
            server_version: None,
        }
    }
}

/// A plan in short, for those who decide whether to command it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanSummary {
    /// The id that an apply command must give.
    pub id: String,
    /// One line: how many steps, who is stopped for how long, at what cost.
    pub summary: String,
    pub steps: usize,
    /// Problems that must be settled first.
    pub blocked: usize,
    /// What must be allowed by name.
    pub hazards: Vec<&'static str>,
}

impl PlanSummary {
    /// It can be applied at once: no step is blocked, and no hazard has to be allowed.
    pub fn is_ready(&self) -> bool {
        self.steps > 0 && self.blocked == 0 && self.hazards.is_empty()
    }
}

/// The published state of a target: the last one replaces earlier ones, and every reader (page, API, metrics, alerts)
/// sees the same.
#[derive(Clone, Debug)]
pub struct TargetStatus {
    pub name: String,
    /// The database's name.
    pub datname: String,
    pub scope: &'static str,
    /// Where the expectation comes from, without secrets, e.g. `sql`, `snapshot`, `database`.
    pub expected: &'static str,
    /// Seconds between two scheduled checks.
    pub interval: Duration,
    /// Kinds that the expectation declares: their series are exported as zeros.
    pub expected_kinds: Vec<Kind>,
    pub report: Option<Arc<Report>>,
    /// The plan that would end the drift. `None`: there is no drift, or no plan was made for it (yet).
    pub plan: Option<PlanSummary>,
    /// The last attempt reached the server.
    pub up: bool,
    pub last_success: Option<DateTime<Utc>>,
    pub next_check: Option<DateTime<Utc>>,
    pub runs: u64,
    pub failures: u64,
    pub full_reads: u64,
    /// Scheduled checks that did not start, because the one before was still running.
    pub skipped: u64,
}

impl TargetStatus {
    /// The known drift.
    pub fn drift(&self) -> &[Drift] {
        self.report.as_deref().map_or(&[], |report| &report.drift)
    }

    /// At least one check has determined the drift. Otherwise an empty list means nothing.
    pub fn knows_drift(&self) -> bool {
        let compared = |report: &Report| report.error.is_none() || !report.drift.is_empty();
        self.last_success.is_some() || self.report.as_deref().is_some_and(compared)
    }
}

/// The published state of the state store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreStatus {
    /// Without credentials.
    pub place: String,
    /// `None`: it works.
    pub down: Option<Down>,
}

/// The state store does not work, so that nothing it holds is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Down {
    pub since: DateTime<Utc>,
    /// The reason with the next action, for people.
    pub why: String,
}

fn as_millis<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    // Whole milliseconds fit a `u64` for 584 million years.
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
