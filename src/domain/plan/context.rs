//! In which session a step is sent: as whom, and with which settings.
//!
//! Sessions that read, and conditions, have settings of ours, by which definitions are spelled the same everywhere. In
//! a statement that runs code of the application, or that makes values of other values, they would change what is
//! done: it has those of the application. Plain data, and the statements that bring it about. Must not decide which
//! step has which.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::name::{Name, literal};

/// What our sessions have, whatever the role, the database or the server say: what decides how a value is read and
/// written, and what a name means.
pub const OURS: [(&str, &str); 7] = [
    ("search_path", "pg_catalog"),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("TimeZone", "UTC"),
    ("bytea_output", "hex"),
    ("extra_float_digits", "1"),
    ("lc_monetary", "C"),
];

/// How statements are read: those of a plan are written for these, whatever the application's sessions have.
pub const READING: [(&str, &str); 2] = [("standard_conforming_strings", "on"), ("backslash_quote", "safe_encoding")];

/// And what those have besides that change anything: rather an error than rows that are passed over.
const SIGHT: (&str, &str) = (ROW_SECURITY, "off");

/// What decides about values as well, and does not stand in the way of reading definitions.
pub const OTHERS: [&str; 7] = [
    "array_nulls",
    "default_text_search_config",
    "lc_numeric",
    "lc_time",
    "transform_null_equals",
    "xmlbinary",
    "xmloption",
];

/// Where names are looked for.
pub const SEARCH_PATH: &str = "search_path";
pub const ROW_SECURITY: &str = "row_security";

/// What a session that carries out a plan has, where its step has no other settings.
pub fn ours() -> impl Iterator<Item = (&'static str, &'static str)> {
    OURS.into_iter().chain([SIGHT])
}

/// See the module's documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Context {
    /// SET ROLE. `None`: the fixing role itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub role: Option<Name>,
    /// What is not as in our own sessions; `search_path` as SQL has it, a list of names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
}

/// For how long a setting is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// The transaction's end.
    Commit,
    /// It is set again: for what cannot run in a transaction block.
    Changed,
}

impl Context {
    /// It is our own session.
    pub fn is_ours(&self) -> bool {
        *self == Self::default()
    }

    /// What stands before the statement.
    pub fn enter(&self, until: Until) -> Vec<String> {
        let settings = self.settings.iter().map(|(name, value)| set(until, name, &spelled(name, value)));
        settings.chain(self.role.iter().map(|role| format!("SET {}ROLE {role}", until.word()))).collect()
    }

    /// What stands behind it: whatever its code has set, also for longer, the session is ours again.
    pub fn leave(&self) -> Vec<String> {
        if self.is_ours() {
            return Vec::new();
        }
        let ours: Vec<(&str, &str)> = READING.into_iter().chain(ours()).collect();
        let others = self.settings.keys().filter(|name| !ours.iter().any(|(known, _)| known == name));
        let others = others.map(|name| set(Until::Changed, name, "DEFAULT"));
        let back = ours.iter().map(|(name, value)| set(Until::Changed, name, &spelled(name, value)));
        std::iter::once("RESET ROLE".to_owned()).chain(back).chain(others).collect()
    }

    /// Of the settings those that decide how values are read and written.
    #[must_use]
    pub fn of_values(&self) -> Self {
        let is_of_values = |name: &String| !matches!(name.as_str(), SEARCH_PATH | ROW_SECURITY);
        let settings = self.settings.clone().into_iter().filter(|(name, _)| is_of_values(name));
        Self { role: None, settings: settings.collect() }
    }

    /// The same as somebody who may be nobody else, and on a server that may not have the same locales.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        let settings = self.settings.clone().into_iter().filter(|(name, _)| !name.starts_with("lc_"));
        Self { role: None, settings: settings.collect() }
    }
}

impl Until {
    fn word(self) -> &'static str {
        match self {
            Self::Commit => "LOCAL ",
            Self::Changed => "",
        }
    }
}

fn set(until: Until, name: &str, value: &str) -> String {
    format!("SET {}{name} = {value}", until.word())
}

fn spelled(name: &str, value: &str) -> String {
    if name != SEARCH_PATH {
        return literal(value);
    }
    let path = path(value);
    if path.is_empty() { "''".into() } else { path.iter().map(Name::to_string).collect::<Vec<_>>().join(", ") }
}

/// The schemas of a search path as a setting has it: names that may stand in quotes, between commas.
pub fn path(value: &str) -> Vec<Name> {
    let mut names = Vec::new();
    let (mut name, mut in_quotes) = (String::new(), false);
    for c in value.chars().chain([',']) {
        match c {
            '"' => {
                in_quotes = !in_quotes;
                name.push(c);
            }
            ',' if !in_quotes => {
                let written = name.trim();
                // What the server would not take it does not have; nor do we then.
                names.extend(Name::from_str(written).ok().filter(|name| !name.as_str().is_empty()));
                name.clear();
            }
            c => name.push(c),
        }
    }
    names
}

/// Whether two values of a setting mean the same.
pub fn is_same(name: &str, a: &str, b: &str) -> bool {
    let folded = |value: &str| {
        let value: String = value.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        match (name, value.as_str()) {
            ("TimeZone", "utc" | "etc/utc" | "gmt" | "etc/gmt" | "uct" | "etc/uct" | "zulu" | "universal") => {
                "utc".into()
            }
            ("row_security", "on" | "true" | "yes" | "1") => "on".into(),
            ("row_security", "off" | "false" | "no" | "0") => "off".into(),
            // Above zero, all write what reads back as the same.
            ("extra_float_digits", "1" | "2" | "3") => "1".into(),
            ("lc_monetary", "posix") => "c".into(),
            _ => value,
        }
    };
    if name == SEARCH_PATH { path(a) == path(b) } else { folded(a) == folded(b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_path_is_read_as_the_server_reads_it_and_written_so_that_nothing_else_gets_in() {
        for (setting, sql) in [
            ("\"$user\", public", "\"$user\", public"),
            ("App,\"App\" , \"a,b\"\"c\"", "app, \"App\", \"a,b\"\"c\""),
            ("public; drop table t", "\"public; drop table t\""),
            ("", "''"),
        ] {
            let settings = BTreeMap::from([(SEARCH_PATH.to_owned(), setting.to_owned())]);
            let context = Context { role: None, settings };
            assert_eq!(context.enter(Until::Commit), [format!("SET LOCAL search_path = {sql}")]);
            assert!(context.leave().contains(&"SET search_path = pg_catalog".to_owned()));
        }
    }

    #[test]
    fn a_session_is_left_as_ours_in_the_order_that_lets_it() {
        let settings = [("TimeZone", "Europe/Berlin"), ("xmloption", "document")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let context = Context { role: Some("The Owner".into()), settings };
        let enter = [
            "SET LOCAL TimeZone = 'Europe/Berlin'",
            "SET LOCAL xmloption = 'document'",
            "SET LOCAL ROLE \"The Owner\"",
        ];
        assert_eq!(context.enter(Until::Commit), enter);
        let leave = context.leave();
        let is_said = |statement: &str| leave.iter().any(|said| said == statement);
        assert_eq!(leave.first().map(String::as_str), Some("RESET ROLE"));
        // Also what the step's code may have set.
        assert!(is_said("SET standard_conforming_strings = 'on'") && is_said("SET search_path = pg_catalog"));
        assert!(is_said("SET TimeZone = 'UTC'") && is_said("SET xmloption = DEFAULT"));
    }
}
