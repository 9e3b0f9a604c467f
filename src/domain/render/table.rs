//! Tables and their columns as DDL.

use std::collections::BTreeSet;

use super::options::{column_options, with};
use super::other::identity;
use crate::domain::catalog::{
    Catalog, Column, ConstraintKind, Definition, Generated, NotNull, Persistence, Relation, RelationKind, RowSecurity,
};
use crate::domain::name::{self, Name, QName};

/// The table with its columns: all that CREATE TABLE can express, but no constraints. What a parent or a type provides
/// is not repeated. `catalog` is the one that contains the table, for its parents and for the sequences of its identity
/// columns.
pub fn create_table(name: &QName, relation: &Relation, catalog: &Catalog) -> String {
    let unlogged = if relation.persistence == Persistence::Unlogged { "UNLOGGED " } else { "" };
    let mut sql = format!("CREATE {unlogged}TABLE {name} ");
    match (&relation.partition_of, &relation.of_type) {
        (Some(partition), _) => {
            let columns = own_parts(name, relation, catalog);
            sql.push_str(&format!("PARTITION OF {}{columns} {}", partition.parent, partition.bound));
        }
        (None, Some(composite)) => sql.push_str(&format!("OF {composite}{}", own_parts(name, relation, catalog))),
        (None, None) => {
            let listed = relation.columns.iter().filter(|it| is_listed(it, relation, catalog));
            let columns: Vec<_> = listed.map(|it| column(name, it, catalog)).collect();
            sql.push_str(&format!("({})", columns.join(", ")));
        }
    }
    if !relation.inherits.is_empty() {
        let parents: Vec<_> = relation.inherits.iter().map(QName::to_string).collect();
        sql.push_str(&format!(" INHERITS ({})", parents.join(", ")));
    }
    if let Some(key) = &relation.partition_key {
        sql.push_str(&format!(" PARTITION BY {key}"));
    }
    if let Some(method) = &relation.access_method {
        sql.push_str(&format!(" USING {method}"));
    }
    sql.push_str(&with(&relation.options));
    if let Some(tablespace) = &relation.tablespace {
        sql.push_str(&format!(" TABLESPACE {tablespace}"));
    }
    sql
}

/// Properties that CREATE TABLE cannot express, as one ALTER TABLE: row security, options of columns, the absence of a
/// default that a parent has.
pub fn table_settings(name: &QName, relation: &Relation, catalog: &Catalog) -> Option<String> {
    let mut changes = Vec::new();
    let inherited_settings = inherited_settings(relation, catalog);
    for column in &relation.columns {
        let from_parents = inherited(&column.name, relation, catalog);
        let default = |column: &Column| column.default.is_some();
        let is_said = inherited_settings.iter().any(|(name, _)| **name == column.name);
        if !is_said
            && !default(column)
            && column.generated.is_none()
            && from_parents.iter().any(|parent| default(parent))
        {
            changes.push(format!("ALTER COLUMN {} DROP DEFAULT", column.name));
        }
        // Of its parents' options a child only takes over how it is stored.
        let options = from_parents.iter().flat_map(|parent| &parent.options);
        let stored = |option: &str| option.starts_with("storage=") || option.starts_with("compression=");
        let from: Vec<_> = options.filter(|option| stored(option)).cloned().collect();
        changes.extend(column_options(column, &from));
    }
    changes.extend(inherited_settings.iter().map(|(column, it)| it.alter(column)));
    changes.extend(
        match relation.row_security {
            RowSecurity::Off => [].as_slice(),
            RowSecurity::On => &["ENABLE ROW LEVEL SECURITY"],
            RowSecurity::Forced => &["ENABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY"],
            RowSecurity::ForcedWhenOn => &["FORCE ROW LEVEL SECURITY"],
        }
        .iter()
        .map(ToString::to_string),
    );
    (!changes.is_empty()).then(|| format!("ALTER TABLE ONLY {name} {}", changes.join(", ")))
}

