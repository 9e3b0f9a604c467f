//! What goes wrong, and where it leads: never silently degraded, never silently half done.

use schemawarden::pg::connect::open;
use secrecy::ExposeSecret;
use serde_json::json;
use sqlx::Connection as _;

use super::{Site, Wish, ask, is_the_same, new_token, phases, said};
use crate::cli::run;
use crate::support::judge::{self, Side};
use crate::support::{Daemon, eventually, postgres, private_server, psql, psql_at, schemawarden, signal};

/// Entries of the journal between two kills; with KILL_AT_EVERY_ENTRY in the environment it is one.
const STRIDE: usize = 9;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_credentials_or_with_a_stale_plan_nothing_begins() {
    let site = Site::start(&Wish::default()).await;
    let url = site.daemon.url("/api/v1/targets/community/remediations");
    let plan = site.plan().await["id"].clone();
    let nobody = ask(&url, "POST", None, &[], Some(json!({ "plan": plan }))).await;
    assert_eq!(nobody.0, 401, "{}", nobody.1);
    let stranger = ask(&url, "POST", Some("sw_nonsense"), &[], Some(json!({ "plan": plan }))).await;
    assert_eq!(stranger.0, 401, "{}", stranger.1);
    let stale = ask(&url, "POST", Some(&site.token), &[], Some(json!({ "plan": "0123456789abcdef" }))).await;
    assert_eq!(stale.0, 412, "{}", stale.1);
    assert!(stale.1["detail"].as_str().unwrap().contains(plan.as_str().unwrap()), "{}", stale.1);
    assert_eq!(site.application.entered(), 0);
    let (_, list) = site.ask("GET", "/api/v1/remediations", &[], None).await;
    assert_eq!(list["remediations"], json!([]));
    let (_, audit) = site.ask("GET", "/api/v1/audit", &[], None).await;
    let told: Vec<_> =
        audit["records"].as_array().unwrap().iter().map(|it| (it["who"].clone(), it["status"].clone())).collect();
    assert_eq!(told, [(json!("alice"), json!(412)), (json!("-"), json!(401)), (json!("-"), json!(401))], "{audit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phase_that_fails_leads_back() {
    // There is nowhere to back up to: told at the gate, before anybody is degraded.
    let nowhere = Wish { backup: Some("folder = '/proc/nowhere'".into()), ..Wish::default() };
    let site = Site::start(&nowhere).await;
    let (end, journal) = site.ended(&site.remediate().await).await;
    assert_eq!((end.as_str(), phases(&journal)), ("refused", vec!["gate failed".to_owned()]), "{journal:?}");
    assert_eq!(site.application.entered(), 0);

    // Degraded mode cannot be entered.
    let site = Site::start(&Wish::default()).await;
    site.application.be_stubborn(true);
    let id = site.remediate().await;
    eventually("it has given up to degrade", async || {
        phases(&site.journal(&id).await).contains(&"degrade failed".to_owned()).then_some(())
    })
    .await;
    site.application.be_stubborn(false);
    let (end, journal) = site.ended(&id).await;
    assert_eq!(end, "abandoned", "{journal:?}");
    assert!(!site.application.is_degraded() && !site.holds());

    // The application is never healthy again: all is taken back.
    site.application.be_sick(u32::MAX);
    let (end, journal) = site.ended(&site.remediate().await).await;
    assert_eq!(end, "rolled_back", "{journal:?}");
    let walked = [
        "gate done",
        "degrade done",
        "backup done",
        "apply done",
        "verify done",
        "enable done",
        "smoke failed",
        "degrade_again done",
        "rollback done",
        "enable_rolled_back done",
    ];
    assert_eq!(phases(&journal), walked, "{journal:?}");
    is_the_same(&site.before, &site.database);
    assert!(!site.application.is_degraded());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_that_fails_takes_everything_back() {
    let folder = tempfile::tempdir().unwrap();
    let probe = folder.path().join("no.sql");
    std::fs::write(&probe, "do $$ begin raise exception 'it does not behave'; end $$").unwrap();
    let tables = format!("[[target.probe]]\nname = 'behaves'\nfile = '{}'\n", probe.display());
    let site = Site::start(&Wish { tables, ..Wish::default() }).await;
    let (end, journal) = site.ended(&site.remediate().await).await;
    assert_eq!(end, "rolled_back", "{journal:?}");
    assert!(said(&journal, "verify").contains("it does not behave"), "{journal:?}");
    is_the_same(&site.before, &site.database);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_is_killed_anywhere_comes_to_the_same_end() {
    let mut site = Site::start(&Wish::default()).await;
    let stride = if std::env::var_os("KILL_AT_EVERY_ENTRY").is_some() { 1 } else { STRIDE };
    let mut after = 1;
    // Killed when the journal has so many entries, and started again, until it is through without being killed.
    loop {
        let id = site.remediate().await;
        let killed = eventually("so many entries, or the end", async || {
            let journal = site.journal(&id).await;
            let closed = journal.iter().any(|entry| entry["entry"] == "closed");
            (closed || journal.len() >= after).then_some(!closed)
        })
        .await;
        if killed {
            site.daemon.kill();
            site.daemon.launch().await;
        }
        let (end, journal) = site.ended(&id).await;
        assert_eq!(end, "done", "after {after}: {journal:?}\n{}", site.daemon.log());
        assert!(site.holds() && !site.application.is_degraded());
        if !killed {
            return;
        }
        let (status, back) =
            site.ask("POST", &format!("/api/v1/remediations/{id}/rollback"), &[], Some(json!({}))).await;
        assert_eq!(status, 202, "{back}");
        let (end, journal) = site.ended(back["id"].as_str().unwrap()).await;
        assert_eq!(end, "done", "{journal:?}");
        after += stride;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_nowhere() {
    let site = Site::start(&Wish::default()).await;
    let id = site.remediate().await;
    let (end, journal) = site.ended(&id).await;
    assert_eq!(end, "done");
    let url = url::Url::parse(&site.database.url()).unwrap();
    let password = url.password().unwrap_or("no password to be found").to_owned();
    let report = site.daemon.text(&format!("/api/v1/remediations/{id}/report.md")).await;
    let seen = [
        site.daemon.log(),
        format!("{journal:?}"),
        report,
        site.daemon.metrics().await,
        std::fs::read_to_string(format!("/proc/{}/cmdline", site.daemon.program().pid())).unwrap(),
        psql("postgres", "select string_agg(query, ' ') from pg_stat_activity"),
    ];
    for secret in [&site.token, &password] {
        assert!(seen.iter().all(|text| !text.contains(secret.as_str())), "a secret is told");
    }
}

/// The page says so, and nothing else would: the application answers 503 to every writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_degraded_mode_that_cannot_be_left_calls_a_human() {
    let site = Site::start(&Wish::default()).await;
    let id = site.remediate().await;
    eventually("it is degraded", async || site.application.is_degraded().then_some(())).await;
    site.application.be_stubborn(true);
    let (end, journal) = loop {
        let journal = site.journal(&id).await;
        if let Some(closed) = journal.iter().find(|entry| entry["entry"] == "closed") {
            break (closed["end"].clone(), journal.clone());
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    };
    assert_eq!(end, "needs_human", "{journal:?}");
    assert!(site.holds(), "the database is mended all the same");
    assert_eq!(site.daemon.metric("schemawarden_degraded", &[("target", "community")]).await, Some(1.0));
    let report = site.daemon.text(&format!("/api/v1/remediations/{id}/report.md")).await;
    assert!(report.contains("may still be degraded"), "{report}");
    // Also after a restart.
    let mut site = site;
    site.daemon.kill();
    site.daemon.launch().await;
    assert_eq!(site.daemon.metric("schemawarden_degraded", &[("target", "community")]).await, Some(1.0));

    // A human has mended whatever kept it from being left, and says so.
    site.application.be_stubborn(false);
    let mut typed = schemawarden();
    typed.env("SCHEMAWARDEN_TOKEN", &site.token).args([
        "resolve",
        "--remediation",
        &id,
        "--reason",
        "mended",
        "--follow",
    ]);
    let answer = run(typed.args(["--server", &site.daemon.url("")]));
    assert_eq!(answer.code, 0, "{}\n{}", answer.both(), site.daemon.log());
    let resolved = answer.out.lines().next().unwrap().strip_prefix("remediation ").unwrap().to_owned();
    let journal = site.journal(&resolved).await;
    assert_eq!(phases(&journal), ["gate done", "enable done", "smoke done"]);
    assert!(said(&journal, "gate").contains("still degraded"), "{journal:?}");
    assert!(!site.application.is_degraded());
    for name in ["schemawarden_degraded", "schemawarden_remediation_needs_human"] {
        assert_eq!(site.daemon.metric(name, &[("target", "community")]).await, Some(0.0), "{name}");
    }
    for (id, what) in [(&id, "not-the-latest"), (&resolved, "nothing-to-resolve")] {
        let again = site.ask("POST", &format!("/api/v1/remediations/{id}/resolve"), &[], Some(json!({}))).await;
        assert_eq!(again.0, 409, "{}", again.1);
        assert!(again.1["type"].as_str().unwrap().ends_with(what), "{}", again.1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cancelled_is_taken_back() {
    let site = Site::start(&Wish::default()).await;
    // Holds the plan up where it has done a part.
    let source = &site.database.source;
    let mut holder = open(source, source.options()).await.unwrap();
    sqlx::raw_sql("begin; lock table scores in access share mode").execute(&mut holder).await.unwrap();
    let id = site.remediate().await;
    eventually("it applies", async || {
        let journal = site.journal(&id).await;
        journal.iter().any(|entry| entry["entry"] == "step" && entry["step"] == "done").then_some(())
    })
    .await;
    let (status, _) = site.ask("POST", &format!("/api/v1/remediations/{id}/cancel"), &[], None).await;
    assert_eq!(status, 202);
    let (end, journal) = site.ended(&id).await;
    sqlx::raw_sql("commit").execute(&mut holder).await.unwrap();
    holder.close().await.unwrap();
    assert_eq!(end, "rolled_back", "{journal:?}");
    assert!(phases(&journal).contains(&"apply cancelled".to_owned()), "{journal:?}");
    is_the_same(&site.before, &site.database);
    let (status, _) = site.ask("POST", &format!("/api/v1/remediations/{id}/cancel"), &[], None).await;
    assert_eq!(status, 409, "it has ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_operator_approves() {
    let (token, hash) = new_token("bob");
    let wish = Wish {
        top: format!("[[token]]\nname = 'bob'\nsha256 = '{hash}'\nscopes = ['apply']\n"),
        target: "require_approval = true\napproval_expires = '3s'\n".into(),
        ..Wish::default()
    };
    let site = Site::start(&wish).await;
    let body = json!({ "plan": site.plan().await["id"] });
    let begin = async || {
        let url = site.daemon.url("/api/v1/targets/community/remediations");
        ask(&url, "POST", Some(&site.token), &[], Some(body.clone())).await
    };
    let approve = async |token: &str| {
        let url = site.daemon.url("/api/v1/targets/community/approvals");
        assert_eq!(ask(&url, "POST", Some(token), &[], Some(body.clone())).await.0, 201);
    };
    assert_eq!(begin().await.0, 403);
    approve(&site.token).await;
    assert_eq!(begin().await.0, 403, "one's own approval is none");
    approve(&token).await;
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(begin().await.0, 403, "it has expired");
    approve(&token).await;
    let (status, it) = begin().await;
    assert_eq!(status, 202, "{it}");
    assert_eq!(site.ended(it["id"].as_str().unwrap()).await.0, "done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_followed_from_where_one_was() {
    let site = Site::start(&Wish::default()).await;
    let id = site.remediate().await;
    let (_, journal) = site.ended(&id).await;
    let from = journal.len() - 3;
    let url = site.daemon.url(&format!("/api/v1/remediations/{id}/events"));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let text = client.get(&url).header("last-event-id", from.to_string()).send().await.unwrap().text().await.unwrap();
    let ids: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
    assert_eq!(ids, [from + 1, from + 2, from + 3].map(|id| id.to_string()), "{text}");
    assert!(text.contains("\"closed\""), "{text}");
}

/// A server that crashes takes every session with it, and comes back by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_dies_in_the_middle_is_brought_back() {
    let server = private_server(&[("restart_after_crash", "on")]).await;
    let url = server.url("app").expose_secret().to_owned();
    psql_at(
        &url,
        "alter table post_reactions disable trigger reactions_are_permanent;
         delete from post_reactions where not exists (select from posts where id = post_id);
         alter table post_reactions enable trigger reactions_are_permanent",
    );
    psql_at(server.url("postgres").expose_secret(), "create database before template app");
    let (token, hash) = new_token("alice");
    let config = format!(
        "[state]\npath = 'state.db'\n[scratch]\nurl = '{}'\n[[token]]\nname = 'alice'\nsha256 = '{hash}'\n\
         scopes = ['apply']\n[[target]]\nname = 'community'\nurl = '{url}'\nexpected = 'expected.sql'\n\
         [target.backup]\nnone = true\n",
        postgres().url("postgres").expose_secret()
    );
    let daemon = Daemon::start(&config).await;
    // Holds the plan up in the middle, until the crash.
    let source = server.source("app");
    let mut holder = open(&source, source.options()).await.unwrap();
    sqlx::raw_sql("begin; lock table scores in access share mode").execute(&mut holder).await.unwrap();
    let path = |path: &str| daemon.url(path);
    let plan = ask(&path("/api/v1/targets/community/plan"), "GET", None, &[], None).await.1;
    let body = json!({ "plan": plan["plan"]["id"] });
    let begun = ask(&path("/api/v1/targets/community/remediations"), "POST", Some(&token), &[], Some(body)).await.1;
    let id = begun["id"].as_str().unwrap().to_owned();
    let journal = async || {
        let answer = ask(&path(&format!("/api/v1/remediations/{id}/journal")), "GET", None, &[], None).await.1;
        answer["entries"].as_array().cloned().unwrap_or_default()
    };
    eventually("it applies", async || {
        let journal = journal().await;
        journal.iter().any(|entry| entry["entry"] == "step" && entry["step"] == "done").then_some(())
    })
    .await;
    let backends = psql_at(&url, "select pid from pg_stat_activity where application_name like 'schemawarden fix%'");
    // One is enough: the server then ends all sessions.
    assert!(signal(backends.lines().take(1).map(|pid| pid.parse().unwrap()), "KILL"), "{backends}");
    let end = eventually("it ends", async || {
        journal().await.iter().find(|entry| entry["entry"] == "closed").map(|entry| entry["end"].clone())
    })
    .await;
    assert_eq!(end, "rolled_back", "{:?}\n{}", journal().await, daemon.log());
    let sides = ["before", "app"].map(|name| Side::of(server.url(name).expose_secret()));
    assert_eq!(judge::difference(&sides[0], &sides[1]), None);
}
