//! Notifications to systemd (`sd_notify`). Without systemd they do nothing.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::daemon::watch::Clock;

/// The scheduler beats once a second; a gap below this is not a stall.
const SLOW_BEAT: Duration = Duration::from_secs(5);

pub fn ready() {
    notify(&[NotifyState::Ready]);
}

pub fn stopping() {
    notify(&[NotifyState::Stopping]);
}

/// systemd orders reloads by their timestamp, and ignores a reload notification without one.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(error) => warn!(%error, "cannot notify systemd of the reload"),
    }
}

/// Feeds systemd's watchdog while the scheduler beats, so that a daemon that checks nothing is restarted.
pub async fn watchdog(clock: Clock, stop: CancellationToken) {
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    // Three chances within the limit.
    let mut ticks = tokio::time::interval((limit / 3).max(Duration::from_millis(1)));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if clock.since_beat() < (limit / 2).max(SLOW_BEAT) {
            notify(&[NotifyState::Watchdog]);
        } else {
            error!("the scheduler is stuck: systemd will restart the daemon");
        }
    }
}

fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        warn!(%error, "cannot notify systemd of the daemon's state");
    }
}
