//! The application's own code, when a plan is carried out: the owner of a table wants to become superuser by what the
//! plan makes the server call; and what an ordinary application has written must go on working as it does in psql.

use std::path::Path;

use crate::cli::{Answer, PASSWORD, Site, run};
use crate::support::{Database, postgres, psql};

/// A database in which an ordinary role owns what stands in `public`, with a role that watches, and one that is a
/// member of the owner.
pub(super) struct Watched {
    pub(super) database: Database,
    owner: String,
    member: String,
    watcher: String,
    site: Site,
}

impl Watched {
    /// `live` is made by the owner; `{owner}` stands for him. `more` belongs to the target.
    pub(super) fn with(live: &str, by_superuser: &str, expected: &str, more: &str) -> Self {
        let database = Database::create();
        let [owner, member, watcher] = ["owner", "member", "watcher"].map(|role| format!("{role}_{}", database.name));
        psql(
            "postgres",
            &format!(
                "create role {owner}; create role {member} login password '{PASSWORD}' in role {owner};
                 create role {watcher} login password '{PASSWORD}' in role pg_read_all_data"
            ),
        );
        let of_owner = |sql: &str| sql.replace("{owner}", &owner).replace("{rise}", RISE);
        database.run(&format!(
            "grant create on schema public to {owner}, {member}; set role {owner};\n{}\n;reset role;\n{}",
            of_owner(live),
            of_owner(by_superuser)
        ));
        let site = Site::new(&as_role(&database, &watcher), more);
        site.write("expected.sql", &of_owner(expected));
        Self { database, owner, member, watcher, site }
    }

    fn run(&self, command: &str, fix_url: &str, more: &[&str]) -> Answer {
        // The rehearsal's scratch is another place, with attacks of its own.
        let always = if command == "apply" { &["--yes", "--no-rehearse"][..] } else { &[] };
        run(&mut self.site.command(command, &[&["--fix-url", fix_url], always, more].concat()))
    }

    pub(super) fn as_member(&self, command: &str, more: &[&str]) -> Answer {
        self.run(command, &as_role(&self.database, &self.member), more)
    }

    pub(super) fn ask(&self, sql: &str) -> String {
        psql(&self.database.name, sql).trim_end().to_owned()
    }

    /// And makes it untrue again.
    fn has_risen(&self) -> bool {
        let risen = self.ask(&format!("select rolsuper from pg_roles where rolname = '{}'", self.owner)) == "t";
        psql("postgres", &format!("alter role {} nosuperuser", self.owner));
        risen
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let roles = format!("{}, {}, {}", self.owner, self.member, self.watcher);
            self.database.run(&format!("drop event trigger if exists attack; drop owned by {roles} cascade"));
            psql("postgres", &format!("drop role {roles}"));
        }
    }
}

fn as_role(database: &Database, role: &str) -> String {
    let mut url = url::Url::parse(&database.url()).unwrap();
    url.set_username(role).unwrap();
    url.set_password(Some(PASSWORD)).unwrap();
    url.into()
}

/// Becomes whoever the session was opened as, and makes the owner of the code a superuser, if it can. `f` is what an
/// index or a check may call.
const RISE: &str = "
create function public.rise() returns int language plpgsql volatile as $$ begin
    begin perform pg_catalog.set_config('role', 'none', false); exception when others then null; end;
    begin execute 'alter role {owner} superuser'; exception when others then null; end;
    return 1;
end $$;
create function public.f(int) returns int language plpgsql immutable as
    $$ declare x int; begin select public.rise() into x; return $1; end $$;
create function public.fire() returns trigger language plpgsql as
    $$ begin perform public.rise(); return new; end $$;
";

/// Where the server calls the code: what the owner makes, what a superuser makes, and what is expected besides.
struct Way {
    name: &'static str,
    live: &'static str,
    by_superuser: &'static str,
    expected: &'static str,
    /// The server runs it as the owner, whoever sends the statement.
    guarded: bool,
}

const CHILDREN: &str = "create table public.p (id int primary key); insert into public.p values (1);
    create table public.c (id int primary key, p int); insert into public.c values (1, 1), (2, 9);";
const ROWS: &str = "create table public.t (id int primary key, a int); insert into public.t values (1, 1);";

