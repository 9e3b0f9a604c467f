//! Faults: servers that are down, hang, crash or refuse; locks; wrong passwords; missing rights; crashes of the daemon.
//! Nothing is reported healthy without having been seen, nothing hangs, and nothing is left behind.

use std::time::{Duration, Instant};

use schemawarden::pg::Source;
use schemawarden::pg::connect::open;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sqlx::postgres::PgConnection;

use crate::daemon::target;
use crate::support::{
    Alertmanager, Daemon, Database, children, eventually, file, having, open_folder, postgres, private_server,
    processes, processes_in, psql, psql_at, signal,
};

const PASSWORD: &str = "swordfish-4711";

fn outdated() -> Database {
    Database::with(&std::fs::read_to_string(file("sql/community/outdated.sql")).unwrap())
}

async fn session(url: &str) -> PgConnection {
    let source = Source::parse(&SecretString::from(url)).unwrap();
    open(&source, source.options()).await.unwrap()
}

fn is_down(target: &Value) -> bool {
    target["up"] == false && target["runs"].as_u64() > Some(0)
}

fn drift_of(target: &Value, objects: usize) -> bool {
    target["error"].is_null() && target["drift"].as_array().is_some_and(|drift| drift.len() == objects)
}

#[tokio::test]
async fn a_target_that_is_down_at_the_start_is_found_when_it_comes() {
    let mut server = private_server(&[]).await;
    server.shut_down().await.unwrap();
    let daemon = Daemon::start(&target("app", server.url("app").expose_secret(), "")).await;
    let down = daemon.until("app", "the target is down", is_down).await;
    assert_eq!((&down["verdict"], &down["drift"]), (&"unknown".into(), &Value::Array(vec![])));
    assert!(down["error"].as_str().unwrap().contains(&format!("127.0.0.1:{}/app", server.port())), "{down}");
    assert_eq!(daemon.metric("schemawarden_target_up", &[("target", "app")]).await, Some(0.0));
    // Nothing is known of it, so that no series may say that there is no drift.
    assert_eq!(daemon.metric("schemawarden_drift_objects", &[]).await, None);
    assert_eq!(daemon.get("/-/ready").await.unwrap().0, 200);
    server.start_again().await.unwrap();
    daemon.until("app", "the drift is found", |target| drift_of(target, 13)).await;
    server.stop().await.unwrap();
}

