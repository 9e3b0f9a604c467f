//! The community example: it is the stage of the demo and of other tests, so what is wrong with it is pinned here, in
//! the schema's words and in behaviour.

use schemawarden::drift::{self, Scope};

use crate::support::{Database, file, psql};

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
