//! Real commands, and small real applications. The database's switch is tested in `tests/degrade.rs`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::*;
use crate::effects::field::Field;
use crate::effects::web::Request;
use crate::fixture::served::{Served, local};

const SOON: Duration = Duration::from_secs(10);

/// The message, checked for secrets, like `Debug`.
fn shown(switch: &Switch, error: &DegradeError) -> String {
    let everything = format!("{switch:?} {error:?} {error}");
    assert!(!everything.contains("s3cret") && !everything.contains("hunter2"), "{everything}");
    crate::domain::confidential::full(&error.to_string()).into_owned()
}

async fn not_confirmed(switch: &Switch, degraded: bool, within: Duration) -> String {
    shown(switch, &switch.confirm(degraded, within).await.unwrap_err())
}

/// A shell script; `$0` is a folder for its files, and its argument a secret.
fn shell(folder: &Path, script: &str) -> Vec<String> {
    ["sh", "-c", script, folder.to_str().unwrap(), "s3cret"].map(str::to_owned).to_vec()
}

fn commands(folder: &Path, enter: &str, leave: &str, status: &str) -> Switch {
    let shell = |script| shell(folder, script);
    let timeout = Duration::from_secs(5);
    Switch::Command(CommandSwitch { enter: shell(enter), leave: shell(leave), status: shell(status), timeout })
}

#[test]
fn a_mark_identifies_a_switch_across_versions() {
    let argv = |word: &str| vec![word.to_owned()];
    let command = |leave: &str, seconds| CommandSwitch {
        enter: argv("enter"),
        leave: argv(leave),
        status: argv("status"),
        timeout: Duration::from_secs(seconds),
    };
    let switch = Switch::Command(command("leave", 5));
    // State stores of earlier versions contain these texts.
    assert_eq!(switch.mark(), "1:4681d59e43c9203e57f8503574f5835503e42655aba4631269b077525b6fe127");
    let by_0_1_0 = "3d58db5df86399cca0f700f10755ba7218998d53a364bfebc5c4e44bc28a808c";
    assert!(switch.is_marked(&switch.mark()) && switch.is_marked(by_0_1_0));
    assert_eq!(Switch::Command(command("leave", 6)).mark(), switch.mark(), "how long it may take does not matter");
    for other in [Switch::Command(command("other", 5)), Switch::None] {
        assert!(!other.is_marked(&switch.mark()) && !other.is_marked(by_0_1_0));
    }
}

#[tokio::test]
async fn without_a_switch_the_application_is_never_degraded() {
    Switch::None.confirm(true, Duration::ZERO).await.unwrap();
    assert!(!Switch::None.is_degraded().await.unwrap());
}

#[tokio::test]
async fn commands_switch_and_are_read_back() {
    let folder = tempfile::tempdir().unwrap();
    // Takes a moment to take effect, and is called off by the command to leave.
    let enter = "touch $0/wanted; (sleep 0.3; mv $0/wanted $0/degraded) >/dev/null 2>&1 &";
    let switch = commands(folder.path(), enter, "rm -f $0/wanted $0/degraded", "test -e $0/degraded");
    assert!(!switch.is_degraded().await.unwrap());
    for degraded in [true, true, false, false] {
        switch.confirm(degraded, SOON).await.unwrap();
        assert_eq!(switch.is_degraded().await.unwrap(), degraded);
    }
}

