//! Start, reload and stop, with unreachable targets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::*;
use crate::domain::report::{TargetStatus, Verdict};
use crate::pg::scratch::server::{ServerOptions, ThrowawayServer};

struct Daemon {
    folder: TempDir,
    handle: AppHandle,
    stop: CancellationToken,
    run: tokio::task::JoinHandle<Result<(), AppError>>,
}

fn target(name: &str, port: u16) -> String {
    format!(
        "[[target]]\nname = '{name}'\nurl = 'postgres://u:hunter2@127.0.0.1:{port}/d?sslmode=disable'\n\
         expected = 'e.sql'\nschedule = '* * * * * *'\n"
    )
}

/// A private server with a database `d` in which the table `a` is missing, and the configuration that watches it.
async fn server() -> (ThrowawayServer, String) {
    let options = ServerOptions { tcp: true, ..ServerOptions::default() };
    let server = ThrowawayServer::start(&options).await.unwrap();
    run_sql(&server, "postgres", "create database d").await;
    run_sql(&server, "d", "create table b (x int); insert into b values (null), (1)").await;
    let text = format!(
        "[[target]]\nname = 'a'\nurl = '{}'\nexpected = 'e.sql'\nschedule = '* * * * * *'\n\
         statement_timeout = '1s'\n\
         [[target.invariant]]\nname = 'i'\nsql = 'select count(*) from public.b where x is null'\n\
         schedule = '0 0 0 1 1 *'\n",
        server.url("d").expose_secret()
    );
    (server, text)
}

async fn run_sql(server: &ThrowawayServer, database: &str, sql: &'static str) {
    let source = server.source(database);
    let mut session = crate::pg::connect::open(&source, source.options()).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut session).await.unwrap();
}

/// Sends a signal to the postmaster and all its children.
fn signal_all(server: &ThrowawayServer, signal: &str) {
    let pid = server.pid();
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    let pids = children.split_whitespace().map(ToOwned::to_owned).chain([pid.to_string()]);
    std::process::Command::new("kill").arg(signal).args(pids).status().unwrap();
}

fn file(folder: &Path) -> PathBuf {
    folder.join("c.toml")
}

async fn start(text: &str) -> Daemon {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("e.sql"), "create table a (id int);").unwrap();
    std::fs::write(file(folder.path()), text).unwrap();
    let app = App::start(Config::load(&file(folder.path())).unwrap()).await.unwrap();
    Daemon { folder, handle: app.handle(), stop: app.stop_token(), run: tokio::spawn(app.run()) }
}

impl Daemon {
    async fn until(&self, name: &str, holds: impl Fn(&TargetStatus) -> bool) -> Arc<TargetStatus> {
        let mut changes = self.handle.registry.subscribe();
        let wait = async {
            loop {
                match self.handle.registry.target(name) {
                    Some(status) if holds(&status) => return status,
                    _ => changes.changed().await.unwrap(),
                }
            }
        };
        tokio::time::timeout(Duration::from_mins(2), wait).await.unwrap()
    }

    async fn reload(&self, text: &str) -> Result<(), String> {
        std::fs::write(file(self.folder.path()), text).unwrap();
        self.handle.reload().await
    }

    async fn end(self) {
        let begun = Instant::now();
        self.stop.cancel();
        self.run.await.unwrap().unwrap();
        assert!(begun.elapsed() < STOP_LIMIT);
    }
}

#[tokio::test]
async fn an_unreachable_target_is_unknown_and_named() {
    let invariant = "[[target.invariant]]\nname = 'i'\nsql = 'select count(*) from x'\n";
    let daemon = start(&format!("{}{invariant}", target("a", 1))).await;
    let status = daemon.until("a", |status| status.report.is_some()).await;
    let report = status.report.as_ref().unwrap();
    assert_eq!((status.up, status.runs, status.failures, report.verdict), (false, 1, 1, Verdict::Unknown));
    let error = report.error.as_ref().unwrap();
    assert!(error.contains("127.0.0.1:1/d") && !error.contains("hunter2"), "{error}");
    assert_eq!((report.invariants[0].name.as_str(), report.invariants[0].verdict), ("i", Verdict::Unknown));
    assert_eq!(daemon.handle.ready(Utc::now()), Ok(()));
    // Failures delay the one-second schedule, but not a command.
    let before = daemon.handle.registry.target("a").unwrap().runs;
    daemon.handle.registry.request_check("a").unwrap();
    daemon.until("a", |status| status.runs > before).await;
    assert_eq!(daemon.handle.registry.request_check("b"), None);
    daemon.end().await;
}

#[tokio::test]
async fn the_schedule_runs_checks() {
    let daemon = start(&target("a", 1)).await;
    daemon.until("a", |status| status.runs >= 2).await;
    daemon.end().await;
}

