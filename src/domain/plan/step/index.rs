//! Indexes: built concurrently, after an invalid one of the same name has been dropped; never skipped by `IF NOT
//! EXISTS`. A successor is built before the old index is dropped.

use super::reloptions;
use crate::domain::catalog::{Definition, Index, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::action::{Action, Rank, autocommit, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::{Planner, is_unique_for};
use crate::domain::plan::scaffold;
use crate::domain::plan::{Effect, Requirement, Segment, Step, Values};
use crate::domain::render;

/// An index to build.
pub(in crate::domain::plan) struct Build<'i> {
    pub(in crate::domain::plan) index: &'i Index,
    pub(in crate::domain::plan) requires: Option<Requirement>,
    /// Holds if nothing is left to build, whatever name the index has by then.
    pub(in crate::domain::plan) done: Condition,
}

/// Drops what a failed build has left, and builds the index.
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

/// The same for a table that is not partitioned.
pub(in crate::domain::plan) fn building(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Index,
    old: Option<&Index>,
) -> Vec<Action> {
    let object = |name: &Name| Object::Index(table.clone(), name.clone());
    let apart = planner.renamed_apart(table, &wanted.name).map(|name| Index { name, valid: true, ..wanted.clone() });
    let is_dead = old.is_some_and(|old| !old.valid && old.name == wanted.name);
    let old = old.filter(|old| old.valid).or(apart.as_ref());
    let replaced = old.filter(|old| old.name == wanted.name);
    let apart = old.filter(|old| scaffold::is_stale(&old.name));
    let name = match replaced.or(apart) {
        Some(_) => scaffold::name(table, &wanted.name, "idx"),
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
    if apart.is_some() && planner.on.scaffolds.indexes.get(&(table.clone(), name.clone())) == Some(&true) {
        // An earlier run has built it, with an unknown version of the function.
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
        // Before the old index is dropped: without a replica identity a published table accepts no UPDATE.
        let uses = planner
            .expected_relation(table)
            .map(|relation| reloptions::uses_of_successor(table, relation, (&wanted.name, &name), &done));
        segments.extend(uses.into_iter().flatten().map(|step| transaction(vec![step])));
    }
    let gone = dropped.as_ref().and_then(|step| step.ensures.clone());
    let after = dropped.map(autocommit);
    if name == wanted.name {
        segments.extend(after);
        let action = Action::new(Rank::Index, segments).making([object(&wanted.name)]);
        return vec![action.unmaking(old.map(|old| object(&old.name)))];
    }
    let step = renamed(table, &name, &wanted.name, done);
    let Some(apart) = apart else {
        let old = replaced.map(|old| (old, gone));
        return exchanging(planner, (table, wanted), old, (segments, after, step));
    };
    if is_dead {
        segments.push(drop_dead(table, &wanted.name));
    }
    // Settings that use the index are changed when it gets its final name. The old index is dropped in an action of its
    // own then.
    segments.push(transaction(vec![step]));
    let action = Action::new(Rank::Index, segments).making([object(&wanted.name)]);
    let dropping = Action::new(Rank::Index, after.into_iter().collect()).needing([object(&wanted.name)]);
    vec![action, dropping.unmaking([object(&apart.name)])]
}

/// The index gets another name.
pub(in crate::domain::plan) fn renamed(table: &QName, from: &Name, to: &Name, ensures: Condition) -> Step {
    let old = qualified(table, from);
    Step::new(
        Effect::Rename(Object::index(table, from), Object::index(table, to)),
        format!("rename index {old} to {to}"),
        format!("ALTER INDEX {old} RENAME TO {to}"),
        ensures,
    )
}

/// The new index has been built: the old one is dropped (`after`), and the new one gets its name (`rename`). `old` comes with
/// the condition that it is gone.
fn exchanging(
    planner: &Planner<'_>,
    (table, wanted): (&QName, &Index),
    old: Option<(&Index, Option<Condition>)>,
    (mut segments, after, rename): (Vec<Segment>, Option<Segment>, Step),
) -> Vec<Action> {
    let object = Object::index(table, &wanted.name);
    // Those that move, and those that an earlier run has moved.
    let moving = old.as_ref().map(|(old, _)| [references(planner, table, old), references(planner, table, wanted)]);
    let moving = moving.map(|keys| keys.concat()).unwrap_or_default();
    if moving.is_empty() {
        segments.extend(after);
        segments.push(transaction(vec![rename]));
        return vec![Action::new(Rank::Index, segments).making([object])];
    }
    // The foreign keys move to the new index before the old one is dropped. In one transaction: without its final name the
    // new one would be taken for a leftover, which the foreign keys keep from being dropped.
    let sql = format!("DROP INDEX {}", qualified(table, &wanted.name));
    let drop = remove(&object, "index", sql).exclusive(table);
    let drop = Step { ensures: old.and_then(|(_, gone)| gone), ..drop };
    let exchange = Action::new(Rank::Foreign, vec![transaction(vec![drop, rename])]);
    vec![Action::new(Rank::Index, segments).making([object]), exchange.needing(moving)]
}

/// Foreign keys that depend on the index, or on a key of the same columns.
pub(in crate::domain::plan) fn references(planner: &Planner<'_>, table: &QName, found: &Index) -> Vec<Object> {
    let foreign = planner.lookup.keys_to(table).filter(|(_, key)| is_unique_for(found, key));
    foreign.map(|(child, key)| Object::constraint(child, &key.name)).collect()
}

/// Whether they differ only in what `ALTER INDEX` can change.
pub(in crate::domain::plan) fn is_altered_into(found: &Index, wanted: &Index) -> bool {
    let same = Index { name: wanted.name.clone(), options: wanted.options.clone(), ..found.clone() };
    Index { statistics: wanted.statistics.clone(), ..same } == *wanted
}

/// A condition on a row of pg_index: it is no longer the old index. PostgreSQL prints an expression differently after
/// the type of its column has changed, so properties that differ otherwise are asked about where there are any.
pub(in crate::domain::plan) fn is_no_longer(table: &QName, old: &Index, wanted: &Index) -> String {
    if is_altered_into(old, wanted) && old.options != wanted.options {
        return has_options(wanted);
    }
    let shape = shape(wanted);
    if shape == self::shape(old) { format!("not ({})", is_so(table, old)) } else { shape }
}

/// A condition on a row of pg_index: it has these options.
fn has_options(index: &Index) -> String {
    let options: Vec<_> = index.options.iter().map(|option| literal(option)).collect();
    format!(
        "array(select unnest(reloptions) from pg_class where oid = indexrelid order by 1) = array[{}]::text[]",
        options.join(", ")
    )
}

/// A condition on a row of pg_index: it has these columns, in this order, and expressions at the same positions.
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

/// A condition on a row of pg_index: it is this index, whatever its name, its options and its tablespace.
pub(in crate::domain::plan) fn is_so(table: &QName, index: &Index) -> String {
    let bare = Index { options: Vec::new(), tablespace: None, ..index.clone() };
    let texts = spellings(&bare).into_iter().map(|index| {
        // The printed text without the name: everything after `ON table USING`.
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

/// PostgreSQL prints plain calls without parentheses; the text does not show which expressions are plain calls.
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

/// Properties that `CREATE INDEX` cannot express.
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

pub(in crate::domain::plan) fn drop_step(table: &QName, name: &Name) -> Step {
    let sql = format!("DROP INDEX CONCURRENTLY {}", qualified(table, name));
    remove(&Object::index(table, name), "index", sql).concurrently(table)
}

/// Attaches a partition's index to its parent's.
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

/// A requirement: no two of the table's own rows for which `only` holds share `keys`.
pub(in crate::domain::plan) fn unique_rows(
    planner: &Planner<'_>,
    (table, name): (&QName, &Name),
    keys: &[String],
    only: &str,
) -> Requirement {
    // With names: a bare constant, e.g. of an index that limits a table to one row, would be taken for a column number.
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
        sample: Some(format!("select row({numbered})::text || ' occurs ' || count(*) || ' times' {groups} limit 5")),
        advice: "decide which of these rows stay, and change or remove the others".into(),
    }
}

pub(in crate::domain::plan) fn qualified(table: &QName, name: &Name) -> QName {
    QName { schema: table.schema.clone(), name: name.clone() }
}

/// Drops an invalid index of this name, before it is rebuilt.
pub(in crate::domain::plan) fn drop_dead(table: &QName, index: &Name) -> Segment {
    let name = QName { schema: table.schema.clone(), name: index.clone() };
    autocommit(
        Step::new(
            Effect::Drop(Object::index(table, index), Values::None),
            format!("drop invalid index {name}"),
            format!("DROP INDEX CONCURRENTLY {name}"),
            !condition::index(table, index, "not indisvalid"),
        )
        .concurrently(table),
    )
}
