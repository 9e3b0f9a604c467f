//! Scratch databases: DDL is evaluated in them, so that PostgreSQL itself says what it means.
//!
//! By default they are on a private throwaway server; otherwise each is created, used and dropped on a server that the
//! operator names. There only our own objects are touched: `schemawarden_scratch_<time>_<process>_<random>`, a database
//! and its owner, a role of that name, and placeholder roles ([`role`]). SQL of a schema is sent as that role, which
//! has no rights outside of its database; what only a superuser can do is sent by [`admin`], which runs no code of the
//! schema. Must never be given a database that anyone wants to keep.

mod admin;
mod apart;
mod attempt;
mod bound;
mod load;
pub mod rebuild;
pub mod rehearse;
mod role;
pub mod server;
pub mod spelling;
mod sweep;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _};

use super::connect::{self, Source};
use super::row::row;
use crate::domain::name::Name;
use crate::domain::script::ScriptProblem;
use admin::EventTriggers;
use role::Roles;
use server::{ServerError, ServerOptions, ThrowawayServer, random_password};

pub use apart::{refuse_target, warning};
pub use attempt::RefusedStatement;
pub use bound::Bounds;
pub use load::SqlFile;
pub use role::{Refused, Rights};

/// Superuser of the private server. No owner of a schema has this name.
const SUPERUSER: &str = "schemawarden_scratch_superuser";

/// Where scratch databases are created.
#[derive(Clone, Debug, Default)]
pub struct ScratchConfig {
    /// A server on which databases may be created; a private one when `None`.
    pub url: Option<Source>,
    /// The folder with the binaries of the private server; searched if `None`.
    pub bin_dir: Option<PathBuf>,
    pub bounds: Bounds,
}

#[derive(Debug, thiserror::Error)]
pub enum ScratchError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("the scratch server cannot be used: {0}")]
    Postgres(super::Error),
    #[error("{}:{line}: {problem}", .file.display())]
    Script { file: PathBuf, line: usize, problem: ScriptProblem },
    /// `statement` is its beginning, without the values in it.
    #[error("{}:{line}: {message} (in: {statement})", .file.display())]
    Statement { file: PathBuf, line: usize, message: String, statement: String },
    #[error(
        "{}:{line}: the scratch server has no extension {name}. Install its package there (on Debian usually `apt-get \
         install {package}`), or set `scratch.url` to a server that has it", .file.display()
    )]
    Extension { file: PathBuf, line: usize, name: String, package: String },
    #[error(
        "{}:{line}: role {role} does not exist on the scratch server and cannot be created there: {reason}",
        .file.display()
    )]
    Role { file: PathBuf, line: usize, role: Name, reason: String },
    /// Otherwise a truncated dump would expect nothing, and every check would hold.
    #[error("{} holds no SQL statement that makes a schema", .file.display())]
    Empty { file: PathBuf },
    #[error("{} ends inside a transaction: its COMMIT is missing, so nothing since its BEGIN would be kept", .file.display())]
    OpenTransaction { file: PathBuf },
    #[error("a scratch database was not built within {} s: a function of the schema may not come to its end", .0.as_secs_f32())]
    Late(Duration),
    #[error("a scratch database grew beyond {} MB, and was given up", .0 >> 20)]
    Large(i64),
    #[error(
        "`scratch.url` leads to the server of {target}: what is evaluated in scratch would run there. Leave it out for a \
         private server, or name another server"
    )]
    Target { target: String },
}

/// The role of the scratch server's URL, and what is known about it.
#[derive(Clone, Debug)]
struct Admin {
    source: Source,
    rights: Rights,
    is_private: bool,
    /// `server_version_num`
    version: u32,
    /// The server's clock, in seconds.
    now: i64,
    /// A database is made with `STRATEGY FILE_COPY`, in half the time.
    copies_files: bool,
}

/// A server for scratch databases, which must not be used after it has ended.
#[derive(Debug)]
pub struct Scratch {
    server: Option<ThrowawayServer>,
    admin: Admin,
    bounds: Bounds,
}

