//! Order of actions: what needs an object runs after what creates it; what drops an object runs after all its dependent
//! objects have been dropped or changed; what takes a name runs after the name has been freed.
//!
//! Deterministic: what is left undetermined is ordered by rank, then by text.

mod writes;

use std::collections::{BTreeMap, BTreeSet};

use super::action::{Action, Rank};
use super::lookup::Lookup;
use super::namespace::{Slot, freed_slots, slots};
use super::{Effect, Step};
use crate::domain::catalog::{Catalog, Constraint, ConstraintKind, Index, Object, Relation};
use crate::domain::name::{self, Name, QName};

/// Sorts, and names the actions of a cycle, if there is one.
pub(super) fn sort(
    actions: Vec<Action>,
    (expected, live): (&Catalog, &Catalog),
    lookup: &Lookup<'_>,
) -> (Vec<Action>, Vec<String>) {
    let graph = Graph::new(&actions, (expected, live), lookup);
    let mut waits: Vec<BTreeSet<usize>> = (0..actions.len()).map(|at| graph.before(at)).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); actions.len()];
    for (at, before) in waits.iter().enumerate() {
        for first in before {
            if let Some(list) = followers.get_mut(*first) {
                list.push(at);
            }
        }
    }
    let makes_routines = graph.makes_routines();
    let keys: Vec<Key> = actions.iter().map(|action| graph.key(action, makes_routines)).collect();
    let key_of = |at: usize| keys.get(at).cloned().unwrap_or((Rank::Analyze, Vec::new()));
    let mut ready: BTreeSet<(Key, usize)> =
        waits.iter().enumerate().filter(|(_, before)| before.is_empty()).map(|(at, _)| (key_of(at), at)).collect();
    let mut left: BTreeSet<usize> = (0..actions.len()).collect();
    let mut order = Vec::with_capacity(actions.len());
    let mut circle = Vec::new();
    while !left.is_empty() {
        let next = ready.pop_first().map(|(_, at)| at).or_else(|| {
            // No action is free: a cycle. The lowest one runs first; the rehearsal shows whether that works.
            let at = left.iter().copied().min_by_key(|at| key_of(*at))?;
            let step = actions.get(at).and_then(first);
            circle.extend(step.map(|step| step.action.clone()));
            Some(at)
        });
        let Some(at) = next else { break };
        if !left.remove(&at) {
            continue;
        }
        order.push(at);
        for follower in followers.get(at).into_iter().flatten() {
            let Some(before) = waits.get_mut(*follower) else { continue };
            if before.remove(&at) && before.is_empty() && left.contains(follower) {
                ready.insert((key_of(*follower), *follower));
            }
        }
    }
    let mut actions: Vec<Option<Action>> = actions.into_iter().map(Some).collect();
    (order.into_iter().filter_map(|at| actions.get_mut(at)?.take()).collect(), circle)
}

/// Within a rank, actions with the same effects run together, ordered by name.
type Key = (Rank, Vec<Effect>);

fn key(action: &Action) -> Key {
    (action.rank, first(action).map(|step| step.effects.clone()).unwrap_or_default())
}

fn first(action: &Action) -> Option<&Step> {
    action.segments.first()?.steps().first()
}

/// Which actions create and drop which objects.
struct Graph<'a> {
    actions: &'a [Action],
    makers: BTreeMap<&'a Object, Vec<usize>>,
    unmakers: BTreeMap<&'a Object, Vec<usize>>,
    /// Actions that add columns to a table, or create the table itself.
    shapers: BTreeMap<&'a QName, Vec<usize>>,
    /// Actions that free a name.
    freers: BTreeMap<Slot, Vec<usize>>,
    needs: BTreeMap<&'a Object, Vec<&'a Object>>,
    dependents: BTreeMap<&'a Object, Vec<&'a Object>>,
    /// Objects that depend on a column of a live relation.
    readers: BTreeMap<&'a QName, Vec<&'a Object>>,
    /// Dependent objects of a live relation, without itself.
    members: BTreeMap<&'a QName, Vec<&'a Object>>,
    /// Sequences by the column that owns them, without those of identity columns.
    owned: BTreeMap<(QName, Name), Vec<&'a QName>>,
    lookup: &'a Lookup<'a>,
    expected: &'a Catalog,
    live: &'a Catalog,
}

