//! Remediations in the state store: opened once, written down without gaps, and changed by nobody.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use futures_util::future::join_all;
use schemawarden::domain::name::QName;
use schemawarden::domain::runbook::journal::{Backup, EntryKind, Note, StepState};
use schemawarden::domain::runbook::{End, OnFailure, Outcome, Phase, RemediationKind};
use schemawarden::state::{AuditRecord, Idempotency, Opened, Remediation, State, StateError, StateLocation};

use super::{Store, at, opened, record, remediation};

fn request<'a>(key: &'a str, by: &'a str, request: &'a str) -> Idempotency<'a> {
    Idempotency { key, by, request }
}

async fn ended(state: &State, id: &str, end: End) {
    state.append(id, &EntryKind::Closed { end }, at(9)).await.unwrap();
}

#[tokio::test]
async fn a_remediation_is_kept_as_it_is() {
    for store in Store::both() {
        let state = store.open().await;
        let first = opened(&state, "r1", "a").await;
        ended(&state, "r1", End::NeedsHuman).await;
        let mut back = Remediation { of: Some("r1".into()), plan: String::new(), ..remediation("r2", "a") };
        (back.kind, back.on_failure, back.allowed) = (RemediationKind::Restore, OnFailure::Rollback, BTreeSet::new());
        back.by = "bob\0".into();
        assert_eq!(state.open_remediation(&back, None).await.unwrap(), Opened::New);
        let other = Remediation { kind: RemediationKind::Rollback, ..remediation("r3", "b") };
        assert_eq!(state.open_remediation(&other, None).await.unwrap(), Opened::New);
        state.close().await;

        let state = store.open().await;
        let first = Remediation { end: Some((at(9), End::NeedsHuman)), ..first };
        let back = Remediation { by: "bob\u{fffd}".into(), ..back };
        assert_eq!(state.remediation("r1").await.unwrap(), Some(first.clone()));
        assert_eq!(state.remediation("none").await.unwrap(), None);
        assert_eq!(state.remediations(Some("a"), 9).await.unwrap(), [back.clone(), first]);
        assert_eq!(state.remediations(None, 2).await.unwrap(), [other.clone(), back.clone()]);
        assert_eq!(state.unfinished().await.unwrap(), [back, other]);
    }
}

#[tokio::test]
async fn one_remediation_is_under_way_on_a_target() {
    for store in Store::both() {
        let state = store.open().await;
        opened(&state, "r1", "a").await;
        let (second, key) = (remediation("r2", "a"), Some(request("k", "bob", "01")));
        let refused = state.open_remediation(&second, key).await.unwrap();
        assert_eq!(refused, Opened::UnderWay("r1".into()));
        assert_eq!(state.remediation("r2").await.unwrap(), None);
        opened(&state, "r3", "b").await;
        ended(&state, "r1", End::Done).await;
        // The refusal has not used the key up.
        assert_eq!(state.open_remediation(&second, key).await.unwrap(), Opened::New);
        // An id is given once.
        assert!(state.open_remediation(&remediation("r1", "c"), None).await.is_err());
        assert_eq!(state.remediations(None, 9).await.unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_answered_as_the_first() {
    for store in Store::both() {
        let state = store.open().await;
        let first = remediation("r1", "a");
        let open = async |id: &str, target: &str, request| {
            state.open_remediation(&remediation(id, target), request).await.unwrap()
        };
        let new = state.open_remediation(&first, Some(request("k", "alice", "01"))).await.unwrap();
        assert_eq!(new, Opened::New);
        assert_eq!(open("r2", "a", Some(request("k", "alice", "01"))).await, Opened::Same(Box::new(first.clone())));
        assert_eq!(open("r2", "b", Some(request("k", "alice", "02"))).await, Opened::OtherRequest);
        // Somebody else's key is another key.
        assert_eq!(open("r2", "a", Some(request("k", "bob", "01"))).await, Opened::UnderWay("r1".into()));
        ended(&state, "r1", End::RolledBack).await;
        let first = Remediation { end: Some((at(9), End::RolledBack)), ..first };
        assert_eq!(open("r2", "a", Some(request("k", "alice", "01"))).await, Opened::Same(Box::new(first)));
        assert_eq!(state.remediations(None, 9).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn of_fifty_with_one_key_exactly_one_opens() {
    for store in Store::both() {
        let replicas = [store.open().await, store.open().await];
        let outcomes = join_all((0..50).map(|i| {
            let state = replicas[i % 2].clone();
            tokio::spawn(async move {
                let it = remediation(&format!("r{i}"), "a");
                state.open_remediation(&it, Some(request("k", "alice", "01"))).await.unwrap()
            })
        }));
        let outcomes: Vec<_> = outcomes.await.into_iter().map(Result::unwrap).collect();
        let [one] = &*replicas[0].remediations(None, 99).await.unwrap() else { panic!("not one") };
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Opened::New).count(), 1);
        let same = Opened::Same(Box::new(one.clone()));
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == same).count(), 49, "{outcomes:?}");
    }
}

#[tokio::test]
async fn of_many_operators_at_once_exactly_one_opens() {
    for store in Store::both() {
        let replicas = [store.open().await, store.open().await];
        let outcomes = join_all((0..20).map(|i| {
            let (state, id, key) = (replicas[i % 2].clone(), format!("r{i}"), format!("k{i}"));
            tokio::spawn(async move {
                state.open_remediation(&remediation(&id, "a"), Some(request(&key, "alice", "01"))).await.unwrap()
            })
        }));
        let outcomes: Vec<_> = outcomes.await.into_iter().map(Result::unwrap).collect();
        let [one] = &*replicas[0].unfinished().await.unwrap() else { panic!("not one") };
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Opened::New).count(), 1);
        let under_way = Opened::UnderWay(one.id.clone());
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == under_way).count(), 19, "{outcomes:?}");
    }
}

