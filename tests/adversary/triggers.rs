//! Steps that write rows meet the triggers of the application, and are planned with them in mind.

use crate::cli::{Answer, Site, run};
use crate::support::{Database, psql};

const SIDES: &str = "create table posts (id bigint primary key); \
                     create table reactions (id bigint primary key, post_id bigint, kind text);";
/// 200 rows, 100 of them dangling.
const ROWS: &str = "insert into posts select generate_series(1, 100); \
                    insert into reactions select g, g, 'like' from generate_series(1, 200) g;";
const KEY: &str = "alter table reactions add foreign key (post_id) references posts;";
const REFUSE: &str = "create function refuse() returns trigger language plpgsql as \
                      $$ begin raise exception 'reactions are permanent: % refused', tg_op; end $$;";
const FORGIVE: &str = "create function refuse() returns trigger language plpgsql as $$ begin
                           if tg_op = 'UPDATE' and new.post_id is null then return new; end if;
                           raise exception 'reactions are permanent: % refused', tg_op;
                       end $$;";
const TRIGGER: &str = "create trigger permanent before update or delete on reactions \
                       for each row execute function refuse();";
const LEFT: &str = "select count(*) filter (where post_id is null) || ' of ' || count(*) from reactions";

struct Attack {
    database: Database,
    site: Site,
}

impl Attack {
    fn of(live: &str, expected: &str) -> Self {
        Self::with(live, expected, "")
    }

    /// `more` belongs to the target.
    fn with(live: &str, expected: &str, more: &str) -> Self {
        let database = Database::with(live);
        let site = Site::new(&database.url(), more);
        site.write("expected.sql", expected);
        Self { database, site }
    }

    fn run(&self, command: &str, more: &[&str]) -> Answer {
        run(&mut self.site.command(command, more))
    }

    fn apply(&self) -> Answer {
        self.run("apply", &["--yes", "--orphans", "set_null"])
    }

    fn ask(&self, sql: &str) -> String {
        psql(&self.database.name, sql).trim_end().to_owned()
    }

    /// The plan is refused, with all of these words, and neither schema nor rows have changed.
    fn is_refused(&self, words: &[&str]) {
        let before = (self.database.catalog_rows(), self.ask(LEFT));
        let answer = self.apply();
        assert_eq!(answer.code, 1, "{}", answer.both());
        for word in words {
            assert!(answer.both().contains(word), "{word}: {}", answer.both());
        }
        assert!(before == (self.database.catalog_rows(), self.ask(LEFT)), "something changed: {}", answer.both());
    }

    fn is_mended(&self, left: &str) {
        let answer = self.apply();
        assert_eq!(answer.code, 0, "{}", answer.both());
        assert_eq!(self.ask(LEFT), left);
        let again = self.run("check", &[]);
        assert_eq!(again.code, 0, "{}", again.both());
    }
}

fn sides(live: &str, expected: &str) -> Attack {
    Attack::of(&format!("{SIDES}{live}{ROWS}"), &format!("{SIDES}{expected}{KEY}"))
}

#[test]
fn the_trigger_that_changes_is_replaced_before_rows_are_written() {
    sides(&format!("{REFUSE}{TRIGGER}"), &format!("{FORGIVE}{TRIGGER}")).is_mended("100 of 200");
}

/// In scope `whole`, what only the live side has is dropped.
fn goes(code: &str) {
    let (live, expected) = (format!("{SIDES}{code}{ROWS}"), format!("{SIDES}{KEY}"));
    let attack = Attack::with(&live, &expected, "scope = 'whole'\n");
    let answer = attack.run("apply", &["--yes", "--orphans", "set_null", "--allow", "data_loss"]);
    assert_eq!(answer.code, 0, "{}", answer.both());
    assert_eq!(attack.ask(LEFT), "100 of 200");
}

#[test]
fn the_trigger_that_goes_is_dropped_before_rows_are_written() {
    goes(&format!("{REFUSE}{TRIGGER}"));
}

