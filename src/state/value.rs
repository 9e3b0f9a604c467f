//! Parameters and rows, for both databases.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use sqlx::postgres::{PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row as _, Type};

/// A parameter of a statement.
#[derive(Clone, Debug)]
pub enum Value<'v> {
    Text(Option<Cow<'v, str>>),
    Number(Option<i64>),
}

impl<'v> From<&'v str> for Value<'v> {
    /// PostgreSQL's texts cannot contain NUL. It is replaced for both databases.
    fn from(text: &'v str) -> Self {
        Self::Text(Some(if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }))
    }
}

impl<'v> From<&'v String> for Value<'v> {
    fn from(text: &'v String) -> Self {
        text.as_str().into()
    }
}

impl<'v> From<Option<&'v str>> for Value<'v> {
    fn from(text: Option<&'v str>) -> Self {
        text.map_or(Self::Text(None), Self::from)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<DateTime<Utc>> for Value<'_> {
    fn from(at: DateTime<Utc>) -> Self {
        at.timestamp_millis().into()
    }
}

/// A row of an answer.
#[derive(Debug)]
pub enum Row {
    File(SqliteRow),
    Server(PgRow),
}

impl Row {
    pub fn get<'r, T>(&'r self, column: &str) -> Result<T, sqlx::Error>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Self::File(row) => row.try_get(column),
            Self::Server(row) => row.try_get(column),
        }
    }

    /// A time that is stored as Unix time in milliseconds.
    pub fn time(&self, column: &str) -> Result<DateTime<Utc>, sqlx::Error> {
        let millis = self.get(column)?;
        DateTime::from_timestamp_millis(millis).ok_or_else(|| unreadable(format!("{column} {millis} is no time")))
    }
}

/// The error for an invalid stored value.
pub fn unreadable(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(why.into())
}
