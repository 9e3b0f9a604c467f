//! One check of one target: read, compare, judge. The daemon runs it on a schedule, the command line once.
//!
//! A [`Checker`] keeps what makes the next check cheap: an open connection, the fingerprint of the last read and its
//! result. It never fails: a check that could not be carried out is a report that says so. It counts no rows and
//! persists nothing.
//!
//! [`Checker::check`] may be dropped at any await: the connection in use is closed with it.

mod side;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::daemon::expected::{self, Evaluated, ExpectedError, ExpectedSource};
use crate::daemon::observed::Observed;
use crate::domain::catalog::{Catalog, Kind, Unmodelled};
use crate::domain::drift::policy::{self, Policy};
use crate::domain::drift::{self, Scope};
use crate::domain::plan::scaffold;
use crate::domain::report::{Drift, Expectation, Read, Report, Verdict};
use crate::pg::scratch::spelling::Spellings;
use crate::pg::scratch::{ScratchConfig, refuse_target};
use crate::pg::{self, Guards, Source};
use side::{Look, Side};

/// How thorough a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Ask the cheap questions first.
    Cheap,
    /// An operator asked for it: counters and remembered results are not trusted.
    Full,
}

/// What to check, against what.
#[derive(Clone, Debug)]
pub struct CheckSpec {
    pub name: String,
    pub source: Source,
    pub guards: Guards,
    pub expected: ExpectedSource,
    pub scratch: ScratchConfig,
    /// Only these schemas; `None`: all but the system schemas.
    pub schemas: Option<Vec<String>>,
    pub scope: Scope,
    pub policies: Vec<Policy>,
    /// The longest time for which an unchanged catalog is not read again.
    pub full_read_every: Duration,
    pub known: Known,
}

impl CheckSpec {
    /// What is read of the target, as a key: its database and the schemas.
    pub fn observes(&self) -> String {
        format!("{}\0{}\0{:?}", self.name, self.source.address(), self.schemas)
    }
}

/// What the checks and plans of all targets share: evaluated expectations, live catalogs that differ from them, and known
/// pairs of spellings.
#[derive(Clone, Default)]
pub struct Known {
    pub expectations: expected::Store,
    pub observed: Observed,
    pub spellings: Arc<Spellings>,
}

impl std::fmt::Debug for Known {
    /// Constant, because cached results are not part of what identifies a request.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").finish_non_exhaustive()
    }
}

/// See the module's documentation.
#[derive(Debug)]
pub struct Checker {
    spec: CheckSpec,
    live: Side,
    expected: Expected,
    last: Last,
}

/// The expectation, once it has been evaluated.
#[derive(Debug)]
enum Expected {
    /// Evaluated from files; evaluated again when `digest` changes.
    Files { digest: Option<String>, known: Option<Arc<Evaluated>> },
    /// A reference database, read at every check of the target.
    Database { side: Box<Side>, known: Option<Arc<Evaluated>> },
}

/// Result of the last complete read, before policies.
#[derive(Debug, Default)]
struct Last {
    drift: Vec<Drift>,
    unmodelled: Vec<Unmodelled>,
    uncompared: Vec<String>,
    busy: Vec<String>,
    warnings: Vec<String>,
    expectation: Option<Expectation>,
    server_version: Option<u32>,
}

