//! The rehearsal of a restore, before anything is changed: the live schema is built in scratch from `pg_dump`'s output,
//! and the script of the restore is run there without rows.
//!
//! A restore is the last resort. A rehearsal therefore fails only by an error that the live server would raise as well.
//! Whatever scratch may lack (extensions, languages, rights, locales, a newer server, time) makes the rehearsal
//! impossible, which proves nothing either way. No statement of it runs as a superuser.

use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::ChildStdout;
use tokio::time::{Instant, timeout, timeout_at};

use super::child::Program;
use super::programs::Programs;
use super::restore::{Ready, Run, Verified, prologue, use_list};
use crate::domain::script::{self, StatementKind};
use crate::pg::Source;
use crate::pg::scratch::{RefusedStatement, Scratch, ScratchConfig, ScratchDatabase};

/// Limit for the whole rehearsal: the application may be down in the meantime.
const LIMIT: Duration = Duration::from_mins(1);

/// Limit for the cleanup of scratch.
const CLEARING_LIMIT: Duration = Duration::from_secs(10);

/// How long `pg_dump` waits for a concurrent change of a table's definition.
const LOCK_LIMIT: Duration = Duration::from_secs(5);

/// Largest schema script.
const LARGEST: u64 = 64 << 20;

/// Options that leave out what neither shapes the schema nor blocks a restore, and may be missing in scratch.
const BARE: [&str; 6] =
    ["--schema-only", "--no-owner", "--no-privileges", "--no-tablespaces", "--no-comments", "--no-security-labels"];

/// How much of a statement is shown, in characters.
const SHOWN: usize = 300;

/// Result of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rehearsed {
    Passed,
    /// The restore would fail at this statement.
    Failed {
        statement: String,
        reason: String,
    },
    /// It could not be held, and why.
    Impossible(String),
}

/// Why it could not be held.
struct Impossible(String);

impl<E: std::error::Error> From<E> for Impossible {
    fn from(error: E) -> Self {
        let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
        Self(causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    }
}

/// The script of a restore without its rows.
struct Script {
    /// Drops what blocks the restore.
    clearing: String,
    /// Restores the schema, and commits.
    restoring: String,
}

impl Verified<'_> {
    /// Rehearses the restore into the database for which the backup was verified. Only reads there.
    pub async fn rehearse(&self, source: &Source, scratch: &ScratchConfig) -> Rehearsed {
        let deadline = Instant::now() + LIMIT;
        let held = async {
            let late = |_| Impossible(format!("it was not over within {} s", LIMIT.as_secs()));
            let server = timeout_at(deadline, Scratch::open(scratch)).await.map_err(late)??;
            let databases = async { tokio::try_join!(server.database(), server.database()) };
            let (first, second) = timeout_at(deadline, databases).await.map_err(late)??;
            let staged = first.bounded(second.bounded(self.on_stage(source, &first, &second)));
            let rehearsed = timeout_at(deadline, Box::pin(staged)).await.map_err(late);
            let clearing = async {
                first.drop().await?;
                second.drop().await?;
                server.close().await
            };
            if let Ok(Err(error)) = timeout(CLEARING_LIMIT, clearing).await {
                tracing::debug!(%error, "scratch was not cleared away after the rehearsal of a restore");
            }
            rehearsed???
        };
        match Box::pin(held).await {
            Ok(rehearsed) => rehearsed,
            Err(Impossible(why)) => Rehearsed::Impossible(why),
        }
    }

    async fn on_stage(
        &self,
        source: &Source,
        first: &ScratchDatabase,
        second: &ScratchDatabase,
    ) -> Result<Rehearsed, Impossible> {
        let live = alone(&live(&self.ready.programs, source).await?);
        if let Some(refused) = attempt(first, &[&live]).await?.1 {
            return Err(Impossible(format!(
                "the live schema cannot be built in scratch: {}",
                public_message(&refused)
            )));
        }
        let script = self.script(source).await?;
        let clearing = statements(&script.clearing)?.len();
        let (statement, refused) = attempt(first, &[&script.clearing, &script.restoring]).await?;
        let Some(refused) = refused else { return Ok(Rehearsed::Passed) };
        let failed = |statement: String| Rehearsed::Failed { statement, reason: public_message(&refused) };
        if refused.at < clearing && is_in_the_way(&refused.code) {
            return Ok(failed(statement.chars().take(SHOWN).collect()));
        }
        if refused.at < clearing || !is_of_the_schema(&refused.code) {
            return Err(Impossible(format!(
                "scratch refused it at `{}`: {}",
                excerpt(&statement),
                public_message(&refused)
            )));
        }
        let backup = alone(&self.ready.script_of(source, None, &[]).await?);
        match attempt(second, &[&backup]).await?.1 {
            None => Ok(failed(excerpt(&statement))),
            Some(lack) => Err(Impossible(format!(
                "the backup's schema cannot be built in scratch by itself: {}",
                public_message(&lack)
            ))),
        }
    }

    async fn script(&self, source: &Source) -> Result<Script, Impossible> {
        let (others, keys) = self.ready.lists();
        let clearing = prologue(&self.ready.in_the_way);
        let mut restoring = self.ready.script_of(source, Some(&others), &["--clean", "--if-exists"]).await?;
        if !keys.is_empty() {
            restoring += &self.ready.script_of(source, Some(&keys), &[]).await?;
        }
        restoring += &self.ready.afterwards();
        Ok(Script { clearing, restoring: restoring + "\ncommit;\n" })
    }
}

