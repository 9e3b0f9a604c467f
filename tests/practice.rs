//! Real histories: a folder of pairs `X.old.sql` and `X.sql`, an application's schema before and now. Each old one is
//! changed by a plan with all hazards allowed; the remaining drift is printed. Run by `make practice DIR=folder`;
//! JUDGE='a command' is an additional judge, called with the URLs of the changed and of the expected database.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use serde_json::Value;

use crate::support::judge::{self, Side};
use crate::support::{Database, client, psql, schemawarden, scratch_server};
use secrecy::ExposeSecret as _;

const HAZARDS: &str = "data_loss,table_rewrite,blocking_scan,not_reversible";
/// Longest output of one judge, in lines.
const LINES: usize = 15;

/// The result of a pair.
struct Row {
    pair: String,
    drifts: usize,
    steps: usize,
    seconds: f64,
    /// The remaining differences by judge: their number, and the first lines.
    left: Vec<(&'static str, String)>,
}

#[test]
#[ignore = "needs a folder of schemas: make practice DIR=folder"]
fn nothing_is_left() {
    let folder = PathBuf::from(std::env::var_os("PRACTICE").expect("make practice DIR=folder sets it"));
    let pairs = pairs(&folder);
    assert!(!pairs.is_empty(), "{} has no X.old.sql beside an X.sql", folder.display());
    println!("{:<24} {:>7} {:>7} {:>9}  left", "pair", "drifts", "steps", "seconds");
    let mut wrong = false;
    for pair in pairs {
        match practise(&folder, &pair) {
            Ok(row) => wrong |= row.print(),
            Err(why) => println!("{pair:<24} left out: {why}"),
        }
    }
    assert!(!wrong, "something is left: see above");
}

/// The smallest first.
fn pairs(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let pairs = names.filter_map(|name| Some(name.strip_suffix(".old.sql")?.to_owned()));
    let size = |pair: &String| Some(fs::metadata(folder.join(format!("{pair}.sql"))).ok()?.len());
    let mut pairs: Vec<_> = pairs.filter_map(|pair| Some((size(&pair)?, pair))).collect();
    pairs.sort();
    pairs.into_iter().map(|(_, pair)| pair).collect()
}

/// `Err`: why the pair cannot be tried on this server.
fn practise(folder: &Path, pair: &str) -> Result<Row, String> {
    let (old, new) = (folder.join(format!("{pair}.old.sql")), folder.join(format!("{pair}.sql")));
    let (live, expected) = (load(&old)?, load(&new)?);
    let state = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = schemawarden();
        command.args(arguments).args(["--format", "json", "--scope", "whole", "--allow", HAZARDS]);
        command.args([
            "--database-url",
            &live.url(),
            "--scratch-url",
            scratch_server().url("postgres").expose_secret(),
        ]);
        command.arg("--expected").arg(&new).arg("--state").arg(state.path().join("state.db"));
        let Output { stdout, stderr, .. } = command.output().unwrap();
        let json: Value = serde_json::from_slice(&stdout).unwrap_or_default();
        (json, String::from_utf8(stderr).unwrap())
    };
    let (plan, errors) = run(&["plan"]);
    let count = |value: &Value| value.as_array().map_or(0, Vec::len);
    let steps = plan["plan"]["segments"].as_array().into_iter().flatten();
    let steps = steps.map(|segment| segment["steps"].as_array().map_or(1, Vec::len)).sum();
    let mut row = Row { pair: pair.into(), drifts: count(&plan["drift"]), steps, seconds: 0.0, left: Vec::new() };
    if plan.is_null() {
        row.left.push(("plan", errors));
        return Ok(row);
    }
    let begun = Instant::now();
    let (applied, errors) = run(&["apply", "--yes"]);
    row.seconds = begun.elapsed().as_secs_f64();
    row.left.push(("apply", said(&applied, errors)));
    if !matches!(applied["outcome"].as_str(), Some("converged" | "not_converged" | "nothing_to_do")) {
        return Ok(row);
    }
    let [mended, wanted] = [&live, &expected].map(|database| Side::of(&database.url()));
    row.left.push(("our judge", judge::difference(&wanted, &mended).unwrap_or_default()));
    if let Ok(command) = std::env::var("JUDGE") {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{command} \"$0\" \"$1\""), &live.url(), &expected.url()]);
        let Output { status, stdout, stderr } = shell.output().unwrap();
        let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
        row.left.push(("JUDGE", if status.success() { String::new() } else { said }));
    }
    Ok(row)
}

/// What `apply` reports as not done; empty if everything was done.
fn said(applied: &Value, errors: String) -> String {
    if applied["outcome"] == "converged" || applied["outcome"] == "nothing_to_do" {
        return String::new();
    }
    if applied.is_null() {
        return errors;
    }
    let mut lines = format!("{}: {}\n", applied["outcome"], applied["reason"].as_str().unwrap_or_default());
    for problem in applied["rehearsal"]["problems"].as_array().into_iter().flatten() {
        lines.push_str(&format!("rehearsal: {}\n", problem.as_str().unwrap()));
    }
    for blocked in applied["plan"]["blocked"].as_array().into_iter().flatten() {
        lines.push_str(&format!("blocked: {}: {}\n", blocked["object"], blocked["reason"]));
    }
    for drift in applied["drift"].as_array().into_iter().flatten() {
        lines.push_str(&format!("{} {} {}: {}\n", drift["change"], drift["kind"], drift["object"], drift["detail"]));
    }
    lines
}

impl Row {
    /// Gives whether anything is left.
    fn print(&self) -> bool {
        let Self { pair, drifts, steps, seconds, left } = self;
        let counts: Vec<_> = left.iter().map(|(who, what)| format!("{who}: {}", what.lines().count())).collect();
        println!("{pair:<24} {drifts:>7} {steps:>7} {seconds:>9.1}  {}", counts.join(", "));
        for (who, what) in left.iter().filter(|(_, what)| !what.is_empty()) {
            println!("    {who} says, in {} lines:", what.lines().count());
            what.lines().take(LINES).for_each(|line| println!("      {line}"));
        }
        left.iter().any(|(_, what)| !what.is_empty())
    }
}

/// A database with this schema. Missing roles are created; missing extensions are reported.
fn load(path: &Path) -> Result<Database, String> {
    let mut roles = Vec::new();
    loop {
        let database = Database::create();
        let mut command = Command::new(client("psql"));
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &database.url(), "-f"]).arg(path);
        let Output { status, stderr, .. } = command.env("PGOPTIONS", "-c lc_messages=C").output().unwrap();
        if status.success() {
            return Ok(database);
        }
        let error = String::from_utf8_lossy(&stderr).into_owned();
        match between(&error, "ERROR:  role \"", "\" does not exist") {
            Some(role) if !roles.contains(&role) => {
                psql("postgres", &format!("create role \"{role}\""));
                roles.push(role);
            }
            _ => {
                let extension = between(&error, "extension \"", "\" is not available")
                    .or_else(|| between(&error, "extension control file \"", "\""));
                let file = path.file_name().unwrap().to_string_lossy();
                return Err(match extension {
                    Some(extension) => format!("{file} needs the extension {extension}, which this server lacks"),
                    None => format!("{file}: {error}"),
                });
            }
        }
    }
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0.to_owned())
}
