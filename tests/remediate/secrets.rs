//! Secrets: each has a value that is easily recognised, and is looked for wherever somebody could read it.

use std::collections::BTreeSet;
use std::time::Duration;

use schemawarden::pg::connect::open;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{DEGRADE, Site, Wish, ask};
use crate::support::{Alertmanager, Database, S3, children, psql, psql_at};

/// Begins the value of every secret but the token's.
const MARK: &str = "hunter2-";

/// In headers and bodies, which the application repeats in its errors; a smoke test that sends one too.
fn degrade() -> String {
    DEGRADE
        .replace("headers = {", "headers = { authorization = 'Bearer hunter2-of-the-header',")
        .replace("{\"on\"", "{\"key\":\"hunter2-of-the-body\",\"on\"")
        .replace("status = {", "status = { headers = { authorization = 'Bearer hunter2-of-the-status' },")
}

const SMOKE: &str = "[[target.smoke.request]]
    name = 'somebody who is known'
    url = '{base}/health'
    headers = { authorization = 'Bearer hunter2-of-the-smoke' }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_nowhere() {
    let (mut alertmanager, s3, store) = (Alertmanager::new(), S3::start().await, Database::create());
    alertmanager.start().await;
    let [target_role, state_role] = ["fixer", "keeper"].map(|name| format!("{}_{name}", store.name));
    store.run(&format!(
        "create role {target_role} superuser login password 'hunter2-of-the-target';
         create role {state_role} login password 'hunter2-of-the-state';
         grant all on schema public to {state_role}"
    ));
    let login = |url: &str, user: &str, password: &str| {
        let mut url = url::Url::parse(url).unwrap();
        url.set_username(user).unwrap();
        url.set_password(Some(password)).unwrap();
        url
    };
    let wish = Wish {
        top: format!(
            "[log]\nlevel = 'debug'\n[alertmanager]\nurls = ['{}']\ninterval = '1s'\ndrift_for = '0s'",
            login(&alertmanager.url(), "warden", "hunter2-of-the-alertmanager")
        ),
        state: Some(format!("url = '{}'", login(&store.url(), &state_role, "hunter2-of-the-state"))),
        login: Some((target_role.clone(), "hunter2-of-the-target")),
        degrade: Some(degrade()),
        backup: Some(format!(
            "url = 's3://backups/a'\nendpoint = 'http://127.0.0.1:{}'\nregion = 'eu-central-1'\n\
             access_key_id = 'warden'\nsecret_access_key = 'hunter2-of-the-bucket'",
            s3.port
        )),
        tables: SMOKE.into(),
        ..Wish::default()
    };
    let site = Site::start(&wish).await;
    let stop = CancellationToken::new();
    let sampled = tokio::spawn(sample(&site, stop.clone()));
    // A failure, in whose answer everything is repeated, and the way there and back.
    let mut ids = vec![site.abandoned().await, site.remediate().await];
    let (end, journal) = site.ended(&ids[1]).await;
    assert_eq!(end, "done", "{journal:?}");
    ids.push(site.take_back(&ids[1], true).await);
    let (end, journal) = site.ended(&ids[2]).await;
    assert_eq!(end, "done", "{journal:?}");
    stop.cancel();
    let mut seen: Vec<_> = sampled.await.unwrap().into_iter().collect();
    for program in ["pg_dump", "psql", "pg_restore"] {
        assert!(seen.iter().any(|line| line.contains(program)), "{program} was not seen");
    }

    // A password that is wrong from now on, and a token that nobody knows.
    psql("postgres", &format!("alter role {target_role} password 'hunter2-of-another'"));
    psql(
        "postgres",
        &format!("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = '{target_role}'"),
    );
    site.daemon.until("community", "it cannot log in", |target| target["error"].is_string()).await;
    seen.push(site.ask("GET", "/api/v1/targets/community/plan", &[], None).await.1.to_string());
    let url = site.daemon.url("/api/v1/targets/community/remediations");
    let stranger = Some("sw_hunter2-of-a-stranger");
    seen.push(
        ask(&url, "POST", stranger, &[], Some(json!({ "plan": "hunter2-in-the-wrong-place" }))).await.1.to_string(),
    );

    seen.extend(faces(&site, &ids).await);
    seen.push(format!("{:?} {:?}", alertmanager.alerts().await, alertmanager.silences().await));
    let kept = "select query_to_xml(format('table %s', oid::regclass), true, true, '') from pg_class
                where relkind = 'r' and relnamespace = 'public'::regnamespace";
    seen.push(psql_at(&store.url(), kept));
    for secret in [&site.token, MARK] {
        let told = seen.iter().find(|text| text.contains(secret));
        assert_eq!(told, None, "{secret} is told");
    }
    drop((site, store));
    psql("postgres", &format!("drop role {target_role}; drop role {state_role}"));
}

/// All that the daemon tells.
async fn faces(site: &Site, ids: &[String]) -> Vec<String> {
    let mut told = vec![site.daemon.log(), site.ask("GET", "/api/v1/audit", &[], None).await.1.to_string()];
    for path in ["/", "/metrics", "/api/v1/targets", "/api/v1/targets/community", "/api/v1/remediations", "/-/ready"] {
        told.push(site.daemon.text(path).await);
    }
    for id in ids {
        for face in ["", "/journal", "/events", "/report.md", "/report"] {
            told.push(site.daemon.text(&format!("/api/v1/remediations/{id}{face}")).await);
        }
    }
    told
}

/// What others see of the daemon and its children again and again: their command lines, and what the server shows of their
/// sessions.
fn sample(site: &Site, stop: CancellationToken) -> impl Future<Output = BTreeSet<String>> + use<> {
    let (daemon, source) = (site.daemon.program().pid(), site.database.source.clone());
    async move {
        let mut session = open(&source, source.options()).await.unwrap();
        let mut seen = BTreeSet::new();
        while !stop.is_cancelled() {
            let mut pids = vec![daemon];
            while let Some(pid) = pids.pop() {
                seen.extend(std::fs::read_to_string(format!("/proc/{pid}/cmdline")));
                pids.extend(children(pid));
            }
            let activity =
                "select concat_ws(' ', application_name, query) from pg_stat_activity where pid <> pg_backend_pid()";
            seen.extend(sqlx::query_scalar::<_, String>(activity).fetch_all(&mut session).await.unwrap());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        seen
    }
}
