//! Drift: compares two catalogs. Pure: no clock, no connection, no configuration.
//!
//! Objects are matched by what they are, names second (see [`matching`]). What could not be read on one side is neither
//! drift nor equal: it is left out here, and listed in [`Catalog::busy`].

pub mod conflict;
mod matching;
mod neutral;
pub mod policy;
mod privileges;
mod spelling;
mod uncompared;
mod wording;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::catalog::{
    Catalog, Column, Comment, Defined, Fact, Facts, Object, Relation, RelationKind, Sequence, Severity,
};
use crate::domain::name::{Name, QName};
use crate::domain::report::{Change, Drift};

pub use matching::Member;
pub use privileges::wanted as wanted_privileges;
pub use uncompared::{uncompared, unsaid};

/// What must match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Only what is declared: extra objects and other names are no drift.
    #[default]
    Declared,
    /// Extra objects are drift; so are other names, as `info`.
    Whole,
}

impl Scope {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Whole => "whole",
        }
    }
}

/// Every difference, ordered by object.
pub fn compare(expected: &Catalog, live: &Catalog, scope: Scope) -> Vec<Drift> {
    let mut comparison = Comparison::new(scope, neutral::is_same_major(expected, live));
    comparison.maps(&expected.schemas, &live.schemas, Object::Schema);
    comparison.maps(&neutral::extensions(expected, live), &live.extensions, Object::Extension);
    comparison.maps(&expected.enums, &live.enums, Object::Type);
    comparison.maps(&expected.domains, &live.domains, Object::Domain);
    comparison.maps(&expected.routines, &live.routines, Object::Routine);
    comparison.sequences(expected, live);
    comparison.relations(expected, live);
    comparison.defined(expected, live);
    comparison.comments(expected, live);
    if scope == Scope::Whole {
        comparison.drift.extend(privileges::compare(expected, live));
    }
    let mut drift = comparison.drift;
    drift.sort_by(|a, b| (&a.object, a.kind, a.change).cmp(&(&b.object, b.kind, b.change)));
    drift
}

struct Comparison {
    scope: Scope,
    /// Both sides were printed by servers of one major release.
    same_major: bool,
    drift: Vec<Drift>,
    of_members: Vec<OfMember>,
}

/// A changed member of a relation, with the facts that differ, its name excepted.
struct OfMember {
    relation: QName,
    facts: Vec<&'static str>,
    inherited: bool,
    drift: Drift,
}

impl Comparison {
    fn new(scope: Scope, same_major: bool) -> Self {
        Self { scope, same_major, drift: Vec::new(), of_members: Vec::new() }
    }

    /// Objects that are matched by name alone.
    fn maps<K, T>(&mut self, expected: &BTreeMap<K, T>, live: &BTreeMap<K, T>, object: fn(K) -> Object)
    where
        K: Ord + Clone,
        T: Facts,
    {
        for (key, wanted) in expected {
            match live.get(key) {
                Some(found) => self.pair(object(key.clone()), wanted, found),
                None => self.missing(object(key.clone()), wanted),
            }
        }
        for (key, found) in live {
            if !expected.contains_key(key) {
                self.unexpected(object(key.clone()), found);
            }
        }
    }

    /// Two objects of the same name.
    fn pair<T: Facts>(&mut self, object: Object, expected: &T, live: &T) {
        if expected != live {
            self.changed((object.clone(), expected), (object, live), &self.differences(expected, live));
        }
    }

    /// Facts that are known on both sides and differ.
    fn differences<T: Facts>(&self, expected: &T, live: &T) -> Vec<Difference> {
        let differs = |(wanted, found): (Fact, Fact)| {
            let (expected, live) = (wanted.value?, found.value?);
            let severity = wanted.severity.max(found.severity);
            let counts = !wanted.incidental || self.scope == Scope::Whole;
            (counts && expected != live).then(|| Difference {
                fact: wanted.name,
                // Names are not deparsed: they differ only together with the deparsed text.
                maybe_spelling: wanted.deparsed && (wanted.incidental || self.can_be_one(&expected, &live)),
                expected,
                live,
                severity,
            })
        };
        expected.facts().into_iter().zip(live.facts()).filter_map(differs).collect()
    }

