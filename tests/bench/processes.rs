//! Processor time and memory of processes, from Linux's `/proc`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::process::Command;
use std::time::Duration;

/// Seconds of processor time in one of `/proc`'s ticks, on every Linux of today.
const TICK: f64 = 0.01;

/// The fields of /proc/PID/stat behind the name of the program, from `state` on.
fn stat(pid: u32) -> Option<Vec<u64>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(") ")?;
    Some(fields.split(' ').map(|field| field.parse().unwrap_or_default()).collect())
}

const PARENT: usize = 1;
const USER_TIME: usize = 11;
const CHILDREN_USER_TIME: usize = 13;

fn ticks(stat: &[u64], first: usize) -> f64 {
    u32::try_from(stat[first] + stat[first + 1]).map_or(0.0, f64::from) * TICK
}

/// The processor seconds of a process that lives, to the nanosecond where the kernel tells.
fn processor(pid: u32, stat: &[u64]) -> f64 {
    let exact = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).ok();
    let exact = exact.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    exact.map_or_else(|| ticks(stat, USER_TIME), |nanoseconds| nanoseconds / 1e9)
}

/// The processor seconds of a process, its living children (of one thread each), and its children that ended.
pub fn tree(root: u32) -> f64 {
    let Some(own) = stat(root) else { return 0.0 };
    let mut total = processor(root, &own) + ticks(&own, CHILDREN_USER_TIME);
    for entry in std::fs::read_dir("/proc").unwrap() {
        let Ok(pid) = entry.unwrap().file_name().to_string_lossy().parse() else { continue };
        let Some(stat) = stat(pid) else { continue };
        if stat[PARENT] == u64::from(root) {
            total += processor(pid, &stat);
        }
    }
    total
}

/// The processor seconds of this process.
pub fn own() -> f64 {
    ticks(&stat(std::process::id()).unwrap(), USER_TIME)
}

/// Bytes of memory: resident now, and at most.
pub fn memory(pid: u32) -> (u64, u64) {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        value.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() * 1024
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// A process to be measured. Killed when dropped before its end.
pub struct Child(std::process::Child);

impl Child {
    pub fn spawn(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Waits for the end; gives the processor seconds and the peak memory. The exit code must be one of `expected`.
    pub fn finish(mut self, expected: &[i32]) -> (f64, u64) {
        let before = ticks(&stat(std::process::id()).unwrap(), CHILDREN_USER_TIME);
        let mut peak = 0;
        let status = loop {
            peak = memory(self.pid()).1.max(peak);
            if let Some(status) = self.0.try_wait().unwrap() {
                break status;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        assert!(status.code().is_some_and(|code| expected.contains(&code)), "{status}");
        (ticks(&stat(std::process::id()).unwrap(), CHILDREN_USER_TIME) - before, peak)
    }

    /// Asks for a graceful end, and waits for it.
    pub fn interrupt(mut self) {
        Command::new("kill").args(["-INT", &self.pid().to_string()]).status().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
