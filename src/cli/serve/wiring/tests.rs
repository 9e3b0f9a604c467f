//! The whole daemon from the outside: a real PostgreSQL that drifts, is repaired, dies; a real Alertmanager.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Instant;

use secrecy::ExposeSecret;

use super::*;
use crate::fixture::alertmanager::{Alertmanager, client, free_port, none, some};
use crate::pg::scratch::server::{ServerOptions, ThrowawayServer};

async fn run_sql(server: &ThrowawayServer, sql: &'static str) {
    let source = server.source("postgres");
    let mut session = crate::pg::connect::open(&source, source.options()).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut session).await.unwrap();
}

fn config(server: &ThrowawayServer, alertmanagers: &[u16]) -> String {
    let urls: Vec<_> = alertmanagers.iter().map(|port| format!("'http://127.0.0.1:{port}'")).collect();
    format!(
        "[alertmanager]\nurls = [{}]\ninterval = '1s'\ndrift_for = '1s'\n\
         [[target]]\nname = 'a'\nurl = '{}'\nexpected = 'e.sql'\nschedule = '* * * * * *'\njitter = '0s'\n",
        urls.join(", "),
        server.url("postgres").expose_secret()
    )
}

async fn get(base: &str, path: &str) -> String {
    client().get(format!("{base}{path}")).send().await.unwrap().text().await.unwrap()
}

async fn until(base: &str, line: &str) {
    let start = Instant::now();
    loop {
        let page = get(base, "/metrics").await;
        if page.lines().any(|found| found == line) {
            return;
        }
        assert!(start.elapsed() < Duration::from_mins(3), "waited in vain for {line}:\n{page}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn drift_pages_and_is_repaired_and_an_outage_resolves_nothing() {
    let server = ThrowawayServer::start(&ServerOptions { tcp: true, ..ServerOptions::default() }).await.unwrap();
    run_sql(&server, "create table posts (id int primary key)").await;
    let first = Alertmanager::start(free_port().await).await;
    let second = Alertmanager::start(free_port().await).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    std::fs::write(folder.path().join("e.sql"), "create table posts (id int primary key, is_hidden bool);").unwrap();
    std::fs::write(&file, config(&server, &[first.port])).unwrap();
    let app = App::start(Config::load(&file).unwrap()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    open(&app, listener).unwrap();
    let stop = app.stop_token();
    let daemon = tokio::spawn(app.run());

    let missing = "schemawarden_drift_objects{target=\"a\",kind=\"column\",change=\"missing\",severity=\"critical\"}";
    until(&base, &format!("{missing} 1")).await;
    let alerts = first.until("it fires", some).await;
    let description = alerts.first().unwrap().pointer("/annotations/description").unwrap().as_str().unwrap();
    assert!(description.starts_with("public.posts.is_hidden (column missing). First seen 20"), "{description}");

    // The plan follows.
    let planned = |answer: &Option<Vec<serde_json::Value>>| {
        some(answer) && answer.iter().flatten().all(|alert| alert.pointer("/annotations/plan").is_some())
    };
    let alerts = first.until("it has a plan", planned).await;
    assert_eq!(alerts.len(), 1, "the same alert: {alerts:?}");
    let annotation = |name: &str| alerts[0]["annotations"][name].as_str().unwrap().to_owned();
    let target: serde_json::Value = serde_json::from_str(&get(&base, "/api/v1/targets/a").await).unwrap();
    assert_eq!(target["plan"]["id"], annotation("plan"));
    assert!(annotation("plan_summary").starts_with("1 step in 1 transaction; "), "{alerts:?}");
    let command = format!("--target a --plan {} --follow", annotation("plan"));
    assert!(annotation("command").starts_with("schemawarden remediate --server http://127.0.0.1:9847/ "), "{alerts:?}");
    assert!(annotation("command").ends_with(&command), "{alerts:?}");
    let proposed: serde_json::Value = serde_json::from_str(&get(&base, "/api/v1/targets/a/plan").await).unwrap();
    assert_eq!(proposed["plan"]["id"], annotation("plan"), "which is what an operator is asked for");

    std::fs::write(&file, config(&server, &[first.port, second.port])).unwrap();
    client().post(format!("{base}/-/reload")).send().await.unwrap().error_for_status().unwrap();
    second.until("the new one arrives", some).await;

    run_sql(&server, "alter table posts add column is_hidden bool").await;
    first.until("it is resolved", none).await;
    until(&base, &format!("{missing} 0")).await;
    assert!(get(&base, "/api/v1/targets/a").await.contains("\"plan\":null"));
    run_sql(&server, "alter table posts drop column is_hidden").await;
    first.until("it fires again", some).await;

    server.stop().await.unwrap();
    until(&base, "schemawarden_target_up{target=\"a\"} 0").await;
    until(&base, &format!("{missing} 1")).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(some(&first.alerts().await), "an outage resolved the alert");
    assert!(get(&base, "/").await.contains("cannot be reached"));
    stop.cancel();
    daemon.await.unwrap().unwrap();
    assert!(some(&first.alerts().await), "stopping resolved the alert");
}
