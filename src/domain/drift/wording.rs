//! The sentences about a difference and its consequence, for a person who was just woken.

use super::Difference;
use crate::domain::catalog::relation::DETACHMENT;
use crate::domain::catalog::{Kind, Relation};
use crate::domain::name::{Name, QName};

/// Longer values are shown only in `expected` and `live`, not in the sentence.
const LONGEST_VALUE: usize = 120;

pub(super) fn changed(kind: Kind, differences: &[Difference]) -> String {
    let one = |difference: &Difference| {
        let Difference { fact, expected, live, .. } = difference;
        if *fact == DETACHMENT {
            return format!("its detachment is {live}");
        }
        if expected.len().max(live.len()) > LONGEST_VALUE || expected.contains('\n') || live.contains('\n') {
            return format!("another {fact}");
        }
        match (expected.is_empty(), live.is_empty()) {
            (true, _) => format!("{fact} is {live}, expected none"),
            (_, true) => format!("no {fact}, expected {expected}"),
            (false, false) => format!("{fact} is {live}, expected {expected}"),
        }
    };
    let text: Vec<String> = differences.iter().map(one).collect();
    format!("{}: {}", kind.words(), text.join("; "))
}

pub(super) fn missing(kind: Kind) -> String {
    format!("the {} does not exist: {}", kind.words(), kind.facts().absence)
}

pub(super) fn unexpected(kind: Kind) -> String {
    format!("the {} exists, and is not expected", kind.words())
}

pub(super) fn leftover(kind: Kind) -> String {
    let what =
        "was left behind when REINDEX CONCURRENTLY was cut short: it serves no read, and every write pays for it";
    format!("the {} {what}", kind.words())
}

pub(super) fn unexpected_detachment(parent: &QName) -> String {
    format!("the table exists, is not expected, and its detachment is {}", Relation::detachment(parent))
}

pub(super) fn defeats(expected: &Name) -> String {
    format!("a second foreign key on the same columns with another action: it acts before {expected} does")
}
