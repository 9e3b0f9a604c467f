//! The community example, which the demo and other tests use: its defects are pinned here, in the schema and in
//! behaviour, and so is the script that repairs it.

use std::fs;

use schemawarden::domain::drift::{self, Scope};

use crate::support::judge::{self, Side};
use crate::support::{Database, WRITTEN_BY, file, postgres, psql, schemawarden};

const FIX: &str = "sql/community/production_schema_fix.sql";

fn load(name: &str) -> Database {
    Database::with(&std::fs::read_to_string(file("sql/community").join(name)).unwrap())
}

/// The error of a statement that must fail.
fn refused(database: &Database, statement: &str) -> String {
    psql(
        &database.name,
        &format!(
            "create temp table outcome (text text);
             do $do$ begin
                 {statement};
                 insert into outcome values ('it passed');
             exception when others then insert into outcome values (sqlerrm);
             end $do$;
             select text from outcome;"
        ),
    )
}

#[tokio::test]
async fn drifts_in_what_was_wrong_and_in_nothing_else() {
    let (expected, outdated) = (load("expected.sql").read().await, load("outdated.sql").read().await);
    for scope in [Scope::Declared, Scope::Whole] {
        let mut found: Vec<String> = drift::compare(&expected, &outdated, scope)
            .iter()
            .map(|d| format!("{} {} {} {}", d.severity.as_str(), d.change.as_str(), d.kind.as_str(), d.object))
            .collect();
        found.sort();
        assert_eq!(
            found,
            [
                "critical changed column public.post_reactions.post_id",
                "critical changed constraint public.post_reactions.post_reactions_post_id_fkey",
                "critical changed function public.refuse_reaction_change()",
                "critical missing column public.credit_txns.idempotency_key",
                "critical missing column public.posts.is_deleted",
                "critical missing column public.posts.is_hidden",
                "critical missing column public.posts.moderation_status",
                "critical missing column public.scores.duration_sec",
                "critical missing column public.users.boost_penalty_until",
                "critical missing column public.users.challenge_penalty_until",
                "critical missing constraint public.post_reactions.post_reactions_pkey",
                "critical missing index public.credit_txns.credit_txns_idempotency_key_idx",
                "warning missing index public.post_reactions.post_reactions_post_idx",
            ]
        );
    }
    assert!(expected.unmodelled.is_empty() && outdated.unmodelled.is_empty());
}

#[test]
fn outdated_posts_with_reactions_cannot_be_deleted() {
    let database = load("outdated.sql");
    assert_eq!(refused(&database, "delete from posts where id = 1"), "reactions are permanent: DELETE refused\n");
    let counts = psql(
        &database.name,
        "select count(*) from post_reactions r where not exists (select from posts p where p.id = r.post_id);
         select count(*) from users where credits < 0",
    );
    assert_eq!(counts, "36\n3\n");
}

#[test]
fn expected_reactions_outlive_their_post_and_change_in_no_other_way() {
    let database = load("expected.sql");
    database.run(
        "insert into users (handle, email) values ('ada', 'ada@example.com');
         insert into posts (author_id, title) values (1, 'gone'), (1, 'stays');
         insert into post_reactions (post_id, user_id, kind) values (1, 1, 'like'), (2, 1, 'wow');
         delete from posts where id = 1",
    );
    let reactions = "select id, post_id from post_reactions order by id";
    assert_eq!(psql(&database.name, reactions), "1|\n2|2\n");
    for statement in [
        "delete from post_reactions where id = 1",
        "delete from post_reactions where id = 2",
        "update post_reactions set post_id = null where id = 2",
        "update post_reactions set post_id = null, kind = 'sad' where id = 1",
        "update post_reactions set post_id = 2 where id = 1",
    ] {
        assert!(refused(&database, statement).starts_with("reactions are permanent: "), "{statement}");
    }
    assert_eq!(psql(&database.name, reactions), "1|\n2|2\n");
}

/// The script that the program makes now for the outdated community.
fn fix() -> String {
    let (folder, database) = (tempfile::tempdir().unwrap(), load("outdated.sql"));
    let config = folder.path().join("community.toml");
    let text = format!(
        "[[target]]\nname = 'community'\nurl = '{}'\nexpected = '{}'\norphans = 'set_null'\n",
        database.url(),
        file("sql/community/expected.sql").display()
    );
    fs::write(&config, text).unwrap();
    let output = schemawarden().args(["plan", "--format", "sql", "--config"]).arg(config).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A plan's id also depends on the server's version.
fn id(script: &str) -> &str {
    script.strip_prefix("-- Plan ").unwrap().split(' ').next().unwrap()
}

/// With SCHEMAWARDEN_BLESS=1 the file is written instead.
#[test]
fn the_shipped_fix_is_what_the_program_makes() {
    let made = fix();
    if std::env::var_os("SCHEMAWARDEN_BLESS").is_some() {
        fs::write(file(FIX), made).unwrap();
    } else if postgres().version() / 10_000 == WRITTEN_BY {
        let shipped = fs::read_to_string(file(FIX)).unwrap();
        assert_eq!(shipped.replace(id(&shipped), id(&made)), made);
    }
}

#[test]
fn the_shipped_fix_mends_and_can_be_run_again() {
    let (database, folder) = (load("outdated.sql"), tempfile::tempdir().unwrap());
    let script = fs::read_to_string(file(FIX)).unwrap();
    let run = || {
        let output = database.run_script(&script, folder.path(), &[]);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{said}");
        said
    };
    assert!(run().starts_with("1/"));
    let catalogs = database.catalog_rows();
    run();
    run();
    assert_eq!(database.catalog_rows(), catalogs, "run again, it changes the schema");
    let [expected, mended] = [&load("expected.sql"), &database].map(|database| Side::of(&database.url()));
    assert_eq!(judge::difference(&expected, &mended), None);

    // The values that were set to NULL are kept.
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [kept] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(fs::read_to_string(kept).unwrap().lines().count(), 1 + 36);
    let counts = "select count(*), count(*) filter (where post_id is null) from post_reactions";
    assert_eq!(psql(&database.name, counts), "20000|36\n");
    // Reactions survive the deletion of their post, can be inserted, and cannot change otherwise.
    let of_post = psql(&database.name, "select count(*) from post_reactions where post_id = 1");
    let of_post: u32 = of_post.trim().parse().unwrap();
    assert!(of_post > 0);
    database.run(
        "delete from posts where id = 1; insert into post_reactions (post_id, user_id, kind) values (2, 1, 'wow')",
    );
    assert_eq!(psql(&database.name, counts), format!("20001|{}\n", 36 + of_post));
    for statement in
        ["delete from post_reactions where post_id = 2", "update post_reactions set post_id = 3 where post_id = 2"]
    {
        assert!(refused(&database, statement).starts_with("reactions are permanent: "), "{statement}");
    }
}