/// The other target and the daemon are unaffected.
#[tokio::test]
async fn a_server_that_hangs_and_then_dies_delays_nobody() {
    let mut server = private_server(&[]).await;
    let well = outdated();
    let both = target("hangs", server.url("app").expose_secret(), "");
    let both = format!(
        "{both}[[target]]\nname = 'well'\nurl = '{}'\nexpected = 'expected.sql'\nschedule = '* * * * * *'\n\
         jitter = '0s'\n",
        well.url()
    );
    let daemon = Daemon::start(&both).await;
    for name in ["hangs", "well"] {
        daemon.until(name, "it is checked", |target| drift_of(target, 13)).await;
    }
    let runs = daemon.target("well").await["runs"].as_u64().unwrap();
    let stopped = Instant::now();
    assert!(signal(processes(&server), "STOP"));
    let hanging = eventually("the hanging target is unknown", async || {
        let asked = Instant::now();
        let target = daemon.target("hangs").await;
        assert!(asked.elapsed() < Duration::from_mins(2), "an answer took {:?}", asked.elapsed());
        (target["verdict"] == "unknown").then_some(target)
    })
    .await;
    assert!(hanging["drift"].as_array().unwrap().iter().all(|drift| drift["last_known"] == true), "{hanging}");
    let more = daemon.target("well").await["runs"].as_u64().unwrap() - runs;
    assert!(more >= stopped.elapsed().as_secs() / 2, "{more} checks of the other target in {:?}", stopped.elapsed());
    assert!(signal(processes(&server), "CONT"));
    daemon.until("hangs", "it answers again", |target| drift_of(target, 13)).await;

    // A skipped check proves that another one is running; then the server dies.
    let skipped = daemon.target("hangs").await["skipped"].as_u64();
    let pids = processes(&server);
    assert!(signal(pids.clone(), "STOP"));
    daemon.until("hangs", "a check hangs", |target| target["skipped"].as_u64() > skipped).await;
    assert!(signal(pids, "KILL"));
    let dead = daemon.until("hangs", "it is down", is_down).await;
    assert_eq!((&dead["verdict"], dead["drift"].as_array().unwrap().len()), (&"unknown".into(), 13));
    server.start_again().await.unwrap();
    daemon.until("hangs", "it is back", |target| drift_of(target, 13)).await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_without_free_connections_is_unknown_until_it_has_some() {
    let server = private_server(&[("max_connections", "6"), ("superuser_reserved_connections", "3")]).await;
    psql_at(server.url("app").expose_secret(), "create role app login password 'x'");
    let url = format!("postgres://app:x@127.0.0.1:{}/app?sslmode=disable", server.port());
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(session(&url).await);
    }
    let daemon = Daemon::start(&target("app", &url, "")).await;
    let down = daemon.until("app", "no connection is to be had", is_down).await;
    assert!(down["verdict"] == "unknown" && down["error"].as_str().unwrap().contains("53300"), "{down}");
    drop(sessions);
    daemon.until("app", "it is checked", |target| drift_of(target, 13)).await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn no_password_is_ever_printed() {
    let database = Database::create();
    let mut url = url::Url::parse(&database.url()).unwrap();
    let right = url.password().unwrap().to_owned();
    url.set_password(Some(PASSWORD)).unwrap();
    let from_file = "[[target]]\nname = 'file'\nurl = '${WITHOUT}'\npassword_file = 'password'\nexpected = '${URL}'\n";
    let push =
        format!("[alertmanager]\nurls = ['http://u:{PASSWORD}@127.0.0.1:1']\ninterval = '1s'\ndrift_for = '0s'\n");
    let drifting = format!("[[target]]\nname = 'drifts'\nurl = '{}'\nexpected = 'expected.sql'\n", database.url());
    let more = format!("[[target.invariant]]\nname = 'i'\nsql = 'select count(*) from x'\n{from_file}{drifting}");
    let text = format!("{push}{}", target("app", url.as_str(), &more));
    let mut without = url.clone();
    without.set_password(None).unwrap();
    let environment = [("RUST_LOG", "trace".to_owned()), ("URL", url.to_string()), ("WITHOUT", without.to_string())];
    let mut daemon = Daemon::prepared(
        |daemon| {
            daemon.write("password", PASSWORD);
            daemon.configure(&text);
        },
        &environment,
    )
    .await;
    let mut said = String::new();
    for name in ["app", "file"] {
        let down = daemon.until(name, "the server refuses", is_down).await;
        assert!(down["error"].as_str().unwrap().contains("password authentication failed"), "{down}");
        said += &down.to_string();
    }
    eventually("no alert can be pushed", async || daemon.log().contains("cannot be delivered").then_some(())).await;
    // A reload that fails, and one that succeeds.
    daemon.configure(&text.replace("sslmode", "sslmod"));
    said += &daemon.post("/-/reload").await.1;
    daemon.configure(&text);
    said += &daemon.post("/-/reload").await.1;
    for path in ["/", "/metrics", "/api/v1/targets", "/api/v1/targets/app/drift", "/api/v1/targets/none"] {
        said += &daemon.text(path).await;
    }
    let pid = daemon.program().pid();
    said += &std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
    said += &daemon.log();
    assert!(daemon.log().contains("DEBUG"), "the log tells everything");
    daemon.stop().await;
    said += &daemon_files(&daemon);
    for secret in [PASSWORD, &right] {
        let line = said.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }
}

/// All files that the daemon has written, as text.
fn daemon_files(daemon: &Daemon) -> String {
    let state = std::fs::read_dir(daemon.path("state")).unwrap();
    let texts = state.map(|entry| String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()).into_owned());
    texts.collect()
}

#[tokio::test]
async fn a_role_that_may_not_count_is_told_the_grant_it_lacks() {
    let database = outdated();
    let role = format!("watcher_{}", database.name);
    psql("postgres", &format!("create role {role} login password 'x'"));
    let url = format!("postgres://{role}:x@127.0.0.1:{}/{}?sslmode=disable", postgres().port(), database.name);
    let invariant = "[[target.invariant]]\nname = 'orphans'\nchild = 'public.post_reactions'\ncolumns = ['post_id']\n\
                     parent = 'public.posts'\nparent_columns = ['id']\n";
    let daemon = Daemon::start(&target("app", &url, invariant)).await;
    let tried = |target: &Value| target["invariants"][0]["detail"].as_str().is_some_and(|why| why.contains("GRANT"));
    let target = daemon.until("app", "the count is refused", |target| drift_of(target, 13) && tried(target)).await;
    let detail = target["invariants"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("GRANT SELECT ON public.post_reactions, public.posts"), "{detail}");
    assert_eq!(target["invariants"][0]["verdict"], "unknown");
    assert_eq!(daemon.metric("schemawarden_invariant_success", &[("invariant", "orphans")]).await, Some(0.0));

    database.run(&format!("grant select on post_reactions, posts to {role}"));
    let counted = |target: &Value| target["invariants"][0]["counts"]["dangling"] == 36;
    daemon.until("app", "it is counted", counted).await;
    drop((daemon, database));
    psql("postgres", &format!("drop role {role}"));
}

