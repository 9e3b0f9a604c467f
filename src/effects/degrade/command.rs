//! Degraded mode by the operator's commands. They run in their own process group, which is killed at its time limit,
//! with this process's environment and without standard input.
//!
//! Their arguments are never shown, because they may hold a token. The end of their output is part of the error.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::timeout;

use crate::domain::confidential::mark;
use crate::domain::name::one_line;

/// How much of a command's output is kept, in bytes, from the end.
const KEPT: usize = 1_000;
/// How long output is read after a command has exited: a background process may keep the pipe open.
const REST: Duration = Duration::from_millis(200);

/// The commands, each a program and its arguments. All of them must be repeatable.
#[derive(Clone)]
pub struct CommandSwitch {
    pub enter: Vec<String>,
    pub leave: Vec<String>,
    /// Exit 0: degraded. Exit 1 without output on standard error: not degraded. Anything else is unknown, because a
    /// script that fails also exits with 1, and prints why.
    pub status: Vec<String>,
    /// For each command.
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
    #[error("`{program}` ended with {status}{output}")]
    Failed { program: String, status: ExitStatus, output: Tail },
    #[error("`{program}` was still running after {} s, and was killed{output}", .limit.as_secs_f32())]
    Late { program: String, limit: Duration, output: Tail },
}

/// The end of a command's output, on one line.
#[derive(Debug, PartialEq, Eq)]
pub struct Tail(String);

impl std::fmt::Display for Tail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return f.write_str(", and said nothing");
        }
        // The output of the application's programs may contain anything.
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
        // If this future is dropped, the group is killed before its leader can be reaped, so that the pid is not
        // reused.
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
        let printed = output.tail();
        match ended {
            Ok(Ok(status)) => Ok(Ended { status, complained: output.complained, output: printed }),
            Ok(Err(source)) => Err(CommandError::Wait { program: program.clone(), source }),
            Err(_) => Err(CommandError::Late { program: program.clone(), limit: self.timeout, output: printed }),
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

/// The end of a command.
struct Ended {
    status: ExitStatus,
    /// Whether it has written to standard error.
    complained: bool,
    output: Tail,
}

impl Ended {
    fn failed(self, command: &[String]) -> CommandError {
        let Self { status, output, .. } = self;
        CommandError::Failed { program: command.first().cloned().unwrap_or_default(), status, output }
    }
}

/// A process group that is killed when this is dropped.
struct Group(Option<Pid>);

impl Group {
    /// The group that the child leads.
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    fn kill(&self) {
        if let Some(group) = self.0 {
            // Fails if the whole group has exited.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    /// The pid may be reused from now on.
    fn forget(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A command's output on both of its pipes.
struct Output {
    out: Option<ChildStdout>,
    err: Option<ChildStderr>,
    /// The end of the output.
    kept: Vec<u8>,
    /// Whether there was output on standard error.
    complained: bool,
}

impl Output {
    fn is_open(&self) -> bool {
        self.out.is_some() || self.err.is_some()
    }

    /// Reads until both pipes are closed. If it is dropped before, what was read is kept.
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

    fn tail(&self) -> Tail {
        Tail(one_line(String::from_utf8_lossy(&self.kept).trim()).into_owned())
    }
}

/// Drops a closed pipe.
async fn more(pipe: &mut Option<impl AsyncRead + Unpin>, into: &mut [u8]) -> usize {
    let Some(open) = pipe else { return std::future::pending().await };
    let read = open.read(into).await.unwrap_or(0);
    if read == 0 {
        *pipe = None;
    }
    read
}
