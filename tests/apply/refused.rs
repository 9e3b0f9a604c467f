//! Rows that come between planning and applying: what the plan had added is gone again, and the application writes as it
//! did before.

use schemawarden::domain::plan::Plan;
use schemawarden::pg::apply::{ApplyError, Event};

use super::{Run, ask};
use crate::cli::{Site, run};
use crate::support::Database;

/// What an application had, and is to have.
struct Case {
    live: &'static str,
    expected: &'static str,
    /// Written by the application before the plan is carried out, and after it has failed.
    row: &'static str,
    code: &'static str,
}

const KEYED: &str = "create table posts (id int primary key); insert into posts values (1), (2);";

const FOREIGN: Case = Case {
    live: "create table attachments (id int primary key, post_id int); insert into attachments values (1, 1)",
    expected: "create table posts (id int primary key);
        create table attachments (id int primary key, post_id int references posts);",
    row: "insert into attachments select coalesce(max(id), 0) + 1, 77 from attachments",
    code: "23503",
};

const PARTITIONED: Case = Case {
    live: "create table attachments (id int, post_id int) partition by range (id);
        create table attachments_1 partition of attachments for values from (0) to (1000);
        insert into attachments values (1, 1)",
    expected: "create table posts (id int primary key);
        create table attachments (id int, post_id int references posts) partition by range (id);
        create table attachments_1 partition of attachments for values from (0) to (1000);",
    row: "insert into attachments select coalesce(max(id), 0) + 1, 77 from attachments",
    code: "23503",
};

const CHECK: Case = Case {
    live: "create table heir (x int); insert into heir values (1)",
    expected: "create table posts (id int primary key); create table heir (x int check (x > 0));",
    row: "insert into heir values (-1)",
    code: "23514",
};

const REPLACED: Case = Case {
    live: "create table t (x int constraint small check (x < 10)); insert into t values (1)",
    expected: "create table posts (id int primary key); create table t (x int constraint small check (x < 5));",
    row: "insert into t values (7)",
    code: "23514",
};

/// The old one is dropped before the column's type changes, and the new one added after it.
const REBUILT: Case = Case {
    live: "create table t (x int constraint small check (x < 10)); insert into t values (1)",
    expected: "create table posts (id int primary key); create table t (x bigint constraint tiny check (x < 5));",
    row: "insert into t values (7)",
    code: "23514",
};

const NOT_NULL: Case = Case {
    live: "create table t (x int); insert into t values (1)",
    expected: "create table posts (id int primary key); create table t (x int not null);",
    row: "insert into t values (null)",
    code: "23514",
};

const DOMAIN: Case = Case {
    live: "create domain d as int; create table t (x d); insert into t values (1)",
    expected: "create table posts (id int primary key); create domain d as int constraint small check (value < 5);
        create table t (x d);",
    row: "insert into t values (7)",
    code: "23514",
};

const DOMAIN_REPLACED: Case = Case {
    live: "create domain d as int constraint small check (value < 10); create table t (x d); insert into t values (1)",
    expected: "create table posts (id int primary key); create domain d as int constraint small check (value < 5);
        create table t (x d);",
    row: "insert into t values (7)",
    code: "23514",
};

/// Helpers of ours, and whatever refuses new rows for nothing.
const LEFT: &str = "select coalesce(string_agg(conname, ' '), '') from pg_constraint
    where conname like 'schemawarden%' or not convalidated";

pub(super) fn planned(database: &Database, expected: &str) -> Plan {
    let site = Site::new(&database.url(), "");
    site.write("expected.sql", expected);
    let answer = run(&mut site.command("plan", &["--format", "json"]));
    let json = answer.json();
    assert_eq!(json["plan"]["blocked"], serde_json::json!([]), "{}", answer.both());
    serde_json::from_value(json["plan"].clone()).unwrap()
}

async fn is_taken_back(case: &Case) {
    let database = Database::with(&format!("{KEYED} {}", case.live));
    let constraints =
        "select string_agg(concat(conname, pg_get_constraintdef(oid)), ' ' order by conname) from pg_constraint";
    let before = ask(&database, constraints);
    let plan = planned(&database, case.expected);
    database.run(case.row);
    let work = Run::of(&database);
    let error = work.apply(&plan).await.unwrap_err();
    let ApplyError::Failed { code, left, .. } = &error else { panic!("{error}") };
    assert_eq!(code.as_deref(), Some(case.code), "{error}");
    assert!(left.as_ref().is_some_and(|left| left.contains("was taken back")), "{error}");
    assert_eq!(work.told(|event| matches!(event, Event::TakenBack { .. })), 1, "{:?}", work.events);
    assert_eq!(ask(&database, LEFT), "", "{error}");
    assert_eq!(ask(&database, constraints), before);
    database.run(case.row);
}

#[tokio::test]
async fn a_foreign_key_is_taken_back() {
    is_taken_back(&FOREIGN).await;
}

