//! Messages of servers, marked if they may hold a row's value, with a public replacement. See
//! [`crate::domain::confidential`].

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

use crate::domain::confidential::mark;

/// Classes of errors in which the server itself names objects, settings and sessions, but no value: constraint
/// violations, locks, rights, resources, names and syntax.
const WITHOUT_VALUES: [&str; 17] =
    ["08", "0A", "23", "25", "26", "28", "2B", "3B", "3D", "3F", "40", "42", "53", "54", "55", "57", "58"];

/// The message, without the server's details, which repeat rows.
///
/// Code in the database can raise any error with any message: then the server reports a context, as it also does for
/// errors about a piece of data or a query of that code.
pub(super) fn message(error: &dyn DatabaseError) -> String {
    let code = error.code().unwrap_or_default();
    let (class, message) = (code.get(..2).unwrap_or_default(), error.message());
    let by_itself = error.try_downcast_ref::<PgDatabaseError>().is_some_and(|error| error.r#where().is_none());
    if by_itself && WITHOUT_VALUES.contains(&class) { message.to_owned() } else { mark(message, condition(&code)) }
}

/// The condition name of an SQLSTATE.
fn condition(code: &str) -> &'static str {
    match code {
        "22P02" => "invalid text representation",
        "22001" => "string data right truncation",
        "22003" => "numeric value out of range",
        "22007" => "invalid datetime format",
        "22008" => "datetime field overflow",
        "22012" => "division by zero",
        "23502" => "not null violation",
        "23503" => "foreign key violation",
        "23505" => "unique violation",
        "23514" => "check violation",
        "23P01" => "exclusion violation",
        "P0001" => "raised by code of the database",
        "P0004" => "assert failure",
        _ => match code.get(..2).unwrap_or_default() {
            "21" => "cardinality violation",
            "22" => "data exception",
            "23" => "integrity constraint violation",
            "28" => "invalid authorization specification",
            "40" => "transaction rollback",
            "42" => "syntax error or access rule violation",
            "44" => "WITH CHECK OPTION violation",
            "53" => "insufficient resources",
            "54" => "program limit exceeded",
            "55" => "object not in prerequisite state",
            "57" => "operator intervention",
            "58" => "system error",
            "P0" => "PL/pgSQL error",
            "XX" => "internal error",
            _ => "an error whose text is shown to holders of a token only",
        },
    }
}
