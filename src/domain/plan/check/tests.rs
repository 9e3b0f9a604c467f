//! For each promise: plans that break it, and the most similar plans that do not.

use std::time::Duration;

use super::violations;
use crate::domain::catalog::Object;
use crate::domain::lock::{Lock, LockMode};
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::{autocommit, locked, transaction};
use crate::domain::plan::{Condition, Effect, Hazard, Limits, Plan, Segment, Step, Values, Work};

const DEADLOCK: Duration = Duration::from_secs(1);

const MODES: [(LockMode, bool); 8] = [
    (LockMode::AccessShare, false),
    (LockMode::RowShare, false),
    (LockMode::RowExclusive, false),
    (LockMode::ShareUpdateExclusive, false),
    (LockMode::Share, true),
    (LockMode::ShareRowExclusive, true),
    (LockMode::Exclusive, true),
    (LockMode::AccessExclusive, true),
];

fn table(name: &str) -> QName {
    QName::new("public", name)
}

fn step(effect: Effect) -> Step {
    Step::new(effect, "a step", "SELECT 1", Condition::new("false"))
}

/// A step without any of the properties that are checked.
fn plain() -> Step {
    step(Effect::Alter(Object::Table(table("t"))))
}

fn dropping(object: Object, values: Values) -> Step {
    step(Effect::Drop(object, values))
}

fn broken(segments: Vec<Segment>) -> Vec<String> {
    let plan = Plan { segments, ..Plan::default() };
    violations(&plan, DEADLOCK).into_iter().map(|violation| violation.what).collect()
}

/// Violations of a plan with this one step, in a transaction.
fn complaints(step: Step) -> Vec<String> {
    broken(vec![transaction(vec![step])])
}

#[track_caller]
fn breaks(found: &[String], what: &str) {
    assert!(matches!(found, [only] if only.contains(what)), "not `{what}` alone: {found:?}");
}