/// Between types that the statement need not name.
const CAST: &str = "create type public.col as enum ('1');
    create function public.to_text(public.col) returns text language plpgsql as
        $$ begin perform public.rise(); return enum_out($1)::text; end $$;
    create cast (public.col as text) with function public.to_text(public.col);";
const BARE: &str = "create table public.t (id int primary key, a int);";
const OF_CAST: &str = "create table public.t (id int primary key, a public.col);";
const BARE_TEXT: &str = "create table public.t (id int primary key, a text);";

fn of(name: &'static str, live: &[&str], expected: &[&str]) -> Way {
    let text = |parts: &[&str]| &*Box::leak(parts.concat().into_boxed_str());
    Way { name, live: text(live), by_superuser: "", expected: text(expected), guarded: false }
}

fn ways() -> Vec<Way> {
    let key = "create table public.p (id int primary key);
        create table public.c (id int primary key, p int references public.p on delete set null);";
    let before = "create trigger fire before update on public.c for each row execute function public.fire();";
    let deferred = "create constraint trigger fire after update on public.c deferrable initially deferred
        for each row execute function public.fire();";
    let domain = "create domain public.amount as int;";
    let checked = "create domain public.amount as int check (public.f(value) > 0);";
    let of_amount = "create table public.t (id int primary key, a public.amount);";
    let operator = "create function public.same(int, int) returns boolean language sql immutable as
        'select public.f($1) is not null';
        create operator public.=== (leftarg = int, rightarg = int, function = public.same);";
    let index = "create index t_a on public.t (public.f(a));";
    vec![
        of("a trigger", &["{rise}", CHILDREN, before], &["{rise}", key, before]),
        of("a deferred trigger", &["{rise}", CHILDREN, deferred], &["{rise}", key, deferred]),
        of(
            "a check that is validated",
            &["{rise}", ROWS],
            &["{rise}", "create table public.t (id int primary key, a int check (public.f(a) > 0));"],
        ),
        of(
            "a generated column",
            &["{rise}", ROWS],
            &[
                "{rise}",
                "create table public.t (id int primary key, a int, g int generated always as (public.f(a)) stored);",
            ],
        ),
        of(
            "a default that fills",
            &["{rise}", ROWS],
            &["{rise}", "create table public.t (id int primary key, a int, d int default public.rise());"],
        ),
        of(
            "a default that is computed once",
            &["{rise}", ROWS],
            &["{rise}", "create table public.t (id int primary key, a int, d int default public.f(1));"],
        ),
        of(
            "a domain's check",
            &["{rise}", domain, of_amount, "insert into public.t values (1, 1);"],
            &["{rise}", checked, of_amount],
        ),
        of(
            "an operator",
            &["{rise}", operator, ROWS],
            &[
                "{rise}",
                operator,
                "create table public.t (id int primary key, a int check (a operator(public.===) 1));",
            ],
        ),
        of(
            "a change of type with a check on the column",
            &[
                "{rise}",
                "create table public.t (id int primary key, a int check (public.f(a) > 0));
                insert into public.t values (1, 1);",
            ],
            &[
                "{rise}",
                "create function public.f(bigint) returns int language sql immutable as 'select 1';
                create table public.t (id bigint primary key, a int check (public.f(a) > 0));",
            ],
        ),
        of("a cast", &["{rise}", CAST, OF_CAST, "insert into public.t values (1, '1');"], &["{rise}", CAST, BARE_TEXT]),
        of(
            "a materialized view",
            &["{rise}", ROWS],
            &["{rise}", BARE, "create materialized view public.m as select public.f(a) from public.t;"],
        ),
        Way { guarded: true, ..of("an index", &["{rise}", ROWS], &["{rise}", BARE, index]) },
        Way {
            guarded: true,
            ..of(
                "statistics of an index",
                &["{rise}", ROWS, index],
                &["{rise}", "create table public.t (id int primary key, a int not null);", index],
            )
        },
        Way {
            by_superuser: "create event trigger attack on ddl_command_end execute function public.log();",
            ..of(
                "an event trigger",
                &[
                    "{rise}",
                    ROWS,
                    "create function public.log() returns event_trigger language plpgsql as
                    $$ begin perform public.rise(); end $$;",
                ],
                &[
                    "{rise}",
                    "create table public.t (id int primary key, a int, b int);
                    create function public.log() returns event_trigger language plpgsql as
                    $$ begin perform public.rise(); end $$;
                    create event trigger attack on ddl_command_end execute function public.log();",
                ],
            )
        },
    ]
}

