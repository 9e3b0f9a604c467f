//! What must be true of a case.

use schemawarden::daemon::fix::Proposal;
use schemawarden::domain::plan::{Cost, Hazard, Step};
use serde_json::Value;

use super::case::{Answer, Case, Site, Standard};
use super::steps::steps;
use super::{SCRIPT, STEPS};

/// What is not true.
type Proof = Result<(), String>;

/// How much is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The plan alone.
    Planned,
    /// And all that it does; on the way it is killed twice.
    Proven,
    /// Killed at every place.
    Exhaustive,
}

pub fn prove(case: &Case, depth: Depth) -> Proof {
    let site = case.site();
    if let Some(told) = case.text("blocked.txt") {
        return blocked(case, &site, &told);
    }
    let (proposal, script) = site.plan();
    case.golden("drift.txt", &drift(case, &proposal))?;
    let (head, steps_of_script) = parts_of_script(&script, &proposal.plan.id);
    case.printed(STEPS, &steps(&proposal.plan, &head))?;
    if case.text(SCRIPT).is_some() {
        case.printed(SCRIPT, &format!("{head}\n\n{steps_of_script}"))?;
        by_the_program(&site, &proposal, &script)?;
    }
    if depth == Depth::Planned {
        return Ok(());
    }
    let plan = json_of(&proposal.plan);
    let segments: Vec<Segment> = array(&plan["segments"]).iter().map(Segment::of).collect();
    let standard = site.standard();
    by_psql(&site, &standard, &script)?;
    killed(&site, &standard, &places(&segments, depth))?;
    applied(case, &site, &standard, &proposal)
}

/// The program as it is shipped makes the same script.
fn by_the_program(site: &Site, proposal: &Proposal, script: &str) -> Proof {
    let answer = site.run(&site.live, &["plan", "--format", "sql"]);
    // There are cases without drift, too.
    if answer.code != Some(i32::from(!proposal.drift.is_empty())) || answer.out != script {
        return Err(format!("plan: {}", answer.all()));
    }
    Ok(())
}

/// The plan says so, and nothing changes.
fn blocked(case: &Case, site: &Site, told: &str) -> Proof {
    let proposal = site.plan().0;
    case.golden("drift.txt", &drift(case, &proposal))?;
    let before = site.live.catalog_rows();
    let answer = site.run(&site.live, &["apply", "--yes"]);
    if answer.code != Some(1) || !(answer.out.contains("\nblocked: ") || answer.out.contains(" --allow ")) {
        return Err(format!("it is not blocked: {}", answer.all()));
    }
    if let Some(line) = told.lines().find(|line| !answer.out.contains(line)) {
        return Err(format!("it does not say `{line}`: {}", answer.all()));
    }
    unchanged(site, &before, "a blocked plan")?;
    let statements: Vec<_> = proposal.plan.blocked.iter().flat_map(|it| it.statements.clone()).collect();
    if statements.is_empty() { Ok(()) } else { by_hand(site, &(statements.join(";\n") + ";\n")) }
}

/// The statements that a blocked plan has for a human end the drift.
fn by_hand(site: &Site, statements: &str) -> Proof {
    site.psql(&site.live, statements).well("the statements")?;
    let answer = site.run(&site.live, &["check"]);
    if answer.code == Some(0) { Ok(()) } else { Err(format!("by hand: {}\n{statements}", answer.all())) }
}

/// Carried out by the program, which finds nothing left then, and nothing to do.
fn applied(case: &Case, site: &Site, standard: &Standard, proposal: &Proposal) -> Proof {
    let apply = ["apply", "--yes", "--format", "json"];
    let unrehearsed = case.text("unrehearsed");
    if let Some(why) = &unrehearsed {
        let refused = json(&site.run(&site.live, &apply))?;
        let reason = refused["reason"].as_str().unwrap_or_default();
        if refused["outcome"] != "unrehearsed" || !reason.contains(why.trim()) {
            return Err(format!("apply without a rehearsal: {refused}"));
        }
    }
    let first: &[&str] = if unrehearsed.is_some() { &["--no-rehearse"] } else { &[] };
    let first = site.run(&site.live, &[&apply[..], first].concat()).well("apply")?;
    let said = json(&first)?;
    let ended = [&said["outcome"], &said["rehearsal"]["outcome"]].map(|outcome| outcome.as_str().unwrap_or_default());
    let rehearsed = if unrehearsed.is_some() { "" } else { "passed" };
    if ended != ["converged", rehearsed] && ended != ["nothing_to_do", ""] {
        return Err(format!("apply: {}, rehearsal: {}", said["outcome"], said["rehearsal"]));
    }
    if said["plan"]["id"] != proposal.plan.id {
        return Err(format!("the program makes another plan: {}", said["plan"]));
    }
    let before = site.live.catalog_rows();
    // That there is no drift, and nothing to do.
    let again = site.run(&site.live, &apply).well("apply again")?;
    if json(&again)?["outcome"] != "nothing_to_do" {
        return Err(format!("apply again: {}", again.all()));
    }
    unchanged(site, &before, "a second run")?;
    // The probe writes.
    let database = site.copy();
    site.judge(&site.live, standard)?;
    if !case.keeps_rows() || proposal.plan.steps().any(is_lost) {
        return Ok(());
    }
    site.take_back(&database, proposal, standard).map_err(|complaint| format!("taken back: {complaint}"))
}

