//! Loads SQL files into a scratch database, statement by statement; errors have file and line.
//!
//! What a scratch server lacks, though the SQL is correct, is created (roles) or skipped (settings of newer servers).
//! No statement that defines the schema is ever skipped. Although the SQL is the operator's, it is sent as the role
//! that owns the database; a superuser sends only the statements that need one (`load/elevate.rs`), or all of it, with
//! a warning, if these cannot be distinguished.

mod elevate;

use std::collections::BTreeSet;
use std::path::PathBuf;

use sqlx::postgres::{PgConnection, PgDatabaseError, PgErrorPosition};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use super::{ScratchDatabase, ScratchError, broken, open};
use crate::domain::name::Name;
use crate::domain::plan::statement::bare_words;
use crate::domain::script::{self, Statement, StatementKind};
use elevate::Elevated;

/// insufficient_privilege
const FORBIDDEN: &str = "42501";
const EXCERPT_CHARS: usize = 80;

/// A script, and its name in errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlFile {
    pub path: PathBuf,
    pub text: String,
}

struct Script<'a> {
    file: &'a SqlFile,
    statements: Vec<Statement<'a>>,
}

/// What has been learned about the server. Each entry is learned once, so that loading terminates.
#[derive(Default)]
struct Allowances {
    /// Roles that were missing, and have been created.
    roles: BTreeSet<Name>,
    /// Statements that the server does not accept and that are not needed, by file and number.
    waived: BTreeSet<(usize, usize)>,
    /// A relevant GRANT or REVOKE was skipped.
    not_granted: bool,
    /// Statements that change an owner within a transaction: they are run after it.
    deferred: BTreeSet<(usize, usize)>,
    /// Everything is sent as the superuser.
    superuser: bool,
}

/// What could not be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Every GRANT and REVOKE was run. Otherwise privileges in scratch mean nothing.
    pub all_granted: bool,
    /// The SQL names the role that owns everything that the SQL gives to no other role.
    pub names_the_owner: bool,
}

enum Progress {
    Done,
    /// An allowance was made in the middle of a transaction, which had to be rolled back.
    StartOver,
}

/// The server's error for one statement.
pub(super) struct Refusal {
    pub code: String,
    pub message: String,
    /// Lines from the statement's first to the place of the error.
    lines: usize,
    server_major: u32,
}

impl ScratchDatabase {
    /// Runs the files in order, as psql would. Statements about databases, roles, tablespaces and subscriptions are
    /// left out: they are not part of the schema, and a scratch server must not be changed by them.
    pub async fn load(&self, files: &[SqlFile]) -> Result<Loaded, ScratchError> {
        let scripts = files.iter().map(Script::new).collect::<Result<Vec<_>, _>>()?;
        let makes_schema = |script: &Script<'_>| script.statements.iter().any(|s| s.kind == StatementKind::Schema);
        if let Some(first) = files.first()
            && !scripts.iter().any(makes_schema)
        {
            return Err(ScratchError::Empty { file: first.path.clone() });
        }
        let loading = async {
            let mut allowances = Allowances::default();
            while let Progress::StartOver = self.run(&scripts, &mut allowances).await? {
                self.create_again().await?;
            }
            self.enable_event_triggers().await.map_err(ScratchError::Postgres)?;
            let source = if allowances.superuser { &self.admin.source } else { &self.source };
            let owner = source.options().get_username();
            let names_the_owner = files.iter().any(|file| file.text.contains(owner));
            Ok(Loaded { all_granted: !allowances.not_granted, names_the_owner })
        };
        self.bounded(Box::pin(loading)).await?
    }

