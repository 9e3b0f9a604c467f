//! Rebuilding: an object that cannot be altered while others depend on it is changed in one transaction with all its
//! dependent objects, which are dropped in the order of dependency and created again in reverse.
//!
//! The causes: a column changes its type or its generation, a view its columns, a routine its signature or result, an
//! enum loses labels. Dependent objects are known from the live database's own dependencies.

mod group;
pub(in crate::domain::plan) mod readers;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::catalog::{Constraint, ConstraintKind, Index, Kind, Object, Relation};
use crate::domain::name::{Name, QName};
use crate::domain::plan::lookup::needs;
use crate::domain::plan::order::mentions;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::again::{successor, with_columns};
use crate::domain::plan::step::{defined, routine, view};
use crate::domain::plan::type_change::{TypeChange, family, type_change};
use crate::domain::render;
use crate::domain::report::{Change, Drift};

/// Finds the causes, collects the dependent objects, and adds one action for each group that is connected.
pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>) {
    let causes: Vec<Node> = planner.on.drift.iter().filter_map(|drift| cause(planner, drift)).collect();
    if causes.is_empty() {
        return;
    }
    let gathered = Gathered::new(planner, causes);
    for group in gathered.groups() {
        group::add(planner, &group);
    }
}

/// A live object that is changed or rebuilt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::domain::plan) struct Node {
    pub(in crate::domain::plan) object: Object,
    pub(in crate::domain::plan) how: How,
    /// It differs from what is expected, and is not merely in the way.
    pub(in crate::domain::plan) is_cause: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::domain::plan) enum How {
    /// Dropped and created again.
    Recreate,
    /// A column whose type is altered.
    Type,
    /// A column whose default is dropped and set again.
    Default,
    /// An enum that is replaced by its successor.
    Succeeded,
}

/// Whether the drift can only be removed by a rebuild, and how.
fn cause(planner: &Planner<'_>, drift: &Drift) -> Option<Node> {
    if drift.change == Change::Unexpected {
        let is_cause = is_overloaded(planner, &drift.subject);
        return is_cause.then(|| Node { object: drift.subject.clone(), how: How::Recreate, is_cause: true });
    }
    let node = |how| Some(Node { object: drift.subject.clone(), how, is_cause: true });
    match drift.change {
        Change::Missing if is_generated_from_another_type(planner, &drift.subject) => return node(How::Recreate),
        Change::Missing | Change::Unexpected => return None,
        Change::Changed => {}
    }
    match &drift.subject {
        Object::Column(table, name) => {
            let (wanted, found) = (planner.expected_column(table, name)?, planner.live_column(table, name)?);
            if wanted.generated != found.generated {
                node(How::Recreate)
            } else if wanted.data_type != found.data_type || wanted.collation != found.collation {
                node(How::Type)
            } else {
                None
            }
        }
        Object::View(name) | Object::MaterializedView(name) => {
            let (wanted, found) = (planner.expected_relation(name)?, planner.live_relation(name)?);
            let is_view = |relation: &Relation| relation.query.is_some();
            let differs = wanted.kind != found.kind || wanted.query != found.query || shape(wanted) != shape(found);
            let recreate = is_view(wanted) && is_view(found) && differs && !view::is_replaceable(wanted, found);
            if recreate {
                Some(Node { object: drift.counterpart.clone()?, how: How::Recreate, is_cause: true })
            } else {
                None
            }
        }
        Object::Routine(_) if drift.kind == Kind::Aggregate => {
            let (expected, live) = (&planner.on.expected.defined, &planner.on.live.defined);
            let (wanted, found) = (expected.get(&drift.subject)?, live.get(&drift.subject)?);
            if defined::is_replaceable(wanted, found) { None } else { node(How::Recreate) }
        }
        Object::Routine(signature) => {
            let (wanted, found) =
                (planner.on.expected.routines.get(signature)?, planner.on.live.routines.get(signature)?);
            if routine::is_replaceable(wanted, found) { None } else { node(How::Recreate) }
        }
        Object::Type(_) if drift.kind == Kind::CompositeType => {
            let (expected, live) = (&planner.on.expected.defined, &planner.on.live.defined);
            let (wanted, found) = (expected.get(&drift.subject)?, live.get(&drift.subject)?);
            let is_altered = render::alter_attributes(&found.attributes, &wanted.attributes).is_some();
            let is_needed = planner.lookup.dependents(&drift.subject).next().is_some();
            let is_stored = defined::is_stored(planner, &drift.subject);
            if is_altered || is_stored || !is_needed { None } else { node(How::Recreate) }
        }
        Object::Type(name) => {
            let (wanted, found) = (planner.on.expected.enums.get(name)?, planner.on.live.enums.get(name)?);
            if wanted.only_adds_to(found) { None } else { node(How::Succeeded) }
        }
        Object::Domain(name) => {
            let (wanted, found) = (planner.on.expected.domains.get(name)?, planner.on.live.domains.get(name)?);
            let same = wanted.base_type == found.base_type && wanted.collation == found.collation;
            if same { None } else { node(How::Succeeded) }
        }
        _ => None,
    }
}

