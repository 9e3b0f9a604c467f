//! What the daemon tells systemd, where systemd runs it; elsewhere all of this does nothing.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::daemon::watch::Clock;

/// The scheduler beats each second; less than this is no standstill.
const SLOW_BEAT: Duration = Duration::from_secs(5);

pub fn ready() {
    tell(&[NotifyState::Ready]);
}

pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// systemd orders a reload by its time, and takes one without it for no reload.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => warn!(%error, "cannot notify systemd of the reload"),
    }
}

/// Tells systemd that all is well for as long as the schedules run: a daemon that checks nothing is not alive.
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
            tell(&[NotifyState::Watchdog]);
        } else {
            error!("the scheduler is stuck: systemd will restart the daemon");
        }
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        warn!(%error, "cannot notify systemd of the daemon's state");
    }
}
