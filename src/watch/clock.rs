//! The clock: runs trivial functions at the times of schedules, and shows that it is running.
//!
//! What it runs must not block and must not panic: it only wakes tasks that do the work.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio_cron_scheduler::job::JobId;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::config::Schedule;

/// Jobs that may fall due in the same half second; the scheduler forgets those beyond.
const DUE_AT_ONCE: usize = 1024;

/// The scheduler answers at once, or never.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// Why nothing would ever run.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    #[error("the scheduler does not work: {0}")]
    Scheduler(#[from] JobSchedulerError),
    #[error("the scheduler does not answer")]
    Silent(#[from] tokio::time::error::Elapsed),
}

#[derive(Clone)]
pub struct Clock {
    scheduler: JobScheduler,
    last_beat: Arc<Mutex<Instant>>,
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clock").field("since_beat", &self.since_beat()).finish_non_exhaustive()
    }
}

impl Clock {
    pub async fn start() -> Result<Self, ClockError> {
        let scheduler = JobScheduler::new_with_channel_size(DUE_AT_ONCE).await?;
        let last_beat = Arc::new(Mutex::new(Instant::now()));
        let beat = Arc::clone(&last_beat);
        let job = Job::new("* * * * * *", move |_, _| {
            *beat.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        })?;
        scheduler.add(job).await?;
        scheduler.start().await?;
        Ok(Self { scheduler, last_beat })
    }

    /// How long ago the clock last showed that it runs; about a second is normal.
    pub fn since_beat(&self) -> Duration {
        self.last_beat.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// Runs `wake` at each time of `schedule`, until the job is given to [`Self::forget`].
    pub async fn at(&self, schedule: &Schedule, wake: impl Fn() + Send + Sync + 'static) -> Result<JobId, ClockError> {
        let job = Job::new(schedule, move |_, _| wake())?;
        Ok(tokio::time::timeout(ANSWER_LIMIT, self.scheduler.add(job)).await??)
    }

    pub async fn forget(&self, job: &JobId) -> Result<(), ClockError> {
        Ok(tokio::time::timeout(ANSWER_LIMIT, self.scheduler.remove(job)).await??)
    }
}
