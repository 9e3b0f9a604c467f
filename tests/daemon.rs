//! The daemon together with a real PostgreSQL, Prometheus and Alertmanager, with the shipped configurations, rules and
//! dashboards.

use std::path::Path;
use std::process::Command;

use schemawarden::pg::scratch::server::ThrowawayServer;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::support::{
    Alertmanager, Daemon, Database, Prometheus, adapted, eventually, file, having, private_server, psql_at, queries,
    scratch_server,
};

/// The shipped configuration with changed addresses and paths, a schedule of one second, and pushed alerts.
fn shipped_config(daemon_port: u16, alertmanager: &str) -> String {
    let expected = file("sql/community/expected.sql");
    let scratch = scratch_server().url("postgres");
    let every_second = "schedule = \"* * * * * *\"\n";
    adapted(
        &file("config/schemawarden.toml"),
        &[
            ("# listen = \"127.0.0.1:9847\"", &format!("listen = \"127.0.0.1:{daemon_port}\"")),
            ("# url = \"${SCRATCH_URL}\"", &format!("url = \"{}\"", scratch.expose_secret())),
            ("# [alertmanager]", "[alertmanager]"),
            ("# urls = [\"http://127.0.0.1:9093\"]", &format!("urls = [\"{alertmanager}\"]")),
            ("# interval = \"1m\"", "interval = \"1s\""),
            ("# drift_for = \"1m\"", "drift_for = \"0s\""),
            ("\"../sql/community/expected.sql\"", &format!("\"{}\"", expected.display())),
            ("# schedule = \"0 * * * * *\"\n", every_second),
            ("schedule = \"0 */5 * * * *\"\n", every_second),
            ("# jitter = \"5s\"", "jitter = \"0s\""),
        ],
    )
}

/// The statements by which an operator repairs the outdated schema and its rows by hand.
const REPAIR: &str = "
alter table users add challenge_penalty_until timestamptz, add boost_penalty_until timestamptz;
alter table posts add is_hidden boolean not null default false, add is_deleted boolean not null default false,
    add moderation_status text not null default 'approved';
alter table credit_txns add idempotency_key text;
create unique index credit_txns_idempotency_key_idx on credit_txns (idempotency_key)
    where idempotency_key is not null;
alter table scores add duration_sec integer;
alter table post_reactions add primary key (id), alter post_id drop not null,
    drop constraint post_reactions_post_id_fkey;
