//! Who may command a remediation, and what becomes of a command that is sent twice.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;

use super::{Site, Wish, ask, holder, new_token};
use crate::support::eventually;
use crate::who::token;

const REMEDIATIONS: &str = "/api/v1/targets/community/remediations";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_credentials_or_with_a_stale_plan_nothing_begins() {
    let scopes = ["read", "plan", "apply"].map(|scope| (scope, token(scope, scope)));
    let top = scopes.iter().map(|(_, (_, table))| table.as_str()).collect();
    let site = Site::start(&Wish { top, ..Wish::default() }).await;
    let url = site.daemon.url(REMEDIATIONS);
    let plan = site.plan().await["id"].clone();
    let body = json!({ "plan": plan });
    let nobody = ask(&url, "POST", None, &[], Some(body.clone())).await;
    assert_eq!(nobody.0, 401, "{}", nobody.1);
    let stranger = ask(&url, "POST", Some("sw_nonsense"), &[], Some(body.clone())).await;
    assert_eq!(stranger.0, 401, "{}", stranger.1);
    let stale = ask(&url, "POST", Some(&site.token), &[], Some(json!({ "plan": "0123456789abcdef" }))).await;
    assert_eq!(stale.0, 412, "{}", stale.1);
    assert!(stale.1["detail"].as_str().unwrap().contains(plan.as_str().unwrap()), "{}", stale.1);
    let mut recorded = vec![("-".to_owned(), 401), ("-".to_owned(), 401), ("alice".to_owned(), 412)];

    // Who may read, or plan, may not apply.
    let it = "/api/v1/remediations/019ab1c2d3e4-5f60718a";
    let commands = [
        (REMEDIATIONS.to_owned(), body.clone()),
        ("/api/v1/targets/community/approvals".to_owned(), body.clone()),
        (format!("{it}/cancel"), json!({})),
        (format!("{it}/rollback"), json!({})),
        (format!("{it}/resolve"), json!({})),
    ];
    for (scope, (token, _)) in &scopes[..2] {
        for (path, body) in &commands {
            let (status, said) = ask(&site.daemon.url(path), "POST", Some(token), &[], Some(body.clone())).await;
            let why = format!("The token of `{scope}` has the scope `{scope}`; this takes `apply`.");
            assert_eq!((status, &said["detail"]), (403, &json!(why)), "{path}: {said}");
            assert_eq!(said["type"], "urn:schemawarden:problem:scope-missing");
            recorded.push(((*scope).to_owned(), 403));
        }
    }
    assert_eq!(site.application.entered(), 0);
    let (_, list) = site.ask("GET", "/api/v1/remediations", &[], None).await;
    assert_eq!(list["remediations"], json!([]));
    let (_, audit) = site.ask("GET", "/api/v1/audit", &[], None).await;
    let told = audit["records"].as_array().unwrap().iter().rev();
    let told: Vec<_> =
        told.map(|it| (it["who"].as_str().unwrap().to_owned(), it["status"].as_u64().unwrap())).collect();
    assert_eq!(told, recorded, "{audit}");

    // Two who may, at the same time.
    let tokens = [&site.token, &scopes[2].1.0];
    let both = tokens.map(|token| ask(&url, "POST", Some(token), &[], Some(body.clone())));
    let mut both = join_all(both).await;
    both.sort_by_key(|(status, _)| *status);
    let [(202, begun), (409, second)] = both.as_slice() else { panic!("{both:?}") };
    let id = begun["id"].as_str().unwrap();
    assert_eq!(second["see"], format!("/api/v1/remediations/{id}"), "{second}");
    assert_eq!(site.ended(id).await.0, "done");

    // Where nobody can be known, nobody may.
    let config = std::fs::read_to_string(site.daemon.path("schemawarden.toml")).unwrap();
    let mut config: toml::Table = config.parse().unwrap();
    config.remove("token");
    site.daemon.write("schemawarden.toml", &config.to_string());
    assert_eq!(site.daemon.post_as("/-/reload", &site.token).await.0, 200);
    for (path, body) in &commands {
        let (status, said) = site.ask("POST", path, &[], Some(body.clone())).await;
        assert_eq!((status, &said["type"]), (403, &json!("urn:schemawarden:problem:no-credentials")), "{said}");
        assert!(said["detail"].as_str().unwrap().contains("no [[token]] is configured"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_is_one_remediation() {
    let site = Site::start(&Wish::default()).await;
    let plan = site.plan().await["id"].clone();
    let body = json!({ "plan": plan, "reason": "many" });
    let url = site.daemon.url(REMEDIATIONS);
    // Under way for as long as somebody holds it up.
    let holder = holder(&site.database.source).await;
    let posts =
        (0..50).map(|_| ask(&url, "POST", Some(&site.token), &[("idempotency-key", "once")], Some(body.clone())));
    let answers = join_all(posts).await;
    let ids: BTreeSet<_> =
        answers.iter().map(|(status, it)| (*status, it["id"].as_str().unwrap_or_default().to_owned())).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let (status, id) = ids.first().unwrap().clone();
    assert_eq!(status, 202);

    let other = ask(&url, "POST", Some(&site.token), &[("idempotency-key", "twice")], Some(body.clone())).await;
    assert_eq!(other.0, 409, "{}", other.1);
    assert!(other.1["see"].as_str().unwrap().ends_with(&id), "{}", other.1);
    eventually("the page shows it", async || {
        let page = site.daemon.text("/").await;
        let report = format!("href=\"api/v1/remediations/{id}/report.md\"");
        ["Under way: <strong>apply</strong>", &report].iter().all(|part| page.contains(part)).then_some(())
    })
    .await;
    drop(holder);
    site.ended(&id).await;
    // The same request again, long after: the answer is the same, and nothing is done.
    let again = ask(&url, "POST", Some(&site.token), &[("idempotency-key", "once")], Some(body)).await;
    assert_eq!((again.0, again.1["id"].as_str()), (202, Some(id.as_str())));
    let another = json!({ "plan": "0123456789abcdef", "reason": "another" });
    let misused = ask(&url, "POST", Some(&site.token), &[("idempotency-key", "once")], Some(another)).await;
    assert_eq!(misused.0, 422, "{}", misused.1);
    eventually("one remediation", async || {
        let (_, list) = site.ask("GET", "/api/v1/remediations?target=community", &[], None).await;
        (list["remediations"].as_array()?.len() == 1).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_operator_approves() {
    let (token, hash) = new_token("bob");
    let wish = Wish {
        top: format!("[[token]]\nname = 'bob'\nsha256 = '{hash}'\nscopes = ['apply']\n"),
        target: "require_approval = true\napproval_expires = '3s'\n".into(),
        ..Wish::default()
    };
    let site = Site::start(&wish).await;
    let body = json!({ "plan": site.plan().await["id"] });
    let begin = async || {
        let url = site.daemon.url("/api/v1/targets/community/remediations");
        ask(&url, "POST", Some(&site.token), &[], Some(body.clone())).await
    };
    let approve = async |token: &str| {
        let url = site.daemon.url("/api/v1/targets/community/approvals");
        assert_eq!(ask(&url, "POST", Some(token), &[], Some(body.clone())).await.0, 201);
    };
    assert_eq!(begin().await.0, 403);
    approve(&site.token).await;
    assert_eq!(begin().await.0, 403, "one's own approval is none");
    approve(&token).await;
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(begin().await.0, 403, "it has expired");
    let config = std::fs::read_to_string(site.daemon.path("schemawarden.toml")).unwrap();
    site.daemon.write("schemawarden.toml", &config.replace("approval_expires = '3s'", "approval_expires = '1h'"));
    assert_eq!(site.daemon.post_as("/-/reload", &site.token).await.0, 200);
    approve(&token).await;
    let (status, it) = begin().await;
    assert_eq!(status, 202, "{it}");
    assert_eq!(site.ended(it["id"].as_str().unwrap()).await.0, "done");
}