#[tokio::test]
async fn a_command_that_fails_is_tried_again_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let once = "test -e $0/tried || { touch $0/tried; exit 3; }; touch $0/degraded";
    commands(path, once, "true", "test -e $0/degraded").confirm(true, SOON).await.unwrap();

    let count = "echo x >> $0/tries; echo noise; printf 'no route to\\n\\033[31mrailway' >&2; exit 4";
    let message = not_confirmed(&commands(path, count, "true", "true"), true, SOON).await;
    assert!(message.starts_with("`sh` ended with exit status: 4; it said: "), "{message}");
    assert!(message.contains("noise") && message.contains(r"no route to\n\u{1b}[31mrailway"), "{message}");
    assert_eq!(std::fs::read_to_string(path.join("tries")).unwrap().lines().count(), 3);

    let unclear = commands(path, "true", "true", "exit 2");
    let message = not_confirmed(&unclear, true, Duration::from_secs(1)).await;
    let last = "last: `sh` ended with exit status: 2, and said nothing";
    assert!(
        message.contains("asked to enter degraded mode, and did not confirm it within 1 s") && message.ends_with(last),
        "{message}"
    );
    // Like the shell when a script fails.
    let broken = commands(path, "true", "true", "echo no such service >&2; exit 1");
    let message = shown(&broken, &broken.is_degraded().await.unwrap_err());
    assert_eq!(message, "`sh` ended with exit status: 1; it said: no such service");
    let contrary = commands(path, "true", "true", "exit 0");
    let message = not_confirmed(&contrary, false, Duration::from_secs(1)).await;
    assert_eq!(message, "the application was asked to leave degraded mode, and did not confirm it within 1 s");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let missing = vec!["/nowhere/degrade".to_owned(), "s3cret".to_owned()];
    let switch = CommandSwitch { enter: missing, leave: Vec::new(), status: Vec::new(), timeout: SOON };
    let switch = Switch::Command(switch);
    let message = shown(&switch, &switch.set(true).await.unwrap_err());
    assert_eq!(message, "cannot run `/nowhere/degrade`: is it there, and executable?");
    assert_eq!(shown(&switch, &switch.set(false).await.unwrap_err()), "no command is given");
}

/// Waits until the process whose pid is in the file has ended.
async fn until_ended(file: &Path) {
    let pid = std::fs::read_to_string(file).unwrap();
    let stat = format!("/proc/{}/stat", pid.trim());
    let begun = Instant::now();
    // A zombie counts as ended.
    while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
        assert!(begun.elapsed() < Duration::from_mins(2), "{pid} still runs");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn until_there(file: &Path) {
    let begun = Instant::now();
    while !file.exists() {
        assert!(begun.elapsed() < Duration::from_mins(2));
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_command_that_hangs_ends_with_all_that_it_has_started() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let hangs = "echo asking; sleep 600 & echo $! > $0/new; mv $0/new $0/pid; wait";
    let Switch::Command(mut switch) = commands(folder.path(), hangs, "true", "true") else { unreachable!() };
    switch.timeout = Duration::from_millis(700);
    let switch = Switch::Command(switch);
    let begun = Instant::now();
    let message = shown(&switch, &switch.set(true).await.unwrap_err());
    assert_eq!(message, "`sh` was still running after 0.7 s, and was killed; it said: asking");
    assert!(begun.elapsed() < Duration::from_mins(5), "{:?}", begun.elapsed());
    until_ended(&file).await;

    // The same if the caller stops waiting.
    std::fs::remove_file(&file).unwrap();
    let switch = commands(folder.path(), hangs, "true", "true");
    let task = tokio::spawn(async move { switch.set(true).await });
    until_there(&file).await;
    task.abort();
    until_ended(&file).await;
}

#[tokio::test]
async fn a_background_process_of_a_command_delays_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // Keeps the pipes open.
    let switch = commands(folder.path(), "sleep 600 & echo $! > $0/pid", "true", "true");
    let begun = Instant::now();
    switch.set(true).await.unwrap();
    assert!(begun.elapsed() < Duration::from_mins(5), "{:?}", begun.elapsed());
    let pid = std::fs::read_to_string(folder.path().join("pid")).unwrap();
    assert!(std::process::Command::new("kill").arg(pid.trim()).status().unwrap().success(), "it was left alone");
}

#[tokio::test]
async fn a_command_that_says_much_does_not_get_stuck() {
    let folder = tempfile::tempdir().unwrap();
    let much = "head -c 3000000 /dev/zero | tr '\\0' a; echo; echo the end >&2; exit 9";
    let switch = commands(folder.path(), much, "true", "true");
    let message = shown(&switch, &switch.set(true).await.unwrap_err());
    assert!(message.len() < 1_200 && message.contains("exit status: 9") && message.contains("aaa"), "{message}");
}

#[tokio::test]
async fn a_file_that_is_not_executable_is_reported() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let program = vec![file.path().to_str().unwrap().to_owned()];
    let switch = CommandSwitch { enter: program.clone(), leave: program.clone(), status: program, timeout: SOON };
    let error = Switch::Command(switch).is_degraded().await.unwrap_err();
    assert!(error.to_string().ends_with("is it there, and executable?"), "{error}");
}

