//! Functions that are replaced: what they had computed, where it cannot be computed anew.

use std::process::Command;

use crate::cli::{Answer, Site, run};
use crate::support::{Database, file, psql};

const LOWER: &str = "create function n(text) returns text language sql immutable as 'select lower($1)';";
const BARE: &str =
    "create function n(text) returns text language sql immutable as $$ select replace(lower($1), ' ', '') $$;";

struct Replaced {
    database: Database,
    site: Site,
}

impl Replaced {
    /// `tables` are the same on both sides.
    fn new(tables: &str, rows: &str) -> Self {
        let database = Database::with(&format!("{LOWER}{tables}{rows}"));
        let site = Site::new(&database.url(), "");
        site.write("expected.sql", &format!("{BARE}{tables}"));
        Self { database, site }
    }

    fn run(&self, command: &str, more: &[&str]) -> Answer {
        let mut command: Command = self.site.command(command, more);
        run(&mut command)
    }

    fn ask(&self, sql: &str) -> String {
        psql(&self.database.name, sql).trim_end().to_owned()
    }
}

#[test]
fn a_unique_index_that_the_new_function_does_not_allow_is_missing_and_the_old_one_serves() {
    let replaced = Replaced::new(
        "create table u (id int primary key, e text); create unique index u_n on u (n(e));",
        "insert into u values (1, 'a b'), (2, 'ab');",
    );
    let applied = replaced.run("apply", &["--yes"]);
    assert_eq!(applied.code, 1, "{}", applied.both());
    assert!(applied.both().contains("u_n"), "{}", applied.both());
    let check = replaced.run("check", &[]);
    assert_eq!(check.code, 1, "{}", check.both());
    assert!(check.out.contains("index u_n missing"), "{}", check.both());
    let aside = "select string_agg(indexrelid::regclass::text, ',') from pg_index where indrelid = 'u'::regclass \
                 and indexprs is not null and indisvalid";
    assert!(replaced.ask(aside).starts_with("schemawarden_stale_"), "{}", replaced.ask(aside));
    // Whoever comes later is told before anything is done.
    let plan = replaced.run("plan", &[]);
    assert!(plan.out.contains("share their key"), "{}", plan.both());
    replaced.ask("delete from u where id = 2");
    let applied = replaced.run("apply", &["--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    assert_eq!(replaced.ask(aside), "u_n");
}

#[test]
fn what_no_plan_computes_anew_is_told_with_the_command_for_it() {
    let case = file("tests/cases/fix/function/replaced_under_what_stays_as_it_is");
    let sql = |name: &str| std::fs::read_to_string(case.join(name)).unwrap();
    let database = Database::with(&sql("live.sql"));
    let site = Site::new(&database.url(), "");
    site.write("expected.sql", &sql("expected.sql"));
    let plan = run(&mut site.command("plan", &["--format", "json"])).json();
    let warnings: Vec<&str> =
        plan["plan"]["warnings"].as_array().unwrap().iter().filter_map(|it| it.as_str()).collect();
    for part in [
        "materialized view public.m was computed by public.n(integer), which the plan replaces: REFRESH",
        "materialized view public.mv was computed",
        "REINDEX INDEX public.apart",
        "(positive)",
        "statistics public.s were computed by public.n(integer), which the plan replaces: ANALYZE public.t",
        "values of domain public.d were checked",
        "which partition of public.p a row is in",
        "column public.c.g was computed",
    ] {
        assert_eq!(warnings.iter().filter(|warning| warning.contains(part)).count(), 1, "{part}: {warnings:#?}");
    }
    assert_eq!(warnings.len(), 8, "{warnings:#?}");
}

/// A run that was killed has built the index by a function that is not the last one.
#[test]
fn what_a_killed_run_has_built_is_not_taken_for_what_the_next_function_computes() {
    let replaced = Replaced::new(
        "create table u (id int primary key, e text); create index u_n on u (n(e));",
        "insert into u select g, 'A ' || g from generate_series(1, 30) g;",
    );
    // After the index was built under a name of ours, before it gets its own.
    let mut command = replaced.site.command("apply", &["--yes", "--no-rehearse"]);
    let killed = command.env("SCHEMAWARDEN_DIE_AFTER_STEP", "4").output().unwrap();
    assert_eq!(killed.status.code(), None, "{killed:?}");
    let helpers = "select count(*) from pg_class where relname ~ '^schemawarden_(stale|idx)_'";
    assert_eq!(replaced.ask(helpers), "2", "{killed:?}");
    let last = BARE.replace("replace(lower($1), ' ', '')", "reverse($1)");
    replaced.site.write(
        "expected.sql",
        &format!("{last} create table u (id int primary key, e text); create index u_n on u (n(e));"),
    );
    let applied = replaced.run("apply", &["--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    let found = "set enable_seqscan = off; select count(*) from u where n(e) = n('A 20')";
    assert_eq!((replaced.ask(helpers).as_str(), replaced.ask(found).as_str()), ("0", "1"));
}

/// Of what lies in a schema that is not watched, what a plan cannot see to is told, and what the server sees to itself stands
/// in nobody's way.
#[test]
fn what_stands_in_a_schema_that_is_not_watched_is_told() {
    let database = Database::with(
        "create schema app; create schema other;
         create function app.f(x int) returns int language sql immutable as 'select x';
         create table app.t (id int primary key, name text);
         create table other.u (x int, t_id int references app.t); create index u_f on other.u (app.f(x));",
    );
    let site = Site::new(&database.url(), "schemas = ['app']\n");
    let expected = |id: &str, name: &str| {
        format!(
            "create schema app; create function app.f(x int) returns int language sql immutable as 'select x + 1';
             create table app.t (id {id} primary key{name});"
        )
    };
    site.write("expected.sql", &expected("bigint", ", name text"));
    let plan = run(&mut site.command("plan", &[]));
    assert!(plan.out.contains("index other.u_f") && !plan.out.contains("blocked"), "{}", plan.both());
    database.run("create view other.v as select name from app.t");
    site.write("expected.sql", &expected("int", ", name varchar(10)"));
    let plan = run(&mut site.command("plan", &[]));
    assert!(plan.out.contains("blocked") && plan.out.contains("other.v"), "{}", plan.both());
}

/// The definitions are what is expected, and what is stored is not.
#[test]
fn values_that_a_killed_run_has_not_computed_anew_are_drift() {
    let replaced = Replaced::new(
        "create table u (id int primary key, e text, g text generated always as (n(e)) stored);",
        "insert into u select i, 'A ' || i from generate_series(1, 30) i;",
    );
    let marks = "select count(*) from pg_constraint where conname like 'schemawarden_stale_%'";
    let kill = |at: u8| {
        let mut command = replaced.site.command("apply", &["--yes", "--no-rehearse"]);
        command.env("SCHEMAWARDEN_DIE_AFTER_STEP", at.to_string()).output().unwrap();
        replaced.ask(marks) == "1"
    };
    assert!((1..=6).any(kill), "no run was killed behind the mark");
    assert_eq!(replaced.ask("select count(*) from u where g is distinct from n(e)"), "30");
    let check = replaced.run("check", &[]);
    assert_eq!(check.code, 1, "{}", check.both());
    for part in ["column g", "critical", "were computed by a function that has been replaced"] {
        assert!(check.out.contains(part), "{part}: {}", check.both());
    }
    let applied = replaced.run("apply", &["--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    let check = replaced.run("check", &[]);
    assert_eq!(check.code, 0, "{}", check.both());
    assert_eq!(replaced.ask("select count(*) from u where g is distinct from n(e)"), "0");
}

#[test]
fn a_column_that_is_computed_from_a_number_of_the_servers_own_is_computed_anew_by_what_is_told() {
    let replaced = Replaced::new(
        "create table c (id int generated always as identity primary key,
           g text not null generated always as (n('A B' || id::text)) stored);",
        "insert into c default values; insert into c default values;",
    );
    let plan = replaced.run("plan", &["--format", "json"]).json();
    let warnings = plan["plan"]["warnings"].as_array().unwrap();
    let told = warnings.iter().filter_map(|it| it.as_str()?.split_once("or no column to set): "));
    let told: Vec<&str> = told.map(|(_, command)| command).collect();
    let [command] = told[..] else { panic!("{warnings:#?}") };
    let applied = replaced.run("apply", &["--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    replaced.ask(command);
    assert_eq!(replaced.ask("select string_agg(g, ' ' order by id) from c"), "ab1 ab2");
    assert_eq!(replaced.ask("select attidentity from pg_attribute where attrelid = 'c'::regclass and attnum = 1"), "a");
}
