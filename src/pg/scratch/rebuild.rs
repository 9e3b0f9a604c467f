//! Rebuilds a catalog in a scratch database and reads it back: either its expressions, so that two spellings of one
//! definition can be distinguished from two definitions, or all of it. Never runs anywhere but in scratch.
//!
//! The schema is not trusted: its objects are created as the role that owns the database, and a superuser sends only
//! what needs one, in sessions in which no code of the schema runs.

use std::collections::BTreeSet;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::ScratchDatabase;
use crate::domain::catalog::{Catalog, Object};
use crate::domain::render::{self, Create, Stage};
use crate::pg::connect::open;
use crate::pg::{Error, Guards, connect};

/// A catalog as read back after a rebuild.
#[derive(Debug)]
pub struct Rebuilt {
    pub catalog: Catalog,
    /// Objects that could not be built here, by address: their spellings cannot be compared.
    pub failed: BTreeSet<String>,
}

/// Builds the expressions of these objects of `catalog` in the empty `database` and reads them back.
pub async fn rebuild(database: &ScratchDatabase, catalog: &Catalog, only: &BTreeSet<Object>) -> Result<Rebuilt, Error> {
    build_and_read(database, render::skeleton::create(catalog, only)).await
}

/// Builds all of `catalog` in the empty `database` and reads it back. Event triggers are disabled from then on.
pub async fn rebuild_whole(database: &ScratchDatabase, catalog: &Catalog) -> Result<Rebuilt, Error> {
    build_and_read(database, render::whole::create(catalog)).await
}

async fn build_and_read(database: &ScratchDatabase, mut creates: Vec<Create>) -> Result<Rebuilt, Error> {
    creates.sort_by_key(|create| create.stage);
    let mut owner = open(database.source(), database.source().options()).await?;
    prepare(&mut owner).await?;
    let mut failed = BTreeSet::new();
    let has_event_triggers = creates.iter().any(|create| create.stage == Stage::EventTriggers);
    for creates in creates.chunk_by(|a, b| a.stage == b.stage) {
        let stage = creates.first().map(|create| create.stage);
        if !stage.is_some_and(Stage::is_superusers) {
            failed.extend(build(&mut owner, creates).await?);
            continue;
        }
        let mut admin = database.admin_session().await?;
        prepare(&mut admin).await?;
        failed.extend(build(&mut admin, creates).await?);
        admin.close().await?;
        if stage == Some(Stage::Extensions) {
            database.tame_extensions().await?;
        }
    }
    owner.close().await?;
    let mut connection = connect(database.source(), &Guards::default()).await?;
    let catalog = crate::pg::read::read(&mut connection, None).await?;
    connection.close().await;
    if has_event_triggers {
        database.disable_event_triggers().await?;
    }
    Ok(Rebuilt { catalog, failed })
}

async fn prepare(session: &mut PgConnection) -> Result<(), Error> {
    sqlx::raw_sql("set check_function_bodies = off; set search_path = pg_catalog").execute(session).await?;
    Ok(())
}

/// Runs the statements in rounds, until a round has no success: dependencies need not be known.
async fn build(session: &mut PgConnection, creates: &[Create]) -> Result<BTreeSet<String>, Error> {
    let mut creates: Vec<&Create> = creates.iter().collect();
    loop {
        let before = creates.len();
        let mut failed = Vec::new();
        // One transaction each: thousands of tables in one would exhaust the server's lock table.
        for create in creates {
            match sqlx::raw_sql(AssertSqlSafe(create.sql.clone())).execute(&mut *session).await {
                Ok(_) => {}
                Err(sqlx::Error::Database(error)) => {
                    tracing::trace!(create.object, error = error.message(), "not built in scratch, so far");
                    failed.push(create);
                }
                Err(error) => return Err(error.into()),
            }
        }
        if failed.is_empty() || failed.len() == before {
            return Ok(failed.into_iter().map(|create| create.object.clone()).collect());
        }
        creates = failed;
    }
}
