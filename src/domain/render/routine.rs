//! The definition of a routine in its parts, as `pg_get_functiondef` prints them, and skeletons: routines with the same
//! signature that do nothing.

use std::fmt::Write as _;

use crate::domain::script::tokens::{Token, tokens};

/// Languages whose code can do no more than its caller. All others need a superuser, or are not known.
const TRUSTED: [&str; 6] = ["sql", "plpgsql", "plperl", "pltcl", "plv8", "pllua"];

/// See the module's documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts<'d> {
    /// `CREATE OR REPLACE FUNCTION …(…)` and `RETURNS …`, without the last line break.
    head: &'d str,
    language: &'d str,
    /// `IMMUTABLE STRICT LEAKPROOF …`; empty if all are defaults.
    attributes: &'d str,
    /// `SET … TO …`, one a line, and the body.
    rest: &'d str,
}

impl<'d> Parts<'d> {
    /// `None`: it does not have PostgreSQL's printed form.
    pub fn of(definition: &'d str) -> Option<Self> {
        let at = find_unquoted(definition, "\n LANGUAGE ")?;
        let (head, tail) = (definition.get(..at)?, definition.get(at + "\n LANGUAGE ".len()..)?);
        let (language, tail) = tail.split_once('\n')?;
        // The TRANSFORM clause matters only to the body and its language.
        let head = head.split("\n TRANSFORM ").next()?;
        let is_body =
            |text: &str| ["AS ", "BEGIN ATOMIC", "RETURN ", " SET "].iter().any(|word| text.starts_with(word));
        if is_body(tail) {
            return Some(Self { head, language, attributes: "", rest: tail });
        }
        let (attributes, rest) = tail.split_once('\n')?;
        is_body(rest).then_some(Self { head, language, attributes, rest })
    }

    /// Whether its language lets code do more than its caller may.
    pub fn is_untrusted(&self) -> bool {
        !TRUSTED.contains(&self.language.trim_matches('"'))
    }

    /// Only a superuser may create it.
    pub fn is_leakproof(&self) -> bool {
        self.words().any(|word| word == "LEAKPROOF")
    }

    /// Whether the body is stored as a parse tree, and printed by the deparser like a view's query.
    pub fn is_parsed(&self) -> bool {
        let body = self.rest.lines().find(|line| !line.starts_with(" SET ")).unwrap_or_default();
        body.starts_with("BEGIN ATOMIC") || body.starts_with("RETURN ")
    }

    pub fn without_leakproof(&self) -> String {
        let words: Vec<&str> = self.words().filter(|word| *word != "LEAKPROOF").collect();
        let attributes = if words.is_empty() { String::new() } else { format!(" {}\n", words.join(" ")) };
        format!("{}\n LANGUAGE {}\n{attributes}{}", self.head, self.language, self.rest)
    }

    /// The same signature, result and volatility. Unless the deparser prints it, the rest of the definition is a
    /// comment in the body: two routines that differ in it have different skeletons.
    pub fn skeleton(&self) -> String {
        let kept = ["WINDOW", "IMMUTABLE", "STABLE", "STRICT"];
        let words: Vec<&str> = self.words().filter(|word| kept.contains(word)).collect();
        let mut sql = format!("{}\n LANGUAGE plpgsql\n", self.head);
        if !words.is_empty() {
            sql.push_str(&format!(" {}\n", words.join(" ")));
        }
        let does = if self.gives_a_value() { "BEGIN RETURN NULL; END" } else { "BEGIN END" };
        let rest = if self.is_parsed() { "" } else { self.rest };
        let mut code = String::with_capacity(2 * rest.len());
        for byte in format!("{}\n{}\n{rest}", self.language, self.attributes).bytes() {
            // In hexadecimal, it cannot end the comment or the literal.
            let _ = write!(code, "{byte:02x}");
        }
        format!("{sql}AS '{does} /* {code} */'")
    }

    fn words(&self) -> impl Iterator<Item = &'d str> {
        self.attributes.split(' ').filter(|word| !word.is_empty())
    }

    /// Whether its body needs a RETURN with a value.
    fn gives_a_value(&self) -> bool {
        let Some(at) = find_unquoted(self.head, "\n RETURNS ") else { return false };
        let returns = self.head.get(at + "\n RETURNS ".len()..).unwrap_or_default();
        let arguments = self.head.get(..at).unwrap_or_default();
        let has_out =
            ["(OUT ", "(INOUT ", ", OUT ", ", INOUT "].iter().any(|word| find_unquoted(arguments, word).is_some());
        !has_out && returns != "void" && !returns.starts_with("SETOF ") && !returns.starts_with("TABLE(")
    }
}

/// The position of the text outside of quotes.
fn find_unquoted(text: &str, wanted: &str) -> Option<usize> {
    let mut quoted = tokens(text).filter(Token::is_quoted).peekable();
    text.match_indices(wanted).map(|(at, _)| at).find(|at| {
        while quoted.next_if(|token| token.end() <= *at).is_some() {}
        quoted.peek().is_none_or(|token| *at <= token.at)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_skeleton_has_the_signature_and_never_the_body() {
        let definition = "CREATE OR REPLACE FUNCTION public.\"f\n LANGUAGE c\"(a text DEFAULT '\n LANGUAGE sql\n'::text)\n \
                          RETURNS integer\n LANGUAGE plpgsql\n IMMUTABLE STRICT LEAKPROOF\n SET search_path TO ''\nAS \
                          $function$begin return evil(); end */ '$function$\n";
        let parts = Parts::of(definition).unwrap();
        assert!(parts.is_leakproof() && !parts.is_untrusted() && !parts.is_parsed());
        let skeleton = parts.skeleton();
        assert!(skeleton.starts_with(definition.split("\n LANGUAGE plpgsql").next().unwrap()), "{skeleton}");
        assert!(
            skeleton.contains("\n LANGUAGE plpgsql\n IMMUTABLE STRICT\nAS 'BEGIN RETURN NULL; END /* "),
            "{skeleton}"
        );
        assert!(!skeleton.contains("evil"), "{skeleton}");
        let other = definition.replace("evil", "good");
        assert_ne!(skeleton, Parts::of(&other).unwrap().skeleton());
        assert!(parts.without_leakproof().contains("\n IMMUTABLE STRICT\n SET search_path TO ''\nAS $function$"));
    }

    #[test]
    fn what_gives_no_single_value_returns_none() {
        for (head, does) in [
            ("CREATE OR REPLACE PROCEDURE public.p(IN a integer)", "BEGIN END"),
            ("CREATE OR REPLACE FUNCTION public.p(OUT a integer, OUT b integer)\n RETURNS record", "BEGIN END"),
            ("CREATE OR REPLACE FUNCTION public.p()\n RETURNS SETOF integer", "BEGIN END"),
            ("CREATE OR REPLACE FUNCTION public.p()\n RETURNS TABLE(a integer)", "BEGIN END"),
            ("CREATE OR REPLACE FUNCTION public.p()\n RETURNS void", "BEGIN END"),
            ("CREATE OR REPLACE FUNCTION public.p()\n RETURNS trigger", "BEGIN RETURN NULL; END"),
        ] {
            let definition = format!("{head}\n LANGUAGE c\nAS '$libdir/x', $function$x$function$\n");
            let parts = Parts::of(&definition).unwrap();
            assert!(parts.is_untrusted());
            assert!(parts.skeleton().contains(&format!("AS '{does} /*")), "{head}");
        }
    }
}
