//! Columns: added without a rewrite where possible, filled in batches, made NOT NULL by means of a check that has been
//! validated before.

mod fill;
mod identity;
mod nullability;

use std::collections::BTreeSet;

use crate::domain::catalog::{Column, Definition, Generated, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::{Action, Rank, create, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::plan::step::column::{gives_each_row_its_own, is_being_filled, not_null_of_new_column};
use crate::domain::plan::step::{reloptions, sequence};
use crate::domain::plan::{Effect, Hazard, Requirement, Segment, Step, Undo, Values};
use crate::domain::render;
use crate::domain::report::Change;

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, change: Change, table: &QName, name: &Name) {
    match change {
        Change::Missing => {
            let is_rebuilt = planner.is_handled(&Object::Column(table.clone(), name.clone()));
            if let Some(wanted) = planner.expected_column(table, name).filter(|_| !is_rebuilt) {
                add(planner, table, wanted);
            }
        }
        Change::Unexpected => drop(planner, table, name),
        Change::Changed => {
            let (Some(wanted), Some(found)) = (planner.expected_column(table, name), planner.live_column(table, name))
            else {
                return;
            };
            self::change(planner, table, wanted, found);
        }
    }
}

/// Columns that are as expected, but which an earlier run has not filled in all rows.
pub(in crate::domain::plan) fn cut_short(planner: &mut Planner<'_>) {
    let tables: BTreeSet<&QName> = planner.on.scaffolds.constraints.iter().map(|(table, _)| table).collect();
    for table in tables {
        let columns = planner.expected_relation(table).into_iter().flat_map(|relation| &relation.columns);
        for wanted in columns {
            let drifts = planner.drifts(Change::Changed, &object(table, wanted));
            if !drifts && is_being_filled(planner, table, &wanted.name) {
                let segments = fill::in_batches(planner, table, wanted);
                planner.add(Action::new(Rank::Column, segments).making([object(table, wanted)]));
            }
        }
    }
}

fn object(table: &QName, column: &Column) -> Object {
    Object::Column(table.clone(), column.name.clone())
}

/// A step that locks every inheritance child of the table, too.
fn exclusive(planner: &Planner<'_>, table: &QName, step: Step) -> Step {
    planner.family(table).iter().fold(step, Step::exclusive)
}

fn add(planner: &mut Planner<'_>, table: &QName, wanted: &Column) {
    let action = Action::new(Rank::Column, Vec::new()).making([object(table, wanted)]);
    let is_filled = planner.default_of(wanted).is_some() || wanted.identity.is_some() || wanted.generated.is_some();
    let is_constrained = planner.is_constrained(wanted);
    // An UPDATE of every row would run triggers and rules, which may refuse it or change more than the column.
    let fills = gives_each_row_its_own(planner, wanted) && !planner.is_empty(table);
    // A domain with constraints would be checked while the column is still empty, and its default cannot be added
    // later.
    let is_usual = wanted.not_null_constraint.is_none();
    let own = own_of_children(planner, table, wanted);
    if fills
        && is_usual
        && own.is_empty()
        && !is_constrained
        && wanted.default == planner.default_of(wanted).cloned()
        && !planner.meets_code(table)
    {
        // The check on a column that an earlier run was filling refuses every row that is written before all are
        // filled.
        let columns = planner.live_relation(table).into_iter().flat_map(|relation| &relation.columns);
        let unfilled = columns.filter(|it| is_being_filled(planner, table, &it.name)).map(|it| object(table, it));
        let action = action.needing(unfilled.collect::<Vec<_>>());
        let segments = fill::in_batches(planner, table, wanted);
        planner.add(Action { segments, ..action });
        return;
    }
    let mut steps = Vec::new();
    // The parent's column is merged with theirs.
    for (child, column) in &own {
        let sql = format!("ALTER TABLE {child} ADD COLUMN {}", render::column(child, column, planner.on.expected));
        let step = exclusive(planner, child, adding(child, column, sql));
        let is_refused = column.not_null && column.default.is_none() && !planner.is_empty(child);
        steps.push(if is_refused { step.requiring(no_rows(child, column)) } else { step });
    }
    let action = action.making(own.iter().map(|(child, column)| object(child, column)));
    let owned = serial(planner, table, &wanted.name);
    if let Some((name, sequence)) = owned.filter(|(name, _)| !planner.on.live.sequences.contains_key(*name)) {
        let sequence = render::create_sequence(name, sequence);
        steps.push(create(&Object::Sequence(name.clone()), "sequence", sequence));
    }
    let sql = format!("ALTER TABLE {table} ADD COLUMN {}", render::column(table, wanted, planner.on.expected));
    let mut step = adding(table, wanted, sql);
    if wanted.not_null && !is_filled && !planner.is_empty(table) {
        step = step.requiring(no_rows(table, wanted));
    }
    let asked = match planner.first_value(wanted) {
        Some(value) if planner.can_be_asked(table, &value) => {
            planner.domain_takes(table, wanted, &value, &table.to_string())
        }
        Some(_) => Vec::new(),
        None => planner.computed_values_fit(table, wanted),
    };
    step = asked.into_iter().fold(step, Step::requiring);
    if fills || is_constrained || matches!(wanted.generated, Some(Generated::Stored(_))) {
        step = planner.rewrite(step, table);
    }
    steps.push(exclusive(planner, table, step));
    steps.extend(not_null_of_new_column(planner, table, wanted));
    if let Some((name, _)) = owned {
        steps.extend(sequence::own(planner, name, table, &wanted.name));
    }
    steps.extend(reloptions::of_new_column(table, wanted));
    planner.add(Action { segments: vec![transaction(steps)], ..action });
}

/// The column in inheritance children that declare it themselves, in another way than the parent.
fn own_of_children<'a>(planner: &Planner<'a>, table: &QName, wanted: &Column) -> Vec<(QName, &'a Column)> {
    let children = planner.family(table).into_iter().filter(|child| child != table && !planner.is_new(child));
    let declared = children.filter_map(|child| {
        let column = planner.expected_column(&child, &wanted.name).filter(|column| !column.inherited)?;
        let is_missing = planner.live_column(&child, &wanted.name).is_none();
        let differs = column.default != wanted.default || column.refuses_nulls() != wanted.refuses_nulls();
        (is_missing && differs && !planner.is_partitioned(table)).then_some((child, column))
    });
    declared.collect()
}

