//! Actions: what a recipe produces. An action is a list of segments that belong together, with the objects that they
//! create and drop. The order of actions follows from these objects.

use super::condition::{self, Condition};
use super::{Context, Cost, Effect, Hazard, Limits, Requirement, Segment, Step, Undo, Values, Work};
use crate::domain::catalog::Object;
use crate::domain::lock::{Lock, LockMode};
use crate::domain::name::QName;

/// Order of actions that do not depend on each other. What the application misses most comes first, what is dropped
/// comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It would fire on the statements that follow.
    EventTriggerGoes,
    Leftover,
    Schema,
    Extension,
    Type,
    Sequence,
    Table,
    Routine,
    Column,
    Rebuild,
    NotNull,
    Identity,
    Key,
    Check,
    Index,
    Foreign,
    View,
    /// Runs routines that the plan creates, and the objects that they name in their bodies.
    Evaluated,
    Trigger,
    Setting,
    Name,
    Privilege,
    Comment,
    Drop,
    /// Everything that uses its types or operators has been dropped.
    DropExtension,
    /// It would fire on the statements that follow.
    EventTrigger,
    Analyze,
}

/// See the module's documentation.
#[derive(Clone, Debug)]
pub(super) struct Action {
    pub(super) rank: Rank,
    /// Run one after the other, with nothing in between.
    pub(super) segments: Vec<Segment>,
    /// Objects that exist after the action, as expected.
    pub(super) makes: Vec<Object>,
    /// Objects that no longer exist after the action.
    pub(super) unmakes: Vec<Object>,
    /// Objects that are dropped on the way, or get another type.
    pub(super) replaces: Vec<Object>,
    /// Objects that have another name after the action.
    pub(super) frees: Vec<Object>,
    /// Objects that must have been created before, where the plan creates them at all.
    pub(super) needs: Vec<Object>,
    /// Columns that the action adds or drops, and whose dependency on a routine is handled by another action.
    pub(super) apart: Vec<Object>,
}

impl Action {
    pub(super) fn new(rank: Rank, segments: Vec<Segment>) -> Self {
        Self {
            rank,
            segments,
            makes: Vec::new(),
            unmakes: Vec::new(),
            replaces: Vec::new(),
            frees: Vec::new(),
            needs: Vec::new(),
            apart: Vec::new(),
        }
    }

    pub(super) fn making(mut self, objects: impl IntoIterator<Item = Object>) -> Self {
        self.makes.extend(objects);
        self
    }

    pub(super) fn unmaking(mut self, objects: impl IntoIterator<Item = Object>) -> Self {
        self.unmakes.extend(objects);
        self
    }

    pub(super) fn needing(mut self, objects: impl IntoIterator<Item = Object>) -> Self {
        self.needs.extend(objects);
        self
    }
}

/// Steps that are committed together.
pub(super) fn transaction(steps: Vec<Step>) -> Segment {
    Segment::Transaction { lock_first: Vec::new(), steps }
}

/// The same, after these locks have been taken in this order.
pub(super) fn locked(lock_first: Vec<Lock>, steps: Vec<Step>) -> Segment {
    Segment::Transaction { lock_first, steps }
}

pub(super) fn autocommit(step: Step) -> Segment {
    Segment::Autocommit { step: Box::new(step) }
}

impl Step {
    /// A step that changes catalog rows only.
    pub(super) fn new(effect: Effect, action: impl Into<String>, sql: impl Into<String>, ensures: Condition) -> Self {
        Self {
            effects: vec![effect],
            action: action.into(),
            sql: sql.into(),
            ensures: Some(ensures),
            locks: Vec::new(),
            work: Work::Metadata,
            limits: Limits::SHORT,
            hazards: Vec::new(),
            requires: Vec::new(),
            keeps: Vec::new(),
            guard: None,
            context: Context::default(),
            irreversible: None,
            undo: None,
        }
    }

    /// Adds an effect.
    pub(super) fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// What happens to the values of the dropped object, where they are not lost.
    pub(super) fn dropping(mut self, values: Values) -> Self {
        for effect in &mut self.effects {
            if let Effect::Drop(_, own) = effect {
                *own = values;
            }
        }
        self
    }

    pub(super) fn locking(mut self, table: &QName, mode: LockMode) -> Self {
        match self.locks.iter_mut().find(|lock| lock.table == *table) {
            Some(lock) => lock.mode = lock.mode.max(mode),
            None => self.locks.push(Lock::new(table, mode)),
        }
        self.locks.sort();
        self
    }

    pub(super) fn exclusive(self, table: &QName) -> Self {
        self.locking(table, LockMode::AccessExclusive)
    }

    pub(super) fn scanning(self, table: &QName) -> Self {
        let mut tables = match self.work {
            Work::Scan { tables } => tables,
            Work::Metadata | Work::Rewrite { .. } | Work::Batches { .. } => Vec::new(),
        };
        tables.push(table.clone());
        Self { work: Work::Scan { tables }, limits: Limits::LONG, ..self }
    }

    pub(super) fn rewriting(self, table: &QName) -> Self {
        Self { work: Work::Rewrite { tables: vec![table.clone()] }, limits: Limits::LONG, ..self }
    }

    pub(super) fn concurrently(self, table: &QName) -> Self {
        let step = self.scanning(table).locking(table, LockMode::ShareUpdateExclusive);
        Self { limits: Limits::CONCURRENT, ..step.with(Effect::OutsideTransaction) }
    }

    pub(super) fn costing(mut self, hazard: Hazard, what: impl Into<String>) -> Self {
        self.hazards.push(Cost::new(hazard, what));
        self
    }

    pub(super) fn requiring(mut self, requirement: Requirement) -> Self {
        self.requires.push(requirement);
        self
    }

    /// The step loses data where this requirement does not hold.
    pub(super) fn keeping(mut self, values: Requirement) -> Self {
        self.keeps.push(values);
        self
    }

    /// The step asks again, under its locks, whether it loses data.
    pub(super) fn guarded(self) -> Self {
        Self { guard: super::guard(&self.keeps), ..self }
    }

    /// Undone by `undo` where the rows violate what the step validates.
    pub(super) fn undone_by(self, undo: Undo) -> Self {
        Self { undo: Some(undo), ..self }
    }

    pub(super) fn irreversible(self, why: impl Into<String>) -> Self {
        Self { irreversible: Some(why.into()), ..self }
    }
}

/// A step that creates an object.
pub(super) fn create(object: &Object, what: &str, sql: impl Into<String>) -> Step {
    Step::new(Effect::Create(object.clone()), format!("create {what} {object}"), sql, condition::exists(object))
}

/// A step that drops an object.
pub(super) fn remove(object: &Object, what: &str, sql: impl Into<String>) -> Step {
    let effect = Effect::Drop(object.clone(), Values::of(object));
    Step::new(effect, format!("drop {what} {object}"), sql, condition::absent(object))
}
