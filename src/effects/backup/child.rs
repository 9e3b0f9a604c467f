//! Runs PostgreSQL's programs: with a clean environment, bounded error output, and an end when the caller stops
//! waiting.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::BackupError;
use crate::domain::confidential::mark;
use crate::pg::Source;

/// The `application_name` of these sessions.
const APPLICATION: &str = "schemawarden backup";

/// Time for a program to cancel its statement on the server and to exit.
const END_LIMIT: Duration = Duration::from_secs(3);

/// Time for the remaining output of a program that has exited.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Limits on the error output that is kept: lines, and bytes per line.
const LINES: usize = 8;
const LINE: u64 = 600;

/// A running program in its own process group. Dropping it ends it in the background.
#[derive(Debug)]
pub(super) struct Program {
    name: &'static str,
    child: Option<Child>,
    complaints: Option<JoinHandle<String>>,
}

/// Its output and a core dump would contain rows, so that other users must not read them, whatever the daemon's umask.
const PRIVATELY: &str = r#"umask 077; ulimit -c 0; exec "$0" "$@""#;

/// The signal that makes a program cancel its statement and exit. psql expects another signal than the others.
fn polite(name: &str) -> Signal {
    if name == "psql" { Signal::INT } else { Signal::TERM }
}

impl Program {
    /// `source`: the database it logs in to, if any.
    pub fn start(
        name: &'static str,
        path: &Path,
        arguments: &[String],
        source: Option<&Source>,
    ) -> Result<Self, BackupError> {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(PRIVATELY).arg(path);
        // The daemon's environment is not inherited: it may have secrets, and variables that lead to another server.
        command.args(arguments).env_clear().env("LC_ALL", "C").env("HOME", "/nonexistent");
        for kept in ["PATH", "LD_LIBRARY_PATH"] {
            command.envs(std::env::var_os(kept).map(|value| (kept, value)));
        }
        for (variable, value) in source.map(|source| source.environment(APPLICATION)).unwrap_or_default() {
            command.env(variable, value.expose_secret());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).current_dir("/").process_group(0);
        let mut child = command.spawn().map_err(|source| BackupError::Start { program: name, source })?;
        let complaints = child.stderr.take().map(|stderr| tokio::spawn(listen(name, stderr)));
        Ok(Self { name, child: Some(child), complaints })
    }

    pub fn output(&mut self) -> Option<ChildStdout> {
        self.child.as_mut()?.stdout.take()
    }

    pub fn input(&mut self) -> Option<ChildStdin> {
        self.child.as_mut()?.stdin.take()
    }

    /// Waits for the program's exit, which must be a success.
    pub async fn success(&mut self) -> Result<(), BackupError> {
        let failed = |source| BackupError::Start { program: self.name, source };
        let status = match &mut self.child {
            Some(child) => child.wait().await.map_err(failed)?,
            None => ExitStatus::default(),
        };
        self.child = None;
        if status.success() {
            return Ok(());
        }
        let reason = match self.complaints.take() {
            Some(mut complaints) => {
                let reason = timeout(LAST_WORDS, &mut complaints).await.ok().and_then(Result::ok);
                complaints.abort();
                reason.unwrap_or_default()
            }
            None => String::new(),
        };
        let reason = if reason.is_empty() { format!("it ended with {status} and no word") } else { reason };
        Err(BackupError::Failed { program: self.name, reason })
    }

    /// Ends the program if it still runs, and waits for its exit.
    pub async fn end(&mut self) {
        if let Some(child) = self.child.take() {
            end(child, polite(self.name)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let (Some(child), Ok(runtime)) = (self.child.take(), tokio::runtime::Handle::try_current()) else { return };
        signal(&child, polite(self.name));
        runtime.spawn(end(child, polite(self.name)));
    }
}

/// Sends the signal that lets the program cancel its statement first, then kills it.
async fn end(mut child: Child, polite: Signal) {
    signal(&child, polite);
    drop(child.stdin.take());
    if timeout(END_LIMIT, child.wait()).await.is_err() {
        signal(&child, Signal::KILL);
        let _ = child.wait().await;
    }
}

/// Signals the whole group. A child that was not waited for still owns its pid.
fn signal(child: &Child, signal: Signal) {
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // Fails if all of them have exited.
        let _ = kill_process_group(pid, signal);
    }
}

/// Removes values from the server's messages that a program repeats.
fn confidential(text: &str) -> String {
    match text.split_once("ERROR:") {
        Some((before, words)) => format!("{before}{}", mark(&format!("ERROR:{words}"), "the server refused it")),
        None => text.to_owned(),
    }
}

/// A warning of the program or of the server. They are left out: the application's code may raise so many that they
/// would displace the error.
fn is_warning(text: &str) -> bool {
    ["warning: ", "WARNING:  ", "NOTICE:  ", "INFO:  "].iter().any(|level| text.starts_with(level))
}

/// Keeps the program's own lines, which begin with its name: lines of the server that follow may repeat a row's values.
/// Reads to the end, so that the program never blocks on a full pipe.
async fn listen(name: &'static str, stderr: ChildStderr) -> String {
    let mut stderr = BufReader::new(stderr);
    let mut kept: Vec<String> = Vec::new();
    let (mut line, mut begins) = (Vec::new(), true);
    while let Ok(1..) = (&mut stderr).take(LINE).read_until(b'\n', &mut line).await {
        let text = String::from_utf8_lossy(&line);
        let own = text.strip_prefix(name).and_then(|rest| rest.strip_prefix(':')).map(str::trim);
        // psql prefixes the position in its input, which is not a file that the operator could read.
        let own =
            own.map(|text| text.strip_prefix("<stdin>:").and_then(|it| Some(it.split_once(": ")?.1)).unwrap_or(text));
        if let Some(text) = own.filter(|text| begins && kept.len() < LINES && !is_warning(text)) {
            kept.push(confidential(text.strip_prefix("error: ").unwrap_or(text)));
        }
        begins = line.ends_with(b"\n");
        line.clear();
    }
    kept.join("; ")
}
