//! Random pairs of schemas: one is changed into the other by a plan. For every difference the judge finds the result
//! equal, nothing is left to plan, every row is still there, and the changed database equals a newly built one. Or the
//! plan is blocked, and nothing is done.
//!
//! `make test` tries the same pairs each time. `PAIRS=500 cargo test --test it pairs:: -- --nocapture` tries that many
//! new ones.

mod schema;

use chrono::Utc;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use schemawarden::daemon::fix::{self, FixSpec};
use schemawarden::domain::drift::Scope;
use schemawarden::domain::plan::Orphans;
use schemawarden::pg::scratch::rehearse::Rehearsal;
use tokio_util::sync::CancellationToken;

use crate::support::judge::{self, Side};
use crate::support::{Database, fix_spec, rows_are_kept};

/// Number of pairs in `make test`.
const PAIRS: u32 = 12;

/// The genes of both schemas: the second is a copy of the first with some changes.
fn pairs() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let gene = (any::<u8>(), proptest::option::weighted(0.3, any::<u8>()));
    proptest::collection::vec(gene, schema::GENES).prop_map(|genes| {
        let live = genes.iter().map(|(gene, _)| *gene).collect();
        let expected = genes.iter().map(|(gene, other)| other.unwrap_or(*gene)).collect();
        (live, expected)
    })
}

#[test]
fn any_schema_becomes_any_other() {
    let asked = std::env::var("PAIRS").ok().map(|pairs| pairs.parse().unwrap());
    let config = Config { cases: asked.unwrap_or(PAIRS), max_shrink_iters: 100, ..Config::default() };
    let config = Config { failure_persistence: None, ..config };
    let mut runner = match asked {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let tried = runner.run(&pairs(), |(live, expected)| {
        let (live, expected) = (schema::script(&live), schema::script(&expected));
        runtime
            .block_on(becomes(&live, &expected))
            .map_err(|wrong| TestCaseError::fail(format!("{wrong}\n--- live\n{live}\n--- expected\n{expected}")))
    });
    if let Err(TestError::Fail(reason, _) | TestError::Abort(reason)) = tried {
        panic!("{reason}");
    }
}

async fn becomes(live: &str, expected: &str) -> Result<(), String> {
    let (live, expected) = (Database::with(live), Database::with(expected));
    let was = live.copy();
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.db");
    let spec = FixSpec { orphans: Orphans::SetNull, ..fix_spec(&live, &expected, Scope::Whole, state) };
    let proposal = fix::propose(&spec, Utc::now()).await.map_err(|error| error.to_string())?;
    if let Some(blocked) = proposal.plan.blocked.iter().find(|blocked| !blocked.reason.contains("refuses every UPDATE"))
    {
        return Err(format!("blocked: {blocked:#?}"));
    }
    if !proposal.plan.blocked.is_empty() {
        return Ok(());
    }
    if let Rehearsal::Failed(problems) = proposal.rehearse(&spec).await {
        return Err(format!("rehearsal: {problems:#?}"));
    }
    let applied = fix::apply(&spec, &proposal.plan, &|_| {}, &CancellationToken::new()).await;
    applied.map_err(|error| error.to_string())?;
    let again = fix::propose(&spec, Utc::now()).await.map_err(|error| error.to_string())?;
    if !again.is_settled() {
        let steps: Vec<_> = again.plan.steps().map(|step| &step.action).collect();
        return Err(format!("left: {:#?}\nplanned again: {steps:#?}", again.drift));
    }
    rows_are_kept(&was, &live)?;
    let [live, expected] = [&live, &expected].map(|database| Side::of(&database.url()));
    match judge::difference(&expected, &live) {
        Some(difference) => Err(format!("the judge:\n{difference}")),
        None => Ok(()),
    }
}
