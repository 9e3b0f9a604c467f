//! Identity: a column becomes an identity column, or another kind of one, or ceases to be one.

use crate::domain::catalog::{Column, Identity, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::QName;
use crate::domain::plan::action::{Action, Rank, create, remove, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::helper;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::sequence::{go_on, own, start_behind};
use crate::domain::plan::{Effect, Step, Values};
use crate::domain::render;

/// A column becomes an identity column, or another kind of one, or ceases to be one.
pub(super) fn identity(planner: &mut Planner<'_>, table: &QName, wanted: &Column, found: &Column) {
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
