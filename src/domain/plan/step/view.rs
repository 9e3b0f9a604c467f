//! Views and materialized views: created, dropped, and whether one can be replaced in place.

use super::{index, reloptions, trigger};
use crate::domain::catalog::{Column, Object, Relation, RelationKind};
use crate::domain::name::QName;
use crate::domain::plan::action::{create, remove};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Step};
use crate::domain::render;

/// Whether `CREATE OR REPLACE` accepts the new view for the old one: all old columns still exist, in the same order.
pub(in crate::domain::plan) fn is_replaceable(wanted: &Relation, found: &Relation) -> bool {
    let columns = |relation: &Relation| -> Vec<_> {
        relation
            .columns
            .iter()
            .map(|column| (column.name.clone(), column.data_type.clone(), column.collation.clone()))
            .collect()
    };
    wanted.kind == RelationKind::View && found.kind == wanted.kind && columns(wanted).starts_with(&columns(found))
}

/// The view with everything that is created with it.
pub(in crate::domain::plan) fn makes(name: &QName, relation: &Relation) -> Vec<Object> {
    let columns = relation.columns.iter().map(|column| Object::Column(name.clone(), column.name.clone()));
    let indexes = relation.indexes.iter().map(|index| Object::Index(name.clone(), index.name.clone()));
    let triggers = relation.triggers.iter().map(|trigger| Object::Trigger(name.clone(), trigger.name.clone()));
    [relation.kind.object(name.clone())].into_iter().chain(columns).chain(indexes).chain(triggers).collect()
}

pub(in crate::domain::plan) fn created(planner: &Planner<'_>, name: &QName, wanted: &Relation) -> Vec<Step> {
    let view = wanted.kind.object(name.clone());
    let create_view = create(&view, word(wanted.kind), render::create_view(name, wanted));
    let mut steps = vec![create_view];
    for index in &wanted.indexes {
        let object = Object::Index(name.clone(), index.name.clone());
        let sql = render::create_index(name, index, render::How::Plain);
        steps.push(create(&object, "index", sql).locking(name, crate::domain::lock::LockMode::Share));
        steps.extend(index::statistics(name, index));
    }
    for it in &wanted.triggers {
        steps.extend(trigger::created(planner, name, it));
    }
    let bare = Relation { columns: bare(&wanted.columns), options: wanted.options.clone(), ..Relation::default() };
    steps.extend(settings(name, wanted, &bare));
    steps
}

pub(in crate::domain::plan) fn dropped(name: &QName, found: &Relation) -> Step {
    remove(&found.kind.object(name.clone()), word(found.kind), render::drop_relation(name, found)).exclusive(name)
}

pub(in crate::domain::plan) fn word(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table => "table",
        RelationKind::View => "view",
        RelationKind::MaterializedView => "materialized view",
    }
}

/// The columns without defaults and options.
fn bare(columns: &[Column]) -> Vec<Column> {
    columns.iter().map(|column| Column { default: None, options: Vec::new(), ..column.clone() }).collect()
}

/// Options of a view, and defaults and options of its columns.
pub(in crate::domain::plan) fn settings(name: &QName, wanted: &Relation, found: &Relation) -> Vec<Step> {
    let what = word(wanted.kind).to_uppercase();
    let mut steps =
        reloptions::options(&wanted.kind.object(name.clone()), name, &what, &wanted.options, &found.options);
    for column in &wanted.columns {
        let Some(old) = found.columns.iter().find(|old| old.name == column.name) else { continue };
        if column.default != old.default {
            let (change, is) = match &column.default {
                Some(default) => (format!("SET DEFAULT {default}"), "atthasdef"),
                None => ("DROP DEFAULT".to_owned(), "not atthasdef"),
            };
            steps.push(
                Step::new(
                    Effect::Alter(Object::column(name, &column.name)),
                    format!("set the default of {name}.{}", column.name),
                    format!("ALTER {what} {name} ALTER COLUMN {} {change}", column.name),
                    condition::column(name, &column.name, is),
                )
                .exclusive(name),
            );
        }
        steps.extend(reloptions::column_options(name, &what, column, old));
    }
    steps
}
