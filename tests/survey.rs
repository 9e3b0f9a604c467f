//! What the planner asks a real server: requirements of the rows, sizes, and the fixing role's rights.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use schemawarden::domain::catalog::{DefaultPrivilegeKind, Grantee, Held, Privilege, Privileges, Signature};
use schemawarden::domain::confidential::full;
use schemawarden::domain::name::{Name, QName};
use schemawarden::domain::plan::survey::Size;
use schemawarden::domain::plan::{About, Blocked, Context, Requirement};
use schemawarden::pg::survey::survey;
use schemawarden::pg::{Guards, ask, connect};

use crate::support::{Database, postgres, psql};

fn requirement(object: &str, count: &str, sample: Option<&str>) -> Requirement {
    Requirement {
        object: object.into(),
        problem: "rows are wrong".into(),
        count: count.into(),
        sample: sample.map(Into::into),
        advice: "mend them".into(),
    }
}

#[tokio::test]
async fn what_does_not_hold_blocks_with_count_and_sample() {
    let database = Database::with("create table t (x text); insert into t select n from generate_series(1, 9) n");
    let requirements = [
        requirement(
            "a",
            "select count(*) from public.t",
            Some("select x from public.t order by 1 desc -- worst first"),
        ),
        requirement("b", "select count(*) from public.t where x = 'none'", Some("select x from public.none")),
        requirement("c", "select count((x || 'y')::int) from public.t", None),
        requirement("d", "select 1::int8 / (select count(*) from public.t where false)", None),
        // The plan creates it first, so that the answer is still unknown.
        requirement("e", "select count(*) from public.none", None),
        requirement("f", "select count(*) from public.t where pg_cancel_backend(pg_backend_pid())", None),
        requirement("g", "select count(*) from (select 1::int8 from public.t for update) locked", None),
    ];
    let asked = requirements.iter().map(|it| (it, Context::default(), About::Rows)).collect();
    let unmet = ask::ask(&database.source, &Guards::default(), asked).await.unwrap();
    let blocked: Vec<_> = unmet.into_iter().map(|unmet| unmet.found).collect();
    let sample = |b: &Blocked| full(&b.sample.join(" ")).into_owned();
    let found: Vec<_> = blocked.iter().map(|b| (b.object.as_str(), b.rows, sample(b))).collect();
    let none = |object| (object, None, String::new());
    assert_eq!(found[0], ("a", Some(9), "9 8 7 6 5".into()));
    assert_eq!(found[1..], [none("c"), none("d"), none("f"), none("g")]);
    for (blocked, says) in blocked.iter().zip([
        "rows are wrong",
        "rows are wrong: invalid input syntax for type integer",
        "rows are wrong: division by zero",
        "it was cancelled",
        "read-only",
    ]) {
        assert!(full(&blocked.reason).contains(says) && blocked.advice == "mend them", "{says}: {}", blocked.reason);
    }
}

#[tokio::test]
async fn a_question_that_waits_or_is_refused_blocks_too() {
    let database = Database::with("create table t (x text)");
    let role = format!("asker_{}", database.name);
    psql("postgres", &format!("create role {role} login password 'x'"));
    let url = format!("postgres://{role}:x@127.0.0.1:{}/{}?sslmode=disable", postgres().port(), database.name);
    let source = schemawarden::pg::Source::parse(&url.into()).unwrap();
    let count = requirement("t", "select count(*) from public.t", None);
    let blocked = ask::ask(&source, &Guards::default(), BTreeSet::from([(&count, Context::default(), About::Rows)]))
        .await
        .unwrap();
    assert!(
        blocked[0].found.reason.contains("permission denied") && blocked[0].found.reason.contains("Grant SELECT"),
        "{blocked:?}"
    );

    let mut locker = connect(&database.source, &Guards::default()).await.unwrap();
    let lock = "begin read write; lock table public.t in access exclusive mode";
    sqlx::raw_sql(lock).execute(&mut locker.session).await.unwrap();
    let asked = BTreeSet::from([(&count, Context::default(), About::Rows)]);
    let blocked = ask::ask(&database.source, &Guards::default(), asked).await.unwrap();
    assert!(blocked[0].found.reason.contains("another session holds a lock"), "{blocked:?}");
    drop(database);
    psql("postgres", &format!("drop role {role}"));
}