#[test]
fn the_trigger_that_is_switched_off_is_so_before_rows_are_written() {
    let off = "alter table reactions disable trigger permanent;";
    sides(&format!("{REFUSE}{TRIGGER}"), &format!("{REFUSE}{TRIGGER}{off}")).is_mended("100 of 200");
}

#[test]
fn a_trigger_that_is_only_to_come_does_not_refuse_what_comes_before_it() {
    sides("", &format!("{REFUSE}{TRIGGER}")).is_mended("100 of 200");
}

#[test]
fn the_rule_that_goes_is_dropped_before_rows_are_written() {
    goes("create rule keep as on update to reactions do instead nothing;");
}

#[test]
fn a_trigger_that_stays_and_refuses_is_found_by_the_rehearsal_and_named() {
    // Nothing that can be read in its text says that it always refuses.
    let refuse = "create function refuse() returns trigger language plpgsql as $$ begin
                      if new.post_id is distinct from old.post_id then raise exception 'never'; end if;
                      return new;
                  end $$;";
    let both = format!("{refuse}{TRIGGER}");
    sides(&both, &both).is_refused(&["rehearsal: failed", "never", "trigger permanent"]);
}

#[test]
fn a_trigger_that_stays_and_passes_rows_over_is_found_by_the_rehearsal_and_named() {
    let skip = "create function skip() returns trigger language plpgsql as $$ begin
                    if new.post_id is null then return null; end if;
                    return new;
                end $$;
                create trigger skips before update on reactions for each row execute function skip();";
    sides(skip, skip).is_refused(&["rehearsal: failed", "trigger skips"]);
}

#[test]
fn a_rule_that_stays_and_acts_in_the_place_of_an_update_blocks() {
    let rule = "create rule keep as on update to reactions do instead nothing;";
    sides(rule, rule).is_refused(&["blocked", "rule keep acts in the place of an UPDATE of public.reactions"]);
}

#[test]
fn a_check_that_refuses_the_row_without_its_reference_blocks() {
    let check = "alter table reactions add constraint liked check (kind <> 'like' or post_id is not null);";
    sides(check, check).is_refused(&["blocked", "would fail the check liked"]);
}

#[test]
fn a_check_that_was_never_validated_blocks_where_a_row_fails_it() {
    let check = "alter table reactions add constraint short check (length(kind) < 3) not valid;";
    let attack = Attack::of(&format!("{SIDES}{ROWS}{check}"), &format!("{SIDES}{check}{KEY}"));
    attack.is_refused(&["blocked", "would fail the check short"]);
}

#[test]
fn a_column_is_not_filled_through_a_rule_or_a_trigger_of_the_statement() {
    let column = "alter table reactions add column token uuid not null default gen_random_uuid();";
    let quiet = "create function quiet() returns trigger language plpgsql as \
                 $$ begin raise exception 'not now'; end $$;";
    let statement = "create trigger quiet before update on reactions for each statement execute function quiet();";
    for code in ["create rule keep as on update to reactions do instead nothing;", &format!("{quiet}{statement}")] {
        let live = format!("{SIDES}{code}{ROWS}");
        let attack = Attack::of(&live, &format!("{SIDES}{code}{column}"));
        let answer = attack.run("apply", &["--yes", "--allow", "table_rewrite"]);
        assert_eq!(answer.code, 0, "{}", answer.both());
        assert_eq!(attack.ask("select count(distinct token) from reactions"), "200");
    }
}

