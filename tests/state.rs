//! The state store on both of its databases: what persists across restarts, what replicas share, and what is refused.

mod remediations;

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};
use futures_util::future::join_all;
use schemawarden::domain::catalog::Kind;
use schemawarden::domain::name::QName;
use schemawarden::domain::plan::Hazard;
use schemawarden::domain::report::Change;
use schemawarden::domain::runbook::journal::EntryKind;
use schemawarden::domain::runbook::{OnFailure, RemediationKind};
use schemawarden::pg::Source;
use schemawarden::pg::apply::Keeper as _;
use schemawarden::state::{AuditRecord, DriftKey, FirstSeen, Opened, Remediation, State, StateError, StateLocation};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::support::{Database, SmallDisk, file, postgres, private_server, psql};

/// A store with its cleanup.
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

    /// Changes the database behind the store's back.
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
        kind: RemediationKind::Apply,
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

async fn opened(state: &State, id: &str, target: &str) -> Remediation {
    let it = remediation(id, target);
    assert_eq!(state.open_remediation(&it, None).await.unwrap(), Opened::New);
    it
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
    // As the previous version has left it: there an edited migration would be refused.
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
    for store in (0..10).map(|_| Store::file()).chain([Store::server()]) {
        let states = join_all((0..6).map(|_| State::open(&store.location))).await;
        let states: Vec<_> = states.into_iter().map(Result::unwrap).collect();
        opened(&states[0], "r1", "a").await;
        assert_eq!(states[5].unfinished().await.unwrap().len(), 1);
        for state in states {
            state.close().await;
        }
    }
}

/// The error with its causes, which must not contain a password.
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
        state.append("r1", &EntryKind::CancelWanted { by: "bob".into() }, at(1)).await.unwrap();
    }
    assert_eq!(state.journal("r1", 0).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_server_that_is_down_is_told_and_taken_up_again() {
    let mut server = private_server(&[]).await;
    let state = State::open(&StateLocation::Server(server.source("app"))).await.unwrap();
    opened(&state, "r1", "a").await;
    server.shut_down().await.unwrap();
    let what = EntryKind::CancelWanted { by: "bob".into() };
    let refused = tokio::time::timeout(Duration::from_secs(20), state.append("r1", &what, at(1))).await.unwrap();
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains(&server.source("app").address()), "{refused}");
    server.start_again().await.unwrap();
    assert_eq!(state.append("r1", &what, at(1)).await.unwrap().seq, 1);
}

#[tokio::test]
async fn a_disk_that_is_full_is_told_and_used_again_when_it_has_room() {
    let Some(disk) = SmallDisk::mount("8m") else { return };
    let state = State::open(&StateLocation::File(disk.path().join("state.db"))).await.unwrap();
    let first = opened(&state, "r1", "a").await;
    disk.fill();
    for number in 0..3 {
        // The space that the store has already allocated is used up first, as often as it is freed.
        let mut refused = None;
        for room in 0..10_000 {
            let id = format!("r{number}-{room}");
            refused = state.open_remediation(&remediation(&id, &id), None).await.err();
            if refused.is_some() {
                break;
            }
        }
        assert!(matches!(refused, Some(StateError::Full(_))), "{refused:?}");
        assert_eq!(state.remediation("r1").await.unwrap().as_ref(), Some(&first), "it can be read");
    }
    disk.empty();
    opened(&state, "r2", "b").await;
    state.audit(&record("x")).await.unwrap();
    state.close().await;
}

/// Polls `work` this many times, and drops it.
async fn give_up(mut work: Pin<Box<impl Future>>, mut polls: u32) {
    poll_fn(|context| match polls.checked_sub(1) {
        Some(left) => {
            polls = left;
            work.as_mut().poll(context).map(|_| ())
        }
        None => Poll::Ready(()),
    })
    .await;
}

#[tokio::test]
async fn work_that_is_given_up_halfway_leaves_nothing_behind() {
    for store in Store::both() {
        let (state, other) = (store.open().await, store.open().await);
        opened(&state, "r1", "a").await;
        let what = EntryKind::CancelWanted { by: "bob".into() };
        let audited = record("x");
        for polls in 0..40 {
            give_up(Box::pin(state.append("r1", &what, at(1))), polls).await;
            // A connection that was left in a transaction would lose these records with it.
            for appended in join_all((0..4).map(|_| state.audit(&audited))).await {
                appended.unwrap();
            }
            let found = other.audit_log(None, 1_000).await.unwrap().len();
            assert_eq!(found, 4 * (polls as usize + 1), "given up after {polls} polls");
        }
        let last = state.append("r1", &what, at(2)).await.unwrap().seq;
        let kept = other.journal("r1", 0).await.unwrap();
        assert_eq!(kept.iter().map(|entry| entry.seq).collect::<Vec<_>>(), (1..=last).collect::<Vec<_>>());
        assert!((2..41).contains(&last), "{last}: none was given up, or none was carried out");
    }
}
