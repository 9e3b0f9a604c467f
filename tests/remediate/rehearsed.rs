//! A restore is rehearsed at the gate: what the server would refuse is refused there, before anything is touched, and what
//! scratch lacks keeps nobody from the emergency exit.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_is_rehearsed_before_anything_is_touched() {
    let site = Site::start(&Wish::default()).await;
    let first = site.remediate().await;
    let (end, journal) = site.ended(&first).await;
    assert_eq!(end, "done", "{journal:?}\n{}", site.daemon.log());

    // Two views that stand on each other: neither can be dropped before the other one.
    site.database.run(
        "create view newer as select id from posts; create view newest as select newer.id from newer, posts;
         create or replace view newer as select id from newest",
    );
    let (before, entered) = (site.database.catalog_rows(), site.application.entered());
    let (end, journal) = site.ended(&site.take_back(&first, true).await).await;
    assert_eq!((end.as_str(), phases(&journal)), ("refused", vec!["gate failed".to_owned()]), "{journal:?}");
    let told = said(&journal, "gate");
    for part in [
        "it failed at `drop view if exists public.newe",
        "because other objects depend on it (SQLSTATE 2BP01)",
        &format!("`schemawarden rollback --remediation {first} --from-backup`"),
    ] {
        assert!(told.contains(part), "no {part} in {told}");
    }
    assert_eq!(site.database.catalog_rows(), before);
    assert_eq!(site.application.entered(), entered, "the application was degraded");

    // A function in the server's own language is made by a superuser alone, whom scratch gives nobody.
    site.database.run(
        "drop view newer, newest cascade; create function positive(int) returns int language internal as 'int4abs'",
    );
    let back = site.take_back(&first, true).await;
    let (end, journal) = site.ended(&back).await;
    assert_eq!(end, "done", "{journal:?}\n{}", site.daemon.log());
    let told = said(&journal, "gate");
    let why =
        "the restore could not be rehearsed, and goes on: the live schema cannot be built in scratch: SQLSTATE 42501";
    assert!(told.contains(why), "{told}");
    let report = site.daemon.text(&format!("/api/v1/remediations/{back}/report.md")).await;
    assert!(report.contains(why), "{report}");
    assert!(site.daemon.log().contains("the restore could not be rehearsed"), "{}", site.daemon.log());

    site.database.run("drop function positive");
    let (end, journal) = site.ended(&site.take_back(&first, true).await).await;
    assert_eq!(end, "done", "{journal:?}\n{}", site.daemon.log());
    let told = said(&journal, "gate");
    assert!(told.contains("the restore was rehearsed in scratch on the live schema"), "{told}");
}
