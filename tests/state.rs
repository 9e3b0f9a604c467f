//! The state store on both of its databases: what it keeps over restarts, between replicas, and against everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use futures_util::future::join_all;
use schemawarden::catalog::Kind;
use schemawarden::journal::{Backup, Fact, StepState, What};
use schemawarden::name::QName;
use schemawarden::pg::Source;
use schemawarden::pg::apply::Keeper as _;
use schemawarden::plan::Hazard;
use schemawarden::report::Change;
use schemawarden::runbook::{Course, End, OnFailure, Outcome, Phase};
use schemawarden::state::{
    AuditRecord, DriftKey, FirstSeen, Idempotency, Opened, Remediation, State, StateError, StateLocation,
};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::support::{Database, file, postgres, psql};

/// A store, and what it is removed with.
struct Store {
    location: StateLocation,
    database: Option<Database>,
    _folder: TempDir,
}

impl Store {
    fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { location: StateLocation::File(folder.path().join("deep/state.db")), database: None, _folder: folder }
    }

    fn server() -> Self {
        let (database, folder) = (Database::create(), tempfile::tempdir().unwrap());
        Self { location: StateLocation::Server(database.source.clone()), database: Some(database), _folder: folder }
    }

    fn both() -> [Self; 2] {
        [Self::file(), Self::server()]
    }

    async fn open(&self) -> State {
        State::open(&self.location).await.unwrap()
    }

    /// Does something behind the store's back.
    async fn meddle(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        match &self.location {
            StateLocation::File(path) => {
                let mut session = SqliteConnection::connect(path.to_str().unwrap()).await?;
                sqlx::raw_sql(sql).execute(&mut session).await?;
            }
            StateLocation::Server(source) => {
                let mut session = PgConnection::connect_with(source.options()).await?;
                sqlx::raw_sql(sql).execute(&mut session).await?;
            }
        }
        Ok(())
    }
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn remediation(id: &str, target: &str) -> Remediation {
    Remediation {
        id: id.into(),
        target: target.into(),
        course: Course::Fix,
        of: None,
        plan: "0f".repeat(32),
        by: "alice".into(),
        reason: "posts lose their \"reactions\"\n'; drop table journal; --".into(),
        allowed: BTreeSet::from([Hazard::DataLoss, Hazard::BlockingScan]),
        on_failure: OnFailure::Stop,
        created_at: Utc::now().trunc_subsecs(3),
        end: None,
    }
}

fn request<'a>(key: &'a str, by: &'a str, request: &'a str) -> Option<Idempotency<'a>> {
    Some(Idempotency { key, by, request })
}

async fn opened(state: &State, id: &str, target: &str) -> Remediation {
    let it = remediation(id, target);
    assert_eq!(state.open_remediation(&it, None).await.unwrap(), Opened::New);
    it
}

async fn ended(state: &State, id: &str, end: End) {
    state.append(id, &What::Closed { end }, at(9)).await.unwrap();
}

#[tokio::test]
async fn what_is_known_of_drift_and_rows_survives_a_restart() {
    let key = |object: &str| DriftKey { object: object.into(), kind: Kind::Column, change: Change::Missing };
    let (a, b) = (QName::new("public", "a"), QName::new("we.ird\"", "Ta\nble"));
    for store in Store::both() {
        let state = store.open().await;
        assert_eq!(state.first_seen("a").await.unwrap(), FirstSeen::new());
        let seen = FirstSeen::from([(key("public.\"we\nird\""), at(1)), (key("public.b"), at(2))]);
        state.keep_first_seen("a", &seen).await.unwrap();
        state.keep_first_seen("b", &FirstSeen::from([(key("public.b"), at(3))])).await.unwrap();
        state.keep_spellings(&["aa".into(), "bb".into(), "aa".into()]).await.unwrap();
        state.keep_rows("t", "p1", &a, &["1".into(), "2".into()]).await.unwrap();
        state.row_keeper("t").keep("p1", &b, &["3".into()]).await.unwrap();
        state.keep_rows("t", "p2", &a, &["4".into()]).await.unwrap();
        state.keep_rows("u", "p1", &a, &["5".into()]).await.unwrap();
        state.close().await;

        let state = store.open().await;
        assert_eq!(state.first_seen("a").await.unwrap(), seen);
        assert_eq!(state.spellings().await.unwrap(), BTreeSet::from(["aa".to_owned(), "bb".to_owned()]));
        state.keep_first_seen("a", &FirstSeen::new()).await.unwrap();
        assert_eq!(state.first_seen("a").await.unwrap(), FirstSeen::new());
        assert_eq!(state.first_seen("b").await.unwrap().len(), 1);
        let first = state.kept_rows("t", "p1", None, 2).await.unwrap();
        let found: Vec<_> = first.iter().map(|kept| (&kept.table, kept.row.as_str())).collect();
        assert_eq!(found, [(&b, "3"), (&a, "2")]);
        let rest = state.kept_rows("t", "p1", Some(first[1].id), 2).await.unwrap();
        assert_eq!(rest.iter().map(|kept| kept.row.as_str()).collect::<Vec<_>>(), ["1"]);
    }
}

