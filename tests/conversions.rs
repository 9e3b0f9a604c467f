//! Every built-in type converted to every other, with awkward values: no value is lost silently. PostgreSQL is the
//! judge: a conversion without a hazard is reversed, and must print the same values.

use std::collections::BTreeMap;

use chrono::Utc;
use schemawarden::daemon::fix;
use schemawarden::domain::drift::Scope;
use schemawarden::domain::plan::script::script;
use schemawarden::domain::plan::{Cost, Hazard, Step};
use schemawarden::pg::apply::{ApplySpec, Lease, apply};
use tokio_util::sync::CancellationToken;

use crate::support::{Database, fix_spec, psql};

/// Types, with values that a conversion to some other type may change.
const TYPES: &[(&str, &[&str])] = &[
    ("smallint", &["0", "1", "-7", "1234", "32767"]),
    ("integer", &["0", "1", "-7", "1234", "2147483647"]),
    ("bigint", &["0", "1", "1234", "9007199254740993", "9223372036854775807"]),
    ("numeric", &["0", "1", "1.10", "0.40", "12.345", "1e20", "NaN", "Infinity", "12345678901234567890.5"]),
    ("numeric(5,2)", &["0", "1", "1.10", "0.40", "999.99", "NaN"]),
    ("numeric(6,1)", &["0", "1.1", "99999.9"]),
    ("real", &["0", "1", "0.1", "1.5", "16777216", "NaN", "Infinity", "1e20"]),
    ("double precision", &["0", "1", "0.1", "1.5", "9007199254740992", "1e300", "NaN", "-Infinity", "0.1234567890123"]),
    ("money", &["0", "1.00", "1234.56"]),
    ("boolean", &["true", "false"]),
    (
        "text",
        &[
            "",
            "a",
            "abc",
            "DE",
            "DE ",
            " DE",
            "007",
            "1",
            "01",
            "0",
            "12.345",
            "1.10",
            " 12 ",
            "TRUE",
            "t",
            "101",
            "10",
            "NaN",
            "2025-01-02",
            "01/02/2025",
            "2025-01-02 03:04:05.6789",
            "2025-06-01 12:00+02",
            "infinity",
            "10:00:00.6",
            "24:00:00",
            "1 day 02:03:04.5",
            "1 mon",
            r#"{"a":1,"a":2}"#,
            r#"{"b": 1,  "a": 2}"#,
            "null",
            "1.0",
            "192.168.0.1/32",
            "192.168.0.0/24",
            "08:00:2b:01:02:03",
            "{1,2}",
            "{a,b}",
            "{01}",
            "<a/>",
            "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
            "Straße",
            "\\x00ff",
            "\\000",
            "[1,5)",
            "[1,4]",
            "(1,2)",
            "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr",
        ],
    ),
    ("character varying(3)", &["", "a", "abc", "DE ", "007", "1", "101", "1.0"]),
    (
        "character varying(70)",
        &["a", "DE ", "007", "12.345", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr"],
    ),
    ("character(1)", &["a", "1", "t"]),
    ("character(2)", &["DE", "D", "10", ""]),
    ("character(3)", &["DE", "DEU", "101", "1"]),
    ("name", &["a", "abc", "DE ", "007"]),
    ("\"char\"", &["a", "1"]),
    ("bytea", &["\\x", "\\x00ff", "\\x616263"]),
    ("bit(1)", &["0", "1"]),
    ("bit(3)", &["101", "000"]),
    ("bit(8)", &["00000101", "11111111"]),
    ("bit varying(3)", &["1", "101", "10"]),
    ("bit varying", &["", "1", "101", "0000000101"]),
    ("date", &["2025-01-02", "infinity", "0044-03-15 BC"]),
    ("time without time zone", &["10:00:00", "10:00:00.123456", "24:00:00"]),
    ("time(0) without time zone", &["10:00:01"]),
    ("time with time zone", &["10:00:00.5+02", "10:00:00+00"]),
    (
        "timestamp without time zone",
        &["2025-01-02 00:00", "2025-01-02 03:04:05.678901", "2025-03-30 02:30", "infinity"],
    ),
    ("timestamp(0) without time zone", &["2025-01-02 03:04:05"]),
    (
        "timestamp with time zone",
        &["2025-01-02 00:00+00", "2025-06-01 12:00:00.5+02", "2025-10-26 00:30+00", "2025-10-26 01:30+00", "-infinity"],
    ),
    ("timestamp(3) with time zone", &["2025-01-02 03:04:05.678+00"]),
    ("interval", &["1 day", "1 mon", "1 day 02:03:04.5", "30 days", "24:00:00"]),
    ("interval day", &["1 day", "2 days"]),
    ("interval(0)", &["1 day 00:00:05"]),
    ("uuid", &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
    (
        "json",
        &[r#"{"a":1,"a":2}"#, r#"{"b": 1,  "a": 2}"#, r#"{"a": 1}"#, "1.0", "1e2", r#""x""#, "null", "true", "[1, 2]"],
    ),
    ("jsonb", &[r#"{"a": 1}"#, "1.0", r#""x""#, "null", "true", "[1, 2]"]),
    ("xml", &["<a/>", "x"]),
    ("inet", &["192.168.0.1", "192.168.0.1/24", "192.168.0.0/24", "::1"]),
    ("cidr", &["192.168.0.0/24", "192.168.0.1/32"]),
    ("macaddr", &["08:00:2b:01:02:03"]),
    ("macaddr8", &["08:00:2b:01:02:03:04:05", "08:00:2b:ff:fe:01:02:03"]),
    ("oid", &["0", "1", "4294967295"]),
    ("integer[]", &["{}", "{1,2}", "{{1,2},{3,4}}", "[0:1]={1,2}"]),
    ("smallint[]", &["{1,2}"]),
    ("numeric(4,1)[]", &["{1.5,2.0}"]),
    ("numeric[]", &["{1.55,2}"]),
    ("text[]", &["{}", "{a,b}", "{01,2}", "{NULL,a}", "{DE ,abcd}"]),
    ("character varying(2)[]", &["{a,b}", "{DE}"]),
    ("character(3)[]", &["{DE,DEU}"]),
    ("int4range", &["[1,5)", "empty", "(,)"]),
    ("numrange", &["[1,5]", "[1.5,2)"]),
    ("point", &["(1,2)", "(0.1,0.2)"]),
    ("box", &["(3,4),(1,2)"]),
    ("circle", &["<(1,2),3>"]),
    ("polygon", &["((0,0),(1,0),(1,1),(0,1))"]),
    ("tsvector", &["'a' 'b'", "'a':1"]),
    ("pg_lsn", &["0/0", "16/B374D848"]),
];

/// Inserts the values that the server can cast at all, directly or through text.
const FILL: &str = "
    create function castable(value text, source text, target text) returns bool language plpgsql as $$ begin
        execute format('select (%L::%s)::%s', value, source, target);
        return true;
    exception when others then
        execute format('select (%L::%s)::text::%s', value, source, target);
        return true;
    end $$;
    create function castable_or_not(value text, source text, target text) returns bool language plpgsql as $$ begin
        return castable(value, source, target);
    exception when others then
        return false;
    end $$;
    create function content(relation text) returns text language plpgsql as $$ declare found text; begin
        execute format('select string_agg(coalesce(v::text, ''NULL''), ''|'' order by id) from %s', relation) into found;
        return found;
    end $$;
    create table judged (relation text, outcome text);
    -- Carries the statement out, and takes the values back to the type that they had.
    create procedure judge(relation text, source text, statement text) language plpgsql as $$
    declare before text := content(relation); begin
        begin
            execute statement;
        exception when others then
            insert into judged values (relation, 'failed: ' || sqlerrm);
            return;
        end;
        begin
            execute format('alter table %s alter v type %s using v::%s', relation, source, source);
        exception when others then
            begin
                execute format('alter table %s alter v type %s using v::text::%s', relation, source, source);
            exception when others then
                insert into judged values (relation, 'gone: ' || sqlerrm);
                return;
            end;
        end;
        insert into judged values (relation, case when content(relation) = before then 'kept'
            else format('changed: %s became %s', before, content(relation)) end);
    end $$;
";

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A table for each pair of types with a castable value.
fn build() -> (Database, Database, BTreeMap<String, (&'static str, &'static str)>) {
    let live = Database::with(FILL);
    let mut pairs = BTreeMap::new();
    let mut sql = String::new();
    for (i, (from, values)) in TYPES.iter().enumerate() {
        for (j, (to, _)) in TYPES.iter().enumerate().filter(|(j, _)| *j != i) {
            let table = format!("m_{i}_{j}");
            let rows: Vec<_> = values.iter().enumerate().map(|(n, v)| format!("({n}, {})", quoted(v))).collect();
            sql.push_str(&format!(
                "create table {table} (id int, v {from}); insert into {table} select id, v::{from} from (values {}) as x (id, v)
                 where castable_or_not(v, {}, {});\n",
                rows.join(", "),
                quoted(from),
                quoted(to)
            ));
            pairs.insert(table, (*from, *to));
        }
    }
    live.run(&sql);
    let empty = "select format('drop table %I', relname) from pg_class
        where relname ~ '^m_' and (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', relname), false, true, '')))[1]::text = '0'
        \\gexec";
    live.run(empty);
    let left = psql(&live.name, "select relname from pg_class where relname ~ '^m_'");
    let left: Vec<&str> = left.lines().collect();
    pairs.retain(|table, _| left.contains(&table.as_str()));
    let tables = pairs.iter().map(|(table, (_, to))| format!("create table {table} (id int, v {to});\n"));
    let expected = Database::with(&tables.collect::<String>());
    (live, expected, pairs)
}

#[tokio::test]
async fn no_conversion_of_built_in_types_loses_a_value_without_a_word() {
    let (live, expected, pairs) = build();
    let folder = tempfile::tempdir().unwrap();
    let spec = fix_spec(&live, &expected, Scope::Declared, folder.path().join("state.db"));
    let proposal = fix::propose(&spec, Utc::now()).await.unwrap();
    let steps: BTreeMap<&str, &Step> = proposal
        .plan
        .steps()
        .filter_map(|step| Some((step.action.strip_prefix("alter public.")?.split_once(':')?.0, step)))
        .collect();
    let is_blocked = |table: &str| {
        let object = format!("public.{table}.v");
        proposal.plan.blocked.iter().any(|blocked| blocked.object == object)
    };
    let possible = || pairs.iter().filter_map(|(table, (from, _))| Some((table, from, *steps.get(table.as_str())?)));
    let calls = possible().filter(|(table, ..)| !is_blocked(table)).map(|(table, from, step)| {
        format!("call judge({}, {}, {});\n", quoted(table), quoted(from), quoted(&step.sql))
    });
    live.run(&calls.collect::<String>());

    let judged = psql(&live.name, "select relation || ' ' || outcome from judged");
    let (mut kept, mut wrong) = (0, Vec::new());
    for (table, outcome) in judged.lines().filter_map(|line| line.split_once(' ')) {
        let loses = steps[table].hazards.iter().any(|cost| cost.hazard == Hazard::DataLoss);
        let (from, to) = pairs[table];
        assert!(!outcome.starts_with("failed"), "not blocked: {from} to {to}: {outcome}");
        match (outcome == "kept", loses) {
            (true, false) => kept += 1,
            (false, false) => wrong.push(format!("{from} to {to}: {outcome}")),
            // A value that the other type only spells differently may be reported all the same.
            (true | false, true) => {}
        }
    }
    let blocked = pairs.keys().filter(|table| is_blocked(table)).count();
    println!("{} pairs: {kept} keep every value, {blocked} are blocked, the others name what they lose", pairs.len());
    assert!(wrong.is_empty(), "lost without a word: {wrong:#?}");
    assert!(kept > 400, "{kept}");
}

/// Rows that were written after the plan was made are checked again under the lock that excludes writers: by the
/// program and by the script.
#[tokio::test]
async fn a_value_that_comes_after_the_plan_is_not_lost() {
    let live = Database::with("create table t (id int primary key, code text); insert into t values (1, '7')");
    let expected = Database::with("create table t (id int primary key, code int)");
    let folder = tempfile::tempdir().unwrap();
    let spec = fix_spec(&live, &expected, Scope::Declared, folder.path().join("state.db"));
    let proposal = fix::propose(&spec, Utc::now()).await.unwrap();
    let lossy = |cost: &Cost| cost.hazard == Hazard::DataLoss;
    assert!(!proposal.plan.steps().any(|step| step.hazards.iter().any(lossy)), "{:?}", proposal.plan);
    let copy = live.copy();
    let script = script(&proposal.plan, "case", &[Hazard::TableRewrite].into());
    let rows = "select string_agg(code, ' ' order by id) from t";
    for database in [&live, &copy] {
        database.run("insert into t values (2, '007')");
    }
    let by_psql = copy.run_script(&script, folder.path(), &[]);
    let said = String::from_utf8_lossy(&by_psql.stderr).into_owned();
    assert!(!by_psql.status.success() && said.contains("are not the same after the conversion"), "{said}");
    let mut lease = Lease::take(&live.source).await.unwrap();
    let spec = ApplySpec { source: &live.source, keeper: None };
    let applied = apply(&mut lease, &spec, &proposal.plan, &|_| {}, &CancellationToken::new()).await;
    let error = applied.unwrap_err().to_string();
    assert!(error.contains("are not the same after the conversion"), "{error}");
    for database in [&live, &copy] {
        assert_eq!(psql(&database.name, rows), "7 007\n");
    }
    live.run("delete from t where id = 2");
    apply(&mut lease, &spec, &proposal.plan, &|_| {}, &CancellationToken::new()).await.unwrap();
    lease.close().await;
    assert_eq!(psql(&live.name, "select sum(code) from t"), "7\n");
}
