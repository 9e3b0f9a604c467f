//! Tries a script: as the role that owns the scratch database and as no other, up to the first statement that the
//! server refuses.
//!
//! The script comes from a watched database, so no superuser sends any of it: a statement that needs one is refused.
//! Roles that it names get placeholder roles.

use std::collections::BTreeSet;

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::load::{Refusal, execute, missing_role};
use super::{ScratchDatabase, ScratchError, broken, open};

/// The statement that the server has refused, and the server's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedStatement {
    /// Its position among the statements, from 0.
    pub at: usize,
    /// SQLSTATE
    pub code: String,
    pub message: String,
}

impl ScratchDatabase {
    /// Sends the statements in one session. If they are to be one transaction, they begin and end it themselves: if a
    /// role is missing, it is created, and all of them are sent again.
    pub async fn attempt(&self, statements: &[&str]) -> Result<Option<RefusedStatement>, ScratchError> {
        let mut stood_in = BTreeSet::new();
        loop {
            let mut session = open(&self.source).await?;
            // A missing role is recognised by the message.
            let _ = sqlx::raw_sql("set lc_messages = 'C'").execute(&mut session).await;
            let refused = send(&mut session, statements).await?;
            session.close().await.map_err(broken)?;
            let Some((at, refusal)) = refused else { return Ok(None) };
            if let Some(role) = missing_role(&refusal).filter(|role| stood_in.insert(role.clone()))
                && self.ensure_roles([role]).await.map_err(ScratchError::Postgres)?.is_empty()
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