#[tokio::test]
async fn a_locked_table_is_busy_and_everything_else_is_checked() {
    let database = Database::with(
        "create table a (id int primary key, note text default 'live'); create table b (id int primary key)",
    );
    let mut alertmanager = Alertmanager::new();
    alertmanager.start().await;
    let push = format!("[alertmanager]\nurls = ['{}']\ninterval = '1s'\ndrift_for = '0s'\n", alertmanager.url());
    let daemon = Daemon::prepared(
        |daemon| {
            daemon.write(
                "expected.sql",
                "create table a (id int primary key, note text default 'expected');
                 create table b (id int primary key, x int);",
            );
            daemon.configure(&format!("{push}{}", target("app", &database.url(), "")));
        },
        &[],
    )
    .await;
    daemon.until("app", "both drifts are known", |target| drift_of(target, 2)).await;
    let warns = |alerts: &[Value]| !having(alerts, &[("severity", "warning"), ("target", "app")]).is_empty();
    alertmanager.until("the default is told", warns).await;

    let mut locker = session(&database.url()).await;
    sqlx::raw_sql("begin; lock table a in access exclusive mode").execute(&mut locker).await.unwrap();
    database.run("alter table b drop constraint b_pkey");
    let target = daemon.until("app", "the check is partial", |target| target["busy"][0] == "public.a").await;
    assert!(target["error"].is_null() && target["verdict"] == "violated" && target["read"] == "full", "{target}");
    // A few lock timeouts of 300 ms, on a machine that runs other tests.
    assert!(target["duration_ms"].as_u64().unwrap() < 5_000, "{target}");
    let found: Vec<_> = target["drift"].as_array().unwrap().iter().map(|d| (&d["object"], &d["last_known"])).collect();
    let (known, new) = (Value::Bool(true), Value::Null);
    assert_eq!(
        found,
        [(&"public.a.note".into(), &known), (&"public.b.b_pkey".into(), &new), (&"public.b.x".into(), &new)]
    );
    assert_eq!(daemon.metric("schemawarden_busy_relations", &[]).await, Some(1.0));
    assert_eq!(daemon.metric("schemawarden_check_success", &[]).await, Some(0.0));
    let success = daemon.metric("schemawarden_check_last_success_timestamp_seconds", &[]).await;
    let runs = daemon.target("app").await["runs"].as_u64();
    daemon.until("app", "three more checks", |target| target["runs"].as_u64() > runs.map(|runs| runs + 2)).await;
    assert!(warns(&alertmanager.alerts().await));
    assert_eq!(daemon.metric("schemawarden_check_last_success_timestamp_seconds", &[]).await, success);

    sqlx::raw_sql("alter table a alter note set default 'expected'; commit").execute(&mut locker).await.unwrap();
    daemon.until("app", "the check is complete", |target| target["busy"] == Value::Array(vec![])).await;
    alertmanager.until("only now it is resolved", |alerts| !warns(alerts)).await;
}

#[tokio::test]
async fn alerts_reach_an_alertmanager_that_comes_back() {
    let database = outdated();
    let mut alertmanager = Alertmanager::new();
    // The second one is never reachable, and delays nothing.
    let urls = format!(
        "[alertmanager]\nurls = ['{}', 'http://127.0.0.1:1']\ninterval = '1s'\ndrift_for = '0s'\n",
        alertmanager.url()
    );
    let daemon = Daemon::start(&format!("{urls}{}", target("app", &database.url(), ""))).await;
    let peer = alertmanager.url();
    let failed = async |more_than: f64| {
        eventually("alerts cannot be sent", async || {
            let errors = daemon.metric("schemawarden_notifications_errors_total", &[("alertmanager", &peer)]).await?;
            (errors > more_than).then_some(errors)
        })
        .await
    };
    let errors = failed(0.0).await;
    let arrived = |alerts: &[Value]| having(alerts, &[("alertname", "SchemawardenDrift")]).len() == 2;
    alertmanager.start().await;
    let first = alertmanager.until("the alerts arrive", arrived).await;
    alertmanager.kill();
    failed(errors + 1.0).await;
    alertmanager.start().await;
    let again = alertmanager.until("the alerts arrive again", arrived).await;
    assert_eq!(
        having(&first, &[("severity", "critical")])[0]["startsAt"],
        having(&again, &[("severity", "critical")])[0]["startsAt"]
    );
    assert!(daemon.log().contains("alerts are delivered again"), "{}", daemon.log());
    assert_eq!(daemon.get("/-/healthy").await.unwrap().0, 200);
}