#[test]
fn references_of_heirs_are_left_alone_and_all_that_was_taken_is_put_back() {
    let tree = "create table users (id bigint primary key); create table logs (id bigint primary key, user_id bigint); \
                create table logs_old () inherits (logs); create table logs_new () inherits (logs);";
    // A ctid names one row in each of them.
    let rows = "insert into users select generate_series(1, 100);
                insert into logs select g, g + 900 from generate_series(1, 100) g;
                insert into logs_old select g, g from generate_series(1, 100) g;
                insert into logs_new select g, g + 500 from generate_series(1, 100) g;";
    let key = "alter table logs add foreign key (user_id) references users;";
    let attack = Attack::of(&format!("{tree}{rows}"), &format!("{tree}{key}"));
    let before = attack.ask(TREE);
    let answer = attack.apply();
    assert_eq!(answer.code, 0, "{}", answer.both());
    let nulls = "select tableoid::regclass, count(*) from logs where user_id is null group by 1";
    assert_eq!(attack.ask(nulls), "logs|100");

    attack.database.run("alter table logs drop constraint logs_user_id_fkey");
    let plan = answer.out.lines().find_map(|line| line.split_once("schemawarden put-back --plan ")).unwrap().1;
    let back = attack.run("put-back", &["--plan", plan, "--yes"]);
    assert_eq!(back.code, 0, "{}", back.both());
    assert_eq!(attack.ask(TREE), before);
}

const TREE: &str = "select tableoid::regclass, id, user_id from logs order by 1, 2";

#[test]
fn keys_are_asked_of_the_tables_own_rows() {
    // Rows of heirs are no parents, no children and no duplicates.
    let tree = "create table events (id bigint, note text); create table events_old () inherits (events);
                create table attachments (id bigint primary key, event_id bigint);
                create table attachments_old () inherits (attachments);";
    let keys = "alter table events add primary key (id);
                alter table attachments add foreign key (event_id) references events;";
    let rows = "insert into events values (1); insert into events_old values (1), (2), (2);
                insert into attachments values (1, 1); insert into attachments_old values (1, 9), (2, 8);";
    let attack = Attack::of(&format!("{tree}{rows}"), &format!("{tree}{keys}"));
    let answer = attack.run("apply", &["--yes"]);
    assert_eq!(answer.code, 0, "{}", answer.both());

    let rows =
        "insert into events values (1); insert into events_old values (2); insert into attachments values (1, 2);";
    let attack = Attack::of(&format!("{tree}{rows}"), &format!("{tree}{keys}"));
    let before = attack.database.catalog_rows();
    let answer = attack.run("apply", &["--yes"]);
    assert_eq!(answer.code, 1, "{}", answer.both());
    assert!(answer.both().contains("rows of public.attachments reference no row"), "{}", answer.both());
    assert!(before == attack.database.catalog_rows(), "something changed");
}

/// The owner of both tables, to whom the policies of `table` apply as well.
fn policed(table: &str) -> (Database, String) {
    let database = Database::create();
    let owner = format!("owner_{}", database.name);
    database.run(&format!(
        "create role {owner} login password 'x'; grant create on schema public to {owner};
         set role {owner}; {SIDES} reset role;
         insert into posts select generate_series(1, 10);
         insert into reactions select g, 1 + g % 10, 'like' from generate_series(1, 50) g;
         alter table {table} enable row level security; alter table {table} force row level security;
         create policy p on {table} using (id > 3)"
    ));
    let mut url = url::Url::parse(&database.url()).unwrap();
    url.set_username(&owner).unwrap();
    url.set_password(Some("x")).unwrap();
    (database, url.into())
}

#[test]
fn who_does_not_see_all_rows_does_not_count_them() {
    let (database, owner) = policed("posts");
    let policy = "alter table posts enable row level security; alter table posts force row level security; \
                  create policy p on posts using (id > 3);";
    let expected = format!("{SIDES}{policy}{KEY}");
    let site = Site::new(&owner, "");
    site.write("expected.sql", &expected);
    let answer = run(&mut site.command("plan", &[]));
    assert_eq!(answer.code, 1, "{}", answer.both());
    for words in ["row level security hides rows", "cannot see all rows", "\"posts\"", "BYPASSRLS"] {
        assert!(answer.both().contains(words), "{words}: {}", answer.both());
    }
    // Who sees them all finds none that dangles.
    let site = Site::new(&database.url(), "");
    site.write("expected.sql", &expected);
    let answer = run(&mut site.command("plan", &[]));
    assert!(!answer.both().contains("blocked"), "{}", answer.both());
}

