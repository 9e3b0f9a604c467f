//! The executor on a real PostgreSQL, with hand-made plans: lock conflicts, invalid indexes, batches, stopping.

mod batches;
mod builds;
mod refused;
mod unique;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use schemawarden::domain::lock::{Lock, LockMode};
use schemawarden::domain::name::{QName, literal};
use schemawarden::domain::plan::handwritten::from_script;
use schemawarden::domain::plan::{Condition, Context, Limits, Plan, Segment, Step, Work, condition};
use schemawarden::pg::Source;
use schemawarden::pg::apply::{self, Applied, ApplyError, ApplySpec, Event, Keeper, Lease};
use schemawarden::pg::connect::open;
use sqlx::postgres::PgConnection;
use tokio_util::sync::CancellationToken;

use crate::support::{Database, eventually, psql};

const QUICK: Limits =
    Limits { lock_timeout: Duration::from_millis(300), statement_timeout: Duration::from_secs(30), attempts: 3 };

fn step(sql: &str, ensures: Option<Condition>) -> Step {
    Step {
        effects: Vec::new(),
        action: sql.chars().take(60).collect(),
        sql: sql.into(),
        ensures,
        locks: Vec::new(),
        work: Work::Metadata,
        limits: Limits::SHORT,
        hazards: Vec::new(),
        requires: Vec::new(),
        keeps: Vec::new(),
        guard: None,
        context: Context::default(),
        irreversible: None,
        undo: None,
    }
}

fn alone(step: Step) -> Segment {
    Segment::Autocommit { step: Box::new(step) }
}

fn together(lock_first: Vec<Lock>, steps: Vec<Step>) -> Segment {
    Segment::Transaction { lock_first, steps }
}

fn plan(segments: Vec<Segment>) -> Plan {
    Plan { id: "0123456789abcdef".into(), segments, ..Plan::default() }
}

fn table(name: &str) -> QName {
    QName::new("public", name)
}

/// Adds a column, in a transaction of its own.
fn adding(name: &str, column: &str) -> Segment {
    let ensures = condition::column(&table(name), &column.into(), "true");
    let step = step(&format!("alter table public.{name} add column {column} int"), Some(ensures));
    together(vec![Lock::new(&table(name), LockMode::AccessExclusive)], vec![step])
}

fn with_limits(mut segment: Segment, limits: Limits) -> Segment {
    match &mut segment {
        Segment::Transaction { steps, .. } => steps.iter_mut().for_each(|step| step.limits = limits),
        Segment::Autocommit { step } => step.limits = limits,
    }
    segment
}

/// Builds an index on `t (x)`.
fn building(unique: bool) -> Segment {
    let unique = if unique { "unique " } else { "" };
    let ensures = condition::index(&table("t"), &"i".into(), "indisvalid");
    let sql = format!("create {unique}index concurrently i on public.t (x)");
    with_limits(alone(step(&sql, Some(ensures))), Limits::CONCURRENT)
}

/// One run with its events.
struct Run {
    source: Source,
    events: Mutex<Vec<Event>>,
    stop: CancellationToken,
}

impl Run {
    fn of(database: &Database) -> Self {
        Self { source: database.source.clone(), events: Mutex::default(), stop: CancellationToken::new() }
    }

    async fn apply(&self, plan: &Plan) -> Result<Applied, ApplyError> {
        self.apply_with(plan, None).await
    }

    async fn apply_with(&self, plan: &Plan, keeper: Option<&dyn Keeper>) -> Result<Applied, ApplyError> {
        let spec = ApplySpec { source: &self.source, keeper };
        let tell = |event| self.events.lock().unwrap().push(event);
        let mut lease = Lease::take(spec.source).await?;
        let applied = apply::apply(&mut lease, &spec, plan, &tell, &self.stop).await;
        lease.close().await;
        applied
    }

    fn told(&self, what: impl Fn(&Event) -> bool) -> usize {
        self.events.lock().unwrap().iter().filter(|event| what(event)).count()
    }
}

async fn apply(database: &Database, plan: &Plan) -> Result<Applied, ApplyError> {
    Run::of(database).apply(plan).await
}

/// A session of the application.
async fn session(database: &Database) -> PgConnection {
    let options = database.source.options().clone().application_name("the application");
    open(&database.source, &options).await.unwrap()
}

async fn run(session: &mut PgConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(session).await.unwrap();
}

fn ask(database: &Database, sql: &str) -> String {
    psql(&database.name, sql).trim().to_owned()
}

