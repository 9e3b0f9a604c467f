//! Progress of a plan: a bar on a terminal, structured events elsewhere. Both on standard error.
//!
//! The bar is one line, drawn in one function: `indicatif` would replace that function and nothing else here.

use std::fmt::Write as _;
use std::io::Write as _;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::domain::name::one_line;
use crate::pg::apply::{Blocker, Event, Pause, Place};

const LOG_EVERY: Duration = Duration::from_secs(5);
const BAR: usize = 20;
/// A line within 80 columns: a wrapped line cannot be redrawn.
const WIDTH: usize = 79;

/// One step that was sent and committed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct StepDone {
    pub(super) number: usize,
    pub(super) action: Arc<str>,
    #[serde(rename = "elapsed_ms", serialize_with = "crate::domain::plan::as_millis")]
    pub(super) elapsed: Duration,
    pub(super) rows: u64,
}

/// The progress shown for one plan.
#[derive(Debug)]
pub(super) struct Progress {
    terminal: bool,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    begun: Instant,
    step: Option<Place>,
    /// The completed part of the step, of 1.
    part: f64,
    /// A note on the step.
    note: String,
    done: Vec<StepDone>,
    skipped: usize,
    /// When progress was last written to the log.
    logged: Option<Instant>,
}

impl Progress {
    pub(super) fn new(terminal: bool) -> Self {
        let seen = Seen {
            begun: Instant::now(),
            step: None,
            part: 0.0,
            note: String::new(),
            done: Vec::new(),
            skipped: 0,
            logged: None,
        };
        Self { terminal, seen: Mutex::new(seen) }
    }

    pub(super) fn report(&self, event: Event) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.terminal && seen.is_worth_a_line(&event) {
            log(&event);
        }
        seen.take(event);
        drop(seen);
        self.redraw();
    }

    /// The steps that were sent and committed, and how many held before.
    pub(super) fn into_done(self) -> (Vec<StepDone>, usize) {
        let seen = self.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        (seen.done, seen.skipped)
    }

    fn redraw(&self) {
        if self.terminal {
            let line = self.seen.lock().unwrap_or_else(PoisonError::into_inner).line();
            write(&format!("\r\u{1b}[2K{line}"));
        }
    }

    fn clear(&self) {
        if self.terminal {
            write("\r\u{1b}[2K");
        }
    }

    fn say(&self, text: &str) {
        if self.terminal {
            write(&format!("\r\u{1b}[2K{text}\n"));
        } else {
            tracing::info!("{text}");
        }
    }
}

/// Runs `work` to its end, and shows the elapsed time. Ctrl-C cancels `stop`.
pub(super) async fn watched<T>(work: impl Future<Output = T>, progress: &Progress, stop: &CancellationToken) -> T {
    let mut work = pin!(work);
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            result = &mut work => {
                progress.clear();
                return result;
            }
            _ = ticks.tick() => progress.redraw(),
            Ok(()) = tokio::signal::ctrl_c(), if !stop.is_cancelled() => {
                progress.say("stopping: what is running is cancelled, and what was committed stays");
                stop.cancel();
            }
        }
    }
}

