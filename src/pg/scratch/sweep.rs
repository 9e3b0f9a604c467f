//! What killed runs have left on a named scratch server is removed by the next run: databases, their owners, and
//! placeholder roles. Only with exactly our names and marks, an hour old, and never what is in use.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row as _};

use crate::domain::name::Name;
use crate::pg::Error;

pub(super) async fn sweep(session: &mut PgConnection) -> Result<(), Error> {
    let leftovers = sqlx::raw_sql(include_str!("../../../sql/scratch/leftovers.sql")).fetch_all(&mut *session).await?;
    for row in leftovers {
        let (kind, name): (String, String) = (row.try_get("kind")?, row.try_get("name")?);
        let what = if kind == "database" { "database" } else { "role" };
        let statement = format!("drop {what} if exists {}", Name::from(name.as_str()));
        match sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *session).await {
            Ok(_) => tracing::info!(kind, name, "removed from the scratch server what a killed run has left"),
            // It is in use, or belongs to another role.
            Err(error) => tracing::debug!(kind, name, error = %Error::from(error), "left on the scratch server"),
        }
    }
    Ok(())
}