/// A new generated column that reads a column whose type changes: if it were added before, it would block the change.
fn is_generated_from_another_type(planner: &Planner<'_>, object: &Object) -> bool {
    let Object::Column(table, name) = object else { return false };
    let is_generated = planner.expected_column(table, name).is_some_and(|column| column.generated.is_some());
    is_generated
        && needs(planner.on.expected, object).any(|on| {
            let Object::Column(of, source) = on else { return false };
            let (wanted, found) = (planner.expected_column(of, source), planner.live_column(of, source));
            matches!((wanted, found), (Some(wanted), Some(found)) if wanted.data_type != found.data_type)
        })
}

/// A routine that is dropped while an object that calls it stays as it is written: the object will call another one of
/// the same name.
fn is_overloaded(planner: &Planner<'_>, object: &Object) -> bool {
    let Object::Routine(_) = object else { return false };
    planner.lookup.dependents(object).any(|dependent| {
        let drifts = [Change::Unexpected, Change::Changed].iter().any(|change| planner.drifts(*change, dependent));
        !drifts && successor(planner, dependent).is_some()
    })
}

fn shape(relation: &Relation) -> Vec<(&str, &str)> {
    relation.columns.iter().map(|column| (column.name.as_str(), &*column.data_type)).collect()
}

/// The causes and all their dependent objects.
struct Gathered<'p, 'a> {
    planner: &'p Planner<'a>,
    nodes: BTreeMap<Object, Node>,
    /// Pairs of objects that belong to one group.
    links: Vec<(Object, Object)>,
}

impl<'p, 'a> Gathered<'p, 'a> {
    fn new(planner: &'p Planner<'a>, causes: Vec<Node>) -> Self {
        let mut gathered = Self { planner, nodes: BTreeMap::new(), links: Vec::new() };
        let mut queue = causes;
        while let Some(node) = queue.pop() {
            let known = gathered.nodes.get(&node.object).is_some_and(|known| known.how <= node.how);
            if known {
                continue;
            }
            for next in gathered.dependents_of(&node) {
                gathered.links.push((node.object.clone(), next.object.clone()));
                queue.push(next);
            }
            let is_cause = node.is_cause || gathered.nodes.get(&node.object).is_some_and(|known| known.is_cause);
            gathered.nodes.insert(node.object.clone(), Node { is_cause, ..node });
        }
        gathered
    }

    /// The objects that have to be dropped, or changed together, before the node can change.
    fn dependents_of(&self, node: &Node) -> Vec<Node> {
        let mut next = Vec::new();
        if node.how != How::Default {
            if let Object::View(name) | Object::MaterializedView(name) = &node.object {
                let rules =
                    self.planner.on.live.defined.keys().filter(|it| matches!(it, Object::Rule(on, _) if on == name));
                next.extend(rules.map(|rule| Node { object: rule.clone(), how: How::Recreate, is_cause: false }));
            }
            for object in &with_columns(self.planner, &node.object) {
                for dependent in self.planner.lookup.dependents(object) {
                    next.extend(self.dependent(node, dependent));
                }
            }
        }
        if let Object::Column(table, name) = &node.object {
            next.extend(match node.how {
                How::Type => [self.keys(table, name), self.checks(table, name), self.indexes(table, name)].concat(),
                How::Recreate => self.members(table, name),
                How::Default | How::Succeeded => Vec::new(),
            });
        }
        next
    }

