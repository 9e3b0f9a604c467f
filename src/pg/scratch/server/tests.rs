//! Tests with real servers: they are started, and ended in every possible way.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::expect_used)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use sqlx::Row as _;

use super::*;

/// Set for the copy of this test program that is to be killed.
const VICTIM: &str = "SCHEMAWARDEN_TEST_VICTIM";

async fn fetch(source: &Source, query: &'static str) -> String {
    let mut session = connect::open(source, source.options()).await.unwrap();
    let row = sqlx::raw_sql(query).fetch_one(&mut session).await.unwrap();
    row.try_get_unchecked::<String, _>(0).unwrap()
}

fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status().unwrap().success());
}

fn is_alive(pid: u32) -> bool {
    Command::new("kill").arg("-0").arg(pid.to_string()).stderr(Stdio::null()).status().unwrap().success()
}

async fn wait_until_gone(pid: u32, folder: &Path) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while is_alive(pid) || folder.exists() {
        assert!(
            Instant::now() < deadline,
            "the server ({}) or its folder ({}) is still there",
            is_alive(pid),
            folder.exists()
        );
        tokio::time::sleep(POLL).await;
    }
}

#[tokio::test]
async fn lives_on_a_socket_and_leaves_nothing() {
    let settings = vec![("shared_buffers".into(), "24MB".into()), ("track_counts".into(), "off".into())];
    let server = ThrowawayServer::start(&ServerOptions { settings, ..ServerOptions::default() }).await.unwrap();
    let source = server.source("postgres");
    for (query, answer) in [
        ("select current_user::text", "postgres"),
        ("show server_encoding", "UTF8"),
        ("show fsync", "off"),
        ("show shared_buffers", "24MB"),
        ("show track_counts", "off"),
        ("show listen_addresses", ""),
        ("show timezone", "UTC"),
    ] {
        assert_eq!(fetch(&source, query).await, answer, "{query}");
    }
    let by_url = Source::parse(&server.url("postgres")).unwrap();
    assert_eq!(fetch(&by_url, "select coalesce(host(inet_client_addr()), 'socket')").await, "socket");
    assert!(server.version() >= 140_000);
    let (pid, folder) = (server.pid(), server.folder.clone());
    server.stop().await.unwrap();
    assert!(!is_alive(pid) && !folder.exists());
}

#[tokio::test]
async fn the_port_and_the_socket_want_the_password() {
    let options = ServerOptions { tcp: true, ..ServerOptions::default() };
    let server = ThrowawayServer::start(&options).await.unwrap();
    let source = Source::parse(&server.url("postgres")).unwrap();
    assert_eq!(fetch(&source, "select host(inet_server_addr())").await, "127.0.0.1");
    for source in [source, server.source("postgres")] {
        let stranger = source.with_password(&"wrong".to_owned().into());
        let error = connect::open(&stranger, stranger.options()).await.unwrap_err().to_string();
        assert!(error.contains("password authentication failed"), "{error}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn starts_again_with_its_data_also_after_a_crash() {
    let mut server = ThrowawayServer::start(&ServerOptions::default()).await.unwrap();
    let source = server.source("postgres");
    let mut session = connect::open(&source, source.options()).await.unwrap();
    sqlx::raw_sql("create table kept ()").execute(&mut session).await.unwrap();
    drop(session);
    let first = server.pid();
    server.shut_down().await.unwrap();
    assert!(!is_alive(first));
    server.start_again().await.unwrap();
    assert_ne!(server.pid(), first);
    assert_eq!(fetch(&source, "select 'kept'::regclass::text").await, "kept");

    let mut busy = connect::open(&source, source.options()).await.unwrap();
    let query = tokio::spawn(async move { sqlx::raw_sql("select pg_sleep(60)").execute(&mut busy).await.is_err() });
    signal("KILL", server.pid());
    server.start_again().await.unwrap();
    assert!(query.await.unwrap());
    assert_eq!(fetch(&source, "select 'kept'::regclass::text").await, "kept");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn dropping_ends_it_even_when_it_is_stopped() {
    let server = ThrowawayServer::start(&ServerOptions::default()).await.unwrap();
    let (pid, folder) = (server.pid(), server.folder.clone());
    signal("STOP", pid);
    drop(server);
    wait_until_gone(pid, &folder).await;
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let settings = vec![("no_such_setting".into(), "1".into())];
    let error = ThrowawayServer::start(&ServerOptions { settings, ..ServerOptions::default() }).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("unrecognized configuration parameter \"no_such_setting\""), "{message}");
}

#[tokio::test]
async fn being_killed_takes_the_server_along() {
    let this = std::env::current_exe().unwrap();
    let (_, module) = module_path!().split_once("::").unwrap();
    let mut victim = Command::new(this)
        .args(["--exact", &format!("{module}::victim"), "--nocapture"])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let (pid, folder) = lines
        .find_map(|line| {
            let line = line.unwrap();
            let (pid, folder) = line.strip_prefix("victim ")?.split_once(' ')?;
            Some((pid.parse::<u32>().unwrap(), PathBuf::from(folder)))
        })
        .unwrap();
    assert!(is_alive(pid) && folder.exists());
    victim.kill().unwrap();
    victim.wait().unwrap();
    wait_until_gone(pid, &folder).await;
}

/// Not a test: `being_killed_takes_the_server_along` starts and kills it.
#[tokio::test]
async fn victim() {
    if std::env::var_os(VICTIM).is_none() {
        return;
    }
    let server = ThrowawayServer::start(&ServerOptions::default()).await.unwrap();
    println!("\nvictim {} {}", server.pid(), server.folder.display());
    std::future::pending::<()>().await;
}
