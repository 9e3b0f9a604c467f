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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_followed_from_where_one_was() {
    let site = Site::start(&Wish::default()).await;
    let id = site.remediate().await;
    let (_, journal) = site.ended(&id).await;
    let from = journal.len() - 3;
    let url = site.daemon.url(&format!("/api/v1/remediations/{id}/events"));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let text = client.get(&url).header("last-event-id", from.to_string()).send().await.unwrap().text().await.unwrap();
    let ids: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
    assert_eq!(ids, [from + 1, from + 2, from + 3].map(|id| id.to_string()), "{text}");
    assert!(text.contains("\"closed\""), "{text}");
}
