//! Changes many rows in batches: one short transaction for each range of a table's pages, at a pace that other sessions
//! and replicas can bear.
//!
//! Values that would be lost are stored first: the rows are read and locked, their values made durable, then
//! overwritten.

use std::time::Duration;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Row as _};
use tokio::time::Instant;

use super::event::{Event, Pause};
use super::retry::Retry;
use super::session::{Failure, ROWS_LIMIT};
use super::tid::Tid;
use super::{ApplyError, KeepError, Run, failpoint};
use crate::domain::name::QName;
use crate::domain::plan::context::Until;
use crate::domain::plan::{Limits, Step};

/// Target duration of a batch.
const AIM: Duration = Duration::from_millis(100);
const FIRST_PAGES: u64 = 100;
/// Most rows of a batch, by the statistics on rows per page.
const ROWS: f64 = 5_000.0;
const ROWS_PER_PAGE: f64 = 100.0;
/// Passes over the table: a later pass finds rows that were inserted or changed behind the current range.
const PASSES: u32 = 3;
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
const LONG_PAUSE: Duration = Duration::from_millis(500);
/// While a replica is behind, one batch a minute is sent: no flood, but progress.
const LAG_LIMIT: Duration = Duration::from_mins(1);
const LAG_EVERY: Duration = Duration::from_secs(1);
const REPORT_EVERY: Duration = Duration::from_millis(200);

/// Why a batch failed.
enum Problem {
    Failure(Failure),
    NotKept(KeepError),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// The size of the next batch, in pages.
struct Pace {
    pages: u64,
    most: u64,
}

impl Pace {
    fn new(rows_per_page: Option<f64>) -> Self {
        let most = whole(ROWS / rows_per_page.unwrap_or(ROWS_PER_PAGE).max(1.0));
        Self { pages: FIRST_PAGES.min(most), most }
    }

    fn adapt(&mut self, done: u64, rows: u64, elapsed: Duration) {
        let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
        let aim = u64::try_from(AIM.as_millis()).unwrap_or(1);
        // There were more rows on a page than the statistics say.
        if rows > whole(ROWS) {
            self.most = (done.saturating_mul(whole(ROWS)) / rows).max(1);
        }
        self.pages = (done.saturating_mul(aim) / millis).clamp(done / 4, done * 2).clamp(1, self.most);
    }

    /// False: it has the smallest size.
    fn shrink(&mut self) -> bool {
        let shrunk = self.pages > 1;
        self.pages = (self.pages / 4).max(1);
        shrunk
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u64 {
    number.max(1.0) as u64
}

/// One pass over all batches of a step.
struct Walk<'s> {
    step: &'s Step,
    table: &'s QName,
    keep: Option<&'s str>,
    rows: u64,
    reported_at: Option<Instant>,
    lag_asked: Option<Instant>,
}

impl Run<'_> {
    pub(super) async fn batches(&mut self, step: &Step, table: &QName, keep: Option<&str>) -> Result<(), ApplyError> {
        self.watch.waited_for = Some(false);
        let result = self.passes(step, table, keep).await;
        self.watch.waited_for = None;
        result
    }

    async fn passes(&mut self, step: &Step, table: &QName, keep: Option<&str>) -> Result<(), ApplyError> {
        let begun = Instant::now();
        let mut walk = Walk { step, table, keep, rows: 0, reported_at: None, lag_asked: None };
        for pass in 1..=PASSES {
            self.ready().await?;
            if self.holds_of_rows(step).await? {
                if pass == 1 {
                    self.skip();
                } else {
                    self.done(begun.elapsed(), walk.rows);
                }
                return Ok(());
            }
            (self.watch.on_event)(Event::Started { step: self.watch.place.clone(), attempt: pass });
            self.pass(&mut walk).await?;
            if step.ensures.is_none() {
                self.done(begun.elapsed(), walk.rows);
                return Ok(());
            }
        }
        if self.holds_of_rows(step).await? {
            self.done(begun.elapsed(), walk.rows);
            return Ok(());
        }
        Err(self.not_ensured(step))
    }