fn every_entry() -> Vec<EntryKind> {
    let step = |state| EntryKind::Step { number: 1, of: 2, action: "add \"x\"".into(), state };
    let backup = Backup {
        location: "s3://b/p".into(),
        bytes: u64::MAX,
        sha256: "ab".into(),
        tables: Some(vec![QName::new("public", "Po.sts")]),
    };
    vec![
        EntryKind::Begun { phase: Phase::DegradeAgain },
        EntryKind::Ended { phase: Phase::Smoke, outcome: Outcome::Cancelled, detail: "it\nsaid \"no\" \0".into() },
        EntryKind::Noted(Note::Lease { until: at(5) }),
        EntryKind::Noted(Note::Backup(backup)),
        EntryKind::Noted(Note::WayBack { plan: "p".into(), steps: 3 }),
        EntryKind::Noted(Note::Silence { alertmanager: "am".into(), id: "7".into() }),
        step(StepState::Started { attempt: 1 }),
        step(StepState::Skipped),
        step(StepState::Waiting { blockers: vec!["pid 7".into()] }),
        step(StepState::Retrying { reason: "55P03".into() }),
        step(StepState::Done { elapsed_ms: 1, rows: 2 }),
        EntryKind::CancelWanted { by: "bob".into() },
        EntryKind::Closed { end: End::Abandoned },
    ]
}

#[tokio::test]
async fn a_journal_says_what_was_appended_and_ends_once() {
    for store in Store::both() {
        let state = store.open().await;
        opened(&state, "r1", "a").await;
        let mut appended = Vec::new();
        for what in every_entry() {
            // Finer than it is kept.
            let entry = state.append("r1", &what, at(3) + TimeDelta::nanoseconds(4_999_999)).await.unwrap();
            assert_eq!((entry.at, &entry.what), (at(3) + TimeDelta::milliseconds(4), &what));
            appended.push(entry);
        }
        assert_eq!(appended.iter().map(|entry| entry.seq).collect::<Vec<_>>(), (1..=13).collect::<Vec<_>>());
        let late = state.append("r1", &EntryKind::CancelWanted { by: "eve".into() }, at(4)).await;
        assert!(matches!(late, Err(StateError::Ended(_))), "{late:?}");
        let late = state.append("r1", &EntryKind::Closed { end: End::Done }, at(4)).await;
        assert!(matches!(late, Err(StateError::Ended(_))), "{late:?}");
        let lost = state.append("none", &EntryKind::CancelWanted { by: "eve".into() }, at(4)).await;
        assert!(matches!(lost, Err(StateError::NoRemediation(_))), "{lost:?}");
        state.close().await;

        let state = store.open().await;
        assert_eq!(state.journal("r1", 0).await.unwrap(), appended);
        assert_eq!(state.journal("r1", 12).await.unwrap(), appended[12..]);
        assert_eq!(state.journal("r1", u64::MAX).await.unwrap(), []);
        assert_eq!(state.journal("none", 0).await.unwrap(), []);
        let end = state.remediation("r1").await.unwrap().unwrap().end;
        assert_eq!(end, Some((at(3) + TimeDelta::milliseconds(4), End::Abandoned)));
        assert_eq!(state.unfinished().await.unwrap(), []);
    }
}

