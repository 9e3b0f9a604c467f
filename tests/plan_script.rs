//! The plan as a psql script: hand-made plans, run by psql on a real server as an operator would.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use schemawarden::domain::catalog::Object;
use schemawarden::domain::lock::{Lock, LockMode};
use schemawarden::domain::name::{Name, QName};
use schemawarden::domain::plan::condition::{self, Condition};
use schemawarden::domain::plan::script::script;
use schemawarden::domain::plan::{Blocked, Context, Cost, Hazard, Limits, Plan, PutBack, Segment, Step, Undo, Work};
use secrecy::ExposeSecret;

use crate::support::{Database, Program, client, postgres, psql};

const LIMITS: Limits =
    Limits { lock_timeout: Duration::from_millis(300), statement_timeout: Duration::from_secs(30), attempts: 3 };

fn step(action: &str, sql: &str, ensures: Condition) -> Step {
    Step {
        effects: Vec::new(),
        action: action.into(),
        sql: sql.into(),
        ensures: Some(ensures),
        locks: Vec::new(),
        work: Work::Metadata,
        limits: LIMITS,
        hazards: Vec::new(),
        requires: Vec::new(),
        keeps: Vec::new(),
        guard: None,
        context: Context::default(),
        irreversible: None,
        undo: None,
    }
}

fn transaction(steps: Vec<Step>) -> Segment {
    Segment::Transaction { lock_first: Vec::new(), steps }
}

fn autocommit(step: Step) -> Segment {
    Segment::Autocommit { step: Box::new(step) }
}

fn plan(segments: Vec<Segment>) -> Plan {
    Plan { id: "0123456789abcdef".into(), segments, ..Plan::default() }
}

fn allowing_nothing(plan: &Plan) -> String {
    script(plan, "community", &BTreeSet::new())
}

/// Another session that has run this SQL and stays open.
fn holding(database: &Database, sql: &str, folder: &Path) -> Program {
    let mut command = Command::new(client("psql"));
    command
        .args(["-X", "-d", postgres().url(&database.name).expose_secret(), "-c"])
        .arg(format!("{sql}; select pg_sleep(60)"));
    let program = Program::start(command, &folder.join("log"));
    while psql(&database.name, &format!("select count(*) {OTHERS} and wait_event = 'PgSleep'")) != "1\n" {
        std::thread::sleep(Duration::from_millis(20));
    }
    program
}

fn release(database: &Database, other: Program) {
    psql(&database.name, &format!("select pg_terminate_backend(pid, 10000) {OTHERS}"));
    drop(other);
}

const OTHERS: &str = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs it three times. Gives the output of the first run; the other two must do nothing.
fn thrice(database: &Database, script: &str, folder: &Path) -> String {
    database.run(
        "create table public.ddl (tag text); \
         create function public.count_ddl() returns event_trigger language plpgsql as \
         $$ begin insert into public.ddl values (tg_tag); end $$; \
         create event trigger count_ddl on ddl_command_start execute function public.count_ddl();",
    );
    let first = database.run_script(script, folder, &[]);
    assert!(first.status.success(), "{}\n{script}", said(&first));
    let sent = psql(&database.name, "select * from public.ddl");
    for _ in 0..2 {
        let again = database.run_script(script, folder, &[]);
        assert_eq!((again.status.code(), said(&again).as_str()), (Some(0), ""), "\n{script}");
    }
    assert_eq!(psql(&database.name, "select * from public.ddl"), sent, "the later runs sent statements");
    said(&first)
}

/// If it stayed, a check that the rows violate would refuse the application's writes. It is dropped although a reader
/// blocks that for longer than one wait, and the script reports it and fails.
#[test]
fn what_the_rows_refuse_is_taken_back() {
    let database = Database::with("create table public.t (n int); insert into public.t values (-1);");
    let folder = tempfile::tempdir().unwrap();
    let table = QName::new("public", "t");
    let is = |state: &str| condition::constraint(&table, &"positive".into(), state);
    let add = "alter table public.t add constraint positive check (n > 0) not valid";
    let validate = Step {
        undo: Some(Undo {
            sql: "alter table public.t drop constraint positive".into(),
            only_if: is("not convalidated"),
            puts_back: None,
        }),
        ..step("validate", "alter table public.t validate constraint positive", is("convalidated"))
    };
    let script = allowing_nothing(&plan(vec![
        transaction(vec![step("add the check", add, is("true"))]),
        transaction(vec![validate]),
    ]));
    database.run(add);
    let reader = holding(&database, "begin; select from public.t", folder.path());
    let waiting = std::thread::scope(|scope| {
        let run = scope.spawn(|| database.run_script(&script, folder.path(), &[]));
        let refused = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and query like '%positive%'";
        while psql(&database.name, refused) != "1\n" {
            assert!(!run.is_finished(), "it has not waited for the reader");
            std::thread::sleep(Duration::from_millis(10));
        }
        let reading = "query like '%pg_sleep(60)%' and pid <> pg_backend_pid()";
        psql(&database.name, &format!("select pg_terminate_backend(pid, 10000) from pg_stat_activity where {reading}"));
        drop(reader);
        run.join().unwrap()
    });
    let told = said(&waiting);
    assert_eq!(waiting.status.code(), Some(3), "{told}\n{script}");
    assert!(told.contains("is violated by some row; what was added for it has been taken back"), "{told}");
    database.run("insert into public.t values (-2)");
    database.run("update public.t set n = 1");
    assert!(database.run_script(&script, folder.path(), &[]).status.success());
}

