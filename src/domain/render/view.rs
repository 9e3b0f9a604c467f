//! Views and materialized views as DDL.

use super::options::{column_options, with};
use crate::domain::catalog::{Relation, RelationKind};
use crate::domain::name::{Name, QName, list};

/// A view, or a materialized view with its rows. `CREATE` can become `CREATE OR REPLACE`, and ` WITH NO DATA` can follow.
pub fn create_view(name: &QName, relation: &Relation) -> String {
    let columns: Vec<&Name> = relation.columns.iter().map(|column| &column.name).collect();
    let (columns, options) = (list(columns), with(&relation.options));
    let query = relation.query.as_ref().map(ToString::to_string).unwrap_or_default();
    match relation.kind {
        RelationKind::Table | RelationKind::View => format!("CREATE VIEW {name} ({columns}){options} AS {query}"),
        RelationKind::MaterializedView => {
            let method = relation.access_method.as_ref().map(|method| format!(" USING {method}")).unwrap_or_default();
            let place = relation.tablespace.as_ref().map(|place| format!(" TABLESPACE {place}")).unwrap_or_default();
            format!("CREATE MATERIALIZED VIEW {name} ({columns}){method}{options}{place} AS {query}")
        }
    }
}

pub fn drop_relation(name: &QName, relation: &Relation) -> String {
    match relation.kind {
        RelationKind::Table => format!("DROP TABLE {name}"),
        RelationKind::View => format!("DROP VIEW {name}"),
        RelationKind::MaterializedView => format!("DROP MATERIALIZED VIEW {name}"),
    }
}

/// Properties that CREATE VIEW and CREATE MATERIALIZED VIEW cannot express, as one ALTER TABLE: defaults and options of
/// columns.
pub fn view_settings(name: &QName, relation: &Relation) -> Option<String> {
    let mut changes = Vec::new();
    for column in &relation.columns {
        if let Some(default) = &column.default {
            changes.push(format!("ALTER COLUMN {} SET DEFAULT {default}", column.name));
        }
        changes.extend(column_options(column, &[]));
    }
    (!changes.is_empty()).then(|| format!("ALTER TABLE {name} {}", changes.join(", ")))
}