#[derive(Debug, thiserror::Error)]
enum CheckError {
    #[error(transparent)]
    Target(#[from] pg::Error),
    #[error("the expectation could not be evaluated: {0}")]
    Expected(#[from] ExpectedError),
    #[error("there is no expectation to compare with; the next check evaluates it again")]
    Unevaluated,
    #[error("the reference database could not be read: {0}")]
    Reference(#[source] pg::Error),
}

impl Checker {
    pub fn new(spec: CheckSpec) -> Self {
        let expected = match &spec.expected {
            ExpectedSource::Database(source) => {
                Expected::Database { side: Box::new(Side::new(source.clone(), spec.guards)), known: None }
            }
            ExpectedSource::Sql { .. } | ExpectedSource::Snapshot(_) | ExpectedSource::Before(_) => {
                Expected::Files { digest: None, known: None }
            }
        };
        let live = Side::new(spec.source.clone(), spec.guards);
        Self { spec, live, expected, last: Last::default() }
    }

    /// Whether to stay connected between checks.
    pub fn keeps_connection(&mut self, keep: bool) {
        self.live.keeps_connection(keep);
    }

    /// The kinds of object that the expectation declares; empty before the first check.
    pub fn expected_kinds(&self) -> Vec<Kind> {
        let (Expected::Files { known, .. } | Expected::Database { known, .. }) = &self.expected;
        known.as_ref().map(|known| known.catalog.kinds()).unwrap_or_default()
    }

    /// Carries out one check. `now` is the time of the report, and the time against which `until` of policies is
    /// compared.
    pub async fn check(&mut self, depth: Depth, now: DateTime<Utc>) -> Report {
        let begun = Instant::now();
        let mut reached = false;
        match self.look(depth, &mut reached).await {
            Ok(read) => Report { reached, duration: begun.elapsed(), ..self.report(read, now) },
            Err(error) => {
                Report { reached, ..Report::failed(&self.spec.name, error.to_string(), begun.elapsed(), now) }
            }
        }
    }

    /// The last result with policies applied.
    fn report(&self, read: Read, now: DateTime<Utc>) -> Report {
        let last = &self.last;
        let drift = last.drift.clone();
        let (drift, expired_policies) = policy::apply(&self.spec.policies, &self.spec.name, drift, now.date_naive());
        let verdict = match (drift.is_empty(), last.busy.is_empty(), last.uncompared.is_empty()) {
            (false, _, _) => Verdict::Violated,
            (true, false, _) => Verdict::Unknown,
            (true, true, false) => Verdict::Uncompared,
            (true, true, true) => Verdict::Holds,
        };
        Report {
            name: self.spec.name.clone(),
            verdict,
            drift,
            invariants: Vec::new(),
            unmodelled: last.unmodelled.clone(),
            uncompared: last.uncompared.clone(),
            busy: last.busy.clone(),
            expired_policies,
            warnings: last.warnings.clone(),
            expectation: last.expectation.clone(),
            error: None,
            duration: Duration::ZERO,
            read: Some(read),
            checked_at: now,
            reached: true,
            server_version: last.server_version,
        }
    }

    async fn look(&mut self, depth: Depth, reached: &mut bool) -> Result<Read, CheckError> {
        let spec = &self.spec;
        refuse_target(&spec.scratch, &spec.source, &spec.guards).await.map_err(ExpectedError::from)?;
        let schemas = self.spec.schemas.as_deref();
        // The expectation is loaded first, so that the old one is dropped before a live catalog is in memory as well.
        let expected_is_new = self.expected.look(&self.spec, depth).await;
        let live = self.live.look(depth, self.spec.full_read_every, schemas, reached).await?;
        let expected_is_new = expected_is_new?;
        let live = match live {
            Look::Unchanged if !expected_is_new => return Ok(Read::Unchanged),
            Look::Unchanged => self.live.read(schemas).await?,
            Look::Read(catalog) => *catalog,
        };
        if let Err(error) = self.compare(&live).await {
            self.live.forget();
            return Err(error);
        }
        Ok(Read::Full)
    }

    async fn compare(&mut self, live: &Catalog) -> Result<(), CheckError> {
        let (Expected::Files { known, .. } | Expected::Database { known, .. }) = &self.expected;
        // Without an expectation nothing can hold.
        let evaluated = known.as_ref().map(Arc::clone).ok_or(CheckError::Unevaluated)?;
        let expected = &evaluated.catalog;
        let serving = scaffold::without_stale(live);
        let (mut drift, found) = differences(&self.spec, (expected, &serving)).await;
        for marked in scaffold::marked(live) {
            drift.retain(|it| it.subject != marked.subject);
            drift.push(marked);
        }
        for unfilled in scaffold::unfilled(live) {
            let is_reported = drift.iter().any(|it| it.subject == unfilled.subject);
            if !is_reported && expected.has(&unfilled.subject) {
                drift.push(unfilled);
            }
        }
        let warnings = evaluated.warnings.iter().cloned().chain(found).collect();
        let busy: Vec<String> = live.busy.iter().map(ToString::to_string).collect();
        keep_unknown(&mut drift, &self.last.drift, &busy);
        self.last = Last {
            drift,
            // What only the expectation has is not compared either.
            unmodelled: expected.unmodelled.union(&live.unmodelled).cloned().collect(),
            uncompared: drift::uncompared(expected, live, self.spec.scope),
            busy,
            warnings,
            expectation: Some(evaluated.expectation.clone()),
            server_version: Some(live.server_version),
        };
        if !self.last.busy.is_empty() {
            self.live.forget();
        }
        Ok(())
    }
}

/// The drift before policies and without differences in spelling, and warnings for the operator.
pub(crate) async fn differences(spec: &CheckSpec, (expected, live): (&Catalog, &Catalog)) -> (Vec<Drift>, Vec<String>) {
    let mut drift = drift::compare(expected, live, spec.scope);
    let mut warnings = drift::conflict::conflicts(expected);
    warnings.extend(drift::unsaid(expected, live, spec.scope));
    let spellings = &spec.known.spellings;
    if let Err(error) = spellings.settle(&mut drift, (expected, live), spec.scope, &spec.scratch).await {
        // The difference is kept: a false page is better than missed drift.
        warnings.push(format!("{error}; they are reported as drift"));
    }
    (drift, warnings)
}

impl Expected {
    /// Whether the expectation has changed since the last look.
    async fn look(&mut self, spec: &CheckSpec, depth: Depth) -> Result<bool, CheckError> {
        let schemas = spec.schemas.as_deref();
        match self {
            Self::Files { known: Some(_), .. } if depth == Depth::Cheap => Ok(false),
            Self::Files { digest, known } => {
                // Taken out, so that after a failure the previous expectation is not used.
                let before = known.take();
                let now = spec.expected.digest()?;
                if before.is_some() && *digest == now {
                    *known = before;
                    return Ok(false);
                }
                *known = Some(spec.known.expectations.load(&spec.expected, &spec.scratch, schemas).await?);
                *digest = now;
                Ok(true)
            }
            Self::Database { side, known } => {
                let look = side.look(depth, spec.full_read_every, schemas, &mut false).await;
                match look.map_err(CheckError::Reference)? {
                    Look::Unchanged => Ok(false),
                    Look::Read(new) if new.busy.is_empty() => {
                        *known = None;
                        *known = Some(Arc::new(Evaluated::of(*new, schemas)?));
                        Ok(true)
                    }
                    Look::Read(_) => {
                        side.forget();
                        Err(CheckError::Reference(pg::Error::Contended))
                    }
                }
            }
        }
    }
}

/// Drift of relations that could not be read this time is kept and marked as unknown, so that it resolves no alert.
fn keep_unknown(drift: &mut Vec<Drift>, before: &[Drift], busy: &[String]) {
    let is_busy = |object: &str| {
        busy.iter().any(|relation| {
            object.strip_prefix(relation.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    for old in before.iter().filter(|old| is_busy(&old.object)) {
        if !drift.iter().any(|new| (&new.object, new.kind) == (&old.object, old.kind)) {
            drift.push(Drift { last_known: true, ..old.clone() });
        }
    }
    drift.sort_by(|a, b| (&a.object, a.kind, a.change).cmp(&(&b.object, b.kind, b.change)));
}
