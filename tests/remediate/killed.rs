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
    let (mut fix, mut by_plan, mut from_backup) = (Kills::from(3, 29), Kills::from(6, 36), Kills::from(5, 12));
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

/// A kind of remediation, and a phase of it in which the daemon is killed.
#[derive(Clone, Copy)]
enum Aim {
    Fix(&'static str),
    /// The application does not work after it: it takes itself back.
    Failing(&'static str),
    ByPlan(&'static str),
    FromBackup(&'static str),
}

/// What leads back to an application that works.
const AIMS: [Aim; 6] = [
    Aim::Fix("enable"),
    Aim::Fix("smoke"),
    Aim::Failing("rollback"),
    Aim::Failing("enable_rolled_back"),
    Aim::ByPlan("rollback"),
    Aim::FromBackup("rollback"),
];

/// So long after the phase was begun, in milliseconds: at once, in its midst, and perhaps when it is over.
const DELAYS: [u64; 5] = [0, 20, 80, 250, 700];

impl Aim {
    async fn begin(self, site: &Site) -> String {
        match self {
            Self::Fix(_) | Self::Failing(_) => site.remediate().await,
            Self::ByPlan(_) | Self::FromBackup(_) => {
                let id = site.remediate().await;
                let (end, journal) = site.ended(&id).await;
                assert_eq!(end, "done", "{journal:?}");
                site.take_back(&id, matches!(self, Self::FromBackup(_))).await
            }
        }
    }

    fn phase(self) -> &'static str {
        match self {
            Self::Fix(phase) | Self::Failing(phase) | Self::ByPlan(phase) | Self::FromBackup(phase) => phase,
        }
    }

    /// The phase before one that would be over too soon to be hit.
    fn before(self) -> Option<&'static str> {
        match self.phase() {
            "enable" => Some("apply"),
            "enable_rolled_back" => Some("rollback"),
            _ => None,
        }
    }

    fn is_sick(self) -> bool {
        matches!(self, Self::Failing(_) | Self::Fix("smoke"))
    }

    fn end(self) -> &'static str {
        match self {
            Self::Fix(_) | Self::ByPlan(_) | Self::FromBackup(_) => "done",
            Self::Failing(_) => "rolled_back",
        }
    }
}

async fn killed_in(aim: Aim, delay: u64) {
    let mut site = Site::start(&Wish::default()).await;
    site.application.be_sick(if aim.is_sick() { u32::MAX } else { 0 });
    let id = aim.begin(&site).await;
    if let Some(before) = aim.before() {
        // The application does not heed what it is told from here on, so that the phase lasts.
        is_begun(&site, &id, before).await;
        site.application.be_stubborn(true);
    }
    is_begun(&site, &id, aim.phase()).await;
    tokio::time::sleep(std::time::Duration::from_millis(delay)).await;
    site.daemon.kill();
    site.application.be_stubborn(false);
    if matches!(aim, Aim::Fix(_)) {
        site.application.be_sick(0);
    }
    site.daemon.launch().await;
    let (end, journal) = site.ended(&id).await;
    let times = journal.iter().filter(|entry| entry["entry"] == "begun" && entry["phase"] == aim.phase()).count();
    println!("killed {delay} ms into {} of a {}: {end}, begun {times} times", aim.phase(), kind(aim));
    assert_eq!(end, aim.end(), "{} after {delay} ms: {journal:?}\n{}", aim.phase(), site.daemon.log());
    assert!(!site.application.is_degraded());
    match aim {
        Aim::Fix(_) => assert!(site.holds()),
        Aim::Failing(_) | Aim::ByPlan(_) | Aim::FromBackup(_) => is_the_same(&site.before, &site.database),
    }
}

async fn is_begun(site: &Site, id: &str, phase: &str) {
    let begun = |entry: &serde_json::Value| entry["entry"] == "begun" && entry["phase"] == phase;
    eventually(phase, async || site.journal(id).await.iter().any(begun).then_some(())).await;
}

fn kind(aim: Aim) -> &'static str {
    match aim {
        Aim::Fix(_) => "fix",
        Aim::Failing(_) => "fix that takes itself back",
        Aim::ByPlan(_) => "rollback by a plan",
        Aim::FromBackup(_) => "restore from the backup",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_is_killed_on_the_way_back_to_an_application_that_works_gets_there() {
    // A part of them in every run: enable, smoke, a rollback and a restore.
    for (aim, delay) in [(AIMS[0], DELAYS[0]), (AIMS[1], DELAYS[1]), (AIMS[2], DELAYS[2]), (AIMS[5], DELAYS[3])] {
        killed_in(aim, delay).await;
    }
}

#[ignore = "a quarter of an hour: make test-kills"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_is_killed_anywhere_on_the_way_back_gets_there() {
    for aim in AIMS {
        for delay in DELAYS {
            killed_in(aim, delay).await;
        }
    }
}
