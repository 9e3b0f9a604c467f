//! What a change of type costs, and how values get from one type to the other.

/// What the server has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TypeChange {
    /// Only the catalog changes.
    InPlace,
    /// The rows stay as they are; indexes on the column are built anew.
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

/// More digits before the point, as many behind it.
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

/// The type without its size, to which every value of a castable type can be cast without being cut.
pub(super) fn unsized_type(data_type: &str) -> String {
    // An array's brackets come behind the size.
    split(data_type).0
}

pub(super) fn is_text(data_type: &str) -> bool {
    matches!(split(data_type).0.as_str(), "text" | "character varying" | "character" | "citext" | "public.citext")
}

/// `USING` this.
pub fn uses(column: &str, from: &str, to: &str, through_text: bool) -> Option<String> {
    if through_text {
        let text = if from.ends_with("[]") && to.ends_with("[]") { "text[]" } else { "text" };
        return Some(format!("{column}::{text}::{}", unsized_type(to)));
    }
    match type_change(from, to) {
        TypeChange::InPlace | TypeChange::Reindex => None,
        TypeChange::Rewrite => Some(format!("{column}::{}", unsized_type(to))),
    }
}

/// Whether the server has a cast of its own between the two. In doubt it has none.
pub(super) fn has_cast(from: &str, to: &str) -> bool {
    let group = |data_type: &str| match unsized_type(data_type).as_str() {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => "number".into(),
        "timestamp without time zone" | "timestamp with time zone" | "date" => "timestamp".into(),
        "json" | "jsonb" => "json".into(),
        "inet" | "cidr" => "address".into(),
        other => String::from(other),
    };
    is_text(from)
        || is_text(to)
        || group(from) == group(to)
        || matches!((from, to), ("boolean", "integer") | ("integer", "boolean"))
}

/// Types between which `=` works, so that a foreign key outlives the change of one side.
pub(super) fn family(data_type: &str) -> String {
    match unsized_type(data_type).as_str() {
        "smallint" | "integer" | "bigint" | "numeric" => "integer".into(),
        "text" | "character varying" | "character" => "text".into(),
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