/// The sequence that the expected column owns, other than that of an identity.
fn serial<'a>(
    planner: &Planner<'a>,
    table: &QName,
    name: &Name,
) -> Option<(&'a QName, &'a crate::domain::catalog::Sequence)> {
    render::owned_sequence(planner.on.expected, table, name).filter(|(_, sequence)| !sequence.identity)
}

fn adding(table: &QName, wanted: &Column, sql: String) -> Step {
    Step::new(
        Effect::Create(object(table, wanted)),
        format!("add column {table}.{}", wanted.name),
        sql,
        condition::exists(&object(table, wanted)),
    )
}

fn no_rows(table: &QName, wanted: &Column) -> Requirement {
    Requirement {
        object: format!("{table}.{}", wanted.name),
        problem: format!("the new column is NOT NULL and has no default, but {table} has rows"),
        count: format!("select count(*) from {table}"),
        sample: None,
        advice: "give the column a default in the expectation, or add it by hand as nullable and fill it first".into(),
    }
}

/// NOT NULL without a scan under a blocking lock: a check proves it, which is validated while other sessions read and
/// write.
pub(in crate::domain::plan) fn not_null(planner: &mut Planner<'_>, table: &QName, wanted: &Column) -> Vec<Segment> {
    let name = &wanted.name;
    let is_set = condition::column(table, name, "attnotnull");
    let set = Step::new(
        Effect::Alter(Object::column(table, name)),
        format!("set {table}.{name} NOT NULL"),
        format!("ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL"),
        is_set.clone(),
    );
    let set = exclusive(planner, table, set);
    if planner.is_empty(table) {
        return vec![transaction(vec![set])];
    }
    let check = scaffold::name(table, name, scaffold::NOT_NULL);
    let is_valid = condition::constraint(table, &check, "convalidated");
    let validate = Step::new(
        Effect::Validate(Object::constraint(table, &check)),
        format!("validate that {table}.{name} is not NULL"),
        format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check}"),
        is_valid.or(&is_set),
    )
    .scanning(table)
    .undone_by(Undo::constraint(table, &check));
    let family = planner.family(table);
    let validate = family.iter().fold(validate, |step, table| step.locking(table, LockMode::ShareUpdateExclusive));
    vec![
        transaction(vec![check_not_null(planner, table, name, &is_set)]),
        transaction(vec![validate]),
        transaction(vec![set, unchecked(planner, table, name)]),
    ]
}

