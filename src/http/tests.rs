//! The HTTP server over a real socket.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod connections;
mod remediations;
mod who;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use chrono::Utc;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::*;
use crate::daemon::app::{DaemonStatus, ReloadRequest};
use crate::daemon::remediate::Remediator;
use crate::daemon::watch::{Registry, Requests};
use crate::domain::alert::Links;
use crate::domain::catalog::Severity;
use crate::domain::report::{Report, TargetStatus, Verdict};
use crate::effects::notify::Settings;
use crate::effects::web::install_crypto;
use crate::fixture::{drift, fresh, orphans, plan, report, status};

/// A server with two targets: `community`, which drifts, and `new`, which was not checked yet.
struct Server {
    address: SocketAddr,
    command: Requests,
    registry: Arc<Registry>,
    remediator: Arc<Remediator>,
    reloads: mpsc::Receiver<ReloadRequest>,
    config: watch::Sender<Arc<Config>>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// A configuration with one target, with `more`, and with a state store that cannot be opened.
fn config(more: &str) -> Config {
    stored("/proc/nowhere/s.db".as_ref(), more)
}

fn stored(state: &std::path::Path, more: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    let target = "[[target]]\nname = 'community'\nurl = 'postgres://u@127.0.0.1:9/d'\nexpected = 'e.sql'\n";
    std::fs::write(&path, format!("state.path = '{}'\n{target}{more}", state.display())).unwrap();
    Config::load(&path).unwrap()
}

fn drifting() -> TargetStatus {
    let found = status(Report {
        verdict: Verdict::Violated,
        drift: vec![drift("public.\"<b>\".is_hidden", Severity::Critical), drift("public.users.x", Severity::Info)],
        invariants: vec![orphans(Verdict::Violated)],
        ..report("community")
    });
    TargetStatus { plan: Some(plan()), ..found }
}

fn state(config: watch::Receiver<Arc<Config>>) -> (AppState, Requests, mpsc::Receiver<ReloadRequest>) {
    let registry = Arc::new(Registry::default());
    let command = Requests::new(0);
    registry.insert(drifting(), command.clone());
    registry.insert(fresh("new"), Requests::new(0));
    let (reload, reloads) = mpsc::channel(1);
    let status = Arc::new(DaemonStatus::new(Utc::now()));
    let state = crate::state::State::unopened(&config.borrow().state);
    let remediator = Arc::new(Remediator::new(state, CancellationToken::new()));
    let settings = Settings {
        alertmanagers: vec!["http://127.0.0.1:9".parse().unwrap()],
        interval: Duration::from_mins(1),
        drift_for: Duration::ZERO,
        links: Links { external_url: "http://127.0.0.1:9847".parse().unwrap(), config_file: "x.toml".into() },
    };
    let notifier = Arc::new(Notifier::new(&settings).unwrap());
    (
        AppState::new(AppHandle { registry, status, reload, remediator }, notifier, config, CancellationToken::new()),
        command,
        reloads,
    )
}

impl Server {
    async fn start() -> Self {
        Self::configured(config("")).await
    }

    async fn configured(new: Config) -> Self {
        let tls = new.server.tls.as_ref().map(|files| Arc::new(Tls::load(files).unwrap()));
        let config = watch::Sender::new(Arc::new(new));
        let (state, command, reloads) = state(config.subscribe());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (registry, remediator) = (state.app.registry.clone(), state.app.remediator.clone());
        let stop = CancellationToken::new();
        if let Some(tls) = tls.clone() {
            let changes = config.subscribe();
            tokio::spawn(async move { tls.follow(changes).await });
        }
        let endpoint = Listener { listener, tls };
        let task = tokio::spawn(serve(endpoint, state.app, state.notifier, config.subscribe(), stop.clone()));
        Self { address, command, registry, remediator, reloads, config, stop, task }
    }

    async fn request(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        install_crypto();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.request(method, format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path, &[]).await
    }

    async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "application/json");
        response.json().await.unwrap()
    }
}

