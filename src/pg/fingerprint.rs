//! The cheap question: has any catalog row changed since the last full read?
//!
//! Two answers of growing cost and certainty. [`counters`] costs a fraction of a millisecond, and may miss a change as
//! long as a busy backend has not reported its statistics (up to a minute); [`fingerprint`] costs a scan of the
//! catalogs and misses nothing. Neither takes a lock that blocks others.

use sqlx::AssertSqlSafe;

use super::read::classes::{COUNTERS, FINGERPRINT};
use super::{Connection, Error};

/// The number of writes to the schema's catalogs so far; `None` if the server does not count them (on a standby, or
/// with `track_counts` off).
pub async fn counters(connection: &mut Connection) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar(AssertSqlSafe(COUNTERS.as_str())).fetch_one(&mut connection.session).await?)
}

/// A hash over `(oid, xmin)` of every catalog row of the schema.
pub async fn fingerprint(connection: &mut Connection) -> Result<String, Error> {
    Ok(sqlx::query_scalar(AssertSqlSafe(FINGERPRINT.as_str())).fetch_one(&mut connection.session).await?)
}
