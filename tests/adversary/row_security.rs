//! Row level security that binds the role which applies a plan, and not the one that plans: what would be refused in the
//! middle, or be answered from a part of the rows, blocks the plan.

use super::application_code::Watched;

/// The role that plans sees everything.
const SEES_ALL: &str = r"select format('alter role %I bypassrls', 'watcher_' || current_database()) \gexec";

#[test]
fn values_that_the_fixing_role_does_not_see_are_not_asked_about_in_the_middle_of_a_plan() {
    let force = "alter table public.t enable row level security; alter table public.t force row level security;";
    let live =
        format!("create table public.t (id int primary key, n bigint); insert into public.t values (1, 1);{force}");
    let expected = format!("create table public.t (id int primary key, n int);{force}");
    let watched = Watched::with(&live, SEES_ALL, &expected, "");
    let answer = watched.as_member("apply", &["--allow", "table_rewrite"]);
    assert_eq!(answer.code, 1, "{}", answer.both());
    for told in ["blocked by 1 problem", "has to see all rows of public.t", "BYPASSRLS", "NO FORCE ROW LEVEL SECURITY"]
    {
        assert!(answer.out.contains(told), "{told}: {}", answer.both());
    }
    let asked = "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'public.t'::regclass and attname = 'n'";
    assert_eq!(watched.ask(asked), "bigint");
    watched.database.run(&format!("alter role member_{} bypassrls", watched.database.name));
    let answer = watched.as_member("apply", &["--allow", "table_rewrite"]);
    assert_eq!(watched.ask(asked), "integer", "{}", answer.both());
}

#[test]
fn a_reference_to_a_row_that_the_fixing_role_does_not_see_is_no_orphan() {
    let hidden = "alter table public.p enable row level security; alter table public.p force row level security;";
    let live = format!(
        "create table public.p (id int primary key); insert into public.p values (1);
         create table public.c (id int primary key, p int); insert into public.c values (1, 1), (2, 9);{hidden}"
    );
    let expected = format!(
        "create table public.p (id int primary key);
         create table public.c (id int primary key, p int references public.p);{hidden}"
    );
    let watched = Watched::with(&live, SEES_ALL, &expected, "");
    let answer = watched.as_member("apply", &["--orphans", "set_null"]);
    assert_eq!(answer.code, 1, "{}", answer.both());
    assert!(answer.out.contains("has to see all rows of public.p"), "{}", answer.both());
    assert_eq!(watched.ask("select string_agg(p::text, ',' order by id) from public.c"), "1,9");
}
