//! Table locks: the eight modes, which of them stops whom. Facts of PostgreSQL's manual, "Explicit Locking".

use std::fmt::{self, Display};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use crate::domain::name::QName;

/// The advisory lock of whoever changes a database's schema by a plan, held to the end: class ("swFX") and number. Such
/// locks are a database's own, so the database needs no part in it.
pub const FIX_LEASE: (i32, i32) = (0x7377_4658, 1);

/// From the weakest to the strongest. Each conflicts with at least what the one before it conflicts with, but for
/// `ShareUpdateExclusive` and `Share`, which conflict with each other and only the first with itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockMode {
    AccessShare,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

impl LockMode {
    pub const ALL: [Self; 8] = [
        Self::AccessShare,
        Self::RowShare,
        Self::RowExclusive,
        Self::ShareUpdateExclusive,
        Self::Share,
        Self::ShareRowExclusive,
        Self::Exclusive,
        Self::AccessExclusive,
    ];

    /// As `LOCK TABLE … IN … MODE` has it.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// From `pg_locks.mode`, e.g. `AccessExclusiveLock`.
    pub fn from_pg_locks(mode: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_pg_locks() == mode)
    }

    /// As `pg_locks.mode` has it.
    pub fn as_pg_locks(self) -> &'static str {
        match self {
            Self::AccessShare => "AccessShareLock",
            Self::RowShare => "RowShareLock",
            Self::RowExclusive => "RowExclusiveLock",
            Self::ShareUpdateExclusive => "ShareUpdateExclusiveLock",
            Self::Share => "ShareLock",
            Self::ShareRowExclusive => "ShareRowExclusiveLock",
            Self::Exclusive => "ExclusiveLock",
            Self::AccessExclusive => "AccessExclusiveLock",
        }
    }

    /// Two transactions cannot hold these on one table at a time.
    pub fn conflicts_with(self, other: Self) -> bool {
        let least = match self {
            Self::AccessShare => Self::AccessExclusive,
            Self::RowShare => Self::Exclusive,
            Self::RowExclusive => Self::Share,
            Self::ShareUpdateExclusive => Self::ShareUpdateExclusive,
            Self::Share | Self::ShareRowExclusive => Self::RowExclusive,
            Self::Exclusive => Self::RowShare,
            Self::AccessExclusive => Self::AccessShare,
        };
        other >= least && (self, other) != (Self::Share, Self::Share)
    }

    /// INSERT, UPDATE and DELETE (ROW EXCLUSIVE) wait for it.
    pub fn blocks_writers(self) -> bool {
        self >= Self::Share
    }

    /// SELECT (ACCESS SHARE) waits for it.
    pub fn blocks_readers(self) -> bool {
        self == Self::AccessExclusive
    }
}

impl Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_sql())
    }
}

impl Serialize for LockMode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_sql())
    }
}

impl<'de> Deserialize<'de> for LockMode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mode = String::deserialize(deserializer)?;
        let known = Self::ALL.into_iter().find(|known| known.as_sql() == mode);
        known.ok_or_else(|| D::Error::custom(format!("there is no lock mode {mode}")))
    }
}

/// A lock on a relation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Lock {
    #[schema(value_type = String)]
    pub table: QName,
    #[schema(value_type = String, example = "SHARE ROW EXCLUSIVE")]
    pub mode: LockMode,
}

impl Lock {
    pub fn new(table: &QName, mode: LockMode) -> Self {
        Self { table: table.clone(), mode }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicts_are_those_of_the_manual() {
        // A row and a column for each mode, from the weakest to the strongest.
        let manual = ["       x", "      xx", "    xxxx", "   xxxxx", "  xx xxx", "  xxxxxx", " xxxxxxx", "xxxxxxxx"];
        for (mode, row) in LockMode::ALL.into_iter().zip(manual) {
            for (other, cell) in LockMode::ALL.into_iter().zip(row.chars()) {
                assert_eq!(mode.conflicts_with(other), cell == 'x', "{mode}, {other}");
            }
            assert_eq!(LockMode::from_pg_locks(mode.as_pg_locks()), Some(mode));
        }
    }
}
