//! Identifiers, and the only quoting in the program.
//!
//! A [`Name`] is an identifier as PostgreSQL stores it (never quoted, 1 to 63 bytes, any unicode); quotes appear
//! when it is displayed, by the rule of the server's own `quote_ident`. Nothing else in the program may put a name
//! or a value into SQL text.

use std::borrow::{Borrow, Cow};
use std::fmt::{self, Display, Write};
use std::str::FromStr;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One identifier, as stored in the catalogs. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// The identifier without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(raw: &str) -> Self {
        Self(raw.into())
    }
}

impl From<Arc<str>> for Name {
    fn from(raw: Arc<str>) -> Self {
        Self(raw)
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if needs_no_quotes(&self.0) {
            return f.write_str(&self.0);
        }
        f.write_char('"')?;
        for part in self.0.split_inclusive('"') {
            f.write_str(part)?;
            if part.ends_with('"') {
                f.write_char('"')?;
            }
        }
        f.write_char('"')
    }
}

/// A name within a schema: a relation, a type, a sequence. Displayed and serialised as `schema.name`, each part
/// quoted where PostgreSQL would.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QName {
    pub schema: Name,
    pub name: Name,
}

impl QName {
    pub fn new(schema: impl Into<Name>, name: impl Into<Name>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }
}

impl Display for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// What is wrong with a written name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NameError {
    #[error("`{0}` is not a name: a part is empty or a quote is not closed")]
    Malformed(String),
    #[error("`{0}` has {1} parts: write it as schema.name, quoting parts that hold dots or capitals")]
    Parts(String, usize),
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(written: &str) -> Result<Self, NameError> {
        let parts = split_identifiers(written)?;
        match <[Name; 1]>::try_from(parts) {
            Ok([name]) => Ok(name),
            Err(parts) => Err(NameError::Parts(written.into(), parts.len())),
        }
    }
}

impl FromStr for QName {
    type Err = NameError;

    fn from_str(written: &str) -> Result<Self, NameError> {
        let parts = split_identifiers(written)?;
        match <[Name; 2]>::try_from(parts) {
            Ok([schema, name]) => Ok(Self { schema, name }),
            Err(parts) => Err(NameError::Parts(written.into(), parts.len())),
        }
    }
}

/// Splits `a."b.c".d` into its identifiers. Unquoted parts are folded to lower case, as PostgreSQL does for ASCII.
fn split_identifiers(written: &str) -> Result<Vec<Name>, NameError> {
    let malformed = || NameError::Malformed(written.into());
    let mut parts = Vec::new();
    let mut rest = written;
    loop {
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => take_quoted(quoted).ok_or_else(malformed)?,
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                let (part, after) = rest.split_at(end);
                (part.to_ascii_lowercase(), after)
            }
        };
        if name.is_empty() || (!rest.starts_with('"') && name.contains('"')) {
            return Err(malformed());
        }
        parts.push(Name::from(name.as_str()));
        if after.is_empty() {
            return Ok(parts);
        }
        rest = after.strip_prefix('.').ok_or_else(malformed)?;
    }
}

/// `quoted` starts behind the opening quote; gives the identifier and what follows the closing quote.
fn take_quoted(quoted: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let (before, after) = rest.split_once('"')?;
        name.push_str(before);
        match after.strip_prefix('"') {
            Some(next) => {
                name.push('"');
                rest = next;
            }
            None => return Some((name, after)),
        }
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(String::deserialize(deserializer)?.into()))
    }
}

impl Serialize for QName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for QName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A string as an SQL literal, safe under any `standard_conforming_strings`.
pub fn literal(value: &str) -> String {
    let doubled = value.replace('\'', "''");
    if doubled.contains('\\') { format!("E'{}'", doubled.replace('\\', "\\\\")) } else { format!("'{doubled}'") }
}

/// A text in dollar quotes with a tag that does not occur in it.
pub fn dollar_quoted(text: &str) -> String {
    let mut tag = "$$".to_owned();
    let mut tries = 0_u32;
    // The tag could also begin in the text and end in itself.
    while format!("{text}{tag}").find(&tag) != Some(text.len()) {
        tries += 1;
        tag = if tries == 1 { "$sql$".to_owned() } else { format!("$sql{tries}$") };
    }
    format!("{tag}{text}{tag}")
}

