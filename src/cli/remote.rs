//! Commands to a running daemon: beginning a remediation, following it, taking it back, approving a plan, and reading
//! the audit log.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use reqwest::{Client, Method};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::Outcome;
use super::arguments::{ApproveArguments, AuditArguments, RemediateArguments, RollbackArguments, ServerArguments};
use crate::effect::notify::install_crypto;
use crate::name::{one_line, printable};
use crate::plan::Hazard;

const LIMIT: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_secs(1);
/// How often in a row a daemon that is being followed may not answer.
const PATIENCE: u32 = 60;

/// A daemon, and who asks it.
struct Server {
    base: Url,
    token: Option<SecretString>,
    client: Client,
}

impl Server {
    fn new(arguments: &ServerArguments) -> anyhow::Result<Self> {
        install_crypto();
        let token = match &arguments.token_file {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                Some(text.trim().to_owned().into())
            }
            None => std::env::var(TOKEN).ok().map(SecretString::from),
        };
        let client = Client::builder().timeout(LIMIT).build()?;
        Ok(Self { base: arguments.server.clone(), token, client })
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        // Below the base's own path: a proxy may have put it anywhere.
        let base = self.base.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}{path}")).with_context(|| format!("{path} is no path"))?;
        let mut request = self.client.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer =
            request.send().await.map_err(|error| anyhow!("no answer from {}: {}", self.base, error.without_url()))?;
        let status = answer.status();
        let text = answer.text().await.context("the answer broke off")?;
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(value);
        }
        let detail =
            field(&value, "detail").as_str().unwrap_or("this is no Schemawarden, or something stands before it");
        bail!("{} ({status})", printable(detail))
    }
}

/// Where the token is, if not in a file.
const TOKEN: &str = "SCHEMAWARDEN_TOKEN";

pub(super) async fn remediate(arguments: &RemediateArguments) -> anyhow::Result<Outcome> {
    let server = Server::new(&arguments.server)?;
    let allow: BTreeSet<Hazard> = arguments.allow.iter().copied().collect();
    let body = json!({ "plan": arguments.plan, "reason": arguments.reason, "allow": allow });
    let path = format!("/api/v1/targets/{}/remediations", arguments.target);
    begin(&server, &path, &body, arguments.follow).await
}

pub(super) async fn rollback(arguments: &RollbackArguments) -> anyhow::Result<Outcome> {
    let server = Server::new(&arguments.server)?;
    let body = json!({ "reason": arguments.reason, "from_backup": arguments.from_backup });
    let path = format!("/api/v1/remediations/{}/rollback", arguments.remediation);
    begin(&server, &path, &body, arguments.follow).await
}

pub(super) async fn approve(arguments: &ApproveArguments) -> anyhow::Result<Outcome> {
    let server = Server::new(&arguments.server)?;
    let path = format!("/api/v1/targets/{}/approvals", arguments.target);
    let said = server.ask(Method::POST, &path, &[], Some(&json!({ "plan": arguments.plan }))).await?;
    writeln!(anstream::stdout(), "plan {} is approved until {}", arguments.plan, text(field(&said, "until")))?;
    Ok(Outcome::Well)
}

pub(super) async fn audit(arguments: &AuditArguments) -> anyhow::Result<Outcome> {
    let server = Server::new(&arguments.server)?;
    let log = server.ask(Method::GET, "/api/v1/audit", &[], None).await?;
    for record in field(&log, "records").as_array().into_iter().flatten().rev() {
        let said = |key: &str| text(field(record, key));
        let status = field(record, "status");
        writeln!(
            anstream::stdout(),
            "{} {} {} {} {status} {}",
            said("at"),
            said("who"),
            said("from"),
            said("what"),
            said("detail")
        )?;
    }
    Ok(Outcome::Well)
}

/// Begins it. A retry of a request that may have arrived begins no second one.
async fn begin(server: &Server, path: &str, body: &Value, follow: bool) -> anyhow::Result<Outcome> {
    let key = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
    let begun = server.ask(Method::POST, path, &[("idempotency-key", &key)], Some(body)).await?;
    let id = field(&begun, "id").as_str().context("the daemon did not say which remediation it has begun")?;
    writeln!(anstream::stdout(), "remediation {id}")?;
    if follow { follow_up(server, id).await } else { Ok(Outcome::Well) }
}

async fn follow_up(server: &Server, id: &str) -> anyhow::Result<Outcome> {
    let (mut after, mut silent) = (0, 0);
    loop {
        let path = format!("/api/v1/remediations/{id}/journal?after={after}");
        let entries = match server.ask(Method::GET, &path, &[], None).await {
            Ok(answer) => field(&answer, "entries").as_array().cloned().unwrap_or_default(),
            // It may be starting again; a remediation outlives that.
            Err(error) => {
                silent += 1;
                if silent > PATIENCE {
                    return Err(error.context(format!("remediation {id} goes on without being followed")));
                }
                tokio::time::sleep(POLL).await;
                continue;
            }
        };
        silent = 0;
        for entry in &entries {
            after = field(entry, "seq").as_u64().unwrap_or(after);
            if let Some(line) = line(entry) {
                writeln!(anstream::stdout(), "{}  {line}", text(field(entry, "at")))?;
            }
            if field(entry, "entry") == "closed" {
                return Ok(if field(entry, "end") == "done" { Outcome::Well } else { Outcome::Open });
            }
        }
        tokio::time::sleep(POLL).await;
    }
}

/// An entry of the journal, for people. `None`: it says nothing that they need.
fn line(entry: &Value) -> Option<String> {
    let said = |key: &str| text(field(entry, key));
    match field(entry, "entry").as_str()? {
        "begun" => Some(said("phase")),
        "ended" => Some(format!("{} {}: {}", said("phase"), said("outcome"), said("detail"))),
        "step" => {
            let place = format!("  {}/{} {}", field(entry, "number"), field(entry, "of"), said("action"));
            match field(entry, "step").as_str()? {
                "done" => Some(place),
                "waiting" => Some(format!("{place}: waits for {}", one_line(&field(entry, "blockers").to_string()))),
                "retrying" => Some(format!("{place}: again, {}", said("reason"))),
                _ => None,
            }
        }
        "cancel_wanted" => Some(format!("{} wants it to stop", said("by"))),
        "closed" => Some(format!("ended: {}", said("end"))),
        _ => None,
    }
}

fn text(value: &Value) -> String {
    one_line(value.as_str().unwrap_or_default()).into_owned()
}

/// Null where there is none.
fn field<'a>(value: &'a Value, key: &str) -> &'a Value {
    value.get(key).unwrap_or(&Value::Null)
}
