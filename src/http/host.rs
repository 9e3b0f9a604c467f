//! The host names that this daemon answers to. A page of another site can make its own name resolve to this address
//! (DNS rebinding), and would then read everything as same-origin; its browser still sends that name as `Host`.
//!
//! IP addresses are accepted, because a page cannot come from an address that is not its own; clients other than
//! browsers may omit the header. The liveness endpoint discloses nothing, and answers to any name.

use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::AppState;
use super::problem::Problem;
use super::refused::Why;

const HEALTH: &str = "/-/healthy";

pub(super) async fn refuse_foreign_names(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let config = state.config.borrow().clone();
    if request.uri().path() == HEALTH || is_ours(&config.server.hosts, &request) {
        return next.run(request).await;
    }
    state.refused.count(Why::Host);
    Problem::of_kind(
        "unknown-host",
        "Unknown host",
        StatusCode::MISDIRECTED_REQUEST,
        "The header Host names a host that this daemon does not answer to. Ask by its address, by the host of \
         external_url, or by a name that stands in hosts = [\"…\"] under [server].",
    )
    .into_response()
}

/// Every name in the request must be one of ours.
fn is_ours(ours: &BTreeSet<String>, request: &Request) -> bool {
    let written = request.headers().get_all(HOST).iter().map(HeaderValue::as_bytes);
    let target = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    written.chain(target).all(|name| Authority::try_from(name).is_ok_and(|name| answers_to(ours, name.host())))
}

fn answers_to(ours: &BTreeSet<String>, host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    bare.parse::<IpAddr>().is_ok() || ours.contains(&name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn names_are_ours_or_not_and_addresses_are_no_names() {
        let ours = BTreeSet::from(["localhost".to_owned(), "warden.example".to_owned()]);
        let asked = |hosts: &[&str], target: &str| {
            let request = hosts.iter().fold(Request::get(target), |request, host| request.header(HOST, *host));
            is_ours(&ours, &request.body(Body::empty()).unwrap())
        };
        for host in ["localhost", "LOCALHOST:9847", "warden.example.:1", "127.0.0.1:9847", "[::1]:9847", "10.1.2.3"] {
            assert!(asked(&[host], "/"), "{host}");
        }
        assert!(asked(&[], "/"));
        for host in ["", "evil.example", "localhost.evil.example", "u@evil.example", "127.0.0.1.evil.example", "a b"] {
            assert!(!asked(&[host], "/"), "{host}");
        }
        assert!(!asked(&["localhost", "evil.example"], "/"));
        assert!(!asked(&["localhost"], "http://evil.example/"));
    }
}