    async fn run(&self, scripts: &[Script<'_>], allowances: &mut Allowances) -> Result<Progress, ScratchError> {
        let source = if allowances.superuser { self.as_admin() } else { self.source.clone() };
        let mut session = open(&source).await?;
        let mut elevated = Elevated::new(self);
        for (file, script) in scripts.iter().enumerate() {
            // Messages are matched and shown. If we may not choose their language, they are shown as they are.
            let _ = sqlx::raw_sql("set lc_messages = 'C'").execute(&mut session).await;
            for (number, statement) in script.statements.iter().enumerate() {
                let place = (file, number);
                if allowances.deferred.contains(&place) {
                    elevated.later(&mut session, statement).await?;
                    continue;
                }
                while !allowances.waived.contains(&place) {
                    let Some(refusal) = execute(&mut session, statement.sql).await? else {
                        break;
                    };
                    let is_lost = is_transaction_lost(&mut session).await?;
                    if self.is_beyond(&refusal, statement, allowances) {
                        if !is_lost && elevated.takes(statement).await? {
                            match elevated.carry_out(&mut session, statement).await? {
                                None => break,
                                Some(refusal) => return Err(script.error(statement, &refusal)),
                            }
                        }
                        if is_lost && elevated.takes(statement).await? && elevate::gives(statement.sql) {
                            allowances.deferred.insert(place);
                        } else if statement.kind == StatementKind::Access {
                            allowances.waived.insert(place);
                        } else {
                            script.warn_of_superuser(statement, &refusal);
                            allowances.superuser = true;
                            return Ok(Progress::StartOver);
                        }
                    } else if !self.make_allowance(&refusal, allowances, script, statement).await? {
                        tracing::debug!(
                            file = %script.file.path.display(), line = statement.line, refusal.message, "left out"
                        );
                        allowances.not_granted |= grants(statement.sql);
                        allowances.waived.insert(place);
                    }
                    if is_lost {
                        return Ok(Progress::StartOver);
                    }
                }
            }
            if is_in_transaction(&mut session).await? {
                return Err(ScratchError::OpenTransaction { file: script.file.path.clone() });
            }
            if let Some((statement, refusal)) = elevated.finish().await? {
                return Err(script.error(statement, &refusal));
            }
            // The next file begins in a fresh session: settings, temporary tables, the role.
            sqlx::raw_sql("discard all").execute(&mut session).await.map_err(broken)?;
        }
        session.close().await.map_err(broken)?;
        elevated.close().await?;
        Ok(Progress::Done)
    }

    /// Whether it needs a superuser. What is still forbidden to a role that owns everything and is a member of all
    /// owners belongs to the system or an extension.
    fn is_beyond(&self, refusal: &Refusal, statement: &Statement<'_>, allowances: &Allowances) -> bool {
        let may_be_sent = matches!(statement.kind, StatementKind::Access | StatementKind::Schema | StatementKind::Set);
        refusal.code == FORBIDDEN && self.has_superuser() && !allowances.superuser && may_be_sent
    }

    /// Creates the role whose absence was the reason, if it was. Returns false if the statement can be skipped.
    async fn make_allowance(
        &self,
        refusal: &Refusal,
        allowances: &mut Allowances,
        script: &Script<'_>,
        statement: &Statement<'_>,
    ) -> Result<bool, ScratchError> {
        if is_dispensable(refusal, statement.kind) {
            return Ok(false);
        }
        let Some(role) = missing_role(refusal).filter(|role| !allowances.roles.contains(role)) else {
            return Err(script.error(statement, refusal));
        };
        let mut refused = self.ensure_roles([role.clone()]).await.map_err(ScratchError::Postgres)?;
        match refused.remove(&role) {
            None => {}
            Some(_) if statement.kind == StatementKind::Access => return Ok(false),
            Some(reason) => {
                let (file, line) = (script.file.path.clone(), statement.line);
                return Err(ScratchError::Role { file, line, role, reason });
            }
        }
        allowances.roles.insert(role);
        Ok(true)
    }
}

impl<'a> Script<'a> {
    fn new(file: &'a SqlFile) -> Result<Self, ScratchError> {
        let mut statements = script::split(&file.text).map_err(|error| ScratchError::Script {
            file: file.path.clone(),
            line: error.line,
            problem: error.problem,
        })?;
        statements.retain(|statement| statement.kind != StatementKind::Outside);
        Ok(Self { file, statements })
    }

    fn warn_of_superuser(&self, statement: &Statement<'_>, refusal: &Refusal) {
        tracing::warn!(
            "{}:{}: {} (in: {}). It takes a superuser, so all of `expected` is evaluated in scratch as a superuser",
            self.file.path.display(),
            statement.line + refusal.lines,
            refusal.message,
            excerpt(statement.sql),
        );
    }

