//! The plan-wide check: what no recipe may do, asked of every plan, in every build. A plan that fails it is blocked.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Hazard, Limits, Plan, Segment, Step, Work};
use crate::lock::LockMode;
use crate::name::QName;

/// A promise that a step would break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The step's action.
    pub step: String,
    pub what: String,
}

/// Every promise that the plan would break.
pub fn violations(plan: &Plan, deadlock_timeout: Duration) -> Vec<Violation> {
    let mut found = Vec::new();
    for segment in &plan.segments {
        let mut held: BTreeMap<&QName, LockMode> = BTreeMap::new();
        if let Segment::Transaction { lock_first, .. } = segment {
            held.extend(lock_first.iter().map(|lock| (&lock.table, lock.mode)));
        }
        for step in segment.steps() {
            let mut complain = |what: String| found.push(Violation { step: step.action.clone(), what });
            for lock in &step.locks {
                let mode = held.entry(&lock.table).or_insert(lock.mode);
                *mode = (*mode).max(lock.mode);
            }
            scans(step, &held).into_iter().for_each(&mut complain);
            patience(step, deadlock_timeout).into_iter().for_each(&mut complain);
            destroys(step).into_iter().for_each(&mut complain);
            unquoted(step).into_iter().for_each(&mut complain);
        }
    }
    found.extend(gaps(plan));
    found
}

/// A scan or rewrite under a lock that blocks writers, taken by this step or earlier in its segment.
fn scans(step: &Step, held: &BTreeMap<&QName, LockMode>) -> Vec<String> {
    let (tables, hazard, verb) = match &step.work {
        Work::Metadata | Work::Batches { .. } => return Vec::new(),
        Work::Scan { tables } => (tables, Hazard::BlockingScan, "reads"),
        Work::Rewrite { tables } => (tables, Hazard::TableRewrite, "rewrites"),
    };
    let allowed = step.hazards.iter().any(|cost| cost.hazard == hazard);
    let blocks = |table: &&QName| held.get(*table).is_some_and(|mode| mode.blocks_writers());
    let blocked = tables.iter().filter(blocks).filter(|_| !allowed);
    blocked.map(|table| format!("it {verb} {table} while nobody can write to it")).collect()
}

/// Whoever waits for a lock as long as the server's deadlock detector lets the application be its victim.
fn patience(step: &Step, deadlock_timeout: Duration) -> Option<String> {
    let is_concurrent =
        step.sql.contains(" CONCURRENTLY ") && step.limits.lock_timeout == Limits::CONCURRENT.lock_timeout;
    let waits = step.limits.lock_timeout;
    let too_long = !deadlock_timeout.is_zero() && (waits.is_zero() || waits >= deadlock_timeout);
    (too_long && !is_concurrent).then(|| {
        format!("its lock_timeout ({waits:?}) is not below the server's deadlock_timeout ({deadlock_timeout:?})")
    })
}

/// What takes rows or values away says so.
fn destroys(step: &Step) -> Option<String> {
    let words = ["DROP TABLE ", " DROP COLUMN ", "TRUNCATE ", "DELETE FROM ", "DROP SEQUENCE ", "DROP SCHEMA "];
    let destroys = words.iter().find(|word| step.sql.starts_with(word.trim_start()) || step.sql.contains(**word))?;
    let is_own = step.sql.contains(super::helper::PREFIX);
    let is_computed = step.action.contains("drop column") && step.irreversible.is_some();
    let said = step.hazards.iter().any(|cost| cost.hazard == Hazard::DataLoss);
    // Definitions do not do what they say, and TRUNCATE is also a privilege.
    let is_statement = !["CREATE ", "GRANT ", "REVOKE "].iter().any(|word| step.sql.starts_with(word));
    (is_statement && !said && !is_own && !is_computed)
        .then(|| format!("it destroys data ({}) and does not say so", destroys.trim()))
}

/// A name that PostgreSQL would fold: outside quotes, capitals are SQL's own words.
fn unquoted(step: &Step) -> Option<String> {
    let tokens = super::statement::bare_words(&step.sql);
    let is_mixed = |word: &str| word.chars().any(char::is_uppercase) && word.chars().any(char::is_lowercase);
    tokens.into_iter().find(|word| is_mixed(word)).map(|word| format!("`{word}` stands without quotes"))
}

/// A foreign key is dropped only when its successor acts already, or in the transaction that brings it.
fn gaps(plan: &Plan) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut in_force: BTreeSet<String> = BTreeSet::new();
    for segment in &plan.segments {
        let adds: Vec<String> = segment.steps().iter().filter_map(|step| added_key(&step.sql)).collect();
        in_force.extend(adds);
        for step in segment.steps() {
            let Some(rest) = step.action.strip_prefix("drop the old foreign key ") else { continue };
            let table = step.sql.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split(" DROP CONSTRAINT ").next());
            if !table.is_some_and(|table| in_force.contains(table)) {
                found.push(Violation {
                    step: step.action.clone(),
                    what: format!("foreign key {rest} goes before its successor acts"),
                });
            }
        }
    }
    found
}

/// The table to which the statement adds a foreign key.
fn added_key(sql: &str) -> Option<String> {
    let (table, rest) = sql.strip_prefix("ALTER TABLE ")?.split_once(" ADD CONSTRAINT ")?;
    rest.contains(" FOREIGN KEY (").then(|| table.to_owned())
}
