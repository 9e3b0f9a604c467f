//! Stored results of routines: indexes and generated columns. When such a routine is replaced, they are recomputed;
//! otherwise the table's rows would contradict its indexes, and no drift would show it.
//!
//! The transaction that replaces the routine leaves a mark for later plans, because the routine no longer differs then.
//! An expected index is renamed to a helper name: queries still use it, and it counts as missing until it has been
//! built again. Where nothing would count as missing (a column's values, a partition's index, an index that is not
//! expected), the mark is a check of the table that is always true. What cannot be recomputed in this way is reported
//! with the command for it.

mod by_hand;

use std::collections::{BTreeMap, BTreeSet};

use by_hand::{by_hand, by_hand_alone, obstacle};

use crate::domain::catalog::{Column, Generated, Identity, Index, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::{Action, Rank, autocommit, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::lookup::needs;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::replaced::{By, computed_by, replaced};
use crate::domain::plan::scaffold::{self, REBUILD, STALE};
use crate::domain::plan::step::index;
use crate::domain::plan::step::routine::is_new;
use crate::domain::plan::{Effect, Segment, Step, Values, Work};
use crate::domain::report::Change;

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>) {
    let mut stale: BTreeMap<Object, By> = marked(planner).into_iter().map(|object| (object, By::new())).collect();
    for signature in replaced(planner) {
        for object in computed_by(planner, &signature) {
            stale.entry(object).or_default().insert(signature.clone());
        }
    }
    stale.retain(|object, _| !leaves(planner, object) && !planner.is_handled(object));
    let mut read = BTreeSet::new();
    for (object, by) in &stale {
        match object {
            Object::Index(table, name) => index(planner, (table, name), by),
            Object::Column(table, name) => column(planner, (table, name), by),
            _ => continue,
        }
        read.extend(object.relation().cloned());
    }
    for (object, by) in &stale {
        if let Some((what, command)) = by_hand(planner, object, &read) {
            planner.warn(format!("{what} by {}, which the plan replaces: {command}", listed(by)));
        }
    }
}

/// Objects that an interrupted earlier run has marked, but not recomputed.
fn marked(planner: &Planner<'_>) -> Vec<Object> {
    let marks = &planner.on.scaffolds.constraints;
    let is_marked =
        |table: &QName, name: &Name, what| marks.contains(&(table.clone(), scaffold::name(table, name, what)));
    let tables: BTreeSet<&QName> = marks.iter().map(|(table, _)| table).collect();
    let mut found = Vec::new();
    for (table, relation) in tables.into_iter().filter_map(|table| Some((table, planner.live_relation(table)?))) {
        let columns = relation.columns.iter().filter(|column| is_marked(table, &column.name, STALE));
        found.extend(columns.map(|column| Object::Column(table.clone(), column.name.clone())));
        let indexes = relation.indexes.iter().filter(|index| is_marked(table, &index.name, REBUILD));
        found.extend(indexes.map(|index| Object::Index(table.clone(), index.name.clone())));
    }
    found
}

/// The plan drops it, or the object that it is part of.
fn leaves(planner: &Planner<'_>, object: &Object) -> bool {
    let table = object.relation().map(|table| Object::Table(table.clone()));
    planner.drifts(Change::Unexpected, object) || table.is_some_and(|it| planner.drifts(Change::Unexpected, &it))
}

fn routines(by: &By) -> impl Iterator<Item = Object> {
    by.iter().cloned().map(Object::Routine)
}

fn listed(by: &By) -> String {
    by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Adds the step to the transaction that replaces the first of the routines, before the replacement.
fn first(planner: &mut Planner<'_>, by: &By, step: &Step, done: &Condition) {
    for signature in by {
        let Some(found) = planner.on.live.routines.get(signature) else { continue };
        let ensures = is_new(signature, found).or(done);
        let step = Step { ensures: Some(ensures), ..step.clone() };
        planner.replacing.entry(signature.clone()).or_default().steps.push(step);
    }
}

fn index(planner: &mut Planner<'_>, (table, name): (&QName, &Name), by: &By) {
    // The index of a partitioned table consists of the indexes of its partitions.
    let Some(found) = planner.live_index(table, name).filter(|it| it.valid && !planner.is_partitioned(table)) else {
        return;
    };
    let object = Object::Index(table.clone(), name.clone());
    if let Some(Object::Index(of, replacement)) = planner.lookup.successor(&object) {
        let Some(wanted) = planner.expected_index(of, replacement) else { return };
        // Otherwise it is rebuilt anyway.
        if index::is_altered_into(found, wanted) {
            altered(planner, table, (found, wanted), by);
        }
        return;
    }
    let indexes = planner.expected_relation(table).into_iter().flat_map(|relation| &relation.indexes);
    let same = indexes.filter(|it| it.name == *name || it.definition() == found.definition());
    let wanted = same.filter(|it| !it.inherited).max_by_key(|it| it.name == *name);
    match wanted.filter(|_| !found.inherited && !by.is_empty()) {
        Some(wanted) => rename_apart(planner, table, (&found.name, &wanted.name), found, by),
        None => again(planner, table, name, by),
    }
}

/// It is built with its expected definition, instead of being altered.
fn altered(planner: &mut Planner<'_>, table: &QName, (found, wanted): (&Index, &Index), by: &By) {
    let name = if planner.renames() { &wanted.name } else { &found.name };
    if *name != found.name && planner.lookup.is_taken(&table.schema, name) {
        let name = index::qualified(table, name);
        let command = format!("REINDEX INDEX CONCURRENTLY {name}");
        planner.warn(format!("index {name} was computed by {}, which the plan replaces: {command}", listed(by)));
        return;
    }
    let built = Index { name: name.clone(), ..wanted.clone() };
    rename_apart(planner, table, (&found.name, &wanted.name), &built, by);
    planner.handle(Object::Index(table.clone(), wanted.name.clone()));
}

/// Its name becomes free for the index that replaces it, also one of a later plan, which knows only the expected name.
fn rename_apart(planner: &mut Planner<'_>, table: &QName, (name, wanted): (&Name, &Name), built: &Index, by: &By) {
    let temporary = scaffold::name(table, wanted, STALE);
    if planner.renamed_apart(table, wanted).is_some() {
        for signature in by {
            let Some(found) = planner.on.live.routines.get(signature) else { continue };
            let step = index::drop_step(table, &temporary);
            let is_gone = !condition::index(table, &temporary, "true");
            let ensures = is_new(signature, found).or(&is_gone);
            let step = Step { ensures: Some(ensures), ..step };
            planner.replacing.entry(signature.clone()).or_default().before.push(autocommit(step));
        }
    }
    let from = index::qualified(table, name);
    let is_renamed = !condition::index(table, name, "true");
    let step = Step::new(
        Effect::Rename(Object::index(table, name), Object::index(table, &temporary)),
        format!("rename index {from} to {temporary} until it is rebuilt"),
        format!("ALTER INDEX {from} RENAME TO {temporary}"),
        is_renamed.clone(),
    )
    .locking(table, LockMode::AccessShare);
    first(planner, by, &step, &is_renamed);
    let old = Index { name: temporary, ..built.clone() };
    for action in index::building(planner, table, built, Some(&old)) {
        planner.add(action.needing(routines(by)));
    }
}

/// It is rebuilt under its name, by REINDEX.
fn again(planner: &mut Planner<'_>, table: &QName, name: &Name, by: &By) {
    let mark = mark(planner, table, (name, REBUILD), by);
    let index = index::qualified(table, name);
    let object = Object::Index(table.clone(), name.clone());
    let newer: Vec<_> = computing(planner, &object).iter().map(|it| condition::is_newer(table, name, it)).collect();
    let is_marked = condition::constraint(table, &mark, "true");
    let is_built = if newer.is_empty() { Condition::new("true") } else { (!is_marked).or(&Condition::All(newer)) };
    let step = Step::new(
        Effect::Rebuild(object.clone()),
        format!("rebuild index {index}"),
        format!("REINDEX INDEX CONCURRENTLY {index}"),
        is_built,
    )
    .concurrently(table);
    let segments = vec![autocommit(step), unmark(table, &mark)];
    planner.add(Action::new(Rank::Index, segments).needing(routines(by).chain([object])));
}

/// The replaced routines that compute it.
fn computing(planner: &Planner<'_>, object: &Object) -> By {
    let mut found = By::new();
    let mut queue = vec![object.clone()];
    while let Some(object) = queue.pop() {
        for needed in needs(planner.on.live, &object) {
            if let Object::Routine(signature) = needed
                && found.insert(signature.clone())
            {
                queue.push(needed.clone());
            }
        }
    }
    found
}

/// Adds the mark and returns its name.
fn mark(planner: &mut Planner<'_>, table: &QName, (of, what): (&Name, &str), by: &By) -> Name {
    let mark = scaffold::name(table, of, what);
    let is_marked = condition::constraint(table, &mark, "true");
    let step = Step::new(
        Effect::AddNotValid(Object::constraint(table, &mark)),
        format!("add marker constraint: {table}.{of} must be recomputed"),
        format!("ALTER TABLE {table} ADD CONSTRAINT {mark} CHECK (true) NO INHERIT NOT VALID"),
        is_marked.clone(),
    )
    .exclusive(table);
    first(planner, by, &step, &is_marked);
    mark
}

fn unmark(table: &QName, mark: &Name) -> Segment {
    let step = Step::new(
        Effect::Drop(Object::constraint(table, mark), Values::Own),
        format!("drop mark {mark} from {table}"),
        format!("ALTER TABLE {table} DROP CONSTRAINT {mark}"),
        !condition::constraint(table, mark, "true"),
    );
    transaction(vec![step.exclusive(table)])
}

fn column(planner: &mut Planner<'_>, (table, name): (&QName, &Name), by: &By) {
    let Some(column) = planner.live_column(table, name).filter(|_| !planner.is_partitioned(table)) else { return };
    let Some(Generated::Stored(expression)) = &column.generated else { return };
    let object = Object::Column(table.clone(), name.clone());
    if let Some(obstacle) = obstacle(planner, table, column) {
        let reason = format!(
            "{object} was computed by {}, which the plan replaces, and {obstacle} depends on it: the new values cannot \
             be checked against that in advance",
            listed(by)
        );
        let advice = "replace the function and recompute the column by hand (UPDATE, or DROP and ADD COLUMN), then \
                      plan again";
        planner.block(&object.to_string(), reason, advice);
        return;
    }
    // Compared as stored: values that are equal may still differ.
    let differs = format!("pg_catalog.record_image_ne(row({name}), row(({expression})::{}))", column.data_type);
    // The server recomputes a generated column of a row when an UPDATE sets a column that it is computed from.
    let sources: Vec<&Column> = sources(planner, table, &object).collect();
    let settable = sources.iter().find(|source| source.identity != Some(Identity::Always)).map(|source| &source.name);
    let Some(source) = settable.filter(|_| !planner.meets_code(table)) else {
        let by_hand = by_hand_alone(table, name, (settable, sources.first().copied()), &differs);
        planner.warn(format!(
            "column {object} was computed by {}, which the plan replaces, and the plan cannot recompute it without \
             side effects (triggers, rules, row security, or no column to set): \
             {by_hand}",
            listed(by)
        ));
        return;
    };
    if column.not_null && !by.is_empty() {
        planner.warn(format!(
            "column {object} is NOT NULL, and whether {}, which the plan replaces, gives a value to each row cannot \
             be checked beforehand: at the first row without one, recomputing stops, and the rows before that one \
             keep their new values",
            listed(by)
        ));
    }
    planner.require_checks(table, &[], &format!("ONLY {table}"));
    let mark = mark(planner, table, (name, STALE), by);
    let range = "ctid >= $1::tid AND ctid < $2::tid";
    let mut step = Step::new(
        Effect::WriteRows(table.clone()),
        format!("recompute {table}.{name}"),
        format!("UPDATE ONLY {table} SET {source} = {source} WHERE {range} AND {differs}"),
        Condition::new(format!("not exists (select from ONLY {table} where {differs})")),
    )
    .locking(table, LockMode::RowExclusive);
    step.work = Work::Batches { table: table.clone(), keep: None };
    let segments = vec![autocommit(step), unmark(table, &mark)];
    // Old values beside new ones may look like duplicates.
    let indexes = planner.live_relation(table).into_iter().flat_map(|relation| &relation.indexes);
    let indexes = indexes.map(|it| Object::Index(table.clone(), it.name.clone()));
    planner.add(Action::new(Rank::Foreign, segments).needing(routines(by).chain([object]).chain(indexes)));
}

/// Columns that the generated column is computed from.
fn sources<'a>(planner: &Planner<'a>, table: &QName, generated: &Object) -> impl Iterator<Item = &'a Column> {
    needs(planner.on.live, generated).filter_map(move |needed| {
        let Object::Column(of, name) = needed else { return None };
        planner.live_column(of, name).filter(|column| of == table && column.generated.is_none())
    })
}