    fn error(&self, statement: &Statement<'_>, refusal: &Refusal) -> ScratchError {
        let (file, line) = (self.file.path.clone(), statement.line + refusal.lines);
        match missing_extension(refusal) {
            Some(name) => ScratchError::Extension { file, line, package: package(&name, refusal.server_major), name },
            None => {
                let message = refusal.message.clone();
                ScratchError::Statement { file, line, message, statement: excerpt(statement.sql) }
            }
        }
    }
}

/// `None` if the server has run it.
pub(super) async fn execute(session: &mut PgConnection, sql: &str) -> Result<Option<Refusal>, ScratchError> {
    let Err(error) = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *session).await else {
        return Ok(None);
    };
    let server = match &error {
        sqlx::Error::Database(error) => error.try_downcast_ref::<PgDatabaseError>(),
        _ => None,
    };
    let Some(server) = server else {
        return Err(broken(error));
    };
    let lines = match server.position() {
        Some(PgErrorPosition::Original(position)) => {
            sql.chars().take(position.saturating_sub(1)).filter(|c| *c == '\n').count()
        }
        // An error within a function's own statement has no place in the file.
        Some(PgErrorPosition::Internal { .. }) | None => 0,
    };
    let (code, message) = (server.code().into(), server.message().into());
    let server_major = session.server_version_num().unwrap_or(0) / 10_000;
    Ok(Some(Refusal { code, message, lines, server_major }))
}

/// Whether a refused statement has aborted a transaction.
async fn is_transaction_lost(session: &mut PgConnection) -> Result<bool, ScratchError> {
    let refusal = execute(session, "select 1").await?;
    Ok(refusal.is_some_and(|refusal| refusal.code == "25P02"))
}

async fn is_in_transaction(session: &mut PgConnection) -> Result<bool, ScratchError> {
    let query = "select pg_catalog.transaction_timestamp() <> pg_catalog.statement_timestamp() as within";
    let row = sqlx::raw_sql(query).fetch_one(session).await.map_err(broken)?;
    row.try_get("within").map_err(broken)
}

/// Whether the schema is the same without the statement: a setting that only newer servers have, a tablespace, an
/// object that every database has, or owners and privileges, which are not compared.
fn is_dispensable(refusal: &Refusal, kind: StatementKind) -> bool {
    let message = refusal.message.as_str();
    match kind {
        StatementKind::Set => {
            message.starts_with("unrecognized configuration parameter")
                || message.starts_with("invalid value for parameter \"default_tablespace\"")
        }
        StatementKind::Schema => {
            ["schema \"public\" already exists", "extension \"plpgsql\" already exists"].contains(&message)
        }
        // A scratch server may forbid it to an ordinary role (insufficient_privilege).
        StatementKind::Access => refusal.code == FORBIDDEN,
        StatementKind::Outside => true,
    }
}

/// Whether it changes privileges, as opposed to owners.
fn grants(sql: &str) -> bool {
    let words: Vec<_> = bare_words(sql).into_iter().take(2).map(str::to_ascii_lowercase).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    matches!(*words, ["grant" | "revoke", ..] | ["alter", "default"])
}

pub(super) fn missing_role(refusal: &Refusal) -> Option<Name> {
    // undefined_object; invalid_parameter_value for SET ROLE
    let role = refusal.message.strip_prefix("role \"")?.strip_suffix("\" does not exist")?;
    matches!(refusal.code.as_str(), "42704" | "22023").then(|| role.into())
}

fn missing_extension(refusal: &Refusal) -> Option<String> {
    let message = refusal.message.as_str();
    let since_15 = || message.strip_prefix("extension \"")?.strip_suffix("\" is not available");
    let before = || {
        let (file, _) = message.strip_prefix("could not open extension control file \"")?.split_once(".control\"")?;
        file.rsplit('/').next()
    };
    since_15().or_else(before).map(str::to_owned)
}

/// The name of Debian's package.
fn package(extension: &str, server_major: u32) -> String {
    let name = match extension {
        "vector" => "pgvector".into(),
        "pg_cron" => "cron".into(),
        "pg_partman" => "partman".into(),
        "pg_repack" => "repack".into(),
        _ if extension.starts_with("postgis") => "postgis-3".into(),
        _ => extension.replace('_', "-"),
    };
    format!("postgresql-{server_major}-{name}")
}

/// The beginning of a statement, up to the first value in it.
fn excerpt(sql: &str) -> String {
    let line = sql.split(['\n', '\r', '\'', '(', '$']).next().unwrap_or_default();
    line.chars().take(EXCERPT_CHARS).collect::<String>().trim_end().to_owned()
}
