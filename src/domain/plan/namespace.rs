//! Slots: names that only one object can have. What takes a name comes after the name has been freed.

use crate::domain::catalog::{Catalog, Constraint, Object};
use crate::domain::name::{Name, QName};

/// A name that only one object can have.
pub(super) type Slot = (char, String, Name);

/// The names that a live object has for itself: only a key's is also a relation's.
pub(super) fn freed_slots(object: &Object, live: &Catalog) -> Vec<Slot> {
    let mut slots = slots(object);
    if let Object::Constraint(table, name) = object {
        let constraints = live.relations.get(table).into_iter().flat_map(|relation| &relation.constraints);
        let is_relation = constraints.filter(|it| it.name == *name).any(Constraint::is_key);
        slots.retain(|slot| slot.0 == 'c' || is_relation);
    }
    slots
}

pub(super) fn slots(object: &Object) -> Vec<Slot> {
    let in_schema = |namespace, name: &QName| (namespace, name.schema.to_string(), name.name.clone());
    let on = |namespace, relation: &QName, name: &Name| (namespace, relation.to_string(), name.clone());
    match object {
        // A table is also a type, and a key also an index.
        Object::Table(name) | Object::View(name) | Object::MaterializedView(name) => {
            vec![in_schema('r', name), in_schema('t', name)]
        }
        Object::Type(name) | Object::Domain(name) => vec![in_schema('r', name), in_schema('t', name)],
        Object::Sequence(name) => vec![in_schema('r', name)],
        Object::Index(table, name) => vec![('r', table.schema.to_string(), name.clone())],
        Object::Constraint(table, name) => {
            vec![on('c', table, name), ('r', table.schema.to_string(), name.clone())]
        }
        Object::Column(table, name) => vec![on('a', table, name)],
        Object::Trigger(table, name) => vec![on('g', table, name)],
        Object::Policy(table, name) => vec![on('p', table, name)],
        Object::Rule(table, name) => vec![on('w', table, name)],
        Object::Routine(signature) => vec![('f', signature.to_string(), signature.name.name.clone())],
        Object::Statistics(name) => vec![in_schema('s', name)],
        Object::Schema(name) => vec![('n', String::new(), name.clone())],
        Object::Extension(name) => vec![('e', String::new(), name.clone())],
        Object::Comment(_) | Object::Privileges(..) => Vec::new(),
        Object::EventTrigger(name) => vec![('v', String::new(), name.clone())],
    }
}
