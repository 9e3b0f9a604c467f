//! Scratch databases: where DDL is evaluated, so that PostgreSQL itself says what it means.
//!
//! By default on a private throwaway server; else each is created, used and dropped on a server that the operator
//! names. There nothing but that database is touched, except that roles which the DDL names and the server lacks are
//! created (`NOLOGIN`, and they stay). A process that is killed in between leaves its database behind:
//! `schemawarden_scratch_<process>_<random>`, safe to drop. Must never be given a database that anyone wants to keep.

mod load;

use std::path::PathBuf;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _};

use super::connect::{self, Source};
use super::server::{ServerError, ServerOptions, ThrowawayServer};
use crate::name::Name;
use crate::script::ScriptProblem;

pub use load::SqlFile;

/// Where scratch databases live.
#[derive(Clone, Debug, Default)]
pub struct ScratchConfig {
    /// A server on which databases may be created; a private one when `None`.
    pub url: Option<Source>,
    /// Where the binaries of the private server are; found when `None`.
    pub bin_dir: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum ScratchError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("the scratch server cannot be used: {0}")]
    Postgres(super::Error),
    #[error("{}:{line}: {problem}", .file.display())]
    Script { file: PathBuf, line: usize, problem: ScriptProblem },
    /// `statement` is how it begins, without the values in it.
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
    Role { file: PathBuf, line: usize, role: Name, reason: super::Error },
    /// Else a dump that was cut short would expect nothing, and everything would hold.
    #[error("{} holds no SQL statement that makes a schema", .file.display())]
    Empty { file: PathBuf },
    #[error("{} ends inside a transaction: its COMMIT is missing, so nothing since its BEGIN would be kept", .file.display())]
    OpenTransaction { file: PathBuf },
    #[error("the SQL files were not loaded into a scratch database within {} s", .0.as_secs())]
    Late(Duration),
}

/// A server for scratch databases. They must not outlive it.
#[derive(Debug)]
pub struct Scratch {
    server: Option<ThrowawayServer>,
    admin: Source,
}

impl Scratch {
    /// Starts the private server, where the config names no other.
    pub async fn open(config: &ScratchConfig) -> Result<Self, ScratchError> {
        if let Some(url) = &config.url {
            return Ok(Self { server: None, admin: url.clone() });
        }
        let options = ServerOptions {
            bin_dir: config.bin_dir.clone(),
            max_connections: 10,
            // A dump in one transaction locks every object that it makes.
            settings: [("autovacuum", "off"), ("max_locks_per_transaction", "2048")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ..ServerOptions::default()
        };
        let server = ThrowawayServer::start(&options).await?;
        Ok(Self { admin: server.source("postgres"), server: Some(server) })
    }

    /// A new, empty database.
    pub async fn database(&self) -> Result<ScratchDatabase, ScratchError> {
        let name = format!("schemawarden_scratch_{}_{:08x}", std::process::id(), fastrand::u32(..));
        let source = self.admin.with_database(&name);
        let database = ScratchDatabase { admin: self.admin.clone(), source, name: name.as_str().into() };
        database.create().await?;
        Ok(database)
    }

    /// Ends the private server and waits for it. (Dropping ends it too.)
    pub async fn close(self) -> Result<(), ScratchError> {
        if let Some(server) = self.server {
            server.stop().await?;
        }
        Ok(())
    }
}

/// One scratch database. [`drop`](Self::drop) it: on a server that is not private, nobody else will.
#[derive(Debug)]
pub struct ScratchDatabase {
    admin: Source,
    source: Source,
    name: Name,
}

impl ScratchDatabase {
    pub fn source(&self) -> &Source {
        &self.source
    }

    pub async fn drop(self) -> Result<(), ScratchError> {
        self.remove().await
    }

    async fn create(&self) -> Result<(), ScratchError> {
        // Not template1: what a site has put there is not what the SQL says.
        self.administer(format!("create database {} template template0 encoding 'UTF8' locale 'C'", self.name)).await
    }

    async fn remove(&self) -> Result<(), ScratchError> {
        self.administer(format!("drop database if exists {} with (force)", self.name)).await
    }

    async fn administer(&self, statement: String) -> Result<(), ScratchError> {
        administer(&self.admin, statement).await.map_err(ScratchError::Postgres)
    }
}

async fn administer(admin: &Source, statement: String) -> Result<(), super::Error> {
    let mut session = connect::open(admin, &options(admin)).await?;
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut session).await?;
    session.close().await?;
    Ok(())
}

async fn open(source: &Source) -> Result<PgConnection, ScratchError> {
    connect::open(source, &options(source)).await.map_err(ScratchError::Postgres)
}

/// An ordinary session, whatever the server's, the role's or the environment's settings say.
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