#[tokio::test]
async fn a_partitions_own_key_is_taken_back() {
    is_taken_back(&PARTITIONED).await;
}

#[tokio::test]
async fn a_check_is_taken_back() {
    is_taken_back(&CHECK).await;
}

/// The old one has acted all the time, and still does.
#[tokio::test]
async fn the_successor_of_a_check_is_taken_back() {
    is_taken_back(&REPLACED).await;
}

#[tokio::test]
async fn the_helper_of_not_null_is_taken_back() {
    is_taken_back(&NOT_NULL).await;
}

#[tokio::test]
async fn a_check_of_a_domain_is_taken_back() {
    is_taken_back(&DOMAIN).await;
}

#[tokio::test]
async fn the_check_that_a_domain_had_is_put_back() {
    is_taken_back(&DOMAIN_REPLACED).await;
}

/// Nobody asked for less than there was.
#[tokio::test]
async fn what_was_there_before_the_plan_stays() {
    let live = "create table t (x int); insert into t values (1); \
                alter table t add constraint small check (x < 5) not valid";
    let database = Database::with(&format!("{KEYED} {live}"));
    let expected = "create table posts (id int primary key); create table t (x int constraint small check (x < 5));";
    let plan = planned(&database, expected);
    database.run(
        "alter table t drop constraint small; insert into t values (7); \
         alter table t add constraint small check (x < 5) not valid",
    );
    let work = Run::of(&database);
    let error = work.apply(&plan).await.unwrap_err();
    let ApplyError::Failed { code, left, .. } = &error else { panic!("{error}") };
    assert_eq!((code.as_deref(), left), (Some("23514"), &None), "{error}");
    assert_eq!(ask(&database, LEFT), "small");
}

/// It was made again with the column, NOT VALID, and what it stood on before is gone.
#[tokio::test]
async fn a_check_of_a_column_that_is_computed_anew_is_taken_back() {
    let table = |factor: u8| {
        format!(
            "create table posts (id int primary key); create table t (id int primary key, x int, \
             y int generated always as (x * {factor}) stored constraint small check (y < 10));"
        )
    };
    let database = Database::with(&format!("{} insert into t values (1, 1)", table(2)));
    let plan = planned(&database, &table(3));
    database.run("insert into t values (2, 4)");
    let work = Run::of(&database);
    let error = work.apply(&plan).await.unwrap_err();
    let ApplyError::Failed { code, left, .. } = &error else { panic!("{error}") };
    assert_eq!(code.as_deref(), Some("23514"), "{error}");
    assert!(left.as_ref().is_some_and(|left| left.contains("was taken back")), "{error}");
    assert_eq!(ask(&database, LEFT), "", "{error}");
    database.run("insert into t values (3, 4)");
}

#[tokio::test]
async fn what_a_rebuilt_check_has_taken_the_place_of_is_put_back() {
    is_taken_back(&REBUILT).await;
}

/// Of a text alone there are regular expressions.
#[tokio::test]
async fn what_cannot_be_put_back_is_told_and_the_new_check_goes_all_the_same() {
    let database = Database::with(&format!(
        "{KEYED} create table t (x text constraint digits check (x ~ '^[0-9]+$')); insert into t values ('1')"
    ));
    let expected = "create table posts (id int primary key); create table t (x int constraint digits check (x < 5));";
    let plan = planned(&database, expected);
    database.run("insert into t values (7)");
    let error = Run::of(&database).apply(&plan).await.unwrap_err().to_string();
    for told in ["was taken back", "what was there before could not be put back (", "ADD CONSTRAINT digits CHECK"] {
        assert!(error.contains(told), "no {told} in {error}");
    }
    assert_eq!(ask(&database, "select count(*) from pg_constraint where conname = 'digits'"), "0");
    database.run("insert into t values (8)");
}

/// PostgreSQL calls a key valid whose orphans came about while its triggers were off.
#[tokio::test]
async fn a_key_that_is_put_up_again_as_it_was_acts_on() {
    let schema = |text: &str| {
        format!(
            "create extension citext; create table users (email {text} unique); create table logins (email {text} \
             constraint k references users (email));"
        )
    };
    let database = Database::with(&schema("text"));
    let plan = planned(&database, &schema("citext"));
    database.run("set session_replication_role = replica; insert into logins values ('a@b')");
    let error = Run::of(&database).apply(&plan).await.unwrap_err();
    let ApplyError::Failed { step, code, .. } = &error else { panic!("{error}") };
    assert_eq!((code.as_deref(), &*step.action), (Some("23503"), "validate public.logins.k"), "{error}");
    assert_eq!(
        ask(&database, "select pg_get_constraintdef(oid) from pg_constraint where conname = 'k'"),
        "FOREIGN KEY (email) REFERENCES users(email) NOT VALID",
    );
}
