//! Running PostgreSQL's programs: with an environment of their own, what they complain of kept in bounds, and ended when
//! nobody waits for them any more.

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

/// How PostgreSQL shows our sessions.
const APPLICATION: &str = "schemawarden backup";

/// For a program to cancel its statement on the server, and to end.
const END_LIMIT: Duration = Duration::from_secs(3);

/// For the last words to arrive after a program has ended.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How much of a program's complaints is kept: lines, and bytes of one line.
const LINES: usize = 8;
const LINE: u64 = 600;

/// A program that runs, in a process group of its own. Dropping it ends it in the background.
#[derive(Debug)]
pub(super) struct Program {
    name: &'static str,
    child: Option<Child>,
    complaints: Option<JoinHandle<String>>,
}

/// What it writes, and what it may leave of its memory when it dies, is rows: for nobody else, whatever our umask is.
const PRIVATELY: &str = r#"umask 077; ulimit -c 0; exec "$0" "$@""#;

/// What makes a program cancel its statement on the server, and end. psql heeds another signal than the others.
fn polite(name: &str) -> Signal {
    if name == "psql" { Signal::INT } else { Signal::TERM }
}

impl Program {
    /// `source`: which database it is to log in to, if any.
    pub fn start(
        name: &'static str,
        path: &Path,
        arguments: &[String],
        source: Option<&Source>,
    ) -> Result<Self, BackupError> {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(PRIVATELY).arg(path);
        // Nothing of ours: neither secrets, nor variables and files that would lead it to another server.
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

    /// Waits for its end by itself, which must be a good one.
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
        let said = match self.complaints.take() {
            Some(mut complaints) => {
                let said = timeout(LAST_WORDS, &mut complaints).await.ok().and_then(Result::ok);
                complaints.abort();
                said.unwrap_or_default()
            }
            None => String::new(),
        };
        let said = if said.is_empty() { format!("it ended with {status} and no word") } else { said };
        Err(BackupError::Failed { program: self.name, said })
    }

    /// Ends it, if it still runs, and waits for that.
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

/// A program that is told to end cancels first what the server does for it.
async fn end(mut child: Child, polite: Signal) {
    signal(&child, polite);
    drop(child.stdin.take());
    if timeout(END_LIMIT, child.wait()).await.is_err() {
        signal(&child, Signal::KILL);
        let _ = child.wait().await;
    }
}

/// To all of its group. A child that was not waited for still has its number to itself.
fn signal(child: &Child, signal: Signal) {
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // It fails where all of them have ended already.
        let _ = kill_process_group(pid, signal);
    }
}

/// What it repeats of the server's words may hold a row's value.
fn confidential(text: &str) -> String {
    match text.split_once("ERROR:") {
        Some((before, words)) => format!("{before}{}", mark(&format!("ERROR:{words}"), "the server refused it")),
        None => text.to_owned(),
    }
}

/// The program's, or the server's: code of the application may raise so many that the error would have no place.
fn is_warning(text: &str) -> bool {
    ["warning: ", "WARNING:  ", "NOTICE:  ", "INFO:  "].iter().any(|level| text.starts_with(level))
}

/// The program's own lines, which begin with its name: those of the server that follow may repeat a row's values.
/// Reads on to the end, so that the program never waits for us.
async fn listen(name: &'static str, stderr: ChildStderr) -> String {
    let mut stderr = BufReader::new(stderr);
    let mut kept: Vec<String> = Vec::new();
    let (mut line, mut begins) = (Vec::new(), true);
    while let Ok(1..) = (&mut stderr).take(LINE).read_until(b'\n', &mut line).await {
        let text = String::from_utf8_lossy(&line);
        let own = text.strip_prefix(name).and_then(|rest| rest.strip_prefix(':')).map(str::trim);
        // psql says where in its input it is: that is no file that anybody could look at.
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
