//! Whether two addresses lead to the same database. Changes nothing; without the necessary rights the answer is
//! unknown.

use sqlx::postgres::types::Oid;

use super::connect::connect_to_fix;
use super::row::row;
use super::{Connection, Error, Guards, Source, connect};

row! {
    #[derive(PartialEq, Eq)]
    struct Identity {
        system: i64,
        database: Oid,
    }
}

impl Identity {
    fn text(&self) -> String {
        format!("{}/{}", self.system, self.database.0)
    }
}

/// Whether the fixing role's address leads to the watched database.
pub async fn is_same(watched: &Source, guards: &Guards, fixing: &Source) -> Result<bool, Error> {
    let mut connection = connect(watched, guards).await?;
    let here = identity(&mut connection).await;
    connection.close().await;
    let mut connection = connect_to_fix(fixing, None).await?;
    let there = identity(&mut connection).await;
    connection.close().await;
    Ok(match (here?, there?) {
        (Some(here), Some(there)) => here == there,
        (Some(_) | None, _) => true,
    })
}

/// Identifies the database, also among copies of it. `None`: the role may not ask.
pub async fn of(fixing: &Source) -> Result<Option<String>, Error> {
    let mut connection = connect_to_fix(fixing, None).await?;
    let found = identity(&mut connection).await;
    connection.close().await;
    Ok(found?.as_ref().map(Identity::text))
}

/// Identifies the database among former ones of its name and, as far as the role may ask, among all others.
pub(super) async fn text(connection: &mut Connection) -> Result<String, Error> {
    if let Some(identity) = identity(connection).await? {
        return Ok(identity.text());
    }
    let query =
        sqlx::query_scalar::<_, Oid>("select oid from pg_catalog.pg_database where datname = current_database()");
    Ok(format!("/{}", query.fetch_one(&mut connection.session).await?.0))
}

/// Identifies the cluster. `None`: the role may not ask.
pub async fn cluster(source: &Source, guards: &Guards) -> Result<Option<i64>, Error> {
    let mut connection = connect(source, guards).await?;
    let asked =
        sqlx::query_scalar(include_str!("../../sql/scratch/cluster.sql")).fetch_one(&mut connection.session).await;
    connection.close().await;
    match asked.map_err(Error::from) {
        Ok(system) => Ok(Some(system)),
        Err(error) if error.code() == Some("42501") => Ok(None),
        Err(error) => Err(error),
    }
}

/// `None`: the role may not ask.
async fn identity(connection: &mut Connection) -> Result<Option<Identity>, Error> {
    let query = sqlx::query_as(include_str!("../../sql/apply/identity.sql"));
    match query.fetch_one(&mut connection.session).await.map_err(Error::from) {
        Ok(identity) => Ok(Some(identity)),
        Err(error) if error.code() == Some("42501") => Ok(None),
        Err(error) => Err(error),
    }
}
