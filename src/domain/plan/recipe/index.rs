//! Indexes: always built concurrently, after an invalid one of the same name has been dropped; never skipped by `IF NOT
//! EXISTS`. A successor is built before the old index is dropped. On partitioned tables each partition's index is built
//! concurrently and attached.

mod freed_name;
mod own;
mod part;

use std::collections::BTreeMap;

use part::{From, Part};

use crate::domain::catalog::{Facts as _, Index, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::{Action, Rank, autocommit, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::index::{
    Build, attach, building, concurrently, drop_step, is_altered_into, is_no_longer, is_so, no_duplicates, qualified,
};
use crate::domain::plan::step::name::rename_by;
use crate::domain::plan::step::{key, reloptions};
use crate::domain::plan::{Effect, Hazard, Segment, Step};
use crate::domain::render;
use crate::domain::report::{Change, Drift};

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, drift: &Drift, table: &QName, name: &Name) {
    match drift.change {
        Change::Missing => {
            if let Some(wanted) = planner.expected_index(table, name) {
                add(planner, table, wanted, None);
            }
        }
        Change::Unexpected => {
            let Some(found) = planner.live_index(table, name) else { return };
            if is_taken_up(planner, table, found) {
                return;
            }
            if let Some(temporary) = freed_name::name(planner, table, found) {
                return freed_name::drop(planner, table, found, &temporary);
            }
            if own::is_kept(planner, table, found) {
                return;
            }
            let own = own::parts(planner, table, found);
            let segments = [own.before, vec![drop(planner, table, found)], own.after].concat();
            planner.add(Action::new(Rank::Drop, segments).unmaking([Object::index(table, name)]));
        }
        Change::Changed => {
            let Some(wanted) = planner.expected_index(table, name) else { return };
            let Some(Object::Index(_, old)) = &drift.counterpart else { return };
            if let Some(found) = planner.live_index(table, old) {
                change(planner, table, wanted, found);
            }
        }
    }
}

fn change(planner: &mut Planner<'_>, table: &QName, wanted: &Index, found: &Index) {
    let old = Some(found).filter(|found| !part::stays(planner, table, wanted, found));
    // No option of a partitioned index can be altered.
    let is_rebuilt = planner.is_partitioned(table) && found.options != wanted.options;
    if old.is_none() || is_rebuilt || !is_altered_into(found, wanted) {
        add(planner, table, wanted, old);
        return;
    }
    if found.name != wanted.name && planner.renames() {
        let object = |name: &Name| Object::index(table, name);
        let alter = |from: &Name, to: &Name| format!("ALTER INDEX {} RENAME TO {to}", qualified(table, from));
        let is = condition::index(table, &wanted.name, &is_so(table, found));
        for action in rename_by(planner, table, (&found.name, &wanted.name), &is, object, alter) {
            planner.add(action);
        }
    }
    let name = qualified(table, if planner.renames() { &wanted.name } else { &found.name });
    settings(planner, table, &name, wanted, found);
}

/// It is still to become a key, or a part of its parent's index: an earlier run was interrupted after building it, or it
/// was there before.
fn is_taken_up(planner: &Planner<'_>, table: &QName, found: &Index) -> bool {
    let Some(wanted) = planner.expected_relation(table).filter(|_| found.valid || planner.is_partitioned(table)) else {
        return false;
    };
    let mut parts = wanted.indexes.iter().filter(|index| index.inherited && index.name == found.name);
    let mut keys = wanted.constraints.iter().filter(|key| key.is_key() && key.name == found.name);
    parts.any(|index| index.definition() == found.definition())
        || !planner.is_partitioned(table)
            && keys.any(|key| key::index_of(key, &key.name).definition() == found.definition())
        || !found.inherited && part::is_to_come(planner, table, found)
}

/// Builds the index, in the place of `old` if there is one.
fn add(planner: &mut Planner<'_>, table: &QName, wanted: &Index, old: Option<&Index>) {
    if planner.is_partitioned(table) {
        return partitioned(planner, table, wanted, old);
    }
    for action in building(planner, table, wanted, old) {
        planner.add(action);
    }
}

fn drop(planner: &Planner<'_>, table: &QName, found: &Index) -> Segment {
    let object = Object::index(table, &found.name);
    // A partitioned index cannot be dropped concurrently.
    if planner.is_partitioned(table) {
        let step = remove(&object, "index", format!("DROP INDEX {}", qualified(table, &found.name)));
        let step = Step { ensures: Some(is_gone(planner, table, found)), ..step };
        let step = planner.family(table).iter().fold(step, Step::exclusive);
        return transaction(vec![step.costing(Hazard::DataLoss, format!("index {object}"))]);
    }
    let step = Step { ensures: Some(is_gone(planner, table, found)), ..drop_step(table, &found.name) };
    // No query has ever used a leftover of a failed build.
    autocommit(if found.is_leftover() { step } else { step.costing(Hazard::DataLoss, format!("index {object}")) })
}

/// The index does not exist, whatever else the plan gives its name to.
fn is_gone(planner: &Planner<'_>, table: &QName, found: &Index) -> Condition {
    let is_old = if planner.expected_constraint(table, &found.name).is_some() {
        "not exists (select from pg_constraint where conindid = indexrelid)".to_owned()
    } else if let Some(wanted) = planner.expected_index(table, &found.name).filter(|_| found.valid) {
        format!("not (indisvalid and {})", is_no_longer(table, found, wanted))
    } else {
        "true".to_owned()
    };
    !condition::index(table, &found.name, &is_old)
}

/// The index of a partitioned table: first on the parent alone, then on each partition, attached one by one. If a
/// partition is a foreign table, the index would never become valid in this way.
fn partitioned(planner: &mut Planner<'_>, table: &QName, wanted: &Index, old: Option<&Index>) {
    let object = Object::Index(table.clone(), wanted.name.clone());
    if wanted.unique && planner.is_never_unique(table, &wanted.name) {
        return;
    }
    let mut segments = Vec::new();
    let goes_on =
        |old: &&Index| !(old.valid || old.definition() != wanted.definition()) && part::has_key(planner, table, wanted);
    let old = old.filter(|old| !goes_on(old));
    if let Some(old) = old.filter(|old| old.name == wanted.name || !old.valid) {
        let is_new = if old.valid { is_no_longer(table, old, wanted) } else { "indisvalid".to_owned() };
        if old.valid && old.unique {
            let again = render::create_index(table, old, render::How::Plain);
            planner.warn(key::is_not_unique_meanwhile(&Object::index(table, &old.name), &again));
        }
        segments.push(transaction(vec![drop_whole(planner, table, old, &is_new)]));
    }
    let mut new = Vec::new();
    if planner.foreign_partitions(table).next().is_some() {
        partitions_first(planner, table, wanted, (&mut segments, &mut new));
    } else {
        alone_first(planner, table, wanted, (&mut segments, &mut new));
    }
    if let Some(old) = old.filter(|old| old.valid && old.name != wanted.name) {
        segments.push(drop(planner, table, old));
    }
    new.extend(planner.lookup.leaving(table));
    planner.add(Action::new(Rank::Index, segments).making([object]).needing(new));
}

/// Drops a partitioned index with its parts, unless the object that now has its name `is_new`.
fn drop_whole(planner: &Planner<'_>, table: &QName, old: &Index, is_new: &str) -> Step {
    let object = Object::Index(table.clone(), old.name.clone());
    let step = remove(&object, "index", format!("DROP INDEX {}", qualified(table, &old.name)));
    let step = planner.family(table).iter().fold(step, Step::exclusive);
    Step { ensures: Some(!condition::index(table, &old.name, &format!("not ({is_new})"))), ..step }
}

/// Builds each partition's index first, and then the table's, which adopts them as its parts.
fn partitions_first(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Index,
    (segments, new): (&mut Vec<Segment>, &mut Vec<Object>),
) {
    let whole = |table: &QName, own: &Index| {
        let step = Step::new(
            Effect::Create(Object::index(table, &own.name)),
            format!("create index {} from its partitions' indexes", qualified(table, &own.name)),
            render::create_index(table, own, render::How::Plain),
            condition::index(table, &own.name, "indisvalid"),
        );
        let family = planner.family(table);
        let all = family.iter().chain(planner.foreign_partitions(table));
        transaction(vec![all.fold(step, |step, table| step.locking(table, LockMode::Share))])
    };
    for (_, partition) in planner.partitions(table).into_iter().rev() {
        let Part { name, from } = part::of(planner, &partition, wanted);
        let own = Index { name, ..wanted.clone() };
        if planner.is_new(&partition) {
            // The partition was created with an index of its own.
            new.push(Object::Table(partition));
        } else if let From::Index(old) = &from {
            segments.extend(part::renaming(&partition, old, &own.name));
        } else if matches!(from, From::Key) {
            new.push(Object::Constraint(partition, own.name));
        } else if planner.is_partitioned(&partition) {
            let left = planner.live_index(&partition, &own.name).filter(|it| !it.valid);
            segments.extend(left.map(|it| transaction(vec![drop_whole(planner, &partition, it, "indisvalid")])));
            segments.push(whole(&partition, &own));
        } else {
            let done = condition::index(&partition, &own.name, "indisvalid");
            segments.extend(concurrently(planner, &partition, &Build { index: &own, requires: None, done }));
        }
    }
    segments.push(whole(table, wanted));
}

/// Builds the table's index on the parent alone, and then each partition's, which is attached to it.
fn alone_first(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Index,
    (segments, new): (&mut Vec<Segment>, &mut Vec<Object>),
) {
    let requires = wanted.unique.then(|| no_duplicates(planner, table, wanted));
    segments.push(transaction(vec![requires.into_iter().fold(only(table, wanted), Step::requiring)]));
    let mut names = BTreeMap::from([(table.clone(), wanted.name.clone())]);
    for (parent, partition) in planner.partitions(table) {
        // What is below a partition whose key is the part has its parts in that.
        let Some(parent_name) = names.get(&parent).cloned() else { continue };
        let Part { name, from } = part::of(planner, &partition, wanted);
        let own = Index { name: name.clone(), ..wanted.clone() };
        if !matches!(from, From::Key) {
            names.insert(partition.clone(), name.clone());
        }
        if planner.is_new(&partition) {
            // The partition was created with an index of its own.
            new.push(Object::Table(partition.clone()));
        } else if let From::Index(old) = &from {
            segments.extend(part::renaming(&partition, old, &name));
        } else if matches!(from, From::Key) {
            new.push(Object::Constraint(partition.clone(), name.clone()));
        } else if planner.is_partitioned(&partition) {
            segments.push(transaction(vec![only(&partition, &own)]));
        } else {
            let done = condition::index(&partition, &name, "indisvalid");
            segments.extend(concurrently(planner, &partition, &Build { index: &own, requires: None, done }));
        }
        let step = attach(&parent, &parent_name, &partition, &name);
        segments.push(autocommit(match from {
            From::Key => {
                step.irreversible("PostgreSQL drops the partitioned index only together with the key that is its part")
            }
            From::Index(_) | From::Nothing => step,
        }));
    }
}

/// The index of a partitioned table alone, which is not valid before each partition's index has been attached.
fn only(table: &QName, wanted: &Index) -> Step {
    Step::new(
        Effect::Create(Object::index(table, &wanted.name)),
        format!("create index {} without its partitions", qualified(table, &wanted.name)),
        render::create_index(table, wanted, render::How::Only),
        condition::index(table, &wanted.name, "true"),
    )
    .locking(table, LockMode::Share)
}

/// Storage options and statistics targets of an index that is as expected otherwise.
fn settings(planner: &mut Planner<'_>, table: &QName, name: &QName, wanted: &Index, found: &Index) {
    let object = Object::index(table, &wanted.name);
    let mut steps = reloptions::options(&object, name, "INDEX", &wanted.options, &found.options);
    for step in &mut steps {
        step.locks.clear();
    }
    let split = |key: &str| key.split_once('=').map(|(number, target)| (number.to_owned(), target.to_owned()));
    let gone = found.statistics.iter().filter_map(|key| split(key)).map(|(number, _)| (number, "-1".to_owned()));
    let set: Vec<_> = wanted.statistics.iter().filter_map(|key| split(key)).collect();
    let gone: Vec<_> = gone.filter(|(number, _)| !set.iter().any(|(kept, _)| kept == number)).collect();
    for (number, target) in set.into_iter().chain(gone) {
        steps.push(Step::new(
            Effect::Alter(object.clone()),
            format!("set the statistics target of {name}"),
            format!("ALTER INDEX {name} ALTER COLUMN {number} SET STATISTICS {target}"),
            condition::statistics_target(name, &number, &target),
        ));
    }
    let needs = [Object::Index(table.clone(), found.name.clone())];
    planner.add(Action::new(Rank::Setting, vec![transaction(steps)]).needing([object]).needing(needs));
}
