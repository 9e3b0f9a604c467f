//! Settings of tables: what an `ALTER` of the table itself changes, without its columns and constraints.

use super::{attach, by_hand, detach, detached, moved};
use crate::domain::catalog::{Catalog, Object, Partition, Persistence, Relation, RowSecurity};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::action::{Action, Rank, locked, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::reloptions::{clustered_on, identified_by, index_on, of_new_column, options};
use crate::domain::plan::{Effect, Step};
use crate::domain::render;

/// Differences of a table itself, without its columns and dependent objects.
pub(super) fn change(planner: &mut Planner<'_>, name: &QName, wanted: &Relation, found: &Relation) {
    let object = Object::Table(name.clone());
    let no = |what: &str| format!("table {name} {what}");
    let advice = format!(
        "send these statements, in one transaction that nobody else can use the table in: they make a new table, copy the rows, \
         and put on it what stands on the old one, which stays as {}; drop that when the rows are right",
        by_hand::old_name(name)
    );
    if wanted.partition_key != found.partition_key {
        let statements = by_hand::statements(planner, name);
        let reason = no("is partitioned in another way than expected");
        planner.block_with(&name.to_string(), reason, &advice, statements);
    } else if wanted.of_type != found.of_type {
        let statements = by_hand::statements(planner, name);
        let reason = no("is of another composite type than expected");
        planner.block_with(&name.to_string(), reason, &advice, statements);
    }
    let (mut before, mut steps) = (Vec::new(), Vec::new());
    let is_again = detached::settle(planner, name, found, Some(wanted));
    let was = found.partition_of.as_ref().filter(|_| found.detaching_from().is_none());
    let place = |of: Option<&Partition>| of.map(|it| (it.parent.clone(), it.bound.clone()));
    if !is_again && place(wanted.partition_of.as_ref()) != place(was) {
        if let Some(partition) = was {
            steps.push(detach(planner, name, &partition.parent, &partition.bound.to_string()));
        }
        let old = was.filter(|old| wanted.partition_of.as_ref().is_some_and(|it| it.parent == old.parent));
        if old.is_none() {
            steps.extend(moved::settle(planner, name, wanted, found));
            let second = moved::second(planner, name, wanted, found);
            before.extend(second.before);
            steps.extend(second.steps);
        }
        if let Some(partition) = &wanted.partition_of {
            let (bound, old) = (partition.bound.to_string(), old.map(|old| old.bound.to_string()));
            steps.push(attach(planner, name, &partition.parent, &bound, old.as_deref()));
        }
    }
    // Changes of its former parent no longer apply to it.
    let left = left(name, wanted, found);
    if !left.is_empty() {
        planner.add(Action::new(Rank::Table, vec![transaction(left)]));
    }
    steps.extend(joined(name, wanted, found));
    steps.extend(storage(planner, name, wanted, found));
    steps.extend(options(&Object::Table(name.clone()), name, "TABLE", &wanted.options, &found.options));
    if !steps.is_empty() {
        before.push(locked(moved::locked_first(&steps, found, wanted), steps));
        planner.add(Action::new(Rank::Setting, before).making([object]));
    }
    if wanted.row_security != found.row_security {
        // After every step that must see all rows, and after the policies, without which row security hides every row.
        let columns = wanted.columns.iter().map(|column| Object::column(name, &column.name));
        let policies = planner.on.expected.defined.keys();
        let policies = policies.filter(|it| matches!(it, Object::Policy(table, _) if table == name)).cloned();
        let step = transaction(row_security(name, wanted.row_security, found.row_security));
        planner.add(Action::new(Rank::Setting, vec![step]).needing(columns.chain(policies).collect::<Vec<_>>()));
    }
    // In an action of its own: an index that this waits for may itself wait for the table.
    let steps = identity_and_order(name, wanted, found);
    let indexes = wanted.indexes.iter().map(|index| Object::Index(name.clone(), index.name.clone()));
    let keys = wanted.constraints.iter().map(|it| Object::Constraint(name.clone(), it.name.clone()));
    planner.add(Action::new(Rank::Setting, vec![transaction(steps)]).needing(indexes.chain(keys)));
}

/// Changes that rewrite the table: its persistence, its access method and its tablespace.
fn storage(planner: &Planner<'_>, name: &QName, wanted: &Relation, found: &Relation) -> Vec<Step> {
    let mut steps = Vec::new();
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
            format!("set the access method of table {name} to {method}"),
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
    steps
}

/// Settings that `CREATE TABLE` cannot express.
pub(super) fn of_new_table(name: &QName, wanted: &Relation) -> Vec<Step> {
    let bare =
        Relation { row_security: RowSecurity::Off, replica_identity: None, clustered_on: None, ..wanted.clone() };
    let mut steps = row_security(name, wanted.row_security, bare.row_security);
    steps.extend(identity_and_order(name, wanted, &bare));
    steps.extend(wanted.columns.iter().flat_map(|column| of_new_column(name, column)));
    steps.into_iter().map(|step| Step { locks: Vec::new(), ..step }).collect()
}

/// Settings of the columns that a new table inherits.
pub(super) fn inherited_settings(name: &QName, wanted: &Relation, expected: &Catalog) -> Vec<Step> {
    let step = |(column, it): (&Name, render::InheritedSetting)| {
        let (what, is) = match &it {
            render::InheritedSetting::NotNull => ("NOT NULL", condition::column(name, column, "attnotnull")),
            render::InheritedSetting::Default { own: Some(_), parents: Some(old) } => {
                ("the default", condition::default_is_not(name, column, &old.to_string()))
            }
            render::InheritedSetting::Default { own: Some(_), parents: None } => {
                ("the default", condition::column(name, column, "atthasdef"))
            }
            render::InheritedSetting::Default { own: None, .. } => {
                ("no default", condition::column(name, column, "not atthasdef"))
            }
        };
        Step::new(
            Effect::Alter(Object::column(name, column)),
            format!("set {what} of {name}.{column}"),
            format!("ALTER TABLE ONLY {name} {}", it.alter(column)),
            is,
        )
    };
    render::inherited_settings(wanted, expected).into_iter().map(step).collect()
}

fn left(name: &QName, wanted: &Relation, found: &Relation) -> Vec<Step> {
    let gone = found.inherits.iter().filter(|parent| !wanted.inherits.contains(parent));
    gone.map(|parent| inheritance(name, parent, "NO INHERIT", !is_child_of(name, parent))).collect()
}

fn joined(name: &QName, wanted: &Relation, found: &Relation) -> Vec<Step> {
    let new = wanted.inherits.iter().filter(|parent| !found.inherits.contains(parent));
    new.map(|parent| inheritance(name, parent, "INHERIT", is_child_of(name, parent))).collect()
}

fn is_child_of(name: &QName, parent: &QName) -> Condition {
    Condition::new(format!(
        "exists (select from pg_inherits where inhrelid = {} and inhparent = {})",
        condition::regclass(name),
        condition::regclass(parent)
    ))
}

fn inheritance(name: &QName, parent: &QName, word: &str, ensures: Condition) -> Step {
    Step::new(
        Effect::Alter(Object::Table(name.clone())),
        format!("{} inheritance of {name} from {parent}", if word == "INHERIT" { "add" } else { "drop" }),
        format!("ALTER TABLE {name} {word} {parent}"),
        ensures,
    )
    .exclusive(name)
    .locking(parent, LockMode::ShareUpdateExclusive)
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
                    format!("set the clustering index of {name}"),
                    sql,
                    none,
                );
                step.locking(name, LockMode::ShareUpdateExclusive)
            }
        });
    }
    steps
}
