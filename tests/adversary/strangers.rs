//! Strangers over HTTP: who takes places and reads nothing, asks for plans all day, fills the audit log, or is a web page
//! of another site whose name leads here.

use std::net::SocketAddr;

use chrono::Utc;
use schemawarden::state::{AuditRecord, State, StateLocation};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};

use crate::remediate::{Site, Wish, ask};
use crate::support::{Daemon, eventually, metric};

/// Nobody answers there, which is no matter here.
const TARGET: &str = "[[target]]\nname = 'a'\nurl = 'postgres://u@127.0.0.1:9/d'\nexpected = 'expected.sql'\n";

const REQUEST: &[u8] = b"GET /api/v1/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// A connection from another address of this host.
async fn connect(from: &str, port: u16) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    // Little is taken on this side, so that little has to be made on the other.
    socket.set_recv_buffer_size(4096).unwrap();
    socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
    socket.connect(SocketAddr::from(([127, 0, 0, 1], port))).await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_addresses_that_ask_and_read_nothing_keep_nobody_out() {
    let mut daemon = Daemon::start(TARGET).await;
    let mut held = Vec::new();
    for from in ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"] {
        for _ in 0..140 {
            let Some(mut stream) = connect(from, daemon.port).await else { continue };
            // Some are closed at once.
            let _ = stream.write_all(&REQUEST.repeat(40)).await;
            held.push(stream);
        }
    }
    // A browser, and a scrape beside it.
    let mut others = Vec::new();
    for _ in 0..8 {
        let url = daemon.url("/");
        others.push(tokio::spawn(async move { crate::support::http_get(&url).await }));
    }
    for other in others {
        assert_eq!(other.await.unwrap().expect("it is let in").0, 200);
    }
    // The daemon may still hold the places of those eight, which have just closed their connections.
    let metrics = eventually("a scrape is let in", async || daemon.get("/metrics").await).await.1;
    let refused = metric(&metrics, "schemawarden_http_refused_total", &[("reason", "connections")]);
    assert!(refused.unwrap() > 250.0, "{metrics}");
    // They do not keep the daemon from stopping either.
    let (status, _) = daemon.stop().await;
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_no_answers_loses_the_connection() {
    let daemon = Daemon::start(TARGET).await;
    let mut stream = connect("127.0.0.2", daemon.port).await.unwrap();
    // Until nothing is taken any more: then the answers fill every buffer on the way, and nobody reads them.
    eventually("the connection is closed", async || {
        let sent = tokio::time::timeout(std::time::Duration::from_secs(1), stream.write_all(REQUEST));
        matches!(sent.await, Ok(Err(_))).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_made_once_for_all_who_ask_and_strangers_may_not_ask_all_day() {
    let site = Site::start(&Wish::default()).await;
    let path = "/api/v1/targets/community/plan";
    let url = site.daemon.url(path);
    let stranger = async || ask(&url, "GET", None, &[], None).await;
    let first = site.ask("GET", path, &[], None).await.1;
    let mut asked = 0;
    let refused = loop {
        let (status, plan) = stranger().await;
        if status == 429 {
            break plan;
        }
        asked += 1;
        assert_eq!((status, &plan["made_at"]), (200, &first["made_at"]), "{plan}");
    };
    assert_eq!((asked, &refused["type"]), (30, &json!("urn:schemawarden:problem:too-many-plans")));
    // Who has a token is bounded by nothing, and has the rows looked at again.
    let (status, again) = site.ask("GET", path, &[], None).await;
    assert_eq!((status, &again["plan"]), (200, &first["plan"]));
    // What has changed is noticed at once.
    site.database.run("alter table scores add column duration_sec integer");
    let (status, now) = site.ask("GET", path, &[], None).await;
    assert_eq!(status, 200);
    assert!(now["made_at"] != first["made_at"] && now["plan"]["id"] != first["plan"]["id"], "{now}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_fill_no_audit_log() {
    let site = Site::start(&Wish::default()).await;
    let checks = "/api/v1/targets/community/checks";
    for _ in 0..100 {
        assert!(matches!(site.daemon.post(checks).await.0, 401 | 429));
    }
    assert_eq!(site.ask("POST", checks, &[], None).await.0, 202);
    let (_, audit) = site.ask("GET", "/api/v1/audit", &[], None).await;
    let by = |who: &str| audit["records"].as_array().unwrap().iter().filter(|record| record["who"] == who).count();
    // A minute may have ended in between, with a record for those that have none.
    assert!((10..=21).contains(&by("-")) && by("alice") == 1, "{audit}");
    let refused = site.daemon.metric("schemawarden_http_refused_total", &[("reason", "token")]).await;
    assert_eq!(refused, Some(100.0));
    assert!(metric(&site.daemon.metrics().await, "schemawarden_http_refused_total", &[("reason", "scope")]).is_some());
}

#[tokio::test]
async fn what_is_removed_of_the_audit_log_is_old_and_never_another_ones() {
    let folder = tempfile::Builder::new().tempdir_in("/dev/shm").unwrap();
    let state = State::open(&StateLocation::File(folder.path().join("state.db"))).await.unwrap();
    let now = Utc::now();
    let record = |who: &str, days: i64| AuditRecord {
        id: 0,
        at: now - chrono::TimeDelta::days(days),
        who: who.into(),
        what: "POST /-/reload".into(),
        from: "127.0.0.1".into(),
        detail: String::new(),
        status: 401,
    };
    state.audit(&record("alice", 500)).await.unwrap();
    for _ in 0..1_100 {
        state.audit(&record("-", 500)).await.unwrap();
    }
    state.audit(&record("-", 0)).await.unwrap();
    state.retain(now).await.unwrap();
    let mut kept: Vec<AuditRecord> = Vec::new();
    loop {
        let before = kept.last().map(|record| record.id);
        let more = state.audit_log(before, 500).await.unwrap();
        if more.is_empty() {
            break;
        }
        kept.extend(more);
    }
    let by = |who: &str| kept.iter().filter(|record| record.who == who).count();
    assert_eq!((by("-"), by("alice")), (1_000, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_page_whose_name_leads_here_reads_nothing() {
    let daemon = Daemon::start(TARGET).await;
    let get = async |path: &str, host: &str, method: &str| {
        ask(&daemon.url(path), method, None, &[("host", host)], None).await
    };
    for path in ["/", "/metrics", "/-/ready", "/api/v1/targets", "/api/v1/audit", "/api/v1/openapi.json"] {
        let (status, problem) = get(path, "evil.example:9847", "GET").await;
        assert_eq!((status, &problem["type"]), (421, &json!("urn:schemawarden:problem:unknown-host")), "{path}");
    }
    assert_eq!(get("/-/reload", "127.0.0.1.evil.example", "POST").await.0, 421);
    // By its address, by the name of loopback, and whether it lives by any name.
    for host in ["127.0.0.1:1", "[::1]", "localhost", "10.244.0.17:9847"] {
        assert_eq!(get("/api/v1/targets", host, "GET").await.0, 200, "{host}");
    }
    assert_eq!(get("/-/healthy", "evil.example", "GET").await.0, 200);
    assert_eq!(daemon.metric("schemawarden_http_refused_total", &[("reason", "host")]).await, Some(7.0));

    daemon.write(
        "schemawarden.toml",
        &format!("[server]\nlisten = \"127.0.0.1:{}\"\nhosts = ['Warden.monitoring.svc']\n{TARGET}", daemon.port),
    );
    assert_eq!(daemon.post("/-/reload").await.0, 200);
    assert_eq!(get("/metrics", "warden.monitoring.svc:9847", "GET").await.0, 200);
    let (status, _): (u16, Value) = get("/metrics", "evil.example", "GET").await;
    assert_eq!(status, 421);
}
