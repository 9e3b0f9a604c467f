//! A unique index of a rebuilt group that the rows refuse: the application has the one that it had, and all that stood
//! around it.

use schemawarden::domain::plan::script::script;
use schemawarden::domain::plan::{Effect, Hazard, Plan};
use schemawarden::pg::apply::ApplyError;

use super::refused::planned;
use super::{Run, ask};
use crate::support::Database;

struct Case {
    live: &'static str,
    expected: &'static str,
    /// Which the old index takes and the new one does not, written between planning and applying.
    row: &'static str,
    /// Which the old index refuses.
    refused: &'static str,
}

const TYPE_OF_A_COLUMN: Case = Case {
    live: "create table t (x int, k text); create unique index t_k on t (k) where x < 10; insert into t values (1, 'a')",
    expected: "create table t (x bigint, k text); create unique index t_k on t (lower(k)) where x < 20",
    row: "insert into t values (2, 'A')",
    refused: "insert into t values (3, 'a')",
};

const COMPUTED: Case = Case {
    live: "create table t (x int, y int generated always as (x % 10) stored); create unique index t_y on t (y);
        insert into t values (1)",
    expected: "create table t (x int, y int generated always as (x % 3) stored); create unique index t_y on t (y);",
    row: "insert into t values (4)",
    refused: "insert into t values (11)",
};

const ROUTINE: Case = Case {
    live: "create function f(x int) returns int language sql immutable as 'select x % 10'; create table t (x int);
        create unique index t_f on t (f(x)); insert into t values (1)",
    expected: "create function f(y int) returns int language sql immutable as 'select y % 3'; create table t (x int);
        create unique index t_f on t (f(x));",
    row: "insert into t values (4)",
    refused: "insert into t values (11)",
};

const ORDER_OF_LABELS: Case = Case {
    live: "create type size as enum ('small', 'medium', 'large'); create table t (s size, g int);
        create unique index t_g on t (g) where s < 'medium'; insert into t values ('small', 1)",
    expected: "create type size as enum ('medium', 'small', 'large'); create table t (s size, g int);
        create unique index t_g on t (g) where s < 'large';",
    row: "insert into t values ('medium', 1)",
    refused: "insert into t values ('small', 1)",
};

const ANOTHER_NAME: Case = Case {
    expected: "create type size as enum ('large', 'small', 'medium'); create table t (s size, g int);
        create unique index t_of_small on t (g) where s < 'medium';",
    row: "insert into t values ('large', 1)",
    ..ORDER_OF_LABELS
};

/// What is there, by what PostgreSQL prints.
const THERE: &str = "select string_agg(told, ';' order by told) from (
    select pg_get_indexdef(indexrelid) || indisvalid from pg_index where indrelid = 't'::regclass
    union all select attname || ' ' || format_type(atttypid, atttypmod) || coalesce(pg_get_expr(adbin, adrelid), '')
        from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid = 't'::regclass and attnum > 0 and not attisdropped
    union all select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
    union all select enumlabel || enumsortorder from pg_enum) as all_of_it (told)";

/// No statement of the plan takes what keeps rows unique away for longer than its transaction.
fn is_never_without(plan: &Plan) {
    for segment in &plan.segments {
        let effects = || segment.steps().iter().flat_map(|step| &step.effects);
        for effect in effects() {
            let Effect::Supersede(_, heir) = effect else { continue };
            assert!(effects().any(|it| *it == Effect::Create(heir.clone())), "{segment:?}");
        }
    }
}

async fn is_there_as_before(case: &Case) {
    let database = Database::with(case.live);
    let plan = planned(&database, case.expected);
    is_never_without(&plan);
    database.run(case.row);
    let before = ask(&database, THERE);
    let error = Run::of(&database).apply(&plan).await.unwrap_err();
    let ApplyError::Failed { code, left, step, .. } = &error else { panic!("{error}") };
    assert_eq!((code.as_deref(), left), (Some("23505"), &None), "{error}");
    assert!(step.action.starts_with("build index"), "{error}");
    assert_eq!(ask(&database, THERE), before);
    database.run(&format!(
        "do $$ begin {}; raise 'it is taken'; exception when unique_violation then null; end $$",
        case.refused
    ));
    let folder = tempfile::tempdir().unwrap();
    let script = database.run_script(&script(&plan, "t", &Hazard::ALL.into()), folder.path(), &[]);
    let told = String::from_utf8_lossy(&script.stderr);
    assert!(!script.status.success() && told.contains("could not create unique index"), "{told}");
    assert_eq!(ask(&database, THERE), before);

    database.run("delete from t where ctid > '(0,1)'");
    Run::of(&database).apply(&plan).await.unwrap();
    assert_ne!(ask(&database, THERE), before);
}

#[tokio::test]
async fn under_a_column_that_changes_its_type() {
    is_there_as_before(&TYPE_OF_A_COLUMN).await;
}

#[tokio::test]
async fn named_otherwise_than_expected() {
    is_there_as_before(&ANOTHER_NAME).await;
}

#[tokio::test]
async fn of_a_column_that_is_computed_anew() {
    is_there_as_before(&COMPUTED).await;
}

#[tokio::test]
async fn by_a_routine_that_is_made_again() {
    is_there_as_before(&ROUTINE).await;
}

#[tokio::test]
async fn by_labels_in_another_order() {
    is_there_as_before(&ORDER_OF_LABELS).await;
}
