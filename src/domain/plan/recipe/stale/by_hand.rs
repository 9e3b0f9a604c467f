//! Stored results that a plan cannot recompute: what prevents it, and the command that is reported instead.

use std::collections::BTreeSet;

use crate::domain::catalog::{Column, Constraint, ConstraintKind, Object};
use crate::domain::name::{Name, QName};
use crate::domain::plan::order::mentions;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::index;

/// What could refuse the column's new values.
pub(super) fn obstacle(planner: &Planner<'_>, table: &QName, column: &Column) -> Option<String> {
    if planner.is_constrained(column) {
        return Some(format!("the domain {}", column.data_type));
    }
    let relation = planner.live_relation(table)?;
    let refuses = |it: &&Constraint| match &it.kind {
        ConstraintKind::Primary { columns, .. }
        | ConstraintKind::Unique { columns, .. }
        | ConstraintKind::Foreign { columns, .. } => columns.contains(&column.name),
        ConstraintKind::Check { expression, .. } => mentions(&expression.to_string(), &column.name),
        ConstraintKind::Exclusion { definition } => mentions(&definition.to_string(), &column.name),
    };
    if let Some(constraint) = relation.constraints.iter().find(refuses) {
        return Some(format!("constraint {}", constraint.name));
    }
    let index = relation.indexes.iter().find(|it| it.unique && mentions(&it.definition(), &column.name));
    if let Some(index) = index {
        return Some(format!("unique index {}", index.name));
    }
    let references = |(_, key): &(&QName, &Constraint)| matches!(&key.kind, ConstraintKind::Foreign { parent_columns, .. } if parent_columns.contains(&column.name));
    let (child, key) = planner.lookup.keys_to(table).find(references)?;
    Some(format!("foreign key {child}.{}", key.name))
}

/// How the column is recomputed by hand. `settable`: columns that can be set to their own value; otherwise it may be
/// computed from a column that cannot be set. A generated column of a row is recomputed only when an UPDATE sets a
/// column that it is computed from.
pub(super) fn by_hand_alone(
    table: &QName,
    column: &Name,
    (settable, source): (Option<&Name>, Option<&Column>),
    differs: &str,
) -> String {
    let set = |name: &Name| format!("UPDATE ONLY {table} SET {name} = {name} WHERE {differs}");
    match (settable, source) {
        (Some(name), _) => set(name),
        (None, Some(Column { name, .. })) => {
            let by = |when: &str| format!("ALTER TABLE {table} ALTER COLUMN {name} SET GENERATED {when}");
            format!("{}; {}; {}", by("BY DEFAULT"), set(name), by("ALWAYS"))
        }
        (None, None) => format!(
            "drop column {column} of {table} and add it again, because it is computed from no \
                                 other column"
        ),
    }
}

/// A stored result that is not recomputed, and how to do it by hand. `read`: tables that are analyzed anyway.
pub(super) fn by_hand(planner: &Planner<'_>, object: &Object, read: &BTreeSet<QName>) -> Option<(String, String)> {
    let was = |what: &str| format!("{what} {object} was computed");
    match object {
        Object::MaterializedView(name) => Some((was("materialized view"), format!("REFRESH MATERIALIZED VIEW {name}"))),
        Object::Table(_) => Some((
            format!("which partition of {object} a row is in was decided"),
            "rows that belong into another one have to be deleted and inserted again".into(),
        )),
        Object::Domain(_) => Some((
            format!("values of domain {object} were checked"),
            format!("those that fail now are found by `value::text::{object}`"),
        )),
        Object::Statistics(name) => {
            let table = planner.on.live.defined.get(object)?.table.as_ref()?;
            (!read.contains(table)).then(|| (format!("statistics {name} were computed"), format!("ANALYZE {table}")))
        }
        Object::Constraint(table, name) => {
            let constraint = planner.live_constraint(table, name).filter(|it| !it.inherited)?;
            let changes = planner.lookup.successor(object).is_some();
            match &constraint.kind {
                ConstraintKind::Check { expression, .. } => (constraint.validated && !changes).then(|| {
                    let rows = format!("SELECT * FROM {table} WHERE NOT ({expression})");
                    (
                        format!("rows of {table} were checked ({name})"),
                        format!("those that fail now are found by {rows}"),
                    )
                }),
                ConstraintKind::Exclusion { .. } => (!changes).then(|| {
                    let index = index::qualified(table, name);
                    (was("exclusion constraint"), format!("REINDEX INDEX {index}, which blocks writers"))
                }),
                ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Foreign { .. } => None,
            }
        }
        _ => None,
    }
}
