//! Traffic like that of the community application: what each transaction took, and how each that failed did.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use schemawarden::pg::{Source, connect};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// The database that the traffic is on.
#[derive(Clone, Copy)]
pub struct Community {
    pub users: u64,
    pub posts: u64,
}

/// What the application does. Each worker is one connection, which pauses between its transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A post, its author, and who reacts to what.
    Read,
    /// A reaction, and the credit that its author gets for it.
    React,
    /// A post is written, or edited.
    Write,
    /// A post's reactions are counted, with no index before the fix.
    Totals,
    /// A post goes, and with it its reactions or their references: without an index before the fix, and refused where
    /// there are any.
    Delete,
    /// A transaction that locks a row and stays open for seconds.
    Long,
    /// As pg_dump does: a lock and a snapshot of everything, for many seconds.
    Dump,
}

/// With the number of workers, and the pauses between transactions in ms.
const WORKERS: [(Kind, u32, u64); 7] = [
    (Kind::Read, 4, 10),
    (Kind::React, 4, 10),
    (Kind::Write, 2, 20),
    (Kind::Totals, 1, 1_000),
    (Kind::Delete, 1, 2_000),
    (Kind::Long, 2, 3_000),
    (Kind::Dump, 1, 40_000),
];
const DUMP_TAKES: Duration = Duration::from_secs(15);
/// The application's own patience with a statement.
const PATIENCE: &str = "set statement_timeout = '10s'";
/// How a post that has reactions is refused to go, before the fix: by the trigger.
pub const REFUSED: &str = "P0001";

/// One transaction of the application. The time that it is open of its own will is not counted.
#[derive(Clone, Debug)]
pub struct Done {
    pub kind: Kind,
    pub took: Duration,
    /// The SQLSTATE.
    pub failed: Option<String>,
}

/// The traffic, from [`start`](Self::start) to [`end`](Self::end).
pub struct Traffic {
    stop: CancellationToken,
    workers: Vec<JoinHandle<Vec<Done>>>,
    waits: JoinHandle<Duration>,
}

/// What came of it.
pub struct Record {
    pub done: Vec<Done>,
    /// The longest that a session of the application was seen waiting for a lock.
    pub longest_lock_wait: Duration,
}

impl Traffic {
    pub async fn start(source: &Source, on: Community) -> Self {
        let stop = CancellationToken::new();
        let mut workers = Vec::new();
        for (kind, count, pause) in WORKERS {
            for _ in 0..count {
                let worker = Worker { session: open(source).await, kind, on, slept: Duration::ZERO };
                workers.push(tokio::spawn(worker.run(Duration::from_millis(pause), stop.clone())));
            }
        }
        let waits = tokio::spawn(watch_waits(connect::open(source, source.options()).await.unwrap(), stop.clone()));
        Self { stop, workers, waits }
    }

    pub async fn end(self) -> Record {
        self.stop.cancel();
        let mut done = Vec::new();
        for worker in self.workers {
            done.append(&mut worker.await.unwrap());
        }
        Record { done, longest_lock_wait: self.waits.await.unwrap() }
    }
}

async fn open(source: &Source) -> PgConnection {
    let options = source.options().clone().application_name("community");
    let mut session = connect::open(source, &options).await.unwrap();
    sqlx::raw_sql(PATIENCE).execute(&mut session).await.unwrap();
    session
}

/// Looks every 20 ms for who waits for a lock, as the server has it.
async fn watch_waits(mut session: PgConnection, stop: CancellationToken) -> Duration {
    let mut longest = 0.0_f64;
    while !stop.is_cancelled() {
        let wait: f64 = sqlx::query_scalar(
            "select coalesce(max(extract(epoch from clock_timestamp() - l.waitstart)), 0)::float8
             from pg_locks l join pg_stat_activity a on a.pid = l.pid
             where not l.granted and a.application_name = 'community' and a.datname = current_database()",
        )
        .fetch_one(&mut session)
        .await
        .unwrap();
        longest = longest.max(wait);
        sleep(Duration::from_millis(20)).await;
    }
    Duration::from_secs_f64(longest)
}

struct Worker {
    session: PgConnection,
    kind: Kind,
    on: Community,
    /// Within the transaction under way, by its own will.
    slept: Duration,
}

