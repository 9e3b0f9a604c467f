//! The daemon against its own description: schemathesis makes requests from the OpenAPI document, right ones and wrong
//! ones, and looks whether the answers are as described.

use std::process::Command;

use crate::daemon::target;
use crate::support::{Daemon, Database, file};
use crate::who::token;

/// Made for each operation and phase; enough to meet every parameter and every scheme once.
const EXAMPLES: &str = "20";

#[tokio::test]
async fn answers_are_as_the_description_says() {
    let database = Database::with(&std::fs::read_to_string(file("sql/community/outdated.sql")).unwrap());
    let (token, table) = token("schemathesis", "plan");
    let daemon = Daemon::start(&target("community", &database.url(), &table)).await;
    daemon.until("community", "it is checked", |target| target["verdict"] == "violated").await;
    let mut command = Command::new(file("target/schemathesis/bin/schemathesis"));
    command
        .arg("run")
        .arg(daemon.url("/api/v1/openapi.json"))
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--max-examples", EXAMPLES, "--seed", "4", "--generation-deterministic", "--no-color"])
        .env("NO_PROXY", "127.0.0.1")
        .current_dir(daemon.path(""));
    let run = tokio::task::spawn_blocking(move || command.output());
    let output = run.await.unwrap().expect("`.ci/install test` installs schemathesis");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}\n{}", String::from_utf8_lossy(&output.stderr), daemon.log());
    assert!(said.contains("Tested: 8") && !said.contains("nresolvable"), "{said}");
    assert!(!daemon.log().contains(&token), "the token is in the log");
}
