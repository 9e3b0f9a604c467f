//! Rehearsing in scratch: a live schema rebuilt without its rows, and the locks that the steps of a plan really take.
//!
//! Never runs anywhere but in scratch. Nothing here judges what it finds. The schema's own functions run here, as the
//! role that owns the scratch database; a superuser runs only the acts that need one.

pub mod rows;

use std::collections::BTreeSet;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::domain::catalog::{Catalog, Constraint, ConstraintKind, Object, Relation};
use crate::domain::lock::{Lock, LockMode};
use crate::domain::name::{Name, QName};
use crate::domain::plan::context::Until;
use crate::domain::plan::{Plan, Segment, Step, Work};
use crate::domain::render;
use crate::pg::connect::connect_to_fix;
use crate::pg::row::row;
use crate::pg::scratch::ScratchDatabase;
use crate::pg::{Error, Guards, Source};

/// Which role runs a step in scratch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The role that owns everything there.
    Owner,
    /// A superuser, while no event trigger fires.
    Superuser,
    /// The same, on extensions: what they create is then made inaccessible to the owner.
    Extensions,
    /// A superuser, with event triggers enabled: commands on event triggers fire none.
    EventTriggers,
}

/// A part of a plan that one actor runs.
#[derive(Clone, Debug)]
pub struct Act {
    pub actor: Actor,
    pub plan: Plan,
}

/// The error of a step.
#[derive(Debug, thiserror::Error)]
#[error("`{action}`: {error}")]
pub struct StepError {
    pub action: String,
    pub error: Error,
}

/// The locks that one step holds at its end, including those taken before it in its transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub action: String,
    /// The locks in the plan.
    pub said: Vec<Lock>,
    /// The locks on the server: those stronger than ACCESS SHARE on relations that existed before the segment.
    pub taken: Vec<Lock>,
}

/// The current catalog of the database. Its event triggers are disabled at all other times.
pub async fn read(database: &ScratchDatabase) -> Result<Catalog, Error> {
    database.enable_event_triggers().await?;
    let mut connection = crate::pg::connect(database.source(), &Guards::default()).await?;
    let catalog = crate::pg::read::read(&mut connection, None).await?;
    connection.close().await;
    if catalog.defined.keys().any(|object| matches!(object, Object::EventTrigger(_))) {
        database.disable_event_triggers().await?;
    }
    Ok(catalog)
}

/// Prepares the database for the act. Returns the URL for it.
pub async fn begin(database: &ScratchDatabase, actor: Actor) -> Result<Source, Error> {
    match actor {
        Actor::Owner => return Ok(database.source().clone()),
        Actor::Superuser | Actor::Extensions => {}
        Actor::EventTriggers => database.enable_event_triggers().await?,
    }
    Ok(database.as_admin())
}

/// Work after the act, so that the next one has no more rights than it should.
pub async fn end(database: &ScratchDatabase, act: &Act) -> Result<(), Error> {
    match act.actor {
        Actor::Extensions if database.has_superuser() => database.tame_extensions().await,
        Actor::Owner | Actor::Superuser | Actor::Extensions => Ok(()),
        Actor::EventTriggers => database.disable_event_triggers().await,
    }
}

/// Whether the script of the extension may run as a superuser with the objects that the schema has already.
pub async fn may_run_script(database: &ScratchDatabase, extension: &Name, schema: &Name) -> Result<bool, Error> {
    let mut session = database.admin_session().await?;
    let may = sqlx::query_scalar(include_str!("../../../../sql/scratch/beside.sql"))
        .bind(extension.as_str())
        .bind(schema.as_str())
        .fetch_one(&mut session)
        .await?;
    session.close().await?;
    Ok(may)
}

