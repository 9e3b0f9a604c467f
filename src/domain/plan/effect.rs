//! What a step does to objects and rows, as data. Whatever is decided about a step is decided by its effects, never by the
//! words of its title or of its SQL.

use serde::{Deserialize, Serialize};

use crate::domain::catalog::{Grantee, Object};
use crate::domain::name::{Name, QName};

/// One thing that a step does. A step has at least one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The object is there afterwards. A constraint has been proven of all rows.
    Create(Object),
    /// The constraint is there afterwards and binds what is written from then on; rows are not looked at.
    AddNotValid(Object),
    /// The object has another definition afterwards, and is still the same one: CREATE OR REPLACE, ALTER EXTENSION UPDATE.
    Replace(Object),
    /// A property of the object is another one.
    Alter(Object),
    /// The column has another type: its values are converted.
    Convert(Object),
    /// The object is gone afterwards.
    Drop(Object, Values),
    /// The object is the other one afterwards: another name, or another schema.
    Rename(Object, Object),
    /// The first, a foreign key or an index that kept rows unique, is gone afterwards. The second has taken its place.
    Supersede(Object, Object),
    /// The constraint is proven of the rows that are there.
    Validate(Object),
    /// The index is computed from the rows once more.
    Rebuild(Object),
    /// The second becomes a part of the first, a partitioned table or its index.
    Attach(Object, Object),
    /// The second is no part of the first any more.
    Detach(Object, Object),
    SetOwner(Object, Name),
    SetPrivileges(Object, Grantee),
    /// The sequence counts on from another value.
    SetValue(Object),
    /// Rows of the table are written.
    WriteRows(QName),
    /// The planner's statistics of the table are computed.
    Analyze(QName),
    /// The server refuses it within a transaction block, or its result is of no use there. What runs CONCURRENTLY waits for
    /// older snapshots, and nobody waits for it.
    OutsideTransaction,
    /// Written by hand: not known.
    Unknown,
}

/// What becomes of the values that a dropped object holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Values {
    /// An object of its kind holds none.
    None,
    /// They are gone: the step has the hazard `data_loss`.
    Lost,
    /// They are computed from others, which stay.
    Computed,
    /// The plan, or an earlier one, has made the object for itself.
    Own,
}

impl Values {
    /// What an object of its kind holds.
    pub fn of(object: &Object) -> Self {
        if object.class().holds_values { Self::Lost } else { Self::None }
    }
}

impl Effect {
    /// The objects that it is about, by the names before and after.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        let (first, second) = match self {
            Self::Create(it)
            | Self::AddNotValid(it)
            | Self::Replace(it)
            | Self::Alter(it)
            | Self::Convert(it)
            | Self::Drop(it, _)
            | Self::Validate(it)
            | Self::Rebuild(it)
            | Self::SetOwner(it, _)
            | Self::SetPrivileges(it, _)
            | Self::SetValue(it) => (Some(it), None),
            Self::Rename(it, other)
            | Self::Supersede(it, other)
            | Self::Attach(it, other)
            | Self::Detach(it, other) => (Some(it), Some(other)),
            Self::WriteRows(_) | Self::Analyze(_) | Self::OutsideTransaction | Self::Unknown => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// It brings an object with a name of its own in the schema, for which a role needs CREATE there.
    pub fn creates_in(&self, schema: &Name) -> bool {
        let (Self::Create(object) | Self::Replace(object)) = self else { return false };
        object.class().is_named_in_schema() && object.schema() == Some(schema)
    }
}