#[tokio::test]
async fn a_file_of_the_version_before_is_taken_over() {
    let (store, old) = (Store::file(), tempfile::tempdir().unwrap());
    let StateLocation::File(path) = &store.location else { panic!() };
    for name in ["0001_memory.sql", "0002_kept_rows.sql"] {
        std::fs::copy(file("sql/state/sqlite").join(name), old.path().join(name)).unwrap();
    }
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut session = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::migrate::Migrator::new(old.path()).await.unwrap().run(&mut session).await.unwrap();
    // As the version before has left it: an edited migration would be refused there.
    let sums = "select lower(hex(substr(checksum, 1, 4))) from _sqlx_migrations order by version";
    let sums: Vec<String> = sqlx::query_scalar(sums).fetch_all(&mut session).await.unwrap();
    assert_eq!(sums, ["2fe3701e", "c24c99e6"]);
    session.close().await.unwrap();
    store.meddle("insert into spelling values ('aa')").await.unwrap();
    let state = store.open().await;
    assert_eq!(state.spellings().await.unwrap(), BTreeSet::from(["aa".to_owned()]));
    opened(&state, "r1", "a").await;
}

#[tokio::test]
async fn a_store_from_the_future_is_refused() {
    for store in Store::both() {
        store.open().await.close().await;
        let future = match &store.location {
            StateLocation::File(_) => "insert into _sqlx_migrations values (99, 'x', 0, true, x'00', 0)",
            StateLocation::Server(_) => "insert into _sqlx_migrations values (99, 'x', now(), true, '\\x00', 0)",
        };
        store.meddle(future).await.unwrap();
        let error = State::open(&store.location).await.unwrap_err();
        assert!(matches!(&error, StateError::Newer { version: 99, .. }), "{error}");
        assert!(error.to_string().contains(&store.location.to_string()), "{error}");
    }
}

#[tokio::test]
async fn many_may_open_a_new_store_at_once() {
    for store in Store::both() {
        let states = join_all((0..6).map(|_| State::open(&store.location))).await;
        let states: Vec<_> = states.into_iter().map(Result::unwrap).collect();
        opened(&states[0], "r1", "a").await;
        assert_eq!(states[5].unfinished().await.unwrap().len(), 1);
        for state in states {
            state.close().await;
        }
    }
}

#[tokio::test]
async fn a_remediation_is_kept_as_it_is() {
    for store in Store::both() {
        let state = store.open().await;
        let first = opened(&state, "r1", "a").await;
        ended(&state, "r1", End::NeedsHuman).await;
        let mut back = Remediation { of: Some("r1".into()), plan: String::new(), ..remediation("r2", "a") };
        (back.course, back.on_failure, back.allowed) = (Course::Restore, OnFailure::Rollback, BTreeSet::new());
        back.by = "bob\0".into();
        assert_eq!(state.open_remediation(&back, None).await.unwrap(), Opened::New);
        let other = Remediation { course: Course::Back, ..remediation("r3", "b") };
        assert_eq!(state.open_remediation(&other, None).await.unwrap(), Opened::New);
        state.close().await;

        let state = store.open().await;
        let first = Remediation { end: Some((at(9), End::NeedsHuman)), ..first };
        let back = Remediation { by: "bob\u{fffd}".into(), ..back };
        assert_eq!(state.remediation("r1").await.unwrap(), Some(first.clone()));
        assert_eq!(state.remediation("none").await.unwrap(), None);
        assert_eq!(state.remediations(Some("a"), 9).await.unwrap(), [back.clone(), first]);
        assert_eq!(state.remediations(None, 2).await.unwrap(), [other.clone(), back.clone()]);
        assert_eq!(state.unfinished().await.unwrap(), [back, other]);
    }
}

