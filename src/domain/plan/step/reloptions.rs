//! Settings of tables, columns, views and indexes: what changes by one `ALTER` that touches no row.

use std::sync::Arc;

use crate::domain::catalog::{Column, Index, Object, Relation};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::{Effect, Step};
use crate::domain::render::default_storage;

/// `name=value`, as the catalogs have them.
pub(in crate::domain::plan) fn options(
    object: &Object,
    name: &QName,
    what: &str,
    wanted: &[Arc<str>],
    found: &[Arc<str>],
) -> Vec<Step> {
    let split = |option: &str| {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        (name.to_owned(), value.to_owned())
    };
    let mut steps = Vec::new();
    for option in wanted.iter().filter(|option| !found.contains(option)) {
        let (key, value) = split(option);
        steps.push(
            Step::new(
                Effect::Alter(object.clone()),
                format!("set {key} of {name}"),
                format!("ALTER {what} {name} SET ({key} = {})", literal(&value)),
                condition::option(name, &key, Some(&value)),
            )
            .locking(name, option_lock(&key, what)),
        );
    }
    for option in found {
        let (key, _) = split(option);
        if !wanted.iter().any(|wanted| split(wanted).0 == key) {
            steps.push(
                Step::new(
                    Effect::Alter(object.clone()),
                    format!("reset {key} of {name}"),
                    format!("ALTER {what} {name} RESET ({key})"),
                    condition::option(name, &key, None),
                )
                .locking(name, option_lock(&key, what)),
            );
        }
    }
    steps
}

/// As the server's table of options (src/backend/access/common/reloptions.c) has it.
fn option_lock(key: &str, what: &str) -> LockMode {
    if what == "VIEW" || key == "user_catalog_table" {
        LockMode::AccessExclusive
    } else {
        LockMode::ShareUpdateExclusive
    }
}

/// Table settings that name an index, for an index that replaces another: dropping the old index would reset them.
/// `done`: the new index has its final name.
pub(in crate::domain::plan) fn uses_of_successor(
    table: &QName,
    wanted: &Relation,
    (index, built): (&Name, &Name),
    done: &Condition,
) -> Vec<Step> {
    let mut steps = Vec::new();
    if wanted.replica_identity.as_deref().and_then(|columns| index_on(wanted, columns)).as_ref() == Some(index) {
        steps.push(identified_by(table, built));
    }
    if wanted.clustered_on.as_ref() == Some(index) {
        steps.push(clustered_on(table, built));
    }
    if index != built {
        for step in &mut steps {
            step.ensures = step.ensures.take().map(|ensures| ensures.or(done));
        }
    }
    steps
}

pub(in crate::domain::plan) fn identified_by(table: &QName, index: &Name) -> Step {
    Step::new(
        Effect::Alter(Object::Table(table.clone())),
        format!("set the replica identity of {table} to USING INDEX {index}"),
        format!("ALTER TABLE {table} REPLICA IDENTITY USING INDEX {index}"),
        condition::index(table, index, "indisreplident"),
    )
    .exclusive(table)
}

pub(in crate::domain::plan) fn clustered_on(table: &QName, index: &Name) -> Step {
    Step::new(
        Effect::Alter(Object::Table(table.clone())),
        format!("set the clustering index of {table}"),
        format!("ALTER TABLE {table} CLUSTER ON {index}"),
        condition::index(table, index, "indisclustered"),
    )
    .locking(table, LockMode::ShareUpdateExclusive)
}

/// The unique index on these columns, which are written `index (a, b)`.
pub(in crate::domain::plan) fn index_on(relation: &Relation, columns: &str) -> Option<Name> {
    let columns = columns.strip_prefix("index ")?;
    let is_on = |index: &&Index| {
        let keys: Vec<_> = index.keys.iter().map(|key| key.expression.to_string()).collect();
        index.unique && format!("({})", keys.join(", ")) == columns
    };
    let key = || {
        relation.constraints.iter().find(|key| key.shape().ends_with(columns) || key.definition().ends_with(columns))
    };
    let index = relation.indexes.iter().find(is_on);
    index.map(|index| index.name.clone()).or_else(|| key().map(|key| key.name.clone()))
}

/// Properties that `ADD COLUMN` cannot express.
pub(in crate::domain::plan) fn of_new_column(table: &QName, wanted: &Column) -> Vec<Step> {
    column_options(table, "TABLE", wanted, &Column { options: Vec::new(), ..wanted.clone() })
}

pub(in crate::domain::plan) fn column_options(table: &QName, what: &str, wanted: &Column, found: &Column) -> Vec<Step> {
    let name = &wanted.name;
    let key = |option: &str| option.split_once('=').map_or(option, |(key, _)| key).to_owned();
    let mut steps = Vec::new();
    let gone = found.options.iter().filter(|old| !wanted.options.iter().any(|new| key(new) == key(old)));
    let changes = wanted.options.iter().filter(|new| !found.options.contains(new)).map(|it| (&**it, true));
    for (option, is_set) in changes.chain(gone.map(|it| (&**it, false))) {
        let (key, value) = option.split_once('=').unwrap_or((option, ""));
        let (change, is, mode) = match (key, is_set) {
            ("storage", true) => {
                let code = value.chars().next().map_or('p', |first| first.to_ascii_lowercase());
                // `external` and `extended` begin with the same letter: the catalog uses e and x.
                let code = if value.eq_ignore_ascii_case("extended") { 'x' } else { code };
                (format!("SET STORAGE {value}"), format!("attstorage = '{code}'"), LockMode::AccessExclusive)
            }
            ("storage", false) => (
                format!("SET STORAGE {}", default_storage(&wanted.data_type)),
                "attstorage = (select typstorage from pg_type where oid = atttypid)".to_owned(),
                LockMode::AccessExclusive,
            ),
            ("compression", true) => {
                let code = value.chars().next().unwrap_or('p');
                (format!("SET COMPRESSION {value}"), format!("attcompression = '{code}'"), LockMode::AccessExclusive)
            }
            ("compression", false) => {
                ("SET COMPRESSION DEFAULT".into(), "attcompression = ''".into(), LockMode::AccessExclusive)
            }
            ("statistics", true) => {
                (format!("SET STATISTICS {value}"), format!("attstattarget = {value}"), LockMode::ShareUpdateExclusive)
            }
            ("statistics", false) => {
                ("SET STATISTICS -1".into(), "coalesce(attstattarget, -1) = -1".into(), LockMode::ShareUpdateExclusive)
            }
            (key, true) => (
                format!("SET ({key} = {})", literal(value)),
                format!("{} = any (attoptions)", literal(option)),
                LockMode::ShareUpdateExclusive,
            ),
            (key, false) => (
                format!("RESET ({key})"),
                format!("not coalesce({} = any (attoptions), false)", literal(option)),
                LockMode::ShareUpdateExclusive,
            ),
        };
        steps.push(
            Step::new(
                Effect::Alter(Object::column(table, name)),
                format!("set {key} of {table}.{name}"),
                format!("ALTER {what} {table} ALTER COLUMN {name} {change}"),
                condition::column(table, name, &is),
            )
            .locking(table, mode),
        );
    }
    steps
}
