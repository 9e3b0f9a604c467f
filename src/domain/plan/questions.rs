//! Questions about rows that cannot be answered before the plan: they use a label that the plan adds first, or call a
//! routine that it replaces. Whether the rows satisfy them shows when the step runs.

use std::collections::BTreeSet;

use super::code::mentioned;
use super::{Requirement, Segment, Situation};
use crate::domain::catalog::Object;
use crate::domain::name::{QName, literal};
use crate::domain::report::Change;

/// Removes them.
pub(super) fn drop_unanswerable<'s>(
    segments: impl IntoIterator<Item = &'s mut Segment>,
    of_plan: &mut Vec<Requirement>,
    on: &Situation<'_>,
) {
    let labels = on.expected.enums.iter().flat_map(|(name, wanted)| {
        let found = on.live.enums.get(name);
        wanted.labels.iter().filter(move |label| found.is_some_and(|found| !found.labels.contains(label)))
    });
    let labels: Vec<String> = labels.map(|label| literal(label)).collect();
    let replaced = on.drift.iter().filter(|drift| drift.change == Change::Changed);
    let replaced: BTreeSet<&QName> = replaced
        .filter_map(|drift| match &drift.subject {
            Object::Routine(signature) => Some(&signature.name),
            _ => None,
        })
        .collect();
    let has_answer = |asked: &Requirement| {
        !labels.iter().any(|label| asked.count.contains(label))
            && (replaced.is_empty() || !mentioned(&asked.count).iter().any(|name| replaced.contains(name)))
    };
    for step in segments.into_iter().flat_map(Segment::steps_mut) {
        step.requires.retain(has_answer);
    }
    of_plan.retain(has_answer);
}