/// A check that was replaced is added again, and is valid if the rows allow it; if it cannot be added, the new one is
/// dropped all the same.
#[test]
fn what_was_there_before_is_put_back() {
    for (before, told, left) in [
        ("check (n > -5)", "and what was there before put back", "CHECK ((n > '-5'::integer))\n"),
        ("check (n > -1)", "it is NOT VALID now", "CHECK ((n > '-1'::integer)) NOT VALID\n"),
        ("check (n ~ 'a')", "what was there before could not be put back: operator does not exist", ""),
    ] {
        let database = Database::with("create table public.t (n int); insert into public.t values (-1);");
        let folder = tempfile::tempdir().unwrap();
        let table = QName::new("public", "t");
        let is = |name: &str, state: &str| condition::constraint(&table, &name.into(), state);
        let validate = Step {
            undo: Some(Undo {
                sql: "alter table public.t drop constraint positive".into(),
                only_if: is("positive", "not convalidated"),
                puts_back: Some(PutBack {
                    sql: format!(
                        "alter table public.t drop constraint positive, add constraint old {before} not valid"
                    ),
                    validate: Some("alter table public.t validate constraint old".into()),
                    is_not_valid: is("old", "not convalidated"),
                }),
            }),
            ..step("validate", "alter table public.t validate constraint positive", is("positive", "convalidated"))
        };
        let add = "alter table public.t add constraint positive check (n > 0) not valid";
        let script = allowing_nothing(&plan(vec![
            transaction(vec![step("add the check", add, is("positive", "true"))]),
            transaction(vec![validate]),
        ]));
        let run = database.run_script(&script, folder.path(), &[]);
        assert_eq!(run.status.code(), Some(3), "{}\n{script}", said(&run));
        assert!(said(&run).contains("is violated by some row") && said(&run).contains(told), "{}", said(&run));
        let is_there = "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'public.t'::regclass";
        assert_eq!(psql(&database.name, is_there), left);
    }
}

#[test]
fn it_reaches_the_state_and_then_does_nothing() {
    let database = Database::with(
        "create table public.posts (id int primary key); create table public.reactions (id int, post_id int); \
         insert into public.posts values (1); insert into public.reactions values (1, 1);",
    );
    let (posts, reactions) = (QName::new("public", "posts"), QName::new("public", "reactions"));
    let key: Name = "reactions_post_id_fkey".into();
    let column = Object::Column(posts.clone(), "hidden".into());
    let index = Object::Index(reactions.clone(), "reactions_post_idx".into());
    let plan = plan(vec![
        transaction(vec![step(
            "add column public.posts.hidden",
            "alter table public.posts add column hidden boolean not null default false",
            condition::exists(&column),
        )]),
        autocommit(step(
            "create index",
            "create index concurrently reactions_post_idx on public.reactions (post_id)",
            condition::exists(&index),
        )),
        Segment::Transaction {
            lock_first: vec![
                Lock::new(&posts, LockMode::ShareRowExclusive),
                Lock::new(&reactions, LockMode::AccessExclusive),
            ],
            steps: vec![
                step(
                    "add the key",
                    "alter table public.reactions add constraint reactions_post_id_fkey foreign key (post_id) \
                     references public.posts on delete set null not valid",
                    condition::constraint(&reactions, &key, "true"),
                ),
                Step {
                    limits: Limits { statement_timeout: Duration::ZERO, ..LIMITS },
                    ..step(
                        "validate it",
                        "alter table public.reactions validate constraint reactions_post_id_fkey",
                        condition::constraint(&reactions, &key, "convalidated"),
                    )
                },
            ],
        },
    ]);
    let folder = tempfile::tempdir().unwrap();
    let first = thrice(&database, &allowing_nothing(&plan), folder.path());
    assert_eq!(first, "1/4 add column public.posts.hidden\n2/4 create index\n3/4 add the key\n4/4 validate it\n");
    // After half of it was undone, the rest is done again.
    database.run("drop event trigger count_ddl; alter table public.reactions drop constraint reactions_post_id_fkey");
    let again = database.run_script(&allowing_nothing(&plan), folder.path(), &[]);
    assert_eq!(said(&again), "3/4 add the key\n4/4 validate it\n");
    let valid = "select convalidated from pg_constraint where conname = 'reactions_post_id_fkey'";
    assert_eq!(psql(&database.name, valid), "t\n");
}