    fn can_be_one(&self, expected: &str, live: &str) -> bool {
        !self.same_major || spelling::can_be_one(expected, live)
    }

    fn changed<T: Facts>(
        &mut self,
        (object, expected): (Object, &T),
        (counterpart, live): (Object, &T),
        differences: &[Difference],
    ) {
        let Some(severity) = differences.iter().map(|difference| difference.severity).max() else { return };
        self.drift.push(Drift {
            expected: Some(expected.summary()),
            live: Some(live.summary()),
            detail: wording::changed(expected.kind(), differences),
            maybe_spelling: differences.iter().all(|difference| difference.maybe_spelling),
            counterpart: Some(counterpart),
            ..drift(object, expected, Change::Changed, severity)
        });
    }

    fn missing<T: Facts>(&mut self, object: Object, expected: &T) {
        self.drift.push(Drift {
            expected: Some(expected.summary()),
            detail: wording::missing(expected.kind()),
            ..drift(object, expected, Change::Missing, expected.missing())
        });
    }

    fn unexpected<T: Facts>(&mut self, object: Object, live: &T) {
        if live.is_leftover() {
            self.push_unexpected(object, live, live.unexpected(), wording::leftover(live.kind()));
        } else if self.scope == Scope::Whole {
            self.push_unexpected(object, live, live.unexpected(), wording::unexpected(live.kind()));
        }
    }

    fn push_unexpected<T: Facts>(&mut self, object: Object, live: &T, severity: Severity, detail: String) {
        self.drift.push(Drift {
            live: Some(live.summary()),
            detail,
            ..drift(object, live, Change::Unexpected, severity)
        });
    }

    fn relations(&mut self, expected: &Catalog, live: &Catalog) {
        let mut columns = Vec::new();
        for (name, wanted) in &expected.relations {
            let Some(found) = live.relations.get(name) else {
                self.missing(wanted.kind.object(name.clone()), wanted);
                continue;
            };
            let wanted = &*wanted.attached();
            if wanted == found {
                continue;
            }
            let differences = self.differences(wanted, found);
            let (subject, counterpart) = (wanted.kind.object(name.clone()), found.kind.object(name.clone()));
            self.changed((subject, wanted), (counterpart, found), &differences);
            if wanted.kind != found.kind {
                continue;
            }
            if wanted.kind == RelationKind::Table {
                columns.push((name, self.columns(name, wanted, found, (expected, live))));
            }
            self.members(name, &wanted.constraints, &found.constraints);
            self.members(name, &wanted.indexes, &found.indexes);
            self.members(name, &wanted.triggers, &found.triggers);
        }
        self.columns_beside_their_parents(expected, columns);
        self.members_beside_their_parents(expected);
        for (name, found) in &live.relations {
            if expected.relations.contains_key(name) {
                continue;
            }
            let object = found.kind.object(name.clone());
            match found.detaching_from() {
                // A partition that is being detached counts as unexpected, because its parent lacks it.
                Some(parent) => {
                    let detail = wording::unexpected_detachment(parent);
                    self.push_unexpected(object, found, Severity::Critical, detail);
                }
                None => self.unexpected(object, found),
            }
        }
    }

    /// The drift of the columns of one table. Column order is no drift.
    fn columns(
        &self,
        table: &QName,
        expected: &Relation,
        live: &Relation,
        catalogs: (&Catalog, &Catalog),
    ) -> Vec<(Name, Drift)> {
        let mut own = Comparison::new(self.scope, self.same_major);
        let mut found = Vec::new();
        for wanted in &expected.columns {
            let object = Object::Column(table.clone(), wanted.name.clone());
            match live.columns.iter().find(|column| column.name == wanted.name) {
                Some(column) if self.scope == Scope::Declared => {
                    let unnamed = |catalog, column: &Column| neutral::with_unnamed_sequence(catalog, table, column);
                    own.pair(object, &unnamed(catalogs.0, wanted), &unnamed(catalogs.1, column));
                }
                Some(column) => own.pair(object, wanted, column),
                // Reported as missing with the parent's column.
                None if wanted.inherited => {}
                None => own.missing(object, wanted),
            }
            found.extend(own.drift.drain(..).map(|drift| (wanted.name.clone(), drift)));
        }
        for column in &live.columns {
            if !column.inherited && !expected.columns.iter().any(|wanted| wanted.name == column.name) {
                own.unexpected(Object::Column(table.clone(), column.name.clone()), column);
                found.extend(own.drift.drain(..).map(|drift| (column.name.clone(), drift)));
            }
        }
        found
    }

