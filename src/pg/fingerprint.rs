//! The cheap question: has any catalog row changed since the last full read?
//!
//! Two answers of growing price and certainty. [`counters`] costs a fraction of a millisecond, and may miss a change
//! for as long as a busy backend keeps its statistics to itself (up to a minute); [`fingerprint`] costs a scan of the
//! catalogs and misses nothing. Neither takes a lock that anyone would notice.

use sqlx::AssertSqlSafe;

use super::read::classes::{COUNTERS, FINGERPRINT};
use super::{Connection, Error};

/// How many rows the schema's catalogs have ever had written; `None` where the server cannot tell (on a standby, or
/// with `track_counts` off).
pub async fn counters(connection: &mut Connection) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar(AssertSqlSafe(COUNTERS.as_str())).fetch_one(&mut connection.session).await?)
}

/// A value over `(oid, xmin)` of every catalog row that the schema is made of.
pub async fn fingerprint(connection: &mut Connection) -> Result<String, Error> {
    Ok(sqlx::query_scalar(AssertSqlSafe(FINGERPRINT.as_str())).fetch_one(&mut connection.session).await?)
}