#[tokio::test]
async fn a_reload_restarts_only_what_changed() {
    let daemon = start(&[target("same", 1), target("changed", 1), target("removed", 1)].concat()).await;
    for name in ["same", "changed", "removed"] {
        daemon.until(name, |status| status.report.is_some()).await;
    }
    let started = daemon.handle.status.last_reload().last_success;
    daemon.reload(&[target("same", 1), target("changed", 2), target("new", 1)].concat()).await.unwrap();
    let names: Vec<_> = daemon.handle.registry.targets().iter().map(|status| status.name.clone()).collect();
    assert_eq!(names, ["changed", "new", "same"]);
    daemon.until("changed", |status| status.report.as_ref().unwrap().error.as_ref().unwrap().contains(":2/d")).await;
    daemon.until("new", |status| status.report.is_some()).await;
    let reloaded = daemon.handle.status.last_reload();
    assert!(reloaded.successful && reloaded.last_success > started);

    let refused = daemon.reload("[[target]]\nnam = 'x'").await.unwrap_err();
    assert!(refused.contains("c.toml:2:1: unknown key `nam`; did you mean `name`?"), "{refused}");
    assert_eq!(daemon.handle.registry.targets().len(), 3);
    let failed = daemon.handle.status.last_reload();
    assert_eq!((failed.successful, failed.last_success), (false, reloaded.last_success));

    daemon.reload(&target("same", 1)).await.unwrap();
    assert!(daemon.handle.status.last_reload().successful);
    assert_eq!(daemon.handle.registry.targets().len(), 1);
    daemon.end().await;
}

/// A server that accepts a connection and never answers delays neither the other targets nor the stop.
#[tokio::test]
async fn a_silent_server_delays_no_other_target() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, started) = (silent.local_addr().unwrap().port(), Utc::now());
    let daemon = start(&[target("silent", port), target("a", 1)].concat()).await;
    daemon.until("a", |status| status.runs >= 2).await;
    // On a busy host the connection may have been given up by now.
    if daemon.handle.registry.target("silent").unwrap().report.is_none() {
        assert!(daemon.handle.ready(started).is_err());
    }
    assert_eq!(daemon.handle.ready(Utc::now() + chrono::TimeDelta::minutes(1)), Ok(()));
    daemon.until("silent", |status| status.skipped >= 1).await;
    daemon.end().await;
}

#[tokio::test]
async fn watching_goes_on_without_a_store() {
    let text = format!("state.path = 'e.sql/x.db'\n{}", target("a", 1));
    let daemon = start(&text).await;
    daemon.until("a", |status| status.report.is_some()).await;
    daemon.end().await;
}

#[tokio::test]
async fn nothing_is_left_when_the_daemon_stops() {
    let daemon = start(&target("a", 1)).await;
    let handle = daemon.handle.clone();
    daemon.end().await;
    assert_eq!(handle.reload().await, Err("the daemon is stopping".to_owned()));
}

/// Drift and counts of a server that hangs or is gone are kept as last known and marked as such; a repaired schema
/// holds.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_outlives_the_server() {
    let (mut server, text) = server().await;
    let daemon = start(&text).await;
    let counted = |status: &TargetStatus| !status.report.as_ref().unwrap().invariants[0].counts.is_empty();
    let first = daemon.until("a", |status| status.up && counted(status)).await;
    let report = first.report.as_ref().unwrap();
    assert_eq!((report.verdict, report.drift[0].object.as_str()), (Verdict::Violated, "public.a"));
    let since = report.drift[0].first_seen.unwrap();
    let counts = report.invariants[0].counts.clone();

    let known = |status: &TargetStatus| {
        let report = status.report.as_ref().unwrap();
        assert!(!status.up && report.drift[0].last_known);
        assert_eq!((report.verdict, report.drift[0].first_seen), (Verdict::Unknown, Some(since)));
        assert_eq!(report.invariants[0].counts, counts);
    };
    daemon.until("a", |status| status.runs >= 3).await;
    signal_all(&server, "-STOP");
    known(&*daemon.until("a", |status| status.failures >= 1).await);
    signal_all(&server, "-CONT");
    daemon.until("a", |status| status.up).await;

    server.shut_down().await.unwrap();
    known(&*daemon.until("a", |status| !status.up).await);
    server.start_again().await.unwrap();
    run_sql(&server, "d", "create table a (id int); delete from b").await;
    let back = daemon.until("a", |status| status.up && status.report.as_ref().unwrap().drift.is_empty()).await;
    assert!(back.last_success > first.last_success);
    daemon.handle.registry.request_check("a").unwrap();
    daemon.until("a", |status| status.report.as_ref().unwrap().verdict == Verdict::Holds).await;
    daemon.end().await;
    server.stop().await.unwrap();
}
