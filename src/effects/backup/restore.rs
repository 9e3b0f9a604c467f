//! Restores a backup: completely or not at all, in one transaction, after it was compared with what was written.
//!
//! `pg_restore` alone fails if rows violate a foreign key, which is common in databases that need a repair: PostgreSQL
//! keeps a key valid although orphans came about while its triggers were disabled. Therefore `pg_restore` writes a
//! script, and psql runs it with the foreign keys at its end: one that the rows violate is created as NOT VALID, and is
//! enforced for new rows as before.

use std::io::Write as _;
use std::path::PathBuf;

use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio_util::sync::CancellationToken;

use super::archive::{Archive, Holds, InTheWay};
use super::child::Program;
use super::naming::Form;
use super::object::Objects;
use super::programs::{self, Programs};
use super::proof::{self, Kept, PIECE, Wanted};
use super::{BackupError, BackupSpec, Store};
use crate::domain::name::{dollar_quoted, literal};
use crate::domain::runbook::journal::Backup;
use crate::domain::script;
use crate::files;
use crate::pg::dump::{self, Standing};
use crate::pg::{self, Source};

/// Result of the last statement before COMMIT, followed by the names of the keys that are NOT VALID.
const RESTORED: &str = "schemawarden has restored";

/// The setting in which the script collects those names.
const NOT_VALID: &str = "schemawarden.not_valid";

/// How long a restore waits for a lock, and blocks those who queue behind it. A timeout changes nothing.
const LOCK_LIMIT: &str = "set local lock_timeout = '5s'";

/// Limit for taking all locks.
const LOCKS_LIMIT: &str = "set local statement_timeout = '10s'";

/// The first line of `pg_restore`'s scripts, which must not remove our limit.
const NO_LIMIT: &str = "SET lock_timeout = 0";

/// Restores the default privileges that were removed. An archive of everything has its own.
const DEFAULTS_AGAIN: &str = "do $$ begin execute current_setting('schemawarden.default_privileges'); end $$;\n";

/// What differs from the backup after the restore.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// The statements that dropped objects newer than the backup that depended on restored objects.
    pub dropped: Vec<String>,
    /// Foreign keys that the backup's rows violate, and that are NOT VALID now.
    pub not_valid: Vec<String>,
}

/// A backup that was read completely, with no known obstacle to its restore.
#[derive(Debug)]
pub struct Verified<'a> {
    pub(super) ready: Ready<'a>,
}

impl Verified<'_> {
    /// Those of `roles` that own an object with code in it: a table, a domain or a routine.
    pub fn owners<'r>(&self, roles: &'r [String]) -> Vec<&'r str> {
        let archive = Archive::read(&self.ready.list, Holds::Everything);
        roles.iter().map(String::as_str).filter(|role| archive.has_code_of(role)).collect()
    }
}

/// Checks that the backup is there, byte for byte as written, and that it can be restored into the present schema.
/// Changes nothing, so that it can be called before an application is degraded.
pub async fn verify<'a>(
    spec: &BackupSpec,
    backup: &'a Backup,
    source: &Source,
    stop: &CancellationToken,
) -> Result<Verified<'a>, BackupError> {
    Ok(Verified { ready: Ready::of(spec, backup, source, stop).await? })
}

/// Replaces the objects of the backup by their backed-up state.
pub async fn restore(
    spec: &BackupSpec,
    backup: &Backup,
    source: &Source,
    stop: &CancellationToken,
) -> Result<Restored, BackupError> {
    let ready = Ready::of(spec, backup, source, stop).await?;
    let (others, keys) = ready.lists();
    let run = Run { programs: &ready.programs, place: &ready.place, source };
    let done = stop.run_until_cancelled(async {
        let after = format!("{}\n{}{}", run.keys(&keys).await?, ready.afterwards(), epilogue());
        run.carry_out(&prologue(&ready.in_the_way), &others, &after).await
    });
    let not_valid = done.await.unwrap_or(Err(BackupError::Stopped))?;
    Ok(Restored { dropped: ready.in_the_way.newer, not_valid })
}

/// A backup that was read completely, and the live objects that it replaces.
#[derive(Debug)]
pub(super) struct Ready<'a> {
    pub programs: Programs,
    pub place: Place<'a>,
    /// Its content, as `pg_restore --list` prints it.
    list: String,
    standing: Standing,
    pub in_the_way: InTheWay,
    backup: &'a Backup,
}