#[tokio::test]
async fn what_holds_is_not_sent() {
    let database = Database::with("create table t (x int, y int); create index i on t (x)");
    let mut locker = session(&database).await;
    // Any DDL on it would wait.
    run(&mut locker, "begin; lock table t in access exclusive mode").await;
    let run = Run::of(&database);
    let applied = run.apply(&plan(vec![adding("t", "y"), building(false)])).await.unwrap();
    assert_eq!((applied.carried_out, applied.skipped), (vec![], 2));
    assert_eq!(run.told(|event| matches!(event, Event::Skipped { .. })), 2);
    assert_eq!(run.told(|event| matches!(event, Event::Started { .. })), 0);
}

#[tokio::test]
async fn a_transaction_is_one_and_skips_what_holds() {
    let database = Database::with("create table t (x int, y int)");
    let add = |column: &str| {
        let ensures = condition::column(&table("t"), &column.into(), "true");
        step(&format!("alter table public.t add column {column} int"), Some(ensures))
    };
    let locks =
        vec![Lock::new(&table("none"), LockMode::AccessExclusive), Lock::new(&table("t"), LockMode::AccessExclusive)];
    let wrong = step("alter table public.t alter column nope set not null", None);
    let whole = plan(vec![together(locks.clone(), vec![add("a"), add("y"), wrong])]);
    let error = apply(&database, &whole).await.unwrap_err();
    let ApplyError::Failed { step, code, .. } = &error else { panic!("{error}") };
    assert_eq!((step.number, code.as_deref()), (3, Some("42703")), "{error}");
    let columns = "select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid = 't'::regclass \
                   and attnum > 0";
    assert_eq!(ask(&database, columns), "x y");

    let applied = apply(&database, &plan(vec![together(locks, vec![add("a"), add("y"), add("b")])])).await.unwrap();
    let sent: Vec<_> = applied.carried_out.iter().map(|done| done.step.number).collect();
    assert_eq!((sent, applied.skipped), (vec![1, 3], 1));
    assert_eq!(ask(&database, columns), "x y a b");
}

#[tokio::test]
async fn what_is_in_the_way_is_told_and_tried_again() {
    let database = Database::with("create table t (x int)");
    let mut reader = session(&database).await;
    run(&mut reader, "begin; select from t").await;
    let leave = async {
        tokio::time::sleep(Duration::from_millis(1200)).await;
        run(&mut reader, "commit").await;
    };
    let work = Run::of(&database);
    let plan = plan(vec![adding("t", "y")]);
    let (applied, ()) = tokio::join!(work.apply(&plan), leave);
    assert_eq!(applied.unwrap().carried_out.len(), 1);
    assert!(work.told(|event| matches!(event, Event::Retrying { .. })) >= 1);
    let named = |event: &Event| match event {
        Event::Waiting { blockers, .. } => blockers[0].application.as_deref() == Some("the application"),
        _ => false,
    };
    assert!(work.told(named) >= 1);
}

#[tokio::test]
async fn the_next_attempt_is_made_when_the_way_is_free() {
    let database = Database::with("create table t (x int)");
    let mut reader = session(&database).await;
    run(&mut reader, "begin; select from t").await;
    let work = Run::of(&database);
    let longest = || {
        let events = work.events.lock().unwrap();
        let pauses = events.iter().filter_map(|event| match event {
            Event::Retrying { pause, .. } => Some(*pause),
            _ => None,
        });
        pauses.max().filter(|pause| *pause > Duration::from_secs(3))
    };
    let leave = async {
        let pause = eventually("the pauses are long", async || longest()).await;
        let begun = Instant::now();
        // Until it was seen as a blocker.
        tokio::time::sleep(Duration::from_millis(500)).await;
        run(&mut reader, "commit").await;
        (pause, begun)
    };
    let plan = plan(vec![adding("t", "y")]);
    let applied = async { (work.apply(&plan).await, Instant::now()) };
    let ((applied, ended), (pause, begun)) = tokio::join!(applied, leave);
    assert_eq!(applied.unwrap().carried_out.len(), 1);
    assert!(ended - begun < pause, "it slept all of {pause:?}: {:?}", ended - begun);
}

#[tokio::test]
async fn giving_up_names_who_stood_in_the_way_and_a_later_run_continues() {
    let database = Database::with("create table t (x int); create table u (x int)");
    let mut reader = session(&database).await;
    run(&mut reader, "begin; /* a\n long */ select 1 as one from u").await;
    let pid: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut reader).await.unwrap();
    run(&mut reader, "select 'the report'\n from u").await;
    let plan = plan(vec![adding("t", "y"), with_limits(adding("u", "y"), QUICK)]);
    let error = apply(&database, &plan).await.unwrap_err();
    let ApplyError::GaveUp { step, attempts, blockers, .. } = &error else { panic!("{error}") };
    assert_eq!((step.number, *attempts, blockers[0].pid), (2, 3, pid), "{error}");
    let said = error.to_string();
    for part in ["user postgres", "the application", "idle in transaction", "since 20", "select ? from u"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    run(&mut reader, "commit").await;
    let applied = apply(&database, &plan).await.unwrap();
    assert_eq!((applied.carried_out.len(), applied.skipped), (1, 1));
}

