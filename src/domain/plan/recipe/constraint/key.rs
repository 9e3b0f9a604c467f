//! Primary keys and unique constraints: the index is built concurrently, then becomes the constraint, which takes
//! milliseconds.
//!
//! When a key is replaced, the foreign keys that reference it move to the new one in the same short transaction.

use crate::domain::catalog::{Constraint, ConstraintKind, Object};
use crate::domain::lock::{Lock, LockMode};
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::action::{Action, Rank, autocommit, locked, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::plan::step::again::{Again, again, readers};
use crate::domain::plan::step::constraint::{either, overlaps, validate, without_a_look};
use crate::domain::plan::step::foreign;
use crate::domain::plan::step::index::{self, Build};
use crate::domain::plan::step::key::{index_of, is_not_unique_meanwhile, is_so, is_without_overlaps, no_duplicates};
use crate::domain::plan::{Effect, Hazard, Segment, Step, Values};
use crate::domain::report::Change;

/// Adds the key, in the place of `old` if there is one.
pub(super) fn add(planner: &mut Planner<'_>, table: &QName, wanted: &Constraint, old: Option<&Constraint>) {
    let Some((columns, without_overlaps)) = columns(wanted) else { return };
    let object = Object::Constraint(table.clone(), wanted.name.clone());
    if planner.is_never_unique(table, &wanted.name) {
        return;
    }
    if without_overlaps {
        directly(planner, table, wanted, old);
        return;
    }
    if planner.is_partitioned(table) {
        partitioned(planner, table, wanted, old);
        return;
    }
    let mut is_new = is_so(wanted);
    if old.is_some_and(is_without_overlaps) {
        is_new.push_str(" and not conperiod");
    }
    let done = either(table, &[&wanted.name], &is_new);
    // The index has the constraint's name from the start, unless the old constraint's index still has it.
    let name = match old {
        Some(old) if old.name == wanted.name => scaffold::name(table, &old.name, "key"),
        Some(_) | None => wanted.name.clone(),
    };
    let build = Build { index: &index_of(wanted, &name), requires: Some(no_duplicates(planner, table, wanted)), done };
    let mut segments = index::concurrently(planner, table, &build);
    let Swap { segment, afterwards, mut needs, makes, gone } = swap(planner, table, wanted, old, &name, &is_new);
    segments.push(segment);
    segments.extend(afterwards);
    needs.extend(columns.iter().map(|column| Object::Column(table.clone(), column.clone())));
    let mut action = Action::new(Rank::Key, segments).making([object]).making(makes).needing(needs).unmaking(gone);
    if let Some(old) = old.filter(|old| old.name != wanted.name) {
        action = action.unmaking([Object::Constraint(table.clone(), old.name.clone())]);
    }
    planner.add(action);
}

fn columns(constraint: &Constraint) -> Option<(&[Name], bool)> {
    match &constraint.kind {
        ConstraintKind::Primary { columns, without_overlaps, .. }
        | ConstraintKind::Unique { columns, without_overlaps, .. } => Some((columns, *without_overlaps)),
        ConstraintKind::Foreign { .. } | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => None,
    }
}

fn word(wanted: &Constraint) -> &'static str {
    match &wanted.kind {
        ConstraintKind::Primary { .. } => "PRIMARY KEY",
        ConstraintKind::Unique { .. }
        | ConstraintKind::Foreign { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => "UNIQUE",
    }
}

/// The constraint's kind, for people.
fn kind_words(wanted: &Constraint) -> &'static str {
    if matches!(wanted.kind, ConstraintKind::Primary { .. }) { "primary key" } else { "unique constraint" }
}

/// The transaction that replaces a key, or drops it.
pub(super) struct Swap {
    pub(super) segment: Segment,
    /// Validation after it.
    pub(super) afterwards: Vec<Segment>,
    /// Other keys that the foreign keys move to.
    pub(super) needs: Vec<Object>,
    /// The foreign keys that are added again.
    pub(super) makes: Vec<Object>,
    /// Foreign keys that are dropped and not added again.
    pub(super) gone: Vec<Object>,
}

