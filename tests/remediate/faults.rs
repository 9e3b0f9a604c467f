//! What goes wrong, and where it leads: never silently degraded, never silently half done.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sqlx::Connection as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::{Site, Wish, ask, holder, is_the_same, new_token, phases, said};
use crate::backup::faults::programs;
use crate::cli::run;
use crate::support::judge::{self, Side};
use crate::support::{Daemon, eventually, private_server, psql, psql_at, schemawarden, scratch_server, signal};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phase_that_fails_leads_back() {
    // There is nowhere to back up to: told at the gate, before anybody is degraded.
    let site = Site::start(&Wish::default()).await;
    std::fs::remove_dir(site.daemon.path("backups")).unwrap();
    let (end, journal) = site.ended(&site.remediate().await).await;
    assert_eq!((end.as_str(), phases(&journal)), ("refused", vec!["gate failed".to_owned()]), "{journal:?}");
    assert_eq!(site.application.entered(), 0);

    // Degraded mode cannot be entered.
    let bin = tempfile::tempdir().unwrap();
    let breaks_off = bin.path().join("breaks-off");
    programs(
        bin.path(),
        &format!(
            "[ -e {} ] || exec \"$real\" \"$@\"\n\"$real\" \"$@\" | head -c 50000; echo 'pg_dump: error: gone' >&2; exit 1",
            breaks_off.display()
        ),
    );
    let backups = tempfile::tempdir().unwrap();
    let backup = format!("folder = '{}'\nbin_dir = '{}'", backups.path().display(), bin.path().display());
    let site = Site::start(&Wish { backup: Some(backup), ..Wish::default() }).await;
    site.abandoned().await;
    assert!(!site.application.is_degraded() && !site.holds());

    // The dump breaks off in the middle.
    std::fs::write(&breaks_off, "").unwrap();
    let (end, journal) = site.ended(&site.remediate().await).await;
    assert_eq!(end, "abandoned", "{journal:?}");
    let walked = ["gate done", "degrade done", "backup failed", "enable_unchanged done"];
    assert_eq!(phases(&journal), walked, "{journal:?}");
    assert_eq!(said(&journal, "backup"), "pg_dump failed: gone");
    assert!(!site.application.is_degraded() && std::fs::read_dir(backups.path()).unwrap().next().is_none());
    is_the_same(&site.before, &site.database);
    std::fs::remove_file(&breaks_off).unwrap();

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
    let target = "scope = 'whole'".to_owned();
    let site = Site::start(&Wish { target, tables, ..Wish::default() }).await;
    let owner = format!("owner_in_{}", site.database.name);
    // One that may do what the fixing role may: as it, no code of others runs in a probe.
    psql("postgres", &format!("create role {owner} superuser"));
    for database in [&site.before, &site.database] {
        database.run(&OWNED.replace("{owner}", &owner));
    }
    let (end, journal) = site.ended(&site.remediate().await).await;
    assert_eq!(end, "rolled_back", "{journal:?}");
    assert!(said(&journal, "verify").contains("it does not behave"), "{journal:?}");
    is_the_same(&site.before, &site.database);
    // What was dropped and made anew acts in nobody else's name, and for those who could use it before.
    assert!(said(&journal, "rollback").ends_with("owners given back: 4"), "{journal:?}");
    let [was, is] = [&site.before, &site.database].map(|database| psql(&database.name, WHOSE));
    assert_eq!(was, is);
    assert_eq!(is.matches(&format!("{owner}|")).count(), 4, "{is}");
}

/// Expected by nobody, and somebody's own.
const OWNED: &str = "create domain whole as int check (value > 0);
    create type pair as (a int, b int);
    create view posts_of_mine as select id from posts;
    create function who_acts() returns text language sql security definer as 'select current_user::text';
    alter domain whole owner to {owner};
    alter type pair owner to {owner};
    alter view posts_of_mine owner to {owner};
    alter function who_acts() owner to {owner};
    grant select on posts_of_mine to pg_monitor;
    revoke execute on function who_acts() from public;
    grant execute on function who_acts() to pg_monitor";

/// Whose they are, and who may use them.
const WHOSE: &str = "select proowner::regrole, proacl from pg_proc where proname = 'who_acts'
    union all select relowner::regrole, relacl from pg_class where relname = 'posts_of_mine'
    union all select typowner::regrole, typacl from pg_type where typname in ('whole', 'pair')";

