//! Types and sequences as DDL, and the identities of columns.

use crate::domain::catalog::types::Check;
use crate::domain::catalog::{Catalog, Domain, Enum, Identity, Sequence};
use crate::domain::name::{Name, QName, literal};

pub fn create_enum(name: &QName, it: &Enum) -> String {
    let labels: Vec<_> = it.labels.iter().map(|label| literal(label)).collect();
    format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "))
}

/// Without the checks that are not validated, which only [`add_domain_check`] can add.
pub fn create_domain(name: &QName, domain: &Domain) -> String {
    let mut sql = format!("CREATE DOMAIN {name} AS {}", domain.base_type);
    if let Some(collation) = &domain.collation {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(default) = &domain.default {
        sql.push_str(&format!(" DEFAULT {default}"));
    }
    if domain.not_null {
        sql.push_str(" NOT NULL");
    }
    for (check, it) in domain.checks.iter().filter(|(_, check)| check.validated) {
        sql.push_str(&format!(" CONSTRAINT {check} CHECK ({})", it.expression));
    }
    sql
}

pub fn add_domain_check(domain: &QName, name: &Name, check: &Check) -> String {
    let not_valid = if check.validated { "" } else { " NOT VALID" };
    format!("ALTER DOMAIN {domain} ADD CONSTRAINT {name} CHECK ({}){not_valid}", check.expression)
}

/// An independent sequence, or one of a `serial` column; one of an identity column is created with the column. Its
/// owner is set later ([`own_sequence`]), because the column's default needs the sequence first.
pub fn create_sequence(name: &QName, sequence: &Sequence) -> String {
    let unlogged = if sequence.unlogged { "UNLOGGED " } else { "" };
    format!("CREATE {unlogged}SEQUENCE {name} {}", sequence_parameters(sequence))
}

/// The parameters of CREATE SEQUENCE and ALTER SEQUENCE, also for an identity column's sequence.
pub fn sequence_parameters(sequence: &Sequence) -> String {
    format!("AS {} {}", sequence.data_type, parameters(sequence))
}

/// Exists since PostgreSQL 15.
pub fn sequence_persistence(name: &QName, sequence: &Sequence) -> String {
    format!("ALTER SEQUENCE {name} SET {}", if sequence.unlogged { "UNLOGGED" } else { "LOGGED" })
}

pub fn own_sequence(name: &QName, sequence: &Sequence) -> String {
    match &sequence.owned_by {
        Some((table, column)) => format!("ALTER SEQUENCE {name} OWNED BY {table}.{column}"),
        None => format!("ALTER SEQUENCE {name} OWNED BY NONE"),
    }
}

/// `GENERATED … AS IDENTITY (…)`, with the name and the parameters of its expected sequence.
pub fn identity(catalog: &Catalog, table: &QName, column: &Name, identity: Identity) -> String {
    let sequence = owned_sequence(catalog, table, column).filter(|(_, sequence)| sequence.identity);
    // Without the type, which is the column's.
    let sequence = sequence.map(|(name, it)| format!(" (SEQUENCE NAME {name} {})", parameters(it)));
    format!("GENERATED {} AS IDENTITY{}", identity_word(identity), sequence.unwrap_or_default())
}

pub fn identity_word(identity: Identity) -> &'static str {
    match identity {
        Identity::Always => "ALWAYS",
        Identity::ByDefault => "BY DEFAULT",
    }
}

/// The sequence that the column owns: looked up by its usual name, which is fast, or searched among all.
pub fn owned_sequence<'c>(catalog: &'c Catalog, table: &QName, column: &Name) -> Option<(&'c QName, &'c Sequence)> {
    let is_owned = |(_, sequence): &(&QName, &Sequence)| {
        sequence.owned_by.as_ref().is_some_and(|(owner, its)| owner == table && its == column)
    };
    let usual = format!("{}_{}_seq", table.name.as_str(), column.as_str());
    let usual = QName { schema: table.schema.clone(), name: usual.as_str().into() };
    catalog.sequences.get_key_value(&usual).filter(is_owned).or_else(|| catalog.sequences.iter().find(is_owned))
}

fn parameters(sequence: &Sequence) -> String {
    let Sequence { start, increment, min, max, cache, .. } = sequence;
    let cycle = if sequence.cycle { "CYCLE" } else { "NO CYCLE" };
    format!("START WITH {start} INCREMENT BY {increment} MINVALUE {min} MAXVALUE {max} CACHE {cache} {cycle}")
}
