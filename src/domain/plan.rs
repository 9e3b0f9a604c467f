//! Plans: the ordered steps that turn the live schema into the expected one, as immutable data.
//!
//! A plan leaves no choice to be made later. What was approved, by its [`id`](Plan::id), is what runs, byte for byte.
//! Pure: making a plan asks no server; what has to be counted first is in the plan as [`Requirement`]s, and the caller
//! that has asked them passes the answers to [`Plan::settle`].

mod action;
pub mod application;
pub mod check;
mod code;
pub mod condition;
pub mod context;
mod dependents;
pub mod effect;
mod finish;
pub mod handwritten;
mod lookup;
mod make;
mod namespace;
mod order;
mod planner;
mod questions;
mod recipe;
mod replaced;
mod row_security;
pub mod sample;
pub mod scaffold;
pub mod script;
mod session;
pub mod statement;
mod step;
pub mod survey;
mod temporary_rename;
#[cfg(test)]
mod tests;
pub mod text;
mod type_change;
pub mod undo;
mod words;
mod writes;

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use crate::domain::catalog::Catalog;
use crate::domain::lock::Lock;
use crate::domain::name::{QName, literal};

pub use condition::Condition;
pub use context::Context;
pub use effect::{Effect, Values};
pub use make::make;
pub use planner::Situation;
pub use survey::Survey;
pub use undo::{PutBack, Undo};

/// See the module's documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// A hash of the segments and of the live state that they were made for: 16 hexadecimal digits.
    pub id: String,
    pub segments: Vec<Segment>,
    /// The search path of handwritten statements. `None`: the plan was made from the drift, and its statements qualify
    /// all names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_path: Option<String>,
    /// What blocks the plan. A plan with any of these is not carried out, not even in part.
    pub blocked: Vec<Blocked>,
    /// Contradictory expectations, and whatever else an operator should know.
    pub warnings: Vec<String>,
    /// What must be true before the plan may begin, in addition to the requirements of single steps.
    #[serde(skip)]
    pub requires: Vec<Requirement>,
}

/// Steps that are committed together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Segment {
    Transaction {
        /// Locks that are taken before the steps, parents before children, as the application takes them.
        lock_first: Vec<Lock>,
        steps: Vec<Step>,
    },
    /// A statement that cannot run inside a transaction block, or that commits several times (batches).
    Autocommit { step: Box<Step> },
}

/// One statement, and everything that is known about it in advance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// Its effects. The plan of an earlier version has none.
    #[serde(default)]
    #[schema(value_type = Vec<serde_json::Value>)]
    pub effects: Vec<Effect>,
    /// For people, e.g. `add column public.posts.is_hidden`.
    pub action: String,
    /// Without a semicolon at its end. With [`Work::Batches`] it has parameters.
    pub sql: String,
    /// What holds after the step. If it holds before, nothing is sent. `None`: not known (a handwritten fix).
    #[schema(value_type = Option<String>)]
    pub ensures: Option<Condition>,
    /// Locks on relations stronger than ACCESS SHARE, the strongest on each, sorted.
    pub locks: Vec<Lock>,
    pub work: Work,
    pub limits: Limits,
    /// What it may cost, for which the operator's permission is needed.
    pub hazards: Vec<Cost>,
    /// What must be true of the rows (or of the server) before the plan may begin.
    #[serde(skip)]
    pub requires: Vec<Requirement>,
    /// What must be true of the values, otherwise the step loses data.
    #[serde(skip)]
    pub keeps: Vec<Requirement>,
    /// Sent right before the statement, under its locks and in its session: raises an error if a value would be lost
    /// that did not exist, or was another, when the plan was made. Only a step of a transaction has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<String>,
    /// The session in which it is sent, if it is not our own. Conditions are asked in our own.
    #[serde(default, skip_serializing_if = "Context::is_ours")]
    pub context: Context,
    /// Why no plan can undo it, e.g. because values are lost. `None`: the way back is a plan like this one, made from
    /// the previous schema.
    pub irreversible: Option<String>,
    /// What is done if the rows violate what the step validates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
}

/// What the answer of a question about rows decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// Whether the step can be carried out.
    Rows,
    /// Whether the step silently loses values.
    Values,
}

impl Step {
    /// It is sent outside of any transaction block. For a plan of an earlier version only the SQL text decides.
    pub(crate) fn runs_outside_transaction(&self) -> bool {
        match &self.effects[..] {
            [] => handwritten::runs_outside_transaction(&self.sql),
            effects => effects.contains(&Effect::OutsideTransaction),
        }
    }

    /// What is sent for it in a transaction: its guard, and the statement itself.
    pub(crate) fn statements(&self) -> Vec<String> {
        self.guard.iter().chain([&self.sql]).cloned().collect()
    }
}

