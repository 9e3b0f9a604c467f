//! Trying a script out: as the role that the scratch database belongs to and as nobody else, up to the first statement that
//! the server refuses.
//!
//! The script comes from a watched database, so that a superuser sends nothing of it: what takes one is refused. Roles that
//! it names are stood in for.

use std::collections::BTreeSet;

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::load::{Refusal, execute, missing_role};
use super::{ScratchDatabase, ScratchError, broken, open};

/// The statement that the server has refused, and in which words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedStatement {
    /// Its place among the statements, from 0.
    pub at: usize,
    /// SQLSTATE
    pub code: String,
    pub message: String,
}

impl ScratchDatabase {
    /// Sends the statements in one session. They begin and end a transaction themselves, if they are to be in one: where a
    /// role is missing, it is made, and all of them are sent again.
    pub async fn attempt(&self, statements: &[&str]) -> Result<Option<RefusedStatement>, ScratchError> {
        let mut stood_in = BTreeSet::new();
        loop {
            let mut session = open(&self.source).await?;
            // By its message a missing role is known.
            let _ = sqlx::raw_sql("set lc_messages = 'C'").execute(&mut session).await;
            let refused = send(&mut session, statements).await?;
            session.close().await.map_err(broken)?;
            let Some((at, refusal)) = refused else { return Ok(None) };
            if let Some(role) = missing_role(&refusal).filter(|role| stood_in.insert(role.clone()))
                && self.stand_in([role]).await.map_err(ScratchError::Postgres)?.is_empty()
            {
                continue;
            }
            let Refusal { code, message, .. } = refusal;
            return Ok(Some(RefusedStatement { at, code, message }));
        }
    }
}

async fn send(session: &mut PgConnection, statements: &[&str]) -> Result<Option<(usize, Refusal)>, ScratchError> {
    for (at, statement) in statements.iter().enumerate() {
        if let Some(refusal) = execute(session, statement).await? {
            return Ok(Some((at, refusal)));
        }
    }
    Ok(None)
}
