//! The text of a configuration file: substitution of `${NAME}`, positions in the file, and spelling hints.
//!
//! Substitution takes place in the string values of the parsed document, never in the raw text, so that a value cannot
//! change the file's structure. Knows no keys.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Problem;

/// A parsed document with every `${NAME}` replaced. It remembers the substituted values, to keep them out of messages.
pub struct Document<'a> {
    text: &'a str,
    substituted: Vec<(String, String)>,
}

impl<'a> Document<'a> {
    /// Parses `text`; `lookup` gives the value of an environment variable.
    pub fn parse(
        text: &'a str,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(Self, Spanned<DeTable<'a>>), Vec<Problem>> {
        let mut document = Self { text, substituted: Vec::new() };
        let mut tree = DeTable::parse(text).map_err(|error| vec![document.syntax(&error)])?;
        let mut problems = Vec::new();
        for (_, value) in tree.get_mut().iter_mut() {
            document.substitute(value, lookup, &mut problems);
        }
        if problems.is_empty() { Ok((document, tree)) } else { Err(problems) }
    }

    fn substitute(
        &mut self,
        value: &mut Spanned<DeValue<'a>>,
        lookup: &dyn Fn(&str) -> Option<String>,
        problems: &mut Vec<Problem>,
    ) {
        let span = value.span();
        match value.get_mut() {
            DeValue::String(text) if text.contains('\0') => {
                problems.push(
                    self.problem(&span, "it holds a NUL character, which neither PostgreSQL nor this host takes"),
                );
            }
            DeValue::String(text) => match self.expand(text, lookup) {
                Ok(Some(expanded)) => *text = Cow::Owned(expanded),
                Ok(None) => {}
                Err(message) => problems.push(self.problem(&span, message)),
            },
            // A bare date is accepted like a quoted one.
            DeValue::Datetime(date) => *value.get_mut() = DeValue::String(Cow::Owned(date.to_string())),
            DeValue::Array(items) => items.iter_mut().for_each(|item| self.substitute(item, lookup, problems)),
            DeValue::Table(table) => {
                table.iter_mut().for_each(|(_, item)| self.substitute(item, lookup, problems));
            }
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) => {}
        }
    }

    /// `None` if there is nothing to replace. `$${` stands for a literal `${`; any other `$` is literal.
    fn expand(&mut self, text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Option<String>, String> {
        if !text.contains("${") {
            return Ok(None);
        }
        let mut expanded = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            if let Some(literal) = before.strip_suffix('$') {
                expanded.push_str(literal);
                expanded.push_str("${");
                rest = after;
                continue;
            }
            expanded.push_str(before);
            let (name, after) =
                after.split_once('}').ok_or("`${` is not closed by `}`; write `$${` for a literal `${`")?;
            let value = lookup(name).ok_or_else(|| format!("the environment variable `{name}` is not set"))?;
            expanded.push_str(&value);
            self.substituted.push((name.to_owned(), value));
            rest = after;
        }
        expanded.push_str(rest);
        Ok(Some(expanded))
    }

    /// An error of the parser or of serde, reworded and with a hint.
    pub fn syntax(&self, error: &toml::de::Error) -> Problem {
        let message = with_hint(error.message().trim());
        self.problem(&error.span().unwrap_or(0..0), message)
    }

    /// A problem at a position. Every substituted value is removed from the message, because it may be a secret; a very
    /// short one is not, because it would match everywhere.
    pub fn problem(&self, span: &Range<usize>, message: impl Into<String>) -> Problem {
        let mut message = message.into();
        for (name, value) in &self.substituted {
            if value.len() > 3 {
                message = message.replace(value, &format!("${{{name}}}"));
            }
        }
        let before = self.text.get(..span.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Problem {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            message,
        }
    }
}

/// serde says "unknown field `schedul`, expected one of `name`, `schedule`"; the hint names the nearest one.
fn with_hint(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let Some(what) = ["unknown field", "unknown variant"].iter().find(|what| message.starts_with(**what)) else {
        return message.to_owned();
    };
    let Some(written) = quoted.next() else { return message.to_owned() };
    let known: Vec<&str> = quoted.collect();
    let noun = if *what == "unknown field" { "key" } else { "value" };
    match nearest(written, &known) {
        Some(near) => format!("unknown {noun} `{written}`; did you mean `{near}`?"),
        None => format!("unknown {noun} `{written}`; known here are {}", known.join(", ")),
    }
}

/// The known word that `written` is most likely a misspelling of.
fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let score = |word: &str| strsim::damerau_levenshtein(&written.to_lowercase(), word);
    let near = known.iter().min_by_key(|word| score(word))?;
    (score(near) <= written.chars().count().max(near.len()) / 3).then_some(*near)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn environment(name: &str) -> Option<String> {
        match name {
            "HOST" => Some("db.example".into()),
            "EMPTY" => Some(String::new()),
            _ => None,
        }
    }

    #[test]
    fn replaces_in_values_only() {
        let text = "a = 'x ${HOST} ${EMPTY}y'\n[t]\nb = ['$${HOST}', '$1 $$ $']\nd = 2027-01-31\n# ${NOPE}\n";
        let (_, tree) = Document::parse(text, &environment).unwrap();
        let table = tree.get_ref();
        assert_eq!(table.get("a").unwrap().get_ref().as_str(), Some("x db.example y"));
        let nested = table.get("t").unwrap().get_ref();
        assert_eq!(nested.get("b").unwrap().get_ref().get(0).unwrap().get_ref().as_str(), Some("${HOST}"));
        assert_eq!(nested.get("b").unwrap().get_ref().get(1).unwrap().get_ref().as_str(), Some("$1 $$ $"));
        assert_eq!(nested.get("d").unwrap().get_ref().as_str(), Some("2027-01-31"));
    }

    #[test]
    fn names_every_unset_variable_and_its_place() {
        let problems = Document::parse("a = '${NOPE}'\n\nb = [1,\n  '${NO}${X']\n", &environment).err().unwrap();
        let messages: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            ["1:5: the environment variable `NOPE` is not set", "4:3: the environment variable `NO` is not set"]
        );
    }

    #[test]
    fn a_substituted_value_is_not_repeated() {
        let (document, _) = Document::parse("a = '${HOST}'", &environment).unwrap();
        assert_eq!(document.problem(&(0..0), "bad value `db.example`").message, "bad value `${HOST}`");
    }

    #[test]
    fn hints() {
        let hint = with_hint("unknown field `schedul`, expected one of `name`, `schedule`, `url`");
        assert_eq!(hint, "unknown key `schedul`; did you mean `schedule`?");
        let none = with_hint("unknown field `qqqqqqq`, expected `name` or `url`");
        assert_eq!(none, "unknown key `qqqqqqq`; known here are name, url");
    }
}