#[tokio::test]
async fn one_remediation_is_under_way_on_a_target() {
    for store in Store::both() {
        let state = store.open().await;
        opened(&state, "r1", "a").await;
        let (second, key) = (remediation("r2", "a"), request("k", "bob", "01"));
        let refused = state.open_remediation(&second, key).await.unwrap();
        assert_eq!(refused, Opened::UnderWay("r1".into()));
        assert_eq!(state.remediation("r2").await.unwrap(), None);
        opened(&state, "r3", "b").await;
        ended(&state, "r1", End::Done).await;
        // The refusal has not used the key up.
        assert_eq!(state.open_remediation(&second, key).await.unwrap(), Opened::New);
        // An id is given once.
        assert!(state.open_remediation(&remediation("r1", "c"), None).await.is_err());
        assert_eq!(state.remediations(None, 9).await.unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_answered_as_the_first() {
    for store in Store::both() {
        let state = store.open().await;
        let first = remediation("r1", "a");
        let open = async |id: &str, target: &str, request| {
            state.open_remediation(&remediation(id, target), request).await.unwrap()
        };
        let new = state.open_remediation(&first, request("k", "alice", "01")).await.unwrap();
        assert_eq!(new, Opened::New);
        assert_eq!(open("r2", "a", request("k", "alice", "01")).await, Opened::Same(Box::new(first.clone())));
        assert_eq!(open("r2", "b", request("k", "alice", "02")).await, Opened::OtherRequest);
        // Somebody else's key is another key.
        assert_eq!(open("r2", "a", request("k", "bob", "01")).await, Opened::UnderWay("r1".into()));
        ended(&state, "r1", End::RolledBack).await;
        let first = Remediation { end: Some((at(9), End::RolledBack)), ..first };
        assert_eq!(open("r2", "a", request("k", "alice", "01")).await, Opened::Same(Box::new(first)));
        assert_eq!(state.remediations(None, 9).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn of_fifty_with_one_key_exactly_one_opens() {
    for store in Store::both() {
        let replicas = [store.open().await, store.open().await];
        let outcomes = join_all((0..50).map(|i| {
            let state = replicas[i % 2].clone();
            tokio::spawn(async move {
                let it = remediation(&format!("r{i}"), "a");
                state.open_remediation(&it, request("k", "alice", "01")).await.unwrap()
            })
        }));
        let outcomes: Vec<_> = outcomes.await.into_iter().map(Result::unwrap).collect();
        let [one] = &*replicas[0].remediations(None, 99).await.unwrap() else { panic!("not one") };
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Opened::New).count(), 1);
        let same = Opened::Same(Box::new(one.clone()));
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == same).count(), 49, "{outcomes:?}");
    }
}

#[tokio::test]
async fn of_many_operators_at_once_exactly_one_opens() {
    for store in Store::both() {
        let replicas = [store.open().await, store.open().await];
        let outcomes = join_all((0..20).map(|i| {
            let (state, id, key) = (replicas[i % 2].clone(), format!("r{i}"), format!("k{i}"));
            tokio::spawn(async move {
                state.open_remediation(&remediation(&id, "a"), request(&key, "alice", "01")).await.unwrap()
            })
        }));
        let outcomes: Vec<_> = outcomes.await.into_iter().map(Result::unwrap).collect();
        let [one] = &*replicas[0].unfinished().await.unwrap() else { panic!("not one") };
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Opened::New).count(), 1);
        let under_way = Opened::UnderWay(one.id.clone());
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == under_way).count(), 19, "{outcomes:?}");
    }
}

