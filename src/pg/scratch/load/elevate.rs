//! Statements of an expectation that only a superuser can run: a superuser sends each of them, while the rest of the
//! file is sent as the role that owns the scratch database.
//!
//! What they create is then given to that role, if its kind has an owner. Objects are given to placeholder roles only:
//! code that belongs to a role with rights would run with them.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::{Refusal, broken, execute};
use crate::domain::name::Name;
use crate::domain::plan::statement::{Parts, bare_words};
use crate::domain::script::{Statement, StatementKind};
use crate::pg::scratch::{ScratchDatabase, ScratchError, admin};

/// The beginnings of such statements, after CREATE [OR REPLACE], ALTER, DROP or COMMENT ON.
const KINDS: [&[&str]; 14] = [
    &["extension"],
    &["event", "trigger"],
    &["function"],
    &["procedure"],
    &["aggregate"],
    &["cast"],
    &["type"],
    &["operator", "class"],
    &["operator", "family"],
    &["foreign"],
    &["server"],
    &["publication"],
    &["text", "search"],
    &["transform"],
];

/// The superuser's session, opened when it is first needed.
pub(super) struct Elevated<'d, 's> {
    database: &'d ScratchDatabase,
    session: Option<PgConnection>,
    /// With the search path that was set where each was written.
    later: Vec<(&'s Statement<'s>, String)>,
}

impl<'d, 's> Elevated<'d, 's> {
    pub fn new(database: &'d ScratchDatabase) -> Self {
        Self { database, session: None, later: Vec::new() }
    }

    /// Whether the superuser may run the statement.
    pub async fn takes(&self, statement: &Statement<'_>) -> Result<bool, ScratchError> {
        match (statement.kind, new_owner(statement.sql)) {
            (StatementKind::Schema, _) => Ok(KINDS.iter().any(|kind| is_about(statement.sql, kind))),
            (StatementKind::Access, Some(owner)) => {
                let refused = self.database.ensure_roles([owner]).await.map_err(ScratchError::Postgres)?;
                Ok(refused.is_empty())
            }
            (StatementKind::Access | StatementKind::Set | StatementKind::Outside, _) => Ok(false),
        }
    }

    /// Runs the statement with the search path of `beside`.
    pub async fn carry_out(
        &mut self,
        beside: &mut PgConnection,
        statement: &Statement<'_>,
    ) -> Result<Option<Refusal>, ScratchError> {
        let path = search_path(beside).await?;
        self.send(statement.sql, &path).await
    }

    /// Keeps the statement for the end of the file.
    pub async fn later(&mut self, beside: &mut PgConnection, statement: &'s Statement<'s>) -> Result<(), ScratchError> {
        let path = search_path(beside).await?;
        self.later.push((statement, path));
        Ok(())
    }

    /// Runs the statements that were kept for the end of the file, up to one that the server refuses.
    pub async fn finish(&mut self) -> Result<Option<(&'s Statement<'s>, Refusal)>, ScratchError> {
        for (statement, path) in std::mem::take(&mut self.later) {
            if let Some(refusal) = self.send(statement.sql, &path).await? {
                return Ok(Some((statement, refusal)));
            }
        }
        Ok(None)
    }

    pub async fn close(self) -> Result<(), ScratchError> {
        match self.session {
            Some(session) => session.close().await.map_err(broken),
            None => Ok(()),
        }
    }

    async fn send(&mut self, sql: &str, path: &str) -> Result<Option<Refusal>, ScratchError> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => self.database.admin_session().await.map_err(ScratchError::Postgres)?,
        };
        let sent = self.within(&mut session, sql, path).await;
        self.session = Some(session);
        sent
    }

    async fn within(&self, session: &mut PgConnection, sql: &str, path: &str) -> Result<Option<Refusal>, ScratchError> {
        let failed = ScratchError::Postgres;
        let on_event_triggers = is_about(sql, &["event", "trigger"]);
        if on_event_triggers {
            admin::enable(session, self.database).await.map_err(failed)?;
        }
        set_search_path(session, path).await?;
        let refusal = execute(session, sql).await?;
        set_search_path(session, "pg_catalog").await?;
        if refusal.is_some() {
            return Ok(refusal);
        }
        if on_event_triggers {
            admin::disable(session, self.database).await.map_err(failed)?;
        } else if is_about(sql, &["extension"]) {
            admin::tame(session).await.map_err(failed)?;
        } else if new_owner(sql).is_none() {
            let gifts: Vec<String> = sqlx::query_scalar(include_str!("../../../../sql/scratch/adopt.sql"))
                .bind(self.database.name.as_str())
                .fetch_all(&mut *session)
                .await
                .map_err(broken)?;
            for gift in gifts {
                sqlx::raw_sql(AssertSqlSafe(gift)).execute(&mut *session).await.map_err(broken)?;
            }
        }
        Ok(None)
    }
}

/// Whether the statement changes the owner of an object.
pub(super) fn gives(sql: &str) -> bool {
    new_owner(sql).is_some()
}

/// The new owner in the statement.
fn new_owner(sql: &str) -> Option<Name> {
    let mut parts = Parts::of(sql);
    while parts.rest().len() > 3 {
        parts.skip();
    }
    parts.take(&["owner", "to"]).then(|| parts.name()).flatten().map(|written| written.name)
}

fn is_about(sql: &str, kind: &[&str]) -> bool {
    let words: Vec<String> = bare_words(sql).into_iter().take(6).map(str::to_ascii_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (["create", "or", "replace", ref rest @ ..]
    | ["comment", "on", ref rest @ ..]
    | ["create" | "alter" | "drop", ref rest @ ..]) = *words
    else {
        return false;
    };
    rest.starts_with(kind)
}

async fn search_path(session: &mut PgConnection) -> Result<String, ScratchError> {
    let asked = sqlx::query_scalar("select pg_catalog.current_setting('search_path')");
    asked.fetch_one(session).await.map_err(broken)
}

async fn set_search_path(session: &mut PgConnection, path: &str) -> Result<(), ScratchError> {
    let set = sqlx::query("select pg_catalog.set_config('search_path', $1, false)").bind(path.to_owned());
    set.execute(session).await.map(drop).map_err(broken)
}