impl<'a> Ready<'a> {
    async fn of(
        spec: &BackupSpec,
        backup: &'a Backup,
        source: &Source,
        stop: &CancellationToken,
    ) -> Result<Self, BackupError> {
        let server_version = dump::extent(source, None).await?.server_version;
        let programs = programs::find(spec.bin_dir.as_deref(), server_version).await?;
        let place = Place::of(spec, backup)?;
        let read = proof::read_back(place.open().await?, &programs.pg_restore, &backup.location);
        let (content, list) = stop.run_until_cancelled(read).await.unwrap_or(Err(BackupError::Stopped))?;
        content.must_be(backup.bytes, &backup.sha256, backup.location.clone())?;
        let list = list?;
        let standing = dump::standing(source).await?;
        let in_the_way = archive(&list, backup).in_the_way(&standing);
        let in_the_way = in_the_way.map_err(|reason| BackupError::Refused { reason })?;
        Ok(Self { programs, place, list, standing, in_the_way, backup })
    }

    /// The lists of what is restored: everything but the foreign keys, and the foreign keys.
    pub fn lists(&self) -> (String, String) {
        archive(&self.list, self.backup).without_and_with_keys(&self.standing)
    }

    /// The statements after the restore.
    pub fn afterwards(&self) -> String {
        let defaults = if self.backup.tables.is_some() { DEFAULTS_AGAIN } else { "" };
        format!("{}\n{defaults}", lines(&self.in_the_way.after))
    }
}

fn archive<'l>(list: &'l str, backup: &Backup) -> Archive<'l> {
    Archive::read(list, if backup.tables.is_some() { Holds::Tables } else { Holds::Everything })
}

/// Where the backup is kept.
#[derive(Debug)]
pub(super) enum Place<'a> {
    Path(PathBuf, Form),
    Object(Objects, &'a str),
}

impl<'a> Place<'a> {
    fn of(spec: &BackupSpec, backup: &'a Backup) -> Result<Self, BackupError> {
        let location = backup.location.as_str();
        let elsewhere = || BackupError::Elsewhere { location: location.to_owned() };
        if !location.contains("://") {
            return Ok(Self::Path(location.into(), Form::of(location).ok_or_else(elsewhere)?));
        }
        let Store::Object(bucket) = &spec.to else { return Err(elsewhere()) };
        let store = Objects::open(bucket)?;
        let name = store.name(location).ok_or_else(elsewhere)?;
        Ok(Self::Object(store, name))
    }

    async fn open(&self) -> Result<Kept, BackupError> {
        Ok(match self {
            Self::Path(path, Form::Custom) => Kept::File(path.clone()),
            Self::Path(path, Form::Directory) => Kept::Folder(path.clone()),
            Self::Object(store, name) => Kept::Object(store.read(name).await?),
        })
    }
}

pub(super) struct Run<'a> {
    pub programs: &'a Programs,
    pub place: &'a Place<'a>,
    pub source: &'a Source,
}

