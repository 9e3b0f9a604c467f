//! The text of plans for operators.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::catalog::{Kind, Object, Severity};
use crate::domain::plan::condition::exists;
use crate::domain::plan::{Context, Effect, Limits};
use crate::domain::report::Change;

const LIMITS: Limits =
    Limits { lock_timeout: Duration::from_millis(300), statement_timeout: Duration::from_secs(30), attempts: 50 };

fn posts() -> QName {
    QName::new("public", "posts")
}

fn step(action: &str, sql: &str, locks: &[(&str, LockMode)], work: Work) -> Step {
    Step {
        effects: vec![Effect::Unknown],
        action: action.into(),
        sql: sql.into(),
        ensures: Some(exists(&Object::Table(posts()))),
        locks: locks.iter().map(|(table, mode)| Lock::new(&QName::new("public", *table), *mode)).collect(),
        work,
        limits: LIMITS,
        hazards: Vec::new(),
        requires: Vec::new(),
        keeps: Vec::new(),
        guard: None,
        context: Context::default(),
        irreversible: None,
        undo: None,
    }
}

fn transaction(steps: Vec<Step>) -> Segment {
    Segment::Transaction { lock_first: Vec::new(), steps }
}

fn plan(segments: Vec<Segment>) -> Plan {
    Plan { id: "0123456789abcdef".into(), segments, ..Plan::default() }
}

fn drift(object: &Object) -> Drift {
    Drift {
        object: object.to_string(),
        kind: Kind::Column,
        change: Change::Missing,
        severity: Severity::Critical,
        expected: None,
        live: None,
        detail: "the column does not exist: every query that names it fails".into(),
        first_seen: None,
        last_known: false,
        maybe_spelling: false,
        subject: object.clone(),
        counterpart: None,
    }
}

/// Without colours.
fn shown(plan: &Plan, drift: &[Drift], allowed: &[Hazard]) -> String {
    let size = Size { rows: Some(5_000_000), bytes: Some(420 * 1_024 * 1_024) };
    let (sizes, allowed) = ([(posts(), size)].into(), allowed.iter().copied().collect());
    let text = text(plan, Background { drift, uncompared: &[], sizes: &sizes, allowed: &allowed });
    anstream::adapter::strip_str(&text).to_string()
}

#[test]
fn everything_that_an_operator_needs_to_know() {
    let column = Object::Column(posts(), "is_hidden".into());
    let add = "alter table public.posts add column is_hidden boolean";
    let scan = || Work::Scan { tables: vec![posts()] };
    let index = Step {
        limits: Limits { lock_timeout: Duration::from_mins(30), ..LIMITS },
        ..step("create index", "create index concurrently …", &[("posts", LockMode::ShareUpdateExclusive)], scan())
    };
    let swap = Segment::Transaction {
        lock_first: vec![Lock::new(&posts(), LockMode::ShareRowExclusive)],
        steps: vec![
            step(
                "drop the old key",
                "alter table …\n  drop …",
                &[("reactions", LockMode::AccessExclusive)],
                Work::Metadata,
            ),
            step("rename the new key", "alter table …", &[("reactions", LockMode::AccessExclusive)], Work::Metadata),
        ],
    };
    let orphans = Work::Batches { table: posts(), keep: Some("select …".into()) };
    let repair = step("settle orphans", "update …", &[("posts", LockMode::RowExclusive)], orphans);
    let plan = plan(vec![
        transaction(vec![step(
            "add column public.posts.is_hidden",
            add,
            &[("posts", LockMode::AccessExclusive)],
            Work::Metadata,
        )]),
        Segment::Autocommit { step: Box::new(index) },
        swap,
        Segment::Autocommit { step: Box::new(repair) },
    ]);
    assert_eq!(shown(&plan, &[drift(&column)], &[]), include_str!("example.txt"));
}

