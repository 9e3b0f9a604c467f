//! A case of the fix: what its folder says, the databases it begins with, and the programs as they are run on them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use chrono::Utc;
use schemawarden::daemon::expected::ExpectedSource;
use schemawarden::daemon::fix::{self, FixSpec, Proposal};
use schemawarden::domain::drift::Scope;
use schemawarden::domain::plan::script::script;
use schemawarden::domain::plan::{Blocked, Hazard, Orphans};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use crate::support::judge::{self, Side};
use crate::support::{
    Database, WRITTEN_BY, fix_spec, postgres, rows_are_equal, rows_are_kept, schemawarden, scratch_server,
};

/// Of the case's own tables.
const ANALYZE: &str = "
    select format('analyze %s', c.oid::regclass)
    from pg_class c
    where c.relkind in ('r', 'p', 'm') and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    \\gexec";

/// What the folder says.
pub struct Case {
    pub folder: PathBuf,
    /// `declared` or `whole`.
    pub scope: String,
    /// Of `plan` and `apply`.
    options: Vec<String>,
}

/// What a program said.
pub struct Answer {
    /// `None`: it was killed.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The databases of a case, and a folder for what the programs write.
pub struct Site<'a> {
    case: &'a Case,
    /// From `live.sql`.
    pub live: Database,
    expected: Database,
    folder: TempDir,
}

/// What a mended database is judged by.
pub struct Standard {
    before: Side,
    expected: Side,
    /// The live database with its rows.
    was: Database,
}

impl Case {
    pub fn of(folder: &Path) -> Self {
        let mut case = Self { folder: folder.to_path_buf(), scope: "declared".into(), options: Vec::new() };
        if let Some(scope) = case.text("scope") {
            scope.trim().clone_into(&mut case.scope);
        }
        for option in ["allow", "orphans"] {
            if let Some(value) = case.text(option) {
                let value = value.split_whitespace().collect::<Vec<_>>().join(",");
                case.options.extend([format!("--{option}"), value]);
            }
        }
        case
    }

    /// Nothing of a row may be lost.
    pub fn keeps_rows(&self) -> bool {
        self.text("orphans").is_none() && !self.text("allow").unwrap_or_default().contains("data_loss")
    }

    /// What is watched. `None`: everything.
    fn schemas(&self) -> Option<Vec<String>> {
        Some(self.text("schemas")?.split_whitespace().map(str::to_owned).collect())
    }

    /// The text of a file that need not be there.
    pub fn text(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(file)).ok()
    }

    /// Compares with a file of the case, or writes it. No file is an empty one.
    pub fn golden(&self, file: &str, found: &str) -> Result<(), String> {
        let expected = self.text(file).unwrap_or_default();
        if expected == found {
            return Ok(());
        }
        if std::env::var_os("SCHEMAWARDEN_BLESS").is_some() {
            fs::write(self.folder.join(file), found).unwrap();
            return Ok(());
        }
        Err(format!("{file}\n--- expected\n{expected}--- found\n{found}"))
    }

    /// The same of a file with definitions as one version of the server prints them: the least one that has what the case
    /// is about.
    pub fn printed(&self, file: &str, found: &str) -> Result<(), String> {
        let least = self.text("least_version").map_or(0, |least| least.trim().parse().unwrap());
        if postgres().version() / 10_000 == WRITTEN_BY.max(least) { self.golden(file, found) } else { Ok(()) }
    }

    pub fn site(&self) -> Site<'_> {
        let [live, expected] = ["live.sql", "expected.sql"].map(|file| Database::with(&self.text(file).unwrap()));
        // Costs and refusals are told by the statistics: let no autovacuum decide when there are any.
        live.run(ANALYZE);
        Site { case: self, live, expected, folder: tempfile::tempdir().unwrap() }
    }
}

