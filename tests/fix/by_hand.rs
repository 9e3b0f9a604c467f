//! A fix that was written by hand: run as it is, with the same care, and judged by what comes of it.

use crate::cli::{Answer, Site, run};
use crate::support::Database;

const LIVE: &str = "create schema app; create table app.t (id int, name text); \
                    insert into app.t select g, 'n' || g from generate_series(1, 100) g";
const EXPECTED: &str = "create schema app; create table app.t (id int not null, name text, seen timestamptz);
                        create unique index t_name_idx on app.t (name);";

const FIX: &str = "-- What the planner would not do in this way.
SET search_path = app;
SET lock_timeout = '1h';
BEGIN;
ALTER TABLE t ADD COLUMN seen timestamptz;
ALTER TABLE t ADD CONSTRAINT helper CHECK (id IS NOT NULL) NOT VALID;
COMMIT;
ALTER TABLE t VALIDATE CONSTRAINT helper;
DO $$ BEGIN
    ALTER TABLE t ALTER id SET NOT NULL; ALTER TABLE t DROP CONSTRAINT helper;
END $$;
create unique index concurrently t_name_idx on t (name);
";

struct Fix {
    database: Database,
    site: Site,
}

impl Fix {
    fn of(script: &str) -> Self {
        let database = Database::with(LIVE);
        let site = Site::new(&database.url(), "fix = 'by_hand.sql'\n");
        site.write("expected.sql", EXPECTED);
        site.write("by_hand.sql", script);
        Self { database, site }
    }

    fn run(&self, command: &str, more: &[&str]) -> Answer {
        run(&mut self.site.command(command, more))
    }
}

#[test]
fn it_is_shown_rehearsed_carried_out_and_verified() {
    let fix = Fix::of(FIX);
    let plan = fix.run("plan", &["--rehearse"]);
    assert_eq!(plan.code, 1, "{}", plan.both());
    for part in [
        "5 steps in 4 transactions",
        "hazards: not_reversible (not allowed yet)",
        "1 to 2, committed as one\n 1. line 5: ALTER TABLE t ADD COLUMN seen timestamptz\n",
        "    lock  app.t ACCESS EXCLUSIVE: stops readers and writers for milliseconds\n",
        "its text does not show what it does",
        "    undo  impossible: a hand-written statement\n",
        "line 3: lock_timeout is left out: the limits of the executor hold",
        "rehearsal: passed",
        "takes ACCESS EXCLUSIVE on app.t, and the plan does not say so",
    ] {
        assert!(plan.out.contains(part), "no {part} in {}", plan.both());
    }
    let answer = fix.run("apply", &["--yes"]);
    assert_eq!(answer.code, 1, "{}", answer.both());
    assert!(answer.err.contains("say --allow not_reversible"), "{}", answer.both());
    let id = fix.run("plan", &["--format", "json"]).json()["plan"]["id"].as_str().unwrap().to_owned();
    let apply = ["--yes", "--allow", "not_reversible", "--plan", &id];
    // What was approved is what runs: another script is another plan.
    fix.site.write("by_hand.sql", &FIX.replace("helper", "other"));
    let stale = fix.run("apply", &apply);
    assert!(stale.code == 1 && stale.err.contains("is stale"), "{}", stale.both());
    fix.site.write("by_hand.sql", FIX);
    let answer = fix.run("apply", &apply);
    assert_eq!(answer.code, 0, "{}", answer.both());
    assert!(answer.out.contains("5 of 5 steps carried out, 0 held before"), "{}", answer.both());
    // There is no drift, so nobody runs it again.
    for command in ["plan", "apply"] {
        let again = fix.run(command, &[]);
        assert_eq!((again.code, again.err.as_str()), (0, ""), "{}", again.both());
        assert!(again.out.ends_with("nothing to do: the live schema is what is expected\n"), "{}", again.both());
    }
}

#[test]
fn the_script_of_it_runs_in_psql() {
    let fix = Fix::of(FIX);
    let script = fix.run("plan", &["--format", "sql", "--allow", "not_reversible"]);
    assert_eq!(script.code, 1, "{}", script.both());
    fix.database.run(&script.out);
    assert_eq!(fix.run("check", &[]).code, 0);
}

#[test]
fn one_that_does_not_mend_fails_its_rehearsal() {
    let fix = Fix::of("ALTER TABLE app.t ADD COLUMN seen timestamptz;");
    let answer = fix.run("apply", &["--yes"]);
    assert_eq!(answer.code, 1, "{}", answer.both());
    assert!(answer.out.contains("rehearsal: failed") && answer.out.contains("afterwards, "), "{}", answer.both());
    assert!(answer.err.contains("the plan does not do what it should"), "{}", answer.both());
    let answer = fix.run("apply", &["--yes", "--format", "json", "--no-rehearse"]);
    assert_eq!((answer.code, &answer.json()["outcome"]), (1, &"not_converged".into()), "{}", answer.both());
    assert_eq!(answer.json()["drift"].as_array().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_run_as_written_is_refused_with_its_line() {
    let fix = Fix::of("SELECT 1;\nBEGIN;\nROLLBACK;\n");
    fix.run("plan", &[]).fails_with(&["by_hand.sql: line 3: ROLLBACK is not supported in a fix"]);
    let missing = fix.site.path("missing.sql");
    fix.run("apply", &["--fix", missing.to_str().unwrap(), "--yes"]).fails_with(&["missing.sql cannot be read"]);
    // A statement that the server refuses is told in its words, and what came before it stays.
    fix.site.write("by_hand.sql", "ALTER TABLE app.t ADD COLUMN seen timestamptz;\n\nALTER TABLE app.nope ADD a int;");
    let answer = fix.run("apply", &["--yes", "--no-rehearse"]);
    assert_eq!(answer.code, 1, "{}", answer.both());
    let said = "step 2 of 2 (line 3: ALTER TABLE app.nope ADD a int) failed: relation \"app.nope\" does not exist";
    assert!(answer.err.contains(said), "{}", answer.both());
    assert!(answer.out.contains("1 of 2 steps carried out"), "{}", answer.both());
}
