//! Against a real Alertmanager (Debian package `prometheus-alertmanager`), which the tests start and end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Mutex;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;
use crate::domain::alert::{AlertName, Annotations, Identity};
use crate::domain::catalog::Severity;
use crate::domain::report::{Report, TargetStatus, Verdict};
use crate::fixture::alertmanager::{Alertmanager, free_port, none, some};
use crate::fixture::{at, drift, report, seen, status};

/// An alert about a target, for the tests of transports.
pub(super) fn alert(target: &str) -> Alert {
    Alert {
        identity: Identity {
            name: AlertName::Drift,
            target: Some(target.into()),
            severity: Severity::Critical,
            invariant: None,
        },
        starts_at: at(0),
        resolved_at: None,
        annotations: Annotations {
            plan: None,
            summary: "something differs".into(),
            description: String::new(),
            since: String::new(),
            link: "http://127.0.0.1:9847/".into(),
            command: String::new(),
        },
    }
}

fn settings(ports: &[u16]) -> Settings {
    Settings {
        alertmanagers: ports.iter().map(|port| format!("http://127.0.0.1:{port}").parse().unwrap()).collect(),
        interval: Duration::from_secs(1),
        drift_for: Duration::ZERO,
        links: Links {
            external_url: "http://127.0.0.1:9847".parse().unwrap(),
            config_file: "/etc/schemawarden/schemawarden.toml".into(),
        },
    }
}

/// A running notifier with its publisher.
struct Running {
    notifier: Arc<Notifier>,
    published: Arc<Mutex<Vec<Arc<TargetStatus>>>>,
    changes: watch::Sender<u64>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    fn start(settings: &Settings) -> Self {
        let notifier = Arc::new(Notifier::new(settings).unwrap());
        let published = Arc::new(Mutex::new(Vec::new()));
        let changes = watch::Sender::new(0);
        let stop = CancellationToken::new();
        let task = tokio::spawn({
            let (notifier, published) = (notifier.clone(), published.clone());
            let (changes, stop) = (changes.subscribe(), stop.clone());
            async move { notifier.run(|| seen(published.lock().unwrap().clone(), Vec::new()), changes, stop).await }
        });
        Self { notifier, published, changes, stop, task }
    }

    fn publish(&self, report: Report) {
        *self.published.lock().unwrap() =
            vec![Arc::new(TargetStatus { last_success: Some(Utc::now()), ..status(report) })];
        self.changes.send_modify(|version| *version += 1);
    }

    fn counters(&self, index: usize) -> PeerCounters {
        self.notifier.counters()[index].clone()
    }
}

fn violated() -> Report {
    Report {
        verdict: Verdict::Violated,
        drift: vec![drift("public.posts.is_hidden", Severity::Critical)],
        ..report("community")
    }
}

#[tokio::test]
async fn fires_resolves_and_is_not_resolved_by_stopping() {
    let alertmanager = Alertmanager::start(free_port().await).await;
    let running = Running::start(&settings(&[alertmanager.port]));
    running.publish(violated());
    let alerts = alertmanager.until("it fires", some).await;
    let labels = serde_json::json!({
        "alertname": "SchemawardenDrift", "target": "community", "severity": "critical",
    });
    assert_eq!(alerts[0]["labels"], labels);
    assert_eq!(alerts[0]["generatorURL"], "http://127.0.0.1:9847/api/v1/targets/community/drift");
    let time = |field: &str| alerts[0][field].as_str().unwrap().parse::<chrono::DateTime<Utc>>().unwrap();
    assert_eq!(time("startsAt"), at(-3_600));
    let ahead = time("endsAt") - Utc::now();
    assert!((1..=4).contains(&ahead.num_seconds()), "{ahead}");

    // After it was sent again, it lives longer than its first end.
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(some(&alertmanager.alerts().await));

    running.publish(report("community"));
    alertmanager.until("it resolves", none).await;
    running.publish(violated());
    alertmanager.until("it fires again", some).await;
    running.stop.cancel();
    running.task.await.unwrap();
    assert!(some(&alertmanager.alerts().await));
    let counters = running.notifier.counters();
    assert!(counters[0].sent >= 3 && counters[0].errors == 0, "{counters:?}");
}