const ALLOWED: [&str; 2] = ["--allow", "data_loss,table_rewrite,blocking_scan,not_reversible"];

#[test]
fn code_of_a_table_owner_never_runs_as_a_superuser_unless_allowed_by_name() {
    for way in ways() {
        let watched = Watched::with(way.live, way.by_superuser, way.expected, "orphans = 'set_null'\n");
        watched.has_risen();
        let answer = watched.run("apply", &watched.database.url(), &ALLOWED);
        assert!(!watched.has_risen(), "{}: {}", way.name, answer.both());
        if way.guarded {
            assert_eq!(answer.code, 0, "{}: {}", way.name, answer.both());
        } else {
            assert_eq!(answer.code, 1, "{}: {}", way.name, answer.both());
            let of = format!("() of {}", watched.owner);
            for part in ["others_code", "public.", &of, "is no superuser", "sql/roles.sql"] {
                assert!(answer.both().contains(part), "{}: no {part} in {}", way.name, answer.both());
            }
        }
        // A view that is to come locks no table.
        let warned = answer.out.contains("as a superuser, and tables in it belong to owner_");
        assert!(warned || way.name == "a materialized view", "{}: {}", way.name, answer.both());
    }
}

#[test]
fn a_member_of_the_owner_carries_it_out_and_is_told_whose_code_runs() {
    for way in ways() {
        let watched = Watched::with(way.live, way.by_superuser, way.expected, "orphans = 'set_null'\n");
        watched.has_risen();
        let plan = watched.as_member("plan", &[]);
        let told = "the plan runs code that other roles own: ";
        assert!(plan.out.contains(told) && !plan.out.contains("others_code"), "{}: {}", way.name, plan.both());
        let answer = watched.as_member("apply", &ALLOWED);
        assert_eq!(answer.code, 0, "{}: {}", way.name, answer.both());
        assert!(!watched.has_risen(), "{}: {}", way.name, answer.both());
    }
}

/// SET ROLE can be left again: a member of two owners would take the code of the one to the other's tables.
#[test]
fn code_of_one_owner_does_not_reach_another_unless_allowed_by_name() {
    let way = ways().remove(0);
    let watched = Watched::with(way.live, way.by_superuser, way.expected, "orphans = 'set_null'\n");
    let other = format!("other_{}", watched.database.name);
    psql("postgres", &format!("create role {other}; grant {other} to {}", watched.member));
    watched.database.run(&format!("create schema apart authorization {other}"));
    let refused = watched.as_member("apply", &ALLOWED);
    let told = format!("could SET ROLE to {other}, too");
    assert!(refused.code == 1 && refused.out.contains(&told), "{}", refused.both());
    let allowed = [&ALLOWED[..], &["--allow", "others_code"]].concat();
    let answer = watched.as_member("apply", &allowed);
    assert_eq!(answer.code, 0, "{}", answer.both());
    watched.database.run(&format!("drop schema apart; drop role {other}"));
}

/// A superuser who plans asks nothing that would call the code.
#[test]
fn planning_as_a_superuser_calls_no_code_of_others() {
    let index = "create unique index t_a on public.t (public.f(a));";
    let rows = "insert into public.t values (1, '1'), (2, null);";
    for (live, expected) in [
        (format!("{{rise}}{ROWS}"), format!("{{rise}} create table public.t (id int primary key, a int); {index}")),
        (format!("{{rise}}{CAST}{OF_CAST}{rows}"), format!("{{rise}}{CAST}{BARE_TEXT}")),
    ] {
        let watched = Watched::with(&live, "", &expected, "");
        watched.has_risen();
        let site = Site::new(&watched.database.url(), "");
        site.write("expected.sql", &std::fs::read_to_string(watched.site.path("expected.sql")).unwrap());
        let answer = run(&mut site.command("plan", &[]));
        assert!(!watched.has_risen(), "{}", answer.both());
        assert!(answer.out.contains("let a role plan that is no superuser"), "{}", answer.both());
        assert_eq!(watched.as_member("apply", &ALLOWED).code, 0);
    }
}