/// Text that psql could take for a variable, a command, a quote or an end is literal.
#[test]
fn psql_misreads_nothing() {
    let database = Database::create();
    let names =
        [":USER", "it's \\q \"here\"", "line\nbreak; \\! false", "\u{1b}[2J$$ $sql$", ":{?x} :'DBNAME' `id`", "имя"];
    let tables = names.map(|name| {
        let table = Object::Table(QName::new("public", name));
        let comment = Step {
            ensures: None,
            ..step(
                &format!("comment on {table}"),
                &format!("comment on table {table} is E'a\\\\b :USER; $$'"),
                condition::exists(&table),
            )
        };
        let create = format!("create table {table} (\"USER\" int, a int[], check (a[1:\"USER\"] is null))");
        transaction(vec![step(&format!("create {table}"), &create, condition::exists(&table)), comment])
    });
    let function = |name: &str, sql: &str| {
        let there = format!("exists (select from pg_proc where proname = '{name}')");
        transaction(vec![step(&format!("create function {name}"), sql, Condition::new(there))])
    };
    let mut segments = Vec::from(tables);
    segments.push(function(
        "atomic",
        "create function public.atomic() returns int begin atomic; select begin from (select 1 as begin) x; end",
    ));
    segments.push(function(
        "returning",
        "create function public.returning() returns int return (select begin from (select 1 as begin) x)",
    ));
    segments.push(function(
        "quoted",
        "CREATE FUNCTION public.quoted() RETURNS text LANGUAGE plpgsql AS $function$ begin return $$:USER;\n\\q\n$$; end $function$",
    ));
    let script = allowing_nothing(&plan(segments));
    assert!(
        !script.contains('\u{1b}') || script.lines().all(|line| !line.starts_with("--") || !line.contains('\u{1b}'))
    );
    let folder = tempfile::tempdir().unwrap();
    let output = database.run_script(&script, folder.path(), &[]);
    assert!(output.status.success(), "{}\n{script}", said(&output));
    for name in names {
        let table = QName::new("public", name).to_string();
        let there = format!("select to_regclass({}) is not null", schemawarden::domain::name::literal(&table));
        assert_eq!(psql(&database.name, &there), "t\n", "{name}");
    }
    let checks = "select count(*) from pg_constraint where pg_get_constraintdef(oid) like '%a[1:\"USER\"]%'";
    assert_eq!(psql(&database.name, checks), format!("{}\n", names.len()));
    assert_eq!(psql(&database.name, "select public.atomic(), public.quoted()"), "1|:USER;\n\\q\n\n");
    // A statement whose effect cannot be checked is sent again; the others are not.
    let again = database.run_script(&script, folder.path(), &[]);
    assert!(again.status.success() && !said(&again).contains("create "), "{}", said(&again));
}

