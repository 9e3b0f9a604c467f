//! Tables as a whole. A new table is created in one transaction with everything on it except foreign keys and triggers,
//! which involve other objects; no session can be waiting for it.

mod alter;
mod apart;
mod by_hand;
mod detached;
mod moved;

use crate::domain::catalog::{Column, Constraint, ConstraintKind, Defined, Index, Object, Relation, RelationKind};
use crate::domain::drift::Scope;
use crate::domain::lock::{Lock, LockMode};
use crate::domain::name::{QName, literal};
use crate::domain::plan::action::{Action, Rank, create, locked, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::column::not_nulls_of_new_table;
use crate::domain::plan::step::constraint::without_a_look;
use crate::domain::plan::step::{foreign, index, sequence, trigger, view};
use crate::domain::plan::{Effect, Hazard, Step};
use crate::domain::render;
use crate::domain::report::{Change, Drift};

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, change: Change, name: &QName) {
    let (wanted, found) = (planner.expected_relation(name), planner.live_relation(name));
    match (change, wanted, found) {
        (Change::Missing, Some(wanted), _) => add(planner, name, wanted),
        (Change::Unexpected, _, Some(found)) if planner.on.scope == Scope::Declared => {
            detached::settle(planner, name, found, None);
        }
        (Change::Unexpected, _, Some(found)) => drop(planner, name, found),
        (Change::Changed, Some(wanted), Some(found)) if found.kind != RelationKind::Table => {
            let step = view::dropped(name, found).costing(Hazard::DataLoss, format!("view {name}"));
            let object = found.kind.object(name.clone());
            planner.add(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking([object]));
            add(planner, name, wanted);
        }
        (Change::Changed, Some(wanted), Some(found)) => alter::change(planner, name, wanted, found),
        (Change::Missing | Change::Unexpected | Change::Changed, _, _) => {}
    }
}

fn add(planner: &mut Planner<'_>, name: &QName, wanted: &Relation) {
    let (now, apart, later) = apart::later(planner, name, wanted);
    let wanted = &now;
    let partition = wanted.partition_of.as_ref();
    let alone = alone(planner, wanted);
    let (mut steps, mut owned, sequences) = sequences(planner, name);
    let mut makes = [vec![Object::Table(name.clone())], sequences].concat();
    let table = create(&Object::Table(name.clone()), "table", render::create_table(name, &alone, planner.on.expected));
    steps.push(table);
    steps.extend(alter::inherited_settings(name, &alone, planner.on.expected));
    steps.append(&mut owned);
    for it in wanted.constraints.iter().filter(|it| is_own(it, partition.is_some())) {
        let object = Object::Constraint(name.clone(), it.name.clone());
        let not_valid = if it.validated { "" } else { without_a_look(planner, it) };
        let sql = format!("ALTER TABLE {name} ADD CONSTRAINT {} {}{not_valid}", it.name, it.definition());
        steps.push(create(&object, "constraint", sql));
        makes.push(object);
    }
    for it in more_checks(planner, wanted) {
        let object = Object::Constraint(name.clone(), it.name.clone());
        steps.push(create(
            &object,
            "constraint",
            render::add_constraint(name, it, false, planner.on.live.server_version),
        ));
    }
    let index = |it: &Index| {
        let object = Object::Index(name.clone(), it.name.clone());
        let step = create(&object, "index", render::create_index(name, it, render::How::Plain));
        [vec![step], index::statistics(name, it)].concat()
    };
    makes.extend(wanted.indexes.iter().map(|it| Object::Index(name.clone(), it.name.clone())));
    steps.extend(wanted.indexes.iter().filter(|it| partition.is_some() && it.inherited).flat_map(index));
    let mut lock_first = Vec::new();
    if let Some(partition) = partition {
        lock_first.push(Lock::new(&partition.parent, LockMode::ShareUpdateExclusive));
        steps.push(attach(planner, name, &partition.parent, &partition.bound.to_string(), None));
    }
    steps.extend(not_nulls_of_new_table(planner, name, wanted));
    // After those that the parent's indexes are to adopt: of two equal ones the server would choose any.
    steps.extend(wanted.indexes.iter().filter(|it| !it.inherited).flat_map(index));
    steps.extend(alter::of_new_table(name, wanted));
    makes.extend(wanted.columns.iter().map(|column| Object::Column(name.clone(), column.name.clone())));
    let lock = |step: Step| {
        wanted.inherits.iter().fold(step, |step, parent| step.locking(parent, LockMode::ShareUpdateExclusive))
    };
    let steps = steps.into_iter().enumerate().map(|(nth, step)| if nth == 0 { lock(step) } else { step }).collect();
    let needs = partition.map(|it| leaving(planner, &it.parent)).unwrap_or_default();
    let action = Action::new(Rank::Table, vec![locked(lock_first, steps)]).making(makes).needing(needs);
    planner.add(Action { apart, ..action });
    for action in later {
        planner.add(action);
    }
    add_others(planner, name, wanted);
}

