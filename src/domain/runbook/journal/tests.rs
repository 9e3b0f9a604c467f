//! Every path through the runbook, with a crash at every place.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use chrono::DateTime;

use super::*;

const OUTCOMES: [Outcome; 3] = [Outcome::Done, Outcome::Failed, Outcome::Cancelled];

fn entry(seq: usize, what: EntryKind) -> Entry {
    Entry { seq: seq as u64, at: DateTime::UNIX_EPOCH, what }
}

/// Calls `see` with the entries of every complete path.
fn walk(kind: RemediationKind, on_failure: OnFailure, entries: &mut Vec<Entry>, see: &mut impl FnMut(&[Entry], End)) {
    match replay(kind, on_failure, entries).next {
        NextAction::Close(end) => see(entries, end),
        NextAction::Begin(phase) => {
            for outcome in OUTCOMES {
                entries.push(entry(entries.len() + 1, EntryKind::Begun { phase }));
                let detail = String::new();
                entries.push(entry(entries.len() + 1, EntryKind::Ended { phase, outcome, detail }));
                walk(kind, on_failure, entries, see);
                entries.truncate(entries.len() - 2);
            }
        }
        next => panic!("{next:?}"),
    }
}

fn every_path(mut see: impl FnMut(RemediationKind, OnFailure, &[Entry], End)) {
    for kind in [RemediationKind::Apply, RemediationKind::Rollback, RemediationKind::Restore, RemediationKind::Resolve]
    {
        for on_failure in [OnFailure::Rollback, OnFailure::Stop] {
            walk(kind, on_failure, &mut Vec::new(), &mut |entries, end| see(kind, on_failure, entries, end));
        }
    }
}

/// What an earlier remediation has left to a human, as the gate records it.
fn left(degraded: bool) -> Vec<Entry> {
    let since = DateTime::UNIX_EPOCH;
    let unresolved = EntryKind::Noted(Note::Unresolved { remediation: "r1".into() });
    let noted = degraded.then_some(EntryKind::Noted(Note::Degraded { since })).into_iter().chain([unresolved]);
    let gate = [EntryKind::Begun { phase: Phase::Gate }].into_iter().chain(noted);
    let done = EntryKind::Ended { phase: Phase::Gate, outcome: Outcome::Done, detail: String::new() };
    gate.chain([done]).enumerate().map(|(at, what)| entry(at + 1, what)).collect()
}

#[test]
fn only_a_completed_remediation_resolves_an_earlier_one() {
    for (kind, degraded) in [RemediationKind::Apply, RemediationKind::Rollback, RemediationKind::Restore]
        .into_iter()
        .flat_map(|kind| [(kind, false), (kind, true)])
    {
        for on_failure in [OnFailure::Rollback, OnFailure::Stop] {
            walk(kind, on_failure, &mut left(degraded), &mut |entries, end| {
                let walked = outcomes(entries);
                assert!(matches!(end, End::Done | End::NeedsHuman), "{walked:?} ends as {end}");
                // A remediation that has not repaired it does not enable writing.
                let enabled = [Phase::EnableUnchanged, Phase::EnableRolledBack];
                if degraded && end == End::NeedsHuman && kind == RemediationKind::Apply {
                    assert!(!walked.iter().any(|(phase, _)| enabled.contains(phase)), "{walked:?}");
                }
            });
        }
    }
}

fn outcomes(entries: &[Entry]) -> Vec<(Phase, Outcome)> {
    let ended = entries.iter().filter_map(|entry| match &entry.what {
        EntryKind::Ended { phase, outcome, .. } => Some((*phase, *outcome)),
        _ => None,
    });
    ended.collect()
}

