//! What a step does to objects and rows, as data. Decisions about a step read its effects, never the text of its title
//! or its SQL.

use serde::{Deserialize, Serialize};

use crate::domain::catalog::{Grantee, Object};
use crate::domain::name::{Name, QName};

/// One thing that a step does. A step has at least one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The object exists after the step. A constraint has been validated.
    Create(Object),
    /// The constraint exists after the step and applies to new rows; existing rows are not checked.
    AddNotValid(Object),
    /// The object has another definition after the step and keeps its identity: CREATE OR REPLACE, ALTER EXTENSION
    /// UPDATE.
    Replace(Object),
    /// A property of the object changes.
    Alter(Object),
    /// The type of the column changes, and its values are converted.
    Convert(Object),
    /// The object does not exist after the step.
    Drop(Object, Values),
    /// The first object has become the second: another name, or another schema.
    Rename(Object, Object),
    /// The first, a foreign key or a unique index, is dropped. The second has taken its place.
    Supersede(Object, Object),
    /// The constraint is validated for the existing rows.
    Validate(Object),
    /// The index is rebuilt from the rows.
    Rebuild(Object),
    /// The second becomes a part of the first, a partitioned table or its index.
    Attach(Object, Object),
    /// The second is no longer a part of the first.
    Detach(Object, Object),
    SetOwner(Object, Name),
    SetPrivileges(Object, Grantee),
    /// The sequence continues from another value.
    SetValue(Object),
    /// Rows of the table are written.
    WriteRows(QName),
    /// The planner's statistics of the table are computed.
    Analyze(QName),
    /// The server refuses it inside a transaction block, or it has no effect there. CONCURRENTLY waits for older
    /// snapshots, and no other session waits for it.
    OutsideTransaction,
    /// Written by hand: its effects are not known.
    Unknown,
}

/// What happens to the values of a dropped object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Values {
    /// Objects of its kind store no values.
    None,
    /// They are lost: the step has the hazard `data_loss`.
    Lost,
    /// They are computed from others, which stay.
    Computed,
    /// This plan, or an earlier one, created the object as a helper.
    Own,
}

impl Values {
    /// What objects of this kind store.
    pub fn of(object: &Object) -> Self {
        if object.class().holds_values { Self::Lost } else { Self::None }
    }
}

impl Effect {
    /// The objects of the effect, by their names before and after.
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

    /// It creates an object with a name in the schema: the role needs CREATE there.
    pub fn creates_in(&self, schema: &Name) -> bool {
        let (Self::Create(object) | Self::Replace(object)) = self else { return false };
        object.class().is_named_in_schema() && object.schema() == Some(schema)
    }
}