impl Scratch {
    /// Starts the private server, if the configuration names no other.
    pub async fn open(config: &ScratchConfig) -> Result<Self, ScratchError> {
        if let Some(url) = &config.url {
            let admin = Admin::look(url).await.map_err(ScratchError::Postgres)?;
            apart::warn(admin.rights);
            return Ok(Self { server: None, admin, bounds: config.bounds });
        }
        let options = ServerOptions {
            bin_dir: config.bin_dir.clone(),
            max_connections: 20,
            // A dump in one transaction locks every object that it creates.
            settings: [("autovacuum", "off"), ("max_locks_per_transaction", "2048")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            superuser: SUPERUSER,
            memory_kib: Some(config.bounds.memory_kib),
            from_template: true,
            ..ServerOptions::default()
        };
        let server = ThrowawayServer::start(&options).await?;
        let source = server.source("postgres");
        let mut session = administrator(&source).await.map_err(ScratchError::Postgres)?;
        let closed = "revoke connect on database postgres, template1 from public";
        sqlx::raw_sql(closed).execute(&mut session).await.map_err(broken)?;
        session.close().await.map_err(broken)?;
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
        let (version, now) = (server.version(), i64::try_from(now).unwrap_or_default());
        let copies_files = version >= 150_000;
        let admin = Admin { source, rights: Rights::Superuser, is_private: true, version, now, copies_files };
        Ok(Self { admin, server: Some(server), bounds: config.bounds })
    }

    /// The rights of the role in the server's URL.
    pub fn rights(&self) -> Rights {
        self.admin.rights
    }

    /// A new, empty database.
    pub async fn database(&self) -> Result<ScratchDatabase, ScratchError> {
        // The time shows the age of a database that was left behind.
        let (process, random) = (std::process::id(), fastrand::u32(..));
        let name = format!("schemawarden_scratch_{:010}_{process}_{random:08x}", self.admin.now);
        let mut source = self.admin.source.with_database(&name);
        let mut roles = Roles::default();
        if self.admin.rights != Rights::Plain {
            let password = random_password()?;
            source = source.with_login(&name, &password);
            roles.password = Some(password);
        }
        let database = ScratchDatabase {
            admin: self.admin.clone(),
            source,
            name: name.as_str().into(),
            bounds: self.bounds,
            roles: Mutex::new(roles),
            event_triggers: Mutex::default(),
        };
        database.create().await?;
        Ok(database)
    }

    /// Ends the private server and waits for it. (Dropping it ends it too.)
    pub async fn close(self) -> Result<(), ScratchError> {
        if let Some(server) = self.server {
            server.stop().await?;
        }
        Ok(())
    }
}

row! {
    struct AdminRow {
        is_superuser: bool,
        creates_roles: bool,
        now: i64,
        version: i32,
        copies_files: bool,
    }
}

impl Admin {
    /// Queries the server, and removes what killed runs have left on it.
    async fn look(source: &Source) -> Result<Self, super::Error> {
        let mut session = administrator(source).await?;
        let query = sqlx::query_as::<_, AdminRow>(include_str!("../../sql/scratch/admin.sql"));
        let row = query.fetch_one(&mut session).await?;
        sweep::sweep(&mut session).await?;
        session.close().await?;
        let rights = match (row.is_superuser, row.creates_roles) {
            (true, _) => Rights::Superuser,
            (false, true) => Rights::CreateRole,
            (false, false) => Rights::Plain,
        };
        let version = u32::try_from(row.version).unwrap_or_default();
        Ok(Self {
            source: source.clone(),
            rights,
            is_private: false,
            version,
            now: row.now,
            copies_files: row.copies_files,
        })
    }
}

/// One scratch database. [`drop`](Self::drop) it: on a server that is not private, it otherwise remains for an hour.
#[derive(Debug)]
pub struct ScratchDatabase {
    admin: Admin,
    source: Source,
    /// The name of the database, and of the role that owns it.
    name: Name,
    bounds: Bounds,
    roles: Mutex<Roles>,
    event_triggers: Mutex<EventTriggers>,
}

impl ScratchDatabase {
    /// The database, as the role that owns it.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Whether the role is the default owner here: the role that owns the database, or the one that created it.
    pub fn is_by_chance(&self, owner: &Name) -> bool {
        [self.source.options().get_username(), self.admin.source.options().get_username()].contains(&owner.as_str())
    }