/// How much of a table is read or written while the locks are held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Only catalog rows: milliseconds, for a table of any size.
    Metadata,
    /// Reads these tables completely.
    Scan {
        #[schema(value_type = Vec<String>)]
        tables: Vec<QName>,
    },
    /// Rewrites these tables.
    Rewrite {
        #[schema(value_type = Vec<String>)]
        tables: Vec<QName>,
    },
    /// The statement is run once for each range of pages of `table`, each in its own transaction.
    ///
    /// Without `keep` its parameters, of type tid, are `$1` (from, inclusive) and `$2` (to, exclusive). With `keep`,
    /// that query is run first with these two parameters: it locks the rows that are to change, and returns for each
    /// its `ctid::text` and the values to keep, as `jsonb::text`. Once these are stored, the statement is run with the
    /// ctids as `$1`, a tid[].
    Batches {
        #[schema(value_type = String)]
        table: QName,
        keep: Option<String>,
    },
}

/// How long a step may wait and run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Limits {
    #[serde(rename = "lock_timeout_ms", serialize_with = "as_millis", deserialize_with = "from_millis")]
    #[schema(value_type = u64)]
    pub lock_timeout: Duration,
    /// Zero: none.
    #[serde(rename = "statement_timeout_ms", serialize_with = "as_millis", deserialize_with = "from_millis")]
    #[schema(value_type = u64)]
    pub statement_timeout: Duration,
    /// How often it is tried before the plan fails.
    pub attempts: u32,
}

/// What a step may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hazard {
    DataLoss,
    TableRewrite,
    BlockingScan,
    NotReversible,
    /// Runs code of other roles, which could use a superuser's rights.
    OthersCode,
}

impl Hazard {
    pub const ALL: [Self; 5] =
        [Self::DataLoss, Self::TableRewrite, Self::BlockingScan, Self::NotReversible, Self::OthersCode];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::DataLoss => "data_loss",
            Self::TableRewrite => "table_rewrite",
            Self::BlockingScan => "blocking_scan",
            Self::NotReversible => "not_reversible",
            Self::OthersCode => "others_code",
        }
    }
}

impl Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A hazard of one step, with its size from the server's statistics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cost {
    pub hazard: Hazard,
    /// What is lost, rewritten, read or not reversible, e.g. `column public.posts.body`.
    pub what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Some of the values that are lost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sample: Vec<String>,
}

/// Something that must be true before the plan may begin, and the query that decides it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// The object in question, by address.
    pub object: String,
    /// What is wrong if it is not true, e.g. `rows share their key (id)`.
    pub problem: String,
    /// A query that returns one bigint, which must be 0. An error of class 22 (data exception) also means that it does
    /// not hold.
    pub count: String,
    /// A query that returns a few rows of text.
    pub sample: Option<String>,
    /// What a human can do.
    pub advice: String,
}

/// A requirement that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    pub requirement: Requirement,
    pub found: Blocked,
}

/// What was found about a requirement that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Blocked {
    /// The object in question, by address.
    pub object: String,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sample: Vec<String>,
    /// What a human can do.
    pub advice: String,
    /// By which statements, in this order, where they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<String>,
}

/// What to do about dangling references that prevent a foreign key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orphans {
    /// Leave them, and report how many there are: the plan is blocked.
    #[default]
    Refuse,
    /// Keep the old values in the state store, then set them NULL, in batches.
    SetNull,
}

impl Cost {
    pub(crate) fn new(hazard: Hazard, what: impl Into<String>) -> Self {
        Self { hazard, what: what.into(), rows: None, bytes: None, sample: Vec::new() }
    }
}

impl Limits {
    /// For steps that change only catalog rows, under a lock that other sessions wait for: they queue no longer than
    /// the step's lock timeout. It is below the server's default `deadlock_timeout` (1 s), otherwise the deadlock
    /// detector could end the application's transaction instead of ours.
    pub const SHORT: Self = Self::of(Duration::from_millis(300), Duration::from_secs(30), 20);
    /// For steps that read or rewrite a whole table: VALIDATE, ANALYZE, and rewrites that were allowed by name.
    pub const LONG: Self = Self::of(Duration::from_millis(300), Duration::ZERO, 20);
    /// For CONCURRENTLY: it waits for every older snapshot of the database, which counts as waiting for a lock, and no
    /// other session waits for it.
    pub const CONCURRENT: Self = Self::of(Duration::from_mins(30), Duration::ZERO, 3);
    /// For each batch of rows whose old values are restored.
    pub const BATCH: Self = Self::of(Duration::from_millis(300), Duration::from_secs(30), 20);

    const fn of(lock_timeout: Duration, statement_timeout: Duration, attempts: u32) -> Self {
        Self { lock_timeout, statement_timeout, attempts }
    }

