//! Disks that are full: of the backups, and of the state store.

use serde_json::json;

use super::{Site, Wish, holder, is_the_same, phases, said};
use crate::backup::faults::programs;
use crate::support::{SmallDisk, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_room_nothing_is_begun_and_what_is_under_way_waits() {
    let (Some(backups), Some(store)) = (SmallDisk::mount("16m"), SmallDisk::mount("16m")) else { return };
    let bin = tempfile::tempdir().unwrap();
    let grows = bin.path().join("grows");
    let script = format!("[ -e {} ] && exec cat /dev/zero\nexec \"$real\" \"$@\"", grows.display());
    programs(bin.path(), &script);
    let wish = Wish {
        backup: Some(format!("folder = '{}'\nbin_dir = '{}'", backups.path().display(), bin.path().display())),
        state: Some(format!("path = '{}/state.db'", store.path().display())),
        ..Wish::default()
    };
    let site = Site::start(&wish).await;

    // There was room for the database, and is none for its backup.
    std::fs::write(&grows, "").unwrap();
    let (end, journal) = site.ended(&site.remediate().await).await;
    assert_eq!(end, "abandoned", "{journal:?}");
    assert_eq!(phases(&journal), ["gate done", "degrade done", "backup failed", "enable_unchanged done"]);
    assert!(said(&journal, "backup").contains("is full"), "{journal:?}");
    assert!(!site.application.is_degraded() && std::fs::read_dir(backups.path()).unwrap().next().is_none());
    is_the_same(&site.before, &site.database);
    std::fs::remove_file(&grows).unwrap();

    // What cannot be written down is not begun.
    store.fill();
    let (entered, body) = (site.application.entered(), json!({ "plan": site.plan().await["id"] }));
    let (status, refused) = site.ask("POST", "/api/v1/targets/community/remediations", &[], Some(body)).await;
    assert_eq!(status, 503, "{refused}");
    let full = format!("the disk that holds the state store {}/state.db is full", store.path().display());
    assert!(refused["detail"].as_str().unwrap().contains(&full), "{refused}");
    assert_eq!(site.application.entered(), entered);
    assert!(site.daemon.log().contains("cannot write the audit log"));
    goes_on_watching(&site).await;
    store.empty();

    // What is under way waits, and says so.
    let holder = holder(&site.database.source).await;
    let id = site.remediate().await;
    site.applies(&id).await;
    store.fill();
    drop(holder);
    eventually("it waits", async || site.daemon.log().contains("cannot write to the journal").then_some(())).await;
    assert!(site.application.is_degraded());
    assert!(!site.journal(&id).await.is_empty(), "it can be read");
    assert_eq!(site.daemon.metric("schemawarden_degraded", &[("target", "community")]).await, Some(1.0));
    goes_on_watching(&site).await;
    store.empty();
    let (end, journal) = site.ended(&id).await;
    assert_eq!(end, "done", "{journal:?}");
    assert!(!site.application.is_degraded() && site.holds());
}

async fn goes_on_watching(site: &Site) {
    let runs = site.daemon.target("community").await["runs"].as_u64();
    site.daemon.until("community", "it goes on watching", |target| target["runs"].as_u64() > runs).await;
}
