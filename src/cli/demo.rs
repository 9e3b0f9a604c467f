//! `schemawarden demo`: a living daemon that has found everything wrong with an outdated community database, on a
//! throwaway PostgreSQL. Nothing of it stays behind.

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::Context;
use secrecy::ExposeSecret;
use sqlx::Connection;

use super::arguments::DemoArguments;
use super::{Outcome, serve};
use crate::config::Config;
use crate::pg::connect::open;
use crate::pg::server::{ServerOptions, ThrowawayServer};
use crate::telemetry;

const DATABASE: &str = "community";

pub(super) async fn run(arguments: &DemoArguments) -> anyhow::Result<Outcome> {
    say("starting a throwaway PostgreSQL …")?;
    let server = ThrowawayServer::start(&ServerOptions { tcp: true, ..ServerOptions::default() }).await?;
    say("loading the outdated community database …")?;
    load(&server).await.context("the outdated database could not be loaded")?;
    let folder = tempfile::Builder::new().prefix("schemawarden-demo-").tempdir()?;
    let listen = free_port(&arguments.listen)?;
    let path = write_config(folder.path(), &listen, &server)?;
    let config = Config::load(&path)?;
    telemetry::init(&config.log)?;
    say(&instructions(&listen, &path, &server))?;
    let outcome = serve::daemon(config).await;
    say("cleaning up …")?;
    server.stop().await?;
    folder.close()?;
    outcome?;
    Ok(Outcome::Well)
}

fn say(text: &str) -> std::io::Result<()> {
    writeln!(anstream::stdout(), "{text}")
}

/// The port of `listen` where it has one; port 0 becomes a free one, because links have to name it.
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
    session.close().await?;
    Ok(())
}

/// The shipped configuration's target, checked every ten seconds.
fn write_config(folder: &Path, listen: &str, server: &ThrowawayServer) -> anyhow::Result<std::path::PathBuf> {
    std::fs::write(folder.join("expected.sql"), include_str!("../../sql/community/expected.sql"))?;
    let secret = folder.join("database-url");
    std::fs::write(&secret, server.url(DATABASE).expose_secret())?;
    std::fs::set_permissions(&secret, Permissions::from_mode(0o600))?;
    let path = folder.join("schemawarden.toml");
    let bin_dir = server.bin_dir().display();
    std::fs::write(
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
[scratch]
bin_dir = "{bin_dir}"
[[target]]
name = "community"
url_file = "database-url"
expected = "expected.sql"
schedule = "*/10 * * * * *"
jitter = "0s"
[[target.invariant]]
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

fn instructions(listen: &str, config: &Path, server: &ThrowawayServer) -> String {
    let url = server.url(DATABASE);
    let (url, config) = (url.expose_secret(), config.display());
    // Whoever came by `make demo` has not installed it.
    let program = std::env::current_exe().map_or("schemawarden".into(), |path| path.display().to_string());
    format!(
        "
The daemon watches the community database every 10 seconds.

  Open    http://{listen}/                                  the page
          http://{listen}/metrics                           what Prometheus scrapes
          http://{listen}/api/v1/targets/community/drift    what drifted, as JSON

  Try     {program} check --config {config}
          psql {url}
              delete from posts where id = (select post_id from post_reactions limit 1);   -- fails: the mission
              alter table users add challenge_penalty_until timestamptz;                   -- one drift less
          curl -X POST http://{listen}/api/v1/targets/community/checks                      check now

  Ctrl-C ends it, and leaves nothing behind.
"
    )
}
