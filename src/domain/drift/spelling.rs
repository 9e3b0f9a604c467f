//! Whether two deparsed definitions can be two spellings of one definition. Asked before one is built in scratch to
//! find out.
//!
//! Where PostgreSQL's deparser is not a fixpoint, a round trip moves, adds or removes casts, parentheses, aliases of
//! output columns and the sign of a constant. It keeps literals, operators, keywords, and the names of columns,
//! relations and functions. Texts that differ in one of these are two definitions. This holds within one major release:
//! another one may qualify columns or call functions differently. It must not be used to call two definitions the same.

use std::collections::BTreeSet;

use squawk_lexer::TokenKind;

use crate::domain::script::tokens::{Token, tokens};

/// Words that follow the first word in the name of a type.
const REST_OF_TYPE: [&str; 15] = [
    "varying",
    "precision",
    "with",
    "without",
    "time",
    "zone",
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "to",
    "unsigned",
    "character",
];

/// False if the texts are certainly two definitions; both were printed by servers of one major release.
pub(super) fn can_be_one(expected: &str, live: &str) -> bool {
    let (expected, live) = (Kept::of(expected), Kept::of(live));
    let names_are_alike = expected.has_alias_list || live.has_alias_list || expected.names == live.names;
    names_are_alike && expected.others == live.others
}

/// The parts of a text that a round trip keeps, in any number and order.
#[derive(Default)]
struct Kept {
    /// Names of columns, relations and functions.
    names: BTreeSet<String>,
    /// Literals, operators and keywords.
    others: BTreeSet<String>,
    /// The server generates names for the columns of `t_1(a, b)`.
    has_alias_list: bool,
}