    /// Checks a condition that may read the rows, and take long.
    async fn holds_of_rows(&mut self, step: &Step) -> Result<bool, ApplyError> {
        let limits = Limits { statement_timeout: ROWS_LIMIT, ..step.limits };
        let mut tries = Retry::new(step.limits);
        loop {
            let limited = self.session.limit(&mut self.watch, &limits).await;
            let held = match limited {
                Ok(()) => self.holds(step, ROWS_LIMIT).await,
                Err(failure) => Err(failure),
            };
            match held {
                Ok(held) => return Ok(held),
                Err(failure) => self.again(&mut tries, failure, None).await?,
            }
        }
    }

    async fn pass(&mut self, walk: &mut Walk<'_>) -> Result<(), ApplyError> {
        let (total, rows_per_page) = self.size(walk.table).await?;
        let limits = self.session.limit(&mut self.watch, &walk.step.limits).await;
        limits.map_err(|failure| self.failed(failure, None))?;
        let mut pace = Pace::new(rows_per_page);
        let mut from = 0;
        while from < total {
            let begun = Instant::now();
            let (to, rows) = self.range(walk, &mut pace, from, total).await?;
            let elapsed = begun.elapsed();
            walk.rows += rows;
            pace.adapt(to - from, rows, elapsed);
            from = to;
            if from == total || walk.reported_at.is_none_or(|reported_at| reported_at.elapsed() >= REPORT_EVERY) {
                walk.reported_at = Some(Instant::now());
                let (step, phase) = (self.watch.place.clone(), String::new());
                (self.watch.on_event)(Event::Progress { step, phase, done: from, total, rows: walk.rows });
            }
            if from < total {
                self.give_way(walk, &mut pace, elapsed).await?;
            }
        }
        Ok(())
    }

    async fn size(&mut self, table: &QName) -> Result<(u64, Option<f64>), ApplyError> {
        let mut tries = Retry::new(Limits::SHORT);
        loop {
            let work = async |session: &mut PgConnection| {
                let query = sqlx::query(include_str!("../../../sql/apply/pages.sql")).bind(table.to_string());
                let row = query.fetch_optional(session).await?;
                row.map(|row| Ok((row.try_get::<i64, _>("pages")?, row.try_get("rows_per_page")?))).transpose()
            };
            match self.session.run(&mut self.watch, &Limits::SHORT, work).await {
                // A dropped table has no pages; the step's condition tells whether that is right.
                Ok(size) => {
                    let (pages, rows_per_page) = size.unwrap_or((0, None));
                    return Ok((u64::try_from(pages).unwrap_or(0), rows_per_page));
                }
                Err(failure) => self.again(&mut tries, failure, None).await?,
            }
        }
    }

    /// One range, retried until it is done. Gives its end, and the number of changed rows.
    async fn range(
        &mut self,
        walk: &Walk<'_>,
        pace: &mut Pace,
        from: u64,
        total: u64,
    ) -> Result<(u64, u64), ApplyError> {
        let mut tries = Retry::new(walk.step.limits);
        loop {
            self.ready().await?;
            let to = total.min(from + pace.pages);
            let (start, end) = (Tid::of_page(from), Tid::of_page(to));
            let result = match walk.keep {
                None if walk.step.context.is_ours() => {
                    self.change(&walk.step.sql, &walk.step.limits, start, end).await.map_err(Problem::Failure)
                }
                None | Some(_) => {
                    let result = match walk.keep {
                        Some(keep) => self.keep_and_change(walk, keep, start, end).await,
                        None => self.change_in_context(walk.step, start, end).await,
                    };
                    if result.is_err() {
                        // If the rollback fails as well, the next statement reports the error.
                        let _ = self.session.roll_back().await;
                    }
                    result
                }
            };
            match result {
                Ok(rows) => {
                    failpoint::here();
                    return Ok((to, rows));
                }
                Err(Problem::NotKept(source)) => {
                    return Err(ApplyError::NotKept { step: self.watch.place.clone(), source });
                }
                Err(Problem::Failure(failure)) if failure.is_late() && pace.shrink() => {}
                Err(Problem::Failure(failure)) => self.again(&mut tries, failure, None).await?,
            }
        }
    }