    /// A partition's column differs wherever its parent's does, so that only the parent's drift is reported.
    fn columns_beside_their_parents(&mut self, expected: &Catalog, columns: Vec<(&QName, Vec<(Name, Drift)>)>) {
        let reported: BTreeSet<(QName, Name, String)> = columns
            .iter()
            .flat_map(|(table, found)| {
                found.iter().map(|(column, drift)| ((*table).clone(), column.clone(), drift.detail.clone()))
            })
            .collect();
        for (table, found) in columns {
            let parents: Vec<&QName> = expected.relations.get(table).into_iter().flat_map(Relation::parents).collect();
            for (column, drift) in found {
                let of_parent =
                    |parent: &&QName| reported.contains(&((*parent).clone(), column.clone(), drift.detail.clone()));
                if !parents.iter().any(of_parent) {
                    self.drift.push(drift);
                }
            }
        }
    }

    /// An inherited member differs wherever the parent's does, so that only the parent's drift is reported.
    fn members_beside_their_parents(&mut self, expected: &Catalog) {
        let found = std::mem::take(&mut self.of_members);
        let reported: BTreeSet<_> =
            found.iter().map(|of| (of.relation.clone(), of.drift.kind, of.facts.clone())).collect();
        for of in found {
            let parents = expected.relations.get(&of.relation).into_iter().flat_map(Relation::parents);
            let mut of_parents = parents.map(|parent| (parent.clone(), of.drift.kind, of.facts.clone()));
            if !of.inherited || of.facts.is_empty() || !of_parents.any(|of_parent| reported.contains(&of_parent)) {
                self.drift.push(of.drift);
            }
        }
    }

    /// Sequences: by name, else by the column that owns them. One that is created and dropped with its column is not
    /// reported separately.
    fn sequences(&mut self, expected: &Catalog, live: &Catalog) {
        let owned = |catalog: &Catalog, sequence: &Sequence| {
            let Some((table, column)) = &sequence.owned_by else { return true };
            let owner = catalog.relations.get(table).filter(|relation| relation.kind == RelationKind::Table);
            owner.is_some_and(|relation| relation.columns.iter().any(|c| c.name == *column))
        };
        let by_owner: BTreeMap<_, _> =
            live.sequences.iter().filter_map(|(name, s)| Some((s.owned_by.as_ref()?, name))).collect();
        let mut matched = BTreeSet::new();
        for (name, wanted) in &expected.sequences {
            let other_name = || wanted.owned_by.as_ref().and_then(|owner| by_owner.get(owner).copied());
            match live.sequences.get_key_value(name).or_else(|| live.sequences.get_key_value(other_name()?)) {
                Some((found_name, found)) => {
                    matched.insert(found_name);
                    let mut differences = self.differences(wanted, found);
                    if found_name != name && self.scope == Scope::Whole {
                        differences.push(Difference::name(name.to_string(), found_name.to_string()));
                    }
                    let object = |name: &QName| Object::Sequence(name.clone());
                    self.changed((object(name), wanted), (object(found_name), found), &differences);
                }
                None if owned(live, wanted) => self.missing(Object::Sequence(name.clone()), wanted),
                None => {}
            }
        }
        for (name, found) in &live.sequences {
            if !expected.sequences.contains_key(name) && !matched.contains(name) && owned(expected, found) {
                self.unexpected(Object::Sequence(name.clone()), found);
            }
        }
    }

