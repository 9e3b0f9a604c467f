//! Primary keys and unique constraints: how a live one is recognised, its index, and the requirement that there are no
//! duplicates.

use super::constraint::is_deferrable;
use super::{column, index};
use crate::domain::catalog::{Constraint, ConstraintKind, Index, IndexKey, Object};
use crate::domain::name::{Name, QName};
use crate::domain::plan::Requirement;
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;

/// A condition on a row of pg_constraint: it is this key, whatever its name, and its index is valid.
pub(in crate::domain::plan) fn is_so(wanted: &Constraint) -> String {
    let (kind, columns, include) = match &wanted.kind {
        ConstraintKind::Primary { columns, include, .. } => ('p', columns.as_slice(), include.len()),
        ConstraintKind::Unique { columns, include, .. } => ('u', columns.as_slice(), include.len()),
        ConstraintKind::Foreign { .. } | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => {
            ('u', &[][..], 0)
        }
    };
    format!(
        "contype = '{kind}' and {} and {} and exists (select from pg_index where indexrelid = \
         conindid and indisvalid and indnatts = {})",
        condition::key_columns("conkey", "conrelid", columns),
        is_deferrable(wanted.deferrable),
        columns.len() + include,
    ) + nulls(wanted)
        + overlapping(wanted)
}

/// Servers before 18 do not have this column of pg_constraint.
fn overlapping(wanted: &Constraint) -> &'static str {
    if is_without_overlaps(wanted) { " and conperiod" } else { "" }
}

pub(in crate::domain::plan) fn is_without_overlaps(key: &Constraint) -> bool {
    match key.kind {
        ConstraintKind::Primary { without_overlaps, .. } | ConstraintKind::Unique { without_overlaps, .. } => {
            without_overlaps
        }
        ConstraintKind::Foreign { .. } | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => false,
    }
}

/// Servers before 15 do not have this column of pg_index.
fn nulls(wanted: &Constraint) -> &'static str {
    match &wanted.kind {
        ConstraintKind::Unique { nulls_not_distinct: true, .. } => {
            " and pg_get_constraintdef(oid) like 'UNIQUE NULLS NOT DISTINCT%'"
        }
        ConstraintKind::Unique { .. } => " and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%'",
        ConstraintKind::Primary { .. }
        | ConstraintKind::Foreign { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => "",
    }
}

/// The index of the constraint.
pub(in crate::domain::plan) fn index_of(constraint: &Constraint, name: &Name) -> Index {
    let (columns, include, nulls_not_distinct) = match &constraint.kind {
        ConstraintKind::Primary { columns, include, .. } => (columns.clone(), include.clone(), false),
        ConstraintKind::Unique { columns, include, nulls_not_distinct, .. } => {
            (columns.clone(), include.clone(), *nulls_not_distinct)
        }
        ConstraintKind::Foreign { .. } | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => {
            (Vec::new(), Vec::new(), false)
        }
    };
    let key = |column: &Name| IndexKey {
        expression: column.to_string().as_str().into(),
        collation: None,
        opclass: None,
        descending: false,
        nulls_first: false,
    };
    Index {
        name: name.clone(),
        method: "btree".into(),
        unique: true,
        nulls_not_distinct,
        keys: columns.iter().map(key).collect(),
        include,
        predicate: None,
        options: constraint.options.clone(),
        statistics: Vec::new(),
        tablespace: constraint.tablespace.clone(),
        valid: true,
        inherited: false,
    }
}

/// A requirement: no rows share a key. A NULL in a column of a primary key violates the column's NOT NULL; in a column
/// that is still being filled, NULLs are ignored.
pub(in crate::domain::plan) fn no_duplicates(planner: &Planner<'_>, table: &QName, wanted: &Constraint) -> Requirement {
    let (columns, nulls_count) = match &wanted.kind {
        ConstraintKind::Primary { columns, .. } => (columns.as_slice(), false),
        ConstraintKind::Unique { columns, nulls_not_distinct, .. } => (columns.as_slice(), *nulls_not_distinct),
        ConstraintKind::Foreign { .. } | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => {
            (&[][..], false)
        }
    };
    let keys: Vec<_> = columns.iter().map(Name::to_string).collect();
    let is_asked = |column: &&Name| !nulls_count || column::is_being_filled(planner, table, column);
    let present = columns.iter().filter(is_asked).map(|column| format!("{column} is not null"));
    let only = present.reduce(|all, next| format!("{all} and {next}")).unwrap_or_else(|| "true".into());
    index::unique_rows(planner, (table, &wanted.name), &keys, &only)
}

/// For a partitioned table's key, which cannot be built under its name beside the old one.
pub(in crate::domain::plan) fn is_not_unique_meanwhile(old: &Object, again: &str) -> String {
    format!(
        "{} {old} of a partitioned table is dropped before its successor is built: until that is there, duplicates are not \
         refused, and where rows refuse it, the old one is not put back: correct the rows and plan again, or drop the new one \
         and run {again}",
        old.word()
    )
}