fn every_entry() -> Vec<What> {
    let step = |state| What::Step { number: 1, of: 2, action: "add \"x\"".into(), state };
    let silence = || ("am".to_owned(), "7".to_owned());
    let [(alertmanager, id), (quiet, quiet_id)] = [silence(), silence()];
    let backup = Backup {
        location: "s3://b/p".into(),
        bytes: u64::MAX,
        sha256: "ab".into(),
        tables: Some(vec![QName::new("public", "Po.sts")]),
    };
    vec![
        What::Begun { phase: Phase::DegradeAgain },
        What::Ended { phase: Phase::Smoke, outcome: Outcome::Cancelled, detail: "it\nsaid \"no\" \0".into() },
        What::Noted(Fact::Lease { until: at(5) }),
        What::Noted(Fact::Backup(backup)),
        What::Noted(Fact::WayBack { plan: "p".into(), steps: 3 }),
        What::Noted(Fact::Silence { alertmanager, id }),
        What::Noted(Fact::Silent { alertmanager: quiet, id: quiet_id }),
        step(StepState::Started { attempt: 1 }),
        step(StepState::Skipped),
        step(StepState::Waiting { blockers: vec!["pid 7".into()] }),
        step(StepState::Retrying { reason: "55P03".into() }),
        step(StepState::Done { elapsed_ms: 1, rows: 2 }),
        What::CancelWanted { by: "bob".into() },
        What::Closed { end: End::Abandoned },
    ]
}

#[tokio::test]
async fn a_journal_says_what_was_appended_and_ends_once() {
    for store in Store::both() {
        let state = store.open().await;
        opened(&state, "r1", "a").await;
        let mut appended = Vec::new();
        for what in every_entry() {
            // Finer than it is kept.
            let entry = state.append("r1", &what, at(3) + TimeDelta::nanoseconds(4_999_999)).await.unwrap();
            assert_eq!((entry.at, &entry.what), (at(3) + TimeDelta::milliseconds(4), &what));
            appended.push(entry);
        }
        assert_eq!(appended.iter().map(|entry| entry.seq).collect::<Vec<_>>(), (1..=14).collect::<Vec<_>>());
        let late = state.append("r1", &What::CancelWanted { by: "eve".into() }, at(4)).await;
        assert!(matches!(late, Err(StateError::Ended(_))), "{late:?}");
        let late = state.append("r1", &What::Closed { end: End::Done }, at(4)).await;
        assert!(matches!(late, Err(StateError::Ended(_))), "{late:?}");
        let lost = state.append("none", &What::CancelWanted { by: "eve".into() }, at(4)).await;
        assert!(matches!(lost, Err(StateError::NoRemediation(_))), "{lost:?}");
        state.close().await;

        let state = store.open().await;
        assert_eq!(state.journal("r1", 0).await.unwrap(), appended);
        assert_eq!(state.journal("r1", 12).await.unwrap(), appended[12..]);
        assert_eq!(state.journal("r1", u64::MAX).await.unwrap(), []);
        assert_eq!(state.journal("none", 0).await.unwrap(), []);
        let end = state.remediation("r1").await.unwrap().unwrap().end;
        assert_eq!(end, Some((at(3) + TimeDelta::milliseconds(4), End::Abandoned)));
        assert_eq!(state.unfinished().await.unwrap(), []);
    }
}

#[tokio::test]
async fn entries_have_no_gaps_when_replicas_append_at_once() {
    for store in Store::both() {
        let replicas = [store.open().await, store.open().await];
        opened(&replicas[0], "r1", "a").await;
        let appends = (0..40).map(|i| {
            let state = replicas[i % 2].clone();
            let what = What::CancelWanted { by: format!("{i}") };
            tokio::spawn(async move { state.append("r1", &what, at(1)).await.unwrap() })
        });
        let appended = join_all(appends).await.into_iter().map(|entry| entry.unwrap());
        let appended: BTreeMap<u64, What> = appended.map(|entry| (entry.seq, entry.what)).collect();
        let kept = replicas[0].journal("r1", 0).await.unwrap();
        assert_eq!(kept.iter().map(|entry| entry.seq).collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>());
        assert!(kept.iter().all(|entry| appended.get(&entry.seq) == Some(&entry.what)));
    }
}

