//! Temporary names: a member of a table that is dropped keeps its name until the table is dropped. If that is too late
//! for the object that is to have the name, the old one is renamed until then.

use std::collections::BTreeSet;

use super::Step;
use super::action::{Action, Rank, transaction};
use super::condition::{self, Condition};
use super::namespace::{Slot, freed_slots, slots};
use super::scaffold;
use crate::domain::catalog::{Catalog, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName};
use crate::domain::plan::Effect;

/// Renames members whose name another action is to take, and that would be dropped only with their table.
pub(super) fn put(actions: &[Action], live: &Catalog) -> Vec<Action> {
    let wanted: BTreeSet<Slot> = actions.iter().flat_map(|action| &action.makes).flat_map(slots).collect();
    let is_wanted = |object: &&Object| freed_slots(object, live).iter().any(|slot| wanted.contains(slot));
    let going = actions.iter().flat_map(|action| {
        let table = action.unmakes.iter().find_map(|object| match object {
            Object::Table(table) => Some(table),
            _ => None,
        });
        action.unmakes.iter().filter(is_wanted).filter_map(move |object| Some((table?, object)))
    });
    let renamed = going.filter_map(|(table, object)| {
        let step = rename(table, object, live)?;
        Some(Action { frees: vec![object.clone()], ..Action::new(Rank::Leftover, vec![transaction(vec![step])]) })
    });
    renamed.collect()
}

fn rename(table: &QName, object: &Object, live: &Catalog) -> Option<Step> {
    let temporary = |name: &Name| scaffold::name(table, name, "name");
    let step = |to: Object, sql: String, ensures| {
        Step::new(Effect::Rename(object.clone(), to), format!("free the name of {object}"), sql, ensures)
    };
    match object {
        Object::Constraint(on, name) if on == table => {
            let sql = format!("ALTER TABLE {table} RENAME CONSTRAINT {name} TO {}", temporary(name));
            let is_renamed = !condition::constraint(table, name, "true");
            Some(step(Object::constraint(table, &temporary(name)), sql, is_renamed).exclusive(table))
        }
        Object::Index(on, name) if on == table => {
            let index = QName { schema: table.schema.clone(), name: name.clone() };
            let sql = format!("ALTER INDEX {index} RENAME TO {}", temporary(name));
            let is_renamed = !condition::index(table, name, "true");
            Some(step(Object::index(table, &temporary(name)), sql, is_renamed).locking(table, LockMode::AccessShare))
        }
        Object::Sequence(name) => {
            let owner = live.sequences.get(name)?.owned_by.as_ref().filter(|(owner, _)| owner == table)?;
            let to = temporary(&name.name);
            let is_renamed = Condition::new(format!(
                "not exists (select from pg_depend where objid = {} and refobjid = {} and deptype in ('a', 'i'))",
                condition::regclass(name),
                condition::regclass(&owner.0)
            ));
            let renamed = Object::Sequence(QName { schema: name.schema.clone(), name: to.clone() });
            Some(step(renamed, format!("ALTER SEQUENCE {name} RENAME TO {to}"), is_renamed))
        }
        _ => None,
    }
}
