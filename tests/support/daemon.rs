//! The daemon as a process of its own, with its configuration and its state in a folder of the test.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::{Program, eventually, file, free_port, http};

/// The program that is tested, without what the environment of the tests might tell it.
pub fn schemawarden() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_schemawarden"));
    for variable in ["DATABASE_URL", "SCHEMAWARDEN_FIX_URL", "RUST_LOG", "CLICOLOR_FORCE", "PGPASSWORD"] {
        command.env_remove(variable);
    }
    command.env("XDG_STATE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/state"));
    command.env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    command
}

pub struct Daemon {
    /// Before the folder: fields are dropped in their order.
    program: Option<Program>,
    folder: TempDir,
    pub port: u16,
    environment: Vec<(&'static str, String)>,
}

impl Daemon {
    /// Starts it on `config`, which says nothing of `[server]`. `expected.sql` beside it is the community's.
    pub async fn start(config: &str) -> Self {
        Self::prepared(|daemon| daemon.configure(config), &[]).await
    }

    /// Starts it when `prepare` has written its files.
    pub async fn prepared(prepare: impl FnOnce(&Self), environment: &[(&'static str, String)]) -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let mut daemon = Self { folder, port, program: None, environment: environment.to_vec() };
        std::fs::copy(file("sql/community/expected.sql"), daemon.path("expected.sql")).unwrap();
        prepare(&daemon);
        daemon.launch().await;
        daemon
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Writes a configuration, to be taken up by a start or a reload.
    pub fn configure(&self, config: &str) {
        self.write("schemawarden.toml", &format!("[server]\nlisten = \"127.0.0.1:{}\"\n{config}", self.port));
    }

    /// Starts the process and waits until it answers.
    pub async fn launch(&mut self) {
        let mut command = schemawarden();
        command.arg("serve").arg("--config").arg(self.path("schemawarden.toml"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        self.program = Some(Program::start(command, &self.path("daemon.log")));
        eventually("the daemon answers", async || self.get("/-/healthy").await.filter(|(status, _)| *status == 200))
            .await;
    }

    pub fn program(&self) -> &Program {
        self.program.as_ref().unwrap()
    }

    pub fn log(&self) -> String {
        self.program().output()
    }

    /// Asks it to stop. Gives the exit status, and how long it took.
    pub async fn stop(&mut self) -> (ExitStatus, Duration) {
        let mut program = self.program.take().unwrap();
        program.signal("TERM");
        program.ended().await
    }

    /// As after a crash.
    pub fn kill(&mut self) {
        self.program = None;
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub async fn get(&self, path: &str) -> Option<(u16, String)> {
        http::get(&self.url(path)).await
    }

    pub async fn post(&self, path: &str) -> (u16, String) {
        http::post(&self.url(path)).await.expect("the daemon answers")
    }

    /// With a token.
    pub async fn post_as(&self, path: &str, token: &str) -> (u16, String) {
        http::post_as(&self.url(path), token).await.expect("the daemon answers")
    }

    pub async fn text(&self, path: &str) -> String {
        self.get(path).await.expect("the daemon answers").1
    }

    pub async fn target(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(&format!("/api/v1/targets/{name}")).await).unwrap()
    }

    /// The target, once it is as wanted.
    pub async fn until(&self, name: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let seen = eventually(what, async || {
            last = self.target(name).await;
            wanted(&last).then(|| last.clone())
        });
        seen.await
    }

    /// What is known once a check that an operator asks for is over. The first one to end may have been under way
    /// already, so the second one is waited for.
    pub async fn check(&self, name: &str) -> Value {
        let before = self.target(name).await["runs"].as_u64().unwrap();
        assert_eq!(self.post(&format!("/api/v1/targets/{name}/checks")).await.0, 202);
        self.until(name, "the check is done", |target| target["runs"].as_u64() > Some(before + 1)).await
    }

    pub async fn metrics(&self) -> String {
        self.text("/metrics").await
    }

    pub async fn metric(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        metric(&self.metrics().await, name, labels)
    }
}

/// The sum of the samples of a metric that have these labels; `None` where there is none.
pub fn metric(page: &str, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let samples = page.lines().filter_map(|line| line.strip_prefix(name)).filter(|rest| rest.starts_with(['{', ' ']));
    let wanted = samples.filter(|rest| labels.iter().all(|(key, value)| rest.contains(&format!("{key}=\"{value}\""))));
    let values = wanted.map(|rest| rest.rsplit(' ').next().unwrap().parse::<f64>().unwrap());
    values.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
}

/// A shipped text with some of it replaced. All of it must be there.
pub fn adapted(path: &Path, replacements: &[(&str, &str)]) -> String {
    let mut text = std::fs::read_to_string(path).unwrap();
    for (old, new) in replacements {
        assert!(text.contains(old), "{} has no {old}", path.display());
        text = text.replace(old, new);
    }
    text
}