/// Whoever could write the rows, and not become their owner, is not made to run his code.
#[test]
fn who_cannot_become_the_owner_does_not_run_his_code() {
    let before = "create trigger fire before update on public.c for each row execute function public.fire();";
    let expected =
        "{rise} create table public.p (id int primary key); create table public.c (id int primary key, p int);
        create trigger fire before update on public.c for each row execute function public.fire();
        alter table public.c add foreign key (p) references public.p on delete set null;";
    let watched = Watched::with(&format!("{{rise}}{CHILDREN}{before}"), "", expected, "orphans = 'set_null'\n");
    psql("postgres", &format!("revoke {0} from {1}", watched.owner, watched.member));
    watched.database.run(&format!("grant all on all tables in schema public to {}", watched.member));
    let answer = watched.as_member("apply", &[]);
    assert_eq!(answer.code, 1, "{}", answer.both());
    let told = format!("cannot become {}", watched.owner);
    assert!(answer.out.contains(&told), "no {told} in {}", answer.both());
    assert_eq!(watched.ask("select count(*) from c where p = 9"), "1");
}

const AUDIT: &str = "create table audit_log (id bigserial primary key, what text, who text, at text);
    create function audit() returns trigger language plpgsql as $$ begin
        insert into audit_log (what, who, at) values (tg_op, current_user, to_timestamp(0)::text); return new;
    end $$;";

/// As psql would do it, as the owner would.
#[test]
fn an_audit_trigger_finds_its_table_its_user_and_its_time_zone() {
    let trigger = "create trigger audit after update on c for each row execute function audit();";
    let expected = format!(
        "create schema app; set search_path = app; {AUDIT} create table p (id int primary key);
         create table c (id int primary key, p int references p on delete set null); {trigger}"
    );
    let children = CHILDREN.replace("public.", "");
    for by_script in [false, true] {
        let live = format!("set search_path = app; {AUDIT} {children} {trigger}");
        let database = "create schema app";
        let watched = Watched::with("select 1", database, &expected, "orphans = 'set_null'\n");
        watched.database.run(&format!(
            "grant create, usage on schema app to {0}; alter role {0} in database {1} set search_path = app, public;
             alter database {1} set timezone = 'America/New_York'; alter role {0} set datestyle = 'German';
             set role {0}; {live}",
            watched.owner, watched.database.name
        ));
        let said = carry_out(&watched, by_script);
        let found = watched.ask("select what, who, at from app.audit_log");
        assert_eq!(found, format!("UPDATE|{}|31.12.1969 19:00:00 EST", watched.owner), "by script: {by_script}");
        assert_eq!(watched.ask("select count(*) from app.c where p is null"), "1");
        if !by_script {
            put_back(&watched, &said);
        }
    }
}

/// Rows that get their values again fire the same triggers.
fn put_back(watched: &Watched, said: &str) {
    let plan = said.split("put-back --plan ").nth(1).unwrap().split_whitespace().next().unwrap();
    watched.ask("insert into app.p values (9); truncate app.audit_log");
    let back = |url: &str| run(&mut watched.site.command("put-back", &["--plan", plan, "--yes", "--fix-url", url]));
    let answer = back(&watched.database.url());
    assert!(answer.code != 0 && answer.err.contains("with the rights of a superuser"), "{}", answer.both());
    assert_eq!(watched.ask("select count(*) from app.c where p is null"), "1");
    let answer = back(&as_role(&watched.database, &watched.member));
    assert_eq!(answer.code, 0, "{}", answer.both());
    assert_eq!(watched.ask("select what, who from app.audit_log"), format!("UPDATE|{}", watched.owner));
}

