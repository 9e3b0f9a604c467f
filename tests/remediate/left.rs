//! What was left to a human stays so until somebody has mended it, whatever is begun meanwhile.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_no_plan_brings_back_are_left_to_a_human_who_has_the_backup() {
    let site = Site::start(&Wish { target: "scope = 'whole'\n".into(), ..Wish::default() }).await;
    for database in [&site.database, &site.before] {
        database.run("alter table scores add legacy text; update scores set legacy = id");
    }
    let remediate = async || {
        let body = json!({ "plan": site.plan().await["id"], "allow": ["data_loss"] });
        let (status, begun) = site.ask("POST", "/api/v1/targets/community/remediations", &[], Some(body)).await;
        assert_eq!(status, 202, "{begun}");
        begun["id"].as_str().unwrap().to_owned()
    };
    let open = async || {
        let labels = [("target", "community")];
        let names = ["schemawarden_remediation_needs_human", "schemawarden_degraded"];
        [site.daemon.metric(names[0], &labels).await, site.daemon.metric(names[1], &labels).await]
    };

    // The application does not work with it, and the values of a column are gone.
    site.application.be_sick(u32::MAX);
    let first = remediate().await;
    let (end, journal) = site.ended(&first).await;
    assert_eq!(end, "needs_human", "{journal:?}");
    assert!(said(&journal, "rollback").contains("the values of a dropped column are lost"), "{journal:?}");
    assert!(site.application.is_degraded());
    assert_eq!(open().await, [Some(1.0); 2]);

    // Another one is begun, and does not come far: it neither lets the application write nor ends the alerts.
    site.application.be_sick(0);
    site.database.run("alter table scores add legacy text");
    site.application.be_stubborn(true);
    let second = remediate().await;
    let (end, journal) = site.ended(&second).await;
    assert_eq!(
        (end.as_str(), phases(&journal)),
        ("needs_human", ["gate done", "degrade failed"].map(str::to_owned).to_vec())
    );
    site.application.be_stubborn(false);
    assert!(site.application.is_degraded());
    assert_eq!(open().await, [Some(1.0); 2]);

    let back = site.take_back(&first, true).await;
    let (end, journal) = site.ended(&back).await;
    assert_eq!(end, "done", "{journal:?}\n{}", site.daemon.log());
    is_the_same(&site.before, &site.database);
    assert!(!site.application.is_degraded());
    assert_eq!(open().await, [Some(0.0); 2]);
}
