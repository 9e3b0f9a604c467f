//! Rehearsing in scratch: a live schema rebuilt without its rows, and the locks that the steps of a plan really take.
//!
//! Never runs anywhere but in scratch. Nothing here judges what it finds. The schema's own functions run here, and so as the
//! role that the scratch database belongs to; a superuser carries out only the acts that take one.

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

/// Who carries a step out in scratch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Who owns all of it there.
    Owner,
    /// A superuser, while no event trigger fires.
    Superuser,
    /// The same, on extensions: what they bring is put out of the owner's reach afterwards.
    Extensions,
    /// A superuser, on event triggers as they are: what is done to them fires none.
    EventTriggers,
}

/// A part of a plan that one actor carries out.
#[derive(Clone, Debug)]
pub struct Act {
    pub actor: Actor,
    pub plan: Plan,
}

/// What a step that could not be rehearsed would have done.
#[derive(Debug, thiserror::Error)]
#[error("`{action}`: {error}")]
pub struct StepError {
    pub action: String,
    pub error: Error,
}

/// The locks that one step holds at its end, those taken before it in its transaction included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub action: String,
    /// As the plan has it.
    pub said: Vec<Lock>,
    /// As the server has it: locks stronger than ACCESS SHARE on relations that were there before the segment.
    pub taken: Vec<Lock>,
}

/// The catalog of the database as it is. Its event triggers are disabled at all other times.
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

/// Makes the database ready for the act. Gives the address for it.
pub async fn begin(database: &ScratchDatabase, actor: Actor) -> Result<Source, Error> {
    match actor {
        Actor::Owner => return Ok(database.source().clone()),
        Actor::Superuser | Actor::Extensions => {}
        Actor::EventTriggers => database.enable_event_triggers().await?,
    }
    Ok(database.as_admin())
}

/// What has to be done after the act, so that the next one has no more rights than it should.
pub async fn end(database: &ScratchDatabase, act: &Act) -> Result<(), Error> {
    match act.actor {
        Actor::Extensions if database.has_superuser() => database.tame_extensions().await,
        Actor::Owner | Actor::Superuser | Actor::Extensions => Ok(()),
        Actor::EventTriggers => database.disable_event_triggers().await,
    }
}

/// Whether the script of the extension may run as a superuser beside what is in the schema already.
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

/// Makes those indexes, and makes them dead, that are dead in the live schema. Whether there are any.
///
/// Nothing but a failed build makes an index invalid, or a superuser who says so.
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
                // One that was made already is only to be killed.
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

/// Carries the plan out without retries, and reads after each step which locks it has taken. What runs concurrently
/// holds none at its end: of such a step nothing is told.
pub async fn locks(database: &ScratchDatabase, acts: &[Act]) -> Result<Vec<Taken>, StepError> {
    let mut found = Vec::new();
    for act in acts {
        let source = begin(database, act.actor).await.map_err(|error| told("begin", error))?;
        let mut taken = Vec::new();
        locks_of(&source, &act.plan, &mut taken).await?;
        // The other actors' parts are cut out of transactions: what those have made before was there before them.
        if act.actor == Actor::Owner {
            found.extend(taken);
        }
        end(database, act).await.map_err(|error| told("end", error))?;
    }
    Ok(found)
}

row! {
    struct HeldRow {
        schema: String,
        name: String,
        /// As pg_locks has it.
        mode: String,
        was_there: bool,
    }
}

async fn locks_of(source: &Source, plan: &Plan, found: &mut Vec<Taken>) -> Result<(), StepError> {
    let path = plan.search_path.as_deref();
    let mut session = session(source, path).await.map_err(|error| told("connect", error))?;
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
    session.close().await.map_err(|error| told("disconnect", error.into()))
}

/// Can be sent within a transaction block.
fn is_in_block(step: &Step) -> bool {
    !step.stands_alone() && !matches!(step.work, Work::Batches { .. })
}

async fn observe(session: &mut PgConnection, segment: &Segment, found: &mut Vec<Taken>) -> Result<(), StepError> {
    let failed = |error: sqlx::Error| told("begin", error.into());
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

/// Of the relations that the segment tells to lock, those that are there.
async fn there(session: &mut PgConnection, segment: &Segment) -> Result<BTreeSet<QName>, sqlx::Error> {
    let first = match segment {
        Segment::Transaction { lock_first, .. } => lock_first.as_slice(),
        Segment::Autocommit { .. } => &[],
    };
    let told: BTreeSet<&QName> =
        segment.steps().iter().flat_map(|step| &step.locks).chain(first).map(|lock| &lock.table).collect();
    if told.is_empty() {
        return Ok(BTreeSet::new());
    }
    let names: Vec<String> = told.iter().map(ToString::to_string).collect();
    let there: Vec<bool> = sqlx::query_scalar("select pg_catalog.to_regclass(t) is not null from unnest($1::text[]) t")
        .bind(&names)
        .fetch_all(session)
        .await?;
    Ok(told.into_iter().zip(there).filter(|(_, is_there)| *is_there).map(|(table, _)| table.clone()).collect())
}

/// The strongest on each table.
fn add(locks: &mut Vec<Lock>, lock: &Lock) {
    match locks.iter_mut().find(|known| known.table == lock.table) {
        Some(known) => known.mode = known.mode.max(lock.mode),
        None => locks.push(lock.clone()),
    }
    locks.sort();
}

/// As the executor does, what already satisfied, skipped is not sent.
async fn holds(session: &mut PgConnection, step: &Step) -> Result<bool, StepError> {
    let Some(ensures) = &step.ensures else { return Ok(false) };
    let asked = sqlx::query_scalar(AssertSqlSafe(format!("select {ensures}"))).persistent(false);
    asked.fetch_one(session).await.map_err(|error| told(&step.action, error.into()))
}

async fn run(session: &mut PgConnection, step: &Step, until: Until) -> Result<(), StepError> {
    let (enter, leave) = (step.context.enter(until), step.context.leave());
    for sql in enter.into_iter().chain(step.statements()).chain(leave) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *session).await;
        done.map_err(|error| told(&step.action, error.into()))?;
    }
    Ok(())
}

fn told(action: &str, error: Error) -> StepError {
    StepError { action: action.to_owned(), error }
}

async fn session(source: &Source, search_path: Option<&str>) -> Result<PgConnection, Error> {
    Ok(connect_to_fix(source, search_path).await?.session)
}