    fn dependent(&self, node: &Node, dependent: &Object) -> Option<Node> {
        let as_is = |how| Some(Node { object: dependent.clone(), how, is_cause: false });
        if dropped_relation(self.planner, dependent).is_some() {
            return None;
        }
        match dependent {
            Object::View(_)
            | Object::MaterializedView(_)
            | Object::Routine(_)
            | Object::Type(_)
            | Object::Domain(_)
            // ALTER TYPE rebuilds indexes, checks and statistics itself, but not triggers that name the column.
            | Object::Trigger(..) => as_is(How::Recreate),
            Object::Index(..) | Object::Constraint(..) | Object::Statistics(_) => match node.how {
                How::Type | How::Default => None,
                How::Recreate | How::Succeeded => as_is(How::Recreate),
            },
            Object::Column(table, name) => {
                let column = self.planner.live_column(table, name)?;
                match node.how {
                    How::Succeeded => as_is(How::Type),
                    How::Type | How::Recreate | How::Default if column.generated.is_some() => as_is(How::Recreate),
                    How::Recreate => as_is(How::Default),
                    How::Type | How::Default => None,
                }
            }
            // It depends on no rows and no types.
            Object::EventTrigger(_) => None,
            other => self.planner.on.live.defined.contains_key(other).then(|| as_is(How::Recreate)).flatten(),
        }
    }

    /// What is dropped with a column: indexes, keys and checks.
    fn members(&self, table: &QName, name: &Name) -> Vec<Node> {
        let Some(relation) = self.planner.live_relation(table) else { return Vec::new() };
        let indexes = relation.indexes.iter().filter(|index| mentions(&index.definition(), name));
        let constraints = relation.constraints.iter().filter(|it| mentions(&it.definition(), name));
        let indexes = indexes.map(|index| Object::Index(table.clone(), index.name.clone()));
        let constraints = constraints.map(|it| Object::Constraint(table.clone(), it.name.clone()));
        indexes.chain(constraints).map(|object| Node { object, how: How::Recreate, is_cause: false }).collect()
    }