    pub async fn drop(self) -> Result<(), ScratchError> {
        self.remove().await?;
        self.remove_roles().await.map_err(ScratchError::Postgres)
    }

    async fn create(&self) -> Result<(), ScratchError> {
        let password = self.roles().password.clone();
        let mut statements = Vec::new();
        let mut owner = String::new();
        if let Some(password) = password {
            statements.extend(role::create(&self.admin, &self.name, &password));
            owner = format!("owner {} ", self.name);
        }
        self.administer(statements).await?;
        self.create_database(&owner).await
    }

    async fn create_database(&self, owner: &str) -> Result<(), ScratchError> {
        let name = &self.name;
        // Not template1: what a site has added to it is not part of the SQL.
        let strategy = if self.admin.copies_files { " strategy file_copy" } else { "" };
        let create = format!("create database {name} {owner}template template0 encoding 'UTF8' locale 'C'{strategy}");
        self.administer(vec![create, format!("revoke all on database {name} from public")]).await?;
        if self.has_superuser() && self.admin.version < 150_000 {
            // Since 15 it belongs to the database's owner.
            let mut session = self.admin_session().await.map_err(ScratchError::Postgres)?;
            let given = AssertSqlSafe(format!("alter schema public owner to {name}"));
            sqlx::raw_sql(given).execute(&mut session).await.map_err(broken)?;
            session.close().await.map_err(broken)?;
        }
        Ok(())
    }

    /// The same database, empty again.
    async fn create_again(&self) -> Result<(), ScratchError> {
        self.remove().await?;
        self.event_triggers().clear();
        let is_owned = self.roles().password.is_some();
        let owner = if is_owned { format!("owner {} ", self.name) } else { String::new() };
        self.create_database(&owner).await
    }

    async fn remove(&self) -> Result<(), ScratchError> {
        self.administer(vec![format!("drop database if exists {} with (force)", self.name)]).await
    }

    async fn administer(&self, statements: Vec<String>) -> Result<(), ScratchError> {
        administer(&self.admin.source, statements).await.map_err(ScratchError::Postgres)
    }

    fn roles(&self) -> MutexGuard<'_, Roles> {
        self.roles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn event_triggers(&self) -> MutexGuard<'_, EventTriggers> {
        self.event_triggers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One session for all of them, and a transaction for each.
async fn administer(admin: &Source, statements: Vec<String>) -> Result<(), super::Error> {
    if statements.is_empty() {
        return Ok(());
    }
    let mut session = administrator(admin).await?;
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut session).await?;
    }
    session.close().await?;
    Ok(())
}

/// For statements of our own.
async fn administrator(source: &Source) -> Result<PgConnection, super::Error> {
    let settings = [("search_path", "pg_catalog"), ("client_min_messages", "warning"), ("statement_timeout", "0")];
    let options = source.options().clone().application_name("schemawarden scratch").options(settings);
    connect::open(source, &options).await
}

fn broken(error: sqlx::Error) -> ScratchError {
    ScratchError::Postgres(error.into())
}

async fn open(source: &Source) -> Result<PgConnection, ScratchError> {
    connect::open(source, &options(source)).await.map_err(ScratchError::Postgres)
}

/// A session with default settings, whatever the server, the role or the environment has set.
fn options(source: &Source) -> PgConnectOptions {
    source.options().clone().application_name("schemawarden scratch").options([
        ("search_path", "\"$user\", public"),
        ("default_transaction_read_only", "off"),
        ("standard_conforming_strings", "on"),
        ("client_min_messages", "warning"),
        ("lock_timeout", "0"),
        ("statement_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
    ])
}

#[cfg(test)]
mod tests;
