//! Watching over the working session: what the observer sees becomes events, and is remembered for whoever gives up.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Tell;
use super::event::{Blocker, Event, Place};
use super::observer::{Observer, Sight};

/// The same blockers are told again after so long.
const TELL_EVERY: Duration = Duration::from_secs(10);

pub(super) struct Watch<'a> {
    pub observer: Observer,
    /// Cancelled when the operator wants to stop.
    pub stop: CancellationToken,
    pub tell: Tell<'a>,
    /// The step under way.
    pub place: Place,
    /// Who stood in its way when last seen.
    pub blockers: Vec<Blocker>,
    /// `None`: it does not matter. Else whether anybody was seen waiting for a lock of ours.
    pub waited_for: Option<bool>,
    told: Option<Instant>,
}

impl<'a> Watch<'a> {
    pub fn new(observer: Observer, stop: &CancellationToken, tell: Tell<'a>, steps: usize) -> Self {
        let place = Place { number: 0, of: steps, action: "".into() };
        Self { observer, stop: stop.clone(), tell, place, blockers: Vec::new(), waited_for: None, told: None }
    }

    /// From now on it is about the step at `index`, from 0.
    pub fn turn_to(&mut self, index: usize, action: &str) {
        if self.place.number != index + 1 {
            self.place = Place { number: index + 1, of: self.place.of, action: action.into() };
            self.blockers.clear();
            self.told = None;
        }
    }

    /// Looks at the working session. False: the server has none such.
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
            (self.tell)(Event::Progress {
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
        if new || self.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.told = Some(Instant::now());
            (self.tell)(Event::Waiting { step: step(), blockers: sight.blockers.clone() });
        }
        self.blockers = sight.blockers;
    }
}
