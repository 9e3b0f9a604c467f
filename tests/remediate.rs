//! Remediations on real parts: a daemon, an outdated database with an application, an operator with a token, a backup
//! that is taken and restored.

mod application;
mod faults;
mod follow;
mod killed;
mod left;
mod operators;
mod refused;
mod rehearsed;
mod room;
mod secrets;
mod shared;
mod story;
mod written;

use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::{Answer, run};
use crate::support::judge::{self, Side};
use crate::support::{Daemon, Database, eventually, psql, schemawarden, scratch_server};
use application::Application;
use schemawarden::pg::Source;
use schemawarden::pg::connect::open;
use secrecy::ExposeSecret;
use sha2::Digest as _;
use sqlx::PgConnection;

/// The outdated community without dangling references, the application on it, and a daemon that may apply plans.
pub struct Site {
    pub database: Database,
    /// A copy of its initial state.
    pub before: Database,
    pub application: Application,
    pub daemon: Daemon,
    pub token: String,
}

/// The switch of the application.
const DEGRADE: &str = "kind = 'http'
    enter = { url = '{base}/degraded', body = '{\"on\":true}', headers = { content-type = 'application/json' } }
    leave = { url = '{base}/degraded', body = '{\"on\":false}', headers = { content-type = 'application/json' } }
    status = { url = '{base}/degraded' }
    degraded = { path = '$.degraded', value = true }";