/// A session that queues behind a waiting ACCESS EXCLUSIVE lock waits no longer than the lock timeout.
#[tokio::test]
async fn the_application_queues_no_longer_than_the_lock_timeout() {
    let database = Database::with("create table t (x int); create table parent (x int); insert into t values (1)");
    let mut reader = session(&database).await;
    run(&mut reader, "begin; select from t").await;
    let (lock, stop) = (|name| Lock::new(&table(name), LockMode::AccessExclusive), CancellationToken::new());
    let ensures = condition::column(&table("t"), &"y".into(), "true");
    let add = step("alter table public.t add column y int", Some(ensures));
    let plan = plan(vec![together(vec![lock("parent"), lock("t")], vec![add])]);
    let traffic = async {
        let mut session = session(&database).await;
        let mut longest = Duration::ZERO;
        while !stop.is_cancelled() {
            let begun = Instant::now();
            run(&mut session, "select from parent; insert into t values (2)").await;
            longest = longest.max(begun.elapsed());
        }
        longest
    };
    let fixing = async {
        let leave = async {
            tokio::time::sleep(Duration::from_secs(4)).await;
            run(&mut reader, "commit").await;
        };
        let (applied, ()) = tokio::join!(apply(&database, &plan), leave);
        stop.cancel();
        applied.unwrap()
    };
    let (applied, longest) = tokio::join!(fixing, traffic);
    assert_eq!(applied.carried_out.len(), 1);
    // Otherwise it would wait as long as the reader stays; `make bench-fix` measures by how much less.
    assert!(longest < Duration::from_secs(2), "somebody waited for {longest:?}");
    assert!(longest > Duration::from_millis(200), "nobody was ever in the queue: {longest:?}");
}

#[tokio::test]
async fn a_step_that_does_not_do_what_it_should_is_an_error() {
    let database = Database::with("create table t (x int)");
    let ensures = condition::column(&table("t"), &"z".into(), "true");
    let wrong = || step("alter table public.t add column if not exists y int", Some(ensures.clone()));
    for segment in [together(vec![], vec![wrong()]), alone(wrong())] {
        let error = apply(&database, &plan(vec![segment])).await.unwrap_err();
        assert!(matches!(error, ApplyError::NotEnsured { .. }), "{error}");
        assert!(error.to_string().contains("attname = 'z'") && error.to_string().contains("step 1 of 1"), "{error}");
    }
    let brief = Limits { statement_timeout: Duration::from_millis(300), ..QUICK };
    for segment in [together(vec![], vec![step("select pg_sleep(5)", None)]), alone(step("select pg_sleep(5)", None))] {
        let error = apply(&database, &plan(vec![with_limits(segment, brief)])).await.unwrap_err();
        assert!(error.to_string().contains("did not end within its statement timeout"), "{error}");
    }
}

#[tokio::test]
async fn stopping_cancels_on_the_server() {
    let database = Database::with("create table t (x int)");
    for segment in
        [together(vec![], vec![step("select pg_sleep(600)", None)]), alone(step("select pg_sleep(600)", None))]
    {
        let work = Run::of(&database);
        let sleeping = "select count(*) from pg_stat_activity where query like '%pg_sleep(600)%' and state = 'active' \
                        and pid <> pg_backend_pid() and datname = current_database()";
        let interrupt = async {
            eventually("it runs", async || (ask(&database, sleeping) == "1").then_some(())).await;
            work.stop.cancel();
        };
        let begun = Instant::now();
        let plan = plan(vec![adding("t", "y"), segment, adding("t", "z")]);
        let (applied, ()) = tokio::join!(work.apply(&plan), interrupt);
        let error = applied.unwrap_err();
        assert!(matches!(&error, ApplyError::Stopped { step, left: None } if step.number == 2), "{error}");
        assert!(begun.elapsed() < Duration::from_mins(5), "it was slept to its end");
        eventually("the server's own end of it", async || (ask(&database, sleeping) == "0").then_some(())).await;
        assert_eq!(
            ask(&database, "select count(*) from pg_attribute where attrelid = 't'::regclass and attnum > 0"),
            "2"
        );
    }
}