/// It is said that no plan brings back what the step takes away.
fn is_lost(step: &Step) -> bool {
    let loses = |cost: &Cost| matches!(cost.hazard, Hazard::DataLoss | Hazard::NotReversible);
    step.irreversible.is_some() || step.hazards.iter().any(loses)
}

/// Where it is killed, one after the other: after each of its transactions, and within those of several steps; or twice.
fn places(segments: &[Segment], depth: Depth) -> Vec<usize> {
    let third = segments.iter().map(Segment::all_places).sum::<usize>().div_ceil(3);
    match depth {
        Depth::Planned | Depth::Proven => vec![third; 2],
        Depth::Exhaustive => segments.iter().flat_map(Segment::places).collect(),
    }
}

fn killed(site: &Site, standard: &Standard, places: &[usize]) -> Proof {
    let apply = ["apply", "--yes", "--no-rehearse"];
    let database = site.copy();
    for place in places {
        let answer = site.run_and_die(&database, *place, &apply);
        match answer.code {
            None => {}
            Some(0) => break,
            Some(_) => return Err(format!("killed, then continued: {}", answer.all())),
        }
    }
    site.run(&database, &apply).well("killed, then continued")?;
    site.judge(&database, standard).map_err(|complaint| format!("killed, then continued: {complaint}"))
}

/// Carried out by psql: once, and once more for nothing.
fn by_psql(site: &Site, standard: &Standard, script: &str) -> Proof {
    let database = site.copy();
    site.psql(&database, script).well("the script")?;
    let before = database.catalog_rows();
    site.psql(&database, script).well("the script, run again")?;
    if database.catalog_rows() != before {
        return Err("the script, run again, changes the catalogs".into());
    }
    site.judge(&database, standard).map_err(|complaint| format!("the script: {complaint}"))
}

fn unchanged(site: &Site, before: &str, what: &str) -> Proof {
    let after = site.live.catalog_rows();
    let changed: Vec<_> = after.lines().filter(|line| !before.lines().any(|known| known == *line)).collect();
    if changed.is_empty() { Ok(()) } else { Err(format!("{what} changes the catalogs: {changed:?}")) }
}

/// A part of the plan that is committed as one.
struct Segment {
    transaction: bool,
    /// Rows are changed in batches, and their old values kept.
    keeps: bool,
    steps: usize,
}

impl Segment {
    fn of(segment: &Value) -> Self {
        let step = &segment["step"];
        let steps = segment["steps"].as_array().map_or(1, Vec::len);
        Self { transaction: segment["kind"] == "transaction", keeps: step["work"]["keep"].is_string(), steps }
    }

    /// To how many places it comes at least.
    fn all_places(&self) -> usize {
        match self {
            Self { transaction: true, steps, .. } => steps + 1,
            Self { keeps: true, .. } => 3,
            Self { .. } => 1,
        }
    }

    /// Where it is killed, by the count of places that it comes to: see `src/pg/apply/die.rs`.
    fn places(&self) -> Vec<usize> {
        match self {
            Self { transaction: true, steps: 1, .. } => vec![2],
            Self { transaction: true, steps, .. } => vec![1, steps + 1],
            Self { keeps: true, .. } => vec![1, 2, 3],
            Self { .. } => vec![1],
        }
    }
}

fn json_of(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn json(answer: &Answer) -> Result<Value, String> {
    serde_json::from_str(&answer.out).map_err(|_| answer.all())
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn one_line(text: &Value) -> String {
    text.as_str().unwrap().replace('\n', "\\n").replace('\t', "\\t")
}

/// A line for each drift, as in `tests/cases/drift`.
fn drift(case: &Case, proposal: &Proposal) -> String {
    let line = |drift: &Value| {
        let [change, kind, object, severity] = ["change", "kind", "object", "severity"].map(|it| one_line(&drift[it]));
        format!("{}: {change} {kind} {object} {severity}\n", case.scope)
    };
    proposal.drift.iter().map(json_of).map(|drift| line(&drift)).collect()
}

/// The script without what all scripts have in common, and without the plan's id, which other servers' versions change:
/// what its head says of this plan alone, and its steps.
fn parts_of_script(script: &str, id: &str) -> (String, String) {
    let mut parts = script.splitn(3, "\n\n");
    let (head, steps) = (parts.next().unwrap(), parts.nth(1).unwrap_or_default());
    let steps = steps.rsplit_once("\nSELECT pg_advisory_unlock").map_or("", |(steps, _)| steps);
    let head = head.rsplit_once("\n--\n").map_or("", |(_, own)| own);
    (head.replace(id, "<id>"), steps.replace(id, "<id>"))
}
