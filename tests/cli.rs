//! The command line from a person's or a pipeline's side: which output goes where, and the exit codes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};

use secrecy::ExposeSecret;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Database, file, schemawarden, scratch_server};

/// Must not appear in any output.
pub const PASSWORD: &str = "swordfish-4711";

pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs it. Nothing is a terminal here, so nothing may be coloured.
pub fn run(command: &mut Command) -> Answer {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let err = String::from_utf8(stderr).unwrap();
    // The tests' scratch server has no other role, about which each process warns once.
    let is_told = |line: &&str| !line.contains("the role of `scratch.url` is a superuser");
    let answer = Answer {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: err.split_inclusive('\n').filter(is_told).collect(),
    };
    assert!(!answer.both().contains('\u{1b}'), "colours: {}", answer.both());
    answer
}

impl Answer {
    pub fn both(&self) -> String {
        format!("exit {}\n{}{}", self.code, self.out, self.err)
    }

    /// Standard error contains all of `parts`, and standard output is empty.
    pub fn fails_with(&self, parts: &[&str]) {
        assert_eq!((self.code, self.out.as_str()), (2, ""), "{}", self.both());
        for part in parts {
            assert!(self.err.contains(part), "no {part} in: {}", self.both());
        }
        assert!(self.err.lines().count() < 10, "{}", self.both());
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {}", self.both()))
    }
}

fn arguments(line: &[&str]) -> Answer {
    run(schemawarden().args(line))
}

/// A configuration file that watches `database` like the shipped one.
pub struct Site {
    folder: TempDir,
}