/// For a new table: the steps that create its own sequences, those that make its columns their owners, and the
/// sequences.
fn sequences(planner: &Planner<'_>, name: &QName) -> (Vec<Step>, Vec<Step>, Vec<Object>) {
    let (mut created, mut owned, mut makes) = (Vec::new(), Vec::new(), Vec::new());
    for sequence in planner.lookup.owned(name) {
        let Some(it) = planner.on.expected.sequences.get(sequence) else { continue };
        let Some((table, column)) = it.owned_by.as_ref().filter(|(table, _)| table == name) else { continue };
        let is_new =
            !planner.on.live.sequences.contains_key(sequence) || sequence::goes_with_its_table(planner, sequence);
        let object = Object::Sequence(sequence.clone());
        if !it.identity && is_new {
            created.push(create(&object, "sequence", render::create_sequence(sequence, it)));
        }
        if is_new {
            makes.push(object);
        }
        if !it.identity {
            owned.extend(sequence::own(planner, sequence, table, column));
        }
    }
    (created, owned, makes)
}

/// Foreign keys and triggers of a new table, which involve other objects.
fn add_others(planner: &mut Planner<'_>, name: &QName, wanted: &Relation) {
    for it in wanted.constraints.iter().filter(|it| !it.inherited && is_foreign(it)) {
        if let Some(action) = foreign::on_new_table(planner, name, it) {
            planner.add(action);
        }
    }
    for it in wanted.triggers.iter().filter(|it| !it.inherited) {
        let object = Object::Trigger(name.clone(), it.name.clone());
        let steps = trigger::created(planner, name, it);
        planner.add(Action::new(Rank::Trigger, vec![transaction(steps)]).making([object]));
    }
}

/// A partition is created as a table and then attached: this takes a weaker lock on its parent than CREATE TABLE …
/// PARTITION OF.
fn alone(planner: &Planner<'_>, wanted: &Relation) -> Relation {
    if wanted.partition_of.is_none() {
        return wanted.clone();
    }
    let columns = wanted.columns.iter().chain(more_columns(planner, wanted));
    let columns = columns.map(|column| Column { inherited: false, ..column.clone() }).collect();
    Relation { partition_of: None, columns, ..wanted.clone() }
}

/// Columns of a new partition's parent that are not expected and stay: without them the partition could not be
/// attached.
fn more_columns<'a>(planner: &Planner<'a>, wanted: &Relation) -> Vec<&'a Column> {
    let Some((parent, live)) = live_parent(planner, wanted) else { return Vec::new() };
    let is_more = |column: &&Column| {
        wanted.columns.iter().all(|it| it.name != column.name)
            && !planner.drifts(Change::Unexpected, &Object::column(parent, &column.name))
    };
    live.columns.iter().filter(is_more).collect()
}

/// Checks of the parent, by the same rule.
fn more_checks<'a>(planner: &Planner<'a>, wanted: &Relation) -> Vec<&'a Constraint> {
    let Some((parent, live)) = live_parent(planner, wanted) else { return Vec::new() };
    let is_more = |it: &&Constraint| {
        matches!(it.kind, ConstraintKind::Check { no_inherit: false, .. })
            && wanted.constraints.iter().all(|other| other.definition() != it.definition())
            && !planner.drifts(Change::Unexpected, &Object::constraint(parent, &it.name))
            && planner.lookup.successor(&Object::constraint(parent, &it.name)).is_none()
    };
    live.constraints.iter().filter(is_more).collect()
}