fn swap(
    planner: &mut Planner<'_>,
    table: &QName,
    wanted: &Constraint,
    old: Option<&Constraint>,
    index: &Name,
    is_new: &str,
) -> Swap {
    let using =
        format!("ADD CONSTRAINT {} {} USING INDEX {index}{}", wanted.name, word(wanted), wanted.deferrable.as_sql());
    let mut sql = format!("ALTER TABLE {table} {using}");
    let mut moves = Moves::default();
    if let Some(old) = old {
        sql = format!("ALTER TABLE {table} DROP CONSTRAINT {}, {using}", old.name);
        moves = self::moves(planner, table, old, &condition::constraint(table, &wanted.name, is_new));
    }
    let gone = old.map(|old| Effect::Drop(Object::constraint(table, &old.name), Values::None));
    let step = Step::new(
        Effect::Create(Object::constraint(table, &wanted.name)),
        format!("make {table}.{} the {}", wanted.name, kind_words(wanted)),
        sql,
        condition::constraint(table, &wanted.name, is_new),
    );
    // The index gets the name of the constraint.
    let renamed = Effect::Rename(Object::index(table, index), Object::index(table, &wanted.name));
    let renamed = (*index != wanted.name).then_some(renamed);
    let step = gone.into_iter().chain(renamed).fold(step, Step::with);
    // The columns of inheritance children become NOT NULL as well.
    let family = match &wanted.kind {
        ConstraintKind::Primary { .. } => planner.family(table),
        ConstraintKind::Unique { .. }
        | ConstraintKind::Foreign { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => vec![table.clone()],
    };
    let own = Object::Constraint(table.clone(), wanted.name.clone());
    moves.needs.retain(|key| *key != own);
    Swap::around(table, family.iter().fold(step, Step::exclusive), moves)
}

/// What happens to the foreign keys that depend on a key when it is dropped: they are dropped before it and added again
/// after it, NOT VALID and without a scan, in the same transaction.
#[derive(Default)]
pub(super) struct Moves {
    before: Vec<Step>,
    after: Vec<Step>,
    /// Views and routines that depend on the old key are created again.
    readers: Vec<Step>,
    /// Validation after it.
    afterwards: Vec<Segment>,
    /// The keys that they move to.
    needs: Vec<Object>,
    /// Those that are added again.
    makes: Vec<Object>,
    /// Those that are not added again.
    gone: Vec<Object>,
    children: Vec<QName>,
}

impl Swap {
    /// Wraps the step that drops the old key in the moves of its foreign keys.
    pub(super) fn around(table: &QName, step: Step, moves: Moves) -> Self {
        let Moves { before: mut steps, after, readers, afterwards, needs, makes, gone, children } = moves;
        steps.push(step);
        steps.extend(after.into_iter().chain(readers));
        let mut locks: Vec<_> =
            std::iter::once(table).chain(&children).map(|table| Lock::new(table, LockMode::AccessExclusive)).collect();
        locks.dedup();
        Self { segment: locked(locks, steps), afterwards, needs, makes, gone }
    }
}

/// `gone`: the old key no longer exists.
pub(super) fn moves(planner: &mut Planner<'_>, table: &QName, old: &Constraint, gone: &Condition) -> Moves {
    let mut moves = Moves::default();
    // Views and routines that are grouped by the key depend on it.
    for reader in readers(planner, vec![Object::constraint(table, &old.name)]) {
        let Some(Again { drop, create, makes: _ }) = again(planner, &reader, gone) else { continue };
        moves.before.insert(0, drop);
        moves.readers.extend(create);
    }
    // There may be another key on the same columns.
    let is_same = format!(
        "conindid = (select old.conindid from pg_constraint old where old.conrelid = {} and old.conname = {})",
        condition::regclass(table),
        literal(old.name.as_str())
    );
    for (child, key) in planner.referencing(table, old) {
        // It is dropped before, with its table.
        if planner.drifts(Change::Unexpected, &Object::Table(child.clone())) {
            moves.needs.push(Object::Table(child));
            continue;
        }
        moves.children.push(child.clone());
        let foreign = Object::Constraint(child.clone(), key.name.clone());
        let dropped = Step::new(
            Effect::Drop(foreign.clone(), Values::None),
            format!("drop foreign key {foreign}, which depends on the old key"),
            format!("ALTER TABLE {child} DROP CONSTRAINT {}", key.name),
            (!condition::constraint(&child, &key.name, &is_same)).or(gone),
        )
        .exclusive(&child);
        let dropped = planner.with_partitions(table).iter().fold(dropped, Step::exclusive);
        let is_name_reused = planner.expected_constraint(&child, &key.name).is_some();
        if planner.drifts(Change::Unexpected, &foreign) && !is_name_reused {
            // It is dropped in any case, whichever key it references.
            let dropped = Step { ensures: Some(condition::absent(&foreign)), ..dropped };
            moves.before.push(dropped.costing(Hazard::DataLoss, format!("constraint {foreign}")));
            planner.handle(foreign.clone());
            moves.gone.push(foreign);
            continue;
        }
        let Some(successor) = planner.take_over(&child, &key) else {
            moves.before.push(dropped.costing(Hazard::DataLoss, format!("constraint {child}.{}", key.name)));
            continue;
        };
        moves.needs.extend(planner.keys_for(table, &successor));
        moves.makes.push(Object::constraint(&child, &successor.name));
        moves.before.push(dropped);
        let again = Step::new(
            Effect::AddNotValid(Object::constraint(&child, &successor.name)),
            format!("add foreign key {child}.{} again", successor.name),
            format!(
                "ALTER TABLE {child} ADD CONSTRAINT {} {}{}",
                successor.name,
                successor.definition(),
                without_a_look(planner, &successor)
            ),
            condition::constraint(&child, &successor.name, &foreign::is_so(&successor)),
        );
        moves.after.push(foreign::adding_locks(planner, again, &child, table));
        if successor.validated {
            moves.afterwards.push(transaction(vec![validate(&child, &successor, &successor.name, "true")]));
        }
    }
    moves
}

/// For constraints whose index cannot be built in advance.
fn directly(planner: &mut Planner<'_>, table: &QName, wanted: &Constraint, old: Option<&Constraint>) {
    let object = Object::Constraint(table.clone(), wanted.name.clone());
    let is_new = condition::constraint(table, &wanted.name, &is_so(wanted));
    let mut moves = old.map(|old| moves(planner, table, old, &is_new)).unwrap_or_default();
    moves.needs.retain(|key| *key != object);
    let drop = old.map(|old| format!("DROP CONSTRAINT {}, ", old.name)).unwrap_or_default();
    let step = Step::new(
        Effect::Create(object.clone()),
        format!("add key {object}"),
        format!("ALTER TABLE {table} {drop}ADD CONSTRAINT {} {}", wanted.name, wanted.definition()),
        is_new,
    )
    .exclusive(table)
    .requiring(overlaps(planner, table, wanted).unwrap_or_else(|| no_duplicates(planner, table, wanted)));
    let gone = old.map(|old| Effect::Drop(Object::constraint(table, &old.name), Values::None));
    let step = planner.scan_that_blocks(gone.into_iter().fold(step, Step::with), table);
    let Swap { segment, afterwards, mut needs, makes, gone } = Swap::around(table, step, moves);
    let columns = columns(wanted).map(|(columns, _)| columns).unwrap_or_default();
    needs.extend(columns.iter().map(|column| Object::Column(table.clone(), column.clone())));
    let segments = std::iter::once(segment).chain(afterwards).collect();
    let action = Action::new(Rank::Key, segments).making([object]).making(makes).needing(needs).unmaking(gone);
    planner.add(match old {
        Some(old) if old.name != wanted.name => action.unmaking([Object::Constraint(table.clone(), old.name.clone())]),
        Some(_) | None => action,
    });
}

/// The key of a partitioned table: first on the parent alone, then on each partition, attached one by one.
fn partitioned(planner: &mut Planner<'_>, table: &QName, wanted: &Constraint, old: Option<&Constraint>) {
    let object = Object::Constraint(table.clone(), wanted.name.clone());
    if let Some(old) = old {
        // Two keys cannot exist under one name, and a partition's part cannot be dropped alone.
        let drop = Step::new(
            Effect::Drop(Object::constraint(table, &old.name), Values::None),
            format!("drop the old constraint {table}.{}", old.name),
            format!("ALTER TABLE {table} DROP CONSTRAINT {}", old.name),
            !condition::constraint(table, &old.name, &format!("not ({})", is_so(wanted).replace("indisvalid", "true"))),
        );
        let drop = planner.family(table).iter().fold(drop, Step::exclusive);
        let again = format!("ALTER TABLE {table} ADD CONSTRAINT {} {}", old.name, old.definition());
        planner.warn(is_not_unique_meanwhile(&Object::constraint(table, &old.name), &again));
        planner.add(
            Action::new(Rank::Key, vec![transaction(vec![drop])])
                .unmaking([Object::Constraint(table.clone(), old.name.clone())]),
        );
    }
    let mut segments = Vec::new();
    segments.push(transaction(vec![only(table, wanted).requiring(no_duplicates(planner, table, wanted))]));
    let mut new = Vec::new();
    for (parent, partition) in planner.partitions(table) {
        let parent_name = if parent == *table { wanted.name.clone() } else { planner.key_name(&parent, wanted) };
        let name = planner.key_name(&partition, wanted);
        let own = Constraint { name: name.clone(), ..wanted.clone() };
        if planner.is_new(&partition) {
            // The partition was created with a key of its own.
            new.push(Object::Table(partition.clone()));
        } else if planner.is_partitioned(&partition) {
            segments.push(transaction(vec![only(&partition, &own)]));
        } else {
            let done = either(&partition, &[&name], &is_so(&own));
            let build = Build { index: &index_of(&own, &name), requires: None, done };
            segments.extend(index::concurrently(planner, &partition, &build));
            let step = Step::new(
                Effect::Create(Object::constraint(&partition, &name)),
                format!("make {partition}.{name} the {}", kind_words(wanted)),
                format!(
                    "ALTER TABLE {partition} ADD CONSTRAINT {name} {} USING INDEX {name}{}",
                    word(wanted),
                    wanted.deferrable.as_sql()
                ),
                condition::constraint(&partition, &name, &is_so(&own)),
            )
            .exclusive(&partition);
            segments.push(transaction(vec![step]));
        }
        segments.push(autocommit(index::attach(&parent, &parent_name, &partition, &name)));
    }
    let needs: Vec<_> = columns(wanted)
        .into_iter()
        .flat_map(|(columns, _)| columns.iter().map(|column| Object::Column(table.clone(), column.clone())))
        .collect();
    new.extend(planner.lookup.leaving(table));
    planner.add(Action::new(Rank::Key, segments).making([object]).needing(needs).needing(new));
}

/// The key of a partitioned table alone, which is not valid before each partition's key has been attached.
fn only(table: &QName, wanted: &Constraint) -> Step {
    Step::new(
        Effect::Create(Object::constraint(table, &wanted.name)),
        format!("add {}.{} without its partitions", table, wanted.name),
        format!("ALTER TABLE ONLY {table} ADD CONSTRAINT {} {}", wanted.name, wanted.definition()),
        condition::exists(&Object::Constraint(table.clone(), wanted.name.clone())),
    )
    .exclusive(table)
}
