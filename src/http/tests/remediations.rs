//! Remediations without a state store and without a reachable target.

use super::who::{bearer, token};
use super::*;

const PLAN: &str = "/api/v1/targets/community/plan";
const BEGIN: &str = "/api/v1/targets/community/remediations";

async fn post(server: &Server, path: &str, headers: &[(&str, &str)], body: &'static str) -> Response {
    install_crypto();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.post(format!("http://{}{path}", server.address)).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn what_is_missing_is_reported() {
    let server = Server::start().await;
    let none = problem(server.get(PLAN).await, 503, PLAN).await;
    assert_eq!(none["type"], "urn:schemawarden:problem:no-plan");
    assert!(none["detail"].as_str().unwrap().contains("e.sql"), "{none}");
    let path = "/api/v1/targets/nope/plan";
    problem(server.get(path).await, 404, path).await;
    for path in ["/api/v1/remediations", "/api/v1/audit", "/api/v1/remediations/019ab1c2d3e4-5f60718a/events"] {
        let none = problem(server.get(path).await, 503, path).await;
        assert_eq!(none["type"], "urn:schemawarden:problem:no-state");
    }
    // Only a well-formed id is looked up.
    for id in ["nope", "%00", "%F0%9F%98%80"] {
        let response = server.get(&format!("/api/v1/remediations/{id}")).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test]
async fn a_body_must_match_its_type() {
    let (alice, table) = token("alice", "apply");
    let server = Server::configured(config(&table)).await;
    let bearer = bearer(&alice);
    let headers = [("authorization", &*bearer), ("content-type", "application/json")];
    for (status, body) in [
        (400, "{"),
        (422, "[]"),
        (422, "{}"),
        (422, "{\"plan\": 7}"),
        (422, "{\"plan\": \"0123456789ABCDEF\"}"),
        (422, "{\"plan\": \"0123456789abcdef\", \"reason\": \"\\u0000\"}"),
        (422, "{\"plan\": \"0123456789abcdef\", \"allow\": [\"everything\"]}"),
        (422, "{\"plan\": \"0123456789abcdef\", \"hunter2\": true}"),
    ] {
        problem(post(&server, BEGIN, &headers, body).await, status, BEGIN).await;
    }
    let right = "{\"plan\": \"0123456789abcdef\"}";
    problem(post(&server, BEGIN, &headers[..1], right).await, 415, BEGIN).await;
    for (more, status) in [
        (("if-match", "\"0123456789abcdee\""), 412),
        (("if-match", "\u{e9}"), 422),
        (("idempotency-key", "a b"), 422),
        // Accepted up to the store, which is missing.
        (("if-match", "\"0123456789abcdef\""), 503),
        (("if-match", "*"), 503),
    ] {
        let headers = [headers[0], headers[1], more];
        problem(post(&server, BEGIN, &headers, right).await, status, BEGIN).await;
    }
    // An endpoint that needs a token discloses nothing without it.
    problem(post(&server, BEGIN, &headers[1..], "{").await, 401, BEGIN).await;
}
