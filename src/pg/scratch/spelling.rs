//! Two spellings of one definition are no drift.
//!
//! PostgreSQL's deparser is not a fixpoint: a CHECK on a varchar, or a view with an unnamed NULL, prints differently
//! after one dump and reload, and some definitions differ between major releases. Where nothing but such text differs,
//! both sides are built once in scratch and read back; what is the same then was the same before. The answer is
//! remembered by a hash of the evidence, because a question about a daemon's every check must be asked once.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::domain::catalog::{Catalog, Kind};
use crate::domain::drift::{self, Scope};
use crate::domain::name::QName;
use crate::domain::report::Drift;
use crate::pg::scratch::rebuild::{Rebuilt, rebuild};
use crate::pg::scratch::{Scratch, ScratchConfig, ScratchError};

const UNTOLD: &str = "perhaps only another spelling: it could not be built in scratch to tell";

/// What has been found out about spellings, for all who compare. Nobody waits here while another one's are built in scratch.
#[derive(Debug, Default)]
pub struct Spellings(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    known: HashMap<String, Answer>,
    learned: Vec<String>,
}

/// What became of a suspect after the round trip.
#[derive(Clone, Debug)]
enum Answer {
    Alike,
    Different,
    /// It could not be built in scratch.
    Undecided,
    /// The same under another name, which is what is left of the drift in scope `whole`.
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
    /// Takes over evidence of sameness that was remembered from earlier runs.
    pub fn remember(&self, alike: impl IntoIterator<Item = String>) {
        self.found().known.extend(alike.into_iter().map(|hash| (hash, Answer::Alike)));
    }

    /// Evidence of sameness that is new since the last call, to be kept.
    pub fn take_learned(&self) -> Vec<String> {
        std::mem::take(&mut self.found().learned)
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops the drift that is only a matter of spelling.
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
            Some(Answer::Undecided) => Some(Drift { detail: format!("{}; {UNTOLD}", found.detail), ..found }),
            Some(Answer::Different) | None => Some(found),
        };
        *drift = std::mem::take(drift).into_iter().zip(evidence).filter_map(answer).collect();
        Ok(())
    }
}

/// Both sides after one round trip through the same server.
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
        let only = needed(expected, suspects);
        let scratch = Scratch::open(scratch).await?;
        let expected = round_trip(&scratch, expected, only.as_ref()).await?;
        let live = round_trip(&scratch, live, only.as_ref()).await?;
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
            // A suspect was missing, and now it has a counterpart; or its name is all that still differs.
            Some(left) if left.change != suspect.change || left.severity < suspect.severity => {
                Answer::Renamed(Box::new(left.clone()))
            }
            Some(_) => Answer::Different,
        }
    }
}

async fn round_trip(
    scratch: &Scratch,
    catalog: &Catalog,
    only: Option<&BTreeSet<QName>>,
) -> Result<Rebuilt, SpellingError> {
    let database = scratch.database().await?;
    let rebuilt = database.bounded(Box::pin(rebuild(&database, catalog, only))).await;
    database.drop().await?;
    Ok(rebuilt??)
}

/// The relations that have to be rebuilt; `None`: all of them, for what may read any.
fn needed(expected: &Catalog, suspects: &[&Drift]) -> Option<BTreeSet<QName>> {
    let mut needed = BTreeSet::new();
    for suspect in suspects {
        match suspect.kind {
            Kind::Column | Kind::Constraint | Kind::Index => needed.extend(relation_of(expected, suspect).cloned()),
            Kind::Domain => {}
            _ => return None,
        }
    }
    // A table's parents come first.
    let mut queue: Vec<QName> = needed.iter().cloned().collect();
    while let Some(relation) = queue.pop().and_then(|name| expected.relations.get(&name)) {
        for parent in relation.parents() {
            if needed.insert(parent.clone()) {
                queue.push(parent.clone());
            }
        }
    }
    Some(needed)
}

/// The relation that the object stands on, or is.
fn relation_of<'c>(catalog: &'c Catalog, drift: &Drift) -> Option<&'c QName> {
    catalog.relations.keys().find(|name| {
        let relation = name.to_string();
        drift.object.strip_prefix(&relation).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// A hash over all that the answer depends on; `None` where a part of it could not be read.
fn hash(drift: &Drift, expected: &Catalog, live: &Catalog) -> Option<String> {
    let side = |catalog: &Catalog| match relation_of(catalog, drift) {
        _ if catalog.defined.contains_key(&drift.subject) => {
            serde_json::to_string(&catalog.defined.get(&drift.subject)).ok()
        }
        Some(name) => serde_json::to_string(&catalog.relations.get(name)).ok(),
        None => {
            let routine = catalog.routines.iter().find(|(signature, _)| signature.to_string() == drift.object);
            let domain = catalog.domains.iter().find(|(name, _)| name.to_string() == drift.object);
            serde_json::to_string(&(routine, domain)).ok()
        }
    };
    let mut hasher = Sha256::new();
    for part in [&*drift.object, drift.kind.as_str(), drift.change.as_str(), &side(expected)?, &side(live)?] {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    Some(format!("{:x}", hasher.finalize()))
}
