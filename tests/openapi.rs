//! The daemon against its OpenAPI description: schemathesis generates valid and invalid requests from it, and checks
//! that the answers are as described. It is given an ended remediation, and may send commands.

use std::process::Command;

use crate::remediate::{Site, Wish};
use crate::support::file;

/// Requests per operation and phase; enough to cover every parameter and every scheme once.
const EXAMPLES: &str = "3";

/// A valid request may still be refused, e.g. for a plan that is not the present one. That commands need a token is
/// tested in the library: here requests without one soon reach their limit.
const CHECKS: &str = "
request-timeout = 60
[checks]
ignored_auth.enabled = false
missing_required_header.expected-statuses = [401, 429]
positive_data_acceptance.expected-statuses = ['2xx', 403, 404, 409, 412, 422]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 409, 412, 415, 422]
";

#[tokio::test]
async fn answers_are_as_the_description_says() {
    let site = Site::start(&Wish::default()).await;
    let id = site.remediate().await;
    let (end, journal) = site.ended(&id).await;
    assert_eq!(end, "done", "{journal:?}");
    let daemon = &site.daemon;
    // Most of what is requested exists.
    let config = format!(
        "{CHECKS}
         [dictionaries]
         targets = {{ values = ['community'] }}
         ids = {{ values = ['{id}'] }}
         [parameters]
         'path.target' = {{ dictionary = 'targets', probability = 0.8 }}
         'path.id' = {{ dictionary = 'ids', probability = 0.8 }}"
    );
    daemon.write("schemathesis.toml", &config);
    let mut command = Command::new(file("target/schemathesis/bin/schemathesis"));
    command
        .arg("run")
        .arg(daemon.url("/api/v1/openapi.json"))
        .args(["--header", &format!("Authorization: Bearer {}", site.token)])
        .args(["--max-examples", EXAMPLES, "--seed", "4", "--generation-deterministic", "--no-color"])
        .env("NO_PROXY", "127.0.0.1")
        .current_dir(daemon.path(""));
    let run = tokio::task::spawn_blocking(move || command.output());
    let output = run.await.unwrap().expect("`.ci/install test` installs schemathesis");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}\n{}", String::from_utf8_lossy(&output.stderr), daemon.log());
    assert!(said.contains("Tested: 21") && !said.contains("nresolvable"), "{said}");
    assert!(!daemon.log().contains(&site.token), "the token is in the log");
}
