//! Against small real applications: one that works, one that starts late, one that hangs, one that closes connections.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::fixture::alertmanager::free_port;
use crate::fixture::served::{Served, local};

fn application() -> Router {
    let posts = async |headers: HeaderMap, Json(body): Json<Value>| {
        let allowed = headers.get("authorization").is_some_and(|token| token == "Bearer s3cret");
        (axum::http::StatusCode::CREATED, Json(json!({ "id": 7, "title": body["title"], "allowed": allowed })))
    };
    Router::new()
        .route("/health", get(async || "well"))
        .route("/posts", post(posts).get(async || "not JSON: s3cret"))
        .route("/moved", get(async || axum::response::Redirect::temporary("/health")))
        .route("/long", get(async || "x".repeat(2 << 20)))
        .route("/hangs", get(async || std::future::pending::<()>().await))
}

fn request(url: Url) -> RequestSpec {
    RequestSpec {
        name: "a test".into(),
        request: Request::get(url, Duration::from_secs(3)),
        expect_status: 200,
        expect_json: None,
    }
}

/// Creates a post.
fn creation(served: &Served) -> RequestSpec {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer s3cret"));
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let (method, body) = (Method::POST, Some(r#"{"title": "s3cret"}"#.to_owned().into()));
    let get = Request::get(served.url("/posts?token=s3cret"), Duration::from_secs(3));
    RequestSpec {
        request: Request { method, headers, body, ..get },
        expect_status: 201,
        expect_json: Some(Field::parse("$.allowed", json!(true)).unwrap()),
        ..request(served.url("/"))
    }
}

fn one(request: RequestSpec) -> SmokeSpec {
    SmokeSpec { health: None, requests: vec![request] }
}

/// The message with its causes, checked for secrets, like the spec's `Debug`.
async fn failure(spec: &SmokeSpec) -> String {
    let error = smoke(spec).await.unwrap_err();
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        message = format!("{message}: {inner}");
        cause = inner.source();
    }
    let everything = format!("{message} {error:?} {spec:?}");
    assert!(!everything.contains("s3cret") && !everything.contains("hunter2"), "{everything}");
    crate::domain::confidential::full(&message).into_owned()
}

#[tokio::test]
async fn an_application_that_works_passes() {
    let served = Served::start(application()).await;
    let health = HealthSpec { url: served.url("/health"), within: Duration::from_secs(5) };
    let moved = RequestSpec { expect_status: 307, ..request(served.url("/moved")) };
    let spec = SmokeSpec { health: Some(health), requests: vec![creation(&served), moved] };
    let names: Vec<_> = smoke(&spec).await.unwrap().into_iter().map(|result| result.name).collect();
    assert_eq!(names, ["health", "a test", "a test"]);
    assert!(smoke(&SmokeSpec::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn failures_are_reported_without_secrets() {
    let served = Served::start(application()).await;
    let port = served.port;
    let status = failure(&one(RequestSpec { expect_status: 200, ..creation(&served) })).await;
    let expected =
        format!("smoke test `a test`: POST http://127.0.0.1:{port}/posts answered 201 Created, and 200 is expected");
    assert_eq!(status, expected);
    let field = |path, value| Some(Field::parse(path, value).unwrap());
    let wrong = failure(&one(RequestSpec { expect_json: field("$.id", json!(8)), ..creation(&served) })).await;
    assert!(wrong.ends_with("/posts answered, and $.id is 7, and not 8"), "{wrong}");
    let get = |path, field| one(RequestSpec { expect_json: field, ..request(served.url(path)) });
    let no_json = failure(&get("/posts", field("$.id", json!(7)))).await;
    assert!(no_json.ends_with("/posts did not answer with JSON"), "{no_json}");
    let long = failure(&get("/long", field("$.id", json!(7)))).await;
    assert!(long.contains("more than 1048576 bytes"), "{long}");
    assert!(smoke(&get("/long", None)).await.is_ok());
}

#[tokio::test]
async fn an_application_may_start_late() {
    let port = free_port().await;
    let asked = Arc::new(AtomicU32::new(0));
    // Healthy from the third request on.
    let health = async |State(asked): State<Arc<AtomicU32>>| {
        let well = asked.fetch_add(1, Ordering::Relaxed) >= 2;
        if well { axum::http::StatusCode::OK } else { axum::http::StatusCode::SERVICE_UNAVAILABLE }
    };
    let application = application().route("/late", get(health).with_state(asked.clone()));
    let served = tokio::spawn(async move {
        sleep(Duration::from_millis(600)).await;
        Served::on(TcpListener::bind(("127.0.0.1", port)).await.unwrap(), application)
    });
    let health = HealthSpec { url: local(port, "/late"), within: Duration::from_secs(20) };
    let spec = SmokeSpec { health: Some(health), requests: Vec::new() };
    let passed = smoke(&spec).await.unwrap();
    assert!(passed[0].elapsed >= Duration::from_secs(1) && asked.load(Ordering::Relaxed) == 3, "{passed:?}");
    let _served = served.await.unwrap();
}

#[tokio::test]
async fn a_connection_is_tried_again_within_the_time() {
    let port = free_port().await;
    let served = tokio::spawn(async move {
        sleep(Duration::from_millis(500)).await;
        Served::on(TcpListener::bind(("127.0.0.1", port)).await.unwrap(), application())
    });
    let passed = smoke(&one(request(local(port, "/health")))).await.unwrap();
    assert!(passed[0].elapsed >= Duration::from_millis(400), "{passed:?}");
    drop(served.await.unwrap());

    let begun = Instant::now();
    let never = failure(&one(request(local(free_port().await, "/health")))).await;
    assert!(never.contains("Connection refused") && begun.elapsed() > Duration::from_secs(2), "{never}");
    assert!(begun.elapsed() < Duration::from_mins(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn what_hangs_ends_in_time() {
    let served = Served::start(application()).await;
    let mut hanging = request(served.url("/hangs"));
    hanging.request.timeout = Duration::from_millis(500);
    let message = failure(&one(hanging)).await;
    assert!(message.contains("no answer within 0.5 s") || message.contains("no answer within 0.49"), "{message}");
    let health = HealthSpec { url: served.url("/hangs"), within: Duration::from_secs(1) };
    let begun = Instant::now();
    let message = failure(&SmokeSpec { health: Some(health), requests: Vec::new() }).await;
    assert!(message.contains("/hangs did not answer 200 within 1 s; last: "), "{message}");
    assert!(begun.elapsed() < Duration::from_mins(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_request_that_may_have_arrived_is_not_repeated() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests = Arc::new(AtomicU32::new(0));
    let counted = requests.clone();
    tokio::spawn(async move {
        // Accepts requests, and closes the connection.
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = [0; 1_024];
            if stream.read(&mut bytes).await.unwrap_or(0) > 0 {
                counted.fetch_add(1, Ordering::Relaxed);
            }
            let _ = stream.write_all(b"HTTP/1.1 2").await;
        }
    });
    let message = failure(&one(request(local(port, "/posts")))).await;
    assert!(message.starts_with("smoke test `a test`: no answer that could be used: GET "), "{message}");
    assert_eq!(requests.load(Ordering::Relaxed), 1);
}
