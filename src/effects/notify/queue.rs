//! The queue for one Alertmanager: bounded, and with at most one message per alert, the newest.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::message::Message;
use crate::domain::alert::Identity;

/// Most alerts in the queue; the oldest one is dropped for a further one.
const CAPACITY: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Queue {
    order: VecDeque<Identity>,
    newest: HashMap<Identity, Arc<Message>>,
}

impl Queue {
    /// Gives how many messages were dropped for it. A message that a newer one of the same alert replaces does not
    /// count as dropped.
    pub fn push(&mut self, identity: &Identity, message: Arc<Message>) -> u64 {
        if self.newest.insert(identity.clone(), message).is_some() {
            return 0;
        }
        self.order.push_back(identity.clone());
        if self.order.len() <= CAPACITY {
            return 0;
        }
        self.take(1);
        1
    }

    /// Removes the oldest messages.
    pub fn take(&mut self, most: usize) -> Vec<Arc<Message>> {
        let taken = self.order.drain(..most.min(self.order.len()));
        taken.filter_map(|identity| self.newest.remove(&identity)).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::DateTime;

    use super::super::tests::alert;
    use super::*;

    fn message(target: &str, seconds: i64) -> (Identity, Arc<Message>) {
        let alert = alert(target);
        let message = Message::new(&alert, DateTime::from_timestamp(seconds, 0).unwrap());
        (alert.identity, Arc::new(message))
    }

    #[test]
    fn drops_the_oldest_when_full() {
        let mut queue = Queue::default();
        for number in 0..CAPACITY {
            let (identity, message) = message(&number.to_string(), 0);
            assert_eq!(queue.push(&identity, message), 0);
        }
        let (identity, newest) = message("one more", 0);
        assert_eq!(queue.push(&identity, newest), 1);
        assert_eq!(queue.take(1), [message("1", 0).1]);
        assert_eq!(queue.take(CAPACITY * 2).len(), CAPACITY - 1);
        assert!(queue.take(1).is_empty());
    }

    #[test]
    fn a_newer_message_takes_the_place_of_the_one_that_waits() {
        let mut queue = Queue::default();
        for (target, seconds) in [("a", 1), ("b", 1), ("a", 2)] {
            let (identity, message) = message(target, seconds);
            assert_eq!(queue.push(&identity, message), 0);
        }
        assert_eq!(queue.take(64), [message("a", 2).1, message("b", 1).1]);
    }
}
