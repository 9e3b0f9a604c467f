//! The check of whole plans: what no recipe may do. It runs on every plan, in every build. A plan that fails it is
//! blocked.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Effect, Hazard, Limits, Plan, Segment, Step, Values, Work, scaffold};
use crate::domain::catalog::Object;
use crate::domain::lock::LockMode;
use crate::domain::name::QName;

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
        let mut rewritten: BTreeSet<&QName> = BTreeSet::new();
        for step in segment.steps() {
            let mut complain = |what: String| found.push(Violation { step: step.action.clone(), what });
            for lock in &step.locks {
                let mode = held.entry(&lock.table).or_insert(lock.mode);
                *mode = (*mode).max(lock.mode);
            }
            scans(step, &held, &rewritten).into_iter().for_each(&mut complain);
            if let Work::Rewrite { tables } = &step.work {
                rewritten.extend(tables);
            }
            patience(step, deadlock_timeout).into_iter().for_each(&mut complain);
            destroys(step).into_iter().for_each(&mut complain);
            unquoted(step).into_iter().for_each(&mut complain);
        }
    }
    found.extend(gaps(plan));
    found
}

/// A scan or rewrite under a lock that blocks writers, taken by this step or earlier in its segment. An operator who
/// allows that a table is rewritten under the lock also allows that the same transaction reads it.
fn scans(step: &Step, held: &BTreeMap<&QName, LockMode>, rewritten: &BTreeSet<&QName>) -> Vec<String> {
    let (tables, hazard, verb) = match &step.work {
        Work::Metadata | Work::Batches { .. } => return Vec::new(),
        Work::Scan { tables } => (tables, Hazard::BlockingScan, "reads"),
        Work::Rewrite { tables } => (tables, Hazard::TableRewrite, "rewrites"),
    };
    let allowed = step.hazards.iter().any(|cost| cost.hazard == hazard);
    let blocks = |table: &&QName| held.get(*table).is_some_and(|mode| mode.blocks_writers());
    let is_permitted = |table: &&QName| allowed || hazard == Hazard::BlockingScan && rewritten.contains(*table);
    let blocked = tables.iter().filter(blocks).filter(|table| !is_permitted(table));
    blocked.map(|table| format!("it {verb} {table} while it blocks writers")).collect()
}

/// A lock timeout that is not below the server's deadlock timeout: the deadlock detector could end the application's
/// transaction.
fn patience(step: &Step, deadlock_timeout: Duration) -> Option<String> {
    let is_concurrent = step.effects.contains(&Effect::OutsideTransaction)
        && step.limits.lock_timeout == Limits::CONCURRENT.lock_timeout;
    let waits = step.limits.lock_timeout;
    let too_long = !deadlock_timeout.is_zero() && (waits.is_zero() || waits >= deadlock_timeout);
    (too_long && !is_concurrent).then(|| {
        format!("its lock_timeout ({waits:?}) is not below the server's deadlock_timeout ({deadlock_timeout:?})")
    })
}

/// A step that drops rows or values without the hazard `data_loss`.
fn destroys(step: &Step) -> Vec<String> {
    let said = step.hazards.iter().any(|cost| cost.hazard == Hazard::DataLoss);
    let destroyed = step.effects.iter().filter_map(|effect| match effect {
        Effect::Drop(object, Values::Lost) => (!said).then_some(object),
        Effect::Drop(object, Values::None) => (Values::of(object) != Values::None).then_some(object),
        Effect::Drop(Object::Column(..), Values::Computed) => None,
        Effect::Drop(object, Values::Computed) => Some(object),
        Effect::Drop(object, Values::Own) => (!scaffold::is_ours(object.name())).then_some(object),
        _ => None,
    });
    destroyed.map(|object| format!("it destroys data (drops {object}) and does not say so")).collect()
}

/// A name that PostgreSQL would fold: outside quotes, only SQL keywords are written in capitals.
fn unquoted(step: &Step) -> Option<String> {
    let tokens = super::statement::bare_words(&step.sql);
    let is_mixed = |word: &str| word.chars().any(char::is_uppercase) && word.chars().any(char::is_lowercase);
    tokens.into_iter().find(|word| is_mixed(word)).map(|word| format!("`{word}` is not quoted"))
}

/// A foreign key or a unique index that is dropped before its successor is in force, and not in the transaction that
/// creates it.
fn gaps(plan: &Plan) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut in_force: BTreeSet<&Object> = BTreeSet::new();
    for segment in &plan.segments {
        in_force.extend(segment.steps().iter().flat_map(|step| &step.effects).filter_map(|effect| match effect {
            Effect::Create(object) | Effect::AddNotValid(object) => Some(object),
            _ => None,
        }));
        for step in segment.steps() {
            for effect in &step.effects {
                if let Effect::Supersede(old, new) = effect
                    && !in_force.contains(new)
                {
                    let what = format!("{} {old} is dropped before its successor is in force", old.word());
                    found.push(Violation { step: step.action.clone(), what });
                }
            }
        }
    }
    found
}