#[test]
fn the_longest_stop_is_told() {
    let longest = |segments| summary(&plan(segments), &BTreeSet::new());
    let alter = |work| step("alter it", "alter …", &[("posts", LockMode::AccessExclusive)], work);
    let scan = || Work::Scan { tables: vec![posts()] };
    let validate = || step("validate", "alter …", &[("posts", LockMode::ShareUpdateExclusive)], scan());
    assert_eq!(
        longest(vec![transaction(vec![validate()])]),
        "1 step in 1 transaction; no session is stopped; hazards: none"
    );
    assert!(
        longest(vec![transaction(vec![alter(Work::Metadata)])])
            .contains("no session is stopped for longer than about 300 ms")
    );
    // A lock is held to the end of its transaction.
    assert!(longest(vec![transaction(vec![alter(Work::Metadata), validate()])]).contains("while a table is read"));
    assert!(longest(vec![transaction(vec![validate(), alter(Work::Metadata)])]).contains("about 300 ms"));
    let rewrite = Work::Rewrite { tables: vec![posts()] };
    assert!(longest(vec![transaction(vec![alter(rewrite)])]).contains("while a table is rewritten"));
}

#[test]
fn costs_come_with_the_words_that_allow_them() {
    let cost = |hazard, what: &str| Cost { rows: Some(1_234_567), bytes: Some(9_000), ..Cost::new(hazard, what) };
    let mut drop =
        step("drop column public.posts.body", "alter …", &[("posts", LockMode::AccessExclusive)], Work::Metadata);
    drop.hazards = vec![cost(Hazard::DataLoss, "column public.posts.body"), cost(Hazard::NotReversible, "it")];
    drop.irreversible = Some("what is dropped is gone".into());
    let plan = plan(vec![transaction(vec![drop])]);
    let text = shown(&plan, &[], &[Hazard::NotReversible]);
    for part in [
        "hazards: data_loss,not_reversible (not allowed yet)",
        "cost  data_loss: column public.posts.body (1,234,567 rows, 9000 bytes) (needs --allow data_loss)\n",
        "cost  not_reversible: it (1,234,567 rows, 9000 bytes)\n",
        "undo  impossible: what is dropped is gone\n",
        "to allow what it costs: --allow data_loss\n",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(!shown(&plan, &[], &Hazard::ALL).contains("--allow"));
}

#[test]
fn what_stands_in_the_way_comes_with_numbers_and_advice() {
    let blocked = Blocked {
        object: "public.posts.posts_pkey".into(),
        reason: "rows share their key (id)".into(),
        rows: Some(1),
        sample: vec!["id = 7\u{1b}[2J".into()],
        advice: "merge or delete them".into(),
        statements: Vec::new(),
    };
    let plan = Plan { blocked: vec![blocked], warnings: vec!["a\u{9b}fight".into()], ..plan(Vec::new()) };
    let text = shown(&plan, &[], &[]);
    assert!(text.contains("blocked by 1 problem"), "{text}");
    assert!(
        text.contains("public.posts.posts_pkey: rows share their key (id) (1 row)\n      id = 7\\u{1b}[2J\n    merge")
    );
    assert!(text.contains("warning  a\\u{9b}fight"), "{text}");
}

#[test]
fn nothing_to_do() {
    assert_eq!(shown(&plan(Vec::new()), &[], &[]), "nothing to do: the live schema is what is expected\n");
}

#[test]
fn long_statements_are_cut_and_numbers_grouped() {
    let sql = (1..=20).map(|line| format!("line {line}\u{1b}[31m")).collect::<Vec<_>>().join("\n");
    let text = shown(&plan(vec![transaction(vec![step("create", &sql, &[], Work::Metadata)])]), &[], &[]);
    assert!(text.contains("line 12\\u{1b}[31m\n    … 8 more lines\n") && !text.contains("line 13"), "{text}");
    assert_eq!([0, 999, 1_000, 5_000_000].map(grouped), ["0", "999", "1,000", "5,000,000"]);
    assert_eq!(
        [0, 10_239, 10_240, 420 << 20, 50 << 30].map(bytes),
        ["0 bytes", "10239 bytes", "10 kB", "420 MB", "50 GB"]
    );
}
