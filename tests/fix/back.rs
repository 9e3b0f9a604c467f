//! The way back: what was there before is an expectation like any other.

use super::Outdated;
use crate::support::judge::{self, Side};
use crate::support::psql;

#[test]
fn a_snapshot_of_what_was_there_brings_it_back() {
    let outdated = Outdated::with("");
    outdated.database.run(
        "alter table post_reactions disable trigger reactions_are_permanent;
         delete from post_reactions where not exists (select from posts where id = post_id);
         alter table post_reactions enable trigger reactions_are_permanent",
    );
    let before = outdated.database.copy();
    let snapshot = outdated.run("snapshot", &[]);
    assert_eq!(snapshot.code, 0, "{}", snapshot.both());
    let answer = outdated.run("apply", &["--yes"]);
    assert_eq!(answer.code, 0, "{}", answer.both());

    outdated.site.write("expected.json", &snapshot.out);
    let config = std::fs::read_to_string(outdated.site.path("c.toml")).unwrap();
    let back = config.replace("'expected.sql'", "'expected.json'\nscope = 'whole'");
    assert_ne!(back, config);
    outdated.site.write("c.toml", &back);
    let refused = outdated.run("apply", &["--yes"]);
    assert_eq!(refused.code, 1, "{}", refused.both());
    assert!(refused.err.contains("--allow data_loss"), "what the new columns hold would go: {}", refused.both());
    let answer = outdated.run("apply", &["--yes", "--allow", "data_loss"]);
    assert_eq!(answer.code, 0, "{}", answer.both());
    let [was, is] = [&before, &outdated.database].map(|database| Side::of(&database.url()));
    assert_eq!(judge::difference(&was, &is), None);
    assert_eq!(psql(&before.name, ROWS).trim_end(), outdated.ask(ROWS));
}

const ROWS: &str = "select count(*), sum(hashtext(r::text)::bigint) from post_reactions r";
