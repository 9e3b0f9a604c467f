//! A restore, rehearsed before anything is touched: the live schema is built in scratch, from what `pg_dump` says of it, and
//! the script of the restore is carried out there, all but the rows.
//!
//! A restore is the emergency exit. So only what the server would say of the live database as well counts against it, and
//! whatever scratch may lack (extensions, languages, rights, locales, a newer server, time) makes a rehearsal that could not
//! be held, which says nothing. Nothing in it is done as a superuser.

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

/// For all of it: an application may be down meanwhile.
const LIMIT: Duration = Duration::from_mins(1);

/// For scratch to be cleared away.
const CLEARING_LIMIT: Duration = Duration::from_secs(10);

/// How long `pg_dump` waits for whoever changes the definition of a table.
const LOCK_LIMIT: Duration = Duration::from_secs(5);

/// How much a schema may be written in.
const LARGEST: u64 = 64 << 20;

/// What of a schema is neither in its shape nor in the way of anything, and may be missing in scratch.
const BARE: [&str; 6] =
    ["--schema-only", "--no-owner", "--no-privileges", "--no-tablespaces", "--no-comments", "--no-security-labels"];

/// How much of a statement is told.
const TOLD: usize = 300;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rehearsed {
    Passed,
    /// The restore would be refused at this statement.
    Failed {
        statement: String,
        said: String,
    },
    /// It could not be held, and why.
    Impossible(String),
}

/// Why it could not be held.
struct Unheld(String);

impl<E: std::error::Error> From<E> for Unheld {
    fn from(error: E) -> Self {
        let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
        Self(causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    }
}

/// The script of a restore without its rows.
struct Script {
    /// What clears the way.
    clearing: String,
    /// What puts the schema back, and ends the transaction.
    restoring: String,
}

impl Verified<'_> {
    /// Of the database that it was verified for. Only reads there.
    pub async fn rehearse(&self, source: &Source, scratch: &ScratchConfig) -> Rehearsed {
        let deadline = Instant::now() + LIMIT;
        let held = async {
            let late = |_| Unheld(format!("it was not over within {} s", LIMIT.as_secs()));
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
            Err(Unheld(why)) => Rehearsed::Impossible(why),
        }
    }

    async fn on_stage(
        &self,
        source: &Source,
        first: &ScratchDatabase,
        second: &ScratchDatabase,
    ) -> Result<Rehearsed, Unheld> {
        let live = alone(&live(&self.ready.programs, source).await?);
        if let Some(refused) = attempt(first, &[&live]).await?.1 {
            return Err(Unheld(format!("the live schema cannot be built in scratch: {}", told(&refused))));
        }
        let script = self.script(source).await?;
        let clearing = statements(&script.clearing)?.len();
        let (statement, refused) = attempt(first, &[&script.clearing, &script.restoring]).await?;
        let Some(refused) = refused else { return Ok(Rehearsed::Passed) };
        let failed = |statement: String| Rehearsed::Failed { statement, said: told(&refused) };
        if refused.at < clearing && is_in_the_way(&refused.code) {
            return Ok(failed(statement.chars().take(TOLD).collect()));
        }
        if refused.at < clearing || !is_of_the_schema(&refused.code) {
            return Err(Unheld(format!("scratch refused it at `{}`: {}", excerpt(&statement), told(&refused))));
        }
        let backup = alone(&self.ready.script_of(source, None, &[]).await?);
        match attempt(second, &[&backup]).await?.1 {
            None => Ok(failed(excerpt(&statement))),
            Some(lack) => {
                Err(Unheld(format!("the backup's schema cannot be built in scratch by itself: {}", told(&lack))))
            }
        }
    }

