//! The lease on a database: an advisory lock of a dedicated session, held until the work ends.
//!
//! The working session takes a second lock: after a crash, the last statement of a run may go on for a moment.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::ApplyError;
use super::event::Blocker;
use super::observer::blocker;
use crate::domain::lock::FIX_LEASE;
use crate::pg::connect::connect_to_fix;
use crate::pg::{Connection, Error, Source};

/// How long the last statement of a crashed run may go on. The server checks every second whether its client lives.
const AFTERLIFE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(250);
/// Interval at which the lease is checked.
const TRUST: Duration = Duration::from_secs(1);
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// An advisory lock. Its key needs no part for the database, because advisory locks are per database.
#[derive(Clone, Copy)]
enum Part {
    Database,
    Session,
}

impl Part {
    fn key(self) -> (i32, i32) {
        let (class, database) = FIX_LEASE;
        match self {
            Self::Database => (class, database),
            Self::Session => (class, database + 1),
        }
    }
}

/// Held as long as its session lives. Only its holder applies plans to the database.
#[derive(Debug)]
pub struct Lease {
    connection: Connection,
    asked: Instant,
}

impl Lease {
    /// Takes the lease, or reports its holder.
    pub async fn take(source: &Source) -> Result<Self, ApplyError> {
        let mut connection = connect_to_fix(source, None).await?;
        let query = sqlx::query_scalar("select pg_catalog.pg_is_in_recovery()");
        if query.fetch_one(&mut connection.session).await.map_err(Error::from)? {
            return Err(ApplyError::Standby { address: source.address() });
        }
        if !try_lock(&mut connection, Part::Database).await? {
            return Err(ApplyError::Taken { holder: holder(&mut connection, Part::Database).await? });
        }
        Ok(Self { connection, asked: Instant::now() })
    }

    /// Checks periodically that the lease is still held: the lock lives as long as its session.
    pub async fn hold(&mut self) -> Result<(), ApplyError> {
        if self.asked.elapsed() >= TRUST {
            let answer = sqlx::query("select").execute(&mut self.connection.session);
            match timeout(ANSWER_LIMIT, answer).await {
                Ok(Ok(_)) => self.asked = Instant::now(),
                Ok(Err(error)) => return Err(ApplyError::LeaseLost { reason: Error::from(error).to_string() }),
                Err(_) => return Err(ApplyError::LeaseLost { reason: Error::Timeout(ANSWER_LIMIT).to_string() }),
            }
        }
        Ok(())
    }

    pub async fn close(self) {
        self.connection.close().await;
    }
}

/// Takes the working session's lock. Waits a moment for that of a crashed run.
pub(super) async fn take_hand(connection: &mut Connection) -> Result<(), ApplyError> {
    let begun = Instant::now();
    while !try_lock(connection, Part::Session).await? {
        if begun.elapsed() >= AFTERLIFE {
            return Err(ApplyError::PreviousStatementRunning { holder: holder(connection, Part::Session).await? });
        }
        sleep(POLL).await;
    }
    Ok(())
}

async fn try_lock(connection: &mut Connection, part: Part) -> Result<bool, ApplyError> {
    let (class, number) = part.key();
    let query = sqlx::query_scalar(include_str!("../../../sql/apply/lease.sql")).bind(class).bind(number);
    Ok(query.fetch_one(&mut connection.session).await.map_err(Error::from)?)
}

async fn holder(connection: &mut Connection, part: Part) -> Result<Option<Box<Blocker>>, ApplyError> {
    let (class, number) = part.key();
    let query = sqlx::query(include_str!("../../../sql/apply/holder.sql")).bind(class).bind(number);
    let row = query.fetch_optional(&mut connection.session).await.map_err(Error::from)?;
    Ok(row.as_ref().map(blocker).transpose().map_err(Error::from)?.map(Box::new))
}
