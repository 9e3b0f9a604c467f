//! Rows' values: each that somebody could be told is easily recognised, goes through every kind of message, and is looked
//! for wherever a stranger could read it, and in what is never deleted.

use schemawarden::domain::confidential::{full, public};
use schemawarden::pg;
use schemawarden::pg::connect::open;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use crate::remediate::{Site, Wish, ask, phases};
use crate::support::{Alertmanager, Database, eventually, having};

/// Begins every value.
const MARK: &str = "hunter2";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_of_the_database_are_told_to_nobody_by_default_whatever_error_they_come_with() {
    let database = Database::with(
        "create table t (id int primary key, note text unique check (note <> 'hunter2-checked'));
         insert into t values (1, 'hunter2-kept');
         create function refuse() returns trigger language plpgsql as
             $$ begin raise exception 'no % here', old.note; end $$;
         create trigger refuse before delete on t for each row execute function refuse();
         create function number(text) returns int language sql volatile strict as 'select $1::int';
         create domain small as text check (length(value) < 3)",
    );
    let mut session = open(&database.source, database.source.options()).await.unwrap();
    // Whether a holder of a token is told the value: a server's details, which have it too, are never shown.
    let cases = [
        ("do $$ begin raise exception 'no hunter2-raised'; end $$", "P0001", true),
        ("do $$ begin raise 'hunter2' using errcode = 'insufficient_privilege'; end $$", "42501", true),
        ("do $$ begin raise 'hunter2' using errcode = 'unique_violation'; end $$", "23505", true),
        ("do $$ begin raise 'hunter2' using errcode = 'query_canceled'; end $$", "57014", true),
        ("do $$ begin raise 'hunter2' using errcode = 'ZZ123'; end $$", "ZZ123", true),
        ("do $$ begin assert false, 'hunter2-asserted'; end $$", "P0004", true),
        ("do $$ begin execute format('select %I', (select note from t)); end $$", "42703", true),
        ("do $$ begin execute (select note from t); end $$", "42601", true),
        ("delete from t", "P0001", true),
        ("select note::int from t", "22P02", true),
        ("select note::timestamptz from t", "22007", true),
        ("select note::jsonb from t", "22P02", false),
        ("select number(note) from t", "22P02", true),
        ("create table u as select note::int from t", "22P02", true),
        ("select note::small from t", "23514", false),
        ("insert into t values (2, 'hunter2-kept')", "23505", false),
        ("insert into t values (2, 'hunter2-checked')", "23514", false),
        (
            "create unique index on t ((left(note, 0)), (note = 'hunter2-kept')); insert into t values (3, '');
          insert into t values (4, 'hunter2-kept')",
            "23505",
            false,
        ),
    ];
    for (sql, code, is_told) in cases {
        let error = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut session).await.unwrap_err();
        let error = pg::Error::from(error);
        assert_eq!(error.code(), Some(code), "{sql}");
        let error = format!("probe: {error}");
        assert!(!public(&error).contains(MARK) && public(&error).contains(code), "{sql}: {}", public(&error));
        assert_eq!(full(&error).contains(MARK), is_told, "{sql}: {}", full(&error));
    }
    // What names no value is told to everybody.
    for (sql, words) in [
        ("select * from nothing", "relation \"nothing\" does not exist (SQLSTATE 42P01)"),
        ("insert into t values (1, 'x')", "duplicate key value violates unique constraint \"t_pkey\" (SQLSTATE 23505)"),
    ] {
        let error = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut session).await.unwrap_err();
        assert_eq!(pg::Error::from(error).to_string(), words);
    }
}

/// A row that does not fit the expected type, two that are not unique, a post whose title a smoke test reads.
const ROWS: &str = "
    create table pets (id bigint primary key, code text);
    insert into pets values (1, 'hunter2-of-the-cast');
    create table tags (id bigint primary key, name text not null);
    insert into tags values (1, 'hunter2-of-the-sample'), (2, 'hunter2-of-the-sample');
    create table notes (id bigint primary key, note text);
    insert into notes values (1, 'hunter2-of-the-note');
    update posts set title = 'hunter2-of-the-title' where id = 2";

const EXPECTED: &str = "
    create table pets (id bigint primary key, code integer);
    create table tags (id bigint primary key, name text not null unique);
    create table notes (id bigint primary key, note text);";

/// The database refuses in its own words while there is a note.
const PROBE: &str = "do $$ begin
    if exists (select from public.notes) then raise exception 'the note is %', (select note from public.notes); end if;
end $$";

const PLAN: &str = "/api/v1/targets/community/plan";

