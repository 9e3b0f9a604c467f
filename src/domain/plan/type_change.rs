//! The cost of a change of type, and how values are converted from one type to the other.

use std::collections::BTreeSet;

/// What the server has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TypeChange {
    /// Only the catalog changes.
    InPlace,
    /// The rows stay as they are; indexes on the column are rebuilt.
    Reindex,
    Rewrite,
}

/// By the rules of `ATColumnChangeRequiresRewrite` (src/backend/commands/tablecmds.c); in doubt a rewrite.
/// Between `timestamp` and `timestamptz` nothing is rewritten where the session's time zone is UTC, as ours is.
pub fn type_change(from: &str, to: &str) -> TypeChange {
    let ((old, old_size), (new, new_size)) = (split(from), split(to));
    let grows = match (old_size.as_deref(), new_size.as_deref()) {
        (_, None) => true,
        (Some(old), Some(new)) => {
            old.parse::<u32>().ok().zip(new.parse().ok()).is_some_and(|(old, new): (u32, u32)| old <= new)
        }
        (None, Some(_)) => false,
    };
    match (old.as_str(), new.as_str()) {
        ("character varying", "character varying") | ("bit varying", "bit varying") if grows => TypeChange::InPlace,
        ("character varying" | "text", "text") | ("text", "character varying") if new_size.is_none() => {
            TypeChange::InPlace
        }
        ("numeric", "numeric") if numeric_grows(old_size.as_deref(), new_size.as_deref()) => TypeChange::InPlace,
        ("cidr", "inet") => TypeChange::InPlace,
        (
            "timestamp without time zone"
            | "timestamp with time zone"
            | "time without time zone"
            | "time with time zone",
            _,
        ) if old == new && grows => TypeChange::InPlace,
        (
            "timestamp without time zone" | "timestamp with time zone",
            "timestamp without time zone" | "timestamp with time zone",
        ) if old_size == new_size => {
            if old == new {
                TypeChange::InPlace
            } else {
                TypeChange::Reindex
            }
        }
        _ if from == to => TypeChange::Reindex,
        _ => TypeChange::Rewrite,
    }
}

/// More digits before the decimal point, and as many after it.
fn numeric_grows(old: Option<&str>, new: Option<&str>) -> bool {
    let parse = |size: &str| -> Option<(u32, u32)> {
        let (precision, scale) = size.split_once(',').unwrap_or((size, "0"));
        Some((precision.trim().parse().ok()?, scale.trim().parse().ok()?))
    };
    match (old.and_then(parse), new) {
        (_, None) => true,
        (Some((precision, scale)), Some(new)) => parse(new).is_some_and(|(p, s)| s == scale && p >= precision),
        (None, Some(_)) => false,
    }
}

/// `character varying(20)` is `character varying` and `20`; `timestamp(3) with time zone` has its size in the middle.
fn split(data_type: &str) -> (String, Option<String>) {
    let Some((before, rest)) = data_type.split_once('(') else { return (data_type.to_owned(), None) };
    let Some((size, after)) = rest.split_once(')') else { return (data_type.to_owned(), None) };
    (format!("{before}{after}"), Some(size.to_owned()))
}

/// The type to which every value of a castable type can be cast without being truncated or padded. Without its modifier
/// a type may be another one: `character` is `character(1)`, `bit` is `bit(1)` (src/backend/parser/gram.y), `interval
/// day` has no size and truncates all the same.
pub(super) fn unsized_type(data_type: &str) -> String {
    // An array's brackets follow the modifier.
    let plain = split(data_type).0;
    let (element, brackets) = match plain.find("[]") {
        Some(at) => plain.split_at(at),
        None => (plain.as_str(), ""),
    };
    let element = match element {
        "character" => "bpchar",
        "bit" => "bit varying",
        interval if interval.starts_with("interval ") => "interval",
        other => other,
    };
    format!("{element}{brackets}")
}

/// Whether an explicit cast to the type truncates a value that is too long, while the assignment at the end of the
/// change of type refuses it.
pub(super) fn cuts(data_type: &str) -> bool {
    let (name, size) = split(data_type);
    let element = name.trim_end_matches("[]");
    size.is_some() && matches!(element, "character varying" | "character" | "bit varying" | "bit")
}

