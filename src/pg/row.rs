//! Rows of a query as structs. Each field is read from the column of its name, so that a moved or added column cannot
//! put a value into another's field.
//!
//! sqlx's derive does the same, but makes the build longer: build-time dependencies have their own features, so that
//! all of sqlx and SQLite would be compiled twice.

use sqlx::postgres::{PgRow, Postgres};
use sqlx::{Column as _, Decode, Row as _, Type};

/// A struct with `FromRow`. One with a lifetime borrows from the row, and is for very many rows: the names are looked
/// up once for all of them (otherwise 40 ms for the 150,000 columns of 10,000 tables).
macro_rules! row {
    (
        $(#[$about:meta])*
        $seen:vis struct $name:ident { $($(#[$of_field:meta])* $field_seen:vis $field:ident: $type:ty,)* }
    ) => {
        $(#[$about])*
        $seen struct $name { $($(#[$of_field])* $field_seen $field: $type,)* }

        impl sqlx::FromRow<'_, sqlx::postgres::PgRow> for $name {
            fn from_row(row: &sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: sqlx::Row::try_get(row, stringify!($field))?,)* })
            }
        }
    };
    (
        $(#[$about:meta])*
        $seen:vis struct $name:ident<$life:lifetime> {
            $($(#[$of_field:meta])* $field_seen:vis $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$about])*
        $seen struct $name<$life> { $($(#[$of_field])* $field_seen $field: $type,)* }

        impl<$life> $name<$life> {
            /// The indexes of its columns, in every row of the query.
            fn places(row: &sqlx::postgres::PgRow) -> Result<Vec<usize>, sqlx::Error> {
                [$(stringify!($field)),*].iter().map(|column| sqlx::ColumnIndex::index(column, row)).collect()
            }

            fn read(row: &$life sqlx::postgres::PgRow, places: &[usize]) -> Result<Self, sqlx::Error> {
                let mut places = places.iter().copied();
                let mut next = || places.next().ok_or(sqlx::Error::RowNotFound);
                Ok(Self { $($field: sqlx::Row::try_get(row, next()?)?,)* })
            }
        }
    };
}

/// The value of a row with one column, whatever its name.
pub(super) fn only<'r, T>(row: &'r PgRow) -> Result<T, sqlx::Error>
where
    T: Decode<'r, Postgres> + Type<Postgres>,
{
    match row.columns() {
        [column] => row.try_get(column.name()),
        columns => Err(sqlx::Error::Protocol(format!("a row of {} columns where one was asked for", columns.len()))),
    }
}

pub(super) use row;
