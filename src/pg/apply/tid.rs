//! `tid` as a parameter type: sqlx has none, and the server does not accept text for it.

use sqlx::Postgres;
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo};

/// OIDs of `tid` and `tid[]` in src/include/catalog/pg_type.dat; they never change.
const TID: Oid = Oid(27);
const TID_ARRAY: Oid = Oid(1010);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tid {
    block: u32,
    offset: u16,
}

impl Tid {
    /// The first place on a page. A table has at most 2^32 pages.
    pub fn of_page(page: u64) -> Self {
        Self { block: u32::try_from(page).unwrap_or(u32::MAX), offset: 0 }
    }

    /// From `(block,offset)`.
    pub fn parse(text: &str) -> Option<Self> {
        let (block, offset) = text.strip_prefix('(')?.strip_suffix(')')?.split_once(',')?;
        Some(Self { block: block.parse().ok()?, offset: offset.parse().ok()? })
    }
}

impl sqlx::Type<Postgres> for Tid {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TID)
    }
}

impl PgHasArrayType for Tid {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TID_ARRAY)
    }
}

impl Encode<'_, Postgres> for Tid {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend(&self.block.to_be_bytes());
        buffer.extend(&self.offset.to_be_bytes());
        Ok(IsNull::No)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_the_server_writes_them() {
        assert_eq!(Tid::parse("(7,65535)"), Some(Tid { block: 7, offset: 65535 }));
        assert_eq!(Tid::parse("(4294967295,0)"), Some(Tid::of_page(u64::MAX)));
        assert_eq!(Tid::parse("7,1"), None);
    }
}
