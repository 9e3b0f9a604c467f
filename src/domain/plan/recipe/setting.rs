//! Settings of tables, columns, views and indexes: what changes by one `ALTER` that touches no row.

use super::{detached, table};
use crate::domain::catalog::{Column, Index, Object, Partition, Persistence, Relation, RowSecurity};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::Effect;
use crate::domain::plan::Step;
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;

/// What differs of a table, apart from its columns and what else stands on it.
pub(in crate::domain::plan) fn table(planner: &mut Planner<'_>, name: &QName, wanted: &Relation, found: &Relation) {
    let object = Object::Table(name.clone());
    let no = |what: &str| format!("table {name} {what}");
    let advice = "make a new table by hand, move the rows, and let the two change their names";
    if wanted.partition_key != found.partition_key {
        planner.block(&name.to_string(), no("is partitioned in another way than expected"), advice);
    }
    if wanted.of_type != found.of_type {
        planner.block(&name.to_string(), no("is of another composite type than expected"), advice);
    }
    let mut steps = Vec::new();
    let is_again = detached::settle(planner, name, found, Some(wanted));
    let was = found.partition_of.as_ref().filter(|_| found.detaching_from().is_none());
    let place = |of: Option<&Partition>| of.map(|it| (it.parent.clone(), it.bound.clone()));
    if !is_again && place(wanted.partition_of.as_ref()) != place(was) {
        if let Some(partition) = was {
            steps.push(table::detach(planner, name, &partition.parent, &partition.bound.to_string()));
        }
        if let Some(partition) = &wanted.partition_of {
            let old = was.filter(|old| old.parent == partition.parent);
            let (bound, old) = (partition.bound.to_string(), old.map(|old| old.bound.to_string()));
            steps.push(table::attach(planner, name, &partition.parent, &bound, old.as_deref()));
        }
    }
    steps.extend(inheritance(name, wanted, found));
    if wanted.persistence != found.persistence {
        let (word, code) = match wanted.persistence {
            Persistence::Permanent => ("LOGGED", 'p'),
            Persistence::Unlogged => ("UNLOGGED", 'u'),
        };
        let step = Step::new(
            Effect::Alter(Object::Table(name.clone())),
            format!("make table {name} {}", word.to_lowercase()),
            format!("ALTER TABLE {name} SET {word}"),
            condition::relation(name, &format!("relpersistence = '{code}'")),
        );
        steps.push(planner.rewrite(step.exclusive(name), name));
    }
    if wanted.access_method != found.access_method {
        let heap = Name::from("heap");
        let method = wanted.access_method.as_ref().unwrap_or(&heap);
        let step = Step::new(
            Effect::Alter(Object::Table(name.clone())),
            format!("store table {name} by {method}"),
            format!("ALTER TABLE {name} SET ACCESS METHOD {method}"),
            condition::relation(
                name,
                &format!("relam = (select oid from pg_am where amname = {})", literal(method.as_str())),
            ),
        );
        steps.push(planner.rewrite(step.exclusive(name), name));
    }
    if wanted.tablespace != found.tablespace {
        let default = Name::from("pg_default");
        let space = wanted.tablespace.as_ref().unwrap_or(&default);
        let is = match &wanted.tablespace {
            Some(space) => {
                format!("reltablespace = (select oid from pg_tablespace where spcname = {})", literal(space.as_str()))
            }
            None => "reltablespace = 0".into(),
        };
        let step = Step::new(
            Effect::Alter(Object::Table(name.clone())),
            format!("move table {name} to tablespace {space}"),
            format!("ALTER TABLE {name} SET TABLESPACE {space}"),
            condition::relation(name, &is),
        );
        steps.push(planner.rewrite(step.exclusive(name), name));
    }
    steps.extend(options(&Object::Table(name.clone()), name, "TABLE", &wanted.options, &found.options));
    if !steps.is_empty() {
        planner.add(Action::new(Rank::Setting, vec![transaction(steps)]).making([object]));
    }
    if wanted.row_security != found.row_security {
        // After whatever has to see all rows, and after the policies, without which nobody would see any.
        let columns = wanted.columns.iter().map(|column| Object::column(name, &column.name));
        let policies = planner.on.expected.defined.keys();
        let policies = policies.filter(|it| matches!(it, Object::Policy(table, _) if table == name)).cloned();
        let step = transaction(row_security(name, wanted.row_security, found.row_security));
        planner.add(Action::new(Rank::Setting, vec![step]).needing(columns.chain(policies).collect::<Vec<_>>()));
    }
    // By itself: an index that it waits for may wait for the table.
    let steps = identity_and_order(name, wanted, found);
    let indexes = wanted.indexes.iter().map(|index| Object::Index(name.clone(), index.name.clone()));
    let keys = wanted.constraints.iter().map(|it| Object::Constraint(name.clone(), it.name.clone()));
    planner.add(Action::new(Rank::Setting, vec![transaction(steps)]).needing(indexes.chain(keys)));
}