/// Creates the indexes that are invalid in the live schema, and makes them invalid. Returns whether there are any.
///
/// Only a failed build makes an index invalid, or a superuser's UPDATE.
pub async fn kill(database: &ScratchDatabase, live: &Catalog) -> Result<bool, Error> {
    let of = |(table, relation): (&QName, &Relation)| {
        let dead = relation.indexes.iter().filter(|index| !index.valid).map(|index| index.name.clone());
        let is_index =
            |it: &&Constraint| !matches!(it.kind, ConstraintKind::Foreign { .. } | ConstraintKind::Check { .. });
        let keys = relation.constraints.iter().filter(is_index).filter(|key| !key.enforced).map(|key| key.name.clone());
        dead.chain(keys).map(|name| QName { schema: table.schema.clone(), name }).collect::<Vec<_>>()
    };
    let dead: Vec<String> = live.relations.iter().flat_map(of).map(|index| index.to_string()).collect();
    if dead.is_empty() {
        return Ok(false);
    }
    let mut session = session(database.source(), None).await?;
    for (table, relation) in &live.relations {
        for index in relation.indexes.iter().filter(|index| !index.valid && !index.inherited) {
            let how = if relation.partition_key.is_some() { render::How::Only } else { render::How::Plain };
            let sql = AssertSqlSafe(render::create_index(table, index, how));
            match sqlx::raw_sql(sql).execute(&mut session).await {
                // An index that exists only has to be made invalid.
                Ok(_) | Err(sqlx::Error::Database(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    session.close().await?;
    let mut session = database.admin_session().await?;
    sqlx::query("update pg_catalog.pg_index set indisvalid = false where indexrelid = any ($1::text[]::regclass[])")
        .bind(&dead)
        .execute(&mut session)
        .await?;
    session.close().await?;
    Ok(true)
}

/// Runs the plan without retries, and reads after each step which locks it has taken. What runs concurrently holds none
/// at its end: such a step is not reported.
pub async fn locks(database: &ScratchDatabase, acts: &[Act]) -> Result<Vec<Taken>, StepError> {
    let mut found = Vec::new();
    for act in acts {
        let source = begin(database, act.actor).await.map_err(|error| step_error("begin", error))?;
        let mut taken = Vec::new();
        locks_of(&source, &act.plan, &mut taken).await?;
        // The other actors' parts are cut out of transactions: what they have created existed before this part.
        if act.actor == Actor::Owner {
            found.extend(taken);
        }
        end(database, act).await.map_err(|error| step_error("end", error))?;
    }
    Ok(found)
}

row! {
    struct HeldRow {
        schema: String,
        name: String,
        /// As in pg_locks.
        mode: String,
        was_there: bool,
    }
}

async fn locks_of(source: &Source, plan: &Plan, found: &mut Vec<Taken>) -> Result<(), StepError> {
    let path = plan.search_path.as_deref();
    let mut session = session(source, path).await.map_err(|error| step_error("connect", error))?;
    for segment in &plan.segments {
        if let Segment::Autocommit { step } = segment
            && !is_in_block(step)
        {
            if !matches!(step.work, Work::Batches { .. }) && !holds(&mut session, step).await? {
                run(&mut session, step, Until::Changed).await?;
            }
            continue;
        }
        observe(&mut session, segment, found).await?;
    }
    session.close().await.map_err(|error| step_error("disconnect", error.into()))
}

/// Whether it can be sent inside a transaction block.
fn is_in_block(step: &Step) -> bool {
    !step.runs_outside_transaction() && !matches!(step.work, Work::Batches { .. })
}

async fn observe(session: &mut PgConnection, segment: &Segment, found: &mut Vec<Taken>) -> Result<(), StepError> {
    let failed = |error: sqlx::Error| step_error("begin", error.into());
    let there = there(session, segment).await.map_err(failed)?;
    let mut transaction = session.begin().await.map_err(failed)?;
    let mut said: Vec<Lock> = Vec::new();
    if let Segment::Transaction { lock_first, .. } = segment {
        for lock in lock_first.iter().filter(|lock| there.contains(&lock.table)) {
            let sql = format!("LOCK TABLE ONLY {} IN {} MODE", lock.table, lock.mode);
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *transaction).await.map_err(failed)?;
            add(&mut said, lock);
        }
    }
    for step in segment.steps() {
        if holds(&mut transaction, step).await? {
            continue;
        }
        run(&mut transaction, step, Until::Commit).await?;
        let held: Vec<HeldRow> = sqlx::query_as(include_str!("../../../../sql/plan/held.sql"))
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
        let mut taken = Vec::new();
        for row in held.into_iter().filter(|row| row.was_there) {
            if let Some(mode) = LockMode::from_pg_locks(&row.mode).filter(|mode| *mode > LockMode::AccessShare) {
                add(&mut taken, &Lock { table: QName::new(&*row.schema, &*row.name), mode });
            }
        }
        for lock in step.locks.iter().filter(|lock| there.contains(&lock.table)) {
            add(&mut said, lock);
        }
        found.push(Taken { action: step.action.clone(), said: said.clone(), taken });
    }
    transaction.commit().await.map_err(failed)
}

/// The relations that the segment locks, if they exist.
async fn there(session: &mut PgConnection, segment: &Segment) -> Result<BTreeSet<QName>, sqlx::Error> {
    let first = match segment {
        Segment::Transaction { lock_first, .. } => lock_first.as_slice(),
        Segment::Autocommit { .. } => &[],
    };
    let planned: BTreeSet<&QName> =
        segment.steps().iter().flat_map(|step| &step.locks).chain(first).map(|lock| &lock.table).collect();
    if planned.is_empty() {
        return Ok(BTreeSet::new());
    }
    let names: Vec<String> = planned.iter().map(ToString::to_string).collect();
    let there: Vec<bool> = sqlx::query_scalar("select pg_catalog.to_regclass(t) is not null from unnest($1::text[]) t")
        .bind(&names)
        .fetch_all(session)
        .await?;
    Ok(planned.into_iter().zip(there).filter(|(_, is_there)| *is_there).map(|(table, _)| table.clone()).collect())
}

/// Keeps the strongest lock on each table.
fn add(locks: &mut Vec<Lock>, lock: &Lock) {
    match locks.iter_mut().find(|known| known.table == lock.table) {
        Some(known) => known.mode = known.mode.max(lock.mode),
        None => locks.push(lock.clone()),
    }
    locks.sort();
}

/// Like the executor: a step whose condition holds is not sent.
async fn holds(session: &mut PgConnection, step: &Step) -> Result<bool, StepError> {
    let Some(ensures) = &step.ensures else { return Ok(false) };
    let asked = sqlx::query_scalar(AssertSqlSafe(format!("select {ensures}"))).persistent(false);
    asked.fetch_one(session).await.map_err(|error| step_error(&step.action, error.into()))
}

async fn run(session: &mut PgConnection, step: &Step, until: Until) -> Result<(), StepError> {
    let (enter, leave) = (step.context.enter(until), step.context.leave());
    for sql in enter.into_iter().chain(step.statements()).chain(leave) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *session).await;
        done.map_err(|error| step_error(&step.action, error.into()))?;
    }
    Ok(())
}

fn step_error(action: &str, error: Error) -> StepError {
    StepError { action: action.to_owned(), error }
}

async fn session(source: &Source, search_path: Option<&str>) -> Result<PgConnection, Error> {
    Ok(connect_to_fix(source, search_path).await?.session)
}