/// An application with a switch; it refuses the first requests.
#[derive(Clone, Default)]
struct Application {
    degraded: Arc<Mutex<bool>>,
    refuses: Arc<Mutex<u32>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Application {
    fn router(&self) -> Router {
        let switch = async |State(app): State<Self>, headers: HeaderMap, body: String| {
            let token = headers.get("x-token").map(|token| token.to_str().unwrap().to_owned());
            app.asked.lock().unwrap().push(format!("{body} {}", token.unwrap_or_default()));
            let mut refuses = app.refuses.lock().unwrap();
            if *refuses > 0 {
                *refuses -= 1;
                return StatusCode::BAD_GATEWAY;
            }
            *app.degraded.lock().unwrap() = body == "on";
            StatusCode::NO_CONTENT
        };
        let status =
            async |State(app): State<Self>| Json(json!({ "mode": { "degraded": *app.degraded.lock().unwrap() } }));
        let silent = async || Json(json!({ "secret": "s3cret" }));
        Router::new()
            .route("/switch", post(switch))
            .route("/status", get(status))
            .route("/silent", get(silent))
            .with_state(self.clone())
    }
}

fn http_switch(served: &Served, status: &str) -> Switch {
    let request = |body: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("x-token", "s3cret".parse().unwrap());
        let get = Request::get(served.url("/switch?key=s3cret"), Duration::from_secs(3));
        Request { method: reqwest::Method::POST, headers, body: Some(body.to_owned().into()), ..get }
    };
    Switch::Http(Box::new(HttpSwitch {
        enter: request("on"),
        leave: request("off"),
        status: Request::get(served.url(status), Duration::from_secs(3)),
        degraded: Field::parse("$.mode.degraded", json!(true)).unwrap(),
    }))
}

#[tokio::test]
async fn requests_switch_and_are_read_back() {
    let application = Application::default();
    let served = Served::start(application.router()).await;
    let switch = http_switch(&served, "/status");
    switch.confirm(true, SOON).await.unwrap();
    assert!(switch.is_degraded().await.unwrap());
    // A transient error is retried.
    *application.refuses.lock().unwrap() = 2;
    switch.confirm(false, SOON).await.unwrap();
    assert!(!switch.is_degraded().await.unwrap());
    let asked = application.asked.lock().unwrap().clone();
    assert_eq!(asked, ["on s3cret", "off s3cret", "off s3cret", "off s3cret"]);
}

#[tokio::test]
async fn an_application_without_an_answer_is_not_reported_as_degraded() {
    let application = Application::default();
    let served = Served::start(application.router()).await;
    let port = served.port;
    let message = not_confirmed(&http_switch(&served, "/silent"), true, Duration::from_secs(1)).await;
    let last = format!(
        "last: GET http://127.0.0.1:{port}/silent answered, and does not say whether the application is degraded: \
         $.mode.degraded leads to 0 values where one is expected"
    );
    assert!(message.ends_with(&last), "{message}");
    let message = not_confirmed(&http_switch(&served, "/nowhere"), true, Duration::from_secs(1)).await;
    assert!(message.ends_with(&format!("GET http://127.0.0.1:{port}/nowhere answered 404 Not Found")), "{message}");

    *application.refuses.lock().unwrap() = 99;
    let message = not_confirmed(&http_switch(&served, "/status"), true, SOON).await;
    assert_eq!(message, format!("POST http://127.0.0.1:{port}/switch answered 502 Bad Gateway"));
    drop(served);
    let closed = Served::start(Router::new()).await;
    let switch = http_switch(&closed, "/status");
    drop(closed);
    let message = not_confirmed(&switch, true, Duration::from_secs(1)).await;
    assert!(
        message.contains("no answer from the application within 1 s when it was asked to enter degraded mode"),
        "{message}"
    );
}

