//! A program that a test runs: its output goes to a file, and it ends with the test.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// No test waits longer for anything: what takes seconds takes several times that where all tests run at once.
const PATIENCE: Duration = Duration::from_mins(3);

const POLL: Duration = Duration::from_millis(50);

pub struct Program {
    name: String,
    child: Child,
    /// Standard output and standard error.
    output: PathBuf,
}

impl Program {
    /// Starts `command`; what it prints is appended to `output`.
    pub fn start(mut command: Command, output: &Path) -> Self {
        let file = File::options().create(true).append(true).open(output).unwrap();
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().unwrap_or_else(|error| panic!("{name} must be installed: {error}"));
        Self { name, child, output: output.into() }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn output(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.output).unwrap_or_default()).into_owned()
    }

    pub fn signal(&self, signal: &str) {
        assert!(super::signal([self.pid()], signal), "{} has ended: {}", self.name, self.output());
    }

    /// Waits for its end. Gives the exit status, and how long it took.
    pub async fn ended(&mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, begun.elapsed());
            }
            assert!(begun.elapsed() < PATIENCE, "{} does not end: {}", self.name, self.output());
            tokio::time::sleep(POLL).await;
        }
    }
}

#[expect(clippy::print_stderr, reason = "shown beside the test's own failure")]
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("---- {} said:\n{}", self.name, self.output());
        }
    }
}

/// Looks again and again until there is something to be seen.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        tokio::time::sleep(POLL).await;
    }
}
