//! Objects that are dropped and created again because something that they depend on is replaced.

use std::collections::BTreeSet;

use crate::domain::catalog::{Catalog, Object};
use crate::domain::drift::Scope;
use crate::domain::plan::Step;
use crate::domain::plan::condition::Condition;
use crate::domain::plan::lookup::needs;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::{comment, privilege, routine, view};
use crate::domain::report::Change;

/// Views and routines that depend on these objects, directly or by another one, without those that are dropped in any case:
/// each after what it depends on.
pub(in crate::domain::plan) fn readers(planner: &Planner<'_>, mut queue: Vec<Object>) -> Vec<Object> {
    let mut left: BTreeSet<Object> = BTreeSet::new();
    while let Some(object) = queue.pop() {
        for dependent in planner.lookup.dependents(&object) {
            let is_reader = matches!(dependent, Object::View(_) | Object::MaterializedView(_) | Object::Routine(_));
            let goes = planner.drifts(Change::Unexpected, dependent) || planner.is_handled(dependent);
            if is_reader && !goes && left.insert(dependent.clone()) {
                queue.extend(with_columns(planner, dependent));
            }
        }
    }
    bottom_up(planner, left.iter().collect()).into_iter().cloned().collect()
}

/// The objects in order of dependency, by either database: each after what it depends on.
pub(in crate::domain::plan) fn bottom_up<'o>(planner: &Planner<'_>, mut left: BTreeSet<&'o Object>) -> Vec<&'o Object> {
    let mut order = Vec::new();
    while let Some(first) = left.first().copied() {
        let depends = |object: &Object| {
            let on = object.relation().filter(|_| matches!(object, Object::Rule(..)));
            let mut needed = needs(planner.on.live, object).chain(needs(planner.on.expected, object));
            on.is_some_and(|on| left.contains(&Object::View(on.clone())))
                || needed.any(|it| {
                    // The columns of a view are represented by the view.
                    let whole =
                        it.relation().map(|name| [Object::View(name.clone()), Object::MaterializedView(name.clone())]);
                    let is_left = |it: &Object| it != object && left.contains(it);
                    is_left(it) || whole.iter().flatten().any(is_left)
                })
        };
        let next = left.iter().find(|object| !depends(object)).copied().unwrap_or(first);
        left.remove(next);
        order.push(next);
    }
    order
}

/// How one of them is dropped; what is created in its place, and how.
pub(in crate::domain::plan) struct Again {
    pub(in crate::domain::plan) drop: Step,
    pub(in crate::domain::plan) makes: Vec<Object>,
    pub(in crate::domain::plan) create: Vec<Step>,
}

/// No other recipe plans for it. It is not dropped once what it depends on has been replaced: `done`.
pub(in crate::domain::plan) fn again(planner: &mut Planner<'_>, reader: &Object, done: &Condition) -> Option<Again> {
    let drop = down(planner, reader)?;
    let drop = Step { ensures: drop.ensures.as_ref().map(|gone| gone.clone().or(done)), ..drop };
    let (makes, mut create) = up(planner, reader);
    create.extend(comment::again(planner, &makes));
    create.extend(privilege::again(planner, &makes));
    for object in std::iter::once(reader).chain(&makes) {
        planner.handle(object.clone());
    }
    Some(Again { drop, makes, create })
}

fn down(planner: &Planner<'_>, reader: &Object) -> Option<Step> {
    let live = planner.on.live;
    match reader {
        Object::View(name) | Object::MaterializedView(name) => Some(view::dropped(name, live.relations.get(name)?)),
        Object::Routine(signature) => Some(routine::dropped(signature, live.routines.get(signature)?)),
        _ => None,
    }
}

/// What is created, and how.
fn up(planner: &Planner<'_>, reader: &Object) -> (Vec<Object>, Vec<Step>) {
    let Some((catalog, _)) = successor(planner, reader) else { return (Vec::new(), Vec::new()) };
    match reader {
        Object::View(name) | Object::MaterializedView(name) => match catalog.relations.get(name) {
            Some(wanted) => (view::makes(name, wanted), view::created(planner, name, wanted)),
            None => (Vec::new(), Vec::new()),
        },
        Object::Routine(signature) => {
            let step = catalog.routines.get(signature).map(|it| routine::created(signature, it));
            (vec![reader.clone()], step.into_iter().collect())
        }
        _ => (Vec::new(), Vec::new()),
    }
}

/// The object that is created in the place of a live object, and the catalog with its definition: the expected one, or,
/// in scope `declared`, the live one. An index or a constraint may have another name by then.
pub(in crate::domain::plan) fn successor<'a>(planner: &Planner<'a>, object: &Object) -> Option<(&'a Catalog, Object)> {
    let replacement = match object {
        Object::Index(..) | Object::Constraint(..) => planner.lookup.successor(object).unwrap_or(object),
        other => other,
    };
    let has = |catalog: &Catalog| match replacement {
        replacement if catalog.defined.contains_key(replacement) => true,
        Object::View(name) | Object::MaterializedView(name) | Object::Table(name) => {
            catalog.relations.contains_key(name)
        }
        Object::Routine(signature) => catalog.routines.contains_key(signature),
        Object::Type(name) => catalog.enums.contains_key(name),
        Object::Domain(name) => catalog.domains.contains_key(name),
        Object::Column(table, name) => {
            catalog.relations.get(table).is_some_and(|it| it.columns.iter().any(|column| column.name == *name))
        }
        Object::Constraint(table, name) => {
            catalog.relations.get(table).is_some_and(|it| it.constraints.iter().any(|it| it.name == *name))
        }
        Object::Index(table, name) => {
            catalog.relations.get(table).is_some_and(|it| it.indexes.iter().any(|it| it.name == *name))
        }
        Object::Trigger(table, name) => {
            catalog.relations.get(table).is_some_and(|it| it.triggers.iter().any(|it| it.name == *name))
        }
        _ => false,
    };
    if has(planner.on.expected) {
        Some((planner.on.expected, replacement.clone()))
    } else if planner.on.scope == Scope::Declared {
        Some((planner.on.live, object.clone()))
    } else {
        None
    }
}

/// The objects that others can depend on: the object, and each column of a view.
pub(in crate::domain::plan) fn with_columns(planner: &Planner<'_>, object: &Object) -> Vec<Object> {
    let columns = match object {
        Object::View(name) | Object::MaterializedView(name) => {
            let columns = planner.live_relation(name).into_iter().flat_map(|relation| &relation.columns);
            columns.map(|column| Object::column(name, &column.name)).collect()
        }
        _ => Vec::new(),
    };
    [vec![object.clone()], columns].concat()
}