/// What `CREATE TABLE` cannot say.
pub(in crate::domain::plan) fn of_new_table(name: &QName, wanted: &Relation) -> Vec<Step> {
    let bare =
        Relation { row_security: RowSecurity::Off, replica_identity: None, clustered_on: None, ..wanted.clone() };
    let mut steps = row_security(name, wanted.row_security, bare.row_security);
    steps.extend(identity_and_order(name, wanted, &bare));
    steps.extend(wanted.columns.iter().flat_map(|column| of_new_column(name, column)));
    steps.into_iter().map(|step| Step { locks: Vec::new(), ..step }).collect()
}

fn inheritance(name: &QName, wanted: &Relation, found: &Relation) -> Vec<Step> {
    let is = |parent: &QName| {
        Condition::new(format!(
            "exists (select from pg_inherits where inhrelid = {} and inhparent = {})",
            condition::regclass(name),
            condition::regclass(parent)
        ))
    };
    let step = |parent: &QName, word: &str, ensures| {
        Step::new(
            Effect::Alter(Object::Table(name.clone())),
            format!("let {name} {} from {parent}", if word == "INHERIT" { "inherit" } else { "no longer inherit" }),
            format!("ALTER TABLE {name} {word} {parent}"),
            ensures,
        )
        .exclusive(name)
        .locking(parent, LockMode::ShareUpdateExclusive)
    };
    let gone = found.inherits.iter().filter(|parent| !wanted.inherits.contains(parent));
    let new = wanted.inherits.iter().filter(|parent| !found.inherits.contains(parent));
    let gone = gone.map(|parent| step(parent, "NO INHERIT", !is(parent)));
    gone.chain(new.map(|parent| step(parent, "INHERIT", is(parent)))).collect()
}

fn row_security(name: &QName, wanted: RowSecurity, found: RowSecurity) -> Vec<Step> {
    let parts = |security: RowSecurity| match security {
        RowSecurity::Off => (false, false),
        RowSecurity::On => (true, false),
        RowSecurity::Forced => (true, true),
        RowSecurity::ForcedWhenOn => (false, true),
    };
    let ((on, forced), (was_on, was_forced)) = (parts(wanted), parts(found));
    let word = |on: bool| if on { "ENABLE" } else { "DISABLE" };
    let force = |forced: bool| if forced { "FORCE" } else { "NO FORCE" };
    let alter = |word: &str| format!("ALTER TABLE {name} {word} ROW LEVEL SECURITY");
    let mut steps = Vec::new();
    if on != was_on {
        let is = if on { "relrowsecurity" } else { "not relrowsecurity" };
        let step = Step::new(
            Effect::Alter(Object::Table(name.clone())),
            format!("{} row security of {name}", word(on).to_lowercase()),
            alter(word(on)),
            condition::relation(name, is),
        );
        steps.push(step.exclusive(name));
    }
    if forced != was_forced {
        let is = if forced { "relforcerowsecurity" } else { "not relforcerowsecurity" };
        let step = Step::new(
            Effect::Alter(Object::Table(name.clone())),
            format!("{} row security of {name} on its owner", force(forced).to_lowercase()),
            alter(force(forced)),
            condition::relation(name, is),
        );
        steps.push(step.exclusive(name));
    }
    steps
}

