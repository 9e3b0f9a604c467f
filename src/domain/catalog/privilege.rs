//! Privileges on objects, as far as they are not what every object of the kind is born with.
//!
//! The owner is no role here: two databases whose owners have other names have the same privileges.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

use crate::domain::name::Name;

/// Who may do something. `Display` gives the words for people; no role can be called as the first two are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grantee {
    /// Of the object.
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

/// One thing that can be done with an object.
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

    /// As `aclexplode` gives it, and GRANT takes it.
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

    /// `None` for one that this program does not know.
    pub fn from_sql(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_sql() == word)
    }
}

/// Whether somebody has a privilege, where that is not as usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    No,
    Yes,
    /// And may grant it to others.
    Grantable,
}

impl Held {
    /// From what `sql/catalog/privileges.sql` calls it.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "no" => Some(Self::No),
            "yes" => Some(Self::Yes),
            "grantable" => Some(Self::Grantable),
            _ => None,
        }
    }
}

/// What one grantee may do with one object, as far as it is not as usual: what every new object of its kind brings, its
/// owner everything, PUBLIC EXECUTE of a routine, USAGE of a type. `Display` gives one line for people.
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
