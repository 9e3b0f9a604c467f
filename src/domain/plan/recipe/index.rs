//! Indexes: always built concurrently, after a dead one of the same name has been dropped, never skipped by `IF NOT
//! EXISTS`. A successor is built before the old one goes. On partitioned tables each partition's is built concurrently,
//! and attached.

use super::constraint::drop_dead;
use crate::domain::catalog::{Definition, Facts as _, Index, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::action::{Action, Rank, autocommit, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::helper;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Hazard, Requirement, Segment, Step};
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
            let action = Action::new(Rank::Drop, vec![drop(planner, table, found)]);
            planner.add(action.unmaking([Object::index(table, name)]));
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
    if !is_altered_into(found, wanted) {
        add(planner, table, wanted, Some(found));
        return;
    }
    if found.name != wanted.name && planner.renames() {
        let object = |name: &Name| Object::index(table, name);
        let alter = |from: &Name, to: &Name| format!("ALTER INDEX {} RENAME TO {to}", qualified(table, from));
        let is = condition::index(table, &wanted.name, &is_so(table, found));
        super::constraint::rename_by(planner, table, (&found.name, &wanted.name), &is, object, alter);
    }
    let name = qualified(table, if planner.renames() { &wanted.name } else { &found.name });
    super::setting::index(planner, table, &name, wanted, found);
}

/// They differ in nothing but what `ALTER INDEX` can change.
pub(in crate::domain::plan) fn is_altered_into(found: &Index, wanted: &Index) -> bool {
    let same = Index { name: wanted.name.clone(), options: wanted.options.clone(), ..found.clone() };
    Index { statistics: wanted.statistics.clone(), ..same } == *wanted
}

/// An earlier run was cut short behind it: it is still to become a key, or a part of its parent's index.
fn is_taken_up(planner: &Planner<'_>, table: &QName, found: &Index) -> bool {
    let Some(wanted) = planner.expected_relation(table).filter(|_| found.valid) else { return false };
    let mut parts = wanted.indexes.iter().filter(|index| index.inherited && index.name == found.name);
    let mut keys = wanted.constraints.iter().filter(|key| key.is_key() && key.name == found.name);
    parts.any(|index| index.definition() == found.definition())
        || keys.any(|key| super::key::index_of(key, &key.name).definition() == found.definition())
}

/// Builds the index, in the place of `old` where there is one.
fn add(planner: &mut Planner<'_>, table: &QName, wanted: &Index, old: Option<&Index>) {
    if planner.is_partitioned(table) {
        return partitioned(planner, table, wanted, old);
    }
    for action in building(planner, table, wanted, old) {
        planner.add(action);
    }
}

/// The same for a table that is not partitioned.
pub(in crate::domain::plan) fn building(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Index,
    old: Option<&Index>,
) -> Vec<Action> {
    let object = |name: &Name| Object::Index(table.clone(), name.clone());
    let aside = planner.put_aside(table, &wanted.name).map(|name| Index { name, valid: true, ..wanted.clone() });
    let is_dead = old.is_some_and(|old| !old.valid && old.name == wanted.name);
    let old = old.filter(|old| old.valid).or(aside.as_ref());
    let replaced = old.filter(|old| old.name == wanted.name);
    let aside = old.filter(|old| helper::is_stale(&old.name));
    let name = match replaced.or(aside) {
        Some(_) => helper::name(table, &wanted.name, "idx"),
        None => wanted.name.clone(),
    };
    let built = Index { name: name.clone(), ..wanted.clone() };
    let is_new = match replaced {
        Some(old) => format!("indisvalid and {}", is_no_longer(table, old, wanted)),
        None => "indisvalid".to_owned(),
    };
    let done = condition::index(table, &wanted.name, &is_new);
    let requires = wanted.unique.then(|| no_duplicates(planner, table, wanted));
    let mut segments = Vec::new();
    if aside.is_some() && planner.on.helpers.indexes.get(&(table.clone(), name.clone())) == Some(&true) {
        // An earlier run has built it, and by which of the functions nobody knows.
        segments.push(autocommit(drop_step(table, &name)));
    }
    segments.extend(concurrently(planner, table, &Build { index: &built, requires, done: done.clone() }));
    let statistics = statistics(table, &built).into_iter().map(|mut step| {
        if name != wanted.name {
            step.ensures = step.ensures.map(|ensures| ensures.or(&done));
        }
        transaction(vec![step])
    });
    segments.extend(statistics);
    let mut dropped = old.map(|old| drop_step(table, &old.name));
    if let Some(dropped) = dropped.as_mut().filter(|_| replaced.is_some()) {
        dropped.ensures = Some(!condition::index(table, &wanted.name, &format!("not ({is_new})")));
    }
    if old.is_some() {
        // Before the old one goes: without its identity a published table takes no UPDATE.
        let uses = planner
            .expected_relation(table)
            .map(|relation| super::setting::uses_of_successor(table, relation, (&wanted.name, &name), &done));
        segments.extend(uses.into_iter().flatten().map(|step| transaction(vec![step])));
    }
    let after = dropped.map(autocommit);
    if name == wanted.name {
        segments.extend(after);
        let action = Action::new(Rank::Index, segments).making([object(&wanted.name)]);
        return vec![action.unmaking(old.map(|old| object(&old.name)))];
    }
    let from = qualified(table, &name);
    let step = Step::new(
        Effect::Rename(object(&name), object(&wanted.name)),
        format!("rename index {from} to {}", wanted.name),
        format!("ALTER INDEX {from} RENAME TO {}", wanted.name),
        done,
    );
    let Some(aside) = aside else {
        segments.extend(after);
        segments.push(transaction(vec![step]));
        return vec![Action::new(Rank::Index, segments).making([object(&wanted.name)])];
    };
    if is_dead {
        segments.push(drop_dead(table, &wanted.name));
    }
    // What is said of the index is said when it gets its name. The old one goes by itself then.
    segments.push(transaction(vec![step]));
    let action = Action::new(Rank::Index, segments).making([object(&wanted.name)]);
    let dropping = Action::new(Rank::Index, after.into_iter().collect()).needing([object(&wanted.name)]);
    vec![action, dropping.unmaking([object(&aside.name)])]
}

