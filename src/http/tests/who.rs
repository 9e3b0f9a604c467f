//! Authorization, the audit log, and the limits for callers without a token.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};

use super::*;
use crate::daemon::config::{TokenScope, token};

const CHECKS: &str = "/api/v1/targets/community/checks";
const APPLY: &str = "/apply";

/// A new token, and its table in the configuration.
pub fn token(name: &str, scope: &str) -> (SecretString, String) {
    let (token, hash) = token::fresh().unwrap();
    (token, format!("[[token]]\nname = '{name}'\nsha256 = '{hash}'\nscopes = ['{scope}']\n"))
}

pub fn bearer(token: &SecretString) -> String {
    format!("Bearer {}", token.expose_secret())
}

/// The result of `authorize` for a request with these headers.
fn ask(state: &AppState, headers: &HeaderMap, needed: TokenScope) -> Result<String, (u16, String)> {
    let from = "192.0.2.1:1234".parse().unwrap();
    let caller = auth::authorize(state, headers, from, needed);
    caller.map(|caller| caller.name).map_err(|problem| {
        let body = serde_json::to_value(&problem).unwrap();
        let (_, kind) = body["type"].as_str().unwrap().rsplit_once(':').unwrap();
        (u16::try_from(body["status"].as_u64().unwrap()).unwrap(), kind.to_owned())
    })
}

#[tokio::test]
async fn each_scope_includes_those_before_it() {
    let scopes = ["read", "plan", "apply"];
    let tokens = scopes.map(|scope| token(scope, scope));
    let (_config, receiver) = watch::channel(Arc::new(config(&tokens.clone().map(|(_, table)| table).concat())));
    let (state, ..) = state(receiver);
    for (has, (token, _)) in TokenScope::ALL.into_iter().zip(&tokens) {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer(token).parse().unwrap())]);
        for needed in TokenScope::ALL {
            let expected =
                if has >= needed { Ok(has.as_str().to_owned()) } else { Err((403, "scope-missing".to_owned())) };
            assert_eq!(ask(&state, &headers, needed), expected, "{has:?} for {needed:?}");
        }
    }
}

#[tokio::test]
async fn without_any_token_a_target_cannot_be_changed() {
    let (_config, receiver) = watch::channel(Arc::new(config("")));
    let (state, ..) = state(receiver);
    let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer(&token("a", "apply").0).parse().unwrap())]);
    for headers in [HeaderMap::new(), headers] {
        assert_eq!(ask(&state, &headers, TokenScope::Plan), Ok(auth::ANONYMOUS.to_owned()));
        assert_eq!(ask(&state, &headers, TokenScope::Apply), Err((403, "no-credentials".to_owned())));
    }
}

