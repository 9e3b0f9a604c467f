//! A table that becomes a partition, or is one of another parent. What it has from its former parent stays with it when it is
//! detached: what the new parent brings too is taken over, and the rest is dropped in the same transaction.

use super::is_foreign;
use crate::domain::catalog::{Constraint, ConstraintKind, Index, Object, Relation};
use crate::domain::drift::Scope;
use crate::domain::lock::{Lock, LockMode};
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::{remove, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::plan::step::constraint::{self, rows_pass};
use crate::domain::plan::step::index::{self, Build, concurrently, qualified, statistics};
use crate::domain::plan::{Effect, Hazard, Segment, Step};
use crate::domain::render;

/// Between detaching and attaching.
pub(super) fn settle(planner: &mut Planner<'_>, name: &QName, wanted: &Relation, found: &Relation) -> Vec<Step> {
    let mut steps = Vec::new();
    for it in found.constraints.iter().filter(|it| it.inherited) {
        if !wanted.constraints.iter().any(|other| other.definition() == it.definition()) {
            let successor = planner.lookup.successor(&Object::constraint(name, &it.name)).cloned();
            let step = Step { ensures: Some(!left(name, it)), ..constraint::dropped(planner, name, it) };
            steps.extend(goes(planner, step, successor, &format!("constraint {name}.{}", it.name)));
        }
    }
    for it in found.indexes.iter().filter(|it| it.inherited) {
        if !wanted.indexes.iter().any(|other| other.definition() == it.definition()) {
            let object = Object::index(name, &it.name);
            let index = qualified(name, &it.name);
            let is_own =
                format!("not exists (select from pg_inherits where inhrelid = {})", condition::regclass(&index));
            let step = remove(&object, "index", format!("DROP INDEX {index}"));
            let step = planner.family(name).iter().fold(step, Step::exclusive);
            let step = Step { ensures: Some(!condition::index(name, &it.name, &is_own)), ..step };
            let successor = planner.lookup.successor(&object).cloned();
            steps.extend(goes(planner, step, successor, &format!("index {object}")));
        }
    }
    if wanted.partition_of.is_some() {
        checks(planner, name, wanted, found, &mut steps);
    }
    steps
}

/// It is there, and from no parent.
fn left(table: &QName, it: &Constraint) -> condition::Condition {
    condition::constraint(table, &it.name, "coninhcount = 0")
}

/// Where only what is declared must match, what nothing takes the place of stays.
fn goes(planner: &mut Planner<'_>, step: Step, successor: Option<Object>, what: &str) -> Option<Step> {
    match successor {
        Some(successor) => {
            planner.handle(successor);
            Some(step)
        }
        None if planner.on.scope == Scope::Declared => None,
        None => Some(step.costing(Hazard::DataLoss, what)),
    }
}

/// The parent's checks have to be there, under their names, when the table is attached. Keys and indexes are only taken over.
fn checks(planner: &mut Planner<'_>, name: &QName, wanted: &Relation, found: &Relation, steps: &mut Vec<Step>) {
    let is_own = |it: &Constraint| wanted.constraints.iter().any(|own| !own.inherited && own.name == it.name);
    for it in wanted.constraints.iter().filter(|it| it.inherited) {
        let same =
            |other: &&Constraint| other.definition() == it.definition() && (other.name == it.name || !is_own(other));
        let there = found.constraints.iter().filter(same).max_by_key(|other| other.name == it.name);
        if let Some(there) = there {
            planner.handle(Object::constraint(name, &there.name));
        }
        let ConstraintKind::Check { expression, no_inherit: false } = &it.kind else { continue };
        let is_so = condition::constraint(name, &it.name, "contype = 'c'");
        let step = match there {
            Some(there) if there.name == it.name => continue,
            Some(there) => constraint::rename_step(name, &there.name, &it.name, is_so),
            None => {
                let step = Step::new(
                    Effect::Create(Object::constraint(name, &it.name)),
                    format!("add check {name}.{}", it.name),
                    render::add_constraint(name, it, false, planner.on.live.server_version),
                    is_so,
                );
                let step = step.requiring(rows_pass(planner, name, it, (expression, false)));
                planner.scan_that_blocks(step, name)
            }
        };
        steps.push(planner.family(name).iter().fold(step, Step::exclusive));
    }
}

/// What is done before the transaction in which the table is attached, and in that, before it is.
#[derive(Default)]
pub(super) struct Second {
    pub(super) before: Vec<Segment>,
    pub(super) steps: Vec<Step>,
}

/// Of two alike PostgreSQL takes the older one for the parent's. Where the table is to have one of its own beside it, and has
/// only one, a second is built before, and they exchange their names in the transaction in which the table is attached.
pub(super) fn second(planner: &mut Planner<'_>, name: &QName, wanted: &Relation, found: &Relation) -> Second {
    let mut second = Second::default();
    for part in wanted.indexes.iter().filter(|it| it.inherited) {
        let same = |it: &&Index| it.definition() == part.definition();
        let mut own = wanted.indexes.iter().filter(same).filter(|it| !it.inherited);
        let live: Vec<_> = found.indexes.iter().filter(same).filter(|it| it.valid).collect();
        let (own, [only]) = (own.next(), live.as_slice()) else { continue };
        let Some(own) = own else {
            second.steps.extend(taken_over(planner, name, part, only));
            continue;
        };
        let own_name = if planner.renames() { &own.name } else { &only.name };
        let helper = scaffold::name(name, &part.name, "idx");
        let is_free = part.name != only.name && !planner.lookup.is_taken(&name.schema, &part.name);
        let part_name = if is_free { part.name.clone() } else { scaffold::name(name, &part.name, "part") };
        let is_part = format!(
            "exists (select from pg_inherits where inhrelid = {})",
            condition::regclass(&qualified(name, &part_name))
        );
        let built = Index { name: helper.clone(), inherited: false, ..own.clone() };
        let done = condition::index(name, &part_name, &is_part);
        let mut segments = concurrently(planner, name, &Build { index: &built, requires: None, done: done.clone() });
        segments.extend(statistics(name, &built).into_iter().map(|mut step| {
            step.ensures = step.ensures.map(|ensures| ensures.or(&done));
            transaction(vec![step])
        }));
        second.before.extend(segments);
        planner.handle(Object::index(name, &own.name));
        second.steps.push(renamed(name, &only.name, &part_name));
        second.steps.push(renamed(name, &helper, own_name));
    }
    second
}

/// Where names are drift: the index that becomes the parent's gets the name that the part is expected to have.
fn taken_over(planner: &Planner<'_>, name: &QName, part: &Index, live: &Index) -> Option<Step> {
    let is_free = planner.renames() && !planner.lookup.is_taken(&name.schema, &part.name);
    (is_free && !live.inherited).then(|| renamed(name, &live.name, &part.name))
}

fn renamed(table: &QName, from: &Name, to: &Name) -> Step {
    index::renamed(table, from, to, condition::index(table, to, "indisvalid"))
}

/// The locks on the tables at the other end of foreign keys, which come and go with the parent's: `shared`, on those that the table
/// references as the parent does, and `back`, on those that reference the parent.
pub(super) fn locking(
    planner: &Planner<'_>,
    step: Step,
    (name, parent): (&QName, &QName),
    (shared, back): (LockMode, LockMode),
) -> Step {
    let relations =
        [planner.live_relation(parent), planner.expected_relation(parent).filter(|_| !planner.is_new(name))];
    let keys = relations.into_iter().flatten().flat_map(|it| &it.constraints);
    let own: Vec<_> = planner.live_relation(name).into_iter().flat_map(|it| &it.constraints).collect();
    let step = keys.fold(step, |step, key| match &key.kind {
        ConstraintKind::Foreign { parent, .. } => {
            let is_shared = own.iter().any(|it| it.definition() == key.definition());
            let mode = if is_shared { shared } else { LockMode::ShareRowExclusive };
            planner.family(parent).iter().fold(step, |step, table| step.locking(table, mode))
        }
        ConstraintKind::Primary { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => step,
    });
    planner.lookup.keys_to(parent).fold(step, |step, (child, _)| step.locking(child, back))
}

/// The tables that the partition references, which are locked before it.
pub(super) fn locked_first(steps: &[Step], found: &Relation, wanted: &Relation) -> Vec<Lock> {
    let keys = found.constraints.iter().chain(&wanted.constraints).filter(|it| is_foreign(it));
    let mut locks = Vec::new();
    for key in keys {
        let ConstraintKind::Foreign { parent, .. } = &key.kind else { continue };
        let modes = steps.iter().flat_map(|it| &it.locks).filter(|lock| lock.table == *parent).map(|lock| lock.mode);
        locks.extend(modes.max().map(|mode| Lock::new(parent, mode)));
    }
    locks.sort();
    locks.dedup();
    locks
}
