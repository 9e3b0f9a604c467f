//! A case of the fix: what its folder says, the databases it begins with, and the program as it is run on them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use secrecy::ExposeSecret as _;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Database, postgres, schemawarden};

/// What the folder says.
pub struct Case {
    pub folder: PathBuf,
    /// `declared` or `whole`.
    pub scope: String,
}

/// What a program said.
pub struct Answer {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The databases of a case, and where its configuration stands.
pub struct Site {
    /// From `live.sql`; never changed.
    pub live: Database,
    /// From `expected.sql`.
    pub expected: Database,
    scope: String,
    folder: TempDir,
}

impl Case {
    pub fn of(folder: &Path) -> Self {
        let folder = folder.to_path_buf();
        let scope =
            fs::read_to_string(folder.join("scope")).map_or("declared".to_owned(), |text| text.trim().to_owned());
        Self { folder, scope }
    }

    /// The text of a file that need not be there.
    pub fn text(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(file)).ok()
    }

    pub fn site(&self) -> Site {
        let [live, expected] = ["live.sql", "expected.sql"].map(|file| Database::with(&self.text(file).unwrap()));
        // Costs and refusals are told by the statistics: let no autovacuum decide when there are any.
        live.run("analyze");
        Site { live, expected, scope: self.scope.clone(), folder: tempfile::tempdir().unwrap() }
    }
}

impl Site {
    /// Runs it on `database`, with the expectation as a database of reference, which costs less than a scratch one.
    pub fn run(&self, database: &Database, arguments: &[&str]) -> Answer {
        let config = self.folder.path().join(format!("{}.toml", database.name));
        let text = format!(
            "[scratch]\nurl = '{}'\n[[target]]\nname = 'case'\nurl = '{}'\nexpected = '{}'\nscope = '{}'\n",
            postgres().url("postgres").expose_secret(),
            database.url(),
            self.expected.url(),
            self.scope,
        );
        fs::write(&config, text).unwrap();
        Answer::of(schemawarden().args(arguments).arg("--config").arg(config))
    }

    /// The drift of `database`, a line for each, as in `drift.txt`.
    pub fn drift(&self, database: &Database) -> String {
        let answer = self.run(database, &["check", "--format", "json"]);
        let report: Value = serde_json::from_str(&answer.out).unwrap_or_else(|_| panic!("{}", answer.all()));
        let report = &report["targets"][0];
        assert_ne!(report["verdict"], "unknown", "{}", answer.all());
        let mut lines = String::new();
        for drift in report["drift"].as_array().unwrap() {
            let said = |field: &str| drift[field].as_str().unwrap().replace('\n', "\\n").replace('\t', "\\t");
            let [change, kind, object, severity] = ["change", "kind", "object", "severity"].map(said);
            writeln!(lines, "{}: {change} {kind} {object} {severity}", self.scope).unwrap();
        }
        lines
    }
}

impl Answer {
    fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    pub fn all(&self) -> String {
        format!("exit {:?}\n{}{}", self.code, self.out, self.err)
    }
}
