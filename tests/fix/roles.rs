//! Who watches and who mends: two roles, of which the second is used only while a plan is carried out.

use super::{Outdated, SET_NULL};
use crate::cli::{PASSWORD, Site, community, run};
use crate::support::{Database, psql};

/// The outdated community, owned by a role of its own; one role that only watches, one that may mend.
struct Roles {
    outdated: Outdated,
    owner: String,
    fixer: String,
}

impl Roles {
    /// `more` belongs to the target, and may name the `{fixer}`'s URL.
    fn with(more: &str) -> Self {
        let database = community("outdated.sql");
        let [owner, watcher, fixer] =
            ["owner", "watcher", "fixer"].map(|role| format!("{role} of \"{}\"", database.name));
        let quoted = |role: &str| format!("\"{}\"", role.replace('"', "\"\""));
        psql(
            "postgres",
            &format!(
                "create role {0}; create role {1} login password '{PASSWORD}'; \
                 create role {2} login password '{PASSWORD}'",
                quoted(&owner),
                quoted(&watcher),
                quoted(&fixer)
            ),
        );
        database.run(&format!(
            "do $$ declare it text; begin
                 for it in select format('alter table %s owner to %I', oid::regclass, $o${owner}$o$) from pg_class
                     where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') loop execute it; end loop;
             end $$;
             alter function refuse_reaction_change owner to {0}; alter type reaction_kind owner to {0};
             grant create on schema public to {0}; grant select on all tables in schema public to {1};
             alter role {1} set default_transaction_read_only = on",
            quoted(&owner),
            quoted(&watcher)
        ));
        let as_role = |role: &str| as_role(&database, role, PASSWORD);
        let more = format!("{SET_NULL}{}", more.replace("{fixer}", &as_role(&fixer)));
        let site = Site::new(&as_role(&watcher), &more);
        Self { outdated: Outdated { database, site }, owner: quoted(&owner), fixer: quoted(&fixer) }
    }

    fn may(&self) {
        psql("postgres", &format!("grant {} to {}", self.owner, self.fixer));
    }
}

fn as_role(database: &Database, role: &str, password: &str) -> String {
    let mut url = url::Url::parse(&database.url()).unwrap();
    url.set_username(role).unwrap();
    url.set_password(Some(password)).unwrap();
    url.into()
}

#[test]
fn another_role_mends_than_watches() {
    let roles = Roles::with("fix_url = '{fixer}'\n");
    roles.may();
    let answer = roles.outdated.run("apply", &["--yes"]);
    assert_eq!(answer.code, 0, "{}", answer.both());
    assert!(!answer.both().contains(PASSWORD), "{}", answer.both());
    let owners = "select string_agg(distinct relowner::regrole::text, ' ') from pg_class \
                  where relnamespace = 'public'::regnamespace and relkind in ('r', 'i', 'S')";
    assert_eq!(roles.outdated.ask(owners), roles.owner, "what is built belongs to whom its table belongs to");
}

#[test]
fn a_role_that_may_not_is_blocked_by_its_name() {
    let roles = Roles::with("fix_url = '{fixer}'\n");
    let answer = roles.outdated.run("apply", &["--yes"]);
    assert_eq!(answer.code, 1, "{}", answer.both());
    assert!(answer.err.contains("the plan is blocked"), "{}", answer.both());
    let (owner, fixer) = (&roles.owner, &roles.fixer);
    for part in [
        format!("{fixer} may not alter public.posts, which belongs to {owner}\n"),
        format!("GRANT {owner} TO {fixer}, or apply as {owner} (fix_url)\n"),
    ] {
        assert!(answer.out.contains(&part), "no {part} in {}", answer.both());
    }
    assert!(!answer.both().contains(PASSWORD), "{}", answer.both());
    roles.outdated.is_as_it_was();
}

/// What only shows needs no more than the role that watches: the other one's URL is not even tried.
#[test]
fn only_applying_uses_the_url_of_the_role_that_mends() {
    let roles = Roles::with(&format!("fix_url = 'postgres://u:{PASSWORD}@127.0.0.1:1/app'\n"));
    for (command, more) in [("plan", &["--rehearse"][..]), ("apply", &["--dry-run"])] {
        let answer = roles.outdated.run(command, more);
        assert_eq!(answer.code, 1, "{}", answer.both());
        assert!(answer.out.contains("warning  the server has no role u, which"), "{}", answer.both());
        assert!(!answer.both().contains(PASSWORD), "{}", answer.both());
    }
    let answer = roles.outdated.run("apply", &["--yes", "--format", "json"]);
    assert_eq!((answer.code, &answer.json()["outcome"]), (1, &"failed".into()), "{}", answer.both());
    let reason = answer.json()["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("127.0.0.1:1/app") && !answer.both().contains(PASSWORD), "{reason}");
    // A superuser, whom a trigger of the owner would run as.
    let url = roles.outdated.database.url();
    let answer = roles.outdated.run("apply", &["--yes", "--fix-url", &url, "--allow", "others_code"]);
    assert_eq!(answer.code, 0, "{}", answer.both());
}

/// A copy of the URL with another database in it is soon made, and the fix would be right there, too.
#[test]
fn a_url_that_leads_to_another_database_is_refused() {
    let [watched, other] = [(); 2].map(|()| Outdated::that_sets_null());
    let answer = watched.run("apply", &["--yes", "--no-rehearse", "--fix-url", &other.database.url()]);
    assert_eq!(answer.code, 1, "{}", answer.both());
    for part in ["leads to another database than is watched", &watched.database.name, &other.database.name] {
        assert!(answer.err.contains(part), "no {part} in {}", answer.both());
    }
    watched.is_as_it_was();
    other.is_as_it_was();
}

#[test]
fn a_wrong_password_is_told_and_never_shown() {
    let database = community("outdated.sql");
    let site =
        Site::new(&database.url(), &format!("{SET_NULL}fix_url = '{}'\n", as_role(&database, "nobody", PASSWORD)));
    let mut apply = site.command("apply", &["--yes", "--no-rehearse"]);
    let answer = run(apply.env("RUST_LOG", "trace"));
    assert_eq!(answer.code, 1, "{}", answer.both());
    assert!(
        answer.err.contains("password authentication failed") && !answer.both().contains(PASSWORD),
        "{}",
        answer.err
    );
    Outdated { database, site }.is_as_it_was();
}