    /// The same, with a lock timeout safely below the server's `deadlock_timeout`. Not for [`CONCURRENT`](Self::CONCURRENT).
    pub fn below(self, deadlock_timeout: Duration) -> Self {
        Self { lock_timeout: self.lock_timeout.min(deadlock_timeout / 2), ..self }
    }
}

impl Work {
    /// The tables whose rows are read or written.
    pub(super) fn tables(&self) -> &[QName] {
        match self {
            Self::Metadata => &[],
            Self::Scan { tables } | Self::Rewrite { tables } => tables,
            Self::Batches { table, .. } => std::slice::from_ref(table),
        }
    }
}

impl Segment {
    pub fn steps_mut(&mut self) -> &mut [Step] {
        match self {
            Self::Transaction { steps, .. } => steps,
            Self::Autocommit { step } => std::slice::from_mut(step),
        }
    }

    pub fn steps(&self) -> &[Step] {
        match self {
            Self::Transaction { steps, .. } => steps,
            Self::Autocommit { step } => std::slice::from_ref(step),
        }
    }
}

impl Plan {
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.segments.iter().flat_map(Segment::steps)
    }

    pub fn effects(&self) -> impl Iterator<Item = &Effect> {
        self.steps().flat_map(|step| &step.effects)
    }

    /// Nothing to do, and nothing that blocks it.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.blocked.is_empty()
    }

    /// Its statements were written by hand: neither what they ensure nor all of their locks are known.
    pub fn is_by_hand(&self) -> bool {
        self.search_path.is_some()
    }

    /// It changes rows permanently, after their old values have been kept.
    pub fn keeps_values(&self) -> bool {
        self.steps().any(|step| matches!(step.work, Work::Batches { keep: Some(_), .. }))
    }

    /// How many objects it gives to another owner.
    pub fn owners_given(&self) -> usize {
        self.effects().filter(|effect| matches!(effect, Effect::SetOwner(..))).count()
    }

    /// What has to be asked before the plan may begin, each once, in a session in which values mean the same as in the
    /// session of its step.
    pub fn requirements(&self) -> BTreeSet<(&Requirement, Context, About)> {
        let asked = |step: &'_ Step, it, about| (it, step.context.of_values(), about);
        let of_rows = self.steps().flat_map(|step| step.requires.iter().map(move |it| asked(step, it, About::Rows)));
        let of_values = self.steps().flat_map(|step| step.keeps.iter().map(move |it| asked(step, it, About::Values)));
        let of_plan = self.requires.iter().map(|it| (it, Context::default(), About::Rows));
        of_rows.chain(of_values).chain(of_plan).collect()
    }

    /// Takes the answers, and gives the plan its id again, for the live schema and the database that it was made for. A
    /// requirement that does not hold blocks the plan, or is data that a step loses. One that could not be counted
    /// blocks it.
    pub fn settle(&mut self, unmet: impl IntoIterator<Item = Unmet>, live: &Catalog, database: Option<&str>) {
        for Unmet { requirement, found } in unmet {
            let is_about = |step: &&mut Step| found.rows.is_some() && step.keeps.contains(&requirement);
            let lossy: Vec<_> = self.segments.iter_mut().flat_map(Segment::steps_mut).filter(is_about).collect();
            if lossy.is_empty() {
                self.blocked.push(found);
                continue;
            }
            for step in lossy {
                step.irreversible = Some(format!("{}: what they were is gone", found.reason));
                let cost = Cost::new(Hazard::DataLoss, &*found.reason);
                step.hazards.push(Cost { rows: found.rows, sample: found.sample.clone(), ..cost });
                step.keeps.retain(|kept| *kept != requirement);
                step.guard = step.guard.take().and_then(|_| guard(&step.keeps));
            }
        }
        finish::seal(self, live, database);
    }

    /// Hazards that the operator has not allowed.
    pub fn forbidden<'p>(&'p self, allowed: &'p BTreeSet<Hazard>) -> impl Iterator<Item = (&'p Step, &'p Cost)> {
        let costs = self.steps().flat_map(|step| step.hazards.iter().map(move |cost| (step, cost)));
        costs.filter(|(_, cost)| !allowed.contains(&cost.hazard))
    }
}

/// Raises an error if one of these is not true.
pub(crate) fn guard(keeps: &[Requirement]) -> Option<String> {
    let question = |it: &Requirement| {
        format!(
            "IF ({}) > 0 THEN RAISE EXCEPTION USING ERRCODE = 'data_exception', MESSAGE = {}; END IF;",
            it.count,
            literal(&format!("{}: written after the plan was made, nothing was converted, plan again", it.problem))
        )
    };
    let questions: Vec<_> = keeps.iter().map(question).collect();
    (!questions.is_empty()).then(|| format!("DO {}", literal(&format!("BEGIN {} END", questions.join(" ")))))
}

pub(crate) fn as_millis<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

fn from_millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}