/// The used part of Railway's API: variables by project, environment and service.
#[derive(Clone, Default)]
struct Railway {
    variables: Arc<Mutex<serde_json::Map<String, Value>>>,
    writes: Arc<Mutex<u32>>,
}

impl Railway {
    fn answer(&self, headers: &HeaderMap, body: &Value) -> Json<Value> {
        if headers.get("authorization").is_none_or(|token| token != "Bearer s3cret") {
            // With status 200, as the real one does.
            return Json(json!({ "errors": [{ "message": "Not Authorized" }], "data": null }));
        }
        let query = body["query"].as_str().unwrap();
        let service = |given: &Value| {
            let given = ["projectId", "environmentId", "serviceId"].map(|key| given[key].as_str().unwrap().to_owned());
            assert_eq!(given, ["p", "e", "s"]);
        };
        let mut variables = self.variables.lock().unwrap();
        if query.starts_with("mutation") {
            let input = &body["variables"]["input"];
            service(input);
            variables.insert(input["name"].as_str().unwrap().to_owned(), input["value"].clone());
            *self.writes.lock().unwrap() += 1;
            return Json(json!({ "data": { "variableUpsert": true } }));
        }
        service(&body["variables"]);
        Json(json!({ "data": { "variables": *variables } }))
    }

    async fn serve(&self) -> Served {
        self.variables.lock().unwrap().insert("DATABASE_URL".into(), "hunter2".into());
        let railway = self.clone();
        let answer = async move |headers: HeaderMap, Json(body): Json<Value>| railway.answer(&headers, &body);
        Served::start(Router::new().route("/graphql/v2", post(answer))).await
    }
}

fn railway_switch(port: u16, token: &str) -> Switch {
    Switch::Railway(RailwaySwitch {
        endpoint: local(port, "/graphql/v2").as_str().replace("warden:hunter2@", "").parse().unwrap(),
        token: token.to_owned().into(),
        project: "p".into(),
        environment: "e".into(),
        service: "s".into(),
        variable: "DEGRADED_MODE".into(),
        on: "1".into(),
        off: "0".into(),
    })
}

#[tokio::test]
async fn a_variable_on_railway_switches_and_is_read_back() {
    let railway = Railway::default();
    let served = railway.serve().await;
    let switch = railway_switch(served.port, "s3cret");
    let writes = || *railway.writes.lock().unwrap();
    // A missing variable means the same as `off`.
    switch.confirm(false, SOON).await.unwrap();
    assert_eq!(writes(), 0);
    for (degraded, written) in [(true, 1), (true, 1), (false, 2), (false, 2)] {
        switch.confirm(degraded, SOON).await.unwrap();
        assert_eq!((switch.is_degraded().await.unwrap(), writes()), (degraded, written));
    }
    assert_eq!(railway.variables.lock().unwrap()["DEGRADED_MODE"], "0");
    assert_eq!(railway.variables.lock().unwrap()["DATABASE_URL"], "hunter2");

    railway.variables.lock().unwrap().insert("DEGRADED_MODE".into(), "hunter2".into());
    let message = shown(&switch, &switch.is_degraded().await.unwrap_err());
    assert!(message.starts_with("the variable DEGRADED_MODE has a value"), "{message}");
    switch.confirm(true, SOON).await.unwrap();
}

#[tokio::test]
async fn a_refusal_of_railway_is_reported_without_the_token() {
    let served = Railway::default().serve().await;
    let wrong = railway_switch(served.port, "wrong s3cret");
    let message = not_confirmed(&wrong, true, SOON).await;
    assert_eq!(message, "Railway answered 200 OK: Not Authorized; may the token change this project?");
    let broken = railway_switch(served.port, "s3cret\n");
    assert!(shown(&broken, &broken.set(true).await.unwrap_err()).contains("no header may hold"));

    let router = Router::new().route("/graphql/v2", post(async || (StatusCode::BAD_GATEWAY, "<html>s3cret</html>")));
    let served = Served::start(router).await;
    let down = railway_switch(served.port, "s3cret");
    let message = shown(&down, &down.is_degraded().await.unwrap_err());
    assert_eq!(message, "Railway answered 502 Bad Gateway; may the token change this project?");
}
