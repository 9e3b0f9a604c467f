//! What is not known is told as unknown: lost state, clocks that jump, targets that are gone.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::remediate::{Site, Wish, ask, holder, is_the_same, phases, said};
use crate::support::{Alertmanager, Database, SmallDisk, eventually, having, psql};

const COMMUNITY: [(&str, &str); 1] = [("target", "community")];

/// A site whose daemon pushes alerts, on a state store of its own file.
struct Attacked {
    site: Site,
    alertmanager: Alertmanager,
    _folder: tempfile::TempDir,
    store: PathBuf,
}

impl Attacked {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("state.db");
        Self::on(&store, folder).await
    }

    async fn on(store: &Path, folder: tempfile::TempDir) -> Self {
        let mut alertmanager = Alertmanager::new();
        alertmanager.start().await;
        let top = format!("[alertmanager]\nurls = ['{}']\ninterval = '1s'\ndrift_for = '0s'", alertmanager.url());
        let state = Some(format!("path = '{}'", store.display()));
        let site = Site::start(&Wish { state, top, ..Wish::default() }).await;
        Self { site, alertmanager, _folder: folder, store: store.to_owned() }
    }

    async fn metric(&self, name: &str) -> Option<f64> {
        self.site.daemon.metric(name, &COMMUNITY).await
    }

    async fn fires(&self, alert: &str) {
        let fires = |alerts: &[serde_json::Value]| !having(alerts, &[("alertname", alert)]).is_empty();
        self.alertmanager.until(&format!("{alert} fires"), fires).await;
    }

    async fn is_over(&self, alert: &str) {
        let over = |alerts: &[serde_json::Value]| having(alerts, &[("alertname", alert)]).is_empty();
        self.alertmanager.until(&format!("{alert} is over"), over).await;
    }

    /// Metric, readiness, page and alert say that the store does not work, and why; watching goes on, and nothing is begun.
    async fn tells(&self, why: &str) {
        let Site { daemon, .. } = &self.site;
        eventually("the store is told to be down", async || {
            (daemon.metric("schemawarden_state_up", &[]).await == Some(0.0)).then_some(())
        })
        .await;
        let (status, ready) = daemon.get("/-/ready").await.unwrap();
        assert!(status == 503 && ready.contains(why) && ready.contains("no remediation can begin"), "{status} {ready}");
        let page = daemon.text("/").await;
        assert!(page.contains("The state store does not work"), "{page}");
        assert!(daemon.log().contains(why), "{}", daemon.log());
        let runs = daemon.target("community").await["runs"].as_u64();
        daemon.until("community", "it goes on watching", |target| target["runs"].as_u64() > runs).await;
        let body = json!({ "plan": "0123456789abcdef" });
        let (status, refused) = self.site.ask("POST", "/api/v1/targets/community/remediations", &[], Some(body)).await;
        assert!(status == 503 && refused["detail"].as_str().unwrap().contains(why), "{status} {refused}");
        self.fires("SchemawardenStateUnavailable").await;
    }

    async fn works_again(&self) {
        eventually("the store works again", async || {
            let (status, _) = self.site.daemon.get("/-/ready").await?;
            (status == 200 && self.site.daemon.metric("schemawarden_state_up", &[]).await == Some(1.0)).then_some(())
        })
        .await;
        self.is_over("SchemawardenStateUnavailable").await;
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.store.with_file_name(name)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_file_that_is_lost_while_degraded_is_told_and_what_waits_goes_on_when_it_is_back() {
    let it = Attacked::start().await;
    assert_eq!(it.metric("schemawarden_degraded").await, Some(0.0));
    let holder = holder(&it.site.database.source).await;
    let id = it.site.remediate().await;
    it.site.applies(&id).await;
    assert_eq!(it.metric("schemawarden_degraded").await, Some(1.0));

    // Deleted, with all that belongs to it; as by a cleaning job.
    let files: Vec<_> = ["state.db", "state.db-wal", "state.db-shm"].map(|name| it.beside(name)).into();
    let kept: Vec<_> = files.iter().filter(|path| path.exists()).collect();
    assert!(kept.len() >= 2, "{kept:?}");
    for path in &kept {
        std::fs::rename(path, path.with_file_name(format!("kept-{}", path.file_name().unwrap().display()))).unwrap();
    }
    drop(holder);
    it.tells("was deleted while this program was running").await;
    // What is known is told; that something is not so, nobody says.
    assert_eq!(it.metric("schemawarden_degraded").await, Some(1.0));
    assert_eq!(it.metric("schemawarden_remediation_needs_human").await, None);
    assert!(it.site.application.is_degraded());
    eventually("the application says so itself", async || {
        (it.metric("schemawarden_application_degraded").await == Some(1.0)).then_some(())
    })
    .await;

    for path in &kept {
        std::fs::rename(path.with_file_name(format!("kept-{}", path.file_name().unwrap().display())), path).unwrap();
    }
    it.works_again().await;
    let (end, journal) = it.site.ended(&id).await;
    assert_eq!(end, "done", "{journal:?}\n{}", it.site.daemon.log());
    assert!(!it.site.application.is_degraded() && it.site.holds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_journal_the_daemon_asks_the_application() {
    let mut it = Attacked::start().await;
    let holder = holder(&it.site.database.source).await;
    let id = it.site.remediate().await;
    it.site.applies(&id).await;
    it.site.daemon.kill();
    drop(holder);

    // Overwritten with what is no database: watching goes on, and nothing is moved away.
    for name in ["state.db-wal", "state.db-shm"] {
        let _ = std::fs::remove_file(it.beside(name));
    }
    std::fs::write(&it.store, "this is no database any more; ".repeat(1000)).unwrap();
    it.site.daemon.launch().await;
    it.tells("is damaged, or not a SQLite file: move it away").await;
    assert_eq!(it.metric("schemawarden_degraded").await, None, "nobody knows");
    it.fires("SchemawardenDegradedUnexplained").await;
    assert_eq!(it.metric("schemawarden_application_degraded").await, Some(1.0));
    assert!(it.site.daemon.text("/").await.contains("holds no remediation that says why"));
    assert!(std::fs::read(&it.store).unwrap().starts_with(b"this is no database"));

    // Moved away: a new one is begun, and the application is asked all the same.
    std::fs::remove_file(&it.store).unwrap();
    it.works_again().await;
    it.fires("SchemawardenDegradedUnexplained").await;
    it.site.daemon.kill();
    it.site.daemon.launch().await;
    eventually("it is asked at the start", async || {
        (it.metric("schemawarden_application_degraded").await == Some(1.0)).then_some(())
    })
    .await;
    assert!(it.site.daemon.log().contains("the application is degraded, and the state store holds no"));

    // An operator lets it write again.
    let leave = it.site.application.url("/degraded");
    let json = [("content-type", "application/json")];
    assert_eq!(ask(&leave, "POST", None, &json, Some(json!({ "on": false }))).await.0, 200);
    it.is_over("SchemawardenDegradedUnexplained").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_file_that_was_replaced_is_noticed_before_a_remediation_begins() {
    let it = Attacked::start().await;
    let plan = it.site.plan().await;
    let command = async || {
        let body = json!({ "plan": plan["id"], "allow": ["data_loss", "not_reversible"] });
        it.site.ask("POST", "/api/v1/targets/community/remediations", &[], Some(body)).await
    };
    // Another file with the same content, as a backup that was put back.
    let (copy, own) = (it.beside("copy.db"), it.beside("own.db"));
    std::fs::copy(&it.store, &copy).unwrap();
    std::fs::rename(&it.store, &own).unwrap();
    std::fs::rename(&copy, &it.store).unwrap();
    let (status, refused) = command().await;
    assert!(status == 503 && refused["detail"].as_str().unwrap().contains("replaced by another file"), "{refused}");
    assert_eq!(it.site.application.entered(), 0);
    it.tells("was replaced by another file while this program was running").await;
    std::fs::rename(&own, &it.store).unwrap();
    it.works_again().await;

    // Another store, written into the file that is there.
    let other = tempfile::tempdir().unwrap();
    let path = other.path().join("state.db");
    let location = schemawarden::state::StateLocation::File(path.clone());
    schemawarden::state::State::open(&location).await.unwrap().close().await;
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.resize(bytes.len().max(usize::try_from(std::fs::metadata(&it.store).unwrap().len()).unwrap()), 0);
    std::fs::write(&it.store, bytes).unwrap();
    let (status, refused) = command().await;
    assert_eq!(status, 503, "{refused}");
    assert_eq!(it.site.application.entered(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_store_that_is_another_one_is_noticed_before_a_remediation_begins() {
    let (store, other) = (Database::create(), Database::create());
    let wish = |store: &Database| Wish { state: Some(format!("url = '{}'", store.url())), ..Wish::default() };
    let site = Site::start(&wish(&store)).await;
    let location = |store: &Database| schemawarden::state::StateLocation::Server(store.source.clone());
    schemawarden::state::State::open(&location(&other)).await.unwrap().close().await;
    let plan = site.plan().await;
    let rename = |from: &str, to: &str| {
        psql("postgres", &format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{from}'"));
        psql("postgres", &format!("alter database {from} rename to {to}"));
    };
    let aside = format!("{}_aside", store.name);
    rename(&store.name, &aside);
    rename(&other.name, &store.name);
    let command = async || {
        let body = json!({ "plan": plan["id"], "allow": ["data_loss", "not_reversible"] });
        site.ask("POST", "/api/v1/targets/community/remediations", &[], Some(body)).await
    };
    eventually("it is refused", async || {
        let (status, refused) = command().await;
        assert_eq!(status, 503, "{refused}");
        refused["detail"].as_str().unwrap().contains("is another database than when").then_some(())
    })
    .await;
    assert_eq!(site.application.entered(), 0);
    rename(&store.name, &other.name);
    rename(&aside, &store.name);
    eventually("it works again", async || site.daemon.get("/-/ready").await.filter(|(status, _)| *status == 200)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_degraded_mode_is_published_before_it_is_entered() {
    let Some(disk) = SmallDisk::mount("16m") else { return };
    let it = Attacked::on(&disk.path().join("state.db"), tempfile::tempdir().unwrap()).await;
    // The application takes its time: what is published meanwhile is what a page would say.
    it.site.application.be_stubborn(true);
    let id = it.site.remediate().await;
    eventually("it is published", async || (it.metric("schemawarden_degraded").await == Some(1.0)).then_some(())).await;
    assert!(!it.site.application.is_degraded());
    disk.fill();
    it.site.application.be_stubborn(false);
    it.tells("is full").await;
    assert_eq!(it.metric("schemawarden_degraded").await, Some(1.0));
    // A write that takes no room succeeds even now, and the store is told to work until the next one that does.
    let needs_human = async || it.metric("schemawarden_remediation_needs_human").await;
    eventually("what nobody can know is absent", async || needs_human().await.is_none().then_some(())).await;
    disk.empty();
    it.works_again().await;
    let (end, journal) = it.site.ended(&id).await;
    assert!(["done", "abandoned"].contains(&&*end), "{journal:?}");
    assert!(!it.site.application.is_degraded());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_remediation_whose_target_is_gone_waits_and_says_so_everywhere() {
    let mut it = Attacked::start().await;
    let holder = holder(&it.site.database.source).await;
    let id = it.site.remediate().await;
    it.site.applies(&id).await;
    it.site.daemon.kill();
    drop(holder);
    let config = std::fs::read_to_string(it.site.daemon.path("schemawarden.toml")).unwrap();
    // Another database stands behind its name, which nobody has touched.
    let moved = it.site.before.copy();
    for (how, changed, why) in [
        ("renamed", config.replace("name = 'community'", "name = 'shop'"), "is not in the configuration"),
        ("moved", config.replace(&it.site.database.name, &moved.name), "leads to another database"),
    ] {
        it.site.daemon.write("schemawarden.toml", &changed);
        it.site.daemon.launch().await;
        eventually(how, async || (it.metric("schemawarden_remediation_stuck").await == Some(1.0)).then_some(())).await;
        assert_eq!(it.metric("schemawarden_degraded").await, Some(1.0), "{how}");
        let page = it.site.daemon.text("/").await;
        assert!(page.contains("Waits for an operator") && page.contains(why), "{how}: {page}");
        assert!(it.site.daemon.log().contains(why), "{how}: {}", it.site.daemon.log());
        it.fires("SchemawardenRemediationStuck").await;
        assert!(it.site.application.is_degraded(), "{how}");
        is_the_same(&it.site.before, &moved);
        it.site.daemon.kill();
        it.is_over("SchemawardenRemediationStuck").await;
    }
    // As it was: it is carried on.
    it.site.daemon.write("schemawarden.toml", &config);
    it.site.daemon.launch().await;
    let (end, journal) = it.site.ended(&id).await;
    assert_eq!(end, "done", "{journal:?}\n{}", it.site.daemon.log());
    assert_eq!(it.metric("schemawarden_remediation_stuck").await, Some(0.0));
    assert!(!it.site.application.is_degraded() && it.site.holds());
}

/// Takes the target away, and puts another database in its place that looks the same.
fn replace(site: &Site) {
    let (name, double) = (&site.database.name, site.before.copy());
    psql("postgres", &format!("drop database {name} with (force)"));
    psql("postgres", &format!("create database {name} template {}", double.name));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_was_dropped_and_made_again_is_another_one() {
    // Between the plan and the command: what was approved was approved for a database that is no more.
    let site = Site::start(&Wish::default()).await;
    let plan = site.plan().await;
    replace(&site);
    let body = json!({ "plan": plan["id"], "allow": ["data_loss", "not_reversible"] });
    let (status, refused) = eventually("an answer", async || {
        let body = Some(body.clone());
        let answer = site.ask("POST", "/api/v1/targets/community/remediations", &[], body).await;
        // The connections that it had are gone.
        (answer.1["type"] != "urn:schemawarden:problem:no-plan").then_some(answer)
    })
    .await;
    assert_eq!((status, &refused["type"]), (412, &json!("urn:schemawarden:problem:stale-plan")), "{refused}");
    assert_eq!(site.application.entered(), 0);

    // While it is carried out.
    let site = Site::start(&Wish::default()).await;
    let held = holder(&site.database.source).await;
    let id = site.remediate().await;
    site.applies(&id).await;
    replace(&site);
    drop(held);
    let (end, journal) = site.ended(&id).await;
    assert_eq!(end, "needs_human", "{journal:?}");
    assert!(said(&journal, "rollback").contains("leads to another database"), "{journal:?}");
    is_the_same(&site.before, &site.database);
    assert!(site.application.is_degraded());
    assert_eq!(site.daemon.metric("schemawarden_remediation_needs_human", &COMMUNITY).await, Some(1.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expectation_that_changed_since_the_plan_makes_it_stale() {
    let site = Site::start(&Wish::default()).await;
    let plan = site.plan().await;
    let expected = std::fs::read_to_string(site.daemon.path("expected.sql")).unwrap();
    site.daemon.write("expected.sql", &format!("{expected}\nalter table scores add column note text;\n"));
    let body = json!({ "plan": plan["id"], "allow": ["data_loss", "not_reversible"] });
    let (status, refused) = site.ask("POST", "/api/v1/targets/community/remediations", &[], Some(body)).await;
    assert_eq!((status, &refused["type"]), (412, &json!("urn:schemawarden:problem:stale-plan")), "{refused}");

    // After the command, before anything is changed.
    site.daemon.write("expected.sql", &expected);
    site.application.be_stubborn(true);
    let id = site.remediate().await;
    eventually("it degrades", async || {
        site.journal(&id).await.iter().any(|it| it["entry"] == "begun" && it["phase"] == "degrade").then_some(())
    })
    .await;
    site.daemon.write("expected.sql", &format!("{expected}\nalter table scores add column note text;\n"));
    site.application.be_stubborn(false);
    let (end, journal) = site.ended(&id).await;
    assert!(!phases(&journal).iter().any(|phase| phase.starts_with("apply")), "{journal:?}");
    assert_eq!(end, "abandoned", "{journal:?}");
    is_the_same(&site.before, &site.database);
    assert!(!site.application.is_degraded());
}