impl Ready<'_> {
    /// The entries of `list`, or all of them, as SQL.
    async fn script_of(&self, source: &Source, list: Option<&str>, more: &[&str]) -> Result<String, Impossible> {
        let run = Run { programs: &self.programs, place: &self.place, source };
        let list = list.map(use_list).transpose()?;
        let mut program = run.script_of(list.as_ref(), &[&BARE, more].concat())?;
        let (input, output) = (program.input(), program.output());
        let fed = async { run.feed(input).await.map_err(Impossible::from) };
        let ((), sql) = tokio::try_join!(fed, text(output))?;
        program.success().await?;
        Ok(sql)
    }
}

/// The live schema as SQL, unmodelled objects included.
async fn live(programs: &Programs, source: &Source) -> Result<String, Impossible> {
    let wait = format!("--lock-wait-timeout={}", LOCK_LIMIT.as_millis());
    let more = [&*wait, "--no-subscriptions", "--no-password", "--encoding=UTF8"];
    let arguments: Vec<String> = BARE.iter().chain(&more).map(|argument| (*argument).to_owned()).collect();
    let mut program = Program::start("pg_dump", &programs.pg_dump, &arguments, Some(source))?;
    let output = program.output();
    let sql = text(output).await?;
    program.success().await?;
    Ok(sql)
}

/// The output of a program, if it is UTF-8 and not too large: lossy decoding would change names.
async fn text(output: Option<ChildStdout>) -> Result<String, Impossible> {
    let mut text = Vec::new();
    if let Some(output) = output {
        output.take(LARGEST + 1).read_to_end(&mut text).await?;
    }
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > LARGEST {
        return Err(Impossible(format!("its schema is written in more than {} MB", LARGEST >> 20)));
    }
    String::from_utf8(text).map_err(|_| Impossible("its schema is not written in UTF-8".into()))
}

/// In its own transaction.
fn alone(sql: &str) -> String {
    format!("begin;\n{sql}\ncommit;\n")
}

/// The statements about the schema, without the setting of the encoding, which is the session's own.
fn statements(sql: &str) -> Result<Vec<&str>, Impossible> {
    let statements = script::split(sql)?;
    Ok(statements.iter().filter(|it| it.kind != StatementKind::Outside).map(|it| it.sql).collect())
}

/// Runs the parts; gives the refused statement with the server's error, if there is one.
async fn attempt(database: &ScratchDatabase, parts: &[&str]) -> Result<(String, Option<RefusedStatement>), Impossible> {
    let mut sent = Vec::new();
    for part in parts {
        sent.extend(statements(part)?);
    }
    let refused = database.attempt(&sent).await?;
    let statement = refused.as_ref().and_then(|refused| sent.get(refused.at)).copied().unwrap_or_default();
    Ok((statement.split_whitespace().collect::<Vec<_>>().join(" "), refused))
}

/// Whether the error means that an object blocks the restore, which it does in the live database as well:
/// `dependent_objects_still_exist`, `wrong_object_type`. A missing object may be a limit of scratch, because every drop
/// is `IF EXISTS`.
fn is_in_the_way(code: &str) -> bool {
    ["2BP01", "42809"].contains(&code)
}

/// Whether an error is about the schema alone, on any server. Errors of rights or syntax are not.
fn is_of_the_schema(code: &str) -> bool {
    code == "2BP01" || code == "3F000" || code.starts_with("42") && !["42501", "42601"].contains(&code)
}

/// Names of objects are not secret; anything else in a server's message may be a value.
fn public_message(RefusedStatement { code, message, .. }: &RefusedStatement) -> String {
    if is_of_the_schema(code) { format!("{message} (SQLSTATE {code})") } else { format!("SQLSTATE {code}") }
}

/// The beginning of a statement, up to its first value.
fn excerpt(statement: &str) -> String {
    let begin = statement.split(['\'', '$', '(']).next().unwrap_or_default();
    begin.chars().take(SHOWN).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_scratch_do_not_fail_a_rehearsal() {
        for code in ["42501", "42601", "0A000", "53200", "57014", "58P01", "22P02", "XX000", "P0001", "08006"] {
            assert!(!is_of_the_schema(code) && !is_in_the_way(code), "{code}");
        }
        for (code, is_in_the_way_too) in [("2BP01", true), ("42809", true), ("42P07", false), ("42704", false)] {
            assert_eq!((is_of_the_schema(code), is_in_the_way(code)), (true, is_in_the_way_too), "{code}");
        }
    }

    #[test]
    fn values_are_not_shown() {
        let refused = |code: &str| RefusedStatement { at: 0, code: code.into(), message: "what of \"hunter2\"".into() };
        assert_eq!(public_message(&refused("22P02")), "SQLSTATE 22P02");
        assert_eq!(public_message(&refused("2BP01")), "what of \"hunter2\" (SQLSTATE 2BP01)");
        let mapping = "CREATE USER MAPPING FOR public SERVER s OPTIONS ( \"user\" 'u', password 'hunter2' )";
        assert_eq!(excerpt(mapping), "CREATE USER MAPPING FOR public SERVER s OPTIONS");
    }
}
