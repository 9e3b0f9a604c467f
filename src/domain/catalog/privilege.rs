//! Privileges on objects that differ from those of every new object of the kind.
//!
//! The owner is not compared as a role: two databases whose owners have other names have the same privileges.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

use crate::domain::name::Name;

/// A grantee. `Display` writes the words for people; no role can have the names of the first two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grantee {
    /// The owner of the object.
    Owner,
    /// Every role.
    Public,
    Role(Name),
}

impl Display for Grantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner => f.write_str("OWNER"),
            Self::Public => f.write_str("PUBLIC"),
            Self::Role(name) => write!(f, "{name}"),
        }
    }
}

/// A privilege.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    Select,
    Insert,
    Update,
    Delete,
    Truncate,
    References,
    Trigger,
    /// Since PostgreSQL 17.
    Maintain,
    Usage,
    Create,
    Execute,
}

impl Privilege {
    pub const ALL: [Self; 11] = [
        Self::Select,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Truncate,
        Self::References,
        Self::Trigger,
        Self::Maintain,
        Self::Usage,
        Self::Create,
        Self::Execute,
    ];

    /// As `aclexplode` returns it, and GRANT accepts it.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Truncate => "TRUNCATE",
            Self::References => "REFERENCES",
            Self::Trigger => "TRIGGER",
            Self::Maintain => "MAINTAIN",
            Self::Usage => "USAGE",
            Self::Create => "CREATE",
            Self::Execute => "EXECUTE",
        }
    }

    /// `None` for a privilege that this program does not know.
    pub fn from_sql(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_sql() == word)
    }
}

/// Whether a grantee has a privilege, if this differs from the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    No,
    Yes,
    /// WITH GRANT OPTION.
    Grantable,
}

impl Held {
    /// From the word in the result of `sql/catalog/privileges.sql`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "no" => Some(Self::No),
            "yes" => Some(Self::Yes),
            "grantable" => Some(Self::Grantable),
            _ => None,
        }
    }
}

/// Privileges of one grantee on one object that differ from the built-in defaults of its kind: the owner has
/// everything, PUBLIC has EXECUTE on a routine and USAGE on a type. `Display` writes one line for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Privileges(pub BTreeMap<Privilege, Held>);

impl Display for Privileges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.iter().map(|(privilege, held)| match held {
            Held::No => format!("no {}", privilege.as_sql()),
            Held::Yes => privilege.as_sql().to_owned(),
            Held::Grantable => format!("{} with grant option", privilege.as_sql()),
        });
        f.write_str(&words.collect::<Vec<_>>().join(", "))
    }
}
