//! Repairs on the command line: the community's outdated database, from its drift to none.

mod back;
mod by_hand;
mod detached;
mod interrupted;
mod observed;
mod privileges;
mod refused;
mod roles;
mod stale;
mod uncompared;

use std::process::Command;

use serde_json::{Value, json};

use crate::cli::{Answer, Site, community, keys, run};
use crate::support::{Database, client, psql};

/// The outdated community, and a configuration that watches it.
pub struct Outdated {
    pub database: Database,
    pub site: Site,
}

const SET_NULL: &str = "orphans = 'set_null'\n";

impl Outdated {
    /// `more` is added to the target's table.
    pub fn with(more: &str) -> Self {
        let database = community("outdated.sql");
        Self { site: Site::new(&database.url(), more), database }
    }

    pub fn that_sets_null() -> Self {
        Self::with(SET_NULL)
    }

    pub fn run(&self, command: &str, more: &[&str]) -> Answer {
        run(&mut self.site.command(command, more))
    }

    pub fn plan_id(&self, more: &[&str]) -> String {
        let plan = self.run("plan", &[more, &["--format", "json"]].concat()).json();
        plan["plan"]["id"].as_str().unwrap().to_owned()
    }

    pub fn ask(&self, sql: &str) -> String {
        psql(&self.database.name, sql).trim_end().to_owned()
    }

    pub fn dangling(&self) -> String {
        self.ask("select count(*) from post_reactions where not exists (select from posts where id = post_id)")
    }

    /// Nothing was applied: the drift is unchanged.
    pub fn is_as_it_was(&self) {
        let check = self.run("check", &["--format", "json"]).json();
        assert_eq!(check["targets"][0]["drift"].as_array().unwrap().len(), 13, "{check}");
        assert_eq!(self.dangling(), "36");
    }

    pub fn holds(&self) {
        let check = self.run("check", &[]);
        assert_eq!(check.code, 0, "{}", check.both());
        let plan = self.run("plan", &[]);
        assert_eq!(plan.code, 0, "{}", plan.both());
        assert!(plan.out.ends_with("nothing to do: the live schema is what is expected\n"), "{}", plan.both());
    }
}

#[test]
fn a_plan_is_shown_as_text_and_as_json() {
    let outdated = Outdated::that_sets_null();
    let text = outdated.run("plan", &["--rehearse"]);
    assert_eq!((text.code, text.err.as_str()), (1, ""), "{}", text.both());
    let id = outdated.plan_id(&[]);
    for part in [
        &format!("plan {id}  "),
        "no session is stopped for longer than about 300 ms; hazards: none",
        "column public.posts.is_hidden missing\n",
        "    ALTER TABLE public.posts ADD COLUMN is_hidden boolean NOT NULL DEFAULT false\n",
        "    lock  public.posts ACCESS EXCLUSIVE: stops readers and writers for milliseconds\n",
        "range by range, each committed; the old values are kept first\n",
        "rehearsal: passed, in a copy of the live schema\n",
    ] {
        assert!(text.out.contains(part), "no {part} in {}", text.both());
    }

    let answer = outdated.run("plan", &["--format", "json", "--rehearse"]);
    assert_eq!((answer.code, answer.err.as_str()), (1, ""), "{}", answer.both());
    let answer = answer.json();
    assert_eq!(keys(&answer), ["target", "address", "plan", "drift", "rehearsal"].into());
    assert_eq!(answer["rehearsal"], json!({"outcome": "passed"}));
    assert_eq!((&answer["target"], answer["drift"].as_array().unwrap().len()), (&"community".into(), 13));
    let plan = &answer["plan"];
    assert_eq!(keys(plan), ["id", "segments", "blocked", "warnings"].into());
    assert_eq!((plan["id"].as_str(), &plan["blocked"]), (Some(id.as_str()), &json!([])));
    let mut steps = 0;
    for segment in plan["segments"].as_array().unwrap() {
        for step in segment["steps"].as_array().unwrap_or(&vec![segment["step"].clone()]) {
            let promised =
                ["effects", "action", "sql", "ensures", "locks", "work", "limits", "hazards", "irreversible"];
            // Optional keys: another role or setting, a further condition, an undo.
            let found: std::collections::BTreeSet<&str> =
                keys(step).into_iter().filter(|key| !["context", "guard", "undo"].contains(key)).collect();
            assert_eq!(found, promised.into(), "{step}");
            assert!(step["limits"]["lock_timeout_ms"].as_u64().unwrap() > 0, "{step}");
            steps += 1;
        }
    }
    assert!(text.out.contains(&format!("plan {id}  {steps} steps in ")), "{}", text.out);
    outdated.is_as_it_was();
}

