//! Turns the observer's looks at the working session into events, and keeps the last one for an error message.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::OnEvent;
use super::event::{Blocker, Event, Place};
use super::observer::{Observer, Sight};

/// Interval at which the same blockers are reported again.
const REPORT_EVERY: Duration = Duration::from_secs(10);

pub(super) struct Watch<'a> {
    pub observer: Observer,
    /// Cancelled when the operator stops the run.
    pub stop: CancellationToken,
    pub on_event: OnEvent<'a>,
    /// The current step.
    pub place: Place,
    /// Its blockers at the last look.
    pub blockers: Vec<Blocker>,
    /// `None`: not observed. Otherwise whether a session was seen waiting for a lock of the run.
    pub waited_for: Option<bool>,
    reported_at: Option<Instant>,
}

impl<'a> Watch<'a> {
    pub fn new(observer: Observer, stop: &CancellationToken, on_event: OnEvent<'a>, steps: usize) -> Self {
        let place = Place { number: 0, of: steps, action: "".into() };
        Self {
            observer,
            stop: stop.clone(),
            on_event,
            place,
            blockers: Vec::new(),
            waited_for: None,
            reported_at: None,
        }
    }

    /// Turns to the step at `index`, from 0.
    pub fn turn_to(&mut self, index: usize, action: &str) {
        if self.place.number != index + 1 {
            self.place = Place { number: index + 1, of: self.place.of, action: action.into() };
            self.blockers.clear();
            self.reported_at = None;
        }
    }

    /// Looks at the working session. False: the server has no such session.
    pub async fn look(&mut self, pid: i32) -> bool {
        let sight = self.observer.look(pid).await;
        let alive = sight.as_ref().is_none_or(|sight| sight.alive);
        if let Some(sight) = sight {
            self.take(sight);
        }
        if self.waited_for == Some(false) {
            self.waited_for = Some(self.observer.is_waited_for(pid).await);
        }
        alive
    }

    fn take(&mut self, sight: Sight) {
        let step = || self.place.clone();
        if let Some(build) = sight.build
            && build.total > 0
        {
            (self.on_event)(Event::Progress {
                step: step(),
                phase: build.phase,
                done: build.done,
                total: build.total,
                rows: 0,
            });
        }
        if sight.blockers.is_empty() {
            return;
        }
        let pids = |blockers: &[Blocker]| blockers.iter().map(|blocker| blocker.pid).collect::<Vec<_>>();
        let new = pids(&self.blockers) != pids(&sight.blockers);
        if new || self.reported_at.is_none_or(|reported_at| reported_at.elapsed() >= REPORT_EVERY) {
            self.reported_at = Some(Instant::now());
            (self.on_event)(Event::Waiting { step: step(), blockers: sight.blockers.clone() });
        }
        self.blockers = sight.blockers;
    }
}