    /// Objects that depend on a relation are created and dropped with it, and are not reported separately.
    fn defined(&mut self, expected: &Catalog, live: &Catalog) {
        let stands = |object: &Object, defined: &Defined, on: &Catalog| {
            let relation = object.relation().or(defined.table.as_ref());
            relation.is_none_or(|relation| on.relations.contains_key(relation))
        };
        let named = |of: &Catalog, on: &Catalog| -> BTreeMap<Object, Defined> {
            let defined = of.defined.iter().filter(|(object, defined)| stands(object, defined, on));
            defined.map(|(object, defined)| (object.clone(), defined.clone())).collect()
        };
        self.maps(&named(expected, live), &named(live, expected), |object| object);
    }

    /// A file without comments says nothing about them. Comments on an object that exists only on one side are not
    /// reported separately.
    fn comments(&mut self, expected: &Catalog, live: &Catalog) {
        if self.scope == Scope::Declared || expected.comments.is_empty() {
            return;
        }
        let shared = |of: &Catalog, other: &Catalog| -> BTreeMap<Object, Comment> {
            let shared = of.comments.iter().filter(|(object, _)| other.has(object));
            shared.map(|(object, comment)| (object.clone(), comment.clone())).collect()
        };
        self.maps(&shared(expected, live), &shared(live, expected), |object| Object::Comment(Box::new(object)));
    }

    /// Constraints, indexes or triggers of one relation.
    fn members<T: Member>(&mut self, relation: &QName, expected: &[T], live: &[T]) {
        let object = |member: &T| T::object(relation, member.name());
        let matched = matching::pairs(expected, live);
        for (wanted, found) in matched.pairs {
            let mut differences = self.differences(wanted, found);
            if self.scope == Scope::Whole && wanted.name() != found.name() && wanted.is_named_apart() {
                differences.push(Difference::name(wanted.name().to_string(), found.name().to_string()));
            }
            self.changed((object(wanted), wanted), (object(found), found), &differences);
            if !differences.is_empty() {
                let facts = differences.iter().map(|difference| difference.fact).filter(|fact| *fact != NAME).collect();
                self.of_members.extend(self.drift.pop().map(|drift| OfMember {
                    relation: relation.clone(),
                    facts,
                    inherited: wanted.inherited(),
                    drift,
                }));
            }
        }
        for wanted in &matched.missing {
            self.missing(object(wanted), *wanted);
            self.suspect(*wanted, &matched.unexpected);
        }
        for found in &matched.unexpected {
            match expected.iter().find(|wanted| found.defeats(wanted)) {
                Some(wanted) => {
                    let detail = wording::defeats(wanted.name());
                    self.push_unexpected(object(found), *found, Severity::Critical, detail);
                }
                None if found.is_leftover() => self.unexpected(object(found), *found),
                None if self.scope == Scope::Whole => {
                    self.unexpected(object(found), *found);
                    self.suspect(*found, &matched.missing);
                }
                None => {}
            }
        }
    }

    /// The object just reported without a counterpart may be one of `others`, with another spelling and another name.
    fn suspect<T: Member>(&mut self, object: &T, others: &[&T]) {
        let can_be = |other: &&T| {
            let texts = object.definition().zip(other.definition());
            other.is_deparsed() && texts.is_none_or(|(one, other)| self.can_be_one(&one, &other))
        };
        let maybe_spelling = object.is_deparsed() && others.iter().any(can_be);
        if let Some(drift) = self.drift.last_mut() {
            drift.maybe_spelling = maybe_spelling;
        }
    }
}

fn drift<T: Facts>(subject: Object, object: &T, change: Change, severity: Severity) -> Drift {
    Drift {
        object: subject.to_string(),
        kind: object.kind(),
        change,
        severity,
        expected: None,
        live: None,
        detail: String::new(),
        first_seen: None,
        last_known: false,
        maybe_spelling: false,
        subject,
        counterpart: None,
    }
}

const NAME: &str = "name";

/// One fact that differs.
struct Difference {
    fact: &'static str,
    expected: String,
    live: String,
    severity: Severity,
    maybe_spelling: bool,
}

impl Difference {
    fn name(expected: String, live: String) -> Self {
        Self { fact: NAME, expected, live, severity: Severity::Info, maybe_spelling: false }
    }
}
