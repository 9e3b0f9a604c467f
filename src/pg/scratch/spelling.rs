//! Two spellings of one definition are no drift.
//!
//! PostgreSQL's deparser is not a fixpoint: a CHECK on a varchar, or a view with an unnamed NULL, prints differently
//! after one dump and reload, and some definitions differ between major releases. If only such text differs, both sides
//! of it, and what they need, are built once in scratch and read back; definitions that are equal then were equal
//! before. The answer is remembered by a hash of the evidence, because a daemon's every check would ask the same
//! question again.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::domain::catalog::{Address, Catalog, Object};
use crate::domain::drift::{self, Scope};
use crate::domain::render::skeleton;
use crate::domain::report::Drift;
use crate::pg::scratch::rebuild::{Rebuilt, rebuild};
use crate::pg::scratch::{Scratch, ScratchConfig, ScratchError};

const UNDECIDED: &str = "possibly only a different spelling: it could not be built in scratch to decide";

/// What is known about spellings, shared by all comparisons. None waits here while another one's are built in scratch.
#[derive(Debug, Default)]
pub struct Spellings(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    known: HashMap<String, Answer>,
    learned: Vec<String>,
}

/// The result of rebuilding a suspect.
#[derive(Clone, Debug)]
enum Answer {
    Alike,
    Different,
    /// It could not be built in scratch.
    Undecided,
    /// The same under another name, which remains as drift in scope `whole`.
    Renamed(Box<Drift>),
}

#[derive(Debug, thiserror::Error)]
pub enum SpellingError {
    #[error("two spellings could not be compared in scratch")]
    Scratch(#[from] ScratchError),
    #[error("two spellings could not be compared in scratch")]
    Server(#[from] crate::pg::Error),
}

impl Spellings {
    /// Takes over evidence of sameness that was stored by earlier runs.
    pub fn remember(&self, alike: impl IntoIterator<Item = String>) {
        self.found().known.extend(alike.into_iter().map(|hash| (hash, Answer::Alike)));
    }

    /// Evidence of sameness that is new since the last call, to be stored.
    pub fn take_learned(&self) -> Vec<String> {
        std::mem::take(&mut self.found().learned)
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops the drift that is only a difference of spelling.
    pub async fn settle(
        &self,
        drift: &mut Vec<Drift>,
        (expected, live): (&Catalog, &Catalog),
        scope: Scope,
        scratch: &ScratchConfig,
    ) -> Result<(), SpellingError> {
        let evidence: Vec<Option<String>> =
            drift.iter().map(|found| found.maybe_spelling.then(|| hash(found, expected, live)).flatten()).collect();
        let unknown: Vec<(&Drift, &String)> = {
            let known = &self.found().known;
            let asked = drift.iter().zip(&evidence).filter_map(|(drift, hash)| Some((drift, hash.as_ref()?)));
            asked.filter(|(_, hash)| !known.contains_key(*hash)).collect()
        };
        if !unknown.is_empty() {
            let suspects: Vec<&Drift> = unknown.iter().map(|(drift, _)| *drift).collect();
            let rebuilt = RebuiltPair::build(scratch, expected, live, scope, &suspects).await?;
            let found = &mut *self.found();
            for (drift, hash) in unknown {
                let answer = rebuilt.answer(drift);
                if matches!(answer, Answer::Alike) {
                    found.learned.push(hash.clone());
                }
                found.known.insert(hash.clone(), answer);
            }
        }
        let known = &self.found().known;
        let answer = |(found, hash): (Drift, Option<String>)| match hash.and_then(|hash| known.get(&hash)) {
            Some(Answer::Alike) => None,
            Some(Answer::Renamed(left)) => Some((**left).clone()),
            Some(Answer::Undecided) => Some(Drift { detail: format!("{}; {UNDECIDED}", found.detail), ..found }),
            Some(Answer::Different) | None => Some(found),
        };
        *drift = std::mem::take(drift).into_iter().zip(evidence).filter_map(answer).collect();
        Ok(())
    }
}

/// Both sides after a rebuild on the same server.
struct RebuiltPair {
    /// Objects that could not be built on both sides.
    failed: BTreeSet<String>,
    /// What still differs.
    drift: Vec<Drift>,
}

impl RebuiltPair {
    async fn build(
        scratch: &ScratchConfig,
        expected: &Catalog,
        live: &Catalog,
        scope: Scope,
        suspects: &[&Drift],
    ) -> Result<Self, SpellingError> {
        let objects = || suspects.iter().flat_map(|drift| [&drift.subject].into_iter().chain(&drift.counterpart));
        let scratch = Scratch::open(scratch).await?;
        let expected = round_trip(&scratch, expected, &skeleton::needed(expected, objects())).await?;
        let live = round_trip(&scratch, live, &skeleton::needed(live, objects())).await?;
        scratch.close().await?;
        let drift = drift::compare(&expected.catalog, &live.catalog, scope);
        Ok(Self { failed: expected.failed.union(&live.failed).cloned().collect(), drift })
    }

    fn answer(&self, suspect: &Drift) -> Answer {
        let concerns = |failed: &String| {
            suspect.object.strip_prefix(failed.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if self.failed.iter().any(concerns) {
            return Answer::Undecided;
        }
        let same_object = |found: &&Drift| found.object == suspect.object && found.kind == suspect.kind;
        match self.drift.iter().find(same_object) {
            None => Answer::Alike,
            // A suspect was missing, and now has a counterpart; or only its name still differs.
            Some(left) if left.change != suspect.change || left.severity < suspect.severity => {
                Answer::Renamed(Box::new(left.clone()))
            }
            Some(_) => Answer::Different,
        }
    }
}

async fn round_trip(scratch: &Scratch, catalog: &Catalog, only: &BTreeSet<Object>) -> Result<Rebuilt, SpellingError> {
    let database = scratch.database().await?;
    let rebuilt = database.bounded(Box::pin(rebuild(&database, catalog, only))).await;
    database.drop().await?;
    Ok(rebuilt??)
}

/// A hash over everything that the answer depends on; `None` if a part of it could not be read.
fn hash(drift: &Drift, expected: &Catalog, live: &Catalog) -> Option<String> {
    let side = |catalog: &Catalog| {
        let subject = &drift.subject;
        let relation = subject.relation().and_then(|name| catalog.relations.get(name));
        match (catalog.defined.get(subject), relation, subject.address()) {
            (Some(defined), _, _) => serde_json::to_string(&Some(defined)).ok(),
            (None, Some(relation), _) => serde_json::to_string(&Some(relation)).ok(),
            (None, None, Address::Routine(signature)) => {
                serde_json::to_string(&catalog.routines.get_key_value(signature)).ok()
            }
            (None, None, Address::Schema(name) | Address::Member(name, _)) => {
                serde_json::to_string(&catalog.domains.get_key_value(name)).ok()
            }
            (None, None, Address::Database(_) | Address::Said(_)) => Some(String::new()),
        }
    };
    let mut hasher = Sha256::new();
    for part in [&*drift.object, drift.kind.as_str(), drift.change.as_str(), &side(expected)?, &side(live)?] {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    Some(format!("{:x}", hasher.finalize()))
}
