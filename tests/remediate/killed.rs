//! A daemon that is killed anywhere: the next one takes up what the journal says, and comes to the same end.

use super::{Site, Wish, is_the_same};
use crate::support::eventually;

/// Where in the journals of one kind of remediation the daemon is killed next.
struct Kills {
    /// When the journal has so many entries.
    after: usize,
    stride: usize,
    /// No journal is longer.
    over: bool,
}

impl Kills {
    /// With KILL_AT_EVERY_ENTRY in the environment at each, from the first on.
    fn from(first: usize, stride: usize) -> Self {
        let every = std::env::var_os("KILL_AT_EVERY_ENTRY").is_some();
        let (after, stride) = if every { (1, 1) } else { (first, stride) };
        Self { after, stride, over: false }
    }

    /// Kills the daemon and starts it again, unless the remediation ends before. However it is, it is done in the end.
    async fn survived_by(&mut self, site: &mut Site, id: &str) {
        let killed = eventually("so many entries, or the end", async || {
            let journal = site.journal(id).await;
            let closed = journal.iter().any(|entry| entry["entry"] == "closed");
            (closed || journal.len() >= self.after).then_some(!closed)
        })
        .await;
        if killed {
            site.daemon.kill();
            site.daemon.launch().await;
        }
        let (end, journal) = site.ended(id).await;
        assert_eq!(end, "done", "after {}: {journal:?}\n{}", self.after, site.daemon.log());
        assert!(!site.application.is_degraded());
        self.after += self.stride;
        self.over = !killed || self.after > journal.len();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_is_killed_anywhere_comes_to_the_same_end() {
    let mut site = Site::start(&Wish::default()).await;
    // The first are while the application is told, while a backup is taken, and before one is put back.
    let (mut fix, mut by_plan, mut from_backup) = (Kills::from(3, 17), Kills::from(6, 24), Kills::from(5, 6));
    while [&fix, &by_plan, &from_backup].iter().any(|kills| !kills.over) {
        let id = site.remediate().await;
        fix.survived_by(&mut site, &id).await;
        assert!(site.holds());
        // Whichever has not come so far.
        let restore = by_plan.over || (by_plan.after >= from_backup.after && !from_backup.over);
        let back = site.take_back(&id, restore).await;
        let kills = if restore { &mut from_backup } else { &mut by_plan };
        kills.survived_by(&mut site, &back).await;
        is_the_same(&site.before, &site.database);
    }
}