impl Site<'_> {
    /// Another database like the live one as it is now.
    pub fn copy(&self) -> Database {
        self.live.copy()
    }

    /// The plan for the live database, with the options of the case, and its script.
    pub fn plan(&self) -> (Proposal, String) {
        let spec = self.spec();
        let proposal = proposed(&spec);
        let allowed = self.case.text("allow").unwrap_or_default();
        let allowed = allowed.split([',', ' ', '\n']).filter(|word| !word.is_empty());
        let allowed = allowed.map(|word| serde_json::from_value(word.into()).unwrap()).collect();
        let script = script(&proposal.plan, &spec.check.name, &allowed);
        (proposal, script)
    }

    fn spec(&self) -> FixSpec {
        let words = |file| self.case.text(file).unwrap_or_default();
        let state = self.folder.path().join("state.db");
        let scope = if self.case.scope == "whole" { Scope::Whole } else { Scope::Declared };
        let orphans = if words("orphans").trim() == "set_null" { Orphans::SetNull } else { Orphans::default() };
        let mut spec = FixSpec { orphans, ..fix_spec(&self.live, &self.expected, scope, state) };
        spec.check.schemas = self.case.schemas();
        spec
    }

    /// Takes back what `done` has made of the database, as a remediation does, and says what is not as it was.
    pub fn take_back(&self, database: &Database, done: &Proposal, by: &Standard) -> Result<(), String> {
        let before = self.folder.path().join("before.json");
        fs::write(&before, done.snapshot().unwrap()).unwrap();
        let mut spec = self.spec();
        spec.check.expected = ExpectedSource::Before(before);
        spec.check.scope = Scope::Whole;
        spec.check.source = database.source.clone();
        spec.source = database.source.clone();
        spec.owners = Arc::new(done.owners().clone());
        spec.only = Some(Arc::new(done.subjects()));
        let back = proposed(&spec);
        if let Some(Blocked { object, reason, .. }) = back.plan.blocked.first() {
            return Err(format!("the way back is blocked: {object}: {reason}"));
        }
        let script = script(&back.plan, "case", &Hazard::ALL.into());
        self.psql(database, &script).well("the way back")?;
        let logs = self.case.text("logs").unwrap_or_default();
        rows_are_equal(&by.was, database, &logs.split_whitespace().collect::<Vec<_>>())
    }

    /// `plan` or `apply`, with the options of the case and these.
    pub fn run(&self, database: &Database, arguments: &[&str]) -> Answer {
        Answer::of(&mut self.command(database, arguments))
    }

    /// The same, dying at this place.
    pub fn run_and_die(&self, database: &Database, place: usize, arguments: &[&str]) -> Answer {
        Answer::of(self.command(database, arguments).env("SCHEMAWARDEN_DIE_AFTER_STEP", place.to_string()))
    }

    fn command(&self, database: &Database, arguments: &[&str]) -> Command {
        // Read once for all that follows.
        let snapshot = self.folder.path().join("expected.json");
        if !snapshot.exists() {
            let mut write = schemawarden();
            write.args(["snapshot", "--database-url", &self.expected.url(), "--output"]).arg(snapshot);
            let answer = Answer::of(&mut write);
            assert_eq!(answer.code, Some(0), "{}", answer.all());
        }
        let config = self.folder.path().join(format!("{}.toml", database.name));
        let schemas = self.case.schemas().map_or_else(String::new, |it| format!("schemas = {it:?}\n"));
        let text = format!(
            "[scratch]\nurl = '{}'\n[state]\npath = '{}.db'\n[[target]]\nname = 'case'\nurl = '{}'\nexpected = \
             'expected.json'\nscope = '{}'\n{schemas}",
            scratch_server().url("postgres").expose_secret(),
            database.name,
            database.url(),
            self.case.scope,
        );
        fs::write(&config, text).unwrap();
        let mut command = schemawarden();
        command.args(arguments).arg("--config").arg(config);
        // A check costs nothing, and repairs nothing.
        if arguments.first() != Some(&"check") {
            command.args(&self.case.options);
        }
        command
    }

    pub fn psql(&self, database: &Database, script: &str) -> Answer {
        database.run_script(script, self.folder.path(), &[]).into()
    }

    /// To be asked for as long as the live database is as it was.
    pub fn standard(&self) -> Standard {
        Standard { before: Side::of(&self.live.url()), expected: Side::of(&self.expected.url()), was: self.copy() }
    }

    /// Whether `database` is what is expected, in the judge's and the probe's opinion.
    pub fn judge(&self, database: &Database, by: &Standard) -> Result<(), String> {
        let live = Side::of(&database.url());
        let difference = match self.case.scope.as_str() {
            "whole" => judge::difference(&by.expected, &live),
            _ => judge::difference_of_declared(&by.expected, &live, &by.before),
        };
        if let Some(difference) = difference {
            return Err(format!("the judge:\n{difference}"));
        }
        if self.case.keeps_rows() {
            rows_are_kept(&by.was, database)?;
        }
        let Some(probe) = self.case.text("probe.sql") else { return Ok(()) };
        let answer = self.psql(database, &probe);
        if answer.code == Some(0) { Ok(()) } else { Err(format!("probe.sql: {}", answer.all())) }
    }
}

fn proposed(spec: &FixSpec) -> Proposal {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(fix::propose(spec, Utc::now())).unwrap()
}

impl From<Output> for Answer {
    fn from(Output { status, stdout, stderr }: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: status.code(), out: text(stdout), err: text(stderr) }
    }
}

impl Answer {
    fn of(command: &mut Command) -> Self {
        command.output().unwrap().into()
    }

    /// Complains unless it ended well.
    pub fn well(self, what: &str) -> Result<Self, String> {
        if self.code == Some(0) { Ok(self) } else { Err(format!("{what}: {}", self.all())) }
    }

    pub fn all(&self) -> String {
        format!("exit {:?}\n{}{}", self.code, self.out, self.err)
    }
}
