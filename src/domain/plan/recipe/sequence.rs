//! Sequences: free ones, those that a column owns, and those behind identity columns. A new one starts behind the
//! values that are there.

use crate::domain::catalog::{Column, Identity, Object, RelationKind, Sequence};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::action::{Action, Rank, create, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::helper;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Hazard, Requirement, Step, Values};
use crate::domain::render;
use crate::domain::report::{Change, Drift};

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, drift: &Drift, name: &QName) {
    let object = Object::Sequence(name.clone());
    match drift.change {
        Change::Missing => {
            let Some(wanted) = planner.on.expected.sequences.get(name) else { return };
            if wanted.identity {
                // It comes with the column's identity.
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
            let step = remove(&object, "sequence", format!("DROP SEQUENCE {name}"))
                .costing(Hazard::DataLoss, format!("sequence {name} and its position"))
                .irreversible("the position of a dropped sequence is gone");
            planner.add(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking([object]));
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
        // The column that it belongs to says so, too.
        return;
    }
    let mut steps = Vec::new();
    if name.name != old.name && planner.renames() {
        let to = QName { schema: old.schema.clone(), name: name.name.clone() };
        steps.push(Step::new(
            Effect::Rename(Object::Sequence(old.clone()), Object::Sequence(to.clone())),
            format!("rename sequence {old} to {}", name.name),
            format!("ALTER SEQUENCE {old} RENAME TO {}", name.name),
            condition::exists(&Object::Sequence(to.clone())),
        ));
    }
    let now = if planner.renames() { name } else { old };
    if name.schema != old.schema && planner.renames() {
        steps.push(Step::new(
            Effect::Rename(Object::Sequence(old.clone()), Object::Sequence(name.clone())),
            format!("move sequence {old} to schema {}", name.schema),
            format!("ALTER SEQUENCE {}.{} SET SCHEMA {}", old.schema, name.name, name.schema),
            condition::exists(&Object::Sequence(name.clone())),
        ));
    }
    let parameters = |sequence: &Sequence| Sequence { owned_by: None, unlogged: false, ..sequence.clone() };
    if parameters(wanted) != parameters(found) {
        let is = condition::sequence(now, wanted);
        let sql = |sequence: &Sequence| format!("ALTER SEQUENCE {now} {}", render::sequence_parameters(sequence));
        let outside = format!("last_value not between {} and {}", wanted.min, wanted.max);
        let step =
            Step::new(Effect::Alter(Object::Sequence(now.clone())), format!("alter sequence {now}"), sql(wanted), is)
                .requiring(Requirement {
                    object: now.to_string(),
                    problem: format!(
                        "sequence {now} stands outside of its expected bounds, {} to {}",
                        wanted.min, wanted.max
                    ),
                    count: format!("select count(*) from {old} where {outside}"),
                    sample: Some(format!("select last_value::text from {old} where {outside}")),
                    advice: "set the sequence to another position by hand, or widen the bounds in the expectation"
                        .into(),
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
    // A new column takes the sequence over as it comes.
    let is_new = |(table, column): &(QName, Name)| planner.live_column(table, column).is_none();
    if wanted.owned_by != found.owned_by && !wanted.owned_by.as_ref().is_some_and(is_new) {
        match &wanted.owned_by {
            Some((table, column)) => steps.extend(own(planner, now, table, column)),
            None => steps.push(Step::new(
                Effect::Alter(Object::Sequence(now.clone())),
                format!("let sequence {now} be owned by no column"),
                format!("ALTER SEQUENCE {now} OWNED BY NONE"),
                !condition::owned(now, None),
            )),
        }
    }
    if !steps.is_empty() {
        let action = Action::new(Rank::Sequence, vec![transaction(steps)]).making([Object::Sequence(name.clone())]);
        let owner = wanted.owned_by.iter().filter(|_| wanted.owned_by != found.owned_by);
        let action = action.needing(owner.map(|(table, column)| Object::Column(table.clone(), column.clone())));
        planner.add(if name == old { action } else { action.unmaking([Object::Sequence(old.clone())]) });
    }
}

/// The live sequence goes with the table that it belongs to, and another of the same name is made: an identity's sequence
/// belongs to nobody else.
pub(in crate::domain::plan) fn goes_with_its_table(planner: &Planner<'_>, name: &QName) -> bool {
    let (expected, live) = (&planner.on.expected.sequences, &planner.on.live.sequences);
    let (Some(wanted), Some(found)) = (expected.get(name), live.get(name)) else { return false };
    let owner = found.owned_by.as_ref().filter(|_| wanted.identity || found.identity);
    let stays = |table: &QName| planner.expected_relation(table).is_some_and(|it| it.kind == RelationKind::Table);
    owner.is_some_and(|(table, _)| !stays(table))
}

/// Makes the column own the sequence, which has to belong to the table's owner then.
pub(in crate::domain::plan) fn own(planner: &Planner<'_>, name: &QName, table: &QName, column: &Name) -> Vec<Step> {
    let sequence = Object::Sequence(name.clone());
    let owners = &planner.on.live.owners;
    // An identity's goes with it, and another is made.
    let stays = planner.on.live.sequences.get(name).is_some_and(|it| !it.identity);
    let is = owners.get(&sequence).filter(|_| stays).or(planner.on.survey.rights.role.as_ref());
    let owner = owners.get(&Object::Table(table.clone())).filter(|owner| is != Some(owner));
    let mut steps: Vec<_> = owner.and_then(|owner| super::owner::give(&sequence, owner)).into_iter().collect();
    steps.push(Step::new(
        Effect::Alter(Object::Sequence(name.clone())),
        format!("let {table}.{column} own sequence {name}"),
        format!("ALTER SEQUENCE {name} OWNED BY {table}.{column}"),
        condition::owned(name, Some((table, column))),
    ));
    steps
}

/// Lets a new sequence start behind the values that the column has.
fn start_behind(name: &QName, table: &QName, column: &Name) -> Step {
    let greatest = format!("(select max({column})::bigint from {table})");
    let last = format!("pg_sequence_last_value({})", condition::regclass(name));
    Step::new(
        Effect::SetValue(Object::Sequence(name.clone())),
        format!("let sequence {name} start behind the values of {table}.{column}"),
        format!("SELECT setval({}::regclass, {greatest})", literal(&name.to_string())),
        Condition::new(format!("({greatest} is null or coalesce({greatest} <= {last}, false))")),
    )
}

/// The first sequence goes on where the second has ended.
pub(in crate::domain::plan) fn go_on((own, ended): (&QName, &QName), table: &QName, column: &Name) -> Step {
    let last = |sequence: &QName| format!("pg_sequence_last_value({})", condition::regclass(sequence));
    Step::new(
        Effect::SetValue(Object::Sequence(own.clone())),
        format!("go on counting {table}.{column}"),
        format!("SELECT setval({}::regclass, {})", literal(&own.to_string()), last(ended)),
        Condition::new(format!("({0} is null or coalesce({0} <= {1}, false))", last(ended), last(own))),
    )
}

/// A column becomes an identity column, or another kind of one, or ceases to be one.
pub(in crate::domain::plan) fn identity(planner: &mut Planner<'_>, table: &QName, wanted: &Column, found: &Column) {
    let name = &wanted.name;
    let column = Object::Column(table.clone(), name.clone());
    let alter = format!("ALTER TABLE {table} ALTER COLUMN {name}");
    let code = |identity: Identity| match identity {
        Identity::Always => 'a',
        Identity::ByDefault => 'd',
    };
    let is = |identity: Identity| condition::column(table, name, &format!("attidentity = '{}'", code(identity)));
    let mut steps = Vec::new();
    let altering = |action: String, sql, is| Step::new(Effect::Alter(Object::column(table, name)), action, sql, is);
    let mut makes = vec![column];
    match (wanted.identity, found.identity) {
        (Some(wanted_identity), Some(_)) => {
            let word = render::identity_word(wanted_identity);
            let sql = format!("{alter} SET GENERATED {word}");
            steps.push(altering(format!("let {table}.{name} be generated {word}"), sql, is(wanted_identity)));
        }
        (Some(wanted_identity), None) => {
            let old = render::owned_sequence(planner.on.live, table, name);
            let done = condition::column(table, name, "attidentity <> ''");
            if found.default.is_some() {
                steps.push(altering(
                    format!("drop the default of {table}.{name}"),
                    format!("{alter} DROP DEFAULT"),
                    condition::column(table, name, "(not atthasdef or attidentity <> '')"),
                ));
            }
            // The old sequence keeps its position until the identity has taken it over.
            let helper = QName { schema: table.schema.clone(), name: helper::name(table, name, "seq") };
            if let Some((old, _)) = old {
                let renamed = condition::exists(&Object::Sequence(helper.clone()));
                steps.push(Step::new(
                    Effect::Rename(Object::Sequence(old.clone()), Object::Sequence(helper.clone())),
                    format!("put sequence {old} aside"),
                    format!("ALTER SEQUENCE {old} RENAME TO {}", helper.name),
                    renamed.or(&done),
                ));
                planner.handle(Object::Sequence(old.clone()));
            }
            let sql = render::identity(planner.on.expected, table, name, wanted_identity);
            steps.push(altering(format!("make {table}.{name} an identity column"), format!("{alter} ADD {sql}"), done));
            if let Some((own, _)) = render::owned_sequence(planner.on.expected, table, name) {
                match old {
                    Some(_) => steps.push(go_on((own, &helper), table, name)),
                    None => steps.push(start_behind(own, table, name)),
                }
                planner.handle(Object::Sequence(own.clone()));
            }
            if old.is_some() {
                let sequence = Object::Sequence(helper.clone());
                let step = remove(&sequence, "sequence", format!("DROP SEQUENCE {helper}"));
                steps.push(step.dropping(Values::Own));
            }
        }
        (None, _) => {
            steps.push(altering(
                format!("let {table}.{name} be no identity column"),
                format!("{alter} DROP IDENTITY"),
                condition::column(table, name, "attidentity = ''"),
            ));
            if let Some((own_sequence, it)) =
                render::owned_sequence(planner.on.expected, table, name).filter(|(_, it)| !it.identity)
            {
                let object = Object::Sequence(own_sequence.clone());
                let is_plain = condition::column(table, name, "attidentity = ''");
                let there = condition::exists(&object).and(&is_plain);
                let sql = render::create_sequence(own_sequence, it);
                steps.push(Step { ensures: Some(there), ..create(&object, "sequence", sql) });
                steps.push(start_behind(own_sequence, table, name));
                steps.extend(own(planner, own_sequence, table, name));
                planner.handle(object.clone());
                makes.push(object);
            }
            if let Some(default) = &wanted.default {
                steps.push(altering(
                    format!("set the default of {table}.{name}"),
                    format!("{alter} SET DEFAULT {default}"),
                    condition::column(table, name, "atthasdef and attidentity = ''"),
                ));
            }
        }
    }
    let steps = steps.into_iter().map(|step| step.locking(table, LockMode::AccessExclusive)).collect();
    planner.add(Action::new(Rank::Identity, vec![transaction(steps)]).making(makes));
}
