//! Objects of kinds without a model that only one side has. They are no drift, because no plan ends them, and a schema
//! that has them is not what is expected either.

use std::collections::BTreeSet;

use crate::domain::catalog::{Catalog, Unmodelled};
use crate::domain::drift::Scope;

/// Named after roles, and scratch has others than the target.
const NAMED_AFTER_ROLES: [&str; 2] = ["default acl", "user mapping"];

/// Names in one sentence. The report has all of them as `unmodelled`.
const MOST: usize = 5;

/// A sentence for each kind and side, ordered by kind. In scope `declared`, what only the live schema has is not asked for.
pub fn uncompared(expected: &Catalog, live: &Catalog, scope: Scope) -> Vec<String> {
    let mut found = sentences(expected, live, |kind, objects| {
        format!("{kind} {objects} is expected and does not exist: no plan creates it, create it by hand")
    });
    if scope == Scope::Whole {
        found.extend(sentences(live, expected, |kind, objects| {
            format!("{kind} {objects} exists and is not expected: no plan drops it, drop it by hand or expect it")
        }));
    }
    found.sort();
    found
}

/// What scope `whole` leaves out because the expectation says nothing about it: SQL without comments or grants may have been
/// written without them.
pub fn unsaid(expected: &Catalog, live: &Catalog, scope: Scope) -> Vec<String> {
    if scope == Scope::Declared {
        return Vec::new();
    }
    let commented = live.comments.keys().filter(|object| expected.has(object)).count();
    let granted: BTreeSet<_> = live.privileges.keys().map(|(object, _)| object).collect();
    let granted = granted.into_iter().filter(|object| expected.has(object)).count();
    let sentence = |what: &str, count: usize| {
        format!(
            "{what} are not compared, because the expectation has none; objects with {what} in the live schema: {count}"
        )
    };
    let comments = (expected.comments.is_empty() && commented > 0).then(|| sentence("comments", commented));
    let privileges = (expected.privileges.is_empty() && granted > 0).then(|| sentence("privileges", granted));
    comments.into_iter().chain(privileges).collect()
}

fn sentences(of: &Catalog, other: &Catalog, sentence: impl Fn(&str, &str) -> String) -> Vec<String> {
    let only = of.unmodelled.difference(&other.unmodelled);
    let only: Vec<&Unmodelled> = only.filter(|it| !NAMED_AFTER_ROLES.contains(&it.kind.as_str())).collect();
    only.chunk_by(|one, next| one.kind == next.kind)
        .filter_map(|objects| {
            let names: Vec<&str> = objects.iter().take(MOST).map(|it| it.object.as_str()).collect();
            let more = objects.len().saturating_sub(MOST);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            Some(sentence(&objects.first()?.kind, &format!("{}{more}", names.join(", "))))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::{Comment, Object, Relation};
    use crate::domain::name::QName;

    #[test]
    fn what_the_expectation_says_nothing_about_is_named_in_scope_whole() {
        let name = QName::new("public", "t");
        let plain = Catalog { relations: [(name.clone(), Relation::default())].into(), ..Catalog::default() };
        let comments = [(Object::Table(name), Comment("on paper".into()))].into();
        let commented = Catalog { comments, ..plain.clone() };
        let told =
            "comments are not compared, because the expectation has none; objects with comments in the live schema: 1";
        assert_eq!(unsaid(&plain, &commented, Scope::Whole), [told]);
        assert!(unsaid(&plain, &commented, Scope::Declared).is_empty());
        assert!(unsaid(&commented, &commented, Scope::Whole).is_empty());
        assert!(unsaid(&plain, &plain, Scope::Whole).is_empty());
    }
}
