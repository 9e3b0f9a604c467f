//! Requests to a target's tasks: one watch channel, whose value counts all requests so far. A task compares it with the
//! value that it has served, so that requests during its work are served once afterwards.

use tokio::sync::watch;

/// Counters since the start of the watch.
#[derive(Clone, Debug, Default)]
struct Wanted {
    /// Checks requested by the schedule.
    scheduled: u64,
    /// Checks requested by an operator.
    commanded: u64,
    /// Counts of each invariant, in the order of the configuration.
    counts: Vec<u64>,
    /// Completed comparisons, each of which may need a plan.
    compared: u64,
    /// Those of them that an operator requested, which also request a new plan.
    compared_on_command: u64,
    /// A check is under way.
    is_checking: bool,
}

/// The sender of requests.
#[derive(Clone, Debug)]
pub struct Requests(watch::Sender<Wanted>);

/// What woke the checking task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Schedule,
    Command,
}

impl Requests {
    /// Initially every invariant is due.
    pub fn new(invariants: usize) -> Self {
        Self(watch::Sender::new(Wanted { counts: vec![1; invariants], ..Wanted::default() }))
    }

    /// The receiver of one task, which has served nothing yet.
    pub fn inbox(&self) -> Inbox {
        Inbox { wanted: self.0.subscribe(), done: Wanted::default() }
    }

    /// An operator requests a check. Several before its start are merged.
    pub fn command_check(&self) {
        self.0.send_modify(|wanted| wanted.commanded += 1);
    }

    /// The schedule requests a check. `false`: one is running, and this one is skipped.
    pub fn schedule_check(&self) -> bool {
        self.0.send_if_modified(|wanted| {
            wanted.scheduled += u64::from(!wanted.is_checking);
            !wanted.is_checking
        })
    }

    pub fn checking(&self, is_checking: bool) {
        self.0.send_if_modified(|wanted| {
            wanted.is_checking = is_checking;
            false
        });
    }

    /// Requests a count of the invariants whose index `which` selects.
    pub fn count(&self, which: impl Fn(usize) -> bool) {
        self.0.send_if_modified(|wanted| {
            let mut chosen = wanted.counts.iter_mut().enumerate().filter(|(place, _)| which(*place)).peekable();
            let are_some = chosen.peek().is_some();
            chosen.for_each(|(_, count)| *count += 1);
            are_some
        });
    }

    /// A check has completed its comparison.
    pub fn compared(&self, on_command: bool) {
        self.0.send_modify(|wanted| {
            wanted.compared += 1;
            wanted.compared_on_command += u64::from(on_command);
        });
    }
}

/// A task's receiver of requests.
#[derive(Debug)]
pub struct Inbox {
    wanted: watch::Receiver<Wanted>,
    done: Wanted,
}

impl Inbox {
    /// Waits until a check is requested.
    pub async fn check(&mut self) -> Reason {
        let now = self.next(|now, done| (now.scheduled, now.commanded) != (done.scheduled, done.commanded)).await;
        let is_commanded = now.commanded != self.done.commanded;
        self.done = now;
        if is_commanded { Reason::Command } else { Reason::Schedule }
    }

    /// Waits until an operator requests a check.
    pub async fn command(&mut self) {
        self.done = self.next(|now, done| now.commanded != done.commanded).await;
    }

    /// Waits until counts are requested; gives the counter of each invariant.
    pub async fn counts(&mut self) -> Vec<u64> {
        self.done = self.next(|now, done| now.counts != done.counts).await;
        self.done.counts.clone()
    }

    /// Waits until a check has completed its comparison; gives whether an operator has requested one since the last
    /// time.
    pub async fn comparison(&mut self) -> bool {
        let now = self.next(|now, done| now.compared != done.compared).await;
        let on_command = now.compared_on_command != self.done.compared_on_command;
        self.done = now;
        on_command
    }

    /// The first value for which `is_news`, compared with the served value, is true.
    async fn next(&mut self, is_news: impl Fn(&Wanted, &Wanted) -> bool) -> Wanted {
        let done = &self.done;
        let found = self.wanted.wait_for(|now| is_news(now, done)).await.map(|now| now.clone());
        match found {
            Ok(now) => now,
            // All senders are gone.
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_during_a_run_are_served_once_afterwards() {
        let requests = Requests::new(0);
        let mut inbox = requests.inbox();
        requests.checking(true);
        assert!(!requests.schedule_check());
        requests.command_check();
        requests.command_check();
        requests.checking(false);
        assert_eq!(inbox.check().await, Reason::Command);
        assert!(requests.schedule_check());
        assert_eq!(inbox.check().await, Reason::Schedule);
        let nothing = tokio::time::timeout(std::time::Duration::from_millis(20), inbox.check()).await;
        assert!(nothing.is_err(), "{nothing:?}");
    }

    #[tokio::test]
    async fn each_task_has_its_own_news() {
        let requests = Requests::new(2);
        let (mut counter, mut planner) = (requests.inbox(), requests.inbox());
        assert_eq!(counter.counts().await, [1, 1]);
        requests.compared(true);
        requests.compared(false);
        requests.count(|place| place == 1);
        assert!(planner.comparison().await);
        assert_eq!(counter.counts().await, [1, 2]);
        requests.compared(false);
        assert!(!planner.comparison().await);
    }
}
