//! The demo: everything it promises is visible, and it leaves nothing behind.

use std::path::Path;
use std::process::{Command, Output};

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

/// The output of a printed line, completed, in a shell with the printed exports.
fn typed(printed: &str, temp: &Path, line: &str, complete: impl Fn(&str) -> String) -> Output {
    let find = |start: &str| {
        let found = printed.lines().map(str::trim).find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("{start}: {printed}"))
    };
    let typed = format!("{}\n{}", find("export "), complete(find(line)));
    let output = Command::new("bash").args(["-c", &typed]).env("TMPDIR", temp).output().unwrap();
    println!("{typed}\n{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    output
}

async fn until_drift(url: &str, objects: usize) {
    eventually(&format!("{objects} objects differ"), async || {
        let (_, text) = support::http_get(url).await?;
        let found: Value = serde_json::from_str(&text).ok()?;
        (found["verdict"] != "unknown" && found["drift"].as_array()?.len() == objects).then_some(())
    })
    .await;
}

/// Each command of the main story as printed, with the ids that the previous one has printed.
async fn remediation_as_printed(printed: &str, drift: &str, temp: &Path) {
    let run = |line: &str, id: &str, code: i32| {
        let output = typed(printed, temp, line, |line| {
            line.replace(" ID", &format!(" {id}")).replace("/ID/", &format!("/{id}/"))
        });
        assert_eq!(output.status.code(), Some(code), "{line}");
        String::from_utf8(output.stdout).unwrap()
    };
    run("schemawarden check", "", 1);
    let plan = run("schemawarden plan", "", 1);
    let plan = plan.lines().find_map(|line| line.strip_prefix("plan ")?.split(' ').next()).unwrap();
    let base = drift.split("/api/").next().unwrap();
    eventually("the page has the plan", async || {
        support::http_get(base).await.filter(|(_, page)| page.contains(&format!("--plan {plan} --follow</code>")))
    })
    .await;
    let followed = run("schemawarden remediate", plan, 0);
    let id = followed.lines().next().unwrap().strip_prefix("remediation ").unwrap();
    until_drift(drift, 0).await;
    let report = run("curl -sS", id, 0);
    assert!(
        report.contains(": done") && report.contains(&format!("rollback --remediation {id} --from-backup")),
        "{report}"
    );
    run("schemawarden rollback", id, 0);
    until_drift(drift, 13).await;
    assert!(run("schemawarden audit", "", 0).contains(" demo "));
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
    until_drift(drift, 13).await;
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

    remediation_as_printed(&printed, drift, temp.path()).await;

    // So do the suggested experiments.
    let url = word_with("postgres://");
    let penalty = "alter table users add challenge_penalty_until timestamptz";
    assert!(Command::new("psql").args(["-Xqd", url, "-c", penalty]).status().unwrap().success());
    typed(&printed, temp.path(), "curl -X POST", |line| line.into());
    until_drift(drift, 12).await;

    demo.signal("INT");
    let (status, _) = demo.ended().await;
    assert!(status.success(), "{}", demo.output());
    nothing_is_left(temp.path()).await;
}

/// Also if it is ended before it is ready.
#[tokio::test]
async fn leaves_nothing_when_interrupted_early() {
    let (temp, own) = (open_folder(), tempfile::tempdir().unwrap());
    let mut demo = start(temp.path(), &own.path().join("output"));
    eventually("its server is being made", async || (!processes_in(temp.path()).is_empty()).then_some(())).await;
    // Not INT, which a shell's background processes ignore until the daemon has a handler for it.
    demo.signal("TERM");
    demo.ended().await;
    nothing_is_left(temp.path()).await;
}