#[tokio::test]
async fn entries_have_no_gaps_when_replicas_append_at_once() {
    for store in Store::both() {
        let replicas = [store.open().await, store.open().await];
        opened(&replicas[0], "r1", "a").await;
        let appends = (0..40).map(|i| {
            let state = replicas[i % 2].clone();
            let what = EntryKind::CancelWanted { by: format!("{i}") };
            tokio::spawn(async move { state.append("r1", &what, at(1)).await.unwrap() })
        });
        let appended = join_all(appends).await.into_iter().map(|entry| entry.unwrap());
        let appended: BTreeMap<u64, EntryKind> = appended.map(|entry| (entry.seq, entry.what)).collect();
        let kept = replicas[0].journal("r1", 0).await.unwrap();
        assert_eq!(kept.iter().map(|entry| entry.seq).collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>());
        assert!(kept.iter().all(|entry| appended.get(&entry.seq) == Some(&entry.what)));
    }
}

#[tokio::test]
async fn nobody_changes_a_journal_or_the_audit_log() {
    for store in Store::both() {
        let state = store.open().await;
        opened(&state, "r1", "a").await;
        state.append("r1", &EntryKind::CancelWanted { by: "bob".into() }, at(1)).await.unwrap();
        state.audit(&record("x")).await.unwrap();
        let mut meddling = vec![
            "update journal set entry = '{}'",
            "delete from journal",
            "update audit set who = 'x'",
            "delete from audit",
        ];
        match store.location {
            StateLocation::File(_) => {}
            StateLocation::Server(_) => meddling.extend(["truncate journal", "truncate audit"]),
        }
        for sql in meddling {
            let refused = store.meddle(sql).await.unwrap_err().to_string();
            assert!(refused.contains("only grows"), "{sql}: {refused}");
        }
        // A journal keeps its remediation too.
        assert!(store.meddle("delete from remediation").await.is_err());
        assert_eq!(state.journal("r1", 0).await.unwrap().len(), 1);
        assert_eq!(state.audit_log(None, 9).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_document_is_written_once() {
    for store in Store::both() {
        let state = store.open().await;
        opened(&state, "r1", "a").await;
        let long = "{\"ä\\u0000\": 1}\n".repeat(100_000);
        state.keep_document("r1", "plan", &long).await.unwrap();
        state.keep_document("r1", "before", "{}").await.unwrap();
        state.keep_document("r1", "plan", "another").await.unwrap();
        assert_eq!(state.document("r1", "plan").await.unwrap().as_deref(), Some(&*long));
        assert_eq!(state.document("r1", "before").await.unwrap().as_deref(), Some("{}"));
        assert_eq!(state.document("r1", "after").await.unwrap(), None);
        let lost = state.keep_document("none", "plan", "{}").await;
        assert!(matches!(lost, Err(StateError::NoRemediation(_))), "{lost:?}");
    }
}

#[tokio::test]
async fn approvals_expire_and_can_be_renewed() {
    for store in Store::both() {
        let state = store.open().await;
        state.approve("a", "p", "bob", at(10), at(20)).await.unwrap();
        state.approve("a", "p", "carol", at(11), at(21)).await.unwrap();
        state.approve("b", "p", "dave", at(1), at(99)).await.unwrap();
        state.approve("a", "q", "dave", at(1), at(99)).await.unwrap();
        let who = async |now| {
            let approvals = state.approvals("a", "p", at(now)).await.unwrap();
            approvals.into_iter().map(|approval| approval.by).collect::<Vec<_>>()
        };
        assert_eq!(who(19).await, ["bob", "carol"]);
        assert_eq!(who(20).await, ["carol"]);
        assert!(who(21).await.is_empty());
        state.approve("a", "p", "bob", at(30), at(40)).await.unwrap();
        let renewed = state.approvals("a", "p", at(39)).await.unwrap();
        assert_eq!(
            renewed.iter().map(|it| (it.by.as_str(), it.at, it.until)).collect::<Vec<_>>(),
            [("bob", at(30), at(40))]
        );
    }
}

#[tokio::test]
async fn the_audit_log_is_read_backwards_in_parts() {
    for store in Store::both() {
        let state = store.open().await;
        for i in 0..5 {
            state.audit(&record(&format!("POST /{i}"))).await.unwrap();
        }
        let first = state.audit_log(None, 3).await.unwrap();
        assert_eq!(first.iter().map(|it| it.what.as_str()).collect::<Vec<_>>(), ["POST /4", "POST /3", "POST /2"]);
        let rest = state.audit_log(Some(first[2].id), 3).await.unwrap();
        assert_eq!(rest.iter().map(|it| it.what.as_str()).collect::<Vec<_>>(), ["POST /1", "POST /0"]);
        assert_eq!(AuditRecord { id: 0, ..rest[1].clone() }, record("POST /0"));
    }
}