impl<'a> Graph<'a> {
    fn new(actions: &'a [Action], (expected, live): (&'a Catalog, &'a Catalog), lookup: &'a Lookup<'a>) -> Self {
        let mut graph = Self {
            actions,
            makers: BTreeMap::new(),
            unmakers: BTreeMap::new(),
            shapers: BTreeMap::new(),
            freers: BTreeMap::new(),
            needs: BTreeMap::new(),
            dependents: BTreeMap::new(),
            readers: BTreeMap::new(),
            members: BTreeMap::new(),
            owned: BTreeMap::new(),
            lookup,
            expected,
            live,
        };
        for (name, sequence) in expected.sequences.iter().filter(|(_, sequence)| !sequence.identity) {
            if let Some(owner) = &sequence.owned_by {
                graph.owned.entry(owner.clone()).or_default().push(name);
            }
        }
        let freed: BTreeSet<&Object> = actions.iter().flat_map(|action| &action.frees).collect();
        for (at, action) in actions.iter().enumerate() {
            for object in &action.makes {
                graph.makers.entry(object).or_default().push(at);
                if let Object::Table(relation) | Object::Column(relation, _) = object {
                    graph.shapers.entry(relation).or_default().push(at);
                }
            }
            for object in &action.unmakes {
                graph.unmakers.entry(object).or_default().push(at);
            }
            for object in action.frees.iter().chain(action.unmakes.iter().filter(|it| !freed.contains(it))) {
                for slot in freed_slots(object, live) {
                    graph.freers.entry(slot).or_default().push(at);
                }
            }
            for object in action.makes.iter().chain(&action.unmakes) {
                if let Some(relation) = object.relation() {
                    graph.members.entry(relation).or_default().push(object);
                }
            }
        }
        for (dependent, referenced) in &expected.dependencies {
            graph.needs.entry(dependent).or_default().push(referenced);
        }
        for (dependent, referenced) in &live.dependencies {
            graph.dependents.entry(referenced).or_default().push(dependent);
            if let Object::Column(relation, _) = referenced {
                graph.readers.entry(relation).or_default().push(dependent);
            }
        }
        graph
    }

    /// Names in a quoted body are no dependencies: an action that runs a routine at once comes after all new routines
    /// and views.
    fn key(&self, action: &Action, makes_routines: bool) -> Key {
        let (rank, effects) = key(action);
        let runs = |object: &&Object| match object {
            Object::Column(..) | Object::Constraint(..) | Object::Index(..) | Object::MaterializedView(_) => {
                self.needs.get(object).into_iter().flatten().any(|it| matches!(it, Object::Routine(_)))
            }
            _ => false,
        };
        if makes_routines && action.rank != Rank::Table && action.makes.iter().any(|it| runs(&it)) {
            return (rank.max(Rank::Evaluated), effects);
        }
        (rank, effects)
    }

    /// Whether the action creates new ones.
    fn makes_routines(&self) -> bool {
        self.makers.keys().any(|object| matches!(object, Object::Routine(_)) && !self.live.has(object))
    }

    /// The actions that must come before the one at `at`.
    fn before(&self, at: usize) -> BTreeSet<usize> {
        let mut before = BTreeSet::new();
        let Some(action) = self.actions.get(at) else { return before };
        for object in &action.needs {
            before.extend(self.makers.get(object).into_iter().flatten());
            before.extend(self.unmakers.get(object).into_iter().flatten());
        }
        // Several actions on one object are ordered by rank.
        for object in &action.makes {
            let others = self.makers.get(object).into_iter().flatten();
            before.extend(others.filter(|other| self.actions.get(**other).is_some_and(|it| key(it) < key(action))));
        }
        for object in &action.makes {
            before.extend(slots(object).iter().filter_map(|slot| self.freers.get(slot)).flatten());
            // What the action creates itself is there; other actions that add to it are ordered by rank.
            let needed = self.needs.get(object).into_iter().flatten().filter(|needed| !action.makes.contains(needed));
            for needed in needed.filter(|needed| !is_apart(action, object, needed)) {
                before.extend(self.makers.get(needed).into_iter().flatten());
            }
            before.extend(self.structure(object, action.rank));
        }
        for object in &action.unmakes {
            let dependents = self.dependents.get(object).into_iter().flatten().copied();
            let of_columns = object.relation().filter(|_| object.is_relation()).and_then(|it| self.readers.get(it));
            for dependent in dependents.chain(of_columns.into_iter().flatten().copied()) {
                before.extend(self.changers(dependent, object));
            }
            for (child, key) in self.keys_on(object) {
                let (key, child) = (Object::Constraint(child.clone(), key.name.clone()), Object::Table(child.clone()));
                before.extend(self.changers(&key, object));
                if !self.unmakers.contains_key(&key) {
                    before.extend(self.unmakers.get(&child).into_iter().flatten());
                }
            }
            // Where another relation takes its place, what is created with the name depends on that one.
            let is_replaced =
                object.relation().is_some_and(|it| object.is_relation() && self.relation(it).next().is_some());
            for member in self.dependents_of(object) {
                if is_replaced {
                    before.extend(self.unmakers.get(member).into_iter().flatten());
                } else {
                    before.extend(self.changers(member, object));
                }
            }
        }
        before.extend(self.met_by_writes(action));
        before.remove(&at);
        before
    }

