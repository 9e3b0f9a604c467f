//! Identity: a column becomes an identity column, changes its kind of identity, or is no longer one.

use crate::domain::catalog::{Column, Identity, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::{Action, Rank, create, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::plan::step::sequence::{go_on, own, start_behind};
use crate::domain::plan::{Effect, Step, Values};
use crate::domain::render;

pub(super) fn identity(planner: &mut Planner<'_>, table: &QName, wanted: &Column, found: &Column) {
    let name = &wanted.name;
    let mut makes = vec![Object::Column(table.clone(), name.clone())];
    let steps = match (wanted.identity, found.identity) {
        (Some(identity), Some(_)) => {
            let word = render::identity_word(identity);
            let code = match identity {
                Identity::Always => 'a',
                Identity::ByDefault => 'd',
            };
            let is = condition::column(table, name, &format!("attidentity = '{code}'"));
            let change = format!("SET GENERATED {word}");
            vec![altering(table, name, format!("set {table}.{name} to GENERATED {word}"), &change, is)]
        }
        (Some(identity), None) => begin(planner, table, (wanted, found), identity),
        (None, _) => {
            let (steps, sequence) = end(planner, table, wanted);
            makes.extend(sequence);
            steps
        }
    };
    let steps = steps.into_iter().map(|step| step.locking(table, LockMode::AccessExclusive)).collect();
    planner.add(Action::new(Rank::Identity, vec![transaction(steps)]).making(makes));
}

fn altering(table: &QName, name: &Name, action: String, change: &str, is: Condition) -> Step {
    let sql = format!("ALTER TABLE {table} ALTER COLUMN {name} {change}");
    Step::new(Effect::Alter(Object::column(table, name)), action, sql, is)
}

/// The column becomes an identity, which continues after the column's values.
fn begin(
    planner: &mut Planner<'_>,
    table: &QName,
    (wanted, found): (&Column, &Column),
    identity: Identity,
) -> Vec<Step> {
    let name = &wanted.name;
    let mut steps = Vec::new();
    let old = render::owned_sequence(planner.on.live, table, name);
    let done = condition::column(table, name, "attidentity <> ''");
    if found.default.is_some() {
        let is = condition::column(table, name, "(not atthasdef or attidentity <> '')");
        steps.push(altering(table, name, format!("drop the default of {table}.{name}"), "DROP DEFAULT", is));
    }
    // The old sequence keeps its position until the identity has taken it over.
    let helper = QName { schema: table.schema.clone(), name: scaffold::name(table, name, "seq") };
    if let Some((old, _)) = old {
        let renamed = condition::exists(&Object::Sequence(helper.clone()));
        steps.push(Step::new(
            Effect::Rename(Object::Sequence(old.clone()), Object::Sequence(helper.clone())),
            format!("rename sequence {old} to {}", helper.name),
            format!("ALTER SEQUENCE {old} RENAME TO {}", helper.name),
            renamed.or(&done),
        ));
        planner.handle(Object::Sequence(old.clone()));
    }
    let change = format!("ADD {}", render::identity(planner.on.expected, table, name, identity));
    steps.push(altering(table, name, format!("make {table}.{name} an identity column"), &change, done));
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
    steps
}

/// The column is no longer an identity. Returns the sequence that it owns instead, if there is one.
fn end(planner: &mut Planner<'_>, table: &QName, wanted: &Column) -> (Vec<Step>, Option<Object>) {
    let name = &wanted.name;
    let is_plain = condition::column(table, name, "attidentity = ''");
    let action = format!("drop identity from {table}.{name}");
    let mut steps = vec![altering(table, name, action, "DROP IDENTITY", is_plain.clone())];
    let owned = render::owned_sequence(planner.on.expected, table, name).filter(|(_, it)| !it.identity);
    if let Some((sequence, it)) = owned {
        let object = Object::Sequence(sequence.clone());
        let there = condition::exists(&object).and(&is_plain);
        let created = create(&object, "sequence", render::create_sequence(sequence, it));
        steps.push(Step { ensures: Some(there), ..created });
        steps.push(start_behind(sequence, table, name));
        steps.extend(own(planner, sequence, table, name));
        planner.handle(object);
    }
    if let Some(default) = &wanted.default {
        let is = condition::column(table, name, "atthasdef and attidentity = ''");
        let change = format!("SET DEFAULT {default}");
        steps.push(altering(table, name, format!("set the default of {table}.{name}"), &change, is));
    }
    (steps, owned.map(|(sequence, _)| Object::Sequence(sequence.clone())))
}
