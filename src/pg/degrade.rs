//! Degraded mode by the database itself: a setting makes the application's role read-only.
//!
//! The setting is a default that the application's own SQL could override, and that takes effect in new sessions.
//! Therefore older sessions are terminated, this program's own excepted, and sessions that write nevertheless are
//! detected. The terminated sessions are not recorded: a repeated request terminates older sessions again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row as _};
use tokio::time::{Instant, sleep};

use super::connect::connect_to_fix;
use super::{Connection, Error, Guards, Source, connect};
use crate::domain::name::Name;

/// Time for the rollback of a terminated session.
const END_LIMIT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(100);
/// No old session must be seen in this many looks: a new session reads its settings a moment before it is visible.
const LOOKS: u32 = 2;

/// Why the role is not known to be in the wanted state. Contains nothing of what sessions do.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    #[error(transparent)]
    Pg(#[from] Error),
    #[error("there is no role {role} at {address}: name the one as which the application logs in")]
    NoRole { role: Name, address: String },
    #[error(
        "the role that fixes may not see the sessions of {role}: grant it that role, or both pg_read_all_stats and \
         pg_signal_backend"
    )]
    Hidden { role: Name },
    #[error(
        "sessions of {role} that are older than the change do not end within {} s (pid {}); end them, or restart the \
         application", END_LIMIT.as_secs(), listed(.pids)
    )]
    Stay { role: Name, pids: Vec<i32> },
    #[error(
        "role {role} is read-only, and sessions of it write nonetheless (pid {}): the application must not set \
         transactions to READ WRITE itself", listed(.pids)
    )]
    Writes { role: Name, pids: Vec<i32> },
}

fn listed(pids: &[i32]) -> String {
    pids.iter().map(i32::to_string).collect::<Vec<_>>().join(", ")
}

/// Whether new sessions are read-only.
struct Setting {
    /// By the role's setting in this database, which is the one that this module sets.
    own: Option<bool>,
    /// By all applicable settings together.
    effective: bool,
}

struct Session {
    pid: i32,
    /// `None`: not visible.
    old: Option<bool>,
    writes: bool,
}

/// Makes the role read-only in the database of `source`, or undoes that, and terminates sessions with the old setting.
pub async fn set(source: &Source, role: &Name, read_only: bool) -> Result<(), RoleError> {
    let mut connection = connect_to_fix(source, None).await?;
    let done = set_on(&mut connection, source, role, read_only).await;
    connection.close().await;
    done
}

/// Whether the role is read-only, and no session of it can write.
pub async fn is_set(source: &Source, role: &Name) -> Result<bool, RoleError> {
    let mut connection = connect(source, &Guards::default()).await?;
    let found = is_set_on(&mut connection, source, role).await;
    connection.close().await;
    found
}

async fn set_on(connection: &mut Connection, source: &Source, role: &Name, read_only: bool) -> Result<(), RoleError> {
    let own = setting(connection, source, role).await?.own;
    // An operator's own `off` is not removed.
    if (own == Some(true)) != read_only {
        let database: String = scalar(connection, "select pg_catalog.current_database()::text").await?;
        let change =
            if read_only { "set default_transaction_read_only = on" } else { "reset default_transaction_read_only" };
        let sql = format!("alter role {role} in database {} {change}", Name::from(database.as_str()));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection.session).await.map_err(Error::from)?;
    }
    let changed: DateTime<Utc> = scalar(connection, "select pg_catalog.clock_timestamp()").await?;
    end_sessions(connection, role, changed).await
}

/// Until no session older than `changed` is left.
async fn end_sessions(connection: &mut Connection, role: &Name, changed: DateTime<Utc>) -> Result<(), RoleError> {
    let deadline = Instant::now() + END_LIMIT;
    let mut looks = 0;
    loop {
        let sessions = sessions(connection, role, changed).await?;
        let old: Vec<_> = sessions.iter().filter(|session| session.old == Some(true)).map(|old| old.pid).collect();
        looks = if old.is_empty() { looks + 1 } else { 0 };
        if looks == LOOKS {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(RoleError::Stay { role: role.clone(), pids: old });
        }
        if !old.is_empty() {
            let query = sqlx::query(include_str!("../../sql/degrade/end.sql")).bind(old);
            query.execute(&mut connection.session).await.map_err(Error::from)?;
        }
        sleep(POLL).await;
    }
}

async fn is_set_on(connection: &mut Connection, source: &Source, role: &Name) -> Result<bool, RoleError> {
    if !setting(connection, source, role).await?.effective {
        return Ok(false);
    }
    let sessions = sessions(connection, role, Utc::now()).await?;
    let pids: Vec<_> = sessions.iter().filter(|session| session.writes).map(|session| session.pid).collect();
    if pids.is_empty() { Ok(true) } else { Err(RoleError::Writes { role: role.clone(), pids }) }
}

async fn setting(connection: &mut Connection, source: &Source, role: &Name) -> Result<Setting, RoleError> {
    let query = sqlx::query(include_str!("../../sql/degrade/setting.sql")).bind(role.as_str());
    let row = query.fetch_optional(&mut connection.session).await.map_err(Error::from)?;
    let row = row.ok_or_else(|| RoleError::NoRole { role: role.clone(), address: source.address() })?;
    let read = || {
        let effective: Option<bool> = row.try_get("effective")?;
        Ok::<_, sqlx::Error>(Setting { own: row.try_get("own")?, effective: effective.unwrap_or(false) })
    };
    Ok(read().map_err(Error::from)?)
}

async fn sessions(connection: &mut Connection, role: &Name, changed: DateTime<Utc>) -> Result<Vec<Session>, RoleError> {
    let query = sqlx::query(include_str!("../../sql/degrade/sessions.sql")).bind(role.as_str()).bind(changed);
    let rows = query.fetch_all(&mut connection.session).await.map_err(Error::from)?;
    let session = |row: &sqlx::postgres::PgRow| {
        Ok::<_, sqlx::Error>(Session {
            pid: row.try_get("pid")?,
            old: row.try_get("old")?,
            writes: row.try_get("writes")?,
        })
    };
    let sessions: Vec<_> = rows.iter().map(session).collect::<Result<_, _>>().map_err(Error::from)?;
    let hidden = sessions.iter().any(|session| session.old.is_none());
    if hidden { Err(RoleError::Hidden { role: role.clone() }) } else { Ok(sessions) }
}

async fn scalar<T>(connection: &mut Connection, sql: &'static str) -> Result<T, Error>
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    Ok(sqlx::query_scalar(sql).fetch_one(&mut connection.session).await?)
}