    /// Checks that read a column whose type changes: those that change themselves, or that would not be valid for the
    /// new type.
    fn checks(&self, table: &QName, name: &Name) -> Vec<Node> {
        let same_family = self.keeps_family(table, name);
        let own = self.planner.live_relation(table).into_iter().flat_map(|relation| &relation.constraints);
        let checks = own.filter(|it| !it.inherited).filter_map(|it| match &it.kind {
            ConstraintKind::Check { expression, .. } => Some((it, expression.to_string())),
            ConstraintKind::Primary { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Foreign { .. }
            | ConstraintKind::Exclusion { .. } => None,
        });
        let goes = |check: &Constraint| match self.planner.expected_constraint(table, &check.name) {
            Some(wanted) => wanted.definition() != check.definition(),
            None => !same_family,
        };
        let checks = checks.filter(|(check, text)| mentions(text, name) && goes(check));
        let objects = checks.map(|(check, _)| Object::Constraint(table.clone(), check.name.clone()));
        objects.map(|object| Node { object, how: How::Recreate, is_cause: false }).collect()
    }

    /// Indexes that are dropped or change, and that may not be valid for the column's new type: by an expression, a
    /// predicate, an operator class, or because the type has no default operator class for the access method.
    fn indexes(&self, table: &QName, name: &Name) -> Vec<Node> {
        let columns = (self.planner.expected_column(table, name), self.planner.live_column(table, name));
        let (Some(wanted), Some(found)) = columns else { return Vec::new() };
        let stays_as_it_is = type_change(&found.data_type, &wanted.data_type) == TypeChange::InPlace;
        if stays_as_it_is || self.planner.is_partitioned(table) {
            return Vec::new();
        }
        let own = self.planner.live_relation(table).into_iter().flat_map(|relation| &relation.indexes);
        let same_family = self.keeps_family(table, name);
        let is_of_the_type = |index: &Index| {
            index.needs_type_of(|text| mentions(text, name)) || !same_family && mentions(&index.definition(), name)
        };
        let of_the_type = own.filter(|it| !it.inherited && is_of_the_type(it));
        let objects = of_the_type.filter_map(|index| {
            let object = Object::Index(table.clone(), index.name.clone());
            let goes = match successor(self.planner, &object) {
                Some((catalog, Object::Index(of, replacement))) => {
                    let indexes = catalog.relations.get(&of).into_iter().flat_map(|relation| &relation.indexes);
                    !indexes.into_iter().any(|it| it.name == replacement && it.definition() == index.definition())
                }
                Some(_) | None => true,
            };
            goes.then_some(object)
        });
        objects.map(|object| Node { object, how: How::Recreate, is_cause: false }).collect()
    }

    /// Whether an expression that compares the column's old values can compare the new ones.
    fn keeps_family(&self, table: &QName, name: &Name) -> bool {
        let columns = (self.planner.expected_column(table, name), self.planner.live_column(table, name));
        matches!(columns, (Some(a), Some(b)) if family(&a.data_type) == family(&b.data_type))
    }

    /// Foreign keys between columns whose types do not match until both have changed.
    fn keys(&self, table: &QName, name: &Name) -> Vec<Node> {
        let mut keys = Vec::new();
        if self.keeps_family(table, name) {
            return keys;
        }
        let own = self.planner.live_relation(table).into_iter().flat_map(|relation| &relation.constraints);
        let own = own.map(|constraint| (table, constraint));
        for (child, constraint) in own.chain(self.planner.lookup.keys_to(table)) {
            let ConstraintKind::Foreign { columns, parent, parent_columns, .. } = &constraint.kind else { continue };
            let here = child == table && columns.contains(name) || parent == table && parent_columns.contains(name);
            if here && !constraint.inherited {
                let object = Object::Constraint(child.clone(), constraint.name.clone());
                keys.push(Node { object, how: How::Recreate, is_cause: false });
            }
        }
        keys
    }

    /// Groups of connected nodes: by dependency, by the table that they are part of, or by a foreign key.
    fn groups(&self) -> Vec<Vec<Node>> {
        let mut parent: BTreeMap<Object, Object> = self.nodes.keys().map(|it| (it.clone(), it.clone())).collect();
        let mut unite = |a: &Object, b: &Object| {
            let (a, b) = (root(&parent, a), root(&parent, b));
            if a != b {
                parent.insert(a.clone().max(b.clone()), a.min(b));
            }
        };
        for (a, b) in &self.links {
            unite(a, b);
        }
        // One rewrite for all columns of a table.
        let mut by_table: BTreeMap<&QName, &Object> = BTreeMap::new();
        for object in self.nodes.keys() {
            if let Object::Column(table, _) = object {
                let first = by_table.entry(table).or_insert(object);
                unite(first, object);
            }
        }
        let mut groups: BTreeMap<Object, Vec<Node>> = BTreeMap::new();
        for node in self.nodes.values() {
            groups.entry(root(&parent, &node.object)).or_default().push(node.clone());
        }
        groups.into_values().collect()
    }
}

/// The representative of the group of `of`.
fn root(parent: &BTreeMap<Object, Object>, of: &Object) -> Object {
    let mut at = of.clone();
    while let Some(up) = parent.get(&at).filter(|up| **up != at) {
        at = up.clone();
    }
    at
}

/// The relation that the object is or depends on, if it is dropped with all its dependent objects: it is dropped first,
/// and none of them is rebuilt.
pub(in crate::domain::plan) fn dropped_relation(planner: &Planner<'_>, object: &Object) -> Option<Object> {
    let name = object.relation()?;
    goes_alone(planner, name, &mut BTreeSet::new())
        .then(|| planner.live_relation(name).map(|it| it.kind.object(name.clone())))?
}

fn goes_alone<'a>(planner: &Planner<'a>, name: &QName, known: &mut BTreeSet<&'a QName>) -> bool {
    let Some((name, relation)) = planner.on.live.relations.get_key_value(name) else { return false };
    let object = relation.kind.object(name.clone());
    if !planner.drifts(Change::Unexpected, &object) {
        return false;
    }
    if !known.insert(name) {
        return true;
    }
    let columns = relation.columns.iter().map(|column| Object::column(name, &column.name));
    let dependents = columns.chain([object]).flat_map(|it| planner.lookup.dependents(&it).collect::<Vec<_>>());
    let mut others = dependents.filter(|it| it.relation() != Some(name));
    others.all(|it| it.relation().is_some_and(|on| goes_alone(planner, on, known)))
}