    /// Live foreign keys that depend on a key or on a unique index.
    fn keys_on(&self, object: &Object) -> Vec<(&'a QName, &'a Constraint)> {
        let (Object::Constraint(table, name) | Object::Index(table, name)) = object else { return Vec::new() };
        let Some(relation) = self.live.relations.get(table) else { return Vec::new() };
        let constraint = relation.constraints.iter().find(|it| it.name == *name).map(|it| &it.kind);
        let columns: BTreeSet<String> = match constraint {
            Some(ConstraintKind::Primary { columns, .. } | ConstraintKind::Unique { columns, .. }) => {
                columns.iter().map(ToString::to_string).collect()
            }
            Some(_) => return Vec::new(),
            None => {
                let index = relation.indexes.iter().find(|index| index.name == *name && index.unique);
                index.into_iter().flat_map(|index| &index.keys).map(|key| key.expression.to_string()).collect()
            }
        };
        let depends = |(_, key): &(&QName, &Constraint)| match &key.kind {
            ConstraintKind::Foreign { parent_columns, .. } => {
                parent_columns.iter().map(ToString::to_string).collect::<BTreeSet<_>>() == columns
            }
            _ => false,
        };
        self.lookup.keys_to(table).filter(depends).collect()
    }

    /// Actions that create or drop what depends on the object. An object that takes the freed name does not depend on
    /// the one that had it, and neither does one that is created again by an action of its own after it has been dropped.
    fn changers(&self, dependent: &Object, object: &Object) -> impl Iterator<Item = usize> {
        let is_dropped = self.unmakers.contains_key(dependent);
        let is_again = move |at: usize| {
            is_dropped && self.actions.get(at).is_some_and(|action| action.replaces.contains(dependent))
        };
        let makers = self.makers.get(dependent).into_iter().flatten();
        let makers = makers.filter(move |at| !is_again(**at) && !self.takes_a_name_of(**at, object));
        let depends = |at: &&usize| !self.actions.get(**at).is_some_and(|action| is_apart(action, dependent, object));
        makers.chain(self.unmakers.get(dependent).into_iter().flatten()).filter(depends).copied()
    }

    fn takes_a_name_of(&self, at: usize, object: &Object) -> bool {
        let freed = slots(object);
        let makes = self.actions.get(at).into_iter().flat_map(|action| &action.makes);
        makes.flat_map(slots).any(|slot| freed.contains(&slot))
    }

    /// Dependencies that follow from the kind of an expected object, which an action of this rank creates.
    fn structure(&self, object: &Object, rank: Rank) -> BTreeSet<usize> {
        let mut before = BTreeSet::new();
        match object {
            Object::Constraint(table, name) => {
                let Some(relation) = self.expected.relations.get(table) else { return before };
                let Some(constraint) = relation.constraints.iter().find(|constraint| constraint.name == *name) else {
                    return before;
                };
                before.extend(self.columns(table, &constraint.definition()));
                if let ConstraintKind::Foreign { columns, parent, parent_columns, .. } = &constraint.kind {
                    before.extend(self.columns(parent, &name::list(parent_columns)));
                    before.extend(self.unique_on(parent, parent_columns));
                    // Deleting a parent row looks for child rows: it should not happen before there is an index.
                    before.extend(self.indexes_on(table, columns));
                }
            }
            Object::Index(relation, name) => {
                before.extend(self.relation(relation));
                let indexes = self.expected.relations.get(relation).into_iter().flat_map(|it| &it.indexes);
                for index in indexes.filter(|index| index.name == *name) {
                    before.extend(self.columns(relation, &index.definition()));
                }
            }
            Object::Column(table, name) => {
                before.extend(self.made(&Object::Table(table.clone())));
                // A change of an ancestor's column reaches all columns inherited from it.
                for ancestor in self.ancestors(table) {
                    before.extend(self.made(&Object::Column(ancestor.clone(), name.clone())));
                }
                let owner = (table.clone(), name.clone());
                for sequence in self.owned.get(&owner).into_iter().flatten() {
                    before.extend(self.made(&Object::Sequence((*sequence).clone())));
                }
            }
            Object::Table(table) => {
                // Inheritance children get a column from the ancestor that it is added to, which may be several levels
                // up.
                for ancestor in self.ancestors(table) {
                    before.extend(self.shapers.get(ancestor).into_iter().flatten());
                }
                before.extend(self.made(&Object::Schema(table.schema.clone())));
            }
            Object::Trigger(relation, _) | Object::Policy(relation, _) | Object::Rule(relation, _) => {
                before.extend(self.relation(relation));
                // Filling a column must not run before a new trigger exists. A rebuilt trigger existed before.
                if rank != Rank::Rebuild {
                    before.extend(self.shapers.get(relation).into_iter().flatten());
                }
            }
            other => {
                if let Some(schema) = other.schema() {
                    before.extend(self.made(&Object::Schema(schema.clone())));
                }
            }
        }
        before
    }