#[test]
fn rows_are_changed_in_batches_and_old_values_kept_in_a_file() {
    let database = Database::with(
        "create table public.posts (id int primary key); \
         create table public.reactions (id int primary key, post_id int, score int, pad text default repeat('x', 500)); \
         insert into public.posts select generate_series(1, 10); \
         insert into public.reactions select g, g % 20 + 1, null from generate_series(1, 5000) g;",
    );
    let reactions = QName::new("public", "reactions");
    let fill = Step {
        work: Work::Batches { table: reactions.clone(), keep: None },
        ..step(
            "fill public.reactions.score",
            "update public.reactions set score = 0 where score is null and ctid >= $1::tid and ctid < $2::tid",
            Condition::new("not exists (select from public.reactions where score is null)"),
        )
    };
    let keep = "select ctid::text, jsonb_build_object('id', id, 'post_id', post_id)::text from public.reactions r \
                where ctid >= $1::tid and ctid < $2::tid and post_id is not null \
                and not exists (select from public.posts p where p.id = r.post_id) for update";
    let orphans = Step {
        work: Work::Batches { table: reactions, keep: Some(keep.into()) },
        ..step(
            "settle the orphans",
            "update public.reactions set post_id = null where ctid = any ($1::tid[])",
            Condition::new(
                "not exists (select from public.reactions r where post_id is not null and not exists \
                 (select from public.posts p where p.id = r.post_id))",
            ),
        )
    };
    let plan = plan(vec![autocommit(fill), autocommit(orphans)]);
    let folder = tempfile::tempdir().unwrap();
    thrice(&database, &allowing_nothing(&plan), folder.path());
    let filled =
        "select count(*) filter (where score = 0), count(*) filter (where post_id is null) from public.reactions";
    assert_eq!(psql(&database.name, filled), "5000|2500\n");
    let kept = || {
        let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files.filter(|path| path.extension().unwrap() == "csv").collect();
        files.sort();
        files
    };
    assert_eq!(kept().len(), 1);
    assert_eq!(kept()[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&kept()[0]).unwrap();
    assert_eq!(text.lines().count(), 2501);
    assert!(text.contains(r#"""id"": 10, ""post_id"": 11}"#), "{text}");
    // Rows that were inserted later go to another file.
    database.run("insert into public.reactions values (5001, 77, 0)");
    assert!(database.run_script(&allowing_nothing(&plan), folder.path(), &[]).status.success());
    assert_eq!(kept().len(), 2);
    // A row that cannot be kept is not changed.
    database.run("insert into public.reactions values (5002, 78, 0)");
    let nowhere = allowing_nothing(&plan).replace("'schemawarden-", "'no/such/folder/");
    assert_eq!(database.run_script(&nowhere, folder.path(), &[]).status.code(), Some(3));
    assert_eq!(psql(&database.name, "select post_id from public.reactions where id = 5002"), "78\n");
}

#[test]
fn it_stops_where_something_is_wrong() {
    let database = Database::with("create table public.t (id int, kept int)");
    let folder = tempfile::tempdir().unwrap();
    let table = QName::new("public", "t");
    let never = condition::column(&table, &"new".into(), "attnotnull");
    let add = step("add it", "alter table public.t add column new int", never);
    let fails = |plan: &Plan, allowed: &[Hazard], more: &[&str], part: &str| {
        let text = script(plan, "x", &allowed.iter().copied().collect());
        let output = database.run_script(&text, folder.path(), more);
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        assert!(said(&output).contains(part), "{}", said(&output));
    };
    // A transaction is rolled back if a step does not have its effect.
    fails(&plan(vec![transaction(vec![add])]), &[], &[], "1/1 add it: done without an error, and yet it does not hold");
    let is = |column: &str| condition::column(&table, &column.into(), "true");
    let columns = || {
        psql(
            &database.name,
            "select string_agg(attname, ' ') from pg_attribute where attrelid = 't'::regclass and attnum > 0 and not attisdropped",
        )
    };
    assert_eq!(columns(), "id kept\n");

    let cost = Cost {
        hazard: Hazard::DataLoss,
        what: "column public.t.kept".into(),
        rows: Some(3),
        bytes: None,
        sample: Vec::new(),
    };
    let drop = Step { hazards: vec![cost], ..step("drop it", "alter table public.t drop column kept", !is("kept")) };
    let losing = plan(vec![transaction(vec![drop])]);
    fails(&losing, &[], &[], "-v allow_data_loss=on");
    let blocked = Blocked {
        object: "public.t".into(),
        reason: "it's 5% wrong".into(),
        rows: None,
        sample: Vec::new(),
        advice: "mend it".into(),
        statements: Vec::new(),
    };
    fails(
        &Plan { blocked: vec![blocked], ..losing.clone() },
        &Hazard::ALL,
        &[],
        "public.t blocks the plan: it's 5% wrong",
    );
    assert_eq!(columns(), "id kept\n");
    // Nor while another run is active.
    let other = holding(&database, "select pg_advisory_lock(1937196632, 1)", folder.path());
    fails(&losing, &Hazard::ALL, &[], "another fix of this database is under way");
    release(&database, other);
    assert_eq!(columns(), "id kept\n");
    let allowed = database.run_script(&allowing_nothing(&losing), folder.path(), &["-v", "allow_data_loss=on"]);
    assert!(allowed.status.success(), "{}", said(&allowed));
    assert_eq!(columns(), "id\n");
}

/// A longer wait for a lock would block other sessions.
#[test]
fn it_gives_up_a_lock_in_time_and_continues_later() {
    let database = Database::with("create table public.t (id int)");
    let folder = tempfile::tempdir().unwrap();
    let table = QName::new("public", "t");
    let column = |name: &str| {
        let (sql, is) =
            (format!("alter table public.t add column {name} int"), condition::column(&table, &name.into(), "true"));
        transaction(vec![step(&format!("add {name}"), &sql, is)])
    };
    let text = allowing_nothing(&plan(vec![column("a"), column("b")]));
    let other = holding(&database, "begin; lock table public.t in access share mode", folder.path());
    let output = database.run_script(&text, folder.path(), &[]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("lock timeout"), "{}", said(&output));
    release(&database, other);
    assert_eq!(said(&database.run_script(&text, folder.path(), &[])), "1/2 add a\n2/2 add b\n");
}
