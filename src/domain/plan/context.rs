//! The session in which a step is sent: its role and its settings.
//!
//! Sessions that read, and conditions, use our own settings, so that definitions are spelled the same everywhere. In a
//! statement that runs the application's code, or that converts values, these settings would change the result: it uses
//! the settings of the application's sessions. This is plain data, and the statements that set it. It must not decide
//! which step uses which session.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::name::{Name, literal};

/// Settings of our sessions, whatever the role, the database or the server has set: those that decide how a value is
/// read and written, and what a name means.
pub const OURS: [(&str, &str); 7] = [
    ("search_path", "pg_catalog"),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("TimeZone", "UTC"),
    ("bytea_output", "hex"),
    ("extra_float_digits", "1"),
    ("lc_monetary", "C"),
];

/// How statements are parsed: those of a plan are written for these settings, whatever the application's sessions have.
pub const READING: [(&str, &str); 2] = [("standard_conforming_strings", "on"), ("backslash_quote", "safe_encoding")];

/// The one other setting that changes results: an error is better than rows that are silently left out.
const SIGHT: (&str, &str) = (ROW_SECURITY, "off");

/// Settings that decide about values as well, but do not affect how definitions are read.
pub const OTHERS: [&str; 7] = [
    "array_nulls",
    "default_text_search_config",
    "lc_numeric",
    "lc_time",
    "transform_null_equals",
    "xmlbinary",
    "xmloption",
];

/// Where unqualified names are looked up.
pub const SEARCH_PATH: &str = "search_path";
pub const ROW_SECURITY: &str = "row_security";

/// Settings of a session that carries out a plan, where the step has no others.
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
    /// Settings that differ from our own sessions; `search_path` as in SQL, a list of names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
}

/// How long a setting lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until the end of the transaction.
    Commit,
    /// Until it is set again: for statements that cannot run in a transaction block.
    Changed,
}

impl Context {
    /// It is the same as our own session.
    pub fn is_ours(&self) -> bool {
        *self == Self::default()
    }

    /// Statements to send before the step's statement.
    pub fn enter(&self, until: Until) -> Vec<String> {
        let settings = self.settings.iter().map(|(name, value)| set(until, name, &spelled(name, value)));
        settings.chain(self.role.iter().map(|role| format!("SET {}ROLE {role}", until.word()))).collect()
    }

    /// Statements to send after it: whatever the application's code has set, also for the session, our settings apply
    /// again.
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

    /// Only the settings that decide how values are read and written.
    #[must_use]
    pub fn of_values(&self) -> Self {
        let is_of_values = |name: &String| !matches!(name.as_str(), SEARCH_PATH | ROW_SECURITY);
        let settings = self.settings.clone().into_iter().filter(|(name, _)| is_of_values(name));
        Self { role: None, settings: settings.collect() }
    }

    /// The same for a role that may become no other, on a server that may lack the locales.
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

/// The schemas in the value of `search_path`: names, quoted or not, separated by commas.
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
                // A name that the server would refuse cannot be in its setting, and is left out.
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
            // Every value above zero writes text that reads back as the same number.
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