/// What `CREATE INDEX` cannot say.
pub(in crate::domain::plan) fn statistics(table: &QName, wanted: &Index) -> Vec<Step> {
    let index = qualified(table, &wanted.name);
    let targets = wanted.statistics.iter().filter_map(|key| key.split_once('='));
    let step = |(number, target): (&str, &str)| {
        Step::new(
            Effect::Alter(Object::index(table, &wanted.name)),
            format!("set the statistics target of {index}"),
            format!("ALTER INDEX {index} ALTER COLUMN {number} SET STATISTICS {target}"),
            condition::statistics_target(&index, number, target),
        )
    };
    targets.map(step).collect()
}

/// A condition on a row of pg_index: it is no longer the old one. An expression is spelled anew when the type
/// of its column changes, so what tells them apart without it is asked where it does.
fn is_no_longer(table: &QName, old: &Index, wanted: &Index) -> String {
    let shape = shape(wanted);
    if shape == self::shape(old) { format!("not ({})", is_so(table, old)) } else { shape }
}

/// A condition on a row of pg_index: it has these columns, its expressions standing where they stand, in this order.
fn shape(index: &Index) -> String {
    let is_expression = |text: &&str| text.ends_with(')');
    let keys = index.keys.iter().map(|key| match key.expression.known().filter(is_expression) {
        Some(_) => literal(""),
        None => key.expression.known().map_or_else(|| literal(""), literal),
    });
    let columns = keys.chain(index.include.iter().map(|column| literal(&column.to_string())));
    let options = index.keys.iter().map(|key| (u8::from(key.descending) + 2 * u8::from(key.nulls_first)).to_string());
    format!(
        "{} and indpred is {} and indoption::text = {} and array(select coalesce(quote_ident(attname), '') from \
         unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and \
         attnum = number and number <> 0 order by at) = array[{}]",
        if index.unique { "indisunique" } else { "not indisunique" },
        if index.predicate.is_some() { "not null" } else { "null" },
        literal(&options.collect::<Vec<_>>().join(" ")),
        columns.collect::<Vec<_>>().join(", ")
    )
}

/// A condition on a row of pg_index: it is this one, whatever its name, its options and its tablespace.
fn is_so(table: &QName, index: &Index) -> String {
    let bare = Index { options: Vec::new(), tablespace: None, ..index.clone() };
    let texts = spellings(&bare).into_iter().map(|index| {
        // The printed text without the name: everything behind `ON table USING`.
        let text = render::create_index(table, &index, render::How::Plain);
        literal(text.split_once(" USING ").map_or(text.as_str(), |(_, definition)| definition))
    });
    let texts: Vec<_> = texts.collect();
    let is_unique = if index.unique { "indisunique" } else { "not indisunique" };
    let mut found = "regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', '')".to_owned();
    if !index.options.is_empty() {
        found = format!("regexp_replace({found}, ' WITH \\([^)]*\\)', '')");
    }
    format!("{is_unique} and {found} in ({})", texts.join(", "))
}

