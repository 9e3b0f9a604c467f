//! Slots: names that only one object can have. An action that takes a name runs after the name has been freed.

use crate::domain::catalog::{Address, Catalog, Constraint, Object};
use crate::domain::name::Name;

/// A name that only one object can have: the system catalog, the schema or relation, and the name.
pub(super) type Slot = (&'static str, String, Name);

/// A table is also a type, and a key also an index.
const RELATION: &str = "pg_class";
const TYPE: &str = "pg_type";

/// The names that a live object occupies: of a constraint, only a key's is also a relation's.
pub(super) fn freed_slots(object: &Object, live: &Catalog) -> Vec<Slot> {
    let mut slots = slots(object);
    if let Object::Constraint(table, name) = object {
        let constraints = live.relations.get(table).into_iter().flat_map(|relation| &relation.constraints);
        let is_relation = constraints.filter(|it| it.name == *name).any(Constraint::is_key);
        slots.retain(|slot| slot.0 != RELATION || is_relation);
    }
    slots
}

pub(super) fn slots(object: &Object) -> Vec<Slot> {
    let Some(row) = object.class().row else { return Vec::new() };
    let in_schema = |catalog, schema: &Name, name: &Name| (catalog, schema.to_string(), name.clone());
    match (object, object.address()) {
        (
            Object::Table(name)
            | Object::View(name)
            | Object::MaterializedView(name)
            | Object::Type(name)
            | Object::Domain(name),
            _,
        ) => vec![in_schema(RELATION, &name.schema, &name.name), in_schema(TYPE, &name.schema, &name.name)],
        (Object::Index(table, name), _) => vec![in_schema(RELATION, &table.schema, name)],
        (Object::Constraint(table, name), _) => {
            vec![(row.catalog, table.to_string(), name.clone()), in_schema(RELATION, &table.schema, name)]
        }
        (_, Address::Database(name)) => vec![(row.catalog, String::new(), name.clone())],
        (_, Address::Schema(name)) => vec![in_schema(row.catalog, &name.schema, &name.name)],
        (_, Address::Routine(signature)) => vec![(row.catalog, signature.to_string(), signature.name.name.clone())],
        (_, Address::Member(relation, name)) => vec![(row.catalog, relation.to_string(), name.clone())],
        (_, Address::Said(_)) => Vec::new(),
    }
}