#[tokio::test]
async fn sizes_wait_for_nobody() {
    let hostile = QName::new("we.ird\"", "Ta\nble");
    let database = Database::with(&format!(
        "create schema {}; create table {hostile} (x int); create table locked (x int); create table new (x int);
         create table parent (x int) partition by range (x);
         create table one partition of parent for values from (0) to (10);
         create table two partition of parent for values from (10) to (20);
         create table empty (x int) partition by range (x);
         insert into {hostile} select generate_series(1, 1000); insert into parent select generate_series(0, 19);
         insert into locked values (1); analyze; insert into new select generate_series(1, 1000)",
        hostile.schema
    ));
    database.run("create table fresh (x int, toasted text)");
    let mut locker = connect(&database.source, &Guards::default()).await.unwrap();
    let lock = "begin read write; lock table public.locked in access exclusive mode";
    sqlx::raw_sql(lock).execute(&mut locker.session).await.unwrap();
    let public = |name: &str| QName::new("public", name);
    let tables = ["locked", "fresh", "parent", "none"].map(public).into_iter().chain([hostile.clone()]).collect();
    let mut connection = connect(&database.source, &Guards::default()).await.unwrap();
    let found = survey(&mut connection, &tables, None).await.unwrap();
    assert_eq!((found.deadlock_timeout, found.rights.role), (Duration::from_secs(1), None));
    let page = 8192;
    let size = |table: &QName| found.sizes.get(table).copied();
    assert_eq!(size(&public("locked")), Some(Size { rows: Some(1), bytes: None }));
    assert_eq!(size(&public("fresh")), Some(Size { rows: None, bytes: Some(0) }));
    assert_eq!(size(&public("none")), None);
    let parent = size(&public("parent")).unwrap();
    assert!(parent.rows == Some(20) && parent.bytes >= Some(2 * page), "{parent:?}");
    let large = size(&hostile).unwrap();
    assert!(large.rows == Some(1000) && large.bytes >= Some(4 * page), "{large:?}");
}

#[tokio::test]
async fn rights_are_those_of_the_fixing_role() {
    let database = Database::create();
    let (owner, member, stranger) = (
        format!("Owner_{}", database.name),
        format!("member_{}", database.name),
        format!("stranger_{}", database.name),
    );
    database.run(&format!(
        "create role \"{owner}\"; create role {member} in role \"{owner}\"; create role {stranger};
         create schema app authorization \"{owner}\"; set role \"{owner}\"; set search_path = app;
         create table t (id serial); create view v as select 1 as x; create type mood as enum ('a');
         create domain d as int; create type pair as (x int);
         create function f(int, text) returns int language sql as 'select 1'"
    ));
    let mut connection = connect(&database.source, &Guards::default()).await.unwrap();
    let nothing = BTreeSet::new();
    let roles = survey(&mut connection, &nothing, None).await.unwrap().roles.unwrap();
    assert!(roles.contains(&*owner) && roles.contains("postgres") && !roles.contains("nobody"), "{roles:?}");
    for may in [&owner, &member] {
        let rights = survey(&mut connection, &nothing, Some(may)).await.unwrap().rights;
        assert_eq!((rights.relations.len(), rights.routines.len(), rights.types.len()), (0, 0, 0), "{rights:?}");
        assert!(!rights.no_create.contains("app") && rights.no_schemas, "{rights:?}");
    }
    let all = survey(&mut connection, &nothing, Some("postgres")).await.unwrap().rights;
    assert!(all.relations.is_empty() && all.schemas.is_empty() && all.no_create.is_empty() && !all.no_schemas);

    let rights = survey(&mut connection, &nothing, Some(&stranger)).await.unwrap().rights;
    let owner_name = Name::from(owner.as_str());
    let app = |name: &str| QName::new("app", name);
    let names = |names: &[&str]| -> BTreeMap<QName, Name> {
        names.iter().map(|name| (app(name), owner_name.clone())).collect()
    };
    assert_eq!(rights.relations, names(&["t", "t_id_seq", "v"]));
    assert_eq!(rights.types, names(&["d", "mood", "pair"]));
    let signature = Signature { name: app("f"), arguments: "integer, text".into() };
    assert_eq!(rights.routines, BTreeMap::from([(signature, owner_name.clone())]));
    assert_eq!(rights.schemas.get("app"), Some(&owner_name));
    assert!(rights.no_create.contains("app"));
    let error = survey(&mut connection, &nothing, Some("nobody'\"")).await.unwrap_err();
    assert_eq!(error.code(), Some("42704"), "{error}");
    drop(database);
    psql("postgres", &format!("drop role {member}; drop role \"{owner}\"; drop role {stranger}"));
}

#[tokio::test]
async fn what_new_objects_are_born_with_is_the_fixing_roles() {
    let database = Database::create();
    let [maker, other] = ["maker", "other"].map(|role| format!("{role}_{}", database.name));
    database.run(&format!(
        "create role {maker}; create role {other}; create schema app;
         alter default privileges for role {maker} in schema app grant select on tables to {other} with grant option;
         alter default privileges for role {maker} revoke execute on functions from public;
         alter default privileges for role {maker} grant usage on sequences to public;
         alter default privileges for role {other} grant select on tables to public"
    ));
    let mut connection = connect(&database.source, &Guards::default()).await.unwrap();
    let born = survey(&mut connection, &BTreeSet::new(), Some(&maker)).await.unwrap().default_privileges;
    let entry = |schema: Option<&str>, kind, grantee, privilege, held| {
        let privileges = Privileges(BTreeMap::from([(privilege, held)]));
        ((schema.map(Name::from), kind), BTreeMap::from([(grantee, privileges)]))
    };
    let role = Grantee::Role(other.as_str().into());
    let expected = BTreeMap::from([
        entry(Some("app"), DefaultPrivilegeKind::Table, role, Privilege::Select, Held::Grantable),
        entry(None, DefaultPrivilegeKind::Routine, Grantee::Public, Privilege::Execute, Held::No),
        entry(None, DefaultPrivilegeKind::Sequence, Grantee::Public, Privilege::Usage, Held::Yes),
    ]);
    assert_eq!(born, expected);
    drop(database);
    psql("postgres", &format!("drop role {maker}; drop role {other}"));
}