async fn problem(response: Response, status: u16, instance: &str) -> Value {
    assert_eq!(response.status().as_u16(), status);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let problem: Value = response.json().await.unwrap();
    assert_eq!((&problem["status"], &problem["instance"]), (&json!(status), &json!(instance)));
    assert!(problem["type"].is_string() && problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
    problem
}

#[tokio::test]
async fn a_scrape_has_the_exact_content_type() {
    let server = Server::start().await;
    let response = server.get("/metrics").await;
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4");
    let text = response.text().await.unwrap();
    assert!(text.contains("schemawarden_target_up{target=\"community\"} 1\n"), "{text}");
    assert!(text.contains("schemawarden_notifications_sent_total{alertmanager=\"http://127.0.0.1:9\"} 0\n"), "{text}");
}

#[tokio::test]
async fn targets_as_json() {
    let server = Server::start().await;
    let list = server.json("/api/v1/targets").await;
    assert_eq!(list["verdict"], "violated");
    assert_eq!(list["targets"][0]["name"], "community");
    assert_eq!(list["targets"][0]["drift_objects"], json!({"critical": 1, "warning": 0, "info": 1}));
    assert_eq!(list["targets"][0]["invariants_violated"], 1);
    assert_eq!(list["targets"][1]["verdict"], "unknown");

    let target = server.json("/api/v1/targets/community").await;
    assert_eq!(target["verdict"], "violated");
    assert_eq!(target["drift"][0]["object"], "public.\"<b>\".is_hidden");
    assert_eq!(target["invariants"][0]["counts"], json!({"null": 2, "dangling": 7}));
    for (field, value) in [("up", json!(true)), ("interval_seconds", json!(60.0)), ("runs", json!(1))] {
        assert_eq!(target[field], value, "{field}");
    }
    assert!(target["last_success"].is_string() && target["next_check"].is_string(), "{target}");

    let drift = server.json("/api/v1/targets/community/drift").await;
    assert_eq!((&drift["target"], &drift["drift"][0]["severity"]), (&json!("community"), &json!("critical")));
    assert_eq!(drift["drift"][0]["first_seen"], "2026-11-23T03:00:00Z");

    let fresh = server.json("/api/v1/targets/new").await;
    assert_eq!((&fresh["name"], &fresh["verdict"]), (&json!("new"), &json!("unknown")));
    assert_eq!((&fresh["drift"], &fresh["invariants"], &fresh["up"]), (&json!([]), &json!([]), &json!(false)));
    assert_eq!(server.json("/api/v1/targets/new/drift").await["checked_at"], Value::Null);
}

#[tokio::test]
async fn a_check_is_asked_for() {
    let server = Server::start().await;
    for _ in 0..2 {
        let response = server.request(Method::POST, "/api/v1/targets/community/checks", &[]).await;
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        assert_eq!(response.headers()["location"], "/api/v1/targets/community");
    }
    let mut inbox = server.command.inbox();
    inbox.command().await;
    let second = tokio::time::timeout(Duration::from_millis(20), inbox.command()).await;
    assert!(second.is_err(), "two requests are one check");
}

#[tokio::test]
async fn errors_are_problem_documents() {
    let server = Server::start().await;
    let unknown = problem(server.get("/api/v1/targets/nope").await, 404, "/api/v1/targets/nope").await;
    assert_eq!(unknown["type"], "urn:schemawarden:problem:unknown-target");
    assert_eq!(unknown["detail"], "No target is called `nope`. The targets are: community, new.");
    let path = "/api/v1/targets/nope/checks";
    problem(server.request(Method::POST, path, &[]).await, 404, path).await;
    problem(server.get("/nowhere").await, 404, "/nowhere").await;

    let path = "/api/v1/targets/community/checks";
    let response = server.get(path).await;
    assert_eq!(response.headers()["allow"], "POST");
    let wrong = problem(response, 405, path).await;
    assert_eq!(wrong["detail"], format!("{path} does not take GET; the header Allow says what it takes."));

    let path = "/api/v1/targets/%ff";
    problem(server.get(path).await, 400, path).await;
    let huge = "x".repeat(65 * 1024);
    install_crypto();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/-/reload", server.address);
    problem(client.post(url).body(huge).send().await.unwrap(), 413, "/-/reload").await;
}

#[tokio::test]
async fn a_panic_is_a_problem_document_and_the_server_continues() {
    async fn broken() -> &'static str {
        panic!("kaputt");
    }
    let router = Router::new()
        .route("/broken", get(broken))
        .route("/fine", get(async || "fine"))
        .layer(from_fn(guard::bound))
        .layer(from_fn(guard::explain_errors))
        .layer(from_fn(guard::add_headers));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let task = tokio::spawn(connection::serve(Listener { listener, tls: None }, router, Arc::default(), stop.clone()));
    install_crypto();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = async |path: &str| client.get(format!("http://{address}{path}")).send().await.unwrap();
    let broken = problem(get("/broken").await, 500, "/broken").await;
    assert!(!broken["detail"].as_str().unwrap().contains("kaputt"), "{broken}");
    assert_eq!(get("/fine").await.status(), StatusCode::OK);
    stop.cancel();
    task.await.unwrap();
}

