//! Dependencies between the objects of a catalog, followed step by step. Compares nothing.

use std::collections::BTreeSet;

use super::{Catalog, Object};
use crate::domain::name::QName;

impl Catalog {
    /// The objects that the object depends on.
    pub fn needs<'a>(&'a self, object: &Object) -> impl Iterator<Item = &'a Object> + use<'a> {
        // They are sorted by dependent, and no object sorts before a schema without a name.
        let from = self.dependencies.range((object.clone(), Object::Schema("".into()))..);
        let dependent = object.clone();
        let own = from.take_while(move |(other, _)| *other == dependent);
        own.map(|(_, needed)| needed)
    }

    /// Whether the member of a relation calls a routine that needs the relation itself: then neither can be created or
    /// dropped completely before the other.
    pub fn calls_back(&self, member: &Object, relation: &QName) -> bool {
        let mut queue: Vec<&Object> = self.needs(member).filter(|it| matches!(it, Object::Routine(_))).collect();
        let (mut known, mut entered) = (BTreeSet::new(), BTreeSet::new());
        while let Some(object) = queue.pop() {
            if !known.insert(object) {
                continue;
            }
            queue.extend(self.needs(object));
            let Some(on) = object.relation() else { continue };
            if on == relation {
                return true;
            }
            if entered.insert(on) {
                let members = self.dependencies.iter().filter(|(dependent, _)| dependent.relation() == Some(on));
                queue.extend(members.map(|(_, needed)| needed));
            }
        }
        false
    }
}
