//! Settings of the watched database, which its owner chooses, change neither what the plan's statements say nor what
//! becomes of values.

use super::application_code::{Watched, carry_out};
use crate::cli::{Site, run};
use crate::support::{Database, psql};

fn site(settings: &str, live: &str, expected: &str) -> (Database, Site) {
    let database = Database::with(live);
    database.run(&settings.replace("{database}", &database.name));
    let site = Site::new(&database.url(), "");
    site.write("expected.sql", expected);
    (database, site)
}

#[test]
fn numbers_keep_the_digits_that_the_databases_sessions_do_not_print() {
    let (database, site) = site(
        "alter database {database} set extra_float_digits = -14",
        "create table t (id int primary key, a float8, b float8, c float8[]);
         insert into t values (1, 1.2345678901234567, 1.2345678901234567, '{1.2345678901234567}')",
        "create table t (id int primary key, a numeric, b text, c real[]);",
    );
    let refused = run(&mut site.command("apply", &["--yes", "--allow", "table_rewrite"]));
    assert!(refused.code == 1 && refused.err.contains("data_loss"), "{}", refused.both());
    // What keeps them keeps all of them.
    site.write("expected.sql", "create table t (id int primary key, a float8, b text, c float8[]);");
    let applied = run(&mut site.command("apply", &["--yes", "--allow", "table_rewrite"]));
    assert_eq!(applied.code, 0, "{}", applied.both());
    assert_eq!(psql(&database.name, "select b from t"), "1.2345678901234567\n");
}

#[test]
fn a_text_ends_where_it_was_written_to_end() {
    let (database, site) = site(
        "alter database {database} set standard_conforming_strings = off; alter database {database} set backslash_quote = on",
        "create table t (id int primary key); insert into t values (1)",
        r"create table t (id int primary key, a text not null default 'C:\temp\new',
            b text default 'a\'';create table public.made ();--', constraint c check (a <> 'x\'''));",
    );
    let applied = run(&mut site.command("apply", &["--yes", "--allow", "table_rewrite"]));
    assert_eq!(applied.code, 0, "{}", applied.both());
    assert_eq!(psql(&database.name, "select a, length(b), to_regclass('made') from t"), "C:\\temp\\new|34|\n");
}

/// The database's own zone and order of dates, by both ways, and told.
#[test]
fn times_and_dates_are_converted_as_the_databases_sessions_do() {
    let live = "create table b (id int primary key, at timestamp, day text);
        insert into b values (1, '2025-01-01 12:00', '01/02/2025'), (2, '2025-07-01 12:00', '13/02/2025');";
    let expected = "create table b (id int primary key, at timestamptz, day date);";
    for by_script in [false, true] {
        let watched = Watched::with(live, "", expected, "");
        let name = &watched.database.name;
        watched.database.run(&format!(
            "alter database {name} set timezone = 'America/New_York'; alter database {name} set datestyle = 'ISO, DMY'"
        ));
        let plan = watched.as_member("plan", &["--rehearse"]);
        for part in ["TimeZone America/New_York, DateStyle ISO, DMY", "table_rewrite"] {
            assert!(plan.out.contains(part), "no {part} in {}", plan.both());
        }
        carry_out(&watched, by_script);
        let rows = watched.ask("set timezone = 'UTC'; set datestyle = 'ISO'; select id, at, day from b order by id");
        assert_eq!(
            rows, "1|2025-01-01 17:00:00+00|2025-02-01\n2|2025-07-01 16:00:00+00|2025-02-13",
            "by script: {by_script}"
        );
    }
}