#[tokio::test]
async fn an_alertmanager_may_be_away_and_come_back() {
    let port = free_port().await;
    let running = Running::start(&settings(&[port]));
    running.publish(violated());
    let start = Instant::now();
    while running.counters(0).errors == 0 {
        assert!(start.elapsed() < Duration::from_mins(1));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let alertmanager = Alertmanager::start(port).await;
    alertmanager.until("the firing alert arrives", some).await;
    drop(alertmanager);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let alertmanager = Alertmanager::start(port).await;
    alertmanager.until("it is sent again", some).await;
}

#[tokio::test]
async fn an_alertmanager_that_hangs_delays_no_other() {
    let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let alertmanager = Alertmanager::start(free_port().await).await;
    let running = Running::start(&settings(&[hanging.local_addr().unwrap().port(), alertmanager.port]));
    let start = Instant::now();
    running.publish(violated());
    alertmanager.until("it fires", some).await;
    // Delivered before the other Alertmanager's request timed out.
    assert_eq!((running.counters(0).sent, running.counters(0).errors), (0, 0));
    while running.counters(0).errors == 0 {
        assert!(start.elapsed() < Duration::from_mins(2));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn new_settings_are_taken_over_while_it_runs() {
    let first = Alertmanager::start(free_port().await).await;
    let second = Alertmanager::start(free_port().await).await;
    let running = Running::start(&settings(&[first.port]));
    running.publish(violated());
    first.until("it fires", some).await;
    let sent = running.counters(0).sent;
    running.notifier.configure(&settings(&[second.port, first.port])).unwrap();
    second.until("it fires", some).await;
    assert!(running.counters(1).sent >= sent, "counters of one that stays go on");
    running.notifier.configure(&settings(&[second.port])).unwrap();
    first.until("it has run out", none).await;
    assert!(some(&second.alerts().await));
    assert!(running.notifier.configure(&settings(&[1, 1])).is_err());
    assert_eq!(running.notifier.counters().len(), 1);
}

#[tokio::test]
async fn a_refusal_is_counted_and_the_good_alerts_arrive() {
    let alertmanager = Alertmanager::start(free_port().await).await;
    let setup = Setup::new(&settings(&[alertmanager.port]), &[]).unwrap();
    let mut workers = Workers::default();
    // Ends before it starts.
    let bad = Alert { starts_at: at(60), resolved_at: Some(at(0)), ..alert("bad") };
    let good = Alert { starts_at: Utc::now(), ..alert("good") };
    setup.push([&bad, &good].into_iter());
    workers.follow(&setup.peers);
    let alerts = alertmanager.until("the good one fires", some).await;
    assert_eq!((alerts.len(), &alerts[0]["labels"]["target"]), (1, &"good".into()));
    let start = Instant::now();
    while setup.peers[0].counters().errors != 2 {
        assert!(start.elapsed() < Duration::from_mins(1));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn credentials_reach_only_the_alertmanager() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut with_password = settings(&[]);
    with_password.alertmanagers = vec![format!("http://warden:hunter2@127.0.0.1:{port}/prefix/").parse().unwrap()];
    let running = Running::start(&with_password);
    assert_eq!(running.counters(0).alertmanager, format!("http://127.0.0.1:{port}/prefix"));
    assert!(!format!("{with_password:?} {:?}", running.notifier).contains("hunter2"));
    running.publish(violated());
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = vec![0; 4_096];
    let length = stream.read(&mut request).await.unwrap();
    let request = String::from_utf8_lossy(&request[..length]).to_lowercase();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    assert!(request.starts_with("post /prefix/api/v2/alerts http/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: basic d2fyzgvuomh1bnrlcji="), "{request}");
}

#[test]
fn an_invalid_url_is_refused_without_its_password() {
    let mut bad = settings(&[]);
    bad.alertmanagers = vec!["ftp://warden:hunter2@am".parse().unwrap()];
    let error = Notifier::new(&bad).unwrap_err().to_string();
    assert!(error.contains("ftp://am") && !error.contains("hunter2"), "{error}");
}
