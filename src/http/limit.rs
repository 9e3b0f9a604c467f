//! How often a client may fail, and how many connections it may hold. Remembers a bounded number of clients, whatever
//! comes.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_mins(1);

/// In each window.
const MOST: u32 = 10;

/// Clients that are told apart. Those that come when so many are known already share one count.
const CLIENTS: usize = 4_096;

/// Counts for each client within a minute.
#[derive(Debug, Default)]
pub(super) struct Limit {
    windows: Mutex<HashMap<IpAddr, Window>>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    begun: Instant,
    count: u32,
}

impl Limit {
    /// Counts once more. The error says how long the client has to wait, for it has had enough.
    pub fn count(&self, client: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |window: &Window| now.duration_since(window.begun) >= WINDOW;
        let mut key = network(client);
        if !windows.contains_key(&key) && windows.len() >= CLIENTS {
            windows.retain(|_, window| !over(window));
            if windows.len() >= CLIENTS {
                key = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
            }
        }
        let window = windows.entry(key).or_insert(Window { begun: now, count: 0 });
        if over(window) {
            *window = Window { begun: now, count: 0 };
        }
        if window.count >= MOST {
            return Err(WINDOW.saturating_sub(now.duration_since(window.begun)));
        }
        window.count += 1;
        Ok(())
    }
}

/// How many places each client has taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One place, taken until this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    of: Places,
    client: IpAddr,
}

impl Places {
    /// `None`: the client has `most` already.
    pub fn take(&self, client: IpAddr, most: usize) -> Option<Place> {
        let client = network(client);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(client).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place { of: self.clone(), client })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.client);
            }
        }
    }
}

/// Whoever has one IPv6 address has the other 2^64 of its network, too.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn ten_a_minute_for_each() {
        let (limit, now) = (Limit::default(), Instant::now());
        for _ in 0..10 {
            limit.count(at("10.0.0.1"), now).unwrap();
        }
        let later = now + Duration::from_secs(20);
        assert_eq!(limit.count(at("10.0.0.1"), later), Err(Duration::from_secs(40)));
        assert_eq!(limit.count(at("::ffff:10.0.0.1"), later), Err(Duration::from_secs(40)));
        limit.count(at("10.0.0.2"), later).unwrap();
        limit.count(at("10.0.0.1"), now + WINDOW).unwrap();
    }

    #[test]
    fn a_network_of_one_owner_is_one_client() {
        let (limit, now) = (Limit::default(), Instant::now());
        for i in 0..10 {
            limit.count(at(&format!("2001:db8::{i}:1")), now).unwrap();
        }
        assert!(limit.count(at("2001:db8::ffff"), now).is_err());
        limit.count(at("2001:db8:0:1::1"), now).unwrap();
    }

    #[test]
    fn places_are_given_back() {
        let places = Places::default();
        let two = [places.take(at("10.0.0.1"), 2).unwrap(), places.take(at("10.0.0.1"), 2).unwrap()];
        assert!(places.take(at("10.0.0.1"), 2).is_none());
        let other = places.take(at("10.0.0.2"), 2).unwrap();
        drop((two, other));
        assert!(places.taken.lock().unwrap().is_empty());
    }

    #[test]
    fn no_flood_takes_more_memory_than_is_meant() {
        let (limit, now) = (Limit::default(), Instant::now());
        let clients = (0..=u16::MAX).map(u16::to_be_bytes).map(|[a, b]| IpAddr::from([10, 1, a, b]));
        assert_eq!(clients.filter(|client| limit.count(*client, now).is_ok()).count(), CLIENTS + 10);
        assert!(limit.windows.lock().unwrap().len() <= CLIENTS + 1);
        // A minute later they are forgotten.
        limit.count(at("10.9.9.9"), now + WINDOW).unwrap();
        assert_eq!(limit.windows.lock().unwrap().len(), 1);
    }
}