/// Gives what was said.
pub(super) fn carry_out(watched: &Watched, by_script: bool) -> String {
    if by_script {
        let script = watched.as_member("plan", &["--format", "sql", ALLOWED[0], ALLOWED[1]]);
        let file = watched.site.write("plan.sql", &script.out);
        let url = as_role(&watched.database, &watched.member);
        let mut psql = std::process::Command::new(crate::support::client("psql"));
        psql.args(["-X", "-v", "ON_ERROR_STOP=1", "-d", &url, "-f", &file])
            .current_dir(Path::new(&file).parent().unwrap());
        let done = psql.output().unwrap();
        assert!(done.status.success(), "{}\n{}", String::from_utf8_lossy(&done.stderr), script.out);
        script.out
    } else {
        let answer = watched.as_member("apply", &ALLOWED);
        assert_eq!(answer.code, 0, "{}", answer.both());
        answer.out
    }
}

/// The well-known index on a function that calls another one by its bare name. Since 17 the server itself builds it
/// under a path of its own, and refuses it.
#[test]
fn an_index_on_a_function_that_names_another_without_a_schema_is_built() {
    if postgres().version() >= 170_000 {
        return;
    }
    let fold = "create function fold(text) returns text language sql immutable as 'select lower($1)';
        create function folded(text) returns text language plpgsql immutable as 'begin return fold($1); end';";
    let live =
        format!("{fold} create table people (id int primary key, name text); insert into people values (1, 'Zoë');");
    let expected =
        format!("{fold} create table people (id int primary key, name text); create index on people (folded(name));");
    for by_script in [false, true] {
        let watched = Watched::with(&live, "", &expected, "");
        carry_out(&watched, by_script);
        assert_eq!(watched.ask("select count(*) from pg_index where indexprs is not null and indisvalid"), "1");
    }
}

/// What a statement of ours means does not depend on what somebody has put beside PostgreSQL's own.
#[test]
fn a_name_of_the_servers_own_keeps_its_meaning() {
    let check = "create function is_fine(text) returns boolean language sql immutable as 'select true';";
    let shadow = "create function concat(text, text) returns text language sql immutable as $$ select 'shadow' $$;";
    let live =
        format!("{check}{shadow} create table t (id int primary key, a text not null); insert into t values (1, 'a');");
    let expected = format!(
        "{check}{shadow} create table t (id int primary key, a text not null,
             b text generated always as (case when is_fine(a) then pg_catalog.lower(a || 'B') end) stored);
         alter table t add constraint plain check (pg_catalog.num_nonnulls(a) = 1 and is_fine(a));"
    );
    let watched = Watched::with(&live, "", &expected, "");
    let plan = watched.as_member("plan", &["--format", "json"]).json();
    let steps = plan["plan"]["segments"].as_array().unwrap().iter();
    let steps: Vec<_> =
        steps.flat_map(|it| it["steps"].as_array().cloned().unwrap_or_else(|| vec![it["step"].clone()])).collect();
    let path = |sql: &str| {
        let step = steps.iter().find(|step| step["sql"].as_str().unwrap().contains(sql)).unwrap();
        step["context"]["settings"]["search_path"].clone()
    };
    assert!(path(" GENERATED ALWAYS ").is_null(), "{plan}");
    assert_eq!(path("VALIDATE CONSTRAINT plain"), "\"$user\", public");
    assert!(plan["plan"]["warnings"].to_string().contains("public.concat of owner_"), "{plan}");
    carry_out(&watched, false);
    assert_eq!(watched.ask("select b from t"), "ab");
}

/// What code sets for the session does not go on to hold for what the plan does next.
#[test]
fn what_code_sets_for_the_session_ends_with_its_step() {
    let trigger = "create function hold() returns trigger language plpgsql as $$ begin
            perform set_config('search_path', 'trap', false); perform set_config('role', '{owner}', false); return new;
        end $$;
        create trigger hold after update on c for each row execute function hold();";
    let live = format!("{} {trigger}", CHILDREN.replace("public.", ""));
    let expected = format!(
        "create table p (id int primary key); create table c (id int primary key, p int references p on delete set null);
         create schema only_member; {trigger}"
    );
    let watched = Watched::with(&live, "", &expected, "orphans = 'set_null'\n");
    let (name, member) = (&watched.database.name, &watched.member);
    watched.database.run(&format!("grant create on database {name} to {member}"));
    carry_out(&watched, false);
    assert_eq!(watched.ask("select nspowner::regrole from pg_namespace where nspname = 'only_member'"), *member);
}