#[track_caller]
fn keeps(found: &[String]) {
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_scan_under_its_own_lock() {
    for (mode, blocks) in MODES {
        let found = complaints(plain().scanning(&table("t")).locking(&table("t"), mode));
        if blocks { breaks(&found, "reads public.t while it blocks writers") } else { keeps(&found) }
    }
}

#[test]
fn a_rewrite_under_its_own_lock() {
    for (mode, blocks) in MODES {
        let found = complaints(plain().rewriting(&table("t")).locking(&table("t"), mode));
        if blocks { breaks(&found, "rewrites public.t while it blocks writers") } else { keeps(&found) }
    }
}

#[test]
fn a_scan_under_a_lock_of_an_earlier_step() {
    let (first, scan) = (plain().exclusive(&table("t")), plain().scanning(&table("t")));
    breaks(&broken(vec![transaction(vec![first.clone(), scan.clone()])]), "reads public.t");
    keeps(&broken(vec![transaction(vec![scan.clone(), first.clone()])]));
    keeps(&broken(vec![transaction(vec![first.clone()]), transaction(vec![scan.clone()])]));
    keeps(&broken(vec![transaction(vec![plain().exclusive(&table("other")), scan])]));
}

#[test]
fn a_scan_under_a_lock_that_the_segment_takes_first() {
    for (mode, blocks) in MODES {
        let lock = Lock::new(&table("t"), mode);
        let found = broken(vec![locked(vec![lock], vec![plain().scanning(&table("t"))])]);
        if blocks { breaks(&found, "reads public.t") } else { keeps(&found) }
    }
}

#[test]
fn a_weaker_lock_does_not_hide_a_stronger_one() {
    let steps = vec![
        plain().exclusive(&table("t")),
        plain().locking(&table("t"), LockMode::RowExclusive),
        plain().scanning(&table("t")),
    ];
    breaks(&broken(vec![transaction(steps)]), "reads public.t");
}

#[test]
fn of_several_tables_the_locked_one_alone() {
    let scan = plain().scanning(&table("a")).scanning(&table("b")).locking(&table("b"), LockMode::Share);
    breaks(&complaints(scan), "reads public.b");
}

#[test]
fn a_hazard_allows_what_it_names_and_nothing_else() {
    let scan = plain().scanning(&table("t")).exclusive(&table("t"));
    keeps(&complaints(scan.clone().costing(Hazard::BlockingScan, "t")));
    breaks(&complaints(scan.costing(Hazard::TableRewrite, "t")), "reads public.t");
    let rewrite = plain().rewriting(&table("t")).exclusive(&table("t"));
    keeps(&complaints(rewrite.clone().costing(Hazard::TableRewrite, "t")));
    breaks(&complaints(rewrite.costing(Hazard::BlockingScan, "t")), "rewrites public.t");
}

#[test]
fn batches_hold_their_locks_for_a_moment() {
    let fill = Step { work: Work::Batches { table: table("t"), keep: None }, ..step(Effect::WriteRows(table("t"))) };
    keeps(&broken(vec![autocommit(fill.locking(&table("t"), LockMode::RowExclusive))]));
}

#[test]
fn waiting_as_long_as_the_deadlock_detector() {
    let waiting = |millis| {
        let limits = Limits { lock_timeout: Duration::from_millis(millis), ..Limits::SHORT };
        complaints(Step { limits, ..plain() })
    };
    keeps(&waiting(999));
    for millis in [0, 1000, 1001, 60_000] {
        breaks(&waiting(millis), "lock_timeout");
    }
}

#[test]
fn waiting_where_the_server_looks_for_no_deadlocks() {
    let limits = Limits { lock_timeout: Duration::ZERO, ..Limits::SHORT };
    let plan = Plan { segments: vec![transaction(vec![Step { limits, ..plain() }])], ..Plan::default() };
    assert_eq!(violations(&plan, Duration::ZERO), []);
}

#[test]
fn only_what_runs_concurrently_may_wait_for_minutes() {
    let index = Object::index(&table("t"), &"i".into());
    let build = step(Effect::Create(index)).concurrently(&table("t"));
    keeps(&broken(vec![autocommit(build.clone())]));
    let in_block = Step { effects: vec![Effect::Create(Object::index(&table("t"), &"i".into()))], ..build.clone() };
    breaks(&broken(vec![transaction(vec![in_block])]), "lock_timeout");
    let limits = Limits { lock_timeout: Duration::from_mins(1), ..Limits::CONCURRENT };
    breaks(&broken(vec![autocommit(Step { limits, ..build })]), "lock_timeout");
}

/// One object of each kind that holds values, and one of each that holds none.
fn objects() -> (Vec<Object>, Vec<Object>) {
    let (t, x) = (table("t"), Name::from("x"));
    let holding = vec![
        Object::Schema("s".into()),
        Object::Table(t.clone()),
        Object::column(&t, &x),
        Object::Sequence(table("counter")),
    ];
    let holding_none = vec![
        Object::View(table("v")),
        Object::MaterializedView(table("m")),
        Object::index(&t, &x),
        Object::constraint(&t, &x),
        Object::Trigger(t.clone(), x.clone()),
        Object::Policy(t.clone(), x.clone()),
        Object::Rule(t, x),
        Object::Domain(table("d")),
        Object::Type(table("e")),
        Object::Statistics(table("st")),
        Object::EventTrigger("et".into()),
        Object::Extension("ext".into()),
    ];
    (holding, holding_none)
}

#[test]
fn values_are_lost_without_a_word() {
    let (holding, _) = objects();
    for object in holding {
        let drop = dropping(object.clone(), Values::Lost);
        breaks(&complaints(drop.clone()), &format!("drops {object}"));
        breaks(&complaints(drop.clone().costing(Hazard::NotReversible, "x")), &format!("drops {object}"));
        keeps(&complaints(drop.costing(Hazard::DataLoss, "x")));
    }
}

#[test]
fn values_are_said_not_to_be_there() {
    let (holding, holding_none) = objects();
    for object in holding {
        breaks(&complaints(dropping(object.clone(), Values::None)), &format!("drops {object}"));
    }
    for object in holding_none {
        keeps(&complaints(dropping(object, Values::None)));
    }
}

#[test]
fn only_a_column_is_computed() {
    keeps(&complaints(dropping(Object::column(&table("t"), &"x".into()), Values::Computed)));
    for object in [Object::Table(table("t")), Object::Sequence(table("s")), Object::Schema("s".into())] {
        breaks(&complaints(dropping(object.clone(), Values::Computed)), &format!("drops {object}"));
    }
}

#[test]
fn only_what_is_named_by_us_is_ours() {
    let own = |name: &str| Object::Sequence(table(name));
    keeps(&complaints(dropping(own("schemawarden_seq_0123abcd"), Values::Own)));
    breaks(&complaints(dropping(own("orders_id_seq"), Values::Own)), "drops public.orders_id_seq");
    breaks(&complaints(dropping(own("my_schemawarden_seq"), Values::Own)), "drops public.my_schemawarden_seq");
}

#[test]
fn each_effect_of_a_step_is_looked_at() {
    let swap = plain().with(Effect::Drop(Object::Table(table("t")), Values::Lost));
    breaks(&complaints(swap), "drops public.t");
}

fn key(table_name: &str, name: &str) -> Object {
    Object::constraint(&table(table_name), &name.into())
}

fn superseding() -> Step {
    step(Effect::Supersede(key("t", "old"), key("t", "new")))
}

#[test]
fn a_foreign_key_goes_before_its_successor_acts() {
    let gap = "constraint public.t.old is dropped before its successor is in force";
    let add = step(Effect::AddNotValid(key("t", "new")));
    breaks(&complaints(superseding()), gap);
    breaks(&broken(vec![transaction(vec![superseding()]), transaction(vec![add.clone()])]), gap);
    keeps(&broken(vec![transaction(vec![add.clone()]), transaction(vec![superseding()])]));
    keeps(&broken(vec![transaction(vec![superseding(), add])]));
}

#[test]
fn an_index_that_keeps_rows_unique_goes_in_the_transaction_that_brings_its_successor() {
    let index = |name: &str| Object::index(&table("t"), &name.into());
    let (superseding, build) =
        (step(Effect::Supersede(index("old"), index("new"))), step(Effect::Create(index("new"))));
    let apart = vec![transaction(vec![superseding.clone()]), transaction(vec![build.clone()])];
    breaks(&broken(apart), "index public.t.old is dropped before its successor is in force");
    keeps(&broken(vec![transaction(vec![superseding, build])]));
}

/// An operator who allows that a table is rewritten under a lock knows about the lock.
#[test]
fn what_is_rewritten_may_be_read_in_the_same_transaction() {
    let read = plain().scanning(&table("t")).exclusive(&table("t"));
    let rewritten = plain().rewriting(&table("t")).exclusive(&table("t")).costing(Hazard::TableRewrite, "t");
    keeps(&broken(vec![transaction(vec![rewritten.clone(), read.clone()])]));
    breaks(&broken(vec![transaction(vec![rewritten.clone()]), transaction(vec![read.clone()])]), "reads public.t");
    breaks(&broken(vec![transaction(vec![read, rewritten])]), "reads public.t");
}

#[test]
fn another_key_is_no_successor() {
    let gap = "is dropped before its successor is in force";
    for other in [key("t", "other"), key("u", "new"), Object::index(&table("t"), &"new".into())] {
        let add = step(Effect::AddNotValid(other));
        breaks(&broken(vec![transaction(vec![add]), transaction(vec![superseding()])]), gap);
    }
    // Validating or renaming a successor does not create it.
    for effect in [Effect::Validate(key("t", "new")), Effect::Alter(key("t", "new"))] {
        breaks(&broken(vec![transaction(vec![step(effect)]), transaction(vec![superseding()])]), gap);
    }
}

#[test]
fn a_successor_may_come_proven() {
    let add = step(Effect::Create(key("t", "new")));
    keeps(&broken(vec![transaction(vec![add]), transaction(vec![superseding()])]));
}

#[test]
fn a_name_that_postgresql_would_fold() {
    let sent = |sql: &str| complaints(Step { sql: sql.into(), ..plain() });
    breaks(&sent("ALTER TABLE public.Posts ADD COLUMN x integer"), "`Posts` is not quoted");
    breaks(&sent("DROP INDEX myIndex"), "`myIndex` is not quoted");
    keeps(&sent("ALTER TABLE public.\"Posts\" ADD COLUMN x integer DEFAULT 'Posts'"));
    keeps(&sent("ALTER TABLE posts ADD COLUMN x integer"));
}

#[test]
fn every_broken_promise_is_told_with_its_step() {
    let drop = Step { action: "drop it".into(), ..dropping(Object::Table(table("t")), Values::Lost) };
    let scan = Step { action: "scan it".into(), ..plain().scanning(&table("t")).exclusive(&table("t")) };
    let plan = Plan { segments: vec![transaction(vec![drop, scan])], ..Plan::default() };
    let steps: Vec<_> = violations(&plan, DEADLOCK).into_iter().map(|violation| violation.step).collect();
    assert_eq!(steps, ["drop it", "scan it"]);
}