#[tokio::test]
async fn commands_need_a_token_and_reading_needs_none() {
    let (reader, read) = token("reader", "read");
    let (planner, plan) = token("planner", "plan");
    let server = Server::configured(config(&[read, plan].concat())).await;
    for path in ["/", "/metrics", "/-/healthy", "/api/v1/targets", "/api/v1/openapi.json"] {
        assert_eq!(server.get(path).await.status(), 200, "{path}");
    }
    for path in [CHECKS, "/-/reload"] {
        let response = server.request(Method::POST, path, &[]).await;
        assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"schemawarden\"");
        assert_eq!(problem(response, 401, path).await["type"], "urn:schemawarden:problem:token-needed");
    }
    let stranger = token("a", "apply").0;
    let double = bearer(&planner) + ", " + &bearer(&planner);
    for wrong in [&*bearer(&stranger), &*double, "Bearer", "Bearer ", "Basic dTpw", planner.expose_secret()] {
        let response = server.request(Method::POST, CHECKS, &[("authorization", wrong)]).await;
        let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
        assert!(challenge.contains("error=\"invalid_token\""), "{wrong}: {challenge}");
        let problem = problem(response, 401, CHECKS).await.to_string();
        assert!(!problem.contains(planner.expose_secret()) && !problem.contains(stranger.expose_secret()));
    }
    let response = server.request(Method::POST, CHECKS, &[("authorization", &bearer(&reader))]).await;
    let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
    assert!(challenge.contains("insufficient_scope") && challenge.contains("scope=\"plan\""), "{challenge}");
    let refused = problem(response, 403, CHECKS).await;
    assert_eq!(refused["detail"], "The token of `reader` has the scope `read`; this takes `plan`.");
    for scheme in ["Bearer", "bearer"] {
        let right = format!("{scheme} {}", planner.expose_secret());
        let response = server.request(Method::POST, CHECKS, &[("authorization", &right)]).await;
        assert_eq!(response.status(), StatusCode::ACCEPTED);
    }
    // The answer to a wrong method does not depend on a token.
    assert_eq!(server.get(CHECKS).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn tokens_come_and_go_with_the_configuration() {
    let (alice, table) = token("alice", "apply");
    let server = Server::start().await;
    let status = async |headers: &[(&str, &str)]| server.request(Method::POST, CHECKS, headers).await.status().as_u16();
    assert_eq!(status(&[]).await, 202);
    server.config.send_replace(Arc::new(config(&table)));
    assert_eq!(status(&[]).await, 401);
    assert_eq!(status(&[("authorization", &bearer(&alice))]).await, 202);
    server.config.send_replace(Arc::new(config(&token("bob", "apply").1)));
    assert_eq!(status(&[("authorization", &bearer(&alice))]).await, 401);
}

#[tokio::test]
async fn failures_are_limited_but_not_a_valid_token() {
    let (alice, table) = token("alice", "plan");
    let server = Server::configured(config(&table)).await;
    for _ in 0..10 {
        assert_eq!(server.request(Method::POST, CHECKS, &[]).await.status(), 401);
    }
    let response = server.request(Method::POST, CHECKS, &[("authorization", "Bearer sw_x")]).await;
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let limited = problem(response, 429, CHECKS).await;
    assert_eq!(limited["type"], "urn:schemawarden:problem:too-many-failures");
    let right = server.request(Method::POST, CHECKS, &[("authorization", &bearer(&alice))]).await;
    assert_eq!(right.status(), StatusCode::ACCEPTED);
    assert_eq!(server.get("/metrics").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_command_is_carried_out_after_its_client_disconnects() {
    let mut server = Server::start().await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    client.write_all(b"POST /-/reload HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    let reload = server.reloads.recv().await.unwrap();
    drop(client);
    tokio::time::sleep(Duration::from_millis(100)).await;
    reload.send(Ok(())).expect("the handler still waits for the answer");
}

#[tokio::test]
async fn the_description_is_whole_and_names_who_needs_a_token() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let server = Server::configured(config(&token("alice", "apply").1)).await;
    let document = server.json("/api/v1/openapi.json").await;
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 10);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
    }
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 22, "{:?}", paths.keys());
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            let secured = operation["security"][0][openapi::TOKEN].is_array();
            assert_eq!(secured, method == "post", "{method} {path}");
            assert_eq!(operation["responses"]["429"].is_object(), secured || path.ends_with("/plan"));
            assert!(operation["responses"]["default"].is_object() && operation["summary"].is_string());
            if secured {
                let path = path.replace("{target}", "community").replace("{id}", "019ab1c2d3e4-5f60718a");
                assert_eq!(server.request(Method::POST, &path, &[]).await.status(), StatusCode::UNAUTHORIZED, "{path}");
            }
        }
    }
    assert_eq!(document["components"]["securitySchemes"][openapi::TOKEN]["scheme"], "bearer");
}

/// The extractors, on a route like those of remediations.
#[tokio::test]
async fn changing_a_target_needs_the_apply_scope() {
    async fn apply(auth::MayApply(caller): auth::MayApply) -> String {
        caller.name
    }
    let (alice, apply_scope) = token("alice", "apply");
    let (bob, plan_scope) = token("bob", "plan");
    let (_config, receiver) = watch::channel(Arc::new(config(&[apply_scope, plan_scope].concat())));
    let (state, ..) = state(receiver);
    let router = Router::new().route(APPLY, axum::routing::post(apply)).with_state(state);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{APPLY}", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    let task = tokio::spawn(connection::serve(Listener { listener, tls: None }, router, Arc::default(), stop.clone()));
    install_crypto();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let post =
        async |token: &SecretString| client.post(&url).header("authorization", bearer(token)).send().await.unwrap();
    assert_eq!(post(&bob).await.status(), StatusCode::FORBIDDEN);
    let response = post(&alice).await;
    assert_eq!((response.status(), &*response.text().await.unwrap()), (StatusCode::OK, "alice"));
    stop.cancel();
    task.await.unwrap();
}