/// The old expectation no longer counts, and the new one is not known: the verdict is unknown until the file is repaired.
#[tokio::test]
async fn an_expectation_that_breaks_is_unknown_until_it_is_repaired() {
    let database = outdated();
    let daemon = Daemon::start(&target("app", &database.url(), "")).await;
    daemon.until("app", "the drift is known", |target| drift_of(target, 13)).await;
    let good = std::fs::read_to_string(daemon.path("expected.sql")).unwrap();
    daemon.write("expected.sql", "create table a (id int);\ncreate table b (id nonsense);\n");
    let broken = |target: &Value| {
        assert_eq!((&target["verdict"], &target["up"]), (&"unknown".into(), &true.into()), "{target}");
        let error = target["error"].as_str().unwrap();
        assert!(error.contains("expected.sql:2") && error.contains("type \"nonsense\" does not exist"), "{error}");
        let drift = target["drift"].as_array().unwrap();
        assert!(drift.len() == 13 && drift.iter().all(|drift| drift["last_known"] == true), "{target}");
    };
    let checked = daemon.check("app").await;
    broken(&checked);
    let later = |target: &Value| target["runs"].as_u64() > checked["runs"].as_u64();
    broken(&daemon.until("app", "one scheduled check more", later).await);
    daemon.write("expected.sql", &good);
    let repaired = daemon.check("app").await;
    assert!(drift_of(&repaired, 13) && repaired["verdict"] == "violated", "{repaired}");
}

#[tokio::test]
async fn stopping_in_the_middle_of_a_count_leaves_no_statement_behind() {
    let database = outdated();
    let slow = "[[target.invariant]]\nname = 'slow'\nsql = 'select count(*) from pg_catalog.pg_sleep(600)'\n";
    let mut daemon = Daemon::start(&target("app", &database.url(), slow)).await;
    let running = || {
        let mine = format!("application_name = 'schemawarden' and datname = '{}'", database.name);
        psql("postgres", &format!("select query from pg_stat_activity where state <> 'idle' and {mine}"))
    };
    eventually("it counts", async || running().contains("pg_sleep").then_some(())).await;
    let (status, took) = daemon.stop().await;
    assert!(
        status.success() && took < Duration::from_secs(10),
        "{status} after {took:?}: {}",
        daemon.path("").display()
    );
    eventually("nothing runs on the server", async || running().is_empty().then_some(())).await;
}

/// The scratch server ends with the daemon, even if that is killed.
#[tokio::test]
async fn a_killed_daemon_leaves_no_scratch_server_behind() {
    let (database, temp) = (Database::create(), open_folder());
    let environment = [("TMPDIR", temp.path().to_str().unwrap().to_owned())];
    let mut daemon = Daemon::prepared(
        |daemon| {
            daemon.write("expected.sql", "create table a (id int); do $$ begin perform pg_sleep(300); end $$;");
            let config = format!("[[target]]\nname = 'app'\nurl = '{}'\nexpected = 'expected.sql'\n", database.url());
            daemon.configure(&config);
        },
        &environment,
    )
    .await;
    let title = |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let pids = eventually("the expectation is being evaluated", async || {
        let servers = processes_in(temp.path());
        let all: Vec<_> = servers.iter().flat_map(|pid| children(*pid)).chain(servers.clone()).collect();
        all.iter().any(|pid| title(*pid).contains("[local] DO")).then_some(all)
    })
    .await;
    daemon.kill();
    eventually("no process and no file is left", async || {
        let gone = pids.iter().all(|pid| title(*pid).is_empty()) && processes_in(temp.path()).is_empty();
        (gone && std::fs::read_dir(temp.path()).unwrap().count() == 0).then_some(())
    })
    .await;
}
