//! One field of a JSON document, and its expected value.
//!
//! A missing field is neither equal nor different, but unknown. The rest of an answer is never shown.

use std::fmt;

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::domain::confidential::mark;

/// Longest value that is shown, in characters.
const SHOWN: usize = 80;

/// A JSON path (RFC 9535) to one value, and the value that it is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    path: JsonPath,
    value: Value,
}

#[derive(Debug, thiserror::Error)]
pub enum FieldError {
    #[error("`{path}` is no JSON path: {reason}; write e.g. $.status or $.items[0].name")]
    Path { path: String, reason: String },
    #[error("{path} leads to {found} values where one is expected")]
    NotOne { path: String, found: usize },
}

impl Field {
    /// The path and the value, as text.
    pub fn written(&self) -> (String, String) {
        (self.path.to_string(), self.value.to_string())
    }

    pub fn parse(path: &str, value: Value) -> Result<Self, FieldError> {
        match JsonPath::parse(path) {
            Ok(path) => Ok(Self { path, value }),
            Err(error) => Err(FieldError::Path { path: path.into(), reason: error.message().into() }),
        }
    }

    pub fn path(&self) -> String {
        self.path.to_string()
    }

    /// Whether the field has the value. `Err`: unknown.
    pub fn holds(&self, document: &Value) -> Result<bool, FieldError> {
        self.one(document).map(|found| *found == self.value)
    }

    /// What is wrong with the field, for people. `None`: it has the value.
    pub fn complaint(&self, document: &Value) -> Option<String> {
        match self.one(document) {
            Ok(found) if *found == self.value => None,
            Ok(found) => {
                let found = mark(&Shown(found).to_string(), "another value");
                Some(format!("{} is {found}, and not {}", self.path, Shown(&self.value)))
            }
            Err(error) => Some(error.to_string()),
        }
    }

    fn one<'a>(&self, document: &'a Value) -> Result<&'a Value, FieldError> {
        let found = self.path.query(document);
        let count = found.len();
        found.exactly_one().map_err(|_| FieldError::NotOne { path: self.path(), found: count })
    }
}

/// Short values as they are; of others only the type.
struct Shown<'a>(&'a Value);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Object(_) => f.write_str("an object"),
            Value::Array(_) => f.write_str("an array"),
            Value::String(text) if text.chars().count() > SHOWN => f.write_str("a long string"),
            // A string is shown with its quotes and escapes, so that it is one printable line.
            Value::String(text) => write!(f, "{text:?}"),
            Value::Null | Value::Bool(_) | Value::Number(_) => self.0.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_has_the_value_or_another_or_is_unknown() {
        let field = Field::parse("$.app.mode", json!("degraded")).unwrap();
        assert!(field.holds(&json!({"app": {"mode": "degraded"}})).unwrap());
        assert!(!field.holds(&json!({"app": {"mode": "normal"}})).unwrap());
        let error = field.holds(&json!({"app": {}})).unwrap_err().to_string();
        assert_eq!(error, "$.app.mode leads to 0 values where one is expected");
        let many = Field::parse("$[*]", json!(1)).unwrap();
        assert!(many.holds(&json!([1, 1])).is_err());
        assert!(many.holds(&json!([1])).unwrap());
    }

    #[test]
    fn a_complaint_shows_little() {
        let complaint = |found| {
            let complaint = Field::parse("$.a", json!(true)).unwrap().complaint(&json!({ "a": found }))?;
            Some(crate::domain::confidential::full(&complaint).into_owned())
        };
        assert_eq!(complaint(json!(true)), None);
        assert_eq!(complaint(json!("x\n\u{202e}")).unwrap(), r#"$.a is "x\n\u{202e}", and not true"#);
        assert_eq!(complaint(json!({"password": "hunter2"})).unwrap(), "$.a is an object, and not true");
        assert_eq!(complaint(json!("x".repeat(81))).unwrap(), "$.a is a long string, and not true");
    }

    #[test]
    fn an_invalid_path_is_reported() {
        let error = Field::parse("status", json!(1)).unwrap_err().to_string();
        assert!(error.starts_with("`status` is no JSON path: ") && error.contains("$.status"), "{error}");
    }
}