#[tokio::test]
async fn a_run_that_is_dropped_ends_on_the_server() {
    let database = Database::create();
    let plan = plan(vec![with_limits(alone(step("select pg_sleep(60)", None)), Limits::LONG)]);
    let work = Run::of(&database);
    assert!(tokio::time::timeout(Duration::from_secs(1), work.apply(&plan)).await.is_err());
    let sessions = "select count(*) from pg_stat_activity where application_name = 'schemawarden fix' \
                    and datname = current_database()";
    eventually("all sessions have ended", async || (ask(&database, sessions) == "0").then_some(())).await;
}

#[tokio::test]
async fn a_second_run_is_refused_and_told_who_is_at_work() {
    let database = Database::create();
    let first = Run::of(&database);
    let sleep = plan(vec![alone(step("select pg_sleep(3)", None))]);
    let second = async {
        eventually("it runs", async || (first.told(|event| matches!(event, Event::Started { .. })) == 1).then_some(()))
            .await;
        let error = apply(&database, &plan(vec![])).await.unwrap_err();
        let ApplyError::Taken { holder: Some(holder) } = &error else { panic!("{error}") };
        assert_eq!(holder.application.as_deref(), Some("schemawarden fix"));
        assert!(holder.since.is_some() && error.to_string().contains(&format!("pid {}", holder.pid)), "{error}");
        // Another database has its own lease.
        apply(&Database::create(), &plan(vec![])).await.unwrap();
    };
    let (applied, ()) = tokio::join!(first.apply(&sleep), second);
    applied.unwrap();
    apply(&database, &plan(vec![])).await.unwrap();
}

#[tokio::test]
async fn without_its_lease_a_run_goes_no_further() {
    let database = Database::with("create table t (x int)");
    let end = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 1 and \
               database = (select oid from pg_database where datname = current_database())";
    let kill = alone(step(&format!("do $$ begin perform ({end}); perform pg_sleep(1.2); end $$"), None));
    let error = apply(&database, &plan(vec![kill, adding("t", "y")])).await.unwrap_err();
    assert!(matches!(error, ApplyError::LeaseLost { .. }), "{error}");
    assert_eq!(ask(&database, "select count(*) from pg_attribute where attrelid = 't'::regclass and attnum > 0"), "1");
}

#[tokio::test]
async fn a_fix_written_by_hand_runs_as_it_is() {
    let database =
        Database::with("create schema app; create table app.t (x int); insert into app.t values (1), (null)");
    let text = "set search_path = app, public;
        begin; delete from t where x is null; alter table t alter x set not null; commit;
        create unique index concurrently \"I i\" on t (x); -- for the key
        do $$ begin if not exists (select from t where x = 2) then insert into t values (2); end if; end $$;";
    let run = Run::of(&database);
    let applied = run.apply(&from_script(text).unwrap()).await.unwrap();
    assert_eq!(applied.carried_out.iter().map(|done| done.rows).collect::<Vec<_>>(), [1, 0, 0, 0]);
    assert_eq!(ask(&database, "select count(*), min(x) from app.t"), "2|1");
    assert_eq!(ask(&database, "select indisvalid from pg_index where indrelid = 'app.t'::regclass"), "t");
}

#[tokio::test]
async fn hostile_names_are_names() {
    let database = Database::create();
    let (schema, name, column) = ("we.ird\" '\\", "Ta\nble;--'", "ко\"лонка");
    let relation = QName::new(schema, name);
    database.run(&format!(
        "create schema {}; create table {relation} (x int); insert into {relation} values (1), (1)",
        relation.schema
    ));
    let ensures = condition::column(&relation, &column.into(), "true");
    let add = step(
        &format!("alter table {relation} add column {} int", schemawarden::domain::name::Name::from(column)),
        Some(ensures),
    );
    let index = QName::new(schema, "i\"ndex\n$1");
    let valid = condition::index(&relation, &index.name, "indisvalid");
    let build = with_limits(
        alone(step(&format!("create unique index concurrently {} on {relation} (x)", index.name), Some(valid))),
        Limits::CONCURRENT,
    );
    let transaction = together(vec![Lock::new(&relation, LockMode::AccessExclusive)], vec![add]);
    let error = apply(&database, &plan(vec![transaction.clone(), build.clone()])).await.unwrap_err();
    assert!(matches!(&error, ApplyError::Failed { code: Some(code), left: None, .. } if code == "23505"), "{error}");
    database.run(&format!("delete from {relation}"));
    let applied = apply(&database, &plan(vec![transaction, build])).await.unwrap();
    assert_eq!((applied.carried_out.len(), applied.skipped), (1, 1));
    let dead =
        format!("select count(*) from pg_index where indrelid = to_regclass({})", literal(&relation.to_string()));
    assert_eq!(ask(&database, &dead), "1");
}