impl Worker {
    async fn run(mut self, pause: Duration, stop: CancellationToken) -> Vec<Done> {
        let mut done = Vec::new();
        // A dump is under way from the start.
        if self.kind != Kind::Dump {
            sleep(pause.mul_f64(fastrand::f64())).await;
        }
        while !stop.is_cancelled() {
            self.slept = Duration::ZERO;
            let begun = Instant::now();
            let result = self.transaction().await;
            let took = begun.elapsed().saturating_sub(self.slept);
            let failed = result.err().map(|error| {
                let server = error.as_database_error().and_then(|error| Some(error.code()?.into_owned()));
                server.unwrap_or_else(|| error.to_string())
            });
            if failed.is_some() {
                sqlx::raw_sql("rollback").execute(&mut self.session).await.unwrap();
            }
            done.push(Done { kind: self.kind, took, failed });
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(pause.mul_f64(0.5 + fastrand::f64())) => {}
            }
        }
        let _ = self.session.close().await;
        done
    }

    async fn transaction(&mut self) -> Result<(), sqlx::Error> {
        let (post, user) = (fastrand::u64(1..=self.on.posts), fastrand::u64(1..=self.on.users));
        match self.kind {
            Kind::Read => {
                self.say(&format!(
                    "select p.title, p.body, u.handle from posts p join users u on u.id = p.author_id where p.id = {post}"
                ))
                .await?;
                self.say(&format!("select kind, count(*) from post_reactions where user_id = {user} group by kind"))
                    .await
            }
            Kind::React => {
                self.say("begin").await?;
                self.say(&format!("select author_id from posts where id = {post} for key share")).await?;
                // The post may have gone.
                self.say(&format!(
                    "insert into post_reactions (post_id, user_id, kind) select id, {user}, 'like' from posts where id = {post}"
                ))
                .await?;
                self.say(&format!("insert into credit_txns (user_id, amount, reason) values ({user}, 1, 'reaction')"))
                    .await?;
                self.say(&format!("update users set credits = credits + 1 where id = {user}")).await?;
                self.say("commit").await
            }
            Kind::Write if fastrand::bool() => {
                self.say(&format!("insert into posts (author_id, title) values ({user}, 'something new')")).await
            }
            Kind::Write => self.say(&format!("update posts set title = title || '!' where id = {post}")).await,
            Kind::Totals => {
                self.say(&format!("select reactions, latest from post_reaction_totals where post_id = {post}")).await
            }
            Kind::Delete => self.say(&format!("delete from posts where id = {post}")).await,
            Kind::Long => {
                self.say("begin isolation level repeatable read").await?;
                self.say(&format!("select count(*) from post_reactions where user_id = {user}")).await?;
                self.say(&format!(
                    "insert into post_reactions (post_id, user_id, kind) select id, {user}, 'wow' from posts where id = {post}"
                ))
                .await?;
                self.stay_open(Duration::from_millis(fastrand::u64(2_000..5_000))).await;
                self.say("commit").await
            }
            Kind::Dump => {
                self.say("begin isolation level repeatable read, read only").await?;
                self.say("lock table users, posts, post_reactions, credit_txns, scores in access share mode").await?;
                self.say("select count(*) from users").await?;
                self.stay_open(DUMP_TAKES).await;
                self.say("commit").await
            }
        }
    }

    async fn say(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.session).await.map(drop)
    }

    async fn stay_open(&mut self, time: Duration) {
        let begun = Instant::now();
        sleep(time).await;
        self.slept += begun.elapsed();
    }
}

impl Record {
    /// The longest transaction.
    pub fn longest(&self, of: impl Fn(Kind) -> bool) -> Duration {
        self.done.iter().filter(|done| of(done.kind)).map(|done| done.took).max().unwrap_or_default()
    }

    /// Of what is quick by nature: reads, reactions and writes.
    pub fn percentile(&self, share: f64) -> Duration {
        let mut took: Vec<_> = self.done.iter().filter(|done| is_quick(done.kind)).map(|done| done.took).collect();
        took.sort_unstable();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = (took.len() as f64 * share) as usize;
        took.get(at.min(took.len().saturating_sub(1))).copied().unwrap_or_default()
    }

    /// By SQLSTATE, without what the old schema refuses anyway.
    pub fn failed(&self) -> BTreeMap<&str, usize> {
        let mut failed = BTreeMap::new();
        for code in self.done.iter().filter_map(|done| done.failed.as_deref()).filter(|code| *code != REFUSED) {
            *failed.entry(code).or_default() += 1;
        }
        failed
    }

    pub fn refused(&self) -> usize {
        self.done.iter().filter(|done| done.failed.as_deref() == Some(REFUSED)).count()
    }
}

pub fn is_quick(kind: Kind) -> bool {
    matches!(kind, Kind::Read | Kind::React | Kind::Write)
}

impl Kind {
    pub fn title(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::React => "reaction",
            Self::Write => "write",
            Self::Totals => "count of a post's reactions",
            Self::Delete => "delete of a post",
            Self::Long => "long transaction, without its own pause",
            Self::Dump => "dump, likewise",
        }
    }
}