pub(super) fn is_text(data_type: &str) -> bool {
    matches!(
        split(data_type).0.as_str(),
        "text" | "character varying" | "character" | "name" | "citext" | "public.citext"
    )
}

/// The expression for `USING`.
pub fn uses(column: &str, from: &str, to: &str, through_text: bool) -> Option<String> {
    if through_text {
        let text = if from.ends_with("[]") && to.ends_with("[]") { "text[]" } else { "text" };
        return Some(format!("{column}::{text}::{}", unsized_type(to)));
    }
    match type_change(from, to) {
        TypeChange::InPlace | TypeChange::Reindex => None,
        TypeChange::Rewrite => Some(format!("{column}::{}", uncut(from, to))),
    }
}

/// The type to which values of type `from` are cast on their way to `to` so that none is truncated. Integers have no cast to
/// `bit varying`.
pub(super) fn uncut(from: &str, to: &str) -> String {
    if split(to).0 == "bit" && is_integer(from) { to.to_owned() } else { unsized_type(to) }
}

fn is_integer(data_type: &str) -> bool {
    matches!(data_type, "integer" | "bigint")
}

/// Without modifiers, fields and brackets, as `format_type` prints a type that has no modifier.
pub(super) fn plain(data_type: &str) -> String {
    let name = split(data_type).0;
    let element = name.trim_end_matches("[]");
    if element.starts_with("interval ") { "interval".into() } else { element.into() }
}

/// Whether the server has an explicit cast between the two, including the `casts` that it lists. Every type can be cast
/// to text and from it.
pub(super) fn has_cast(casts: &BTreeSet<(String, String)>, from: &str, to: &str) -> bool {
    let of_arrays = (from.ends_with("[]"), to.ends_with("[]"));
    let (from, to) = (plain(from), plain(to));
    match of_arrays {
        (true, true) | (false, false) => is_text(&from) || is_text(&to) || from == to || casts.contains(&(from, to)),
        (true, false) => is_text(&to),
        (false, true) => is_text(&from),
    }
}

/// Whether two different values may be equal after the conversion, or one that satisfies a check may violate it.
pub(super) fn merges(from: &str, to: &str) -> bool {
    let (old, new) = (split(from).0, split(to).0);
    let is_whole = |data_type: &str| matches!(data_type, "smallint" | "integer" | "bigint");
    let is_long = |data_type: &str| matches!(data_type, "character varying" | "text");
    let keeps_apart = (is_whole(&old) && (is_whole(&new) || to == "numeric"))
        || ((is_long(&old) || old == "character") && is_long(&new));
    from != to && !keeps_apart
}

/// Types between which `=` works, so that a foreign key remains valid when one side changes.
pub(super) fn family(data_type: &str) -> String {
    match unsized_type(data_type).as_str() {
        "smallint" | "integer" | "bigint" | "numeric" => "integer".into(),
        "text" | "character varying" | "bpchar" => "text".into(),
        "timestamp without time zone" | "timestamp with time zone" | "date" => "timestamp".into(),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rewritten() {
        for (from, to, change) in [
            ("character varying(20)", "character varying(40)", TypeChange::InPlace),
            ("character varying(20)", "text", TypeChange::InPlace),
            ("character varying(40)", "character varying(20)", TypeChange::Rewrite),
            ("text", "character varying", TypeChange::InPlace),
            ("text", "character varying(9)", TypeChange::Rewrite),
            ("numeric(10,2)", "numeric(12,2)", TypeChange::InPlace),
            ("numeric(10,2)", "numeric(12,3)", TypeChange::Rewrite),
            ("integer", "bigint", TypeChange::Rewrite),
            ("timestamp without time zone", "timestamp with time zone", TypeChange::Reindex),
            ("timestamp(3) without time zone", "timestamp(3) with time zone", TypeChange::Reindex),
            ("timestamp(6) without time zone", "timestamp(3) without time zone", TypeChange::Rewrite),
            ("character(3)", "text", TypeChange::Rewrite),
        ] {
            assert_eq!(type_change(from, to), change, "{from} to {to}");
        }
    }
}
