//! Which defaults give each row a value of its own, by their text. Asks nobody: a function that is not known is volatile.

use crate::domain::catalog::Definition;

/// Functions of which PostgreSQL asks once for all rows, when a column is added: what is not among them may give each
/// row another value.
const STABLE: [&str; 12] = [
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "current_setting",
    "date_trunc",
    "timezone",
    "lower",
    "upper",
    "to_char",
    "make_interval",
    "jsonb_build_object",
    "numeric",
];

/// Adding a column with this default may rewrite the table. Only a guess at worst, and then on the safe side.
pub(super) fn is_volatile(default: &Definition) -> bool {
    let Some(text) = default.known() else { return true };
    // Type modifiers, as in `numeric(10,2)`, look like calls, and come behind `::`.
    let mut word = String::new();
    let mut cast = false;
    let mut quoted = false;
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' if !word.is_empty() && !cast && !STABLE.contains(&word.as_str()) => return true,
            ':' if before == ':' => cast = true,
            c if c.is_alphanumeric() || c == '_' || c == '.' || c == '"' => {
                if !(before.is_alphanumeric()
                    || before == '_'
                    || before == '.'
                    || before == '"'
                    || before == ' ' && cast)
                {
                    word.clear();
                    cast = cast && before == ':';
                }
                word.push(c);
            }
            ' ' if cast => {}
            _ => {
                word.clear();
                cast = false;
            }
        }
        before = c;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_that_differ_from_row_to_row_are_told_from_constants() {
        for constant in [
            "false",
            "0",
            "''::text",
            "now()",
            "'f(x)'::text",
            "'1.5'::numeric(10,2)",
            "'a'::character varying(20)",
            "'2020-01-01'::timestamp(3) without time zone",
            "ARRAY[]::text[]",
            "(now() + '7 days'::interval)",
            "CURRENT_TIMESTAMP",
            "'it''s (not) a call'::text",
        ] {
            assert!(!is_volatile(&constant.into()), "{constant}");
        }
        for volatile in [
            "gen_random_uuid()",
            "nextval('public.s'::regclass)",
            "clock_timestamp()",
            "random()",
            "public.f(1)",
            "\"F\"(1)",
            "('x'::text || md5(random()::text))",
        ] {
            assert!(is_volatile(&volatile.into()), "{volatile}");
        }
    }
}