#[test]
fn no_path_ends_silently_degraded_or_half_done() {
    let mut paths = 0;
    every_path(|kind, on_failure, entries, end| {
        paths += 1;
        let walked = outcomes(entries);
        let state = replay(kind, on_failure, entries);
        assert!(state.degraded_since.is_none() || end == End::NeedsHuman, "{walked:?} ends degraded as {end}");
        let last = |phases: &[Phase]| walked.iter().rev().find(|(phase, _)| phases.contains(phase)).copied();
        let changed = last(&[Phase::Apply, Phase::Rollback]);
        match (end, kind) {
            (End::Done, RemediationKind::Apply) => {
                assert!(walked.iter().all(|(_, outcome)| *outcome == Outcome::Done), "{walked:?}");
                assert_eq!(walked.last(), Some(&(Phase::Smoke, Outcome::Done)));
            }
            (End::Done, RemediationKind::Rollback | RemediationKind::Restore) | (End::RolledBack, _) => {
                assert_eq!(changed, Some((Phase::Rollback, Outcome::Done)), "{walked:?}");
            }
            (End::Refused, _) => assert_eq!(walked.len(), 1),
            (End::Done, RemediationKind::Resolve) | (End::Abandoned, _) => assert_eq!(changed, None, "{walked:?}"),
            (End::NeedsHuman, _) => {
                let what = walked.last().unwrap();
                assert_ne!(what.1, Outcome::Done, "{walked:?}");
            }
        }
    });
    assert!(paths > 100, "{paths}");
}

/// A phase may notice the cancellation only when it is done.
#[test]
fn after_a_cancellation_a_finished_phase_has_no_successor() {
    every_path(|kind, on_failure, entries, _| {
        for (place, entry) in entries.iter().enumerate() {
            let EntryKind::Ended { phase, outcome: Outcome::Done, .. } = entry.what else { continue };
            let mut wished = entries[..=place].to_vec();
            wished.insert(place, self::entry(place, EntryKind::CancelWanted { by: "alice".into() }));
            let outcome = if phase.can_be_cancelled() { Outcome::Cancelled } else { Outcome::Done };
            let next = match runbook::after(kind, on_failure, Left::Nothing, phase, outcome) {
                Next::Phase(next) => NextAction::Begin(next),
                Next::End(end) => NextAction::Close(end),
            };
            assert_eq!(replay(kind, on_failure, &wished).next, next, "{phase}");
        }
    });
}

#[test]
fn a_cancellation_is_accepted_as_long_as_a_phase_can_stop() {
    every_path(|kind, on_failure, entries, _| {
        let walked = outcomes(entries);
        if walked.iter().all(|(_, outcome)| *outcome == Outcome::Done) {
            let last = walked.iter().rposition(|(phase, _)| phase.can_be_cancelled());
            for (place, (phase, _)) in walked.iter().enumerate() {
                let heeds = runbook::heeds_cancel(kind, on_failure, *phase);
                assert_eq!(heeds, last.is_some_and(|last| place <= last), "{phase} of {walked:?}");
            }
        }
    });
    let back = [Phase::DegradeAgain, Phase::Rollback, Phase::EnableRolledBack, Phase::EnableUnchanged];
    let never = Phase::ALL
        .into_iter()
        .filter(|phase| !runbook::heeds_cancel(RemediationKind::Apply, OnFailure::Rollback, *phase));
    assert_eq!(never.collect::<Vec<_>>(), back);
}

#[test]
fn nothing_changes_before_a_backup() {
    every_path(|_, _, entries, _| {
        let walked = outcomes(entries);
        let place = |phase| walked.iter().position(|(walked, _)| *walked == phase);
        let backed_up = walked.iter().position(|walked| *walked == (Phase::Backup, Outcome::Done));
        for changes in [Phase::Apply, Phase::Rollback] {
            assert!(place(changes).is_none_or(|at| backed_up.is_some_and(|before| before < at)), "{walked:?}");
        }
    });
}

#[test]
fn every_phase_is_reached_once_at_most() {
    let mut reached = std::collections::BTreeSet::new();
    every_path(|_, _, entries, _| {
        let mut phases: Vec<_> = outcomes(entries).into_iter().map(|(phase, _)| phase).collect();
        let all = phases.len();
        phases.sort_unstable();
        phases.dedup();
        assert_eq!(phases.len(), all);
        reached.extend(phases);
    });
    assert_eq!(reached.into_iter().collect::<Vec<_>>(), Phase::ALL);
}

