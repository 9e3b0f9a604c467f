//! Privileges of grantees on objects that exist on both sides.
//!
//! A file without GRANT says nothing about privileges. Privileges on an object that exists only on one side are not
//! reported separately.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::catalog::{Catalog, Grantee, Held, Kind, Object, Privilege, Privileges, Severity};
use crate::domain::report::{Change, Drift};

/// By object and grantee.
type All = BTreeMap<(Object, Grantee), Privileges>;

pub(super) fn compare(expected: &Catalog, live: &Catalog) -> Vec<Drift> {
    if expected.privileges.is_empty() {
        return Vec::new();
    }
    let (wanted, found) = (wanted(expected, live), found(expected, live));
    let keys: BTreeSet<_> = wanted.keys().chain(found.keys()).collect();
    let none = Privileges::default();
    let of = |all: &'_ All, key| all.get(key).cloned().unwrap_or_else(|| none.clone());
    keys.into_iter().filter_map(|key| differs(key, &of(&wanted, key), &of(&found, key))).collect()
}

/// The expected privileges on objects that exist on both sides. An expected grantee that is the owner in the live
/// database counts as the owner.
pub fn wanted(expected: &Catalog, live: &Catalog) -> All {
    let mut wanted = All::new();
    for ((of, grantee), privileges) in &expected.privileges {
        if *grantee == Grantee::Owner && is_unclear(of, expected, live) {
            continue;
        }
        let is_owner = is_owner(of, grantee, live) && !is_owner(of, grantee, expected);
        let grantee = if is_owner { Grantee::Owner } else { grantee.clone() };
        let mut privileges = privileges.clone();
        if is_owner && !matches!(of, Object::Column(..)) {
            privileges.0.retain(|_, held| *held != Held::Yes);
        }
        if live.has(of) {
            wanted.entry((of.clone(), grantee)).or_default().0.extend(privileges.0);
        }
    }
    settled(wanted, expected, live)
}

/// The live privileges on them. If the expectation names a role only as an owner, that role's privileges on other
/// objects are ignored.
fn found(expected: &Catalog, live: &Catalog) -> All {
    let is_known = |of: &Object, grantee: &Grantee| {
        expected.has(of) && (!is_owner(of, grantee, expected) || is_owner(of, grantee, live))
    };
    let known = live.privileges.iter().filter(|((of, grantee), _)| is_known(of, grantee));
    let mut found: All = known.map(|(key, privileges)| (key.clone(), privileges.clone())).collect();
    for ((of, grantee), privileges) in &mut found {
        if *grantee == Grantee::Owner && is_unclear(of, expected, live) {
            privileges.0.retain(|_, held| *held != Held::No);
        }
    }
    settled(found, expected, live)
}

/// The expectation sets no owner, and the live owner differs from the one in scratch.
fn is_unclear(of: &Object, expected: &Catalog, live: &Catalog) -> bool {
    let owner = expected.owner(of);
    owner.is_some() && owner == expected.owner_by_chance.as_ref() && owner != live.owner(of)
}

/// A grantee that is the owner.
fn is_owner(of: &Object, grantee: &Grantee, catalog: &Catalog) -> bool {
    matches!((grantee, catalog.owner(of)), (Grantee::Role(role), Some(owner)) if role == owner)
}

/// Without privileges that only one of two releases knows.
fn settled(mut all: All, expected: &Catalog, live: &Catalog) -> All {
    if expected.server_version.min(live.server_version) < 170_000 {
        for privileges in all.values_mut() {
            privileges.0.remove(&Privilege::Maintain);
        }
    }
    all.retain(|_, privileges| !privileges.0.is_empty());
    all
}

/// Privileges that differ, by the kind of difference.
#[derive(Default)]
struct Differences {
    lacking: Vec<&'static str>,
    too_many: Vec<&'static str>,
    /// Lack the grant option.
    not_grantable: Vec<&'static str>,
    too_grantable: Vec<&'static str>,
}

impl Differences {
    /// `is_usual`: the grantee has everything, unless it was revoked.
    fn new(wanted: &Privileges, found: &Privileges, is_usual: bool) -> Self {
        let mut differences = Self::default();
        for privilege in Privilege::ALL {
            let list = match (wanted.0.get(&privilege), found.0.get(&privilege)) {
                (a, b) if a == b => continue,
                (Some(Held::No), _) | (None, Some(Held::Yes)) => &mut differences.too_many,
                (None, Some(Held::Grantable)) if !is_usual => &mut differences.too_many,
                (Some(Held::Grantable), None) if is_usual => &mut differences.not_grantable,
                (_, Some(Held::No)) | (Some(_), None) => &mut differences.lacking,
                (Some(Held::Grantable), Some(_)) => &mut differences.not_grantable,
                (Some(Held::Yes) | None, _) => &mut differences.too_grantable,
            };
            list.push(privilege.as_sql());
        }
        differences
    }
}

fn differs((of, grantee): &(Object, Grantee), wanted: &Privileges, found: &Privileges) -> Option<Drift> {
    let is_usual = *grantee == Grantee::Owner && !matches!(of, Object::Column(..));
    let differences = Differences::new(wanted, found, is_usual);
    let parts = [
        (&differences.lacking, "lacks", ": statements that need it are refused"),
        (&differences.too_many, "has", ", which is not expected"),
        (&differences.not_grantable, "cannot grant to others", ""),
        (&differences.too_grantable, "can grant to others", ", which is not expected"),
    ];
    let parts = parts.into_iter().filter(|(list, ..)| !list.is_empty());
    let detail: Vec<_> = parts.map(|(list, verb, end)| format!("{verb} {}{end}", list.join(", "))).collect();
    let change = match (differences.lacking.is_empty(), differences.too_many.is_empty(), detail.len()) {
        (_, _, 0) => return None,
        (false, true, 1) => Change::Missing,
        (true, false, 1) => Change::Unexpected,
        _ => Change::Changed,
    };
    let subject = Object::Privileges(Box::new(of.clone()), grantee.clone());
    let text = |privileges: &Privileges| Some(privileges.to_string()).filter(|text| !text.is_empty());
    Some(Drift {
        object: subject.to_string(),
        kind: Kind::Privilege,
        change,
        severity: if differences.lacking.is_empty() { Severity::Warning } else { Severity::Critical },
        expected: text(wanted),
        live: text(found),
        detail: format!("privilege: {grantee} {}", detail.join("; ")),
        first_seen: None,
        last_known: false,
        maybe_spelling: false,
        counterpart: Some(subject.clone()).filter(|_| change == Change::Changed),
        subject,
    })
}
