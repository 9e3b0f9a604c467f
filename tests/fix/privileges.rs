//! What stands in the way of granting: a role that is not there, and an object of somebody else's. And in whose name a
//! member of several roles grants.

use crate::cli::{PASSWORD, run};
use crate::support::{Database, psql, schemawarden};

#[test]
fn what_cannot_be_granted_is_told_by_its_names() {
    let database = Database::with("create table t (id int primary key)");
    let [owner, fixer, grantee] = ["owner", "fixer", "grantee"].map(|role| format!("{role}_{}", database.name));
    psql(
        "postgres",
        &format!("create role {owner}; create role {fixer} login password '{PASSWORD}'; create role {grantee}"),
    );
    database.run(&format!("alter table t owner to {owner}"));
    let expected = Database::with(&format!("create table t (id int primary key); grant select on t to {grantee}"));
    let folder = tempfile::tempdir().unwrap();
    let snapshot = folder.path().join("expected.json");
    let taken = run(schemawarden().args(["snapshot", "--database-url", &expected.url(), "--output"]).arg(&snapshot));
    assert_eq!(taken.code, 0, "{}", taken.both());
    drop(expected);
    psql("postgres", &format!("drop role {grantee}"));

    let mut url = url::Url::parse(&database.url()).unwrap();
    url.set_username(&fixer).unwrap();
    url.set_password(Some(PASSWORD)).unwrap();
    let answer = run(schemawarden()
        .args(["apply", "--yes", "--scope", "whole", "--database-url", url.as_str(), "--expected"])
        .arg(&snapshot));
    assert_eq!(answer.code, 1, "{}", answer.both());
    for part in [
        format!("SELECT on public.t cannot be granted: the server has no role {grantee}\n"),
        format!("CREATE ROLE {grantee}, or take it out of the expectation\n"),
        format!("{fixer} may not grant on public.t, which belongs to {owner}\n"),
        format!("GRANT {owner} TO {fixer}, or apply as {owner} (fix_url)\n"),
    ] {
        assert!(answer.out.contains(&part), "no {part} in {}", answer.both());
    }
    drop(database);
    psql("postgres", &format!("drop role {fixer}; drop role {owner}"));
}

/// PostgreSQL takes the first role with the grant option that the fixing role is a member of for the grantor, and the owner's
/// grant would stand.
#[test]
fn a_member_of_the_owner_and_of_a_grantee_grants_in_the_owners_name() {
    let database = Database::with("");
    let [reader, owner, fixer] = ["reader", "owner", "fixer"].map(|role| format!("{role}_{}", database.name));
    psql(
        "postgres",
        &format!(
            "create role {reader}; create role {owner}; create role {fixer} login password '{PASSWORD}'; \
             grant {reader}, {owner} to {fixer}"
        ),
    );
    let schema = |option: &str| {
        format!(
            "create schema s authorization {owner}; grant usage on schema s to {reader} {option}; create table s.t (id int)"
        )
    };
    database.run(&format!("{}; alter table s.t owner to {owner}", schema("with grant option")));
    let folder = tempfile::tempdir().unwrap();
    let expected = folder.path().join("expected.sql");
    std::fs::write(&expected, schema("").replace(&format!(" authorization {owner}"), "")).unwrap();

    let mut url = url::Url::parse(&database.url()).unwrap();
    url.set_username(&fixer).unwrap();
    url.set_password(Some(PASSWORD)).unwrap();
    let answer = run(schemawarden()
        .args(["apply", "--yes", "--scope", "whole", "--database-url", url.as_str(), "--expected"])
        .arg(&expected));
    assert_eq!(answer.code, 0, "{}", answer.both());
    let grantable = "select string_agg(is_grantable::text, ' ') from pg_namespace, aclexplode(nspacl) \
                     where nspname = 's' and grantee::regrole::text like 'reader%'";
    assert_eq!(psql(&database.name, grantable), "false\n");
    drop(database);
    psql("postgres", &format!("drop role {fixer}; drop role {owner}; drop role {reader}"));
}
