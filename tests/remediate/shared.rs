//! Two daemons with one state store: one carries a remediation out, the other waits, and takes it up when the first one dies.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_daemon_leaves_another_one_takes_up() {
    let store = Database::create();
    let wish = Wish { state: Some(format!("url = '{}'", store.url())), ..Wish::default() };
    let mut site = Site::start(&wish).await;
    // Somebody holds it up.
    let holder = holder(&site.database.source).await;
    let id = site.remediate().await;
    site.applies(&id).await;

    let other = other(&site, &wish).await;
    let begun = |journal: &[Value]| {
        journal.iter().filter(|entry| entry["entry"] == "begun" && entry["phase"] == "apply").count()
    };
    assert_eq!(begun(&site.journal(&id).await), 1, "nothing was done a second time");
    let phase = [("target", "community"), ("phase", "apply")];
    assert_eq!(other.metric("schemawarden_remediation_phase", &phase).await, Some(1.0), "both tell of it");

    site.daemon.kill();
    drop(holder);
    let path = other.url(&format!("/api/v1/remediations/{id}"));
    let end = eventually("the other one ends it", async || {
        ask(&path, "GET", None, &[], None).await.1["end"].as_str().map(str::to_owned)
    });
    assert_eq!(end.await, "done", "{}", other.log());
    assert!(site.holds() && !site.application.is_degraded());
    // Whoever comes back learns how it ended.
    site.daemon.launch().await;
    let (_, journal) = site.ended(&id).await;
    assert_eq!(begun(&journal), 2, "{journal:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_of_one_daemon_another_one_does() {
    let store = Database::create();
    let wish = Wish { state: Some(format!("url = '{}'", store.url())), ..Wish::default() };
    let mut site = Site::start(&wish).await;
    let holder = holder(&site.database.source).await;
    let id = site.remediate().await;
    site.applies(&id).await;
    let other = other(&site, &wish).await;
    let cancel = other.url(&format!("/api/v1/remediations/{id}/cancel"));
    let (status, answer) = ask(&cancel, "POST", Some(&site.token), &[], None).await;
    assert_eq!(status, 202, "{answer}");
    let (end, journal) = site.ended(&id).await;
    drop(holder);
    assert_eq!(end, "rolled_back", "{journal:?}");
    assert!(phases(&journal).contains(&"apply cancelled".to_owned()), "{journal:?}");

    // What nobody has begun for long is not begun by whoever is started next.
    site.daemon.kill();
    let id = "000000000000-00000000";
    store.run(&format!(
        "insert into remediation (id, target, course, plan, who, reason, allowed, on_failure, created_at)
         select '{id}', target, course, plan, who, reason, allowed, on_failure, created_at - 2 * 60 * 60 * 1000
         from remediation"
    ));
    site.daemon.launch().await;
    let (end, journal) = site.ended(id).await;
    assert_eq!(end, "refused", "{journal:?}");
    assert!(said(&journal, "gate").contains("submit it again"), "{journal:?}");
}

/// Another daemon with the same configuration, which waits.
async fn other(site: &Site, wish: &Wish) -> Daemon {
    let hash = format!("{:x}", sha2::Sha256::digest(&site.token));
    let configure = |daemon: &Daemon| daemon.configure(&config(daemon, &site.database, &site.application, &hash, wish));
    let other = Daemon::prepared(configure, &[]).await;
    eventually("the other one waits", async || other.log().contains("retrying").then_some(())).await;
    other
}
