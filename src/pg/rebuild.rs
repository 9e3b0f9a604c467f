//! Rebuilds a catalog in a scratch database and reads it back: its expressions, so that two spellings of one definition
//! can be told from two definitions, or all of it. Never runs anywhere but in scratch.

use std::collections::BTreeSet;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::connect::open;
use super::scratch::ScratchDatabase;
use super::{Error, Guards, connect};
use crate::catalog::Catalog;
use crate::name::QName;
use crate::render::{self, Create};

/// A catalog as it reads after one round trip.
#[derive(Debug)]
pub struct Rebuilt {
    pub catalog: Catalog,
    /// Objects that could not be built here, by address: nothing can be said about their spelling.
    pub failed: BTreeSet<String>,
}

/// Builds the expressions of `catalog` in the empty `database` and reads them back. Of the relations only `only`,
/// where that is given.
pub async fn rebuild(
    database: &ScratchDatabase,
    catalog: &Catalog,
    only: Option<&BTreeSet<QName>>,
) -> Result<Rebuilt, Error> {
    build_and_read(database, render::stand_in::create(catalog, only)).await
}

/// Builds all of `catalog` in the empty `database` and reads it back.
pub async fn rebuild_whole(database: &ScratchDatabase, catalog: &Catalog) -> Result<Rebuilt, Error> {
    build_and_read(database, render::whole::create(catalog)).await
}

async fn build_and_read(database: &ScratchDatabase, creates: Vec<Create>) -> Result<Rebuilt, Error> {
    let source = database.source();
    let mut session = open(source, source.options()).await?;
    let failed = build(&mut session, creates).await?;
    session.close().await?;
    let mut connection = connect(source, &Guards::default()).await?;
    let catalog = super::read::read(&mut connection, None).await?;
    Ok(Rebuilt { catalog, failed })
}

/// Runs the statements in rounds, until a round brings nothing new: what depends on what need not be known.
async fn build(session: &mut PgConnection, mut creates: Vec<Create>) -> Result<BTreeSet<String>, Error> {
    sqlx::raw_sql("set check_function_bodies = off; set search_path = pg_catalog").execute(&mut *session).await?;
    loop {
        let before = creates.len();
        let mut failed = Vec::new();
        // One transaction each: thousands of tables in one would exhaust the server's lock table.
        for create in creates {
            match sqlx::raw_sql(AssertSqlSafe(create.sql.clone())).execute(&mut *session).await {
                Ok(_) => {}
                Err(sqlx::Error::Database(_)) => failed.push(create),
                Err(error) => return Err(error.into()),
            }
        }
        if failed.is_empty() || failed.len() == before {
            return Ok(failed.into_iter().map(|create| create.object).collect());
        }
        creates = failed;
    }
}