/// Adds the check, unless `done` holds.
fn check_not_null(planner: &Planner<'_>, table: &QName, name: &Name, done: &Condition) -> Step {
    let check = scaffold::name(table, name, scaffold::NOT_NULL);
    let is_there = condition::constraint(table, &check, "true");
    let step = Step::new(
        Effect::AddNotValid(Object::constraint(table, &check)),
        format!("add a check that {table}.{name} is not NULL"),
        format!("ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID"),
        is_there.or(done),
    );
    exclusive(planner, table, step)
}

/// Drops the check.
fn unchecked(planner: &Planner<'_>, table: &QName, name: &Name) -> Step {
    let check = scaffold::name(table, name, scaffold::NOT_NULL);
    let step = Step::new(
        Effect::Drop(Object::constraint(table, &check), Values::Own),
        format!("drop the check that {table}.{name} is not NULL"),
        format!("ALTER TABLE {table} DROP CONSTRAINT {check}"),
        !condition::constraint(table, &check, "true"),
    );
    exclusive(planner, table, step)
}

fn change(planner: &mut Planner<'_>, table: &QName, wanted: &Column, found: &Column) {
    if is_being_filled(planner, table, &wanted.name) {
        let segments = fill::in_batches(planner, table, wanted);
        planner.add(Action::new(Rank::Column, segments).making([object(table, wanted)]));
        return;
    }
    // A changed type or generation expression is handled by the rebuild, together with the default.
    let is_rebuilt = planner.is_handled(&object(table, wanted));
    if wanted.identity != found.identity {
        identity::identity(planner, table, wanted, found);
    } else if wanted.default != found.default && !is_rebuilt {
        default(planner, table, wanted, found);
    }
    // A column with another generation expression is created again, with its NOT NULL.
    let is_recreated = wanted.generated.is_some() && wanted.generated != found.generated;
    nullability::change(planner, table, (wanted, found), is_recreated);
    if wanted.options != found.options {
        settings(planner, table, wanted, found);
    }
}