/// Deviations of a test from the default configuration. `{base}` stands for the application's URL.
#[derive(Clone, Default)]
pub struct Wish {
    /// Keys of the target, before its tables.
    pub target: String,
    /// Instead of a state file.
    pub state: Option<String>,
    /// Instead of a backup folder.
    pub backup: Option<String>,
    /// Further tables of the target.
    pub tables: String,
    /// Further top-level tables.
    pub top: String,
    /// Instead of the application's switch.
    pub degrade: Option<String>,
    /// The limit on degraded mode.
    pub lease: Option<&'static str>,
    /// The role that the daemon logs in as, and its password.
    pub login: Option<(String, &'static str)>,
    pub environment: Vec<(&'static str, String)>,
}

impl Site {
    pub async fn start(wish: &Wish) -> Self {
        let database = crate::cli::community("outdated.sql");
        database.run(
            "alter table post_reactions disable trigger reactions_are_permanent;
             delete from post_reactions where not exists (select from posts where id = post_id);
             alter table post_reactions enable trigger reactions_are_permanent",
        );
        let before = database.copy();
        let application = Application::start(&database).await;
        let (token, hash) = new_token("alice");
        let daemon = Daemon::prepared(
            |daemon| daemon.configure(&config(daemon, &database, &application, &hash, wish)),
            &wish.environment,
        )
        .await;
        Self { database, before, application, daemon, token }
    }

    /// Sends a request with curl, as an operator would.
    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> (u16, Value) {
        ask(&self.daemon.url(path), method, Some(&self.token), headers, body).await
    }

    pub async fn plan(&self) -> Value {
        let (status, plan) = self.ask("GET", "/api/v1/targets/community/plan", &[], None).await;
        assert_eq!(status, 200, "{plan}");
        plan["plan"].clone()
    }

    /// Starts a remediation with the present plan.
    pub async fn remediate(&self) -> String {
        let plan = self.plan().await;
        let body = json!({ "plan": plan["id"], "reason": "a test", "allow": ["data_loss", "not_reversible"] });
        let (status, begun) = self.ask("POST", "/api/v1/targets/community/remediations", &[], Some(body)).await;
        assert_eq!(status, 202, "{begun}");
        begun["id"].as_str().unwrap().to_owned()
    }

    /// Starts a rollback, by a plan or from the backup.
    pub async fn take_back(&self, id: &str, from_backup: bool) -> String {
        self.take_back_allowing(id, from_backup, &[]).await
    }

    pub async fn take_back_allowing(&self, id: &str, from_backup: bool, allow: &[&str]) -> String {
        let reason = "the old version is to run again";
        let body = json!({ "from_backup": from_backup, "reason": reason, "allow": allow });
        let (status, back) = self.ask("POST", &format!("/api/v1/remediations/{id}/rollback"), &[], Some(body)).await;
        assert_eq!(status, 202, "{back}");
        back["id"].as_str().unwrap().to_owned()
    }

    /// Starts a remediation that ends as abandoned, because the application refuses to be degraded.
    pub async fn abandoned(&self) -> String {
        self.application.be_stubborn(true);
        let id = self.remediate().await;
        eventually("it has given up to degrade", async || {
            phases(&self.journal(&id).await).contains(&"degrade failed".to_owned()).then_some(())
        })
        .await;
        self.application.be_stubborn(false);
        let (end, journal) = self.ended(&id).await;
        assert_eq!(end, "abandoned", "{journal:?}");
        id
    }

    pub async fn journal(&self, id: &str) -> Vec<Value> {
        let (status, it) = self.ask("GET", &format!("/api/v1/remediations/{id}/journal"), &[], None).await;
        assert_eq!(status, 200, "{it}");
        it["entries"].as_array().unwrap().clone()
    }

    /// Its end and its journal.
    pub async fn ended(&self, id: &str) -> (String, Vec<Value>) {
        let end = eventually("the remediation ends", async || {
            let (_, it) = self.ask("GET", &format!("/api/v1/remediations/{id}"), &[], None).await;
            it["end"].as_str().map(str::to_owned)
        })
        .await;
        (end, self.journal(id).await)
    }

    /// Waits until one step of its plan is done.
    pub async fn applies(&self, id: &str) {
        eventually("it applies", async || {
            let journal = self.journal(id).await;
            journal.iter().any(|entry| entry["entry"] == "step" && entry["step"] == "done").then_some(())
        })
        .await;
    }

    pub fn holds(&self) -> bool {
        self.check().code == 0
    }

    pub fn check(&self) -> Answer {
        let config = self.daemon.path("schemawarden.toml");
        run(schemawarden().args(["check", "--config"]).arg(config))
    }
}

fn config(daemon: &Daemon, database: &Database, application: &Application, hash: &str, wish: &Wish) -> String {
    let Wish { target, backup, tables, top, degrade, lease, state, login, .. } = wish;
    let folder = daemon.path("backups");
    std::fs::create_dir_all(&folder).unwrap();
    let backup = backup.clone().unwrap_or_else(|| format!("folder = '{}'", folder.display()));
    let degrade = degrade.as_deref().unwrap_or(DEGRADE);
    let lease = lease.map(|lease| format!("lease = '{lease}'")).unwrap_or_default();
    let state = state.as_deref().unwrap_or("path = 'state.db'");
    let mut url = url::Url::parse(&database.url()).unwrap();
    if let Some((role, password)) = login {
        url.set_username(role).unwrap();
        url.set_password(Some(password)).unwrap();
    }
    let scratch = scratch_server().url("postgres");
    format!(
        "[state]
         {state}
         [scratch]
         url = '{}'
         [[token]]
         name = 'alice'
         sha256 = '{hash}'
         scopes = ['apply']
         {top}
         [[target]]
         name = 'community'
         url = '{url}'
         expected = 'expected.sql'
         schedule = '* * * * * *'
         jitter = '0s'
         {target}
         [target.degrade]
         {degrade}
         {lease}
         [target.backup]
         {backup}
         [target.smoke]
         health = '{{base}}/health'
         within = '5s'
         [[target.smoke.request]]
         name = 'a post is read'
         url = '{{base}}/posts/2'
         json = {{ path = '$.id', value = 2 }}
         {tables}",
        scratch.expose_secret(),
    )
    .replace("{base}", &application.url(""))
}

/// A token with every scope, and its hash.
pub fn new_token(name: &str) -> (String, String) {
    let answer = run(schemawarden().args(["token", "new", "--name", name, "--scope", "apply"]));
    let token = answer.out.trim().to_owned();
    let hash = format!("{:x}", sha2::Sha256::digest(&token));
    (token, hash)
}

/// Status and body.
pub async fn ask(
    url: &str,
    method: &str,
    token: Option<&str>,
    headers: &[(&str, &str)],
    body: Option<Value>,
) -> (u16, Value) {
    schemawarden::effects::web::install_crypto();
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().unwrap();
    let mut request = client.request(method.parse().unwrap(), url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let Ok(answer) = request.send().await else { return (0, Value::Null) };
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap_or_default()).unwrap_or_default())
}

/// Blocks the plan in the middle, as long as the connection exists.
pub async fn holder(source: &Source) -> PgConnection {
    let mut holder = open(source, source.options()).await.unwrap();
    sqlx::raw_sql("begin; lock table scores in access share mode").execute(&mut holder).await.unwrap();
    holder
}

/// The completed phases with their outcomes.
pub fn phases(journal: &[Value]) -> Vec<String> {
    let ended = journal.iter().filter(|entry| entry["entry"] == "ended");
    ended.map(|entry| format!("{} {}", entry["phase"].as_str().unwrap(), entry["outcome"].as_str().unwrap())).collect()
}

/// The detail of a phase's outcome.
pub fn said(journal: &[Value], phase: &str) -> String {
    let ended = journal.iter().rev().find(|entry| entry["entry"] == "ended" && entry["phase"] == phase);
    ended.map(|entry| entry["detail"].as_str().unwrap().to_owned()).unwrap_or_default()
}

/// Schema and rows are the same.
pub fn is_the_same(was: &Database, is: &Database) {
    let sides = [was, is].map(|database| Side::of(&database.url()));
    assert_eq!(judge::difference(&sides[0], &sides[1]), None);
    let rows = |database: &Database| {
        let tables = psql(
            &database.name,
            "select string_agg(format('select %L, count(*), sum(hashtext(r::text)::bigint) from %s r', oid::regclass, \
             oid::regclass), ' union all ' order by oid::regclass::text) from pg_class where relkind = 'r' and \
             relnamespace = 'public'::regnamespace",
        );
        psql(&database.name, &tables)
    };
    assert_eq!(rows(was), rows(is));
}
