//! The demo: everything it promises can be seen, and nothing of it stays behind.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{self, Program, eventually, metric, open_folder, processes_in, schemawarden};

fn start(temp: &Path, output: &Path) -> Program {
    let mut command = schemawarden();
    command.args(["demo", "--listen", "127.0.0.1:0"]).env("TMPDIR", temp);
    Program::start(command, output)
}

async fn nothing_is_left(temp: &Path) {
    eventually("nothing is left", async || {
        let files = std::fs::read_dir(temp).unwrap().count();
        (files == 0 && processes_in(temp).is_empty()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn shows_everything_and_leaves_nothing() {
    let (temp, own) = (open_folder(), tempfile::tempdir().unwrap());
    let mut demo = start(temp.path(), &own.path().join("output"));
    let printed =
        eventually("it says what to open", async || Some(demo.output()).filter(|text| text.contains("Ctrl-C"))).await;
    let word_with = |part: &str| {
        printed.split_whitespace().find(|word| word.contains(part)).unwrap_or_else(|| panic!("{part}: {printed}"))
    };
    let drift = word_with("/api/v1/targets/community/drift");
    let found = eventually("the first check has ended", async || {
        let (_, text) = support::http_get(drift).await?;
        let found: Value = serde_json::from_str(&text).ok()?;
        found["drift"].as_array().filter(|drift| !drift.is_empty()).cloned()
    })
    .await;
    assert_eq!(found.len(), 13);
    let base = drift.strip_suffix("/api/v1/targets/community/drift").unwrap();
    eventually("the rows are counted", async || {
        let (_, metrics) = support::http_get(&format!("{base}/metrics")).await?;
        assert_eq!(metric(&metrics, "schemawarden_drift_objects", &[("target", "community")]), Some(13.0));
        let orphans = metric(&metrics, "schemawarden_orphaned_rows", &[("reason", "dangling")]);
        (orphans == Some(36.0)).then_some(())
    })
    .await;
    let (status, page) = support::http_get(&format!("{base}/")).await.unwrap();
    assert!(status == 200 && page.contains("12 critical, 1 warning"), "{page}");

    // What it says to try works.
    let config = printed.split("check --config ").nth(1).unwrap().lines().next().unwrap();
    let check = schemawarden().args(["check", "--config", config]).env("TMPDIR", temp.path()).output().unwrap();
    assert_eq!(check.status.code(), Some(1), "{}", String::from_utf8_lossy(&check.stderr));
    let url = word_with("postgres://");
    let penalty = "alter table users add challenge_penalty_until timestamptz";
    assert!(Command::new("psql").args(["-Xqd", url, "-c", penalty]).status().unwrap().success());
    support::http_post(&format!("{base}/api/v1/targets/community/checks")).await.unwrap();
    eventually("one drift less", async || {
        let (_, metrics) = support::http_get(&format!("{base}/metrics")).await?;
        (metric(&metrics, "schemawarden_drift_objects", &[]) == Some(12.0)).then_some(())
    })
    .await;

    demo.signal("INT");
    let (status, _) = demo.ended().await;
    assert!(status.success(), "{}", demo.output());
    nothing_is_left(temp.path()).await;
}

/// Also when it is ended before it has come up.
#[tokio::test]
async fn leaves_nothing_when_interrupted_early() {
    let (temp, own) = (open_folder(), tempfile::tempdir().unwrap());
    let mut demo = start(temp.path(), &own.path().join("output"));
    eventually("its server is being made", async || (!processes_in(temp.path()).is_empty()).then_some(())).await;
    // Not INT, which background processes of a shell ignore until the daemon is there to listen for it.
    demo.signal("TERM");
    demo.ended().await;
    nothing_is_left(temp.path()).await;
}
