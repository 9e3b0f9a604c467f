//! Exact counts of large tables in ranges, each in its own short transaction, so that no snapshot holds back VACUUM:
//! along the distinct keys if an index has their order, else along the blocks of the child.
//!
//! The ranges have different snapshots. A row whose key changes during the count may be counted twice or not at all;
//! but whether a row has its parent is always judged within one snapshot.

use std::time::Duration;

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::time::Instant;

use super::look::Leaf;
use super::session::{Failure, RANGE_LIMIT, Session};
use super::text::{Reference, Rows};
use super::{CountError, number};
use crate::pg::row::only;

/// Target duration of a range: well below the limit, well above its fixed cost.
const AIM: Duration = Duration::from_millis(450);
pub(super) const FIRST_KEYS: u64 = 20_000;
const FIRST_BLOCKS: u64 = 4_096;
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// The nodes of a plan that reads both sides in index order without sorting or hashing.
const IN_ORDER: [&str; 8] =
    ["Aggregate", "Append", "Group", "Index Only Scan", "Limit", "Merge", "Result", "Subquery Scan"];

/// Leaves only plans enabled that read in index order.
pub(super) const WALK_SETTINGS: &str = "
    set enable_hashjoin = off; set enable_nestloop = off; set enable_hashagg = off; set enable_sort = off;
    set enable_incremental_sort = off; set enable_material = off; set enable_seqscan = off;
    set enable_bitmapscan = off; set enable_tidscan = on; set work_mem = '64MB'";

/// A range of blocks is sorted and merged with the parent's index, or probes it in order. A hash of a large parent
/// would be built again for each range.
pub(super) const SORTED_SETTINGS: &str = "
    set enable_hashjoin = off; set enable_nestloop = on; set enable_sort = on; set enable_material = off;
    set enable_memoize = off; set enable_seqscan = off; set enable_bitmapscan = on; set work_mem = '64MB'";

/// A small parent is hashed.
pub(super) const HASHED_SETTINGS: &str = "
    set enable_hashjoin = on; set enable_nestloop = on; set enable_sort = on; set enable_seqscan = on;
    set enable_bitmapscan = on; set work_mem = '64MB'";

/// The size of the next range.
#[derive(Debug)]
struct Pace {
    size: u64,
}

impl Pace {
    /// Adapts to a range of `done` units that took `elapsed`.
    fn adapt(&mut self, done: u64, elapsed: Duration) {
        let share = AIM.as_millis() / elapsed.as_millis().max(1);
        let fitting = if share >= 4 {
            done.saturating_mul(4)
        } else {
            let scaled = u128::from(done) * AIM.as_millis() / elapsed.as_millis().max(1);
            u64::try_from(scaled).unwrap_or(u64::MAX)
        };
        self.size = fitting.max(1);
    }

    /// Adapts to a range that reached its limit. False: it had the smallest size.
    fn shrink(&mut self) -> bool {
        let shrunk = self.size > 1;
        self.size = (self.size / 4).max(1);
        shrunk
    }
}

/// Logs the progress of a long count at intervals.
#[derive(Debug)]
pub(super) struct Progress<'a> {
    pub invariant: &'a str,
    ranges: u64,
    logged_at: Instant,
}

impl<'a> Progress<'a> {
    pub fn new(invariant: &'a str) -> Self {
        Self { invariant, ranges: 0, logged_at: Instant::now() }
    }

    /// `done` of `all` units; the total is unknown along keys.
    fn range(&mut self, unit: &'static str, done: u64, all: Option<u64>, found: u64) {
        self.ranges += 1;
        if self.logged_at.elapsed() >= PROGRESS_EVERY {
            self.logged_at = Instant::now();
            let (invariant, ranges) = (self.invariant, self.ranges);
            tracing::info!(invariant, ranges, unit, done, all, found, "counting");
        }
    }
}

/// Whether both sides can be read in key order by an index. The planner decides, because it knows partial indexes,
/// collations, operator classes and partitions.
pub(super) async fn can_walk(session: &mut Session<'_>, reference: &Reference) -> Result<bool, Failure> {
    if !reference.has_bounds() {
        return Ok(false);
    }
    session.execute(WALK_SETTINGS.to_owned()).await?;
    in_order(session, &reference.walk(None, FIRST_KEYS)).await
}