fn live_parent<'a, 'w>(planner: &Planner<'a>, wanted: &'w Relation) -> Option<(&'w QName, &'a Relation)> {
    let parent = &wanted.partition_of.as_ref()?.parent;
    Some((parent, planner.live_relation(parent)?))
}

/// What a partition's parent is to lose: dropping it later would drop the new partition's own as well, and attaching
/// before that would fail without it.
fn leaving(planner: &Planner<'_>, parent: &QName) -> Vec<Object> {
    let Some(it) = planner.live_relation(parent) else { return Vec::new() };
    let indexes = it.indexes.iter().map(|it| Object::Index(parent.clone(), it.name.clone()));
    let constraints = it.constraints.iter().map(|it| Object::Constraint(parent.clone(), it.name.clone()));
    let columns = it.columns.iter().map(|it| Object::Column(parent.clone(), it.name.clone()));
    let all = indexes.chain(constraints).chain(columns);
    all.filter(|object| planner.drifts(Change::Unexpected, object)).collect()
}

fn is_foreign(constraint: &Constraint) -> bool {
    matches!(constraint.kind, ConstraintKind::Foreign { .. })
}

/// Whether it is created with the table. A partition is created with everything that it would otherwise inherit, so
/// that its own names are used.
fn is_own(constraint: &Constraint, is_partition: bool) -> bool {
    !is_foreign(constraint) && (is_partition || !constraint.inherited)
}

/// The table is a partition of `parent`, and `is` holds for its bound.
fn is_part(name: &QName, parent: &QName, is: &str) -> Condition {
    Condition::new(format!(
        "exists (select from pg_inherits join pg_class on oid = inhrelid where oid = {} and inhparent = {}{is})",
        condition::regclass(name),
        condition::regclass(parent)
    ))
}

/// Attaches a table as a partition; `old` is its previous bound, of the same parent.
fn attach(planner: &Planner<'_>, name: &QName, parent: &QName, bound: &str, old: Option<&str>) -> Step {
    let is_new = old.map(|old| format!(" and pg_get_expr(relpartbound, oid) <> {}", literal(old)));
    let step = Step::new(
        Effect::Attach(Object::Table(parent.clone()), Object::Table(name.clone())),
        format!("attach partition {name} to {parent}"),
        format!("ALTER TABLE {parent} ATTACH PARTITION {name} {bound}"),
        is_part(name, parent, &is_new.unwrap_or_default()),
    )
    .locking(parent, LockMode::ShareUpdateExclusive);
    let step = moved::locking(planner, step, (name, parent), (LockMode::AccessExclusive, LockMode::ShareRowExclusive));
    let step = if planner.is_new(name) { step } else { planner.scan_that_blocks(step.exclusive(name), name) };
    // Rows of a default partition might belong to the new one.
    match default_partition(planner, parent) {
        Some(default) if default != *name => planner.scan_that_blocks(step.exclusive(&default), &default),
        Some(_) | None => step,
    }
}

/// The default partition is locked when another partition is attached or detached.
fn default_partition(planner: &Planner<'_>, parent: &QName) -> Option<QName> {
    planner.family(parent).into_iter().find(|partition| {
        let of = [planner.live_relation(partition), planner.expected_relation(partition)];
        let mut of = of.into_iter().flatten().filter_map(|relation| relation.partition_of.as_ref());
        of.any(|it| it.parent == *parent && it.bound.known() == Some("DEFAULT"))
    })
}

/// Drops the table that a view replaces.
pub(in crate::domain::plan) fn make_way(planner: &mut Planner<'_>, drift: &Drift, name: &QName) {
    let sides = (planner.expected_relation(name), planner.live_relation(name));
    if let (Change::Changed, (Some(wanted), Some(found))) = (drift.change, sides)
        && wanted.kind != found.kind
    {
        drop(planner, name, found);
    }
}