#[test]
fn the_script_does_the_same_in_psql() {
    let outdated = Outdated::that_sets_null();
    let answer = outdated.run("plan", &["--format", "sql"]);
    assert_eq!((answer.code, answer.err.as_str()), (1, ""), "{}", answer.both());
    assert!(answer.out.starts_with(&format!("-- Plan {} for community, ", outdated.plan_id(&[]))), "{}", answer.out);
    let script = outdated.site.write("fix.sql", &answer.out);
    let psql = |_: u32| {
        let mut psql = Command::new(client("psql"));
        psql.args(["-X", "-v", "ON_ERROR_STOP=1", "-d", &outdated.database.url(), "-f", &script]);
        run(psql.current_dir(outdated.site.path("")))
    };
    let [first, second, third] = [1, 2, 3].map(psql);
    assert_eq!((first.code, first.err.as_str()), (0, ""), "{}", first.both());
    for again in [second, third] {
        assert_eq!((again.code, again.both().as_str()), (0, "exit 0\n"));
    }
    outdated.holds();
    let kept = std::fs::read_dir(outdated.site.path("")).unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<_> = kept.filter(|path| path.extension().is_some_and(|it| it == "csv")).collect();
    assert_eq!(std::fs::read_to_string(&kept[0]).unwrap().lines().count(), 37, "{kept:?}");
    // No statement is left.
    let nothing = outdated.run("plan", &["--format", "sql"]);
    assert_eq!(nothing.code, 0, "{}", nothing.both());
}

#[test]
fn it_is_applied_once_and_then_there_is_nothing_to_do() {
    let outdated = Outdated::that_sets_null();
    let id = outdated.plan_id(&[]);
    let answer = outdated.run("apply", &["--plan", &id, "--yes", "--format", "json"]);
    assert_eq!(answer.code, 0, "{}", answer.both());
    for part in ["begun plan", "started step=1 of=", "finished carried_out="] {
        assert!(answer.err.contains(part), "no {part} in {}", answer.both());
    }
    let answer = answer.json();
    let promised =
        ["target", "address", "outcome", "plan", "rehearsal", "carried_out", "skipped", "kept_rows", "drift"];
    assert_eq!(keys(&answer), promised.into());
    assert_eq!((&answer["outcome"], &answer["plan"]["id"]), (&"converged".into(), &id.as_str().into()));
    assert_eq!((&answer["skipped"], &answer["drift"]), (&0.into(), &json!([])));
    let rows: u64 = answer["carried_out"].as_array().unwrap().iter().filter_map(|step| step["rows"].as_u64()).sum();
    assert_eq!((rows, &answer["kept_rows"]), (36, &36.into()));
    outdated.holds();
    assert_eq!(outdated.ask("select count(*) from post_reactions where post_id is null"), "36");
    let deleted = outdated.ask("delete from posts where id = 1 returning 'gone'");
    assert_eq!(deleted, "gone", "which was what failed");

    outdated.database.run(
        "create table ddl (tag text); create function count_ddl() returns event_trigger language plpgsql as \
         $$ begin insert into public.ddl values (tg_tag); end $$; \
         create event trigger count_ddl on ddl_command_start execute function count_ddl()",
    );
    let again = outdated.run("apply", &["--yes"]);
    assert_eq!((again.code, again.err.as_str()), (0, ""), "{}", again.both());
    assert!(again.out.ends_with("nothing to do: the live schema is what is expected\n"), "{}", again.both());
    let again = outdated.run("apply", &["--yes", "--format", "json", "--plan", &id]).json();
    assert_eq!((&again["outcome"], &again["carried_out"]), (&"nothing_to_do".into(), &json!([])));
    assert_eq!(outdated.ask("select count(*) from ddl"), "0");
}

