//! The part that a partition has in its parent's index: what is there is attached, a key's index too, instead of building
//! another one.

use crate::domain::catalog::{Constraint, Deferrable, Index, Object};
use crate::domain::name::{Name, QName};
use crate::domain::plan::Segment;
use crate::domain::plan::action::transaction;
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::index::{is_altered_into, renamed};
use crate::domain::plan::step::key::index_of;
use crate::domain::report::Change;

pub(super) struct Part {
    pub(super) name: Name,
    pub(super) from: From,
}

pub(super) enum From {
    /// It is built, or is the part already.
    Nothing,
    /// A live index that is no part of another: it is called so until it is attached.
    Index(Name),
    /// The index of a key. Its own partitions' are parts of it already.
    Key,
}

/// The part of the index `wanted` of a parent that the partition is to have.
pub(super) fn of(planner: &Planner<'_>, partition: &QName, wanted: &Index) -> Part {
    let same = |index: &&Index| index.definition() == wanted.definition();
    let name = planner.index_name(partition, wanted);
    if planner.live_index(partition, &name).filter(same).is_some_and(|it| it.valid && !it.inherited) {
        return Part { name: expected_name(planner, partition, (&name, wanted)), from: From::Index(name) };
    }
    // Of an expected partition it is known whether the part is an index.
    let expected = planner.expected_relation(partition);
    let is_index = expected.is_some_and(|it| it.indexes.iter().filter(same).any(|it| it.inherited));
    let relation = expected.or_else(|| planner.live_relation(partition));
    let mut keys = relation.into_iter().filter(|_| !is_index).flat_map(|it| &it.constraints);
    match keys.find(|key| carries(key, wanted)) {
        Some(key) => Part { name: key.name.clone(), from: From::Key },
        None => Part { name, from: From::Nothing },
    }
}

/// A key of one of the partitions is a part of the index, or is to be: it goes only with the key.
pub(super) fn has_key(planner: &Planner<'_>, table: &QName, wanted: &Index) -> bool {
    let mut partitions = planner.partitions(table).into_iter();
    partitions.any(|(_, partition)| matches!(of(planner, &partition, wanted).from, From::Key))
}

/// The live key that is the part of a live index.
pub(super) fn live_key<'a>(planner: &Planner<'a>, partition: &QName, found: &Index) -> Option<&'a Constraint> {
    let relation = planner.live_relation(partition)?;
    let mut parts = relation.indexes.iter().filter(|it| it.inherited);
    let is_index = parts.any(|it| it.definition() == found.definition());
    relation.constraints.iter().find(|key| !is_index && carries(key, found))
}

/// The key's index can be a part of the other.
fn carries(key: &Constraint, wanted: &Index) -> bool {
    let is_plain = key.is_key() && !key.inherited && key.deferrable == Deferrable::Not;
    is_plain && index_of(key, &key.name).definition() == wanted.definition()
}

/// Where names are drift: the one that the part is expected to have, if it is free.
fn expected_name(planner: &Planner<'_>, partition: &QName, (name, wanted): (&Name, &Index)) -> Name {
    let expected = planner.expected_relation(partition).filter(|_| planner.renames());
    let mut parts = expected.into_iter().flat_map(|it| &it.indexes).filter(|it| it.inherited);
    let part = parts.find(|it| it.definition() == wanted.definition()).map(|it| &it.name);
    let free = part.filter(|part| !planner.lookup.is_taken(&partition.schema, part));
    free.unwrap_or(name).clone()
}

/// Gives an index the name that it is attached under.
pub(super) fn renaming(partition: &QName, from: &Name, to: &Name) -> Option<Segment> {
    let is_there = condition::index(partition, to, "indisvalid");
    (from != to).then(|| transaction(vec![renamed(partition, from, to, is_there)]))
}

/// The live index is the part of a parent's, and is expected to be, beside the wanted one, which is the partition's own.
pub(super) fn stays(planner: &Planner<'_>, partition: &QName, wanted: &Index, found: &Index) -> bool {
    let mut expected = planner.expected_relation(partition).into_iter().flat_map(|it| &it.indexes);
    let is_own = found.inherited && !wanted.inherited;
    is_own && expected.any(|it| it.inherited && it.definition() == found.definition())
}

/// The live index becomes the part of an index that a parent is to have.
pub(super) fn is_to_come(planner: &Planner<'_>, partition: &QName, found: &Index) -> bool {
    let is_it = |wanted: &Index| {
        found.definition() == wanted.definition()
            && matches!(of(planner, partition, wanted).from, From::Index(name) if name == found.name)
    };
    let mut at = partition;
    while let Some(of) = planner.expected_relation(at).or_else(|| planner.live_relation(at)) {
        let Some(parent) = of.partition_of.as_ref().map(|it| &it.parent) else { return false };
        // Where the table is attached, its indexes become parts of its parent's.
        let live = planner.live_relation(at).and_then(|it| it.partition_of.as_ref());
        let is_attached = live.is_none_or(|it| it.parent != *parent);
        let indexes = planner.expected_relation(parent).into_iter().flat_map(|it| &it.indexes);
        if indexes.clone().any(|wanted| (is_attached || is_built(planner, parent, wanted)) && is_it(wanted)) {
            return true;
        }
        at = parent;
    }
    false
}

/// The plan builds the parent's index.
fn is_built(planner: &Planner<'_>, parent: &QName, wanted: &Index) -> bool {
    let object = Object::index(parent, &wanted.name);
    if planner.drifts(Change::Missing, &object) {
        return true;
    }
    let Object::Index(_, old) = planner.lookup.counterpart(&object) else { return false };
    let old = planner.live_index(parent, old);
    planner.drifts(Change::Changed, &object) && old.is_some_and(|old| !is_altered_into(old, wanted))
}
