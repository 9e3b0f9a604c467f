//! Parts of a table that call routines which need the table itself. For a new table such a part is created after the
//! routine; for a table that is dropped it is dropped before the routine, by an action of its own, as `pg_dump` does
//! it.

use crate::domain::catalog::{Column, Constraint, Object, Relation};
use crate::domain::lock::LockMode;
use crate::domain::name::QName;
use crate::domain::plan::action::{Action, Rank, create, remove, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::{constraint, defined, index};
use crate::domain::plan::{Effect, Hazard, Step};
use crate::domain::render;

/// The new table without these parts, the columns whose defaults come later, and the actions that create the rest.
pub(super) fn later(planner: &Planner<'_>, name: &QName, wanted: &Relation) -> (Relation, Vec<Object>, Vec<Action>) {
    let expected = planner.on.expected;
    let is_late = |object: &Object| expected.calls_back(object, name);
    let (mut now, mut columns, mut actions) = (wanted.clone(), Vec::new(), Vec::new());
    for column in now.columns.iter_mut().filter(|column| column.generated.is_none()) {
        let object = Object::column(name, &column.name);
        if column.default.is_none() || !is_late(&object) {
            continue;
        }
        let routines = expected.needs(&object).filter(|it| matches!(it, Object::Routine(_))).cloned();
        let needs: Vec<_> = routines.chain([Object::Table(name.clone())]).collect();
        let step = transaction(vec![default_set(name, column)]);
        actions.push(Action::new(Rank::Column, vec![step]).needing(needs));
        column.default = None;
        columns.push(object);
    }
    // A partition is attached with the checks that it inherits.
    let is_check = |it: &Constraint| !it.inherited && !it.is_key() && !super::is_foreign(it);
    let is_late_check = |it: &Constraint| is_check(it) && is_late(&Object::constraint(name, &it.name));
    for it in wanted.constraints.iter().filter(|it| is_late_check(it)) {
        let object = Object::constraint(name, &it.name);
        let sql = render::add_constraint(name, it, false, planner.on.live.server_version);
        let step = create(&object, "constraint", sql).exclusive(name);
        actions.push(Action::new(Rank::Check, vec![transaction(vec![step])]).making([object]));
    }
    now.constraints.retain(|it| !is_late_check(it));
    let is_late_index = |inherited: bool, object: &Object| !inherited && is_late(object);
    for it in wanted.indexes.iter().filter(|it| is_late_index(it.inherited, &Object::index(name, &it.name))) {
        let object = Object::index(name, &it.name);
        let sql = render::create_index(name, it, render::How::Plain);
        let step = create(&object, "index", sql).locking(name, LockMode::Share);
        let steps = [vec![step], index::statistics(name, it)].concat();
        actions.push(Action::new(Rank::Index, vec![transaction(steps)]).making([object]));
    }
    now.indexes.retain(|it| !is_late_index(it.inherited, &Object::index(name, &it.name)));
    (now, columns, actions)
}

fn default_set(name: &QName, column: &Column) -> Step {
    let default = column.default.as_ref().map(ToString::to_string).unwrap_or_default();
    Step::new(
        Effect::Alter(Object::column(name, &column.name)),
        format!("set the default of {name}.{}", column.name),
        format!("ALTER TABLE {name} ALTER COLUMN {} SET DEFAULT {default}", column.name),
        condition::column(name, &column.name, "atthasdef"),
    )
    .exclusive(name)
}

/// What is dropped before the table: the objects, and the actions that drop them. Objects inherited from a parent are
/// dropped with the parent's; of a column only the default is dropped.
pub(super) fn first(planner: &Planner<'_>, name: &QName, found: &Relation) -> (Vec<Object>, Vec<Action>) {
    let live = planner.on.live;
    let (mut objects, mut actions) = (Vec::new(), Vec::new());
    let mut goes = |object: Object, step: Option<Step>| {
        if !live.calls_back(&object, name) {
            return;
        }
        let drops = |step: Step| step.costing(Hazard::DataLoss, format!("{} {object}", object.word()));
        let action = |step| Action::new(Rank::Drop, vec![transaction(vec![step])]);
        actions.extend(step.map(|step| match &object {
            Object::Column(..) => action(step).making([object.clone()]),
            _ => action(drops(step)).unmaking([object.clone()]),
        }));
        objects.push(object);
    };
    for column in found.columns.iter().filter(|it| it.default.is_some() && it.generated.is_none()) {
        goes(Object::column(name, &column.name), Some(default_dropped(name, column)));
    }
    for it in found.constraints.iter().filter(|it| !super::is_foreign(it) && !it.is_key()) {
        let step = (!it.inherited).then(|| constraint::dropped(planner, name, it));
        goes(Object::constraint(name, &it.name), step);
    }
    for it in &found.indexes {
        let object = Object::index(name, &it.name);
        let index = QName { schema: name.schema.clone(), name: it.name.clone() };
        let step = remove(&object, "index", format!("DROP INDEX {index}"));
        let step = planner.family(name).iter().fold(step, Step::exclusive);
        goes(object, (!it.inherited).then_some(step));
    }
    for it in &found.triggers {
        let object = Object::Trigger(name.clone(), it.name.clone());
        let step = remove(&object, "trigger", format!("DROP TRIGGER {} ON {name}", it.name));
        let step = planner.family(name).iter().fold(step, Step::exclusive);
        goes(object, (!it.inherited).then_some(step));
    }
    for (object, it) in live.defined.iter().filter(|(object, it)| super::depends_on(object, it, name)) {
        goes(object.clone(), Some(defined::dropped(object, it)));
    }
    (objects, actions)
}

fn default_dropped(name: &QName, column: &Column) -> Step {
    Step::new(
        Effect::Alter(Object::column(name, &column.name)),
        format!("drop the default of {name}.{}", column.name),
        format!("ALTER TABLE ONLY {name} ALTER COLUMN {} DROP DEFAULT", column.name),
        !condition::column(name, &column.name, "atthasdef"),
    )
    .exclusive(name)
}