fn drop(planner: &mut Planner<'_>, name: &QName, found: &Relation) {
    let object = Object::Table(name.clone());
    let mut step = remove(&object, "table", format!("DROP TABLE {name}"))
        .exclusive(name)
        .costing(Hazard::DataLoss, format!("table {name} and its rows"))
        .irreversible("the rows of a dropped table are lost");
    for parent in found.parents() {
        step = step.exclusive(parent);
        step = default_partition(planner, parent).iter().fold(step, Step::exclusive);
    }
    for it in &found.constraints {
        if let ConstraintKind::Foreign { parent, .. } = &it.kind {
            step = planner.with_partitions(parent).iter().fold(step, Step::exclusive);
        }
    }
    // Of tables that reference each other, the foreign keys are dropped first.
    let mut needs = Vec::new();
    let mut keys = Vec::new();
    for (child, it) in planner.lookup.keys_to(name).filter(|(child, it)| *child != name && !it.inherited) {
        needs.push(Object::Constraint(child.clone(), it.name.clone()));
        if planner.drifts(Change::Unexpected, &Object::Table(child.clone())) {
            keys.push((child.clone(), it.clone()));
        }
    }
    for (child, key) in keys {
        let object = Object::Constraint(child.clone(), key.name.clone());
        let step = remove(&object, "constraint", format!("ALTER TABLE {child} DROP CONSTRAINT {}", key.name))
            .exclusive(&child)
            .exclusive(name)
            .costing(Hazard::DataLoss, format!("constraint {object}"));
        let lock_first = foreign::locks(name, &child, LockMode::AccessExclusive);
        planner.add(Action::new(Rank::Drop, vec![locked(lock_first, vec![step])]).unmaking([object]));
    }
    // The dependent objects of the table are dropped with it, and their names become free.
    let mut unmakes = vec![object];
    let keys = found.constraints.iter().filter(|it| !is_foreign(it));
    unmakes.extend(keys.map(|it| Object::Constraint(name.clone(), it.name.clone())));
    unmakes.extend(found.columns.iter().map(|it| Object::Column(name.clone(), it.name.clone())));
    unmakes.extend(found.indexes.iter().map(|it| Object::Index(name.clone(), it.name.clone())));
    unmakes.extend(found.triggers.iter().map(|it| Object::Trigger(name.clone(), it.name.clone())));
    let depends = |(object, it): &(&Object, &Defined)| depends_on(object, it, name);
    unmakes.extend(planner.on.live.defined.iter().filter(depends).map(|(object, _)| object.clone()));
    let (apart, first) = apart::first(planner, name, found);
    for action in first {
        planner.add(action);
    }
    unmakes.retain(|object| matches!(object, Object::Column(..)) || !apart.contains(object));
    let owned = planner.lookup.owned(name).filter(|sequence| {
        let it = planner.on.live.sequences.get(sequence);
        it.is_some_and(|it| it.owned_by.as_ref().is_some_and(|(table, _)| table == name))
    });
    // A sequence that a column of another table is to own changes its owner before.
    let stays =
        |it: &&QName| planner.on.expected.sequences.contains_key(*it) && !sequence::goes_with_its_table(planner, it);
    let (stays, owned): (Vec<_>, Vec<_>) = owned.partition(stays);
    for sequence in stays {
        let new_owner = planner.on.expected.sequences.get(sequence).and_then(|it| it.owned_by.clone());
        needs.extend(new_owner.map(|(table, column)| Object::Column(table, column)));
        needs.push(Object::Sequence(sequence.clone()));
    }
    unmakes.extend(owned.into_iter().map(|sequence| Object::Sequence(sequence.clone())));
    let action = Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking(unmakes).needing(needs);
    planner.add(Action { apart, ..action });
}

fn depends_on(object: &Object, it: &Defined, name: &QName) -> bool {
    object.relation().or(it.table.as_ref()) == Some(name)
}

/// Detaches a partition.
fn detach(planner: &Planner<'_>, name: &QName, parent: &QName, bound: &str) -> Step {
    let step = Step::new(
        Effect::Detach(Object::Table(parent.clone()), Object::Table(name.clone())),
        format!("detach partition {name} from {parent}"),
        format!("ALTER TABLE {parent} DETACH PARTITION {name}"),
        !is_part(name, parent, &format!(" and pg_get_expr(relpartbound, oid) = {}", literal(bound))),
    )
    .exclusive(parent)
    .exclusive(name);
    let step = moved::locking(planner, step, (name, parent), (LockMode::ShareRowExclusive, LockMode::AccessExclusive));
    default_partition(planner, parent).iter().fold(step, Step::exclusive)
}