fn wish(folder: &std::path::Path, alertmanager: &Alertmanager) -> Wish {
    let probe = folder.join("p.sql");
    std::fs::write(&probe, PROBE).unwrap();
    Wish {
        top: format!(
            "[log]\nlevel = 'debug'\n[alertmanager]\nurls = ['{}']\ninterval = '1s'\ndrift_for = '0s'",
            alertmanager.url()
        ),
        tables: format!(
            "[[target.smoke.request]]\nname = 'the title'\nurl = '{{base}}/posts/2'\n\
             json = {{ path = '$.title', value = 'a title' }}\n\
             [[target.probe]]\nname = 'notes'\nfile = '{}'\n\
             [[target.invariant]]\nname = 'notes_are_numbers'\nschedule = '* * * * * *'\n\
             sql = 'select count(*) from public.notes where note::int < 0'\nmax = 0",
            probe.display()
        ),
        ..Wish::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_rows_reach_no_stranger_and_nothing_that_is_kept_for_good() {
    let (folder, mut alertmanager) = (tempfile::tempdir().unwrap(), Alertmanager::new());
    alertmanager.start().await;
    let site = Site::start(&wish(folder.path(), &alertmanager)).await;
    site.database.run(ROWS);
    let expected = site.daemon.path("expected.sql");
    let text = std::fs::read_to_string(&expected).unwrap() + EXPECTED;
    std::fs::write(&expected, text).unwrap();
    let mut strangers = Vec::new();
    let mut known = Vec::new();

    // A plan that is blocked: by the server's words, and with a sample.
    let plan = eventually("the plan is blocked", async || {
        let plan = site.plan().await;
        plan["blocked"].as_array().is_some_and(|blocked| blocked.len() > 1).then_some(plan)
    })
    .await;
    known.push(plan.to_string());
    strangers.push(site.daemon.text(PLAN).await);
    assert!(strangers[0].contains("22P02") && strangers[0].contains("\"rows\":"), "{}", strangers[0]);
    let (status, problem) = command(&site, &plan).await;
    assert_eq!(status, 422, "{problem}");
    known.push(problem.to_string());

    // A probe that fails in the database's words, and a smoke test that reads another value.
    site.database.run(
        "truncate pets, tags; alter table pets alter code type integer using null; alter table tags add unique (name)",
    );
    let mut ids = Vec::new();
    for failed in ["verify failed", "smoke failed"] {
        let plan = eventually("the plan is free", async || {
            let plan = site.plan().await;
            plan["blocked"].as_array().is_some_and(Vec::is_empty).then_some(plan)
        })
        .await;
        let (status, begun) = command(&site, &plan).await;
        assert_eq!(status, 202, "{begun}");
        let id = begun["id"].as_str().unwrap().to_owned();
        // Followed as it happens by one who has no token.
        let live = tokio::spawn(follow(site.daemon.url(&format!("/api/v1/remediations/{id}/events"))));
        let (_, journal) = site.ended(&id).await;
        assert!(phases(&journal).contains(&failed.to_owned()), "{journal:?}");
        strangers.push(live.await.unwrap());
        ids.push(id);
        if failed == "verify failed" {
            site.daemon
                .until("community", "the count fails", |target| target.to_string().contains("notes_are_numbers"))
                .await;
            alertmanager
                .until("the alerts arrive", |alerts| !having(alerts, &[("target", "community")]).is_empty())
                .await;
            strangers.extend(faces(&site, None, &ids).await);
            known.extend(faces(&site, Some(&site.token), &ids).await);
            site.database.run("truncate notes");
        }
    }

    strangers.extend(faces(&site, None, &ids).await);
    known.extend(faces(&site, Some(&site.token), &ids).await);
    strangers.push(site.daemon.log());
    strangers.push(format!("{:?} {:?}", alertmanager.alerts().await, alertmanager.silences().await));
    for told in &strangers {
        assert!(!told.contains(MARK), "a stranger is told: {told}");
    }
    for told in known.iter().chain(&strangers) {
        assert!(!told.contains(['\u{fdd0}', '\u{fdd1}', '\u{fdd2}']), "a mark is left: {told}");
    }
    for value in ["of-the-cast", "of-the-sample", "of-the-note", "of-the-title"] {
        assert!(known.iter().any(|told| told.contains(value)), "nobody is told what is wrong with the row {value}");
    }
    what_is_kept(&site).await;
}

async fn command(site: &Site, plan: &Value) -> (u16, Value) {
    let body = json!({ "plan": plan["id"], "reason": "a test", "allow": ["data_loss", "not_reversible"] });
    site.ask("POST", "/api/v1/targets/community/remediations", &[], Some(body)).await
}

async fn follow(url: String) -> String {
    schemawarden::effects::web::install_crypto();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.get(url).send().await.unwrap().text().await.unwrap()
}

/// All that can be read over HTTP.
async fn faces(site: &Site, token: Option<&str>, ids: &[String]) -> Vec<String> {
    let mut paths: Vec<String> =
        ["/", "/metrics", "/-/ready", "/api/v1/targets", "/api/v1/remediations", "/api/v1/audit", "/api/v1/nothing"]
            .map(str::to_owned)
            .into();
    paths.extend(["", "/drift", "/plan"].map(|face| format!("/api/v1/targets/community{face}")));
    for id in ids {
        paths.extend(
            ["", "/journal", "/events", "/report.md", "/report"].map(|face| format!("/api/v1/remediations/{id}{face}")),
        );
    }
    let mut told = Vec::new();
    for path in paths {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.get(site.daemon.url(&path));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        told.push(request.send().await.unwrap().text().await.unwrap());
    }
    // A command of one who may not.
    if token.is_none() {
        let url = site.daemon.url("/api/v1/targets/community/remediations");
        told.push(ask(&url, "POST", None, &[], Some(json!({ "plan": "0123456789abcdef" }))).await.1.to_string());
    }
    told
}

/// The journals and the audit log have no value; what has them can be deleted, and nothing else is lost by it.
async fn what_is_kept(site: &Site) {
    let path = site.daemon.path("state.db");
    let mut store = sqlx::SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let text = async |store: &mut sqlx::SqliteConnection, sql: &'static str| {
        let rows = sqlx::query(sql).fetch_all(store).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
    };
    for sql in ["select entry from journal", "select detail || what from audit", "select content from document"] {
        let kept = text(&mut store, sql).await;
        assert!(!kept.is_empty() && !kept.contains(MARK), "{sql}: {kept}");
    }
    assert!(text(&mut store, "select entry from words").await.contains(MARK));
    sqlx::query("delete from words").execute(&mut store).await.unwrap();
    let told = faces(site, Some(&site.token), &[]).await.join("\n");
    assert!(!told.contains("of-the-note"), "{told}");
}