#[tokio::test]
async fn healthy_at_once_and_ready_after_the_first_checks() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::configured(stored(&folder.path().join("s.db"), "")).await;
    assert_eq!(server.get("/-/healthy").await.status(), StatusCode::OK);
    let waiting = problem(server.get("/-/ready").await, 503, "/-/ready").await;
    assert!(waiting["detail"].as_str().unwrap().contains("was not opened yet"), "{waiting}");
    server.remediator.state().prove().await.unwrap();
    let waiting = problem(server.get("/-/ready").await, 503, "/-/ready").await;
    assert_eq!(waiting["detail"], "The first check has not ended yet of: new.");
    server.registry.insert(status(report("new")), Requests::new(0));
    assert_eq!(server.get("/-/ready").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_reload_says_how_it_went() {
    let mut server = Server::start().await;
    let reload = async |answer: Result<(), String>, server: &mut Server| {
        let request = async {
            install_crypto();
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            client.post(format!("http://{}/-/reload", server.address)).send().await.unwrap()
        };
        let daemon = async { server.reloads.recv().await.unwrap().send(answer).unwrap() };
        tokio::join!(request, daemon).0
    };
    assert_eq!(reload(Ok(()), &mut server).await.status(), StatusCode::OK);
    let refused = reload(Err("line 3: unknown key `lisen`".into()), &mut server).await;
    let refused = problem(refused, 500, "/-/reload").await;
    assert!(refused["detail"].as_str().unwrap().contains("unknown key `lisen`"), "{refused}");
}

#[tokio::test]
async fn foreign_web_pages_cannot_command() {
    let server = Server::start().await;
    let path = "/api/v1/targets/community/checks";
    let own = format!("http://{}", server.address);
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let response = server.request(Method::POST, path, &[(header, value)]).await;
        problem(response, 403, path).await;
        assert_eq!(server.request(Method::GET, "/metrics", &[(header, value)]).await.status(), StatusCode::OK);
    }
    for (header, value) in [("origin", &*own), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none")] {
        let response = server.request(Method::POST, path, &[(header, value)]).await;
        assert_eq!(response.status(), StatusCode::ACCEPTED, "{header}: {value}");
    }
}

#[tokio::test]
async fn the_page_shows_every_target_and_trusts_no_name() {
    let server = Server::start().await;
    let broken = Report { error: Some("cannot <script>".into()), verdict: Verdict::Unknown, ..report("new") };
    server.registry.insert(status(broken), Requests::new(0));
    let response = server.get("/").await;
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    let page = response.text().await.unwrap();
    for text in [
        "community",
        "violated",
        "1 critical",
        "dangling",
        "0123456789abcdef",
        "api/v1/targets/community/drift",
        "cannot &lt;script&gt;",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let style = server.get("/style.css").await;
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
}

#[tokio::test]
async fn stopping_lets_a_request_end_and_waits_for_no_idle_client() {
    let mut server = Server::start().await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    idle.write_all(b"GET /-/healthy HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = [0; 1_024];
    assert!(idle.read(&mut answer).await.unwrap() > 0);
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(b"POST /-/reload HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    let reload = server.reloads.recv().await.unwrap();
    server.stop.cancel();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!server.task.is_finished(), "a request is under way");
    reload.send(Ok(())).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    tokio::time::timeout(Duration::from_secs(1), server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn stopping_is_bounded() {
    let mut server = Server::start().await;
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(b"POST /-/reload HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    let _unanswered = server.reloads.recv().await.unwrap();
    let start = Instant::now();
    server.stop.cancel();
    server.task.await.unwrap();
    assert!((4..8).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}