/// The column as in CREATE TABLE and ADD COLUMN. The options of columns are [`column_options`].
pub fn column(table: &QName, column: &Column, catalog: &Catalog) -> String {
    let mut sql = format!("{} {}", column.name, column.data_type);
    if let Some(collation) = &column.collation {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    let nothing = Column { generated: None, default: None, identity: None, not_null: false, ..column.clone() };
    sql.push_str(&beyond(table, column, &nothing, catalog));
    sql
}

/// Makes the column refuse NULL, without checking its rows (PostgreSQL 18). Inheritance children get it too, unless it
/// is NO INHERIT.
pub fn add_unproven_not_null(table: &QName, column: &Name, it: &NotNull) -> String {
    let no_inherit = if it.no_inherit { " NO INHERIT" } else { "" };
    format!("ALTER TABLE {table} ADD CONSTRAINT {} NOT NULL {column}{no_inherit} NOT VALID", it.name)
}

/// The same for each such column of the table that does not inherit it from a parent.
pub fn unproven_not_nulls(table: &QName, relation: &Relation, catalog: &Catalog) -> Vec<String> {
    let own = relation.columns.iter().filter_map(|column| {
        let is_given = |parent: &&Column| parent.unproven().is_some_and(|it| !it.no_inherit);
        let own = column.unproven().filter(|_| !inherited(&column.name, relation, catalog).iter().any(is_given))?;
        Some(add_unproven_not_null(table, &column.name, own))
    });
    own.collect()
}

/// `None` if the primary key identifies rows, or nothing is left that could.
pub fn replica_identity(name: &QName, relation: &Relation) -> Option<String> {
    // Views have none.
    let identity = relation.replica_identity.as_deref().filter(|_| relation.kind != RelationKind::View)?;
    let how = match identity {
        "full" => "FULL".to_owned(),
        "nothing" => "NOTHING".to_owned(),
        index => format!("USING INDEX {}", unique_on(relation, index.strip_prefix("index ")?)?),
    };
    Some(format!("ALTER TABLE ONLY {name} REPLICA IDENTITY {how}"))
}

pub fn cluster_on(name: &QName, relation: &Relation) -> Option<String> {
    relation.clustered_on.as_ref().map(|index| format!("ALTER TABLE ONLY {name} CLUSTER ON {index}"))
}

/// The unique index on `(columns)`.
fn unique_on<'r>(relation: &'r Relation, columns: &str) -> Option<&'r Name> {
    let constraints = relation.constraints.iter().filter_map(|constraint| match &constraint.kind {
        ConstraintKind::Primary { columns, .. } | ConstraintKind::Unique { columns, .. } => {
            Some((&constraint.name, name::list(columns)))
        }
        ConstraintKind::Foreign { .. } | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => None,
    });
    let indexes = relation.indexes.iter().filter(|index| index.unique && index.predicate.is_none()).map(|index| {
        let keys: Vec<_> = index.keys.iter().map(|key| key.expression.to_string()).collect();
        (&index.name, keys.join(", "))
    });
    constraints.chain(indexes).find(|(_, keys)| format!("({keys})") == columns).map(|(name, _)| name)
}

/// The column in the table's parents.
fn inherited<'c>(column: &Name, relation: &Relation, catalog: &'c Catalog) -> Vec<&'c Column> {
    let parents = relation.parents().filter_map(|parent| catalog.relations.get(parent));
    parents.filter_map(|parent| parent.columns.iter().find(|it| it.name == *column)).collect()
}