/// `name=value`, as the catalogs have them.
fn options(
    object: &Object,
    name: &QName,
    what: &str,
    wanted: &[std::sync::Arc<str>],
    found: &[std::sync::Arc<str>],
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

/// What the table uses an index for, said of one that has been built in the place of another: the old one would take it
/// along. `done`: it has the name that it is to have.
pub(super) fn uses_of_successor(
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

fn identified_by(table: &QName, index: &Name) -> Step {
    Step::new(
        Effect::Alter(Object::Table(table.clone())),
        format!("set the replica identity of {table} to USING INDEX {index}"),
        format!("ALTER TABLE {table} REPLICA IDENTITY USING INDEX {index}"),
        condition::index(table, index, "indisreplident"),
    )
    .exclusive(table)
}

fn clustered_on(table: &QName, index: &Name) -> Step {
    Step::new(
        Effect::Alter(Object::Table(table.clone())),
        format!("set what {table} is clustered on"),
        format!("ALTER TABLE {table} CLUSTER ON {index}"),
        condition::index(table, index, "indisclustered"),
    )
    .locking(table, LockMode::ShareUpdateExclusive)
}

fn identity_and_order(name: &QName, wanted: &Relation, found: &Relation) -> Vec<Step> {
    let mut steps = Vec::new();
    if wanted.replica_identity != found.replica_identity {
        let alter = |word: &str, code: char| {
            Step::new(
                Effect::Alter(Object::Table(name.clone())),
                format!("set the replica identity of {name} to {word}"),
                format!("ALTER TABLE {name} REPLICA IDENTITY {word}"),
                condition::relation(name, &format!("relreplident = '{code}'")),
            )
            .exclusive(name)
        };
        steps.extend(match wanted.replica_identity.as_deref() {
            None => Some(alter("DEFAULT", 'd')),
            Some("full") => Some(alter("FULL", 'f')),
            Some("nothing") => Some(alter("NOTHING", 'n')),
            Some(columns) => index_on(wanted, columns).map(|index| identified_by(name, &index)),
        });
    }
    if wanted.clustered_on != found.clustered_on {
        steps.push(match &wanted.clustered_on {
            Some(index) => clustered_on(name, index),
            None => {
                let none = Condition::new(format!(
                    "not exists (select from pg_index where indrelid = {} and indisclustered)",
                    condition::regclass(name)
                ));
                let sql = format!("ALTER TABLE {name} SET WITHOUT CLUSTER");
                let step = Step::new(
                    Effect::Alter(Object::Table(name.clone())),
                    format!("set what {name} is clustered on"),
                    sql,
                    none,
                );
                step.locking(name, LockMode::ShareUpdateExclusive)
            }
        });
    }
    steps
}

/// The unique index on these columns, which are written `index (a, b)`.
fn index_on(relation: &Relation, columns: &str) -> Option<Name> {
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

/// Storage, compression, statistics target and attribute options.
pub(in crate::domain::plan) fn column(planner: &mut Planner<'_>, table: &QName, wanted: &Column, found: &Column) {
    let steps = column_options(table, "TABLE", wanted, found);
    let object = Object::Column(table.clone(), wanted.name.clone());
    planner.add(Action::new(Rank::Setting, vec![transaction(steps)]).making([object]));
}

/// What `ADD COLUMN` cannot say.
pub(in crate::domain::plan) fn of_new_column(table: &QName, wanted: &Column) -> Vec<Step> {
    column_options(table, "TABLE", wanted, &Column { options: Vec::new(), ..wanted.clone() })
}

fn column_options(table: &QName, what: &str, wanted: &Column, found: &Column) -> Vec<Step> {
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
                // `external` and `extended` begin alike: the catalog has e and x.
                let code = if value.eq_ignore_ascii_case("extended") { 'x' } else { code };
                (format!("SET STORAGE {value}"), format!("attstorage = '{code}'"), LockMode::AccessExclusive)
            }
            ("storage", false) => (
                // `DEFAULT` is known since 16 only.
                format!("SET STORAGE {}", if &*wanted.data_type == "numeric" { "MAIN" } else { "EXTENDED" }),
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

/// The columns without defaults and options.
pub(in crate::domain::plan) fn bare(columns: &[Column]) -> Vec<Column> {
    columns.iter().map(|column| Column { default: None, options: Vec::new(), ..column.clone() }).collect()
}

/// Options of a view, and defaults and options of its columns.
pub(in crate::domain::plan) fn view(name: &QName, wanted: &Relation, found: &Relation) -> Vec<Step> {
    let what = super::view::word(wanted.kind).to_uppercase();
    let mut steps = options(&wanted.kind.object(name.clone()), name, &what, &wanted.options, &found.options);
    for column in &wanted.columns {
        let Some(old) = found.columns.iter().find(|old| old.name == column.name) else { continue };
        if column.default != old.default {
            let (change, is) = match &column.default {
                Some(default) => (format!("SET DEFAULT {default}"), "atthasdef"),
                None => ("DROP DEFAULT".to_owned(), "not atthasdef"),
            };
            steps.push(
                Step::new(
                    Effect::Alter(Object::column(name, &column.name)),
                    format!("set the default of {name}.{}", column.name),
                    format!("ALTER {what} {name} ALTER COLUMN {} {change}", column.name),
                    condition::column(name, &column.name, is),
                )
                .exclusive(name),
            );
        }
        steps.extend(column_options(name, &what, column, old));
    }
    steps
}

/// Storage options and statistics targets of an index that is otherwise as it should be.
pub(in crate::domain::plan) fn index(
    planner: &mut Planner<'_>,
    table: &QName,
    name: &QName,
    wanted: &Index,
    found: &Index,
) {
    let object = Object::index(table, &wanted.name);
    let mut steps = options(&object, name, "INDEX", &wanted.options, &found.options);
    for step in &mut steps {
        step.locks.clear();
    }
    let split = |key: &str| key.split_once('=').map(|(number, target)| (number.to_owned(), target.to_owned()));
    let gone = found.statistics.iter().filter_map(|key| split(key)).map(|(number, _)| (number, "-1".to_owned()));
    let set: Vec<_> = wanted.statistics.iter().filter_map(|key| split(key)).collect();
    let gone: Vec<_> = gone.filter(|(number, _)| !set.iter().any(|(kept, _)| kept == number)).collect();
    for (number, target) in set.into_iter().chain(gone) {
        steps.push(Step::new(
            Effect::Alter(object.clone()),
            format!("set the statistics target of {name}"),
            format!("ALTER INDEX {name} ALTER COLUMN {number} SET STATISTICS {target}"),
            condition::statistics_target(name, &number, &target),
        ));
    }
    let needs = [Object::Index(table.clone(), found.name.clone())];
    planner.add(Action::new(Rank::Setting, vec![transaction(steps)]).needing([object]).needing(needs));
}
