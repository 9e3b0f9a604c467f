//! Prometheus and Alertmanager (Debian's packages `prometheus` and `prometheus-alertmanager`), on free ports.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::{Program, adapted, eventually, file, free_port, http};

pub struct Alertmanager {
    program: Option<Program>,
    folder: TempDir,
    pub port: u16,
}

impl Alertmanager {
    /// Not started yet.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), port: free_port(), program: None }
    }

    /// With the shipped configuration as it is.
    pub async fn start(&mut self) {
        let mut command = Command::new("prometheus-alertmanager");
        command
            .arg(format!("--config.file={}", file("config/alertmanager.yml").display()))
            .arg(format!("--storage.path={}", self.folder.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{}", self.port))
            .arg("--cluster.listen-address=");
        self.program = Some(Program::start(command, &self.folder.path().join("log")));
        eventually("Alertmanager answers", async || self.get().await).await;
    }

    /// Ends it, with all that it knows.
    pub fn kill(&mut self) {
        self.program = None;
        let _ = std::fs::remove_dir_all(self.folder.path().join("data"));
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    async fn get(&self) -> Option<Vec<Value>> {
        let (status, text) = http::get(&format!("{}/api/v2/alerts", self.url())).await?;
        (status == 200).then(|| serde_json::from_str(&text).unwrap())
    }

    /// The alerts that have not been resolved, silenced and inhibited ones included.
    pub async fn alerts(&self) -> Vec<Value> {
        self.get().await.expect("Alertmanager answers")
    }

    /// All that it still knows, with their states.
    pub async fn silences(&self) -> Vec<Value> {
        let (status, text) = http::get(&format!("{}/api/v2/silences", self.url())).await.expect("Alertmanager answers");
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Waits until the active alerts are as wanted.
    pub async fn until(&self, what: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let seen = eventually(what, async || {
            let alerts = self.alerts().await;
            wanted(&alerts).then_some(alerts)
        });
        seen.await
    }
}

/// The alerts that have all of these labels; a label given as empty must be missing.
pub fn having<'a>(alerts: &'a [Value], labels: &[(&str, &str)]) -> Vec<&'a Value> {
    let has = |alert: &Value| {
        labels.iter().all(|(name, value)| alert["labels"].get(name).and_then(Value::as_str).unwrap_or("") == *value)
    };
    alerts.iter().filter(|alert| has(alert)).collect()
}

pub struct Prometheus {
    _program: Program,
    _folder: TempDir,
    port: u16,
}

impl Prometheus {
    /// With the shipped configuration and rules, adapted in this: the ports; every second instead of every 15;
    /// `for: 1s` in all rules; and a label that tells its alerts from those that the daemon pushes.
    pub async fn start(daemon: u16, alertmanager: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let config = adapted(
            &file("config/prometheus.yml"),
            &[
                ("scrape_interval: 15s", "scrape_interval: 1s"),
                ("evaluation_interval: 15s", "evaluation_interval: 1s\n  external_labels: {via: prometheus}"),
                ("127.0.0.1:9847", &format!("127.0.0.1:{daemon}")),
                ("127.0.0.1:9093", &format!("127.0.0.1:{alertmanager}")),
            ],
        );
        std::fs::write(path("prometheus.yml"), config).unwrap();
        std::fs::create_dir(path("rules")).unwrap();
        let waits = [("for: 1m", "for: 1s"), ("for: 2m", "for: 1s"), ("for: 5m", "for: 1s")];
        let rules = adapted(&file("config/rules/schemawarden.yml"), &waits);
        std::fs::write(path("rules/schemawarden.yml"), rules).unwrap();

        let port = free_port();
        let mut command = Command::new("prometheus");
        command
            .arg(format!("--config.file={}", path("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", path("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"));
        let program = Program::start(command, &path("log"));
        let prometheus = Self { port, _program: program, _folder: folder };
        let ready = format!("http://127.0.0.1:{port}/-/ready");
        eventually("Prometheus is ready", async || http::get(&ready).await.filter(|(status, _)| *status == 200)).await;
        prometheus
    }

    /// What an instant query gives, now.
    pub async fn query(&self, expression: &str) -> Vec<Value> {
        let mut url = url::Url::parse(&format!("http://127.0.0.1:{}/api/v1/query", self.port)).unwrap();
        url.query_pairs_mut().append_pair("query", expression);
        let (status, text) = http::get(url.as_str()).await.expect("Prometheus answers");
        assert_eq!(status, 200, "{expression}: {text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        answer["data"]["result"].as_array().unwrap().clone()
    }

    /// Waits until an expression has this one value.
    pub async fn until(&self, expression: &str, value: &str) {
        eventually(&format!("{expression} is {value}"), async || {
            let found = self.query(expression).await;
            (found.len() == 1 && found[0]["value"][1] == value).then_some(())
        })
        .await;
    }
}

/// The panels' queries of a shipped dashboard, with their panel's title.
pub fn queries(dashboard: &Path) -> Vec<(String, String)> {
    fn collect(panels: &Value, into: &mut Vec<(String, String)>) {
        for panel in panels.as_array().into_iter().flatten() {
            for target in panel["targets"].as_array().into_iter().flatten() {
                into.push((panel["title"].as_str().unwrap().into(), target["expr"].as_str().unwrap().into()));
            }
            collect(&panel["panels"], into);
        }
    }
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(dashboard).unwrap()).unwrap();
    let mut queries = Vec::new();
    collect(&dashboard["panels"], &mut queries);
    queries
}
