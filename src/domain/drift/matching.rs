//! Matches the expected constraints, indexes and triggers of a relation with the live ones.
//!
//! In this order: the same definition under the same name; the same definition under any name; the same shape (a
//! primary key by its table, a foreign key by its columns and what it references); the same name. Inherited members are
//! matched with inherited members.

use crate::domain::catalog::{Constraint, ConstraintKind, Definition, Facts, Index, Object, Trigger};
use crate::domain::name::{Name, QName};

/// An object that belongs to a relation and may have another name.
pub trait Member: Facts {
    fn name(&self) -> &Name;
    fn object(relation: &QName, name: &Name) -> Object;
    /// Its definition without name and state; `None` if the name is part of its identity.
    fn definition(&self) -> Option<String>;
    /// Two members with the same shape stand for the same object.
    fn shape(&self) -> Option<String>;
    fn inherited(&self) -> bool;
    /// Its name was or could have been chosen; an inherited member's name cannot.
    fn is_named_apart(&self) -> bool {
        !self.inherited()
    }
    /// Its definition was printed by PostgreSQL's deparser.
    fn is_deparsed(&self) -> bool;
    /// Its presence makes `expected` ineffective.
    fn defeats(&self, expected: &Self) -> bool;
}

impl Member for Constraint {
    fn name(&self) -> &Name {
        &self.name
    }

    fn object(relation: &QName, name: &Name) -> Object {
        Object::Constraint(relation.clone(), name.clone())
    }

    fn definition(&self) -> Option<String> {
        self.facts().into_iter().next().and_then(|fact| fact.value)
    }

    fn shape(&self) -> Option<String> {
        match &self.kind {
            ConstraintKind::Check { expression: Definition::Busy, .. }
            | ConstraintKind::Exclusion { definition: Definition::Busy } => None,
            ConstraintKind::Primary { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Foreign { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclusion { .. } => Some(self.shape()),
        }
    }

    fn inherited(&self) -> bool {
        self.inherited
    }

    fn is_deparsed(&self) -> bool {
        matches!(self.kind, ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. })
    }

    /// A partition's key is an index whose name can be chosen.
    fn is_named_apart(&self) -> bool {
        !self.inherited || matches!(self.kind, ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. })
    }

    /// A second foreign key with another action still acts: its CASCADE deletes the row before SET NULL counts.
    fn defeats(&self, expected: &Self) -> bool {
        matches!(self.kind, ConstraintKind::Foreign { .. })
            && self.shape() == expected.shape()
            && self.definition() != expected.definition()
    }
}

impl Member for Index {
    fn name(&self) -> &Name {
        &self.name
    }

    fn object(relation: &QName, name: &Name) -> Object {
        Object::Index(relation.clone(), name.clone())
    }

    fn definition(&self) -> Option<String> {
        self.facts().into_iter().next().and_then(|fact| fact.value)
    }

    fn shape(&self) -> Option<String> {
        None
    }

    fn inherited(&self) -> bool {
        self.inherited
    }

    fn is_named_apart(&self) -> bool {
        true
    }

    fn is_deparsed(&self) -> bool {
        self.has_printed_part()
    }

    fn defeats(&self, _expected: &Self) -> bool {
        false
    }
}

impl Member for Trigger {
    fn name(&self) -> &Name {
        &self.name
    }

    fn object(relation: &QName, name: &Name) -> Object {
        Object::Trigger(relation.clone(), name.clone())
    }

    /// The name is part of it: triggers fire in the order of their names.
    fn definition(&self) -> Option<String> {
        None
    }

    fn shape(&self) -> Option<String> {
        None
    }

    fn inherited(&self) -> bool {
        self.inherited
    }

    fn is_deparsed(&self) -> bool {
        false
    }

    fn defeats(&self, _expected: &Self) -> bool {
        false
    }
}

pub(super) struct Matched<'c, T> {
    pub(super) pairs: Vec<(&'c T, &'c T)>,
    pub(super) missing: Vec<&'c T>,
    pub(super) unexpected: Vec<&'c T>,
}

type Rule<T> = fn(&T, &T) -> bool;

fn same(a: Option<&String>, b: Option<&String>) -> bool {
    a.is_some() && a == b
}

pub(super) fn pairs<'c, T: Member>(expected: &'c [T], live: &'c [T]) -> Matched<'c, T> {
    let (mut inherited, mut wanted): (Vec<&T>, Vec<&T>) = expected.iter().partition(|member| member.inherited());
    let mut found: Vec<&T> = live.iter().collect();
    let mut pairs = pair_up(&mut wanted, &mut found);
    let (mut found, unexpected) = found.into_iter().partition(|member| member.inherited());
    pairs.extend(pair_up(&mut inherited, &mut found));
    // Missing and unexpected inherited members are reported with the parent's.
    Matched { pairs, missing: wanted, unexpected }
}

/// Removes matching members from both lists.
fn pair_up<'c, T: Member>(wanted: &mut Vec<&'c T>, found: &mut Vec<&'c T>) -> Vec<(&'c T, &'c T)> {
    let mut pairs = Vec::new();
    let rules: [Rule<T>; 4] = [
        |a, b| a.name() == b.name() && same(a.definition().as_ref(), b.definition().as_ref()),
        |a, b| same(a.definition().as_ref(), b.definition().as_ref()),
        |a, b| same(a.shape().as_ref(), b.shape().as_ref()),
        |a, b| a.name() == b.name(),
    ];
    for rule in rules {
        wanted.retain(|member| {
            let Some(at) = found.iter().position(|candidate| rule(member, candidate)) else { return true };
            pairs.push((*member, found.swap_remove(at)));
            false
        });
    }
    pairs
}