impl Kept {
    fn of(text: &str) -> Self {
        let tokens: Vec<Token<'_>> = tokens(text).filter(|token| !token.is_blank()).collect();
        let mut kept = Self::default();
        let mut rest = tokens.as_slice();
        let mut before = Part::Other;
        while let Some((token, behind)) = rest.split_first() {
            rest = behind;
            let part = Part::of(token);
            match part {
                Part::Name if before == Part::As => {}
                Part::Name => {
                    let is_called = behind.first().is_some_and(|next| next.kind == TokenKind::OpenParen);
                    kept.has_alias_list |= is_called && matches!(before, Part::Name | Part::Close);
                    kept.names.insert(token.text.trim_matches('"').to_owned());
                }
                Part::Keyword => _ = kept.others.insert(token.text.to_owned()),
                Part::Literal => _ = kept.others.insert(unsigned(token.text)),
                Part::Operator => {
                    let signs = operator(token, behind);
                    rest = behind.get(signs.len() - 1..).unwrap_or_default();
                    if signs != ["-"] {
                        kept.others.insert(signs.concat());
                    }
                }
                Part::Cast => rest = behind_type(behind),
                Part::As | Part::Close | Part::Other => {}
            }
            before = part;
        }
        kept
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Name,
    Keyword,
    As,
    Literal,
    Operator,
    Cast,
    Close,
    Other,
}

impl Part {
    fn of(token: &Token<'_>) -> Self {
        match token.kind {
            TokenKind::Ident if token.text == "AS" => Self::As,
            // The server prints keywords in capitals, and quotes names with capitals.
            TokenKind::Ident if token.text.bytes().any(|byte| byte.is_ascii_uppercase()) => Self::Keyword,
            TokenKind::Ident | TokenKind::QuotedIdent { .. } => Self::Name,
            TokenKind::Literal { .. } => Self::Literal,
            TokenKind::Colon => Self::Cast,
            TokenKind::CloseParen | TokenKind::CloseBracket => Self::Close,
            _ if is_operator(token) => Self::Operator,
            _ => Self::Other,
        }
    }
}

fn is_operator(token: &Token<'_>) -> bool {
    token.text.bytes().all(|byte| b"+-*/<>=~!@#%^&|`?".contains(&byte))
}

/// The tokens of one operator, which begins with `first`.
fn operator<'a>(first: &Token<'a>, behind: &[Token<'a>]) -> Vec<&'a str> {
    let mut end = first.end();
    let touching = behind.iter().take_while(|token| {
        let touches = token.at == end && is_operator(token);
        end = token.end();
        touches
    });
    std::iter::once(first.text).chain(touching.map(|token| token.text)).collect()
}

/// `-5` is printed as `'-5'::integer` or `- 5`.
fn unsigned(literal: &str) -> String {
    let value = literal.trim_matches('\'');
    let number = value.strip_prefix('-').unwrap_or(value);
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number { number.to_owned() } else { literal.to_owned() }
}

/// The tokens behind a cast's type, with its modifiers and brackets.
fn behind_type<'t, 'a>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    let mut rest = match tokens.split_first() {
        Some((second, behind)) if second.kind == TokenKind::Colon => behind,
        Some(_) | None => tokens,
    };
    let mut expects_name = true;
    while let Some((token, behind)) = rest.split_first() {
        match token.kind {
            TokenKind::Ident | TokenKind::QuotedIdent { .. } if expects_name => expects_name = false,
            TokenKind::Ident if REST_OF_TYPE.contains(&token.text) => {}
            TokenKind::Dot => expects_name = true,
            TokenKind::OpenBracket | TokenKind::CloseBracket => {}
            TokenKind::OpenParen => {
                let length = behind.iter().position(|token| token.kind == TokenKind::CloseParen);
                rest = length.and_then(|length| behind.get(length + 1..)).unwrap_or_default();
                continue;
            }
            _ => return rest,
        }
        rest = behind;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::can_be_one;

    #[test]
    fn what_a_round_trip_changes_may_differ() {
        for (one, other) in [
            (
                "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
                "((status)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))",
            ),
            ("(x > (- 5))", "(x > '-5'::integer)"),
            (
                " SELECT NULL::unknown AS \"?column?\",\n    t.id\n   FROM t;",
                " SELECT NULL::text AS nothing,\n    t.id\n   FROM t;",
            ),
            ("'1 day'::interval day to second(3)", "'1 day'::interval"),
            ("(a)::timestamp(3) without time zone", "((a)::timestamp without time zone)::timestamp(3)"),
            ("(a)::public.\"Mood\"[]", "a"),
            (
                " SELECT u.x\n   FROM (t u(x, y)\n  JOIN v USING (x));",
                " SELECT u.z\n   FROM (t u(z, y)\n  JOIN v USING (z));",
            ),
            ("(a IS NULL)", "((a IS NULL))"),
        ] {
            assert!(can_be_one(one, other), "{one}\n{other}");
            assert!(can_be_one(other, one), "{one}\n{other}");
        }
    }

    #[test]
    fn what_a_round_trip_keeps_distinguishes_definitions() {
        for (one, other) in [
            ("(amount > 0)", "(amount >= 0)"),
            ("(amount > 0)", "(amount > 1)"),
            ("(amount > 0)", "(price > 0)"),
            ("(status = 'a'::text)", "(status = 'b'::text)"),
            ("(status = 'a'::text)", "(status = 'A'::text)"),
            ("btree (lower(email))", "btree (upper(email))"),
            ("btree (a) WHERE is_active", "btree (a) WHERE (NOT is_active)"),
            ("(a ~~ 'x'::text)", "(a ~~* 'x'::text)"),
            ("(a -> 'x'::text)", "(a ->> 'x'::text)"),
            ("now()", "clock_timestamp()"),
            ("((a AND b) OR c)", "((a AND b) AND c)"),
            ("", "0"),
            ("(a = 'x::text')", "(a = 'y::text')"),
            (" SELECT t.id\n   FROM t;", " SELECT t.id\n   FROM u;"),
        ] {
            assert!(!can_be_one(one, other), "{one}\n{other}");
            assert!(!can_be_one(other, one), "{one}\n{other}");
        }
    }
}
