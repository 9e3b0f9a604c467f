//! Following a remediation by its events.

use std::time::Instant;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_follows_keeps_no_daemon_from_stopping() {
    let slow = "kind = 'command'\nenter = ['sleep', '6']\nleave = ['true']\nstatus = ['false']";
    let mut site = Site::start(&Wish { degrade: Some(slow.into()), ..Wish::default() }).await;
    let id = site.remediate().await;
    eventually("it waits for the application", async || {
        site.journal(&id)
            .await
            .iter()
            .any(|entry| entry["entry"] == "begun" && entry["phase"] == "degrade")
            .then_some(())
    })
    .await;
    let url = site.daemon.url(&format!("/api/v1/remediations/{id}/events"));
    let (status, wrong) = ask(&url, "GET", None, &[("last-event-id", "x")], None).await;
    assert_eq!((status, &wrong["status"]), (400, &json!(400)));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut answer = client.get(&url).header("last-event-id", "1").send().await.unwrap();
    let mut told = String::from_utf8(answer.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    let ends = async {
        let begun = Instant::now();
        (answer.text().await, begun.elapsed())
    };
    let (_, (rest, took)) = tokio::join!(site.daemon.stop(), ends);
    told += &rest.expect("the stream ends, and is not broken off");
    assert!(told.contains("id: 2\n") && !told.contains("id: 1\n") && !told.contains("\"closed\""), "{told}");
    assert!(took < Duration::from_secs(3), "{took:?}");
}
