//! Rate limits per client, and limits on connections. Remembers a bounded number of clients;
//! the keyed limiter of the `governor` crate grows with them.
//!
//! Behind a reverse proxy all clients share an address: a valid token is exempt from all limits except those on
//! connections.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_mins(1);

/// Open connections in total.
pub(super) const CONNECTIONS: usize = 512;

/// Open connections per client: enough for a reverse proxy, behind which all are one client.
const EACH: usize = 128;

/// The last places are reserved for clients with few connections, so that a handful of greedy clients cannot lock
/// others out.
const KEPT: usize = 256;

/// Connections of a browser, and a scrape besides.
const FEW: usize = 8;

/// Clients that are counted individually. Further ones share one count.
const CLIENTS: usize = 4_096;

/// Counts per client within a minute.
#[derive(Debug)]
pub(super) struct Limit {
    /// Limit per window.
    most: u32,
    windows: Mutex<HashMap<IpAddr, Window>>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    begun: Instant,
    count: u32,
}

impl Limit {
    pub fn new(most: u32) -> Self {
        Self { most, windows: Mutex::default() }
    }

    /// Counts one request. The error is the time to wait, for a client that has exceeded the limit.
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
        if window.count >= self.most {
            return Err(WINDOW.saturating_sub(now.duration_since(window.begun)));
        }
        window.count += 1;
        Ok(())
    }
}

/// The connections of each client.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_client: HashMap<IpAddr, usize>,
}

/// One connection's place, freed when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    of: Places,
    client: IpAddr,
}

impl Places {
    /// `None`: the client has reached its limit, or the remaining places are reserved for clients with fewer.
    pub fn take(&self, client: IpAddr) -> Option<Place> {
        let client = network(client);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let held = taken.by_client.get(&client).copied().unwrap_or_default();
        let most = if held < FEW { CONNECTIONS } else { CONNECTIONS - KEPT };
        if held >= EACH || taken.all >= most {
            return None;
        }
        taken.all += 1;
        taken.by_client.insert(client, held + 1);
        Some(Place { of: self.clone(), client })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(held) = taken.by_client.get_mut(&self.client) {
            *held -= 1;
            if *held == 0 {
                taken.by_client.remove(&self.client);
            }
        }
    }
}

/// A client has a whole IPv6 /64 network, so that its addresses count as one.
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
        let (limit, now) = (Limit::new(10), Instant::now());
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
        let (limit, now) = (Limit::new(10), Instant::now());
        for i in 0..10 {
            limit.count(at(&format!("2001:db8::{i}:1")), now).unwrap();
        }
        assert!(limit.count(at("2001:db8::ffff"), now).is_err());
        limit.count(at("2001:db8:0:1::1"), now).unwrap();
    }

    #[test]
    fn reserved_places_go_only_to_clients_with_few_connections() {
        let places = Places::default();
        let taken = |client: &str| std::iter::from_fn(|| places.take(at(client))).collect::<Vec<_>>();
        let greedy: Vec<_> = (1..=4).map(|i| taken(&format!("10.0.0.{i}"))).collect();
        assert_eq!(greedy.iter().map(Vec::len).collect::<Vec<_>>(), [EACH, EACH, FEW, FEW]);
        // Later clients get what they need, and an IPv6 network is one client.
        assert_eq!(taken("10.0.0.5").len(), FEW);
        let network = [taken("2001:db8::1"), taken("2001:db8::2")];
        assert_eq!(network.map(|held| held.len()), [FEW, 0]);
        drop(greedy);
        assert_eq!(taken("10.0.0.5").len(), EACH);
        let left = places.taken.lock().unwrap();
        assert!(left.all == 0 && left.by_client.is_empty());
    }

    #[test]
    fn a_flood_uses_bounded_memory() {
        let (limit, now) = (Limit::new(10), Instant::now());
        let clients = (0..=u16::MAX).map(u16::to_be_bytes).map(|[a, b]| IpAddr::from([10, 1, a, b]));
        assert_eq!(clients.filter(|client| limit.count(*client, now).is_ok()).count(), CLIENTS + 10);
        assert!(limit.windows.lock().unwrap().len() <= CLIENTS + 1);
        // Clients are forgotten after a minute.
        limit.count(at("10.9.9.9"), now + WINDOW).unwrap();
        assert_eq!(limit.windows.lock().unwrap().len(), 1);
    }
}
