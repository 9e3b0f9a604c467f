//! Facts that the reader asks the server for, because a definition's text would only allow a guess: on a real
//! PostgreSQL.

use schemawarden::daemon::expected::{from_snapshot, to_snapshot};
use schemawarden::domain::catalog::{Event, Firing, Timing};
use schemawarden::domain::drift::{self, Scope};
use serde_json::Value;

use crate::support::{Database, psql};

/// A type and a default.
const DEFAULTS: [(&str, &str); 30] = [
    ("int", "1"),
    ("text", "'random()'"),
    ("text", "'a :funcid 1598 {NEXTVALUEEXPR '"),
    ("text", "lower('A')"),
    ("timestamptz", "now()"),
    ("timestamptz", "(now() + interval '7 days')"),
    ("timestamptz", "current_timestamp"),
    ("timestamptz", "clock_timestamp()"),
    ("date", "current_date"),
    ("text", "localtimestamp(0)::text"),
    ("text", "clock_timestamp()::text"),
    ("text", "'x' || md5(random()::text)"),
    ("uuid", "gen_random_uuid()"),
    ("bigint", "nextval('public.s')"),
    ("regclass", "'public.s'"),
    ("bigint", "txid_current()"),
    ("numeric(10,2)", "1.5"),
    ("jsonb", "jsonb_build_object('a', 1)"),
    ("int", "public.volatile()"),
    ("int", "public.stable()"),
    ("int", "public.given()"),
    ("int", "public.fixed()"),
    ("int", "1 operator(public.+!) 2"),
    ("bool", "1 operator(public.=!) any (array[1, 2])"),
    ("bool", "row(1, 2) < row(3, 4)"),
    ("int[]", "array[1, public.volatile()]"),
    ("int", "coalesce(null, greatest(1, public.volatile()))"),
    ("int", "case when now() > '2000-01-01' then 1 else public.volatile() end"),
    ("public.sevens", "array[7]"),
    ("\"char\"", "'a'"),
];

/// The server rewrites the table for an added column exactly if its default is volatile.
#[tokio::test]
async fn volatile_is_the_default_that_the_server_writes_a_table_again_for() {
    let database = Database::with(
        "create sequence s;
         create function volatile() returns int language plpgsql as 'begin return 1; end';
         create function stable() returns int language sql stable as 'select 1';
         create function plus(int, int) returns int language plpgsql as 'begin return 1; end';
         create function given(float = random()) returns int language plpgsql immutable as 'begin return 1; end';
         create function fixed(int = 1) returns int language plpgsql immutable as 'begin return 1; end';
         create operator +! (leftarg = int, rightarg = int, function = plus);
         create function same(int, int) returns bool language plpgsql as 'begin return true; end';
         create operator =! (leftarg = int, rightarg = int, function = same);
         create domain sevens as int[];
         create domain die as int default (random() * 6)::int;
         create domain seven as int default 7;
         create domain none as int",
    );
    let mut rewritten = Vec::new();
    for (at, (data_type, default)) in DEFAULTS.iter().enumerate() {
        let file = format!("select pg_relation_filenode('public.t{at}')");
        database.run(&format!("create table public.t{at} (id int); insert into public.t{at} values (1)"));
        let before = psql(&database.name, &file);
        database.run(&format!("alter table public.t{at} add c {data_type} default ({default})"));
        rewritten.push(psql(&database.name, &file) != before);
    }
    let catalog = database.read().await;
    for (at, rewritten) in rewritten.iter().enumerate() {
        let relation = catalog.relations.iter().find(|(name, _)| name.to_string() == format!("public.t{at}"));
        let columns = &relation.unwrap().1.columns;
        assert_eq!(columns[0].volatile, None);
        assert_eq!(columns[1].volatile, Some(*rewritten), "{:?}: {:?}", DEFAULTS[at], columns[1].default);
    }
    assert!(rewritten.contains(&true) && rewritten.contains(&false));
    let domains = catalog.domains.iter().map(|(name, domain)| (name.name.as_str(), domain.volatile));
    let domains: Vec<_> = domains.collect();
    assert_eq!(domains, [("die", Some(true)), ("none", None), ("seven", Some(false)), ("sevens", None)]);
}

/// Names and a condition that look like a part of the statement.
#[tokio::test]
async fn a_trigger_tells_when_it_fires_and_what_it_calls() {
    let database = Database::with(
        r#"create schema " EXECUTE FUNCTION a";
           create function " EXECUTE FUNCTION a"."b("() returns trigger language plpgsql as 'begin return new; end';
           create table t (a int, " ON , b" int, "AFTER INSERT" text);
           create view v as select a from t;
           create trigger " BEFORE DELETE ON x" after insert or update of " ON , b", a on t for each row
               when (new."AFTER INSERT" <> ' WHEN (') execute function " EXECUTE FUNCTION a"."b("();
           create trigger a before truncate or delete on t execute function " EXECUTE FUNCTION a"."b("(' WHEN (');
           create trigger a instead of update on v for each row execute function " EXECUTE FUNCTION a"."b("()"#,
    );
    let catalog = database.read().await;
    let triggers = catalog.relations.iter().flat_map(|(name, it)| it.triggers.iter().map(move |it| (name, it)));
    let found: Vec<_> = triggers.map(|(name, it)| (name.name.as_str(), it.firing.clone().unwrap())).collect();
    let firing = |timing, events: &[Event]| Firing {
        timing,
        events: events.iter().copied().collect(),
        for_each_row: true,
        columns: Vec::new(),
        conditional: false,
        function: schemawarden::domain::name::QName::new(" EXECUTE FUNCTION a", "b("),
    };
    let after = Firing {
        columns: vec![" ON , b".into(), "a".into()],
        conditional: true,
        ..firing(Timing::After, &[Event::Insert, Event::Update])
    };
    let before = Firing { for_each_row: false, ..firing(Timing::Before, &[Event::Delete, Event::Truncate]) };
    let instead = firing(Timing::InsteadOf, &[Event::Update]);
    assert_eq!(found, [("t", after), ("t", before), ("v", instead)]);
}

/// A snapshot of a version without these facts can be read, and causes no drift.
#[tokio::test]
async fn a_snapshot_without_these_facts_still_holds() {
    fn forget(value: &mut Value) -> usize {
        match value {
            Value::Object(fields) => {
                let known = ["volatile", "firing"].into_iter().filter(|fact| fields.remove(*fact).is_some()).count();
                known + fields.values_mut().map(forget).sum::<usize>()
            }
            Value::Array(values) => values.iter_mut().map(forget).sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        }
    }
    let database = Database::with(
        "create function f() returns trigger language plpgsql as 'begin return new; end';
         create domain die as int default 6;
         create table t (a int default 1, b timestamptz default clock_timestamp(), c die);
         create trigger t before update on t for each row execute function f()",
    );
    let catalog = database.read().await;
    let mut snapshot: Value = serde_json::from_str(&to_snapshot(&catalog).unwrap()).unwrap();
    assert_eq!(forget(&mut snapshot), 4);
    let old = from_snapshot(&snapshot.to_string()).unwrap();
    assert_eq!(drift::compare(&old, &catalog, Scope::Whole), []);
    assert_eq!(drift::compare(&catalog, &old, Scope::Whole), []);
}