#[test]
fn who_may_not_change_all_rows_does_not_begin_to() {
    let (database, owner) = policed("reactions");
    database.run("delete from posts where id > 5");
    let policy = "alter table reactions enable row level security; alter table reactions force row level security; \
                  create policy p on reactions using (id > 3);";
    let site = Site::new(&database.url(), &format!("fix_url = '{owner}'\n"));
    site.write("expected.sql", &format!("{SIDES}{policy}{KEY}"));
    let before = database.catalog_rows();
    let answer = run(&mut site.command("apply", &["--yes", "--orphans", "set_null"]));
    assert_eq!(answer.code, 1, "{}", answer.both());
    let said = "row level security hides rows of public.reactions from";
    assert!(answer.both().contains("blocked") && answer.both().contains(said), "{}", answer.both());
    assert!(before == database.catalog_rows(), "something changed: {}", answer.both());
}

/// Of what `plan --rehearse` tells.
fn rehearsal(tables: &str, rows: &str, change: &str) -> serde_json::Value {
    let attack = Attack::of(&format!("{tables}{rows}"), &format!("{tables}{change}"));
    let answer = attack.run("plan", &["--rehearse", "--format", "json"]);
    answer.json()["rehearsal"].clone()
}

#[test]
fn rows_are_made_of_usual_tables() {
    let tables = "create type mood as enum ('sad', 'glad'); create domain adult as int check (value > 17);
        create table people (id uuid primary key, name text);
        create table visits (
            id bigint generated always as identity primary key, code char(2) not null unique, mood mood not null,
            age adult not null, at timestamptz not null, days date[] not null, more jsonb not null, raw bytea not null,
            ip inet not null, span int4range not null, status text not null check (status in ('open', 'closed')),
            mail text not null check (mail like '%@%.%'), person uuid not null references people, price numeric(5,2),
            note varchar(3), small smallint not null check (small between 10 and 20), born date not null default now(),
            twice int generated always as (small * 2) stored, check (price > 5 or note is not null));
        create function never() returns trigger language plpgsql as $$ begin raise exception 'never'; end $$;
        create trigger never before insert on visits for each row execute function never();
        create rule nowhere as on insert to people do instead nothing;
        create table parts (id int not null, at date not null, x int) partition by range (at);
        create table parts_1 partition of parts for values from ('2024-01-01') to ('2025-01-01');";
    let rows = "alter table visits disable trigger never; alter table people disable rule nowhere;
        insert into people values (gen_random_uuid(), 'x');
        insert into visits (code, mood, age, at, days, more, raw, ip, span, status, mail, person, price, small)
            select 'x', 'sad', 18, now(), '{}', '{}', '', '::1', 'empty', 'open', 'a@b.c', id, 6, 10 from people;
        alter table visits enable trigger never; alter table people enable rule nowhere;
        insert into parts values (1, '2024-05-05', 1);";
    let change = "alter table visits add check (price < 900); alter table visits alter price set not null;
        alter table people add check (name <> ''); alter table parts add check (x > 0);";
    assert_eq!(rehearsal(tables, rows, change), serde_json::json!({"outcome": "passed"}));
}

#[test]
fn a_table_in_which_no_row_can_be_made_is_told() {
    let tables = "create type pair as (a int, b int); create table pairs (x pair not null, y int);";
    let told = rehearsal(tables, "insert into pairs values ((1, 2), 3);", "alter table pairs add check (y > 0);");
    assert_eq!(told["outcome"], "passed");
    assert!(told["without_rows"][0].as_str().unwrap().contains("public.pairs"), "{told}");
}
