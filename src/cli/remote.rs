//! Commands to a running daemon: starting, cancelling, rolling back and resolving a remediation, approving a plan, and
//! reading the audit log.

mod follow;
mod server;

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::Context;
use serde_json::{Value, json};

use super::arguments::{
    ApproveArguments, AuditArguments, BeginArguments, CancelArguments, RemediateArguments, ResolveArguments,
    RollbackArguments,
};
use super::{Outcome, terminal};
use crate::domain::name::one_line;
use crate::domain::plan::Hazard;
use server::Server;

pub(super) async fn remediate(arguments: &RemediateArguments) -> anyhow::Result<Outcome> {
    let RemediateArguments { begin: how, target, plan, allow } = arguments;
    let allow: BTreeSet<Hazard> = allow.iter().copied().collect();
    let body = json!({ "plan": plan, "reason": how.reason, "allow": allow });
    begin(how, &["targets", target, "remediations"], &body).await
}

pub(super) async fn rollback(arguments: &RollbackArguments) -> anyhow::Result<Outcome> {
    let RollbackArguments { begin: how, remediation, from_backup, allow } = arguments;
    let mut body = json!({ "reason": how.reason, "from_backup": from_backup });
    // A daemon of an earlier version refuses this unknown key.
    if let (false, Value::Object(body)) = (allow.is_empty(), &mut body) {
        body.insert("allow".into(), json!(allow.iter().copied().collect::<BTreeSet<Hazard>>()));
    }
    begin(how, &["remediations", remediation, "rollback"], &body).await
}

pub(super) async fn resolve(arguments: &ResolveArguments) -> anyhow::Result<Outcome> {
    let ResolveArguments { begin: how, remediation } = arguments;
    begin(how, &["remediations", remediation, "resolve"], &json!({ "reason": how.reason })).await
}

pub(super) async fn cancel(arguments: &CancelArguments) -> anyhow::Result<Outcome> {
    let CancelArguments { server, remediation } = arguments;
    Server::new(server)?.post(&["remediations", remediation, "cancel"], None).await?;
    writeln!(terminal::stdout(), "remediation {remediation} stops, and takes back what it has done")?;
    Ok(Outcome::Well)
}

pub(super) async fn approve(arguments: &ApproveArguments) -> anyhow::Result<Outcome> {
    let ApproveArguments { server, target, plan } = arguments;
    let approval = Server::new(server)?.post(&["targets", target, "approvals"], Some(&json!({ "plan": plan }))).await?;
    let (by, until) = (text(&approval, "by"), text(&approval, "until"));
    writeln!(terminal::stdout(), "{by} approves of plan {plan}: somebody else may carry it out until {until}")?;
    Ok(Outcome::Well)
}

/// The earliest first, as in a log.
pub(super) async fn audit(arguments: &AuditArguments) -> anyhow::Result<Outcome> {
    let before: Vec<_> = arguments.before.map(|number| ("before", number.to_string())).into_iter().collect();
    let log = Server::new(&arguments.server)?.get(&["audit"], &before).await?;
    let mut out = terminal::stdout();
    for record in log.get("records").and_then(Value::as_array).into_iter().flatten().rev() {
        let number = |key| record.get(key).and_then(Value::as_i64).unwrap_or_default();
        let [at, who, from, what, detail] = ["at", "who", "from", "what", "detail"].map(|key| text(record, key));
        writeln!(out, "{} {at} {who} {from} {what} {} {detail}", number("id"), number("status"))?;
    }
    Ok(Outcome::Well)
}

async fn begin(how: &BeginArguments, path: &[&str], body: &Value) -> anyhow::Result<Outcome> {
    let server = Server::new(&how.server)?;
    let begun = server.post_once(path, body).await?;
    let id =
        begun.get("id").and_then(Value::as_str).context("the daemon did not say which remediation it has begun")?;
    writeln!(terminal::stdout(), "remediation {id}")?;
    if how.follow { follow::follow(&server, id).await } else { Ok(Outcome::Well) }
}

fn text(value: &Value, key: &str) -> String {
    one_line(value.get(key).and_then(Value::as_str).unwrap_or_default()).into_owned()
}