impl Run<'_> {
    /// The script that creates the foreign keys.
    async fn keys(&self, list: &str) -> Result<String, BackupError> {
        if list.is_empty() {
            return Ok(String::new());
        }
        let list = use_list(list)?;
        let mut program = self.script_of(Some(&list), &[])?;
        let (input, output) = (program.input(), program.output());
        let ((), sql) = tokio::try_join!(self.feed(input), proof::text(output))?;
        program.success().await?;
        let failed =
            |error: script::ScriptError| BackupError::Failed { program: "pg_restore", reason: error.to_string() };
        let statements = script::split(&sql).map_err(failed)?;
        let statements = statements.iter().map(|statement| statement.sql).filter(|sql| !sql.ends_with(NO_LIMIT));
        Ok(statements.map(tolerant).collect::<Vec<_>>().join("\n"))
    }

    /// Runs everything with psql. Gives the keys that are NOT VALID.
    async fn carry_out(&self, before: &str, list: &str, after: &str) -> Result<Vec<String>, BackupError> {
        // A bare name could be parsed as a whole connection string.
        let database = self.source.database().replace('\\', "\\\\").replace('\'', "\\'");
        let arguments = [
            "--no-psqlrc",
            "--no-password",
            "--quiet",
            "--no-align",
            "--tuples-only",
            "--set=ON_ERROR_STOP=1",
            // For the SQLSTATE; only the first line of the server's message is kept.
            "--set=VERBOSITY=verbose",
            "--file=-",
            &format!("--dbname=dbname='{database}'"),
        ];
        let mut psql = Program::start("psql", &self.programs.psql, &arguments.map(str::to_owned), Some(self.source))?;
        let (input, output) = (psql.input(), psql.output());
        let (sent, answer) = tokio::join!(self.send(input, before, list, after), last_words(output));
        // psql's own error is more specific than a broken pipe.
        match psql.success().await {
            Err(BackupError::Failed { reason, .. }) => return Err(refused(reason)),
            done => done?,
        }
        sent?;
        let answer = answer?;
        let (_, keys) = answer
            .split_once(RESTORED)
            .ok_or_else(|| BackupError::Restore { reason: "psql ended before the end of the script".into() })?;
        Ok(keys.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }

    /// Nothing takes effect without the last line, which is the COMMIT.
    async fn send(&self, input: Option<ChildStdin>, before: &str, list: &str, after: &str) -> Result<(), BackupError> {
        let Some(mut input) = input else { return Ok(()) };
        let failed = |source| BackupError::Pipe { program: "psql", source };
        input.write_all(before.as_bytes()).await.map_err(failed)?;
        let list = use_list(list)?;
        let mut program = self.script_of(Some(&list), &["--clean", "--if-exists"])?;
        let (archive, output) = (program.input(), program.output());
        let pass_on = async {
            let Some(mut output) = output.map(BufReader::new) else { return Ok(()) };
            let mut piece = Vec::new();
            let unread = |source| BackupError::Pipe { program: "pg_restore", source };
            while let 1.. = output.read_until(b'\n', &mut piece).await.map_err(unread)? {
                if piece.strip_suffix(b";\n") == Some(NO_LIMIT.as_bytes()) {
                    break;
                }
                input.write_all(&piece).await.map_err(failed)?;
                piece.clear();
            }
            piece.resize(PIECE, 0);
            while let length @ 1.. = output.read(&mut piece).await.map_err(unread)? {
                input.write_all(piece.get(..length).unwrap_or_default()).await.map_err(failed)?;
            }
            Ok(())
        };
        tokio::try_join!(pass_on, self.feed(archive))?;
        program.success().await?;
        input.write_all(after.as_bytes()).await.map_err(failed)?;
        input.shutdown().await.map_err(failed)
    }

    /// `pg_restore` that prints the entries of `list`, or all of them, as a script.
    pub fn script_of(&self, list: Option<&NamedTempFile>, more: &[&str]) -> Result<Program, BackupError> {
        let mut arguments = vec!["--no-subscriptions".to_owned(), "--file=-".to_owned()];
        arguments.extend(list.map(|list| format!("--use-list={}", list.path().display())));
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        if let Place::Path(path, _) = self.place {
            arguments.push(path.display().to_string());
        }
        Program::start("pg_restore", &self.programs.pg_restore, &arguments, None)
    }

    /// An object is fed over standard input; `pg_restore` reads a local file itself.
    pub async fn feed(&self, input: Option<ChildStdin>) -> Result<(), BackupError> {
        match self.place {
            Place::Path(..) => Ok(()),
            Place::Object(..) => proof::feed(self.place.open().await?, input, Wanted::AsFarAsNeeded).await.map(drop),
        }
    }
}

/// psql's error, classified by whether a retry may succeed: `ERROR:  42704: type "email" does not exist`.
fn refused(output: String) -> BackupError {
    let is_code = |code: &str| code.len() == 5 && code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    // The first error by position, because later ones follow from it.
    let severities = ["ERROR", "FATAL", "PANIC"];
    let first = severities.iter().filter_map(|severity| output.find(&format!("{severity}:  "))).min();
    let parsed = first.and_then(|at| output.split_at_checked(at)).and_then(|(before, error)| {
        let (severity, rest) = error.split_once(":  ")?;
        let (code, message) = rest.split_once(": ")?;
        Some((format!("{before}{severity}"), code, message))
    });
    match parsed {
        Some((severity, code, message)) if is_code(code) => {
            let reason = format!("{severity}:  {message} (SQLSTATE {code})");
            if pg::may_pass(code) { BackupError::Restore { reason } } else { BackupError::Refused { reason } }
        }
        _ => BackupError::Restore { reason: output },
    }
}

