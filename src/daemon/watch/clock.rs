//! The scheduler: runs trivial functions at their times, and shows that it runs.
//!
//! The functions must not block or panic: they only wake tasks that do the work. The scheduler uses the wall clock
//! alone: if that is set back by two hours, it would sleep for two hours. Another task therefore compares the wall
//! clock with the time since boot; when the wall clock was set, it schedules every job again and runs each at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio_cron_scheduler::job::JobId;
use tokio_cron_scheduler::{JobScheduler, JobSchedulerError};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{error, warn};

use crate::daemon::clock::{Reading, Steps};
use crate::daemon::config::Schedule;

/// Jobs that may be due in the same half second; the scheduler drops further ones.
const DUE_AT_ONCE: usize = 1024;

/// The scheduler answers at once or not at all.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// Interval at which the wall clock is examined.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// The schedule of the beat.
const EVERY_SECOND: &str = "* * * * * *";

/// Why no job would run.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    #[error("the scheduler does not work: {0}")]
    Scheduler(#[from] JobSchedulerError),
    #[error("the scheduler does not answer")]
    Silent(#[from] tokio::time::error::Elapsed),
}

/// Names a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Job(u64);

#[derive(Clone)]
pub struct Clock {
    inner: Arc<Inner>,
    /// Ends the examination of the wall clock with the last user.
    _stop: Arc<DropGuard>,
}

struct Inner {
    scheduler: JobScheduler,
    last_beat: Mutex<Instant>,
    jobs: tokio::sync::Mutex<BTreeMap<Job, Kept>>,
    numbers: AtomicU64,
}

type Wake = Arc<dyn Fn() + Send + Sync>;

/// A job, kept for scheduling it again.
struct Kept {
    schedule: String,
    wake: Wake,
    id: JobId,
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clock").field("since_beat", &self.since_beat()).finish_non_exhaustive()
    }
}

impl Clock {
    /// `on_step` is called with the step of the wall clock, before any job runs by the new time.
    pub async fn start(on_step: impl Fn(TimeDelta) + Send + 'static) -> Result<Self, ClockError> {
        let scheduler = JobScheduler::new_with_channel_size(DUE_AT_ONCE).await?;
        let (last_beat, jobs, numbers) = (Mutex::new(Instant::now()), tokio::sync::Mutex::default(), AtomicU64::new(0));
        let inner = Arc::new(Inner { scheduler, last_beat, jobs, numbers });
        let beats = Arc::downgrade(&inner);
        let beat = move || {
            if let Some(inner) = beats.upgrade() {
                *inner.beat() = Instant::now();
            }
        };
        inner.add(EVERY_SECOND.to_owned(), Arc::new(beat)).await?;
        inner.scheduler.start().await?;
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(look(Arc::clone(&inner), on_step)));
        Ok(Self { inner, _stop: Arc::new(stop.drop_guard()) })
    }

    /// Time since the last beat; about a second is normal.
    pub fn since_beat(&self) -> Duration {
        self.inner.beat().elapsed()
    }

    /// Runs `wake` at each time of `schedule`, and after the wall clock was set, until the job is passed to
    /// [`Self::forget`].
    pub async fn at(&self, schedule: &Schedule, wake: impl Fn() + Send + Sync + 'static) -> Result<Job, ClockError> {
        self.inner.add(schedule.to_string(), Arc::new(wake)).await
    }

    pub async fn forget(&self, job: Job) -> Result<(), ClockError> {
        match self.inner.jobs.lock().await.remove(&job) {
            Some(kept) => self.inner.unschedule(&kept.id).await,
            None => Ok(()),
        }
    }
}

impl Inner {
    fn beat(&self) -> MutexGuard<'_, Instant> {
        self.last_beat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn add(&self, schedule: String, wake: Wake) -> Result<Job, ClockError> {
        let mut jobs = self.jobs.lock().await;
        let id = self.schedule(&schedule, &wake).await?;
        let job = Job(self.numbers.fetch_add(1, Ordering::Relaxed));
        jobs.insert(job, Kept { schedule, wake, id });
        Ok(job)
    }

    async fn schedule(&self, schedule: &str, wake: &Wake) -> Result<JobId, ClockError> {
        let wake = Arc::clone(wake);
        let job = tokio_cron_scheduler::Job::new(schedule, move |_, _| wake())?;
        Ok(tokio::time::timeout(ANSWER_LIMIT, self.scheduler.add(job)).await??)
    }

    async fn unschedule(&self, id: &JobId) -> Result<(), ClockError> {
        Ok(tokio::time::timeout(ANSWER_LIMIT, self.scheduler.remove(id)).await??)
    }

    /// Schedules every job by the present wall clock and runs each once, because the missed times are unknown.
    async fn reschedule(&self) -> Result<(), ClockError> {
        for kept in self.jobs.lock().await.values_mut() {
            let id = self.schedule(&kept.schedule, &kept.wake).await?;
            let old = std::mem::replace(&mut kept.id, id);
            self.unschedule(&old).await?;
            (kept.wake)();
        }
        Ok(())
    }
}

/// Keeps the schedules on the wall clock, also after it was set. Never returns.
async fn look(inner: Arc<Inner>, on_step: impl Fn(TimeDelta)) {
    let mut steps = Steps::since(Reading::now());
    let mut behind = false;
    loop {
        tokio::time::sleep(BETWEEN_LOOKS).await;
        if let Some(by) = steps.look(Reading::now()) {
            let seconds = by.num_seconds();
            warn!(
                seconds,
                "the system clock was changed: schedules follow its new time, and all targets are checked \
                now"
            );
            on_step(by);
            behind = true;
        }
        if behind {
            match inner.reschedule().await {
                Ok(()) => behind = false,
                Err(error) => error!(%error, "schedules do not follow the system clock yet; retrying"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::Utc;

    use super::*;

    #[tokio::test]
    async fn after_a_clock_step_every_job_is_rescheduled_and_run_once() {
        let clock = Clock::start(|_| ()).await.unwrap();
        let (runs, counted) = (Arc::new(AtomicU64::new(0)), || Schedule::parse("0 0 0 1 1 *", Utc::now()).unwrap());
        let count = |runs: &Arc<AtomicU64>| {
            let runs = Arc::clone(runs);
            move || drop(runs.fetch_add(1, Ordering::Relaxed).to_string())
        };
        let job = clock.at(&counted(), count(&runs)).await.unwrap();
        let before = clock.inner.jobs.lock().await.get(&job).unwrap().id;
        clock.inner.reschedule().await.unwrap();
        assert_eq!(runs.load(Ordering::Relaxed), 1);
        assert_ne!(clock.inner.jobs.lock().await.get(&job).unwrap().id, before);
        clock.forget(job).await.unwrap();
        clock.inner.reschedule().await.unwrap();
        assert_eq!(runs.load(Ordering::Relaxed), 1);
        // The beat is one of the jobs.
        *clock.inner.beat() = Instant::now().checked_sub(Duration::from_mins(1)).unwrap();
        while clock.since_beat() > Duration::from_secs(30) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
