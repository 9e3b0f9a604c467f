//! What a target's tasks are asked for: one channel, whose value counts what has been asked for so far. A task compares it with
//! what it has done, so that whatever is asked for while it works is done afterwards, once.

use tokio::sync::watch;

/// Counts since the target is watched.
#[derive(Clone, Debug, Default)]
struct Wanted {
    /// Checks that were due.
    scheduled: u64,
    /// Checks that an operator wanted.
    commanded: u64,
    /// Counts of each invariant, in the order of the configuration.
    counts: Vec<u64>,
    /// Checks that have found out what differs, after each of which there may be a plan to make.
    compared: u64,
    /// Of these, the ones that an operator wanted: he wants a new plan, too.
    compared_on_command: u64,
    /// A check is under way.
    is_checking: bool,
}

/// Where things are asked for.
#[derive(Clone, Debug)]
pub struct Requests(watch::Sender<Wanted>);

/// What wakes the task that checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Schedule,
    Command,
}

impl Requests {
    /// Every invariant is to be counted.
    pub fn new(invariants: usize) -> Self {
        Self(watch::Sender::new(Wanted { counts: vec![1; invariants], ..Wanted::default() }))
    }

    /// For one task, which has done nothing yet.
    pub fn inbox(&self) -> Inbox {
        Inbox { wanted: self.0.subscribe(), done: Wanted::default() }
    }

    /// An operator wants a check. Several before it begins are one.
    pub fn command_check(&self) {
        self.0.send_modify(|wanted| wanted.commanded += 1);
    }

    /// A check is due. `false`: one is under way, and this one is left out.
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

    /// The invariants that `which` chooses by their place are to be counted.
    pub fn count(&self, which: impl Fn(usize) -> bool) {
        self.0.send_if_modified(|wanted| {
            let mut chosen = wanted.counts.iter_mut().enumerate().filter(|(place, _)| which(*place)).peekable();
            let are_some = chosen.peek().is_some();
            chosen.for_each(|(_, count)| *count += 1);
            are_some
        });
    }

    /// A check has found out what differs.
    pub fn compared(&self, on_command: bool) {
        self.0.send_modify(|wanted| {
            wanted.compared += 1;
            wanted.compared_on_command += u64::from(on_command);
        });
    }
}

/// Where a task learns what is asked of it.
#[derive(Debug)]
pub struct Inbox {
    wanted: watch::Receiver<Wanted>,
    done: Wanted,
}

impl Inbox {
    /// Waits until a check is wanted.
    pub async fn check(&mut self) -> Reason {
        let now = self.next(|now, done| (now.scheduled, now.commanded) != (done.scheduled, done.commanded)).await;
        let is_commanded = now.commanded != self.done.commanded;
        self.done = now;
        if is_commanded { Reason::Command } else { Reason::Schedule }
    }

    /// Waits until an operator wants a check.
    pub async fn command(&mut self) {
        self.done = self.next(|now, done| now.commanded != done.commanded).await;
    }

    /// Waits until counts are wanted, and tells how many of each there have been.
    pub async fn counts(&mut self) -> Vec<u64> {
        self.done = self.next(|now, done| now.counts != done.counts).await;
        self.done.counts.clone()
    }

    /// Waits until a check has found out what differs, and tells whether an operator wanted one since the last time.
    pub async fn comparison(&mut self) -> bool {
        let now = self.next(|now, done| now.compared != done.compared).await;
        let on_command = now.compared_on_command != self.done.compared_on_command;
        self.done = now;
        on_command
    }

    /// The first value that `is_news` compared with what is done.
    async fn next(&mut self, is_news: impl Fn(&Wanted, &Wanted) -> bool) -> Wanted {
        let done = &self.done;
        let found = self.wanted.wait_for(|now| is_news(now, done)).await.map(|now| now.clone());
        match found {
            Ok(now) => now,
            // Nobody is left who could ask.
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_asked_for_meanwhile_is_done_once_afterwards() {
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
