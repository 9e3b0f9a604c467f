//! Values of types, as SQL expressions of a number, a different value for each number where the type has enough.

use squawk_lexer::{LiteralKind, TokenKind};

use crate::domain::catalog::Catalog;
use crate::domain::name::{QName, literal};
use crate::domain::script::tokens::tokens;

/// The most constants that are tried for one column.
const CONSTANTS: usize = 6;
const NUMBERS: [&str; 6] = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];
const TEXTS: [&str; 4] = ["text", "character varying", "character", "bpchar"];

/// The base type of a domain.
pub(super) fn base<'c>(catalog: &'c Catalog, data_type: &'c str) -> &'c str {
    let domain = data_type.parse::<QName>().ok().and_then(|name| catalog.domains.get(&name));
    domain.map_or(data_type, |domain| base(catalog, &domain.base_type))
}

/// The value for the number `n`, an expression of type integer. `None`: no values of this type are made.
pub(super) fn made(catalog: &Catalog, data_type: &str, n: &str) -> Option<String> {
    if let Some(element) = data_type.strip_suffix("[]") {
        return Some(format!("array[{}]::{data_type}", made(catalog, base(catalog, element), n)?));
    }
    if let Some(labels) = labels(catalog, data_type) {
        let of: Vec<_> = labels.iter().map(|label| literal(label)).collect();
        return Some(format!("(array[{}])[1 + ({n} - 1) % {}]::{data_type}", of.join(", "), of.len()));
    }
    let plain = without_modifier(data_type);
    let day = format!("(date '2020-01-01' + ({n}))");
    let value = match &*plain {
        _ if NUMBERS.contains(&&*plain) || matches!(&*plain, "oid" | "money") => format!("({n})"),
        _ if TEXTS.contains(&&*plain) || matches!(&*plain, "name" | "\"char\"" | "tsvector") => {
            format!("chr(96 + ({n}))")
        }
        "boolean" => format!("(({n}) % 2 = 1)"),
        "uuid" => format!("lpad(({n})::text, 32, '0')"),
        "date" | "timestamp without time zone" | "timestamp with time zone" => day,
        "time without time zone" | "time with time zone" => format!("(time '00:00' + ({n}) * interval '1 minute')"),
        "interval" => format!("(({n}) * interval '1 day')"),
        "json" | "jsonb" => format!("jsonb_build_object('n', {n})"),
        "bytea" => format!("int4send({n})"),
        "inet" | "cidr" => format!("('10.0.0.' || ({n}))"),
        "macaddr" => format!("('00:00:00:00:00:0' || ({n}))"),
        "bit" | "bit varying" => format!("({n})::bit(8)"),
        "point" => format!("point({n}, {n})"),
        "int4range" | "int8range" | "numrange" => format!("{plain}({n}, ({n}) + 1)"),
        "daterange" | "tsrange" | "tstzrange" => format!("{plain}({day}, {day} + 1)"),
        _ => return None,
    };
    Some(format!("{value}::{data_type}"))
}

/// The same as text. It names no types that may not exist yet.
pub(super) fn made_text(catalog: &Catalog, data_type: &str, n: &str) -> Option<String> {
    match labels(catalog, data_type) {
        Some(labels) => labels.first().map(|label| literal(label)),
        None => made(catalog, data_type, n).map(|value| format!("{value}::text")),
    }
}

pub(super) fn is_text(data_type: &str) -> bool {
    TEXTS.contains(&&*without_modifier(data_type))
}

/// Values of the type that occur in the checks.
pub(super) fn named(catalog: &Catalog, data_type: &str, checks: &[String]) -> Vec<String> {
    let plain = without_modifier(data_type);
    let found = checks.iter().flat_map(|check| constants(check));
    let values: Vec<String> = if let Some(labels) = labels(catalog, data_type) {
        labels.iter().map(|label| literal(label)).collect()
    } else if NUMBERS.contains(&&*plain) {
        let numbers = found.filter(|text| text.trim_matches('\'').parse::<f64>().is_ok());
        numbers.flat_map(|number| ["", " + 1", " - 1"].map(|by| format!("({number}::numeric{by})"))).collect()
    } else if TEXTS.contains(&&*plain) {
        // A pattern matches itself, with other characters in the place of its wildcards.
        found.filter(|text| text.starts_with('\'')).map(|text| text.replace(['%', '_'], "a")).collect()
    } else if plain == "boolean" {
        vec!["true".into(), "false".into()]
    } else if plain == "date" || plain.starts_with("timestamp") {
        let is_date =
            |text: &String| text.len() > 9 && text.trim_matches('\'').chars().take(4).all(|c| c.is_ascii_digit());
        found.filter(is_date).collect()
    } else {
        Vec::new()
    };
    values.into_iter().take(CONSTANTS).map(|value| format!("{value}::{data_type}")).collect()
}

/// Constants of an expression, as written there: quoted ones and numbers.
pub(super) fn constants(text: &str) -> Vec<String> {
    let is_constant = |kind| {
        matches!(
            kind,
            TokenKind::Literal {
                kind: LiteralKind::Str { .. } | LiteralKind::Int { .. } | LiteralKind::Numeric { .. }
            }
        )
    };
    tokens(text).filter(|token| is_constant(token.kind)).map(|token| token.text.to_owned()).collect()
}

fn labels<'c>(catalog: &'c Catalog, data_type: &str) -> Option<&'c [String]> {
    let name: QName = data_type.parse().ok()?;
    catalog.enums.get(&name).map(|it| it.labels.as_slice()).filter(|labels| !labels.is_empty())
}

/// `timestamp(3) with time zone` is a `timestamp with time zone`.
fn without_modifier(data_type: &str) -> String {
    let Some((head, rest)) = data_type.split_once('(') else { return data_type.to_owned() };
    format!("{head}{}", rest.split_once(')').map_or("", |(_, tail)| tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_quoted_texts_and_numbers() {
        let bound = "FOR VALUES FROM ('2024-01-01', 7) TO (MAXVALUE, 1.5)";
        assert_eq!(constants(bound), ["'2024-01-01'", "7", "1.5"]);
        assert_eq!(constants("(note ~ 'it''s'::text)"), ["'it''s'"]);
    }

    #[test]
    fn a_value_is_of_its_type_with_its_modifier() {
        let catalog = Catalog::default();
        assert_eq!(made(&catalog, "character(2)", "r.n").as_deref(), Some("chr(96 + (r.n))::character(2)"));
        let day = made(&catalog, "timestamp(3) with time zone", "r.n");
        assert_eq!(day.as_deref(), Some("(date '2020-01-01' + (r.n))::timestamp(3) with time zone"));
        assert_eq!(made(&catalog, "public.unheard_of", "r.n"), None);
    }
}
