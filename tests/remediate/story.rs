//! The whole story: the page at three in the morning, the plan, the command, and a database that is as it should be.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Site, Wish, ask, is_the_same, phases, said};
use crate::cli::run;
use crate::support::{Alertmanager, Database, eventually, file, having, psql, schemawarden};

/// Reactions outlive their posts.
const ORPHANS: &str = "[[target.invariant]]
    name = 'reactions'
    child = 'public.post_reactions'
    columns = ['post_id']
    parent = 'public.posts'
    parent_columns = ['id']
    max_null = 1000
    schedule = '* * * * * *'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_page_to_a_healed_database_and_back() {
    let mut alertmanager = Alertmanager::new();
    alertmanager.start().await;
    let probes = file("sql/community/probes");
    let probe = |name: &str| format!("[[target.probe]]\nname = '{name}'\nfile = '{}/{name}.sql'\n", probes.display());
    let names = std::fs::read_dir(&probes).unwrap().map(|entry| {
        let path: PathBuf = entry.unwrap().path();
        path.file_stem().unwrap().to_str().unwrap().to_owned()
    });
    let wish = Wish {
        top: format!("[alertmanager]\nurls = ['{}']\ninterval = '1s'\ndrift_for = '0s'\n", alertmanager.url()),
        tables: names.map(|name| probe(&name)).chain([ORPHANS.to_owned()]).collect(),
        ..Wish::default()
    };
    let site = Site::start(&wish).await;

    // What users see.
    assert_eq!(site.application.ask("DELETE", "/posts/1").await, 500);
    assert_eq!(site.application.ask("POST", "/posts/2/reactions").await, 500);
    // What the page says.
    let drift = [("alertname", "SchemawardenDrift"), ("target", "community"), ("severity", "critical")];
    let pages = alertmanager.until("the page arrives with a plan", |alerts| {
        having(alerts, &drift).first().is_some_and(|page| page["annotations"]["plan"].as_str().is_some())
    });
    let page = having(&pages.await, &drift)[0].clone();
    let plan = site.plan().await;
    let id = plan["id"].as_str().unwrap().to_owned();
    assert_eq!(page["annotations"]["plan"].as_str().unwrap(), id);
    let command = page["annotations"]["command"].as_str().unwrap();
    assert!(command.contains(&format!("--target community --plan {id} --follow")), "{command}");

    // Users go on reading, and try to write.
    let stop = Arc::new(AtomicBool::new(false));
    let traffic = {
        let (stop, url) = (stop.clone(), site.application.url(""));
        tokio::spawn(async move {
            let (mut reads, mut refused) = (0, 0);
            while !stop.load(Ordering::Relaxed) {
                let read = ask(&format!("{url}/posts/2"), "GET", None, &[], None).await.0;
                assert_eq!(read, 200, "a reader notices");
                reads += 1;
                refused += u32::from(ask(&format!("{url}/posts/3/reactions"), "POST", None, &[], None).await.0 == 503);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            (reads, refused)
        })
    };

    // What she types.
    let mut typed = schemawarden();
    typed.env("SCHEMAWARDEN_TOKEN", &site.token);
    typed.args(["remediate", "--target", "community", "--plan", &id, "--reason", "the page", "--follow"]);
    typed.args(["--server", &site.daemon.url("")]);
    let typed = tokio::task::spawn_blocking(move || run(&mut typed));
    is_silenced(&alertmanager).await;
    let answer = typed.await.unwrap();
    assert_eq!(answer.code, 0, "{}\n{}", answer.both(), site.daemon.log());
    assert!(!answer.both().contains(&site.token));
    stop.store(true, Ordering::Relaxed);
    let (reads, refused) = traffic.await.unwrap();
    assert!(reads > 10 && refused > 0, "{reads} reads, {refused} writes refused while degraded");

    let remediation = answer.out.lines().next().unwrap().strip_prefix("remediation ").unwrap().to_owned();
    let (end, journal) = site.ended(&remediation).await;
    assert_eq!(end, "done");
    let walked = ["gate", "degrade", "backup", "apply", "verify", "enable", "smoke"];
    assert_eq!(phases(&journal), walked.map(|phase| format!("{phase} done")));
    assert!(said(&journal, "verify").contains("probes that pass: 4"), "{}", said(&journal, "verify"));
    assert!(site.holds(), "{}", site.check().both());
    assert!(!site.application.is_degraded());
    let all = alertmanager.silences().await;
    assert!(all.iter().all(|silence| silence["status"]["state"] == "expired"), "{all:?}");
    assert_eq!(orphans(&site).await, Some(0.0));
    assert_eq!(site.application.ask("DELETE", "/posts/1").await, 200, "which was what failed");
    assert_eq!(site.application.ask("POST", "/posts/2/reactions").await, 200);
    let orphaned = psql(&site.database.name, "select count(*) from post_reactions where post_id is null");
    let orphaned: f64 = orphaned.trim().parse().unwrap();
    assert!(orphaned > 0.0, "the post had reactions");
    eventually("they are counted", async || (orphans(&site).await == Some(orphaned)).then_some(())).await;
    alertmanager.until("the alert is resolved", |alerts| having(alerts, &drift).is_empty()).await;
    for (name, labels, value) in [
        ("schemawarden_remediations_total", ("outcome", "done"), 1.0),
        ("schemawarden_degraded", ("target", "community"), 0.0),
    ] {
        assert_eq!(site.daemon.metric(name, &[("target", "community"), labels]).await, Some(value), "{name}");
    }

    // The report, for the post-mortem.
    let report = site.daemon.text(&format!("/api/v1/remediations/{remediation}/report.md")).await;
    for part in
        ["# Remediation ", "the page", "column public.posts.is_hidden missing", "| apply |", "sha256", "rollback"]
    {
        assert!(report.contains(part), "no {part} in\n{report}");
    }

    the_backup_holds_what_was_there(&site, &journal);
    // And back by a plan: a post that had reactions is gone, so that NOT NULL cannot come back, which is told before
    // anything is touched.
    let (end, journal) = site.ended(&site.take_back(&remediation, false).await).await;
    assert_eq!((end.as_str(), phases(&journal)), ("refused", vec!["gate failed".to_owned()]), "{journal:?}");
    assert!(said(&journal, "gate").contains("post_id"), "{}", said(&journal, "gate"));
    // From the backup everything comes back, the deleted post too, and the story ends as it began.
    let (end, journal) = site.ended(&site.take_back(&remediation, true).await).await;
    assert_eq!(end, "done", "{journal:?}\n{}", site.daemon.log());
    is_the_same(&site.before, &site.database);
    assert!(!site.application.is_degraded());
    assert_eq!(site.application.ask("DELETE", "/posts/1").await, 500);
    alertmanager.until("the page is back", |alerts| !having(alerts, &drift).is_empty()).await;
}

/// What is about the target, in the operator's name.
async fn is_silenced(alertmanager: &Alertmanager) {
    let silence = eventually("the target is silenced", async || {
        alertmanager.silences().await.into_iter().find(|silence| silence["status"]["state"] == "active")
    })
    .await;
    assert_eq!(silence["createdBy"], "alice");
    let target = json!({ "name": "target", "value": "community", "isRegex": false, "isEqual": true });
    assert!(silence["matchers"].as_array().unwrap().contains(&target), "{silence}");
}

fn the_backup_holds_what_was_there(site: &Site, journal: &[Value]) {
    let noted = journal.iter().find(|entry| entry["fact"] == "backup").unwrap();
    let restored = Database::create();
    let mut restore = std::process::Command::new(crate::support::client("pg_restore"));
    restore.args(["--no-owner", "--exit-on-error", "-d", &restored.url()]).arg(noted["location"].as_str().unwrap());
    let output = restore.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    is_the_same(&site.before, &restored);
}

async fn orphans(site: &Site) -> Option<f64> {
    let labels = [("target", "community"), ("invariant", "reactions"), ("reason", "null")];
    site.daemon.metric("schemawarden_orphaned_rows", &labels).await
}
