//! Limits for what runs in a scratch database: time and disk. It is ended from another session, because code can switch
//! off the limits of its own session. (Memory is limited for each process of the private server.)

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{ScratchDatabase, ScratchError, administrator};
use crate::pg::Error;

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The most that one database may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub time: Duration,
    pub disk_bytes: i64,
    /// For each process of the private server.
    pub memory_kib: u64,
}

impl Default for Bounds {
    /// The largest schemas need minutes, and some hundred megabytes.
    fn default() -> Self {
        Self { time: Duration::from_mins(10), disk_bytes: 2 << 30, memory_kib: 4 << 20 }
    }
}

impl ScratchDatabase {
    /// Waits for the work as long as the database stays within its limits. Work that has not ended by then ends when
    /// the database is dropped.
    pub async fn bounded<T>(&self, work: impl Future<Output = T>) -> Result<T, ScratchError> {
        tokio::select! {
            done = work => Ok(done),
            exceeded = self.watch() => Err(exceeded),
        }
    }

    async fn watch(&self) -> ScratchError {
        let begun = Instant::now();
        let mut session = None;
        loop {
            sleep(LOOK_EVERY.min(self.bounds.time)).await;
            if begun.elapsed() >= self.bounds.time {
                return ScratchError::Late(self.bounds.time);
            }
            // Short work is not measured.
            if session.is_none() {
                session = administrator(&self.admin.source).await.ok();
            }
            let Some(open) = &mut session else { continue };
            let size: Result<i64, Error> = sqlx::query_scalar("select pg_catalog.pg_database_size($1::text::name)")
                .bind(self.name.as_str())
                .fetch_one(open)
                .await
                .map_err(Error::from);
            match size {
                Ok(size) if size > self.bounds.disk_bytes => return ScratchError::Large(self.bounds.disk_bytes),
                Ok(_) => {}
                Err(_) => session = None,
            }
        }
    }
}