#[test]
fn a_crash_anywhere_repeats_the_phase_or_goes_on() {
    every_path(|kind, on_failure, entries, end| {
        for cut in 0..=entries.len() {
            let next = replay(kind, on_failure, &entries[..cut]).next;
            match (cut.checked_sub(1).map(|last| &entries[last].what), entries.get(cut).map(|next| &next.what)) {
                (Some(EntryKind::Begun { phase }), _) => assert_eq!(next, NextAction::Again(*phase)),
                (_, Some(EntryKind::Begun { phase })) => assert_eq!(next, NextAction::Begin(*phase)),
                _ => assert_eq!(next, NextAction::Close(end)),
            }
        }
        let mut closed = entries.to_vec();
        closed.push(entry(closed.len() + 1, EntryKind::Closed { end }));
        assert_eq!(replay(kind, on_failure, &closed).next, NextAction::Nothing(end));
    });
}

#[test]
fn entries_survive_being_written() {
    let step = StepState::Done { elapsed_ms: 5, rows: 7 };
    for what in [
        EntryKind::Begun { phase: Phase::EnableRolledBack },
        EntryKind::Noted(Note::Lease { until: DateTime::UNIX_EPOCH }),
        EntryKind::Noted(Note::Backup(Backup {
            location: "/a/b".into(),
            bytes: 1,
            sha256: "ab".into(),
            tables: Some(vec![QName::new("public", "Ta\nble")]),
        })),
        EntryKind::Step { number: 1, of: 2, action: "add".into(), state: step },
        EntryKind::Closed { end: End::NeedsHuman },
    ] {
        let written = serde_json::to_string(&entry(3, what.clone())).unwrap();
        assert_eq!(serde_json::from_str::<Entry>(&written).unwrap(), entry(3, what), "{written}");
    }
}

#[test]
fn a_refused_remediation_does_not_change_what_is_left() {
    let begun = |phase| EntryKind::Begun { phase };
    let ended = |phase, outcome| EntryKind::Ended { phase, outcome, detail: String::new() };
    let mut status = RemediationStatus::default();
    let mut learn = |id: &str, what: &[EntryKind]| {
        let entries: Vec<_> = what.iter().enumerate().map(|(at, what)| entry(at + 1, what.clone())).collect();
        status.learn(id, &replay(RemediationKind::Apply, OnFailure::Stop, &entries));
        (
            status.under_way.as_ref().map(|it| it.phase),
            status.degraded.clone().map(|degraded| degraded.remediation),
            status.needs_human.clone(),
        )
    };
    let id = |id: &str| Some(id.to_owned());
    let walked = |phase| [begun(phase), ended(phase, Outcome::Done)];
    let failed = [Phase::Gate, Phase::Degrade, Phase::Backup].map(walked).concat();
    let failed = [failed, vec![begun(Phase::Apply), ended(Phase::Apply, Outcome::Failed)]].concat();
    assert_eq!(learn("1", &failed), (None, id("1"), id("1")));
    // Refused: what the first one has left is unchanged.
    assert_eq!(learn("2", &[]), (Some(Phase::Gate), id("1"), id("1")));
    assert_eq!(learn("2", &[begun(Phase::Gate), ended(Phase::Gate, Outcome::Failed)]), (None, id("1"), id("1")));
    // Running: the application is degraded again, and a human is needed until it has ended.
    let all =
        [Phase::Degrade, Phase::Backup, Phase::Apply, Phase::Verify, Phase::Enable, Phase::Smoke].map(walked).concat();
    let all = [walked(Phase::Gate).to_vec(), all].concat();
    assert_eq!(learn("3", &all[..2]), (Some(Phase::Degrade), id("1"), id("1")));
    assert_eq!(learn("3", &all[..4]), (Some(Phase::Backup), id("3"), id("1")));
    assert_eq!(learn("3", &all), (None, None, None));
    assert_eq!(status.ended, [(End::Done, 1), (End::Refused, 1), (End::NeedsHuman, 1)].into());
}