    fn made(&self, object: &Object) -> impl Iterator<Item = usize> {
        self.makers.get(object).into_iter().flatten().copied()
    }

    /// The expected parents of the table, and their parents.
    fn ancestors(&self, table: &QName) -> BTreeSet<&'a QName> {
        let mut ancestors = BTreeSet::new();
        let parents = |of: &QName| self.expected.relations.get(of).into_iter().flat_map(Relation::parents);
        let mut queue: Vec<_> = parents(table).collect();
        while let Some(parent) = queue.pop() {
            if ancestors.insert(parent) {
                queue.extend(parents(parent));
            }
        }
        ancestors
    }

    /// Actions that create the relation itself.
    fn relation(&self, name: &QName) -> impl Iterator<Item = usize> {
        let objects = [Object::Table(name.clone()), Object::View(name.clone()), Object::MaterializedView(name.clone())];
        objects.into_iter().flat_map(|object| self.made(&object).collect::<Vec<_>>())
    }

    /// Actions that create the table, or one of its columns that `text` names.
    fn columns(&self, table: &QName, text: &str) -> BTreeSet<usize> {
        let makes_named = |at: &&usize| {
            self.actions.get(**at).is_some_and(|action| {
                action.makes.iter().any(|object| match object {
                    Object::Column(relation, name) => relation == table && mentions(text, name),
                    Object::Table(relation) => relation == table,
                    _ => false,
                })
            })
        };
        self.shapers.get(table).into_iter().flatten().filter(makes_named).copied().collect()
    }

    /// Actions that create a key or a unique index on exactly these columns.
    fn unique_on(&self, table: &QName, columns: &[Name]) -> BTreeSet<usize> {
        let Some(relation) = self.expected.relations.get(table) else { return BTreeSet::new() };
        let same = |key: &[Name]| key.len() == columns.len() && key.iter().all(|column| columns.contains(column));
        let keys = relation.constraints.iter().filter(|key| match &key.kind {
            ConstraintKind::Primary { columns, .. } | ConstraintKind::Unique { columns, .. } => same(columns),
            ConstraintKind::Foreign { .. } | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => false,
        });
        let indexes = relation.indexes.iter().filter(|index| index.unique && index.keys.len() == columns.len());
        let keys = keys.map(|key| Object::Constraint(table.clone(), key.name.clone()));
        let indexes = indexes.map(|index| Object::Index(table.clone(), index.name.clone()));
        keys.chain(indexes).flat_map(|object| self.made(&object).collect::<Vec<_>>()).collect()
    }

    /// Actions that create an index that begins with one of these columns.
    fn indexes_on(&self, table: &QName, columns: &[Name]) -> BTreeSet<usize> {
        let Some(relation) = self.expected.relations.get(table) else { return BTreeSet::new() };
        let begins = |index: &&Index| {
            let first = index.keys.first().and_then(|key| key.expression.known());
            first.is_some_and(|first| columns.iter().any(|column| column.to_string() == first))
        };
        let objects = relation.indexes.iter().filter(begins).map(|it| Object::Index(table.clone(), it.name.clone()));
        objects.flat_map(|object| self.made(&object).collect::<Vec<_>>()).collect()
    }

    /// Objects of the plan that are part of a live object, or depend on it by their definition.
    fn dependents_of(&self, object: &Object) -> Vec<&'a Object> {
        let of = |relation: &QName| self.members.get(relation).into_iter().flatten().copied();
        match object {
            Object::Table(relation) | Object::View(relation) | Object::MaterializedView(relation) => {
                let is_foreign = |member: &&Object| **member != *object;
                of(relation).filter(is_foreign).collect()
            }
            Object::Schema(schema) => {
                let inside = |member: &&&'a Object| match member {
                    Object::Extension(name) => {
                        self.live.extensions.get(name).is_some_and(|extension| extension.schema == *schema)
                    }
                    other => other.schema() == Some(schema),
                };
                self.unmakers.keys().filter(inside).copied().collect()
            }
            Object::Column(relation, _) => {
                // An index, a key or a policy on the column may be about to change. A new one does not depend on it.
                let is_member = |member: &&Object| {
                    !matches!(member, Object::Column(..)) && !member.is_relation() && self.live.has(member)
                };
                of(relation).filter(is_member).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The dependency of the one on the other is handled by another action.
fn is_apart(action: &Action, object: &Object, needed: &Object) -> bool {
    matches!(needed, Object::Routine(_)) && action.apart.contains(object)
}

/// Whether the text contains the column's name as a word.
pub(super) fn mentions(text: &str, column: &Name) -> bool {
    let name = column.to_string();
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '"';
    text.match_indices(&name).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