async fn in_order(session: &mut Session<'_>, sql: &str) -> Result<bool, Failure> {
    let plan = session.fetch(format!("explain (costs off) {sql}")).await?;
    for (number, row) in plan.iter().enumerate() {
        let line = only::<&str>(row).map_err(CountError::from)?.trim_start();
        let node = line.strip_prefix("->").map(str::trim_start).or((number == 0).then_some(line));
        if node.is_some_and(|node| !IN_ORDER.iter().any(|known| node.starts_with(known))) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Dangling rows, along the distinct keys, `first` of them in the first range.
pub(super) async fn walk(
    session: &mut Session<'_>,
    reference: &Reference,
    first: u64,
    progress: &mut Progress<'_>,
) -> Result<u64, CountError> {
    let mut pace = Pace { size: first };
    let (mut after, mut keys, mut dangling) = (None::<Vec<String>>, 0, 0);
    session.execute(WALK_SETTINGS.to_owned()).await?;
    loop {
        let started = Instant::now();
        let step = match session.fetch(reference.walk(after.as_deref(), pace.size)).await {
            Ok(rows) => Step::read(reference, &rows, pace.size)?,
            Err(Failure::TooLong) if pace.shrink() => continue,
            Err(Failure::TooLong) => heavy_key(session, reference, after.as_deref(), progress).await?,
            Err(Failure::Count(error)) => return Err(error),
        };
        let Some(greatest) = step.greatest else { return Ok(dangling) };
        pace.adapt(step.keys, started.elapsed());
        keys += step.keys;
        dangling += step.dangling;
        after = Some(greatest);
        progress.range("keys", keys, None, dangling);
    }
}

pub(super) struct Step {
    pub greatest: Option<Vec<String>>,
    keys: u64,
    pub dangling: u64,
}

impl Step {
    fn read(reference: &Reference, rows: &[PgRow], keys: u64) -> Result<Self, CountError> {
        let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
        Ok(Self { greatest: bounds(reference, row)?.into_iter().collect(), keys, dangling: number(row, "dangling")? })
    }
}

/// The columns b1, b2 …, one for each column of the key.
fn bounds(reference: &Reference, row: &PgRow) -> Result<Vec<Option<String>>, sqlx::Error> {
    let columns = (1..=reference.child.columns.len()).map(|i| format!("b{i}"));
    columns.map(|column| row.try_get(&*column)).collect()
}

/// The next key alone has more rows than fit a range. If it has a parent, none of them needs to be read.
pub(super) async fn heavy_key(
    session: &mut Session<'_>,
    reference: &Reference,
    after: Option<&[String]>,
    progress: &mut Progress<'_>,
) -> Result<Step, CountError> {
    let rows = session.fetch(reference.next_key(after)).await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let key: Vec<String> =
        bounds(reference, row)?.into_iter().collect::<Option<_>>().ok_or(sqlx::Error::RowNotFound)?;
    let (child, parent) = reference.with_key(&key);
    let found = session.fetch(format!("select from {} p where {parent} limit 1", reference.parent.relation)).await?;
    let dangling = if found.is_empty() {
        let each =
            |rows: Rows<'_>| format!("select pg_catalog.count(*) as rows from {} and {child}", reference.from(rows));
        session.execute(HASHED_SETTINGS.to_owned()).await?;
        let [rows] = blocks(session, &reference.child.leaves, ["rows"], each, progress).await?;
        session.execute(WALK_SETTINGS.to_owned()).await?;
        rows
    } else {
        0
    };
    Ok(Step { greatest: Some(key), keys: 1, dangling })
}

/// Rows with a NULL in the key: by the index if it has them, else along the blocks.
pub(super) async fn nulls(
    session: &mut Session<'_>,
    reference: &Reference,
    progress: &mut Progress<'_>,
) -> Result<u64, CountError> {
    if reference.child.never_null() {
        return Ok(0);
    }
    let all = reference.nulls(Rows::All);
    session.execute(WALK_SETTINGS.to_owned()).await?;
    if in_order(session, &all).await? {
        match session.fetch(all).await {
            Ok(rows) => return number(rows.first().ok_or(sqlx::Error::RowNotFound)?, "rows"),
            Err(Failure::TooLong) => (),
            Err(Failure::Count(error)) => return Err(error),
        }
    }
    session.execute(HASHED_SETTINGS.to_owned()).await?;
    let each = |rows: Rows<'_>| reference.nulls(rows);
    let [nulls] = blocks(session, &reference.child.leaves, ["rows"], each, progress).await?;
    Ok(nulls)
}

/// Sums the numbers that `sql` gives for each range of blocks.
pub(super) async fn blocks<const N: usize>(
    session: &mut Session<'_>,
    leaves: &[Leaf],
    columns: [&str; N],
    sql: impl Fn(Rows<'_>) -> String,
    progress: &mut Progress<'_>,
) -> Result<[u64; N], CountError> {
    let all = Some(leaves.iter().map(|leaf| leaf.blocks).sum());
    let mut pace = Pace { size: FIRST_BLOCKS };
    let (mut sums, mut before) = ([0; N], 0);
    for leaf in leaves {
        let end = leaf.blocks;
        let mut from = 0;
        loop {
            // The last range is open, because the table may have grown.
            let to = Some(from + pace.size).filter(|to| *to < end);
            pace.size = to.unwrap_or(end.max(from + 1)) - from;
            let started = Instant::now();
            let rows = match session.fetch(sql(Rows::Blocks { leaf, from, to })).await {
                Ok(rows) => rows,
                Err(Failure::TooLong) if pace.shrink() => continue,
                Err(Failure::TooLong) => return Err(CountError::TooSlow(leaf.relation.clone())),
                Err(Failure::Count(error)) => return Err(error),
            };
            let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
            for (sum, column) in sums.iter_mut().zip(columns) {
                *sum += number(row, column)?;
            }
            pace.adapt(pace.size, started.elapsed());
            progress.range("blocks", before + to.unwrap_or(end), all, sums.iter().sum());
            match to {
                Some(to) => from = to,
                None => break,
            }
        }
        before += end;
    }
    Ok(sums)
}

/// Below the limit of a statement; see [`RANGE_LIMIT`].
const _: () = assert!(AIM.as_millis() * 2 < RANGE_LIMIT.as_millis());
