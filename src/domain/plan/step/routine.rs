//! Functions and procedures: created, dropped, and whether one can be replaced in place.

use crate::domain::catalog::{Object, Routine, RoutineKind, Signature};
use crate::domain::name::literal;
use crate::domain::plan::Step;
use crate::domain::plan::action::{create, remove};
use crate::domain::plan::condition::{self, Condition};

pub(in crate::domain::plan) fn created(signature: &Signature, wanted: &Routine) -> Step {
    create(&Object::Routine(signature.clone()), word(wanted), wanted.definition.to_string())
}

pub(in crate::domain::plan) fn dropped(signature: &Signature, found: &Routine) -> Step {
    let sql = format!("DROP {} {signature}", word(found).to_uppercase());
    remove(&Object::Routine(signature.clone()), word(found), sql)
}

/// The routine exists, and is no longer the old one.
pub(in crate::domain::plan) fn is_new(signature: &Signature, found: &Routine) -> Condition {
    condition::routine(signature, &format!("pg_get_functiondef(oid) <> {}", literal(&found.definition.to_string())))
}

/// Whether `CREATE OR REPLACE` accepts the new routine for the old one: result, argument names and defaults do not
/// change.
pub(in crate::domain::plan) fn is_replaceable(wanted: &Routine, found: &Routine) -> bool {
    let head = |routine: &Routine| routine.definition.known().and_then(|text| text.lines().next()).map(str::to_owned);
    wanted.kind == found.kind && wanted.returns == found.returns && head(wanted) == head(found)
}

pub(in crate::domain::plan) fn word(routine: &Routine) -> &'static str {
    match routine.kind {
        RoutineKind::Function => "function",
        RoutineKind::Procedure => "procedure",
    }
}
