//! What only a superuser can do in a scratch database, in sessions in which no code of the schema runs: names resolve
//! in pg_catalog only, bodies are not checked, and no event trigger fires.
//!
//! Event triggers are disabled whenever anything but their own definition is changed. They would also fire in the
//! script of an extension, which runs as a superuser whichever role creates it.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::{Rights, ScratchDatabase, administrator};
use crate::domain::name::Name;
use crate::pg::row::row;
use crate::pg::{Error, Source};

/// Event triggers that were disabled, and the keyword that restores each.
pub(super) type EventTriggers = BTreeMap<Name, &'static str>;

/// What a database or a role may have set for its sessions does not apply to ours.
const SETTINGS: [(&str, &str); 4] = [
    ("search_path", "pg_catalog"),
    ("check_function_bodies", "off"),
    ("local_preload_libraries", ""),
    ("default_transaction_read_only", "off"),
];

impl ScratchDatabase {
    /// The database as the scratch server's own role: for statements that we render, never for those of a schema.
    pub fn as_admin(&self) -> Source {
        if self.admin.rights != Rights::Superuser {
            return self.source.clone();
        }
        let mut options = self.admin.source.options().clone().database(self.name.as_str()).options(SETTINGS);
        if self.admin.version >= 170_000 {
            options = options.options([("event_triggers", "off")]);
        }
        Source::from_options(options)
    }

    /// Whether there is a superuser, for what the schema's role cannot do.
    pub fn has_superuser(&self) -> bool {
        self.admin.rights == Rights::Superuser
    }

    pub(in crate::pg) async fn admin_session(&self) -> Result<PgConnection, Error> {
        administrator(&self.as_admin()).await
    }

    /// Disables all event triggers, until they are [restored](Self::enable_event_triggers).
    pub async fn disable_event_triggers(&self) -> Result<(), Error> {
        let mut session = self.admin_session().await?;
        disable(&mut session, self).await?;
        session.close().await?;
        Ok(())
    }

    pub async fn enable_event_triggers(&self) -> Result<(), Error> {
        if self.event_triggers().is_empty() {
            return Ok(());
        }
        let mut session = self.admin_session().await?;
        enable(&mut session, self).await?;
        session.close().await?;
        Ok(())
    }

    /// Revokes from the schema's role what untrusted extensions would let it use.
    pub async fn tame_extensions(&self) -> Result<(), Error> {
        let mut session = self.admin_session().await?;
        tame(&mut session).await?;
        session.close().await?;
        Ok(())
    }
}

pub(super) async fn tame(session: &mut PgConnection) -> Result<(), Error> {
    sqlx::raw_sql(include_str!("../../../sql/scratch/extension.sql")).execute(session).await?;
    Ok(())
}

row! {
    struct EventTriggerRow {
        name: String,
        state: String,
    }
}

pub(super) async fn disable(session: &mut PgConnection, database: &ScratchDatabase) -> Result<(), Error> {
    let query = "select evtname::text as name, evtenabled::text as state from pg_catalog.pg_event_trigger where evtenabled <> 'D'";
    let enabled: Vec<EventTriggerRow> = sqlx::query_as(query).fetch_all(&mut *session).await?;
    for EventTriggerRow { name, state } in enabled {
        let name = Name::from(name.as_str());
        alter(session, &name, "DISABLE").await?;
        let word = match &*state {
            "A" => "ENABLE ALWAYS",
            "R" => "ENABLE REPLICA",
            _ => "ENABLE",
        };
        database.event_triggers().insert(name, word);
    }
    Ok(())
}

pub(super) async fn enable(session: &mut PgConnection, database: &ScratchDatabase) -> Result<(), Error> {
    let disabled = std::mem::take(&mut *database.event_triggers());
    for (name, word) in disabled {
        match alter(session, &name, word).await {
            // It was dropped meanwhile.
            Err(error) if error.code() == Some("42704") => {}
            done => done?,
        }
    }
    Ok(())
}

/// Fires no event trigger itself: commands on event triggers never do.
async fn alter(session: &mut PgConnection, name: &Name, word: &str) -> Result<(), Error> {
    sqlx::raw_sql(AssertSqlSafe(format!("ALTER EVENT TRIGGER {name} {word}"))).execute(session).await?;
    Ok(())
}