    async fn script(&self, source: &Source) -> Result<Script, Unheld> {
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
    async fn script_of(&self, source: &Source, list: Option<&str>, more: &[&str]) -> Result<String, Unheld> {
        let run = Run { programs: &self.programs, place: &self.place, source };
        let list = list.map(use_list).transpose()?;
        let mut program = run.script_of(list.as_ref(), &[&BARE, more].concat())?;
        let (input, output) = (program.input(), program.output());
        let fed = async { run.feed(input).await.map_err(Unheld::from) };
        let ((), sql) = tokio::try_join!(fed, text(output))?;
        program.success().await?;
        Ok(sql)
    }
}

/// The live schema as SQL, also what has no model.
async fn live(programs: &Programs, source: &Source) -> Result<String, Unheld> {
    let wait = format!("--lock-wait-timeout={}", LOCK_LIMIT.as_millis());
    let more = [&*wait, "--no-subscriptions", "--no-password", "--encoding=UTF8"];
    let arguments: Vec<String> = BARE.iter().chain(&more).map(|argument| (*argument).to_owned()).collect();
    let mut program = Program::start("pg_dump", &programs.pg_dump, &arguments, Some(source))?;
    let output = program.output();
    let sql = text(output).await?;
    program.success().await?;
    Ok(sql)
}

/// What a program prints, if it is text of a bearable size: names that came through altered would be others.
async fn text(output: Option<ChildStdout>) -> Result<String, Unheld> {
    let mut text = Vec::new();
    if let Some(output) = output {
        output.take(LARGEST + 1).read_to_end(&mut text).await?;
    }
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > LARGEST {
        return Err(Unheld(format!("its schema is written in more than {} MB", LARGEST >> 20)));
    }
    String::from_utf8(text).map_err(|_| Unheld("its schema is not written in UTF-8".into()))
}

/// In a transaction of its own.
fn alone(sql: &str) -> String {
    format!("begin;\n{sql}\ncommit;\n")
}

/// What is about the schema. The encoding is the session's own.
fn statements(sql: &str) -> Result<Vec<&str>, Unheld> {
    let statements = script::split(sql)?;
    Ok(statements.iter().filter(|it| it.kind != StatementKind::Outside).map(|it| it.sql).collect())
}

/// Gives the statement that was refused, too.
async fn attempt(database: &ScratchDatabase, parts: &[&str]) -> Result<(String, Option<RefusedStatement>), Unheld> {
    let mut sent = Vec::new();
    for part in parts {
        sent.extend(statements(part)?);
    }
    let refused = database.attempt(&sent).await?;
    let statement = refused.as_ref().and_then(|refused| sent.get(refused.at)).copied().unwrap_or_default();
    Ok((statement.split_whitespace().collect::<Vec<_>>().join(" "), refused))
}

/// What stands in the way stands there in the live database, too: `dependent_objects_still_exist`, `wrong_object_type`.
/// That something is missing may be scratch's fault, for all that is dropped is dropped if it exists.
fn is_in_the_way(code: &str) -> bool {
    ["2BP01", "42809"].contains(&code)
}

/// What a server says of the schema alone, whatever it is itself. Neither a right nor the grammar is.
fn is_of_the_schema(code: &str) -> bool {
    code == "2BP01" || code == "3F000" || code.starts_with("42") && !["42501", "42601"].contains(&code)
}

/// Names of objects are no secret; what else a server repeats may be a value.
fn told(RefusedStatement { code, message, .. }: &RefusedStatement) -> String {
    if is_of_the_schema(code) { format!("{message} (SQLSTATE {code})") } else { format!("SQLSTATE {code}") }
}

/// How a statement begins, up to the first value in it.
fn excerpt(statement: &str) -> String {
    let begin = statement.split(['\'', '$', '(']).next().unwrap_or_default();
    begin.chars().take(TOLD).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_scratch_may_lack_counts_against_no_restore() {
        for code in ["42501", "42601", "0A000", "53200", "57014", "58P01", "22P02", "XX000", "P0001", "08006"] {
            assert!(!is_of_the_schema(code) && !is_in_the_way(code), "{code}");
        }
        for (code, is_in_the_way_too) in [("2BP01", true), ("42809", true), ("42P07", false), ("42704", false)] {
            assert_eq!((is_of_the_schema(code), is_in_the_way(code)), (true, is_in_the_way_too), "{code}");
        }
    }

    #[test]
    fn values_are_not_told() {
        let refused = |code: &str| RefusedStatement { at: 0, code: code.into(), message: "what of \"hunter2\"".into() };
        assert_eq!(told(&refused("22P02")), "SQLSTATE 22P02");
        assert_eq!(told(&refused("2BP01")), "what of \"hunter2\" (SQLSTATE 2BP01)");
        let mapping = "CREATE USER MAPPING FOR public SERVER s OPTIONS ( \"user\" 'u', password 'hunter2' )";
        assert_eq!(excerpt(mapping), "CREATE USER MAPPING FOR public SERVER s OPTIONS");
    }
}