/// Inheritance children have defaults of their own, and none may be forgotten: where all children follow their parent,
/// one statement changes them all.
fn default(planner: &mut Planner<'_>, table: &QName, wanted: &Column, found: &Column) {
    let name = &wanted.name;
    let follows = |child: &QName| {
        let live = planner.live_column(child, name)?;
        let expected = planner.expected_column(child, name);
        let follows = expected.map_or(live.default == found.default, |expected| expected.default == wanted.default);
        let has_drift = planner.drifts(Change::Changed, &Object::Column(child.clone(), name.clone()));
        (follows && (child == table || !has_drift)).then_some(live)
    };
    let family = planner.family(table);
    let together = family.iter().all(|child| follows(child).is_some_and(|live| live.default == found.default));
    let mut steps: Vec<_> = if together {
        vec![exclusive(planner, table, default_step(&format!("TABLE {table}"), table, wanted, found))]
    } else {
        let steps = family.iter().filter_map(|child| {
            let found = follows(child).filter(|live| live.default != wanted.default)?;
            Some(default_step(&format!("TABLE ONLY {child}"), child, wanted, found).exclusive(child))
        });
        steps.collect()
    };
    // From now on values come from another sequence, which existed before. An interrupted run may have made the column
    // its owner.
    let own = serial(planner, table, name).map(|(own, _)| own);
    if let Some(own) = own.filter(|own| planner.on.live.sequences.contains_key(*own)) {
        let is_columns = |it: &QName| {
            let owner = planner.on.live.sequences.get(it).and_then(|found| found.owned_by.as_ref());
            owner.is_some_and(|(of, column)| of == table && column == name)
        };
        let goes = |it: &QName| it != own && !planner.on.expected.sequences.contains_key(it);
        let ended = planner.lookup.owned(table).filter(|it| is_columns(it) && goes(it));
        steps.extend(ended.map(|ended| sequence::go_on((own, ended), table, name)));
    }
    planner.add(Action::new(Rank::Column, vec![transaction(steps)]).making([object(table, wanted)]));
}

fn default_step(alter: &str, table: &QName, wanted: &Column, found: &Column) -> Step {
    let name = &wanted.name;
    let set = |default: &Option<Definition>| match default {
        Some(default) => format!("ALTER {alter} ALTER COLUMN {name} SET DEFAULT {default}"),
        None => format!("ALTER {alter} ALTER COLUMN {name} DROP DEFAULT"),
    };
    let ensures = match (&wanted.default, &found.default) {
        (None, _) => condition::column(table, name, "not atthasdef"),
        (Some(_), None) => condition::column(table, name, "atthasdef"),
        (Some(_), Some(old)) => condition::default_is_not(table, name, &old.to_string()),
    };
    Step::new(
        Effect::Alter(Object::column(table, name)),
        format!("set the default of {table}.{name}"),
        set(&wanted.default),
        ensures,
    )
}

fn drop(planner: &mut Planner<'_>, table: &QName, name: &Name) {
    let object = Object::column(table, name);
    let dropped = |from: &QName, only: &str| {
        let object = Object::column(from, name);
        let step = remove(&object, "column", format!("ALTER TABLE {only}{from} DROP COLUMN {name}"))
            .costing(Hazard::DataLoss, format!("column {object} and its values"))
            .irreversible("the values of a dropped column are lost");
        exclusive(planner, from, step)
    };
    let keeps = |child: &QName| planner.expected_column(child, name).is_some();
    let children = planner.lookup.children(table).filter(|child| planner.live_column(child, name).is_some());
    let (keep, lose): (Vec<&QName>, Vec<&QName>) = children.partition(|child| keeps(child));
    let steps = if keep.is_empty() {
        // Children that declare the column themselves keep it when the parent loses it.
        let is_own = |child: &&QName| planner.live_column(child, name).is_some_and(|column| !column.inherited);
        let own = lose.into_iter().filter(is_own).filter(|child| planner.expected_relation(child).is_some());
        [vec![dropped(table, "")], own.map(|child| dropped(child, "")).collect()].concat()
    } else {
        // The column becomes the children's own, with its values: those that are not to keep it drop it afterwards.
        let lose = lose.into_iter().filter(|child| planner.expected_relation(child).is_some());
        [vec![dropped(table, "ONLY ")], lose.map(|child| dropped(child, "")).collect()].concat()
    };
    planner.add(Action::new(Rank::Drop, vec![transaction(steps)]).unmaking([object]));
}

/// Storage, compression, statistics target and attribute options.
fn settings(planner: &mut Planner<'_>, table: &QName, wanted: &Column, found: &Column) {
    let steps = reloptions::column_options(table, "TABLE", wanted, found);
    let object = Object::Column(table.clone(), wanted.name.clone());
    planner.add(Action::new(Rank::Setting, vec![transaction(steps)]).making([object]));
}