/// PostgreSQL prints plain calls without parentheses; which expressions are plain calls their text does not tell.
fn spellings(index: &Index) -> Vec<Index> {
    let mut found = vec![index.clone()];
    for (nth, key) in index.keys.iter().enumerate() {
        let inner = key.expression.known().and_then(|text| text.strip_prefix('(')?.strip_suffix(')'));
        let Some(inner) = inner else { continue };
        let without = |index: &Index| {
            let mut index = index.clone();
            index.keys.iter_mut().skip(nth).take(1).for_each(|key| key.expression = inner.into());
            index
        };
        let more: Vec<_> = found.iter().map(without).collect();
        found.extend(more);
    }
    found
}

/// An index to be built.
pub(in crate::domain::plan) struct Build<'i> {
    pub(in crate::domain::plan) index: &'i Index,
    pub(in crate::domain::plan) requires: Option<Requirement>,
    /// Holds when there is nothing left to build, whatever the index is called by then.
    pub(in crate::domain::plan) done: Condition,
}

/// Drops what a failed build left, and builds.
pub(in crate::domain::plan) fn concurrently(planner: &Planner<'_>, table: &QName, build: &Build<'_>) -> Vec<Segment> {
    let index = build.index;
    let mut segments = Vec::new();
    if planner.is_dead(table, &index.name) {
        segments.push(drop_dead(table, &index.name));
    }
    let name = qualified(table, &index.name);
    let is_alive = condition::index(table, &index.name, "indisvalid");
    let mut step = Step::new(
        Effect::Create(Object::index(table, &index.name)),
        format!("build index {name}"),
        render::create_index(table, index, render::How::Concurrently),
        is_alive.or(&build.done),
    )
    .concurrently(table);
    step.requires.extend(build.requires.clone());
    segments.push(autocommit(step));
    segments
}

fn drop(planner: &Planner<'_>, table: &QName, found: &Index) -> Segment {
    let object = Object::index(table, &found.name);
    // A partitioned index cannot be dropped concurrently.
    if planner.is_partitioned(table) {
        let step = remove(&object, "index", format!("DROP INDEX {}", qualified(table, &found.name)));
        let step = Step { ensures: Some(is_gone(planner, table, found)), ..step };
        let step = planner.family(table).iter().fold(step, crate::domain::plan::Step::exclusive);
        return transaction(vec![step.costing(Hazard::DataLoss, format!("index {object}"))]);
    }
    let step = Step { ensures: Some(is_gone(planner, table, found)), ..drop_step(table, &found.name) };
    // No query has ever read a leftover.
    autocommit(if found.is_leftover() { step } else { step.costing(Hazard::DataLoss, format!("index {object}")) })
}

/// There is no such index, whatever else the plan gives its name to.
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

pub(in crate::domain::plan) fn drop_step(table: &QName, name: &Name) -> Step {
    let sql = format!("DROP INDEX CONCURRENTLY {}", qualified(table, name));
    remove(&Object::index(table, name), "index", sql).concurrently(table)
}

