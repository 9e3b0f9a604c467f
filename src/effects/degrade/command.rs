//! Degraded mode by commands of the operator's. They run in their own process group, which ends with the time that they
//! have, and in this process's environment, with nothing to read.
//!
//! Their arguments are never shown, for these may hold a token. What they print is: the end of it stands in the error.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::timeout;

use crate::domain::confidential::mark;
use crate::domain::name::one_line;

/// How much of what a command prints is kept, in bytes: the end says most.
const KEPT: usize = 1_000;
/// How long it is read on after the end of a command: what it has started may keep the pipe open for ever.
const REST: Duration = Duration::from_millis(200);

/// The commands, each a program and its arguments. All of them may be run repeatedly.
#[derive(Clone)]
pub struct CommandSwitch {
    pub enter: Vec<String>,
    pub leave: Vec<String>,
    /// Exit 0: degraded. 1, and nothing on standard error: not degraded. Else nobody knows: a script that fails exits
    /// with 1, too, and says why.
    pub status: Vec<String>,
    /// For each.
    pub timeout: Duration,
}

#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("no command is given")]
    Empty,
    #[error("cannot run `{program}`: is it there, and executable?")]
    Start { program: String, source: std::io::Error },
    #[error("cannot wait for `{program}`")]
    Wait { program: String, source: std::io::Error },
    #[error("`{program}` ended with {status}{said}")]
    Failed { program: String, status: ExitStatus, said: Said },
    #[error("`{program}` was still running after {} s, and was killed{said}", .limit.as_secs_f32())]
    Late { program: String, limit: Duration, said: Said },
}

/// The end of what a command has printed, on one line.
#[derive(Debug, PartialEq, Eq)]
pub struct Said(String);

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return f.write_str(", and said nothing");
        }
        // What the application's own programs print may hold anything.
        f.write_str(&mark(&format!("; it said: {}", self.0), "; what it said is for holders of a token"))
    }
}

impl CommandSwitch {
    pub(super) async fn set(&self, degraded: bool) -> Result<(), CommandError> {
        let command = if degraded { &self.enter } else { &self.leave };
        let ended = self.run(command).await?;
        if ended.status.success() { Ok(()) } else { Err(ended.failed(command)) }
    }

    pub(super) async fn is_degraded(&self) -> Result<bool, CommandError> {
        let ended = self.run(&self.status).await?;
        match ended.status.code() {
            Some(0) => Ok(true),
            Some(1) if !ended.complained => Ok(false),
            Some(_) | None => Err(ended.failed(&self.status)),
        }
    }

    async fn run(&self, command: &[String]) -> Result<Ended, CommandError> {
        let (program, arguments) = command.split_first().ok_or(CommandError::Empty)?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|source| CommandError::Start { program: program.clone(), source })?;
        // Should we be dropped, it is killed before its leader can be waited for: its number is still its own.
        let mut group = Group::of(&child);
        let mut output =
            Output { out: child.stdout.take(), err: child.stderr.take(), kept: Vec::new(), complained: false };
        let ending = async {
            loop {
                tokio::select! {
                    status = child.wait() => return status,
                    () = output.read(), if output.is_open() => {}
                }
            }
        };
        let ended = timeout(self.timeout, ending).await;
        if ended.is_err() {
            group.kill();
            let _ = timeout(REST, child.wait()).await;
        }
        group.forget();
        let _ = timeout(REST, output.read()).await;
        let said = output.said();
        match ended {
            Ok(Ok(status)) => Ok(Ended { status, complained: output.complained, said }),
            Ok(Err(source)) => Err(CommandError::Wait { program: program.clone(), source }),
            Err(_) => Err(CommandError::Late { program: program.clone(), limit: self.timeout, said }),
        }
    }
}

impl std::fmt::Debug for CommandSwitch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommandSwitch")
            .field("enter", &self.enter.first())
            .field("leave", &self.leave.first())
            .field("status", &self.status.first())
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// How a command has ended.
struct Ended {
    status: ExitStatus,
    /// It has written to standard error.
    complained: bool,
    said: Said,
}

impl Ended {
    fn failed(self, command: &[String]) -> CommandError {
        let Self { status, said, .. } = self;
        CommandError::Failed { program: command.first().cloned().unwrap_or_default(), status, said }
    }
}

/// A process group that is killed when this is dropped.
struct Group(Option<Pid>);

impl Group {
    /// Of a child that leads one.
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    fn kill(&self) {
        if let Some(group) = self.0 {
            // It fails where all of it has ended.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    /// Its number may be another's from now on.
    fn forget(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What a command prints, on both of its pipes.
struct Output {
    out: Option<ChildStdout>,
    err: Option<ChildStderr>,
    /// The end of it.
    kept: Vec<u8>,
    /// Something came on standard error.
    complained: bool,
}

impl Output {
    fn is_open(&self) -> bool {
        self.out.is_some() || self.err.is_some()
    }

    /// Until both pipes are closed. Nothing is lost when it is dropped before.
    async fn read(&mut self) {
        let (mut of_out, mut of_err) = ([0; KEPT], [0; KEPT]);
        while self.is_open() {
            let (bytes, read) = tokio::select! {
                read = more(&mut self.out, &mut of_out) => (&of_out, read),
                read = more(&mut self.err, &mut of_err) => {
                    self.complained |= read > 0;
                    (&of_err, read)
                }
            };
            self.kept.extend_from_slice(bytes.get(..read).unwrap_or_default());
            self.kept.drain(..self.kept.len().saturating_sub(KEPT));
        }
    }

    fn said(&self) -> Said {
        Said(one_line(String::from_utf8_lossy(&self.kept).trim()).into_owned())
    }
}

/// Forgets a pipe that is closed.
async fn more(pipe: &mut Option<impl AsyncRead + Unpin>, into: &mut [u8]) -> usize {
    let Some(open) = pipe else { return std::future::pending().await };
    let read = open.read(into).await.unwrap_or(0);
    if read == 0 {
        *pipe = None;
    }
    read
}