/// Takes all locks at once, so that readers wait only once, and drops what blocks the restore.
pub(super) fn prologue(in_the_way: &InTheWay) -> String {
    let mut sql = format!("set client_min_messages = warning;\nbegin;\n{LOCK_LIMIT};\n");
    if !in_the_way.tables.is_empty() {
        let tables = in_the_way.tables.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        sql.push_str(&format!("{LOCKS_LIMIT};\nlock table {tables} in access exclusive mode;\n"));
        sql.push_str("set local statement_timeout = 0;\n");
    }
    sql + include_str!("../../../sql/backup/default_privileges.sql") + &lines(&in_the_way.drop)
}

fn lines(statements: &[String]) -> String {
    statements.iter().flat_map(|statement| [statement.as_str(), ";\n"]).collect()
}

pub(super) fn use_list(list: &str) -> Result<NamedTempFile, BackupError> {
    let failed = |source| BackupError::Folder { what: "write to", path: files::temporary_place(), source };
    let mut file = NamedTempFile::new_in(files::temporary_place()).map_err(failed)?;
    file.write_all(list.as_bytes()).map_err(failed)?;
    Ok(file)
}

/// A statement that adds a foreign key, wrapped so that violating rows do not abort the transaction.
fn tolerant(statement: &str) -> String {
    let is_key = statement.starts_with("ALTER TABLE") && statement.contains(" FOREIGN KEY ");
    if !is_key || statement.ends_with("NOT VALID") {
        return format!("{statement};");
    }
    let flat = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    let body = format!(
        "begin execute {}; exception when foreign_key_violation then execute {}; \
         perform set_config('{NOT_VALID}', concat(current_setting('{NOT_VALID}', true), {}, E'\\n'), true); end",
        literal(statement),
        literal(&format!("{statement} NOT VALID")),
        literal(&flat)
    );
    format!("do {};", dollar_quoted(&body))
}

fn epilogue() -> String {
    format!("select '{RESTORED}' || E'\\n' || coalesce(current_setting('{NOT_VALID}', true), '');\ncommit;\n")
}

/// The last line of a program's output; earlier lines are results of the script's functions.
async fn last_words(output: Option<ChildStdout>) -> Result<String, BackupError> {
    const KEPT: usize = 1 << 20;
    let mut kept = Vec::new();
    let Some(mut output) = output else { return Ok(String::new()) };
    let failed = |source| BackupError::Pipe { program: "psql", source };
    while output.read_buf(&mut kept).await.map_err(failed)? > 0 {
        if kept.len() > 2 * KEPT {
            kept.drain(..kept.len() - KEPT);
        }
    }
    Ok(String::from_utf8_lossy(&kept).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_transient_errors_are_retried() {
        for (output, is_final, expected) in [
            (
                "ERROR:  42704: type \"e: x\" does not exist",
                true,
                "ERROR:  type \"e: x\" does not exist (SQLSTATE 42704)",
            ),
            ("ERROR:  2BP01: cannot drop x", true, "ERROR:  cannot drop x (SQLSTATE 2BP01)"),
            ("ERROR:  55P03: canceling statement", false, "ERROR:  canceling statement (SQLSTATE 55P03)"),
            ("FATAL:  57P01: terminating", false, "FATAL:  terminating (SQLSTATE 57P01)"),
            (
                "lost: it; ERROR:  23514: x; connection to server was lost",
                true,
                "lost: it; ERROR:  x; connection to server was lost (SQLSTATE 23514)",
            ),
            ("connection to server failed: FATAL:  no: x", false, "connection to server failed: FATAL:  no: x"),
        ] {
            let error = refused(output.into());
            let whole = format!("nothing was put back, and nothing is changed: {expected}");
            assert_eq!((error.is_final(), error.to_string()), (is_final, whole));
        }
    }

    #[test]
    fn only_keys_that_are_valid_are_tried_twice() {
        let key = "ALTER TABLE ONLY public.\"o'r\"\n    ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES public.b(id)";
        let tried = tolerant(key);
        assert!(tried.starts_with("do $$begin execute 'ALTER TABLE ONLY public.\"o''r\"\n"), "{tried}");
        assert!(tried.contains("REFERENCES public.b(id) NOT VALID'; perform"), "{tried}");
        for other in [format!("{key} NOT VALID"), "COMMENT ON CONSTRAINT k ON public.a IS ' FOREIGN KEY '".into()] {
            assert_eq!(tolerant(&other), format!("{other};"));
        }
    }
}