/// The index of a partitioned table: alone first, then each partition's, attached one by one. Where a partition is a
/// foreign table it would never become valid by that.
fn partitioned(planner: &mut Planner<'_>, table: &QName, wanted: &Index, old: Option<&Index>) {
    let object = Object::Index(table.clone(), wanted.name.clone());
    if wanted.unique && planner.is_never_unique(table, &wanted.name) {
        return;
    }
    let mut segments = Vec::new();
    if let Some(old) = old.filter(|old| old.name == wanted.name || !old.valid) {
        let is_new = if old.valid { is_no_longer(table, old, wanted) } else { "indisvalid".to_owned() };
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

/// Drops a partitioned index with its parts, unless what now has its name `is_new`.
fn drop_whole(planner: &Planner<'_>, table: &QName, old: &Index, is_new: &str) -> Step {
    let object = Object::Index(table.clone(), old.name.clone());
    let step = remove(&object, "index", format!("DROP INDEX {}", qualified(table, &old.name)));
    let step = planner.family(table).iter().fold(step, crate::domain::plan::Step::exclusive);
    Step { ensures: Some(!condition::index(table, &old.name, &format!("not ({is_new})"))), ..step }
}

/// Each partition's index first, and then the table's, which takes them as its parts.
fn partitions_first(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Index,
    (segments, new): (&mut Vec<Segment>, &mut Vec<Object>),
) {
    let whole = |table: &QName, own: &Index| {
        let step = Step::new(
            Effect::Create(Object::index(table, &own.name)),
            format!("create index {} over its partitions' own", qualified(table, &own.name)),
            render::create_index(table, own, render::How::Plain),
            condition::index(table, &own.name, "indisvalid"),
        );
        let family = planner.family(table);
        let all = family.iter().chain(planner.foreign_partitions(table));
        transaction(vec![all.fold(step, |step, table| step.locking(table, LockMode::Share))])
    };
    for (_, partition) in planner.partitions(table).into_iter().rev() {
        let own = Index { name: planner.index_name(&partition, wanted), ..wanted.clone() };
        if planner.is_new(&partition) {
            // It was made with an index of its own.
            new.push(Object::Table(partition));
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

/// The table's index without its partitions, and then each partition's, which is made a part of it.
fn alone_first(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Index,
    (segments, new): (&mut Vec<Segment>, &mut Vec<Object>),
) {
    let requires = wanted.unique.then(|| no_duplicates(planner, table, wanted));
    segments.push(transaction(vec![requires.into_iter().fold(only(table, wanted), Step::requiring)]));
    for (parent, partition) in planner.partitions(table) {
        let parent_name = if parent == *table { wanted.name.clone() } else { planner.index_name(&parent, wanted) };
        let name = planner.index_name(&partition, wanted);
        let own = Index { name: name.clone(), ..wanted.clone() };
        if planner.is_new(&partition) {
            // It was made with an index of its own.
            new.push(Object::Table(partition.clone()));
        } else if planner.is_partitioned(&partition) {
            segments.push(transaction(vec![only(&partition, &own)]));
        } else {
            let done = condition::index(&partition, &name, "indisvalid");
            segments.extend(concurrently(planner, &partition, &Build { index: &own, requires: None, done }));
        }
        segments.push(autocommit(attach(&parent, &parent_name, &partition, &name)));
    }
}

/// The index of a partitioned table, which is not valid before each partition's has been attached.
fn only(table: &QName, wanted: &Index) -> Step {
    Step::new(
        Effect::Create(Object::index(table, &wanted.name)),
        format!("create index {} without its partitions", qualified(table, &wanted.name)),
        render::create_index(table, wanted, render::How::Only),
        condition::index(table, &wanted.name, "true"),
    )
    .locking(table, LockMode::Share)
}

/// Makes a partition's index a part of its parent's.
pub(in crate::domain::plan) fn attach(parent: &QName, parent_index: &Name, partition: &QName, index: &Name) -> Step {
    let (whole, part) = (qualified(parent, parent_index), qualified(partition, index));
    Step::new(
        Effect::Attach(Object::index(parent, parent_index), Object::index(partition, index)),
        format!("attach index {part} to {whole}"),
        format!("ALTER INDEX {whole} ATTACH PARTITION {part}"),
        Condition::new(format!(
            "exists (select from pg_inherits where inhrelid = {} and inhparent = {})",
            condition::regclass(&part),
            condition::regclass(&whole)
        )),
    )
    .locking(parent, LockMode::AccessShare)
}

pub(in crate::domain::plan) fn no_duplicates(planner: &Planner<'_>, table: &QName, index: &Index) -> Requirement {
    let keys: Vec<_> = index.keys.iter().map(|key| key.expression.to_string()).collect();
    let predicate = index.predicate.as_ref().map(Definition::to_string);
    let mut only = vec![predicate.unwrap_or_else(|| "true".into())];
    if !index.nulls_not_distinct {
        only.extend(keys.iter().map(|key| format!("{key} is not null")));
    }
    unique_rows(planner, (table, &index.name), &keys, &only.join(" and "))
}

/// No two of the table's own rows for which `only` holds share `keys`.
pub(in crate::domain::plan) fn unique_rows(
    planner: &Planner<'_>,
    (table, name): (&QName, &Name),
    keys: &[String],
    only: &str,
) -> Requirement {
    // Under names of their own: a constant, such as lets a table have one row, would be taken for a column's number.
    let named: Vec<_> = keys.iter().enumerate().map(|(nth, key)| format!("{key} as k{nth}")).collect();
    let numbered = (0..keys.len()).map(|nth| format!("k{nth}")).collect::<Vec<_>>().join(", ");
    let (named, keys) = (named.join(", "), keys.join(", "));
    let rows = planner.rows_then(table, &table.name.to_string(), &format!("{keys} {only}"));
    let groups =
        format!("from (select {named} from {rows} where {only}) as keys group by {numbered} having count(*) > 1");
    Requirement {
        object: format!("{table}.{name}"),
        problem: format!("rows of {table} share their key ({keys})"),
        count: format!("select coalesce(sum(n), 0)::bigint from (select count(*) as n {groups}) as shared"),
        sample: Some(format!("select row({numbered})::text || ' stands ' || count(*) || ' times' {groups} limit 5")),
        advice: "decide which of these rows stay, and change or remove the others".into(),
    }
}

pub(in crate::domain::plan) fn qualified(table: &QName, name: &Name) -> QName {
    QName { schema: table.schema.clone(), name: name.clone() }
}
