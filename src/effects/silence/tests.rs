//! Against a real Alertmanager (Debian package `prometheus-alertmanager`), which the tests start and end.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use chrono::TimeDelta;
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::*;
use crate::fixture::alertmanager::{Alertmanager, client, free_port};
use crate::fixture::served::local;

fn url(alertmanager: &Alertmanager) -> Url {
    local(alertmanager.port, "")
}

fn in_an_hour() -> DateTime<Utc> {
    Utc::now() + TimeDelta::hours(1)
}

async fn silences(alertmanager: &Alertmanager) -> Vec<Value> {
    let url = format!("http://127.0.0.1:{}/api/v2/silences", alertmanager.port);
    client().get(url).send().await.unwrap().json().await.unwrap()
}

/// `active` or `expired`.
async fn state(alertmanager: &Alertmanager, id: &str) -> String {
    let silences = silences(alertmanager).await;
    let silence = silences.iter().find(|silence| silence["id"] == id).unwrap();
    silence["status"]["state"].as_str().unwrap().to_owned()
}

/// Sends an alert, and gives whether it is silenced.
async fn is_silenced(alertmanager: &Alertmanager, name: &str, target: &str) -> bool {
    let base = format!("http://127.0.0.1:{}/api/v2/alerts", alertmanager.port);
    let alert = json!([{ "labels": { "alertname": name, "target": target } }]);
    client().post(&base).json(&alert).send().await.unwrap().error_for_status().unwrap();
    let alerts = alertmanager.until("it is known", |answer| {
        let known = |alert: &Value| alert["labels"]["alertname"] == name && alert["labels"]["target"] == target;
        answer.as_ref().is_some_and(|alerts| alerts.iter().any(known))
    });
    let alerts = alerts.await;
    let alert = alerts.iter().find(|alert| alert["labels"]["alertname"] == name && alert["labels"]["target"] == target);
    !alert.unwrap()["status"]["silencedBy"].as_array().unwrap().is_empty()
}

#[tokio::test]
async fn silences_only_alerts_caused_by_the_remediation() {
    let alertmanager = Alertmanager::start(free_port().await).await;
    let urls = [url(&alertmanager)];
    let made = create(&urls, "community", in_an_hour(), "alice", "remediation 1").await;
    let [(at, id)] = &made[..] else { unreachable!() };
    assert_eq!(*at, format!("http://127.0.0.1:{}", alertmanager.port));
    assert_eq!(state(&alertmanager, id).await, "active");
    assert!(is_silenced(&alertmanager, "SchemawardenDrift", "community").await);
    assert!(is_silenced(&alertmanager, "SchemawardenInvariantViolated", "community").await);
    for (name, target) in
        [("SchemawardenTargetDown", "community"), ("SchemawardenDrift", "shop"), ("OtherAlert", "community")]
    {
        assert!(!is_silenced(&alertmanager, name, target).await, "{name} {target}");
    }

    assert_eq!(expire(&urls, &made).await, made);
    assert_eq!(state(&alertmanager, id).await, "expired");
    assert_eq!(expire(&urls, &made).await, made, "it is ended already");
    let unknown = [(at.clone(), "6f8ff12b-1e4c-4a9d-9d6b-0a5b5d4f6f51".to_owned())];
    assert_eq!(expire(&urls, &unknown).await, unknown, "there is nothing to end");
}

#[tokio::test]
async fn repeating_prolongs_and_does_not_double() {
    let alertmanager = Alertmanager::start(free_port().await).await;
    let urls = [url(&alertmanager)];
    let first = create(&urls, "community", in_an_hour(), "alice", "remediation 1").await;
    let later = in_an_hour() + TimeDelta::hours(1);
    let second = create(&urls, "community", later, "alice", "remediation 1").await;
    assert_eq!(first, second);
    let stored = silences(&alertmanager).await;
    assert_eq!((stored.len(), &stored[0]["endsAt"]), (1, &time(later).into()));

    let other = create(&urls, "shop", in_an_hour(), "alice", "remediation 1").await;
    let another = create(&urls, "community", in_an_hour(), "alice", "remediation 2").await;
    assert_eq!((other.len(), another.len(), silences(&alertmanager).await.len()), (1, 1, 3));
    expire(&urls, &first).await;
    let second = create(&urls, "community", in_an_hour(), "alice", "remediation 1").await;
    assert_ne!(second, first, "what has ended stays so");
}

#[tokio::test]
async fn an_alertmanager_that_is_down_or_hangs_stops_nothing() {
    let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let alertmanager = Alertmanager::start(free_port().await).await;
    let away = local(free_port().await, "");
    let hangs = local(hanging.local_addr().unwrap().port(), "/prefix/");
    let urls = [away.clone(), hangs, url(&alertmanager)];
    let begun = Instant::now();
    let made = create(&urls, "community", in_an_hour(), "alice", "remediation 1").await;
    assert!(begun.elapsed() < Duration::from_mins(2), "{:?}", begun.elapsed());
    assert_eq!((made.len(), &made[0].0), (1, &name(&urls[2])));
    let all = [made.clone(), vec![(name(&away), "x".into()), ("http://gone".into(), "y".into())]].concat();
    assert_eq!(expire(&urls, &all).await, made);
}

#[tokio::test]
async fn a_refused_silence_is_not_listed() {
    let alertmanager = Alertmanager::start(free_port().await).await;
    let urls = [url(&alertmanager)];
    let past = Utc::now() - TimeDelta::hours(1);
    assert!(create(&urls, "community", past, "alice", "remediation 1").await.is_empty());
}
