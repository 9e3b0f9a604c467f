//! Authorization: from making a token to the audit log of what was done with it.

use std::process::Command;

use crate::daemon::target;
use crate::support::{Daemon, Database, schemawarden};

/// A new token, and its table in the configuration, as the command prints them.
pub fn token(name: &str, scope: &str) -> (String, String) {
    let output = new(&["--name", name, "--scope", scope]).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{err}");
    let token = out.strip_suffix('\n').unwrap();
    assert!(token.starts_with("sw_") && token.len() == 67 && !err.contains(token), "{out}{err}");
    let (_, table) = err.split_once("\n\n").unwrap();
    (token.to_owned(), table.to_owned())
}

fn new(arguments: &[&str]) -> Command {
    let mut command = schemawarden();
    command.args(["token", "new"]).args(arguments);
    command
}

#[test]
fn what_is_no_token_is_explained() {
    for (arguments, said) in [
        (&["--name", "Alice", "--scope", "plan"][..], "lower-case letters"),
        (&["--name", "alice", "--scope", "aply"], "apply"),
        (&["--name", "alice"], "--scope"),
    ] {
        let output = new(arguments).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && err.contains(said) && output.stdout.is_empty(), "{err}");
    }
}

#[tokio::test]
async fn a_token_commands_is_recorded_and_never_shown() {
    let database = Database::create();
    let (alice, table) = token("alice", "plan,apply");
    let (reader, read) = token("reader", "read");
    let daemon = Daemon::start(&target("app", &database.url(), &format!("{table}{read}"))).await;
    let checks = "/api/v1/targets/app/checks";
    assert_eq!(daemon.post(checks).await.0, 401);
    assert_eq!(daemon.post_as(checks, &reader).await.0, 403);
    assert_eq!(daemon.post_as(checks, &alice).await.0, 202);
    assert_eq!(daemon.post_as("/-/reload?token=hunter2", &alice).await.0, 200);
    let log = daemon.log();
    for (who, what, status) in [
        ("-", "POST /api/v1/targets/app/checks", 401),
        ("reader", "POST /api/v1/targets/app/checks", 403),
        ("alice", "POST /api/v1/targets/app/checks", 202),
        ("alice", "POST /-/reload", 200),
    ] {
        let record = |line: &&str| {
            let parts = [format!("who=\"{who}\""), format!("what=\"{what}\""), format!("status={status}")];
            parts.iter().all(|part| line.contains(part)) && line.contains("from=\"127.0.0.1\"")
        };
        assert_eq!(log.lines().filter(record).count(), 1, "{who} {what}: {log}");
    }
    for secret in [&*alice, &*reader, "hunter2"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[tokio::test]
async fn a_daemon_that_others_reach_needs_tls() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    let database = Database::create();
    std::fs::write(folder.path().join("expected.sql"), "").unwrap();
    let listen = "[server]\nlisten = '0.0.0.0:0'\n";
    std::fs::write(&config, format!("{listen}{}", target("app", &database.url(), ""))).unwrap();
    for command in [&["config", "validate"][..], &["serve"]] {
        let output = schemawarden().args(command).arg("--config").arg(&config).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert!(err.contains("c.toml:2:10: other hosts reach `0.0.0.0:0`") && err.contains("insecure = true"), "{err}");
    }
}