#[tokio::test]
async fn nobody_changes_a_journal_or_the_audit_log() {
    for store in Store::both() {
        let state = store.open().await;
        opened(&state, "r1", "a").await;
        state.append("r1", &What::CancelWanted { by: "bob".into() }, at(1)).await.unwrap();
        state.audit(&record("x")).await.unwrap();
        let mut meddling = vec![
            "update journal set entry = '{}'",
            "delete from journal",
            "update audit set who = 'x'",
            "delete from audit",
        ];
        match store.location {
            StateLocation::File(_) => {}
            StateLocation::Server(_) => meddling.extend(["truncate journal", "truncate audit"]),
        }
        for sql in meddling {
            let refused = store.meddle(sql).await.unwrap_err().to_string();
            assert!(refused.contains("only grows"), "{sql}: {refused}");
        }
        // A journal keeps its remediation too.
        assert!(store.meddle("delete from remediation").await.is_err());
        assert_eq!(state.journal("r1", 0).await.unwrap().len(), 1);
        assert_eq!(state.audit_log(None, 9).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_document_is_written_once() {
    for store in Store::both() {
        let state = store.open().await;
        opened(&state, "r1", "a").await;
        let long = "{\"ä\\u0000\": 1}\n".repeat(100_000);
        state.keep_document("r1", "plan", &long).await.unwrap();
        state.keep_document("r1", "before", "{}").await.unwrap();
        state.keep_document("r1", "plan", "another").await.unwrap();
        assert_eq!(state.document("r1", "plan").await.unwrap().as_deref(), Some(&*long));
        assert_eq!(state.document("r1", "before").await.unwrap().as_deref(), Some("{}"));
        assert_eq!(state.document("r1", "after").await.unwrap(), None);
        let lost = state.keep_document("none", "plan", "{}").await;
        assert!(matches!(lost, Err(StateError::NoRemediation(_))), "{lost:?}");
    }
}

#[tokio::test]
async fn approvals_expire_and_can_be_renewed() {
    for store in Store::both() {
        let state = store.open().await;
        state.approve("a", "p", "bob", at(10), at(20)).await.unwrap();
        state.approve("a", "p", "carol", at(11), at(21)).await.unwrap();
        state.approve("b", "p", "dave", at(1), at(99)).await.unwrap();
        state.approve("a", "q", "dave", at(1), at(99)).await.unwrap();
        let who = async |now| {
            let approvals = state.approvals("a", "p", at(now)).await.unwrap();
            approvals.into_iter().map(|approval| approval.by).collect::<Vec<_>>()
        };
        assert_eq!(who(19).await, ["bob", "carol"]);
        assert_eq!(who(20).await, ["carol"]);
        assert!(who(21).await.is_empty());
        state.approve("a", "p", "bob", at(30), at(40)).await.unwrap();
        let renewed = state.approvals("a", "p", at(39)).await.unwrap();
        assert_eq!(
            renewed.iter().map(|it| (it.by.as_str(), it.at, it.until)).collect::<Vec<_>>(),
            [("bob", at(30), at(40))]
        );
    }
}

fn record(what: &str) -> AuditRecord {
    AuditRecord {
        id: 0,
        at: at(1),
        who: "alice".into(),
        what: what.into(),
        from: "[::1]:5".into(),
        detail: "it's\n".into(),
        status: 202,
    }
}

#[tokio::test]
async fn the_audit_log_is_read_backwards_in_parts() {
    for store in Store::both() {
        let state = store.open().await;
        for i in 0..5 {
            state.audit(&record(&format!("POST /{i}"))).await.unwrap();
        }
        let first = state.audit_log(None, 3).await.unwrap();
        assert_eq!(first.iter().map(|it| it.what.as_str()).collect::<Vec<_>>(), ["POST /4", "POST /3", "POST /2"]);
        let rest = state.audit_log(Some(first[2].id), 3).await.unwrap();
        assert_eq!(rest.iter().map(|it| it.what.as_str()).collect::<Vec<_>>(), ["POST /1", "POST /0"]);
        assert_eq!(AuditRecord { id: 0, ..rest[1].clone() }, record("POST /0"));
    }
}

/// The error and its causes, none of which may hold a password.
async fn refusal(source: Source) -> (StateError, String) {
    let error = State::open(&StateLocation::Server(source)).await.unwrap_err();
    let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
    let text = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    assert!(!text.contains("hunter2") && !format!("{error:?}").contains("hunter2"), "{text} {error:?}");
    (error, text)
}

#[tokio::test]
async fn what_is_wrong_with_a_server_is_said_without_its_password() {
    let database = Database::create();
    let as_role =
        |role: &str, of: &Source| Source::from_options(of.options().clone().username(role).password("hunter2"));
    let nowhere = Source::parse(&"postgres://u:hunter2@127.0.0.1:1/none".to_owned().into()).unwrap();
    let (error, text) = refusal(nowhere).await;
    assert!(matches!(error, StateError::NotReached(_)) && text.contains("127.0.0.1:1/none"), "{text}");
    let (error, text) = refusal(postgres().source("no_such_database")).await;
    assert!(matches!(error, StateError::NotReached(_)) && text.contains("does not exist"), "{text}");

    let (poor, reader) = (format!("{}_poor", database.name), format!("{}_reader", database.name));
    database.run(&format!(
        "create role {poor} login password 'hunter2'; revoke create on schema public from public;
         create role {reader} login superuser password 'hunter2'; alter role {reader} set default_transaction_read_only = on"
    ));
    let (error, text) = refusal(as_role(&poor, &database.source)).await;
    assert!(matches!(error, StateError::NoRight { .. }) && text.contains("permission denied"), "{text}");
    let (error, text) = refusal(as_role(&reader, &database.source)).await;
    assert!(matches!(error, StateError::ServerReadOnly(_)) && text.contains(&database.name), "{text}");
    psql("postgres", &format!("drop role {poor}; drop role {reader}"));
}

#[tokio::test]
async fn a_store_on_a_server_survives_that_its_sessions_are_ended() {
    let store = Store::server();
    let state = store.open().await;
    opened(&state, "r1", "a").await;
    let database = store.database.as_ref().unwrap();
    for _ in 0..3 {
        database.run(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity
             where application_name = 'schemawarden state' and datname = current_database()",
        );
        state.append("r1", &What::CancelWanted { by: "bob".into() }, at(1)).await.unwrap();
    }
    assert_eq!(state.journal("r1", 0).await.unwrap().len(), 3);
}

#[tokio::test]
async fn work_that_is_given_up_halfway_leaves_nothing_behind() {
    for store in Store::both() {
        let state = store.open().await;
        opened(&state, "r1", "a").await;
        for i in 0..200 {
            let what = What::CancelWanted { by: "bob".into() };
            let append = state.append("r1", &what, at(1));
            // Any await may be the last one.
            let _ = tokio::time::timeout(Duration::from_micros(i * 10), append).await;
        }
        let entries = state.journal("r1", 0).await.unwrap();
        let last = tokio::time::timeout(Duration::from_secs(9), state.append("r1", &every_entry()[0], at(2))).await;
        let last = last.unwrap().unwrap();
        let kept = state.journal("r1", 0).await.unwrap();
        assert!(last.seq > entries.len() as u64 || entries.is_empty());
        assert_eq!(kept.iter().map(|entry| entry.seq).collect::<Vec<_>>(), (1..=last.seq).collect::<Vec<_>>());
        if let Some(database) = &store.database {
            let idle = "select count(*) from pg_stat_activity
                where state = 'idle in transaction' and datname = current_database()";
            // Those that were given up are found when they are used again.
            join_all((0..8).map(|_| state.spellings())).await;
            assert_eq!(psql(&database.name, idle).trim(), "0");
        }
    }
}
