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

    let hash = format!("{:x}", sha2::Sha256::digest(&site.token));
    let configure =
        |daemon: &Daemon| daemon.configure(&config(daemon, &site.database, &site.application, &hash, &wish));
    let other = Daemon::prepared(configure, &[]).await;
    eventually("the other one waits", async || other.log().contains("it is tried again").then_some(())).await;
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