impl Site {
    pub fn new(url: &str, more: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::copy(file("sql/community/expected.sql"), site.path("expected.sql")).unwrap();
        let scratch = scratch_server().url("postgres");
        site.write(
            "c.toml",
            &format!(
                "[scratch]\nurl = '{}'\n[[target]]\nname = 'community'\nurl = '{url}'\nexpected = 'expected.sql'\n{more}",
                scratch.expose_secret()
            ),
        );
        site
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    fn check(&self, more: &[&str]) -> Answer {
        run(&mut self.command("check", more))
    }

    pub fn command(&self, command: &str, more: &[&str]) -> Command {
        let mut program = schemawarden();
        program.arg(command).arg("--config").arg(self.path("c.toml")).args(more);
        program
    }
}

const INVARIANTS: &str = "
[[target.invariant]]
name = 'orphaned_reactions'
child = 'public.post_reactions'
columns = ['post_id']
parent = 'public.posts'
parent_columns = ['id']
[[target.invariant]]
name = 'negative_balances'
sql = 'select count(*) from public.users where credits < 0'
";

pub fn community(name: &str) -> Database {
    Database::with(&std::fs::read_to_string(file("sql/community").join(name)).unwrap())
}

pub fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Programs rely on the shape of the output.
#[test]
fn json_is_one_object_of_a_fixed_shape() {
    let database = community("outdated.sql");
    let site = Site::new(&database.url(), INVARIANTS);
    let answer = site.check(&["--format", "json"]);
    assert_eq!((answer.code, answer.err.as_str()), (1, ""), "{}", answer.both());
    let json = answer.json();
    assert_eq!(keys(&json), ["targets", "verdict"].into());
    assert_eq!(json["verdict"], "violated");
    let target = &json["targets"][0];
    let promised = ["name", "verdict", "drift", "invariants", "unmodelled", "busy", "duration_ms", "read"];
    let also = ["checked_at", "server_version", "expectation"];
    assert_eq!(keys(target), promised.into_iter().chain(also).collect());
    assert_eq!(
        (&target["name"], &target["verdict"], &target["read"]),
        (&"community".into(), &"violated".into(), &"full".into())
    );
    assert!(target["duration_ms"].is_u64() && target["unmodelled"] == Value::Array(vec![]));
    assert_eq!(target["busy"], Value::Array(vec![]));
    assert_eq!(keys(&target["expectation"]), ["objects", "files"].into());

    let drift = target["drift"].as_array().unwrap();
    assert_eq!(drift.len(), 13);
    for found in drift {
        let promised = ["object", "kind", "change", "severity", "expected", "live", "detail"];
        assert_eq!(keys(found), promised.into(), "{found}");
    }
    let hidden = drift.iter().find(|found| found["object"] == "public.posts.is_hidden").unwrap();
    assert_eq!(
        (&hidden["kind"], &hidden["change"], &hidden["severity"]),
        (&"column".into(), &"missing".into(), &"critical".into())
    );
    assert!(hidden["expected"].as_str().unwrap().contains("boolean") && hidden["live"].is_null());

    let [orphans, balances] = target["invariants"].as_array().unwrap().as_slice() else { panic!("{target}") };
    assert_eq!((&orphans["name"], &orphans["verdict"]), (&"orphaned_reactions".into(), &"violated".into()));
    assert_eq!(orphans["counts"], serde_json::json!({"null": 0, "dangling": 36}));
    assert_eq!((&balances["verdict"], &balances["counts"]), (&"violated".into(), &serde_json::json!({"rows": 3})));
}

#[test]
fn text_groups_by_relation_and_shows_both_sides() {
    let database = community("outdated.sql");
    let answer = Site::new(&database.url(), INVARIANTS).check(&["--target", "community"]);
    assert_eq!((answer.code, answer.err.as_str()), (1, ""), "{}", answer.both());
    let lines: Vec<_> = answer.out.lines().collect();
    assert!(lines[0].starts_with("community  violated  13 drifts (12 critical, 1 warning)"), "{}", answer.out);
    for relation in ["posts", "post_reactions", "users", "credit_txns", "scores"] {
        let headings = lines.iter().filter(|line| **line == format!("  public.{relation}")).count();
        assert_eq!(headings, 1, "{relation}: {}", answer.out);
    }
    for part in ["column is_hidden missing, critical", "expected", "live", "ON DELETE CASCADE", "36 dangling", "3 rows"]
    {
        assert!(answer.out.contains(part), "no {part} in: {}", answer.out);
    }
}

#[test]
fn a_snapshot_is_stable_and_holds_against_its_own_database() {
    let database = community("expected.sql");
    let site = Site::new(&database.url(), "");
    let url = database.url();
    let snapshot = || {
        let answer = run(schemawarden().arg("snapshot").env("DATABASE_URL", &url));
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{}", answer.both());
        answer.out
    };
    let first = snapshot();
    assert_eq!(first, snapshot());
    assert!(first.ends_with('\n') && first.lines().count() > 100, "one line a fact, for diff");
    let path = site.write("snapshot.json", &first);
    let written = site.path("written.json");
    run(schemawarden().args(["snapshot", "--database-url", &url, "-o"]).arg(&written));
    assert_eq!(std::fs::read_to_string(&written).unwrap(), first);

    let answer = arguments(&["check", "--database-url", &url, "--expected", &path]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{}", answer.both());
    assert!(answer.out.contains("holds  no drift"), "{}", answer.out);
    // The same for the expectation.
    let evaluated = run(schemawarden().args(["snapshot", "--of", "expected", "--config"]).arg(site.path("c.toml")));
    site.write("expected.json", &evaluated.out);
    let answer =
        arguments(&["check", "--database-url", &url, "--expected", site.path("expected.json").to_str().unwrap()]);
    assert_eq!(answer.code, 0, "{}", answer.both());
    // A change is noticed.
    database.run("alter table users drop column boost_penalty_until");
    let answer = arguments(&["check", "--database-url", &url, "--expected", &path, "--format", "json"]);
    assert_eq!(answer.code, 1);
    assert_eq!(answer.json()["targets"][0]["drift"][0]["object"], "public.users.boost_penalty_until");
}

/// With its own scratch server from this host's binaries.
#[test]
fn without_a_configuration_a_url_and_an_expectation_will_do() {
    let database = community("outdated.sql");
    let expected = file("sql/community/expected.sql");
    let mut command = schemawarden();
    command.args(["check", "--format", "json", "--expected"]).arg(expected).env("DATABASE_URL", database.url());
    let answer = run(&mut command);
    assert_eq!(answer.code, 1, "{}", answer.both());
    let json = answer.json();
    assert_eq!(json["targets"][0]["name"].as_str(), Some(database.name.as_str()));
    assert_eq!(json["targets"][0]["drift"].as_array().unwrap().len(), 13);
}

#[test]
fn a_reference_database_and_the_whole_scope() {
    let (reference, live) = (community("expected.sql"), community("expected.sql"));
    live.run("create table leftovers (id int)");
    let (reference, live) = (reference.url(), live.url());
    let check = |scope: &[&str]| {
        arguments(&[&["check", "--format", "json", "--database-url", &live, "--expected", &reference], scope].concat())
    };
    assert_eq!(check(&[]).code, 0);
    assert_eq!(check(&["--scope", "declared"]).code, 0);
    let whole = check(&["--scope", "whole"]);
    assert_eq!(whole.code, 1, "{}", whole.both());
    let drift = &whole.json()["targets"][0]["drift"];
    assert_eq!(drift.as_array().unwrap().len(), 1, "{drift}");
    assert_eq!((&drift[0]["object"], &drift[0]["change"]), (&"public.leftovers".into(), &"unexpected".into()));
    assert!(drift[0]["expected"].is_null());
}

#[test]
fn policies_ignore_regrade_and_expire() {
    let database = community("outdated.sql");
    let site = Site::new(
        &database.url(),
        "[[policy]]\nobject = 'public.users.*'\naction = 'ignore'\nreason = 'penalties come later'\nuntil = '2999-12-31'\n\
         [[policy]]\nobject = 'public.*'\nkind = 'index'\nchange = 'missing'\naction = 'info'\nreason = 'small tables'\n\
         [[policy]]\nobject = 'public.scores.*'\naction = 'ignore'\nreason = 'the game was closed'\nuntil = '2020-02-29'\n\
         [[policy]]\ntarget = 'other'\nobject = '*'\naction = 'ignore'\nreason = 'not ours'\n",
    );
    let target = site.check(&["--format", "json"]).json()["targets"][0].clone();
    let drift = target["drift"].as_array().unwrap();
    let severity = |object: &str| drift.iter().find(|found| found["object"] == object).map(|found| &found["severity"]);
    assert_eq!(drift.len(), 11);
    assert_eq!(severity("public.users.boost_penalty_until"), None);
    assert_eq!(severity("public.post_reactions.post_reactions_post_idx"), Some(&"info".into()));
    assert_eq!(severity("public.scores.duration_sec"), Some(&"critical".into()));
    assert_eq!(target["expired_policies"].as_array().unwrap().len(), 1);
    let text = site.check(&[]).out;
    assert!(text.contains("expired") && text.contains("2020-02-29: the game was closed"), "{text}");
}

#[test]
fn a_wrong_password_is_told_and_never_shown() {
    let database = Database::create();
    let mut url = url::Url::parse(&database.url()).unwrap();
    url.set_password(Some(PASSWORD)).unwrap();
    let url = url.as_str();
    let site = Site::new(url, "");
    for format in ["text", "json"] {
        let answer = run(schemawarden()
            .args(["check", "--format", format, "--config"])
            .arg(site.path("c.toml"))
            .env("RUST_LOG", "trace"));
        assert_eq!(answer.code, 2);
        assert!(answer.out.contains("password authentication failed"), "{}", answer.both());
        assert!(answer.out.contains("unknown") && !answer.both().contains(PASSWORD), "{}", answer.both());
    }
    let snapshot = run(schemawarden().arg("snapshot").env("DATABASE_URL", url).env("RUST_LOG", "trace"));
    snapshot.fails_with(&["password authentication failed"]);
    assert!(!snapshot.err.contains(PASSWORD));
    // Nor does the help show it when it comes from the environment, nor an error about the URL.
    let help = run(schemawarden().args(["check", "--help"]).env("DATABASE_URL", url));
    assert!(help.code == 0 && !help.both().contains(PASSWORD), "{}", help.both());
    let bad = url.replace("sslmode=disable", &format!("sslmod={PASSWORD}"));
    let answer = arguments(&["check", "--database-url", &bad, "--expected", "x.sql"]);
    answer.fails_with(&["sslmod"]);
    assert!(!answer.err.contains(PASSWORD), "{}", answer.err);
}

#[test]
fn what_cannot_be_told_is_unknown_and_says_why() {
    let database = community("expected.sql");
    let url = database.url();
    let unreachable = Site::new(&format!("postgres://u:{PASSWORD}@127.0.0.1:1/app"), "");
    let answer = unreachable.check(&["--format", "json"]);
    assert_eq!(answer.code, 2, "{}", answer.both());
    let json = answer.json();
    assert_eq!((&json["verdict"], &json["targets"][0]["verdict"]), (&"unknown".into(), &"unknown".into()));
    let error = json["targets"][0]["error"].as_str().unwrap();
    assert!(error.contains("127.0.0.1:1/app") && !answer.both().contains(PASSWORD), "{error}");

    let site = Site::new(&url, "");
    site.write("expected.sql", "create table a (id int);\n\ncreate table b (id nonsense);\n");
    let answer = site.check(&[]);
    assert_eq!(answer.code, 2);
    for part in ["expected.sql:3", "type \"nonsense\" does not exist"] {
        assert!(answer.out.contains(part), "no {part} in {}", answer.both());
    }
    std::fs::remove_file(site.path("expected.sql")).unwrap();
    let answer = site.check(&[]);
    assert!(answer.code == 2 && answer.both().contains("expected.sql"), "{}", answer.both());
    let answer = arguments(&["check", "--database-url", &url, "--expected", "no/such/file.sql"]);
    assert!(answer.code == 2 && answer.both().contains("no/such/file.sql"), "{}", answer.both());
    // A violation together with an unknown is a violation, which needs action.
    let both = format!(
        "{INVARIANTS}[[target]]\nname = 'gone'\nurl = 'postgres://u@127.0.0.1:1/app'\nexpected = 'expected.sql'\n"
    );
    let site = Site::new(&url, &both);
    assert_eq!(site.check(&["--format", "json"]).json()["verdict"], "unknown");
    database.run("drop table scores");
    let answer = site.check(&["--format", "json"]);
    assert_eq!((answer.code, &answer.json()["verdict"]), (1, &"violated".into()), "{}", answer.both());
}

#[test]
fn a_configuration_is_validated() {
    let site = Site::new("postgres://u@127.0.0.1/app", INVARIANTS);
    let path = site.path("c.toml");
    let validate = || run(schemawarden().args(["config", "validate", "--config"]).arg(&path));
    let answer = validate();
    assert!(answer.code == 0 && answer.out.contains("is valid: targets community"), "{}", answer.both());
    let good = std::fs::read_to_string(&path).unwrap();
    for (line, parts) in [
        ("expcted = 'x'", &["c.toml:", "unknown key `expcted`; did you mean `expected`?"][..]),
        ("schedule = '61 * * * * *'", &["c.toml:", "61 * * * * *"]),
        ("statement_timeout = 'soon'", &["c.toml:", "soon"]),
        ("url_file = '${NO_SUCH_VARIABLE}'", &["c.toml:", "NO_SUCH_VARIABLE"]),
        ("scope = 'everything'", &["c.toml:", "everything"]),
    ] {
        std::fs::write(&path, good.replace("name = 'community'", &format!("name = 'community'\n{line}"))).unwrap();
        validate().fails_with(parts);
    }
    std::fs::remove_file(&path).unwrap();
    validate().fails_with(&["c.toml"]);
    // The shipped configuration is valid, too.
    let shipped = file("config/schemawarden.toml");
    let answer = run(schemawarden()
        .args(["config", "validate", "--config"])
        .arg(shipped)
        .env("DATABASE_URL", "postgres://schemawarden_watch@127.0.0.1:5432/community"));
    assert_eq!(answer.code, 0, "{}", answer.both());
}

/// Kept in the folder that the XDG Base Directory Specification names.
#[test]
fn without_a_configuration_values_are_kept_in_the_users_state_folder() {
    let put_back = |named: &str, home: &str| {
        let mut command = schemawarden();
        command.args([
            "put-back",
            "--plan",
            "0123456789abcdef",
            "--yes",
            "--database-url",
            "postgres://127.0.0.1:1/none",
        ]);
        let output = command.env("XDG_STATE_HOME", named).env("HOME", home).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    for (named, kept) in
        [("/named", "/named/"), ("", "/home/of/somebody/.local/state/"), ("no/place", "/home/of/somebody/")]
    {
        let answer = put_back(named, "/home/of/somebody");
        assert!(answer.contains("there is no state store") && answer.contains(kept), "{named}: {answer}");
        assert!(answer.contains("schemawarden/state.db"), "{named}: {answer}");
    }
}

#[test]
fn what_is_typed_wrong_is_explained() {
    let site = Site::new("postgres://u@127.0.0.1/app", "");
    let config = site.path("c.toml");
    let config = config.to_str().unwrap();
    arguments(&["check"]).fails_with(&["--config", "--database-url", "--expected"]);
    arguments(&["check", "--database-url", "mysql://x/y", "--expected", "e.sql"]).fails_with(&["postgres://"]);
    arguments(&["check", "--config", config, "--target", "comunity"]).fails_with(&["`comunity`", "it has community"]);
    arguments(&["check", "--target", "a"]).fails_with(&["--config"]);
    arguments(&["check", "--config", config, "--expected", "e.sql"]).fails_with(&["cannot be used with"]);
    arguments(&["chek"]).fails_with(&["chek", "check"]);
    let help = arguments(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    for command in ["serve", "check", "plan", "apply", "put-back", "snapshot", "config", "token", "demo"] {
        assert!(help.out.contains(&format!("\n  {command} ")), "{}", help.out);
    }
    for command in ["serve", "check", "plan", "apply", "put-back", "snapshot", "demo"] {
        assert_eq!(arguments(&[command, "--help"]).code, 0);
    }
    assert!(arguments(&["--version"]).out.starts_with("schemawarden "));
}
