//! Plans of small catalogs, made in memory: `tests/cases.txt` contains each as a diff of two schemas and the resulting
//! plan. `SCHEMAWARDEN_BLESS=1` writes the current plans.
//!
//! Each plan is made twice, the second time from steps with identical titles and with other white space in their SQL:
//! both must be the same plan.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod schema;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use super::action::Action;
use super::scaffold::Scaffolds;
use super::survey::Survey;
use super::{Effect, Orphans, Plan, Segment, Situation, Values, make};
use crate::domain::catalog::Catalog;
use crate::domain::drift::{Scope, compare};

const CASES: &str = include_str!("tests/cases.txt");

thread_local! {
    static REWORDING: Cell<bool> = const { Cell::new(false) };
}

/// Used while a plan is made for comparison: changes the texts of the steps of each added action.
pub(super) fn reworded(mut action: Action) -> Action {
    if REWORDING.get() {
        for step in action.segments.iter_mut().flat_map(Segment::steps_mut) {
            step.action = "x".into();
            step.sql = step.sql.split(' ').collect::<Vec<_>>().join("  ");
        }
    }
    action
}

fn planned(live: &Catalog, expected: &Catalog) -> Plan {
    let drift = compare(expected, live, Scope::Whole);
    let survey = Survey { deadlock_timeout: Duration::from_secs(1), ..Survey::default() };
    make(&Situation {
        expected,
        live,
        drift: &drift,
        scope: Scope::Whole,
        orphans: Orphans::Refuse,
        survey: &survey,
        scaffolds: &Scaffolds::default(),
        owners: &BTreeMap::new(),
    })
}

/// A line for each segment, and for each problem.
fn plan_lines(plan: &Plan) -> Vec<String> {
    let mut lines: Vec<String> = plan.segments.iter().map(segment).collect();
    lines.extend(plan.blocked.iter().map(|it| format!("blocked: {}", it.reason)));
    lines.extend(plan.warnings.iter().map(|it| format!("warning: {it}")));
    lines.iter().map(|line| line.replace("public.", "")).collect()
}

fn segment(segment: &Segment) -> String {
    let steps = segment.steps().iter().map(|step| {
        let mut line = step.effects.iter().map(effect).collect::<Vec<_>>().join(" & ");
        let hazards: Vec<_> = step.hazards.iter().map(|cost| cost.hazard.as_str()).collect();
        if !hazards.is_empty() {
            line.push_str(&format!(" [{}]", hazards.join(", ")));
        }
        line
    });
    steps.collect::<Vec<_>>().join(" + ")
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Create(it) => format!("create {} {it}", it.word()),
        Effect::AddNotValid(it) => format!("add {} {it} not valid", it.word()),
        Effect::Replace(it) => format!("replace {} {it}", it.word()),
        Effect::Alter(it) => format!("alter {} {it}", it.word()),
        Effect::Convert(it) => format!("convert {it}"),
        Effect::Drop(it, Values::Lost) => format!("drop {} {it} and its values", it.word()),
        Effect::Drop(it, Values::Computed) => format!("drop computed {} {it}", it.word()),
        Effect::Drop(it, Values::Own | Values::None) => format!("drop {} {it}", it.word()),
        Effect::Rename(it, to) => format!("rename {} {it} to {}", it.word(), to.name()),
        Effect::Supersede(it, by) => format!("drop {} {it} for {}", it.word(), by.name()),
        Effect::Validate(it) => format!("validate {it}"),
        Effect::Rebuild(it) => format!("rebuild {it}"),
        Effect::Attach(to, it) => format!("attach {it} to {to}"),
        Effect::Detach(from, it) => format!("detach {it} from {from}"),
        Effect::SetOwner(it, owner) => format!("give {it} to {owner}"),
        Effect::SetPrivileges(it, grantee) => format!("grant {it} to {grantee}"),
        Effect::SetValue(it) => format!("set {it}"),
        Effect::WriteRows(table) => format!("write {table}"),
        Effect::Analyze(table) => format!("analyze {table}"),
        Effect::OutsideTransaction => "alone".into(),
        Effect::Unknown => "unknown".into(),
    }
}

/// The parts of a plan that must not depend on texts.
fn decisions(plan: &Plan) -> Vec<String> {
    let mut plan = plan.clone();
    for step in plan.segments.iter_mut().flat_map(Segment::steps_mut) {
        step.action = "x".into();
        step.sql = String::new();
    }
    format!("{:#?}", Plan { id: String::new(), ..plan }).lines().map(str::to_owned).collect()
}

#[test]
fn plans_of_small_catalogs() {
    let (mut is, mut cases) = (String::new(), 0);
    for case in CASES.split("\n\n").map(str::trim).filter(|case| !case.is_empty()) {
        let (title, lines) = case.split_once('\n').unwrap_or((case, ""));
        let lines: Vec<_> = lines.lines().filter(|line| !line.starts_with('=')).collect();
        let of = |side: char| {
            let lines = lines.iter().filter_map(|line| line.strip_prefix([side, ' ']));
            schema::read(lines).unwrap_or_else(|line| panic!("{title}: {line}"))
        };
        let (live, expected) = (of('-'), of('+'));
        let plan = planned(&live, &expected);
        REWORDING.set(true);
        let again = planned(&live, &expected);
        REWORDING.set(false);
        let (decided, again) = (decisions(&plan), decisions(&again));
        let differs = decided.iter().zip(&again).position(|(a, b)| a != b);
        assert_eq!(differs.map(|at| (&decided[at], &again[at])), None, "{title}: with other words it is another plan");
        assert_eq!(decided.len(), again.len(), "{title}: with other words it is another plan");
        let does = plan_lines(&plan).into_iter().map(|line| format!("= {line}"));
        let lines = lines.into_iter().map(str::to_owned).chain(does);
        is.push_str(&format!("{title}\n{}\n\n", lines.collect::<Vec<_>>().join("\n")));
        cases += 1;
    }
    if std::env::var_os("SCHEMAWARDEN_BLESS").is_some() {
        std::fs::write(
            concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain/plan/tests/cases.txt"),
            is.trim_end().to_owned() + "\n",
        )
        .unwrap();
    } else {
        assert_eq!(is.trim_end(), CASES.trim_end());
    }
    assert!(cases >= 60, "{cases}");
}