/// A text for people: what would move the cursor, colour the terminal or turn the direction of writing is spelled out.
/// Newlines and tabs stay.
pub fn printable(text: &str) -> Cow<'_, str> {
    spelled_out(text, |c| is_treacherous(c) && !matches!(c, '\n' | '\t'))
}

/// The same on one line.
pub fn one_line(text: &str) -> Cow<'_, str> {
    spelled_out(text, is_treacherous)
}

fn spelled_out(text: &str, which: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&which) {
        return text.into();
    }
    text.chars().map(|c| if which(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// Control characters, line and paragraph separators, and the marks that reorder what is shown.
fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Names as a comma-separated list, each quoted where needed.
pub fn list<'a>(names: impl IntoIterator<Item = &'a Name>) -> String {
    names.into_iter().map(Name::to_string).collect::<Vec<_>>().join(", ")
}

/// The rule of `quote_identifier()` in src/backend/utils/adt/ruleutils.c.
fn needs_no_quotes(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && KEYWORDS.binary_search(&name).is_err()
}

/// Every keyword of PostgreSQL 14 to 18 that is not unreserved (`pg_get_keywords()` with catcode other than U),
/// sorted. Quoting one too many is harmless; one too few is not.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce",
    "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
    "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user",
    "dec", "decimal", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists",
    "extract", "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest",
    "group", "grouping", "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect",
    "interval", "into", "is", "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists",
    "json_object", "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value",
    "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action",
    "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric",
    "offset", "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position",
    "precision", "primary", "real", "references", "returning", "right", "row", "select", "session_user",
    "setof", "similar", "smallint", "some", "substring", "symmetric", "system_user", "table", "tablesample",
    "then", "time", "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using",
    "values", "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat",
    "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize",
    "xmltable",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_the_server_does() {
        let cases = [
            ("posts", "posts"),
            ("Posts", "\"Posts\""),
            ("a.b", "\"a.b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("line\nbreak", "\"line\nbreak\""),
            ("order", "\"order\""),
            ("json", "\"json\""),
            ("имя", "\"имя\""),
            ("_x1", "_x1"),
            ("1x", "\"1x\""),
        ];
        for (raw, quoted) in cases {
            assert_eq!(Name::from(raw).to_string(), quoted);
            assert_eq!(quoted.parse::<Name>(), Ok(Name::from(raw)));
        }
    }

    #[test]
    fn qualified_names_survive_their_own_spelling() {
        let name = QName::new("we.ird\"", "Ta\nble");
        assert_eq!(name.to_string().parse::<QName>(), Ok(name));
        assert_eq!("Public.Posts".parse(), Ok(QName::new("public", "posts")));
        assert_eq!("posts".parse::<QName>(), Err(NameError::Parts("posts".into(), 1)));
        for bad in ["", ".", "a.", "\"a", "a\"b\".c\"d", "\"a\"b"] {
            assert!(bad.parse::<QName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn literals_escape_quotes_and_backslashes() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\'b"), "E'a\\\\''b'");
    }

    #[test]
    fn dollar_quotes_end_where_the_text_does() {
        assert_eq!(dollar_quoted("it's"), "$$it's$$");
        assert_eq!(dollar_quoted("$$body$$"), "$sql$$$body$$$sql$");
        assert_eq!(dollar_quoted("costs 5$"), "$sql$costs 5$$sql$");
        assert_eq!(dollar_quoted("$$ $sql$ $sql"), "$sql2$$$ $sql$ $sql$sql2$");
    }

    #[test]
    fn what_is_shown_does_nothing_to_the_terminal() {
        assert_eq!(printable("a\n\tb"), "a\n\tb");
        assert_eq!(one_line("a\n\tb"), "a\\n\\tb");
        assert_eq!(printable("x\u{1b}[2J\u{9b}1m\r\u{202e}y"), "x\\u{1b}[2J\\u{9b}1m\\r\\u{202e}y");
        assert_eq!(one_line("имя \"a\\b\""), "имя \"a\\b\"");
    }
}
