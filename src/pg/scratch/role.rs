//! The owner of a scratch database: a role that is created for it and has no rights outside of it; and placeholder
//! roles for the roles that a schema names.
//!
//! The role logs in by itself: code that runs in a superuser's session after SET ROLE could become the superuser again.
//! It becomes a member only of roles that were created here and have no rights. Must never grant it a role that was
//! created by others.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::{Admin, ScratchDatabase, administrator};
use crate::domain::name::{Name, literal};
use crate::pg::Error;
use crate::pg::row::row;

/// Enough for the sessions of a rehearsal.
const SESSIONS: u32 = 10;
/// Limit for the temporary files of sorts and the like, in addition to the database itself.
const TEMPORARY_FILES: &str = "1GB";
/// Two runs that create or remove placeholder roles at the same time take turns.
const TURN: &str = "select pg_catalog.pg_advisory_lock(7233186412)";

/// The rights of the role in the scratch server's URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    Superuser,
    /// It can create roles, and so the owners of scratch databases.
    CreateRole,
    /// It can only create databases: it is used itself, and owners cannot be changed.
    Plain,
}

/// Roles that were created for the database, and for the names in the schema.
#[derive(Debug, Default)]
pub(super) struct Roles {
    pub password: Option<SecretString>,
    pub placeholders: BTreeSet<Name>,
}

/// Roles that objects cannot be given to here, and why.
pub type Refused = BTreeMap<Name, String>;

/// Statements that create the role.
pub(super) fn create(admin: &Admin, role: &Name, password: &SecretString) -> Vec<String> {
    let password = literal(password.expose_secret());
    let mut statements = vec![format!(
        "create role {role} login password {password} nosuperuser nocreatedb nocreaterole noreplication \
         connection limit {SESSIONS}"
    )];
    match admin.rights {
        Rights::Superuser => {
            statements.push(format!("alter role {role} set temp_file_limit = '{TEMPORARY_FILES}'"));
            // Otherwise the code of a schema could fill the disk through the server's log.
            statements.push(format!("alter role {role} set log_min_messages = 'fatal'"));
        }
        // Needed to give a database to it.
        Rights::CreateRole => statements.push(format!("grant {role} to current_user")),
        Rights::Plain => {}
    }
    statements
}

row! {
    struct RoleRow {
        role: String,
        /// It has no rights of its own.
        harmless: bool,
        /// We have created it.
        ours: bool,
    }
}

impl ScratchDatabase {
    /// Makes sure that objects can be given to the roles. Existing roles with rights are left alone: code that can act
    /// as one of them would have these rights, too.
    pub async fn ensure_roles(&self, roles: impl IntoIterator<Item = Name>) -> Result<Refused, Error> {
        let wanted: BTreeSet<Name> = roles.into_iter().filter(|role| !self.has_placeholder(role)).collect();
        if wanted.is_empty() {
            return Ok(Refused::new());
        }
        let mut session = administrator(&self.admin.source).await?;
        if self.admin.rights != Rights::Plain {
            sqlx::raw_sql(TURN).execute(&mut session).await?;
        }
        let names: Vec<&str> = wanted.iter().map(Name::as_str).collect();
        let there: Vec<RoleRow> =
            sqlx::query_as(include_str!("../../../sql/scratch/roles.sql")).bind(&names).fetch_all(&mut session).await?;
        let there: BTreeMap<Name, RoleRow> = there.into_iter().map(|row| (Name::from(&*row.role), row)).collect();
        let mut refused = Refused::new();
        for role in wanted {
            match (there.get(&role), self.admin.rights) {
                (_, Rights::Plain) if there.contains_key(&role) => {}
                (Some(RoleRow { harmless: false, .. }), _) => {
                    let reason = "the scratch server has a role of this name, with rights of its own";
                    refused.insert(role, reason.into());
                }
                (None, Rights::Plain) => {
                    refused.insert(role, "the role of `scratch.url` may not create roles".into());
                }
                (known, _) => match self.grant(&mut session, &role, known.map(|row| row.ours)).await {
                    Ok(()) => drop(self.roles().placeholders.insert(role)),
                    Err(Error::Server { code, message }) => {
                        refused.insert(role, format!("{message} (SQLSTATE {code})"));
                    }
                    Err(error) => return Err(error),
                },
            }
        }
        session.close().await?;
        Ok(refused)
    }

    /// `is_ours`: whether the existing role was created by us; `None`: it does not exist.
    async fn grant(&self, session: &mut PgConnection, role: &Name, is_ours: Option<bool>) -> Result<(), Error> {
        let mut statements = String::new();
        if is_ours.is_none() {
            statements.push_str(&format!("create role {role} nologin; "));
        }
        if is_ours != Some(false) {
            let mark = literal(&format!("schemawarden stand-in of {}", self.admin.now));
            statements.push_str(&format!("comment on role {role} is {mark}; "));
        }
        statements.push_str(&format!("grant {role} to {}", self.name));
        sqlx::raw_sql(AssertSqlSafe(statements)).execute(session).await?;
        Ok(())
    }

    pub(super) fn has_placeholder(&self, role: &Name) -> bool {
        self.roles().placeholders.contains(role)
    }

    /// Drops the role and the placeholder roles, unless another run uses them. A private server is removed as a whole.
    pub(super) async fn remove_roles(&self) -> Result<(), Error> {
        if self.admin.is_private || self.admin.rights == Rights::Plain {
            return Ok(());
        }
        let mut session = administrator(&self.admin.source).await?;
        sqlx::raw_sql(TURN).execute(&mut session).await?;
        let names: Vec<String> = self.roles().placeholders.iter().map(|name| name.as_str().to_owned()).collect();
        let unused: Vec<String> = sqlx::query_scalar(include_str!("../../../sql/scratch/members.sql"))
            .bind(&names)
            .bind(self.name.as_str())
            .fetch_all(&mut session)
            .await?;
        for role in unused.iter().map(|role| Name::from(role.as_str())).chain([self.name.clone()]) {
            let removed =
                sqlx::raw_sql(AssertSqlSafe(format!("drop role if exists {role}"))).execute(&mut session).await;
            if let Err(error) = removed.map_err(Error::from) {
                tracing::debug!(%role, %error, "a role on the scratch server was not removed");
            }
        }
        session.close().await?;
        Ok(())
    }
}
