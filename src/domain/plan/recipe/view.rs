//! Views and materialized views: replaced in place where only columns are added; the rest is [`super::rebuild`]'s.

use super::{index, setting, table, trigger};
use crate::domain::catalog::{Object, Relation, RelationKind};
use crate::domain::name::QName;
use crate::domain::plan::action::{Action, Rank, create, remove, transaction};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Hazard, Step, condition};
use crate::domain::render;
use crate::domain::report::{Change, Drift};

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, drift: &Drift, name: &QName) {
    let (wanted, found) = (planner.expected_relation(name), planner.live_relation(name));
    match (drift.change, wanted, found) {
        (Change::Missing, Some(wanted), _) => {
            let steps = created(planner, name, wanted);
            let makes = makes(name, wanted);
            planner.add(Action::new(Rank::View, vec![transaction(steps)]).making(makes));
        }
        (Change::Unexpected, _, Some(found)) => {
            let step = dropped(name, found).costing(Hazard::DataLoss, format!("{} {name}", word(found.kind)));
            let rules = planner.on.live.defined.keys().filter(|it| it.relation() == Some(name)).cloned();
            let unmakes = makes(name, found).into_iter().chain(rules);
            planner.add(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking(unmakes));
        }
        (Change::Changed, Some(wanted), Some(found)) if wanted.kind == found.kind => {
            let mut steps = Vec::new();
            if let (Some(query), true) = (&found.query, wanted.query != found.query) {
                let sql = render::create_view(name, wanted).replacen("CREATE ", "CREATE OR REPLACE ", 1);
                steps.push(
                    Step::new(
                        Effect::Replace(Object::View(name.clone())),
                        format!("replace view {name}"),
                        sql,
                        condition::query_is_not(name, &query.to_string()),
                    )
                    .exclusive(name),
                );
            }
            steps.extend(setting::view(name, wanted, found));
            planner.add(Action::new(Rank::View, vec![transaction(steps)]).making(makes(name, wanted)));
        }
        // One kind of view in the place of another is the rebuilding's business: this is a table.
        (Change::Changed, Some(wanted), Some(found)) => {
            table::drop(planner, name, found);
            let steps = created(planner, name, wanted);
            planner.add(Action::new(Rank::View, vec![transaction(steps)]).making(makes(name, wanted)));
        }
        (Change::Missing | Change::Unexpected | Change::Changed, _, _) => {}
    }
}

/// `CREATE OR REPLACE` takes the one for the other: the old columns are still there, in the same order.
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

pub(in crate::domain::plan) fn object(name: &QName, relation: &Relation) -> Object {
    match relation.kind {
        RelationKind::Table => Object::Table(name.clone()),
        RelationKind::View => Object::View(name.clone()),
        RelationKind::MaterializedView => Object::MaterializedView(name.clone()),
    }
}

/// The view with everything that stands on it.
pub(in crate::domain::plan) fn makes(name: &QName, relation: &Relation) -> Vec<Object> {
    let columns = relation.columns.iter().map(|column| Object::Column(name.clone(), column.name.clone()));
    let indexes = relation.indexes.iter().map(|index| Object::Index(name.clone(), index.name.clone()));
    let triggers = relation.triggers.iter().map(|trigger| Object::Trigger(name.clone(), trigger.name.clone()));
    [object(name, relation)].into_iter().chain(columns).chain(indexes).chain(triggers).collect()
}

pub(in crate::domain::plan) fn created(planner: &Planner<'_>, name: &QName, wanted: &Relation) -> Vec<Step> {
    let view = object(name, wanted);
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
    let bare =
        Relation { columns: setting::bare(&wanted.columns), options: wanted.options.clone(), ..Relation::default() };
    steps.extend(setting::view(name, wanted, &bare));
    steps
}

pub(in crate::domain::plan) fn dropped(name: &QName, found: &Relation) -> Step {
    remove(&object(name, found), word(found.kind), render::drop_relation(name, found)).exclusive(name)
}

pub(in crate::domain::plan) fn word(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table => "table",
        RelationKind::View => "view",
        RelationKind::MaterializedView => "materialized view",
    }
}
