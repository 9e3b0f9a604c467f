//! What is not carried out, and what is said then: nothing has been sent, not even in part.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Outdated;
use crate::cli::{PASSWORD, Site, run};
use crate::support::Database;

/// Nothing on standard output but what was asked for; the reason on standard error.
fn refused(outdated: &Outdated, more: &[&str], outcome: &str, reasons: &[&str]) {
    let json = outdated.run("apply", &[more, &["--format", "json"]].concat());
    assert_eq!(json.code, 1, "{}", json.both());
    let answer = json.json();
    assert_eq!((answer["outcome"].as_str(), &answer["carried_out"]), (Some(outcome), &json!([])), "{}", json.both());
    assert_eq!(answer["drift"].as_array().unwrap().len(), 13);
    let text = outdated.run("apply", more);
    assert_eq!(text.code, 1, "{}", text.both());
    for reason in reasons {
        assert!(text.err.contains(reason), "no {reason} in {}", text.both());
        assert!(answer["reason"].as_str().unwrap().contains(reason), "no {reason} in {answer}");
    }
    assert!(text.out.contains("\nplan "), "it is shown all the same: {}", text.both());
    outdated.is_as_it_was();
}

#[test]
fn without_a_yes_nothing_is_done() {
    let outdated = Outdated::that_sets_null();
    let id = outdated.plan_id(&[]);
    let reasons = ["nothing was done", "not a terminal", "--yes", &format!("--plan {id} --yes")];
    refused(&outdated, &[], "declined", &reasons);
    refused(&outdated, &["--plan", &id], "declined", &reasons);
    refused(&outdated, &["--dry-run", "--yes"], "dry_run", &[]);
}

#[test]
fn a_stale_plan_is_refused() {
    let outdated = Outdated::that_sets_null();
    let id = outdated.plan_id(&[]);
    assert_eq!(id, outdated.plan_id(&[]), "the same state and options give the same plan");
    // Rows come and go.
    outdated.database.run("insert into users (handle, email) values ('x', 'x@example.com'); analyze");
    assert_eq!(id, outdated.plan_id(&[]));
    assert_ne!(id, outdated.plan_id(&["--orphans", "refuse"]), "other options, another plan");
    outdated.database.run("create index scores_user_idx on scores (user_id)");
    let now = outdated.plan_id(&[]);
    refused(&outdated, &["--plan", &id, "--yes"], "stale", &["nothing was done", &id, "is stale", &now]);
    let answer = outdated.run("apply", &["--plan", &now, "--yes"]);
    assert_eq!(answer.code, 0, "{}", answer.both());
}

#[test]
fn rows_in_the_way_block_it_with_their_number_and_a_sample() {
    let outdated = Outdated::with("");
    refused(&outdated, &["--yes"], "blocked", &["nothing was done, not even in part"]);
    let plan = outdated.run("plan", &[]);
    assert_eq!(plan.code, 1, "{}", plan.both());
    for part in ["blocked by 1 problem", "reference no row by (post_id) (36 rows)\n", "      (400)\n", "set_null"] {
        assert!(plan.out.contains(part), "no {part} in {}", plan.both());
    }
    let plan = outdated.run("plan", &["--format", "json"]).json();
    let blocked = &plan["plan"]["blocked"][0];
    assert_eq!((&blocked["rows"], blocked["sample"].as_array().unwrap().len()), (&36.into(), 5), "{blocked}");

    outdated.database.run("insert into post_reactions select * from post_reactions where id in (7, 8)");
    let blocked = outdated.run("plan", &["--orphans", "set_null"]);
    assert!(blocked.out.contains("blocked by 1 problem"), "{}", blocked.both());
    assert!(blocked.out.contains("      (7) occurs 2 times\n      (8) occurs 2 times\n"), "{}", blocked.both());
}

#[test]
fn what_it_costs_has_to_be_allowed_by_name() {
    let database = Database::with("create table t (id int primary key, old text); insert into t values (1, 'x')");
    let site = Site::new(&database.url(), "scope = 'whole'\n");
    site.write("expected.sql", "create table t (id int primary key);");
    let answer = run(&mut site.command("apply", &["--yes"]));
    assert_eq!(answer.code, 1, "{}", answer.both());
    assert!(answer.out.contains("(needs --allow data_loss)"), "{}", answer.both());
    assert!(answer.err.contains("to allow it, say --allow data_loss"), "{}", answer.both());
    let other = run(&mut site.command("apply", &["--yes", "--allow", "table_rewrite,blocking_scan"]));
    assert_eq!(other.code, 1, "{}", other.both());
    let unknown = run(&mut site.command("apply", &["--yes", "--allow", "everything"]));
    unknown.fails_with(&["everything", "data_loss"]);
    let json = run(&mut site.command("apply", &["--yes", "--format", "json"])).json();
    assert_eq!(json["outcome"], "forbidden");
    let allowed = run(&mut site.command("apply", &["--yes", "--allow", "data_loss"]));
    assert_eq!(allowed.code, 0, "{}", allowed.both());
}

#[test]
fn a_server_that_cannot_be_reached_is_named() {
    let hangs = TcpListener::bind("127.0.0.1:0").unwrap();
    let hangs = format!("127.0.0.1:{}", hangs.local_addr().unwrap().port());
    for place in ["127.0.0.1:1", &hangs] {
        let site = Site::new(&format!("postgres://u:{PASSWORD}@{place}/app?sslmode=disable"), "");
        for command in ["plan", "apply"] {
            let begun = Instant::now();
            let answer = run(&mut site.command(command, &["--format", "json"]));
            answer.fails_with(&["the target could not be read", &format!("{place}/app")]);
            assert!(!answer.err.contains(PASSWORD), "{}", answer.err);
            assert!(begun.elapsed() < Duration::from_mins(3), "{:?}", begun.elapsed());
        }
        let mut put_back = site.command("put-back", &["--plan", "0123456789abcdef", "--yes"]);
        run(&mut put_back).fails_with(&["there is no state store"]);
    }
}

#[test]
fn an_expectation_that_is_wrong_leaves_no_plan() {
    let outdated = Outdated::with("");
    outdated.site.write("expected.sql", "create table a (id nonsense);");
    outdated.run("plan", &[]).fails_with(&["the expectation could not be evaluated", "expected.sql:1", "nonsense"]);
    outdated.run("apply", &["--yes"]).fails_with(&["the expectation could not be evaluated"]);
}
