//! Sequences: independent ones, those that a column owns, and those of identity columns. A new sequence starts after
//! the existing values.

use crate::domain::catalog::{Column, Object, Sequence};
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::{Action, Rank, create, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::sequence::{goes_with_its_table, own, start_behind};
use crate::domain::plan::{Effect, Hazard, Requirement, Step};
use crate::domain::render;
use crate::domain::report::{Change, Drift};

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, drift: &Drift, name: &QName) {
    let object = Object::Sequence(name.clone());
    match drift.change {
        Change::Missing => {
            let Some(wanted) = planner.on.expected.sequences.get(name) else { return };
            if wanted.identity {
                // It is created with the column's identity.
                return;
            }
            let mut steps = vec![create(&object, "sequence", render::create_sequence(name, wanted))];
            if let Some((table, column)) = &wanted.owned_by {
                steps.push(start_behind(name, table, column));
                steps.extend(own(planner, name, table, column));
            }
            planner.add(Action::new(Rank::Sequence, vec![transaction(steps)]).making([object]));
        }
        Change::Unexpected => {
            if planner.on.live.sequences.get(name).is_some_and(|sequence| sequence.identity) {
                return;
            }
            // The default that uses it is dropped first.
            let owner = planner.on.live.sequences.get(name).and_then(|it| it.owned_by.clone());
            let owner = owner.map(|(table, column)| Object::Column(table, column));
            let step = remove(&object, "sequence", format!("DROP SEQUENCE {name}"))
                .costing(Hazard::DataLoss, format!("sequence {name} and its last value"))
                .irreversible("the last value of a dropped sequence is lost");
            planner.add(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking([object]).needing(owner));
        }
        Change::Changed => {
            let Some(wanted) = planner.on.expected.sequences.get(name) else { return };
            let Some(Object::Sequence(old)) = &drift.counterpart else { return };
            let Some(found) = planner.on.live.sequences.get(old) else { return };
            change(planner, name, wanted, old, found);
        }
    }
}

fn change(planner: &mut Planner<'_>, name: &QName, wanted: &Sequence, old: &QName, found: &Sequence) {
    if wanted.identity != found.identity || name == old && goes_with_its_table(planner, name) {
        // The drift of the column that owns it covers this.
        return;
    }
    let mut steps = if planner.renames() { renamed(name, old) } else { Vec::new() };
    let now = if planner.renames() { name } else { old };
    let parameters = |sequence: &Sequence| Sequence { owned_by: None, unlogged: false, ..sequence.clone() };
    if parameters(wanted) != parameters(found) {
        let is = condition::sequence(now, wanted);
        let sql = |sequence: &Sequence| format!("ALTER SEQUENCE {now} {}", render::sequence_parameters(sequence));
        let altered = |what: &str, sql: String, ensures| {
            Step::new(Effect::Alter(Object::Sequence(now.clone())), format!("{what} sequence {now}"), sql, ensures)
        };
        let mut outside = format!("last_value not between {} and {}", wanted.min, wanted.max);
        // A sequence that was never used is at its start, and moves to its new start.
        if !(wanted.min..=wanted.max).contains(&found.start) {
            let is_used = format!("pg_sequence_last_value({}) is not null", condition::regclass(now));
            let ensures = is.clone().or(&Condition::new(is_used));
            let step = altered("restart unused", format!("{} RESTART", sql(wanted)), ensures);
            steps.push(step.with(Effect::SetValue(Object::Sequence(now.clone()))));
            let start = found.start;
            outside = format!("case when is_called then {outside} else last_value <> {start} end");
        }
        let step = altered("alter", sql(wanted), is).requiring(Requirement {
            object: now.to_string(),
            problem: format!(
                "the last value of sequence {now} is outside its expected bounds, {} to {}",
                wanted.min, wanted.max
            ),
            count: format!("select count(*) from {old} where {outside}"),
            sample: Some(format!("select last_value::text from {old} where {outside}")),
            advice: "set the sequence to another value by hand, or widen the bounds in the expectation".into(),
        });
        steps.push(step);
    }
    if wanted.unlogged != found.unlogged {
        let (to, code) = if wanted.unlogged { ("UNLOGGED", 'u') } else { ("LOGGED", 'p') };
        steps.push(Step::new(
            Effect::Alter(Object::Sequence(now.clone())),
            format!("make sequence {now} {}", to.to_lowercase()),
            format!("ALTER SEQUENCE {now} SET {to}"),
            condition::relation(now, &format!("relpersistence = '{code}'")),
        ));
    }
    // A new column becomes the owner when it is created.
    let is_new = |(table, column): &(QName, Name)| planner.live_column(table, column).is_none();
    if wanted.owned_by != found.owned_by && !wanted.owned_by.as_ref().is_some_and(is_new) {
        match &wanted.owned_by {
            Some((table, column)) => steps.extend(own(planner, now, table, column)),
            None => steps.push(Step::new(
                Effect::Alter(Object::Sequence(now.clone())),
                format!("set sequence {now} to OWNED BY NONE"),
                format!("ALTER SEQUENCE {now} OWNED BY NONE"),
                !condition::owned(now, None),
            )),
        }
    }
    if !steps.is_empty() {
        let action = Action::new(Rank::Sequence, vec![transaction(steps)]).making([Object::Sequence(name.clone())]);
        // Not if the column's default is to use this sequence: then the column's change waits for the sequence.
        let owner = wanted.owned_by.iter().filter(|_| wanted.owned_by != found.owned_by);
        let owner = owner.filter(|(table, column)| !waits(planner, table, column));
        let action = action.needing(owner.map(|(table, column)| Object::Column(table.clone(), column.clone())));
        planner.add(if name == old { action } else { action.unmaking([Object::Sequence(old.clone())]) });
    }
}

/// Whether the column's default changes to use the expected sequence.
fn waits(planner: &Planner<'_>, table: &QName, column: &Name) -> bool {
    let default = |column: Option<&Column>| column.and_then(|column| column.default.clone());
    let wanted = default(planner.expected_column(table, column));
    wanted.is_some() && wanted != default(planner.live_column(table, column))
}

/// Gives it its new name and its new schema.
fn renamed(name: &QName, old: &QName) -> Vec<Step> {
    let mut steps = Vec::new();
    if name.name != old.name {
        let to = QName { schema: old.schema.clone(), name: name.name.clone() };
        steps.push(Step::new(
            Effect::Rename(Object::Sequence(old.clone()), Object::Sequence(to.clone())),
            format!("rename sequence {old} to {}", name.name),
            format!("ALTER SEQUENCE {old} RENAME TO {}", name.name),
            condition::exists(&Object::Sequence(to.clone())),
        ));
    }
    if name.schema != old.schema {
        steps.push(Step::new(
            Effect::Rename(Object::Sequence(old.clone()), Object::Sequence(name.clone())),
            format!("move sequence {old} to schema {}", name.schema),
            format!("ALTER SEQUENCE {}.{} SET SCHEMA {}", old.schema, name.name, name.schema),
            condition::exists(&Object::Sequence(name.clone())),
        ));
    }
    steps
}
