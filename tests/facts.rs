//! Facts that the reader asks the server for, where a definition's text would only let one guess: on a real PostgreSQL.

use crate::support::{Database, psql};

/// Type and default.
const DEFAULTS: [(&str, &str); 28] = [
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
    ("int", "1 operator(public.+!) 2"),
    ("bool", "1 operator(public.=!) any (array[1, 2])"),
    ("bool", "row(1, 2) < row(3, 4)"),
    ("int[]", "array[1, public.volatile()]"),
    ("int", "coalesce(null, greatest(1, public.volatile()))"),
    ("int", "case when true then 1 else public.volatile() end"),
    ("public.sevens", "array[7]"),
    ("\"char\"", "'a'"),
];

/// For a volatile default, and for no other, the server writes the table again when the column is added.
#[tokio::test]
async fn volatile_is_the_default_that_the_server_writes_a_table_again_for() {
    let database = Database::with(
        "create sequence s;
         create function volatile() returns int language sql as 'select 1';
         create function stable() returns int language sql stable as 'select 1';
         create function plus(int, int) returns int language sql as 'select 1';
         create operator +! (leftarg = int, rightarg = int, function = plus);
         create function same(int, int) returns bool language sql as 'select true';
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
        database.run(&format!("alter table public.t{at} add c {data_type} default {default}"));
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
