//! Views and routines that depend on a relation which gives its name to one of another kind: a table to a view, or a view to
//! a table. Their own text may be the same on both sides, and so no drift. They are dropped before the old relation, and
//! created again after the new one.

use crate::domain::catalog::Object;
use crate::domain::name::QName;
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::again::{Again, again, readers, with_columns};
use crate::domain::report::Change;

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>) {
    let replaced = replaced(planner);
    let new = replaced.iter().filter_map(|name| Some(planner.expected_relation(name)?.kind.object(name.clone())));
    let Some(done) = new.map(|object| condition::exists(&object)).reduce(|all, next| all.and(&next)) else { return };
    let old = replaced.iter().flat_map(|name| whole(planner, name)).collect();
    for reader in readers(planner, old) {
        let unmakes = with_columns(planner, &reader);
        let Some(Again { drop, makes, create }) = again(planner, &reader, &done) else { continue };
        planner.add(Action::new(Rank::Drop, vec![transaction(vec![drop])]).unmaking(unmakes));
        let rank = if matches!(reader, Object::Routine(_)) { Rank::Routine } else { Rank::View };
        let action = Action::new(rank, vec![transaction(create)]).making(makes.clone());
        planner.add(Action { replaces: makes, ..action });
    }
}

/// Relations that are a table on one side, and a view on the other.
fn replaced(planner: &Planner<'_>) -> Vec<QName> {
    let changed = planner.on.drift.iter().filter(|drift| drift.change == Change::Changed);
    let relations = changed.filter(|drift| drift.subject.is_relation());
    let names = relations.filter_map(|drift| drift.subject.relation().cloned());
    let is_replaced = |name: &QName| {
        let sides = [planner.expected_relation(name), planner.live_relation(name)];
        matches!(sides.map(|it| it.map(|it| it.query.is_some())), [Some(wanted), Some(found)] if wanted != found)
    };
    names.filter(is_replaced).collect()
}

/// What others depend on: the relation and its columns.
fn whole(planner: &Planner<'_>, name: &QName) -> Vec<Object> {
    let Some(found) = planner.live_relation(name) else { return Vec::new() };
    let columns = found.columns.iter().map(|column| Object::column(name, &column.name));
    columns.chain([found.kind.object(name.clone())]).collect()
}