    async fn change(&mut self, sql: &str, limits: &Limits, from: Tid, to: Tid) -> Result<u64, Failure> {
        let sql = AssertSqlSafe(sql.to_owned());
        let work = async |session: &mut PgConnection| {
            let query = sqlx::query(sql).bind(from).bind(to);
            query.execute(session).await.map(|done| done.rows_affected())
        };
        self.session.run(&mut self.watch, limits, work).await
    }

    async fn change_in_context(&mut self, step: &Step, from: Tid, to: Tid) -> Result<u64, Problem> {
        self.session.execute(&mut self.watch, &step.limits, "begin".into()).await?;
        self.enter(step).await?;
        let changed = self.change(&step.sql, &step.limits, from, to).await?;
        self.commit(step).await?;
        Ok(changed)
    }

    /// Until the end of the transaction.
    async fn enter(&mut self, step: &Step) -> Result<(), Failure> {
        if !step.context.is_ours() {
            let enter = step.context.enter(Until::Commit).join(";");
            self.session.execute(&mut self.watch, &step.limits, enter).await?;
        }
        Ok(())
    }

    /// Commits in the same context, because deferred triggers fire at the commit.
    async fn commit(&mut self, step: &Step) -> Result<(), Failure> {
        let commit = [vec!["commit".to_owned()], step.context.leave()].concat().join(";");
        self.session.execute(&mut self.watch, &step.limits, commit).await.map(drop)
    }

    async fn keep_and_change(&mut self, walk: &Walk<'_>, keep: &str, from: Tid, to: Tid) -> Result<u64, Problem> {
        let limits = &walk.step.limits;
        self.session.execute(&mut self.watch, limits, "begin".into()).await?;
        let sql = AssertSqlSafe(keep.to_owned());
        let work = async |session: &mut PgConnection| {
            let rows = sqlx::query(sql).bind(from).bind(to).fetch_all(session).await?;
            let pair = |row: &PgRow| {
                let place = row.try_get::<&str, _>("ctid")?;
                let place = Tid::parse(place).ok_or_else(|| sqlx::Error::Protocol(format!("{place} is no ctid")))?;
                Ok((place, row.try_get("jsonb_build_object")?))
            };
            rows.iter().map(pair).collect::<Result<Vec<(Tid, String)>, sqlx::Error>>()
        };
        let (places, rows): (Vec<Tid>, Vec<String>) =
            self.session.run(&mut self.watch, limits, work).await?.into_iter().unzip();
        let mut changed = 0;
        if let Some(keeper) = self.keeper
            && !rows.is_empty()
        {
            keeper.keep(&self.plan.id, walk.table, &rows).await.map_err(Problem::NotKept)?;
            failpoint::here();
            self.enter(walk.step).await?;
            let sql = AssertSqlSafe(walk.step.sql.clone());
            let work = async |session: &mut PgConnection| {
                let query = sqlx::query(sql).bind(places);
                query.execute(session).await.map(|done| done.rows_affected())
            };
            changed = self.session.run(&mut self.watch, limits, work).await?;
            failpoint::here();
        }
        self.commit(walk.step).await?;
        Ok(changed)
    }

    /// Pauses between two batches.
    async fn give_way(&mut self, walk: &mut Walk<'_>, pace: &mut Pace, elapsed: Duration) -> Result<(), ApplyError> {
        if self.watch.waited_for.replace(false) == Some(true) {
            (self.watch.on_event)(Event::Paused { step: self.watch.place.clone(), reason: Pause::Waiters });
            pace.shrink();
            self.wait(LONG_PAUSE).await?;
        } else {
            self.wait((elapsed / 2).clamp(SHORTEST_PAUSE, AIM)).await?;
        }
        if walk.lag_asked.is_some_and(|asked| asked.elapsed() < LAG_EVERY) {
            return Ok(());
        }
        let begun = Instant::now();
        while self.watch.observer.is_replication_behind().await && begun.elapsed() < LAG_LIMIT {
            (self.watch.on_event)(Event::Paused { step: self.watch.place.clone(), reason: Pause::Replication });
            self.wait(LAG_EVERY).await?;
        }
        walk.lag_asked = Some(Instant::now());
        Ok(())
    }
}