/// Whether the column is listed beside INHERITS: a listed column becomes the table's own. Other properties of an
/// inherited column are set by [`inherited_settings`], unless only CREATE TABLE can express them, or must, because
/// parents contradict each other.
fn is_listed(column: &Column, relation: &Relation, catalog: &Catalog) -> bool {
    let from_parents = inherited(&column.name, relation, catalog);
    let defaults: BTreeSet<_> =
        from_parents.iter().filter_map(|it| it.default.as_ref()).map(ToString::to_string).collect();
    let is_made_so = |parent: &&Column| {
        column.generated != parent.generated || column.identity.is_some() && column.identity != parent.identity
    };
    !column.inherited || defaults.len() > 1 || from_parents.iter().any(is_made_so)
}

/// Properties of an inherited column that its parents do not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InheritedSetting {
    NotNull,
    Default { own: Option<Definition>, parents: Option<Definition> },
}

impl InheritedSetting {
    pub fn alter(&self, column: &Name) -> String {
        match self {
            Self::NotNull => format!("ALTER COLUMN {column} SET NOT NULL"),
            Self::Default { own: Some(default), .. } => format!("ALTER COLUMN {column} SET DEFAULT {default}"),
            Self::Default { own: None, .. } => format!("ALTER COLUMN {column} DROP DEFAULT"),
        }
    }
}

/// Properties still to be set for the columns that are not listed in CREATE TABLE beside INHERITS.
pub fn inherited_settings<'r>(relation: &'r Relation, catalog: &Catalog) -> Vec<(&'r Name, InheritedSetting)> {
    let mut found = Vec::new();
    let is_plain = !relation.inherits.is_empty() && relation.partition_of.is_none();
    let unlisted = relation.columns.iter().filter(|it| is_plain && !is_listed(it, relation, catalog));
    for column in unlisted {
        let from_parents = inherited(&column.name, relation, catalog);
        if from_parents.is_empty() {
            continue;
        }
        if column.not_null && !from_parents.iter().any(|parent| parent.not_null) {
            found.push((&column.name, InheritedSetting::NotNull));
        }
        let parents = from_parents.iter().find_map(|parent| parent.default.clone());
        if column.generated.is_none() && column.default != parents {
            found.push((&column.name, InheritedSetting::Default { own: column.default.clone(), parents }));
        }
    }
    found
}

/// ` (column WITH OPTIONS …)`: properties of the columns beyond those of the parent or the type.
fn own_parts(table: &QName, relation: &Relation, catalog: &Catalog) -> String {
    let part = |column: &Column| {
        let nothing = Column { generated: None, default: None, identity: None, not_null: false, ..column.clone() };
        let from_parents = inherited(&column.name, relation, catalog);
        let own = beyond(table, column, from_parents.first().unwrap_or(&&nothing), catalog);
        (!own.is_empty()).then(|| format!("{} WITH OPTIONS{own}", column.name))
    };
    let parts: Vec<_> = relation.columns.iter().filter_map(part).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// Properties of a column that `base` does not have.
fn beyond(table: &QName, column: &Column, base: &Column, catalog: &Catalog) -> String {
    let mut sql = String::new();
    if column.not_null && !base.not_null {
        match &column.not_null_constraint {
            Some(it) if it.no_inherit => sql.push_str(&format!(" CONSTRAINT {} NOT NULL NO INHERIT", it.name)),
            Some(_) | None => sql.push_str(" NOT NULL"),
        }
    }
    if let Some(default) = column.default.as_ref().filter(|default| base.default.as_ref() != Some(default)) {
        sql.push_str(&format!(" DEFAULT {default}"));
    }
    if column.generated != base.generated {
        sql.push_str(&match &column.generated {
            None => String::new(),
            Some(Generated::Stored(expression)) => generated(expression, "STORED"),
            Some(Generated::Virtual(expression)) => generated(expression, "VIRTUAL"),
        });
    }
    if let Some(how) = column.identity.filter(|_| column.identity != base.identity) {
        sql.push_str(&format!(" {}", identity(catalog, table, &column.name, how)));
    }
    sql
}

fn generated(expression: &Definition, how: &str) -> String {
    format!(" GENERATED ALWAYS AS ({expression}) {how}")
}
