//! Helpers: constraints, indexes and sequences that exist only while a plan runs. An interrupted run leaves them; the
//! next plan is made as if they did not exist, and its steps, which check first, find them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::domain::catalog::{Catalog, Facts, Object, Severity};
use crate::domain::name::{Name, QName};
use crate::domain::report::{Change, Drift};

/// The prefix of their names.
const PREFIX: &str = "schemawarden_";

/// Helpers that the steps that created them use again in a later run. Others exist within one transaction only, or are
/// temporary names.
const LASTING: [&str; 8] = [REBUILD, "check", "fkey", "key", "idx", NOT_NULL, "seq", STALE];

/// Helpers that an earlier run has left in a live database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scaffolds {
    pub constraints: BTreeSet<(QName, Name)>,
    /// With whether they are valid.
    pub indexes: BTreeMap<(QName, Name), bool>,
    pub sequences: BTreeSet<QName>,
}

/// The name of a helper for an object of a relation: the same for the same arguments.
pub(super) fn name(relation: &QName, of: &Name, what: &str) -> Name {
    let digest = format!("{:x}", Sha256::digest(format!("{relation}.{of}")));
    Name::from(format!("{PREFIX}{what}_{}", digest.get(..8).unwrap_or_default()).as_str())
}

/// An index that was renamed until it is built again, and the check that marks a column whose values are to be
/// recomputed.
pub(super) const STALE: &str = "stale";
/// The check that marks a column which is to be filled, or to become NOT NULL.
pub(super) const NOT_NULL: &str = "not_null";
/// The check that marks an index which is to be rebuilt.
pub(super) const REBUILD: &str = "anew";

/// The kind of helper with this name.
fn what(name: &Name) -> Option<&'static str> {
    let (what, digest) = name.as_str().strip_prefix(PREFIX)?.rsplit_once('_')?;
    let is_digest = digest.len() == 8 && digest.chars().all(|c| c.is_ascii_hexdigit());
    LASTING.into_iter().find(|known| *known == what && is_digest)
}

/// Whether a plan has created the object with this name as a helper.
pub(super) fn is_ours(name: &Name) -> bool {
    name.as_str().starts_with(PREFIX)
}

fn is_lasting(name: &Name) -> bool {
    what(name).is_some()
}

/// Whether the index is in use, but not the expected one: its entries were computed by a routine that has been
/// replaced.
pub(super) fn is_stale(index: &Name) -> bool {
    what(index) == Some(STALE)
}

/// The catalog without indexes that are only used until they are built again: by their definitions they would be taken
/// for the expected ones.
pub fn without_stale(live: &Catalog) -> Cow<'_, Catalog> {
    if !live.relations.values().any(|relation| relation.indexes.iter().any(|it| is_stale(&it.name))) {
        return Cow::Borrowed(live);
    }
    let mut live = live.clone();
    for relation in live.relations.values_mut() {
        relation.indexes.retain(|it| !is_stale(&it.name));
    }
    Cow::Owned(live)
}

/// Objects that an interrupted earlier run has marked, but not recomputed: the stored values come from a replaced
/// function, whatever the definitions say.
pub fn marked(live: &Catalog) -> Vec<Drift> {
    let mut found = Vec::new();
    for (table, relation) in &live.relations {
        let is_marked = |of: &Name, what| relation.constraints.iter().any(|it| it.name == name(table, of, what));
        let columns = relation.columns.iter().filter(|it| is_marked(&it.name, STALE));
        found.extend(columns.map(|it| cut_short(Object::column(table, &it.name), it, OUT_OF_DATE)));
        let indexes = relation.indexes.iter().filter(|it| is_marked(&it.name, REBUILD));
        found.extend(indexes.map(|it| cut_short(Object::index(table, &it.name), it, OUT_OF_DATE)));
    }
    found
}

/// Columns that an earlier run was to fill or to make NOT NULL, and that are neither yet.
pub fn unfilled(live: &Catalog) -> impl Iterator<Item = Drift> {
    live.relations.iter().flat_map(|(table, relation)| {
        let is_marked =
            |of: &Name| relation.constraints.iter().any(|constraint| constraint.name == name(table, of, NOT_NULL));
        let columns = relation.columns.iter().filter(move |it| !it.not_null && is_marked(&it.name));
        columns.map(|it| cut_short(Object::column(table, &it.name), it, UNFILLED))
    })
}

const OUT_OF_DATE: &str = "the stored values were computed by a function that has been replaced, and the plan stopped before \
                           it recomputed them: reads give wrong answers, plan again";
const UNFILLED: &str =
    "a plan stopped before all rows had a value, and a check that it has added refuses NULL: plan again";

fn cut_short<T: Facts>(object: Object, live: &T, detail: &str) -> Drift {
    Drift {
        object: object.to_string(),
        kind: live.kind(),
        change: Change::Changed,
        severity: Severity::Critical,
        expected: Some(live.summary()),
        live: Some(live.summary()),
        detail: detail.to_owned(),
        first_seen: None,
        last_known: false,
        maybe_spelling: false,
        counterpart: Some(object.clone()),
        subject: object,
    }
}

/// Removes the helpers from the catalog.
pub fn remove_helpers(live: &mut Catalog) -> Scaffolds {
    let mut scaffolds = Scaffolds::default();
    for (table, relation) in &mut live.relations {
        relation.constraints.retain(|it| {
            let is_helper = !it.inherited && is_lasting(&it.name);
            if is_helper {
                scaffolds.constraints.insert((table.clone(), it.name.clone()));
            }
            !is_helper
        });
        relation.indexes.retain(|it| {
            let is_helper = !it.inherited && is_lasting(&it.name);
            if is_helper {
                scaffolds.indexes.insert((table.clone(), it.name.clone()), it.valid);
            }
            !is_helper
        });
    }
    scaffolds.sequences = live.sequences.keys().filter(|name| is_lasting(&name.name)).cloned().collect();
    live.sequences.retain(|name, _| !scaffolds.sequences.contains(name));
    let is_helper = |object: &Object| match object {
        Object::Constraint(table, name) => scaffolds.constraints.contains(&(table.clone(), name.clone())),
        Object::Index(table, name) => scaffolds.indexes.contains_key(&(table.clone(), name.clone())),
        Object::Sequence(name) => scaffolds.sequences.contains(name),
        _ => false,
    };
    if scaffolds != Scaffolds::default() {
        live.dependencies.retain(|(dependent, on)| !is_helper(dependent) && !is_helper(on));
    }
    scaffolds
}
