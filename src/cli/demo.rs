//! `schemawarden demo`: a running daemon that has found everything wrong with an outdated community database, on a
//! throwaway PostgreSQL, and repairs it on command. Leaves nothing behind.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use sqlx::Connection;

use super::arguments::DemoArguments;
use super::{Outcome, serve, terminal};
use crate::daemon::config::{Config, token};
use crate::daemon::telemetry;
use crate::files;
use crate::pg::connect::open;
use crate::pg::scratch::server::{ServerOptions, ThrowawayServer};

const DATABASE: &str = "community";

/// The role of the community's application. The application does not exist, but its role can be degraded.
const APPLICATION: &str = "
create role community_app login;
grant select, insert, update, delete on all tables in schema public to community_app;
grant usage on all sequences in schema public to community_app";

/// Smoke tests for the repaired database.
const PROBES: [(&str, &str); 4] = [
    ("deleted_post_keeps_reactions", include_str!("../../sql/community/probes/deleted_post_keeps_reactions.sql")),
    ("idempotency_key_once", include_str!("../../sql/community/probes/idempotency_key_once.sql")),
    ("reacting", include_str!("../../sql/community/probes/reacting.sql")),
    ("score_with_duration", include_str!("../../sql/community/probes/score_with_duration.sql")),
];

pub(super) async fn run(arguments: &DemoArguments) -> anyhow::Result<Outcome> {
    say("starting a throwaway PostgreSQL …")?;
    let server = ThrowawayServer::start(&ServerOptions { tcp: true, ..ServerOptions::default() }).await?;
    say("loading the outdated community database …")?;
    load(&server).await.context("the outdated database could not be loaded")?;
    let folder = files::temporary_folder("schemawarden-demo-", &files::temporary_place())?;
    let listen = free_port(&arguments.listen)?;
    let (token, hash) = token::fresh().context("the system gives no random bytes")?;
    let path = write_config(folder.path(), &listen, &hash.to_string(), &server)?;
    let config = Config::load_to_serve(&path)?;
    telemetry::init(&config.log)?;
    say(&instructions(&listen, &path, &token, &server)?)?;
    let outcome = serve::daemon(config).await;
    say("cleaning up …")?;
    server.stop().await?;
    folder.close()?;
    outcome?;
    Ok(Outcome::Well)
}

fn say(text: &str) -> std::io::Result<()> {
    writeln!(terminal::stdout(), "{text}")
}

/// `listen` with its port; port 0 is replaced by a free one, because links contain it.
fn free_port(listen: &str) -> anyhow::Result<String> {
    if !listen.ends_with(":0") {
        return Ok(listen.to_owned());
    }
    Ok(std::net::TcpListener::bind(listen)
        .with_context(|| format!("{listen} is no address"))?
        .local_addr()?
        .to_string())
}

async fn load(server: &ThrowawayServer) -> anyhow::Result<()> {
    let admin = server.source("postgres");
    let mut session = open(&admin, admin.options()).await?;
    sqlx::raw_sql("create database community").execute(&mut session).await?;
    session.close().await?;
    let source = server.source(DATABASE);
    let mut session = open(&source, source.options()).await?;
    sqlx::raw_sql(include_str!("../../sql/community/outdated.sql")).execute(&mut session).await?;
    sqlx::raw_sql(APPLICATION).execute(&mut session).await?;
    session.close().await?;
    Ok(())
}

/// The shipped configuration's target, checked every ten seconds, with the settings of a remediation.
fn write_config(folder: &Path, listen: &str, token_hash: &str, server: &ThrowawayServer) -> anyhow::Result<PathBuf> {
    files::write(&folder.join("expected.sql"), include_str!("../../sql/community/expected.sql"))?;
    files::write(&folder.join("database-url"), server.url(DATABASE).expose_secret())?;
    files::create_folders(&folder.join("backups"))?;
    let mut probes = String::new();
    for (name, sql) in PROBES {
        files::write(&folder.join(format!("{name}.sql")), sql)?;
        probes.push_str(&format!("[[target.probe]]\nname = \"{name}\"\nfile = \"{name}.sql\"\n"));
    }
    let path = folder.join("schemawarden.toml");
    files::write(
        &path,
        format!(
            r#"[server]
listen = "{listen}"
# Nothing of the demo is worth a secret.
insecure = true
[state]
path = "state.db"
[log]
level = "warn"
[[token]]
name = "demo"
sha256 = "{token_hash}"
scopes = ["apply"]
[[target]]
name = "community"
url_file = "database-url"
expected = "expected.sql"
schedule = "*/10 * * * * *"
jitter = "0s"
# The reactions to posts that are gone: "refuse", the default, would leave them to a human, and block the plan.
orphans = "set_null"
[target.degrade]
kind = "database"
role = "community_app"
[target.backup]
folder = "backups"
{probes}[[target.invariant]]
name = "orphaned_reactions"
child = "public.post_reactions"
columns = ["post_id"]
parent = "public.posts"
parent_columns = ["id"]
[[target.invariant]]
name = "negative_balances"
sql = "select count(*) from public.users where credits < 0"
"#
        ),
    )?;
    Ok(path)
}

fn instructions(listen: &str, config: &Path, token: &SecretString, server: &ThrowawayServer) -> anyhow::Result<String> {
    let url = server.url(DATABASE);
    let (url, token, config) = (url.expose_secret(), token.expose_secret(), config.display());
    // `make demo` runs without an installation.
    let program = std::env::current_exe()?;
    let folder = program.parent().unwrap_or(Path::new(".")).display();
    Ok(format!(
        "
The daemon watches the community database every 10 seconds.

  Look    http://{listen}/                                  the page: what drifted, and the command that ends it
          http://{listen}/metrics                           what Prometheus scrapes
          http://{listen}/api/v1/targets/community/drift    what drifted, as JSON

  Apply   In another terminal, first this; the token is the demo's own, and the daemon knows only its hash:

export PATH=\"{folder}:$PATH\" SCHEMAWARDEN_SERVER=http://{listen} SCHEMAWARDEN_TOKEN={token}

          What is wrong, and what would be done; the second one names the plan's ID. They change nothing:

schemawarden check --config {config}
schemawarden plan --config {config}

          Do it: degrade, back up, apply, verify. Its first line names the remediation's ID:

schemawarden remediate --target community --plan ID --reason demo --follow

          What was done, and then back to what was there, rows too:

curl -sS http://{listen}/api/v1/remediations/ID/report.md
schemawarden rollback --remediation ID --from-backup --follow
schemawarden audit

  Play    psql {url}
              delete from posts where id = (select post_id from post_reactions limit 1);   -- fails until the plan is applied
              alter table users add challenge_penalty_until timestamptz;                   -- one drift less
          curl -X POST -H \"Authorization: Bearer $SCHEMAWARDEN_TOKEN\" http://{listen}/api/v1/targets/community/checks

  Ctrl-C ends it, and leaves nothing behind.
"
    ))
}