create index post_reactions_post_idx on post_reactions (post_id) where post_id is not null;
create or replace function refuse_reaction_change() returns trigger language plpgsql as $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND NEW.post_id IS NULL
        AND to_jsonb(NEW) - 'post_id' = to_jsonb(OLD) - 'post_id'
        AND NOT EXISTS (SELECT FROM public.posts WHERE posts.id = OLD.post_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'reactions are permanent: % refused', TG_OP;
END
$$;
update post_reactions set post_id = null where not exists (select from posts where posts.id = post_id);
alter table post_reactions add foreign key (post_id) references posts on delete set null;
update users set credits = 0 where credits < 0;
";

/// The senders of an alert: the shipped rules, or the daemon itself.
const BOTH: [&str; 2] = ["prometheus", ""];

fn fires(alerts: &[Value], via: &str, name: &str, severity: &str) -> bool {
    !having(alerts, &[("alertname", name), ("target", "community"), ("severity", severity), ("via", via)]).is_empty()
}

/// The programs of a test.
struct Stage {
    server: ThrowawayServer,
    alertmanager: Alertmanager,
    daemon: Daemon,
    prometheus: Prometheus,
}

impl Stage {
    /// The daemon logs in as the shipped role.
    async fn set() -> Self {
        let server = private_server(&[]).await;
        let mut alertmanager = Alertmanager::new();
        alertmanager.start().await;
        let role = std::fs::read_to_string(file("sql/roles.sql")).unwrap();
        let admin = server.url("app");
        psql_at(admin.expose_secret(), &format!("{role}; alter role schemawarden_watch password 'x'"));
        let url = format!("postgres://schemawarden_watch:x@127.0.0.1:{}/app?sslmode=disable", server.port());
        let daemon = Daemon::prepared(
            |daemon| daemon.write("schemawarden.toml", &shipped_config(daemon.port, &alertmanager.url())),
            &[("DATABASE_URL", url)],
        )
        .await;
        let prometheus = Prometheus::start(daemon.port, alertmanager.port).await;
        Self { server, alertmanager, daemon, prometheus }
    }

    fn sql(&self, text: &str) {
        psql_at(self.server.url("app").expose_secret(), text);
    }

    async fn until_nothing_fires(&self) {
        self.alertmanager.until("everything is resolved", <[Value]>::is_empty).await;
    }
}

#[tokio::test]
async fn drift_pages_and_resolves_and_outlives_its_database() {
    let mut stage = Stage::set().await;
    everything_wrong_is_told(&stage).await;
    every_panel_has_data(&stage.prometheus).await;
    promtool_likes(&stage.daemon.metrics().await);

    stage.sql(REPAIR);
    let target = stage.daemon.until("community", "the target holds", |target| target["verdict"] == "holds").await;
    assert_eq!(target["invariants"][0]["counts"], serde_json::json!({"null": 36, "dangling": 0}));
    stage.until_nothing_fires().await;

    stage.sql("alter table scores drop column duration_sec");
    stage.alertmanager.until("new drift is told", critical_drift).await;
    stage.server.shut_down().await.unwrap();
    drift_is_remembered(&stage).await;
    stage.server.start_again().await.unwrap();
    stage.prometheus.until("schemawarden_target_up", "1").await;
    let alerts = stage.alertmanager.until("the target is up again", |alerts| !target_down(alerts)).await;
    assert!(critical_drift(&alerts), "{alerts:?}");
    stage.sql("alter table scores add duration_sec integer");
    stage.until_nothing_fires().await;
    stage.server.stop().await.unwrap();
}

fn critical_drift(alerts: &[Value]) -> bool {
    BOTH.iter().all(|via| fires(alerts, via, "SchemawardenDrift", "critical"))
}

/// Within the time of a test only the rules send this: the daemon itself waits for two minutes.
fn target_down(alerts: &[Value]) -> bool {
    fires(alerts, "prometheus", "SchemawardenTargetDown", "critical")
}

async fn everything_wrong_is_told(stage: &Stage) {
    let all = |alerts: &[Value]| {
        BOTH.iter().all(|via| {
            let violated = having(alerts, &[("alertname", "SchemawardenInvariantViolated"), ("via", via)]);
            fires(alerts, via, "SchemawardenDrift", "warning") && violated.len() == 2
        })
    };
    let told = stage.alertmanager.until("all alerts fire", |alerts| critical_drift(alerts) && all(alerts)).await;
    for via in BOTH {
        let drift = having(&told, &[("alertname", "SchemawardenDrift"), ("severity", "critical"), ("via", via)]);
        let annotations = &drift[0]["annotations"];
        let text = annotations["description"].as_str().unwrap();
        assert!(text.contains("public.posts.is_hidden") && text.contains("public.scores.duration_sec"), "{text}");
        assert_eq!(annotations["api"], stage.daemon.url("/api/v1/targets/community/drift"));
        assert_eq!(drift[0]["receivers"][0]["name"], "on-call");
    }
}

/// The database is gone: that is reported, and its drift stays known without paging as well.
async fn drift_is_remembered(stage: &Stage) {
    stage.prometheus.until("schemawarden_target_up", "0").await;
    // Some more failed checks, and some more alerts.
    let failures = stage.daemon.metric("schemawarden_check_failures_total", &[]).await.unwrap();
    eventually("two more checks have failed", async || {
        let now = stage.daemon.metric("schemawarden_check_failures_total", &[]).await?;
        (now >= failures + 2.0).then_some(())
    })
    .await;
    let alerts = stage.alertmanager.until("the target is told to be down", target_down).await;
    assert!(critical_drift(&alerts), "{alerts:?}");
    for drift in having(&alerts, &[("alertname", "SchemawardenDrift")]) {
        assert_eq!(drift["status"]["state"], "suppressed", "{drift}");
    }
    let target = stage.daemon.target("community").await;
    assert_eq!((&target["verdict"], &target["up"]), (&"unknown".into(), &false.into()));
    let drift = &target["drift"][0];
    assert_eq!((&drift["object"], &drift["last_known"]), (&"public.scores.duration_sec".into(), &true.into()));
}

async fn every_panel_has_data(prometheus: &Prometheus) {
    for dashboard in ["dashboards/overview.json", "dashboards/target.json"] {
        let queries = queries(&file(dashboard));
        assert!(queries.len() > 20);
        for (panel, expression) in queries {
            let expression = expression.replace("$target", "community").replace("$__range", "1h");
            eventually(&format!("{dashboard}, {panel}: {expression} has data"), async || {
                let found = prometheus.query(&expression).await;
                (!found.is_empty()).then_some(())
            })
            .await;
        }
    }
}

/// `promtool check metrics` accepts the page.
fn promtool_likes(page: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metrics");
    std::fs::write(&path, page).unwrap();
    let output = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(std::fs::File::open(&path).unwrap())
        .output()
        .expect("promtool is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
fn promtool_and_amtool_like_what_is_shipped() {
    let run = |program: &str, arguments: &[&str], path: &Path| {
        let output = Command::new(program).args(arguments).arg(path).output().unwrap();
        assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    };
    run("promtool", &["check", "config"], &file("config/prometheus.yml"));
    run("promtool", &["check", "rules"], &file("config/rules/schemawarden.yml"));
    run("promtool", &["test", "rules"], &file("config/rules/schemawarden_test.yml"));
    let alertmanager = file("config/alertmanager.yml");
    run("amtool", &["check-config"], &alertmanager);
    // Including the receivers that are only suggested.
    let text = std::fs::read_to_string(alertmanager).unwrap();
    let (routes, receivers) = text.split_once("\nreceivers:\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let complete = folder.path().join("alertmanager.yml");
    std::fs::write(&complete, format!("{routes}\nreceivers:\n{}", receivers.replace("    # ", "    "))).unwrap();
    run("amtool", &["check-config"], &complete);
}

/// A target that is checked each second against the community's expectation, which is evaluated on the tests' own
/// server.
pub fn target(name: &str, url: &str, more: &str) -> String {
    format!(
        "[scratch]\nurl = '{}'\n[[target]]\nname = '{name}'\nurl = '{url}'\nexpected = 'expected.sql'\n\
         schedule = '* * * * * *'\njitter = '0s'\n{more}",
        scratch_server().url("postgres").expose_secret()
    )
}

/// The number of objects that are known to differ.
fn drift(target: &Value) -> usize {
    target["drift"].as_array().map_or(0, Vec::len)
}

fn outdated() -> Database {
    Database::with(&std::fs::read_to_string(file("sql/community/outdated.sql")).unwrap())
}

#[tokio::test]
async fn since_when_drift_is_known_survives_a_restart() {
    let database = outdated();
    let mut daemon = Daemon::start(&target("app", &database.url(), "")).await;
    let seen = |target: &Value| drift(target) == 13;
    let before = daemon.until("app", "the drift is seen", seen).await;
    let since = before["drift"][0]["first_seen"].as_str().unwrap();

    let (status, took) = daemon.stop().await;
    assert!(status.success() && took.as_secs() < 10, "{status} after {took:?}");
    daemon.launch().await;
    let after = daemon.until("app", "the drift is seen again", seen).await;
    assert!(after["drift"].as_array().unwrap().iter().all(|drift| drift["first_seen"] == since), "{after}");
    assert_ne!(after["checked_at"], before["checked_at"]);

    // After a crash as well; drift that was repaired and comes back has a new start.
    daemon.kill();
    database.run("alter table scores add duration_sec integer");
    daemon.launch().await;
    daemon.until("app", "one is repaired", |target| drift(target) == 12).await;
    database.run("alter table scores drop column duration_sec");
    let again = daemon.until("app", "it is back", seen).await;
    let of = |object: &str| again["drift"].as_array().unwrap().iter().find(|drift| drift["object"] == object).unwrap();
    assert_eq!(of("public.posts.is_hidden")["first_seen"], since);
    assert_ne!(of("public.scores.duration_sec")["first_seen"], since);
}

#[tokio::test]
async fn a_bad_configuration_changes_nothing_and_is_told() {
    let database = outdated();
    let good = target("app", &database.url(), "");
    let mut daemon = Daemon::start(&good).await;
    let successful = async |value: f64| {
        eventually(&format!("the last reload is {value}"), async || {
            let now = daemon.metric("schemawarden_config_last_reload_successful", &[]).await;
            (now == Some(value)).then_some(())
        })
        .await;
    };
    successful(1.0).await;
    let bad = good.replace("schedule =", "shedule =");
    daemon.configure(&bad);
    let (status, problem) = daemon.post("/-/reload").await;
    assert_eq!(status, 500);
    for part in ["unknown key `shedule`; did you mean `schedule`?", "schemawarden.toml:", "stays in force"] {
        assert!(problem.contains(part), "no {part} in {problem}");
    }
    successful(0.0).await;
    assert!(daemon.text("/").await.contains("The configuration on disk was refused"));
    let runs = daemon.target("app").await["runs"].as_u64();
    daemon.until("app", "checks go on", |target| target["runs"].as_u64() > runs).await;

    // The same by signal, for a valid and an invalid configuration.
    daemon.configure(&good.replace("name = 'app'", "name = 'renamed'"));
    daemon.program().signal("HUP");
    successful(1.0).await;
    daemon.until("renamed", "the new target is checked", |target| target["runs"].as_u64() > Some(0)).await;
    assert_eq!(daemon.get("/api/v1/targets/app").await.unwrap().0, 404);
    daemon.configure(&bad);
    daemon.program().signal("HUP");
    successful(0.0).await;
    assert!(daemon.log().contains("the old one stays in force"), "{}", daemon.log());
    assert_eq!(daemon.get("/api/v1/targets/renamed").await.unwrap().0, 200);
    daemon.stop().await;
}

/// Names that try to break out of every format they are written in, up to Alertmanager.
#[tokio::test]
async fn hostile_names_reach_every_face_whole() {
    const NAME: &str = "a\"b\\c'd{e}\n<script>$x é";
    let quoted = format!("\"{}\"", NAME.replace('"', "\"\""));
    let database = Database::create();
    let mut alertmanager = Alertmanager::new();
    alertmanager.start().await;
    let push = format!("[alertmanager]\nurls = ['{}']\ninterval = '1s'\ndrift_for = '0s'\n", alertmanager.url());
    let daemon = Daemon::prepared(
        |daemon| {
            daemon.write("expected.sql", &format!("create table {quoted} ({quoted} int primary key);"));
            daemon.configure(&format!("{push}{}", target("app", &database.url(), "")));
        },
        &[],
    )
    .await;
    let target = daemon.until("app", "the drift is seen", |target| drift(target) == 1).await;
    let object = target["drift"][0]["object"].as_str().unwrap();
    assert_eq!(object, format!("public.{quoted}"));
    let metrics = daemon.metrics().await;
    promtool_likes(&metrics);
    let escaped = object.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    assert!(metrics.contains(&format!("object=\"{escaped}\"")), "{metrics}");
    assert!(!daemon.text("/").await.contains("<script>"));
    let one_line = object.replace('\n', "\\n");
    alertmanager
        .until("the alert names it", |alerts| {
            alerts
                .iter()
                .any(|alert| alert["annotations"]["description"].as_str().is_some_and(|text| text.contains(&one_line)))
        })
        .await;
}