/// A closed standard error has no reader.
fn write(text: &str) {
    let mut err = std::io::stderr();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

impl Seen {
    /// Limits the rate of progress events, because a log is kept.
    fn is_worth_a_line(&mut self, event: &Event) -> bool {
        if !matches!(event, Event::Progress { .. }) {
            return true;
        }
        let worth = self.logged.is_none_or(|logged| logged.elapsed() >= LOG_EVERY);
        if worth {
            self.logged = Some(Instant::now());
        }
        worth
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Begun { .. } | Event::Finished { .. } => {}
            Event::Skipped { step } => {
                self.skipped += 1;
                self.at(step, 1.0, String::new());
            }
            Event::Started { step, .. } => self.at(step, 0.0, String::new()),
            Event::Waiting { step, blockers } => self.at(step, self.part, format!("waits for {}", first(&blockers))),
            Event::Retrying { step, attempt, of, .. } => self.at(step, 0.0, format!("try {attempt} of {of} failed")),
            Event::DroppedDead { step, index } => self.at(step, 0.0, format!("dropped the dead index {index}")),
            Event::TakenBack { step, .. } => self.at(step, 0.0, "rows refuse it; taken back".to_owned()),
            Event::Progress { step, phase, done, total, rows } => {
                #[expect(clippy::cast_precision_loss, reason = "it is drawn with twenty characters")]
                let part = if total == 0 { 0.0 } else { done as f64 / total as f64 };
                let rows = if rows > 0 { format!("{rows} rows") } else { phase };
                self.at(step, part, rows);
            }
            Event::Paused { step, reason } => self.at(step, self.part, pause(reason).to_owned()),
            Event::Done { step, elapsed, rows } => {
                self.done.push(StepDone { number: step.number, action: step.action.clone(), elapsed, rows });
                self.at(step, 1.0, String::new());
            }
        }
    }

    fn at(&mut self, step: Place, part: f64, note: String) {
        (self.step, self.part, self.note) = (Some(step), part.clamp(0.0, 1.0), note);
    }

    /// `[####......] 3/7 0:12 create index …: 45 %`
    fn line(&self) -> String {
        let Some(step) = &self.step else { return "taking the database …".into() };
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small"
        )]
        let filled = ((step.number as f64 - 1.0 + self.part) / step.of.max(1) as f64 * BAR as f64) as usize;
        let (minutes, seconds) = (self.begun.elapsed().as_secs() / 60, self.begun.elapsed().as_secs() % 60);
        let bar: String = (0..BAR).map(|at| if at < filled { '#' } else { '.' }).collect();
        let mut line = format!("[{bar}] {}/{} {minutes}:{seconds:02} {}", step.number, step.of, step.action);
        if self.part > 0.0 && self.part < 1.0 {
            let _ = write!(line, " {:.0} %", self.part * 100.0);
        }
        if !self.note.is_empty() {
            let _ = write!(line, ": {}", self.note);
        }
        one_line(&line).chars().take(WIDTH).collect()
    }
}

fn first(blockers: &[Blocker]) -> String {
    let more = blockers.len().saturating_sub(1);
    let first = blockers.first().map(Blocker::to_string).unwrap_or_default();
    if more == 0 { first } else { format!("{more} more and {first}") }
}

fn pause(reason: Pause) -> &'static str {
    match reason {
        Pause::Waiters => "throttled: others wait for its rows",
        Pause::Replication => "waits until the replicas have caught up",
    }
}

fn log(event: &Event) {
    match event {
        Event::Begun { plan, segments, steps } => tracing::info!(plan, segments, steps, "begun"),
        Event::Skipped { step } => {
            tracing::info!(step = step.number, of = step.of, action = &*step.action, "already satisfied, skipped");
        }
        Event::Started { step, attempt } => {
            tracing::info!(step = step.number, of = step.of, action = &*step.action, attempt, "started");
        }
        Event::Waiting { step, blockers } => {
            let blockers: Vec<_> = blockers.iter().map(Blocker::to_string).collect();
            tracing::warn!(step = step.number, blockers = blockers.join("; "), "waits for a lock");
        }
        Event::Retrying { step, attempt, of, pause, reason } => {
            let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(step = step.number, attempt, attempts = of, pause_ms, reason, "retrying");
        }
        Event::DroppedDead { step, index } => tracing::info!(step = step.number, index, "dropped an invalid index"),
        Event::TakenBack { step, statement } => {
            tracing::warn!(step = step.number, statement, "rows violate it; what was added for it was removed");
        }
        Event::Progress { step, phase, done, total, rows } => {
            tracing::info!(step = step.number, phase, done, total, rows, "progress");
        }
        Event::Paused { step, reason } => tracing::info!(step = step.number, reason = pause(*reason), "throttled"),
        Event::Done { step, elapsed, rows } => {
            let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(step = step.number, of = step.of, action = &*step.action, elapsed_ms, rows, "done");
        }
        Event::Finished { carried_out, skipped, elapsed } => {
            let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(carried_out, skipped, elapsed_ms, "finished");
        }
    }
}
