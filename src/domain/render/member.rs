//! Constraints, indexes and triggers of relations as DDL.

use super::options::with;
use crate::domain::catalog::{Constraint, ConstraintKind, Deferrable, Enabled, Index, IndexKey, Trigger};
use crate::domain::name::{Name, QName, list, literal};

/// How an index is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Plain,
    /// Without blocking writers; not in a transaction, and not on a partitioned table.
    Concurrently,
    /// ON ONLY the parent: the indexes of partitions are attached later.
    Only,
}

/// Adds the constraint, NOT VALID if it is not validated. `only`: not on the partitions.
pub fn add_constraint(table: &QName, it: &Constraint, only: bool, server_version: u32) -> String {
    let only = if only { "ONLY " } else { "" };
    let mut sql = format!("ALTER TABLE {only}{table} ADD CONSTRAINT {} ", it.name);
    match &it.tablespace {
        // The definition says whether it is deferrable, after the place of its index.
        Some(tablespace) if !matches!(it.kind, ConstraintKind::Exclusion { .. }) => {
            let deferrable = Constraint { deferrable: Deferrable::Not, ..it.clone() }.definition();
            let definition = it.definition();
            let tail = definition.strip_prefix(&deferrable).unwrap_or_default();
            sql.push_str(&format!("{deferrable} USING INDEX TABLESPACE {tablespace}{tail}"));
        }
        Some(_) | None => sql.push_str(&it.definition()),
    }
    if is_not_enforced(it, server_version) {
        sql.push_str(" NOT ENFORCED");
    } else if !it.validated {
        sql.push_str(" NOT VALID");
    }
    sql
}

/// A constraint can be out of force in two ways: NOT ENFORCED, which is never validated and new in 18, or with disabled
/// triggers ([`constraint_triggers`]).
pub fn is_not_enforced(constraint: &Constraint, server_version: u32) -> bool {
    !constraint.enforced && !constraint.validated && server_version >= 180_000
}

/// Enables or disables the internal triggers of a foreign key, on both of its tables. Needs a superuser.
pub fn constraint_triggers(table: &QName, constraint: &Name, enable: bool) -> String {
    let word = if enable { "ENABLE" } else { "DISABLE" };
    let (table, name) = (literal(&table.to_string()), literal(constraint.as_str()));
    let body = format!(
        "declare it record; begin for it in select t.tgrelid::regclass as relation, t.tgname as name from \
         pg_catalog.pg_trigger t join pg_catalog.pg_constraint k on k.oid = t.tgconstraint where k.conrelid = \
         {table}::regclass and k.conname = {name} and t.tgisinternal loop execute format('ALTER TABLE ONLY %s {word} \
         TRIGGER %I', it.relation, it.name); end loop; end"
    );
    format!("DO {}", literal(&body))
}

pub fn create_index(table: &QName, index: &Index, how: How) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let (concurrently, only) = match how {
        How::Plain => ("", ""),
        How::Concurrently => ("CONCURRENTLY ", ""),
        How::Only => ("", "ONLY "),
    };
    let keys: Vec<_> = index.keys.iter().map(IndexKey::definition).collect();
    let mut sql = format!("CREATE {unique}INDEX {concurrently}{} ON {only}{table} USING {}", index.name, index.method);
    sql.push_str(&format!(" ({})", keys.join(", ")));
    if !index.include.is_empty() {
        sql.push_str(&format!(" INCLUDE ({})", list(&index.include)));
    }
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    sql.push_str(&with(&index.options));
    if let Some(tablespace) = &index.tablespace {
        sql.push_str(&format!(" TABLESPACE {tablespace}"));
    }
    if let Some(predicate) = &index.predicate {
        sql.push_str(&format!(" WHERE {predicate}"));
    }
    sql
}

/// The statistics targets of its expression keys, as one ALTER INDEX.
pub fn index_statistics(table: &QName, index: &Index) -> Option<String> {
    let change = |target: &str| {
        let (key, target) = target.split_once('=')?;
        Some(format!("ALTER COLUMN {key} SET STATISTICS {target}"))
    };
    let changes: Vec<_> = index.statistics.iter().filter_map(|target| change(target)).collect();
    (!changes.is_empty()).then(|| format!("ALTER INDEX {}.{} {}", table.schema, index.name, changes.join(", ")))
}

/// Attaches a partition's index, or the index of its key, to the parent's.
pub fn attach_index((parent, index): (&QName, &Name), (partition, own): (&QName, &Name)) -> String {
    format!("ALTER INDEX {}.{index} ATTACH PARTITION {}.{own}", parent.schema, partition.schema)
}

/// Whether the trigger is enabled.
pub fn trigger_state(table: &QName, trigger: &Trigger) -> String {
    let state = match trigger.enabled {
        Enabled::Origin => "ENABLE",
        Enabled::Disabled => "DISABLE",
        Enabled::Replica => "ENABLE REPLICA",
        Enabled::Always => "ENABLE ALWAYS",
    };
    format!("ALTER TABLE ONLY {table} {state} TRIGGER {}", trigger.name)
}