/// The values that the repair has replaced can be put back as far as the schema allows; the others are reported.
#[test]
fn old_values_are_put_back_where_the_server_takes_them() {
    let outdated = Outdated::that_sets_null();
    outdated.database.run("create table before as select id, post_id from post_reactions");
    let answer = outdated.run("apply", &["--yes"]);
    assert_eq!(answer.code, 0, "{}", answer.both());
    let hint = answer.out.lines().find_map(|line| line.split_once("schemawarden put-back --plan ")).unwrap().1;
    let put_back = |more: &[&str]| outdated.run("put-back", &[&["--plan", hint][..], more].concat());

    let answer = put_back(&[]);
    assert_eq!((answer.code, answer.out.as_str()), (1, "public.post_reactions: the old values of 36 rows\n"));
    assert!(answer.err.contains("cannot ask for confirmation") && answer.err.contains("--yes"), "{}", answer.both());
    let refused = |why: &str| {
        let answer = put_back(&["--yes"]);
        assert_eq!(answer.code, 1, "{}", answer.both());
        let said =
            format!("0 rows have their old values again, 0 had them already\n  36 were refused by the server: {why}");
        assert!(answer.out.contains(&said), "{}", answer.both());
    };
    refused("reactions are permanent: UPDATE refused\n");
    outdated.database.run("alter table post_reactions disable trigger reactions_are_permanent");
    refused("insert or update on table \"post_reactions\" violates foreign key constraint");
    outdated.database.run("alter table post_reactions drop constraint post_reactions_post_id_fkey");
    // One refers to another post now, and one was deleted.
    outdated.database.run(
        "update post_reactions set post_id = 1 where id = (select min(id) from post_reactions where post_id is null);
         delete from post_reactions where id = (select max(id) from post_reactions where post_id is null)",
    );
    let answer = put_back(&["--yes"]);
    assert_eq!(answer.code, 0, "{}", answer.both());
    for part in ["34 rows have their old values again", "1 have other values by now", "1 are no longer there"] {
        assert!(answer.out.contains(part), "no {part} in {}", answer.both());
    }
    let same = "select count(*) from post_reactions r join before b using (id) where r.post_id = b.post_id";
    assert_eq!(outdated.ask(same), "19998");
    assert!(put_back(&["--yes"]).out.contains("0 rows have their old values again, 34 had them already"));

    let unknown = outdated.run("put-back", &["--plan", "0123456789abcdef", "--yes"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (1, ""));
    assert!(unknown.err.contains("has kept nothing of community"), "{}", unknown.both());
    let nowhere = outdated.site.path("no.db");
    let nowhere = outdated.run("put-back", &["--plan", hint, "--yes", "--state", nowhere.to_str().unwrap()]);
    nowhere.fails_with(&["there is no state store", "no.db"]);
}

/// The content of a name affects neither a terminal nor SQL.
#[test]
fn hostile_names_are_shown_and_mended() {
    const TABLE: &str = "\"we\u{1b}[31mird\u{202e}\" (\"id\n\\! x\" int not null, \"a;--'\" text)";
    let database = Database::with(&format!("create table {TABLE}"));
    let site = Site::new(&database.url(), "");
    let more = TABLE.replace(" text)", " text, \"Neue\t'Spalte\" int, primary key (\"id\n\\! x\"))");
    site.write("expected.sql", &format!("create table {more};"));
    let plan = run(&mut site.command("plan", &[]));
    assert_eq!(plan.code, 1, "{}", plan.both());
    let is_safe = |c: char| matches!(c, '\n' | '\t') || !c.is_control() && c != '\u{202e}';
    assert!(plan.out.chars().all(is_safe), "{:?}", plan.out);
    let answer = run(&mut site.command("apply", &["--yes"]));
    assert_eq!(answer.code, 0, "{}", answer.both());
    assert!(answer.out.chars().all(is_safe), "{:?}", answer.both());
    let answer: Value = run(&mut site.command("apply", &["--yes", "--format", "json"])).json();
    assert_eq!(answer["outcome"], "nothing_to_do");
}

/// In scope `declared`, which keeps the parent's extra columns: without them a partition could not be attached.
#[test]
fn a_new_partition_is_made_with_what_its_parent_has_more() {
    let database = Database::with(
        "create table event (id bigint, day date not null, note text default 'x', primary key (id, day),
             constraint noted check (note <> '')) partition by range (day)",
    );
    let site = Site::new(&database.url(), "");
    site.write(
        "expected.sql",
        "create table event (id bigint, day date not null, primary key (id, day)) partition by range (day);
         create table event_rest partition of event default;",
    );
    let applied = run(&mut site.command("apply", &["--yes"]));
    assert_eq!(applied.code, 0, "{}", applied.both());
    let row = "insert into event (id, day) values (1, '2026-01-01') returning note";
    assert_eq!(psql(&database.name, row).lines().next(), Some("x"));
    let check = run(&mut site.command("check", &[]));
    assert_eq!(check.code, 0, "{}", check.both());
}