/// The page says so, and nothing else would: the application answers 503 to every writer. It is tried for so long that
/// clients which never come to an end are shut out meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_degraded_mode_that_cannot_be_left_calls_a_human() {
    let site = Site::start(&Wish::default()).await;
    let mut slow = slow_clients(site.daemon.port).await;
    let id = site.remediate().await;
    eventually("it is degraded", async || site.application.is_degraded().then_some(())).await;
    site.application.be_stubborn(true);
    let (end, journal) = loop {
        let journal = site.journal(&id).await;
        if let Some(closed) = journal.iter().find(|entry| entry["entry"] == "closed") {
            break (closed["end"].clone(), journal.clone());
        }
        for client in &mut slow {
            // Until it is shut out.
            let _ = client.write(b"x").await;
        }
        assert!(site.daemon.metrics().await.contains("schemawarden_degraded"));
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    for mut client in slow {
        let mut said = Vec::new();
        let ended = timeout(Duration::from_secs(1), client.read_to_end(&mut said)).await;
        assert!(ended.is_ok(), "a slow client still holds its place: {}", String::from_utf8_lossy(&said));
    }
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
    let owner = format!("owner_in_{}", site.database.name);
    psql("postgres", &format!("create role {owner}"));
    site.database.run(&format!("alter table posts owner to {owner}"));
    let holder = holder(&site.database.source).await;
    let id = site.remediate().await;
    site.applies(&id).await;
    // As if the plan had made it again.
    site.database.run("alter table posts owner to current_user");
    let (status, _) = site.ask("POST", &format!("/api/v1/remediations/{id}/cancel"), &[], None).await;
    assert_eq!(status, 202);
    let (end, journal) = site.ended(&id).await;
    holder.close().await.unwrap();
    assert_eq!(end, "rolled_back", "{journal:?}");
    assert!(phases(&journal).contains(&"apply cancelled".to_owned()), "{journal:?}");
    assert!(said(&journal, "rollback").ends_with("owners given back: 1"), "{journal:?}");
    let whose = psql(&site.database.name, "select relowner::regrole from pg_class where relname = 'posts'");
    assert_eq!(whose.trim_end(), owner);
    is_the_same(&site.before, &site.database);
    let (status, _) = site.ask("POST", &format!("/api/v1/remediations/{id}/cancel"), &[], None).await;
    assert_eq!(status, 409, "it has ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_is_degraded_no_longer_than_it_may_be() {
    let site = Site::start(&Wish { lease: Some("8s"), ..Wish::default() }).await;
    let holder = holder(&site.database.source).await;
    let (end, journal) = site.ended(&site.remediate().await).await;
    holder.close().await.unwrap();
    assert_eq!(end, "rolled_back", "{journal:?}");
    let apply = journal.iter().find(|entry| entry["entry"] == "ended" && entry["phase"] == "apply").unwrap();
    assert_eq!(apply["outcome"], "cancelled", "{journal:?}");
    assert_eq!(apply["detail"], "the time for which the application may be degraded is over");
    let lease = journal.iter().find(|entry| entry["fact"] == "lease").unwrap();
    let time = |text: &Value| text.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    let late = time(&apply["at"]) - time(&lease["until"]);
    assert!((TimeDelta::zero()..TimeDelta::seconds(10)).contains(&late), "{late}: {journal:?}");
    assert!(!site.application.is_degraded());
    is_the_same(&site.before, &site.database);
}

/// As many as there is no room for, from one address that is not the tests' own. Half of them are about to say what they
/// want, half of them are about to send a body.
async fn slow_clients(port: u16) -> Vec<TcpStream> {
    let head = "POST /api/v1/targets/community/remediations HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n";
    let clients = (0..200).map(async |number| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        let mut client = socket.connect(([127, 0, 0, 1], port).into()).await.unwrap();
        let begin = if number % 2 == 0 { format!("{head}\r\n{{") } else { format!("{head}x-slow: ") };
        // Some are shut out at once.
        let _ = client.write_all(begin.as_bytes()).await;
        client
    });
    join_all(clients).await
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
        scratch_server().url("postgres").expose_secret()
    );
    let daemon = Daemon::start(&config).await;
    // Holds the plan up in the middle, until the crash.
    let _holder = holder(&server.source("app")).await;
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
