//! Handwritten scripts: their statements as steps, and errors with line numbers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::domain::lock::LockMode::{
    self, AccessExclusive, RowExclusive, Share, ShareRowExclusive, ShareUpdateExclusive,
};

fn read(text: &str) -> Plan {
    from_script(text).unwrap()
}

fn refused(text: &str) -> (usize, HandwrittenProblem) {
    let error = from_script(text).unwrap_err();
    (error.line, error.problem)
}

fn only(sql: &str) -> Step {
    let mut segments = read(&format!("set search_path = app; {sql}")).segments;
    assert_eq!(segments.len(), 1, "{sql}");
    segments.remove(0).steps()[0].clone()
}

#[test]
fn groups_become_transactions_and_the_rest_stands_alone() {
    let text = "-- the fix\nbegin;\nalter table t add column a int;\ncreate index i on t (a); commit;\n\
                create index concurrently j on t (a);\nSTART TRANSACTION; END;\n\
                do $$ begin perform 1; commit; end $$;\n";
    let fix = read(text);
    let kinds: Vec<_> = fix
        .segments
        .iter()
        .map(|segment| (matches!(segment, Segment::Transaction { .. }), segment.steps().len()))
        .collect();
    assert_eq!(kinds, [(true, 2), (false, 1), (false, 1)]);
    let steps: Vec<_> = fix.segments.iter().flat_map(Segment::steps).collect();
    assert_eq!(steps[0].sql, "alter table t add column a int");
    assert_eq!(steps[0].action, "line 3: alter table t add column a int");
    assert_eq!((&steps[0].ensures, &steps[2].limits), (&None, &Limits::CONCURRENT));
    assert!(fix.warnings.is_empty());
    assert_eq!(fix.search_path.as_deref(), Some("public"));
}

#[test]
fn what_cannot_be_held_to_is_refused_by_its_line() {
    use HandwrittenProblem as Problem;
    let meta = |command: &str| Problem::Script(ScriptProblem::PsqlMeta(command.into()));
    for (text, line, problem) in [
        ("select 1;\n\\set x 1\n", 2, meta("set")),
        ("\\restrict a\n", 1, meta("restrict")),
        ("\ncopy t from stdin;\n1\n\\.\n", 2, Problem::Script(ScriptProblem::PsqlData)),
        ("select 'a", 1, Problem::Script(ScriptProblem::Unterminated("string"))),
        ("begin;\nrollback;", 2, Problem::Control("ROLLBACK".into())),
        ("begin;\nsavepoint a;", 2, Problem::Control("SAVEPOINT".into())),
        ("begin;\n\nbegin;", 3, Problem::Nested),
        ("commit", 1, Problem::NoBegin),
        ("select 1;\nbegin; select 1;", 2, Problem::NoCommit),
        ("begin;\nvacuum t;\ncommit;", 2, Problem::Alone),
        ("begin;\ncreate unique index concurrently on t (a);\ncommit;", 2, Problem::Alone),
        ("set role postgres", 1, Problem::Setting("SET role".into())),
        ("set session authorization x", 1, Problem::Setting("SET authorization".into())),
        ("set session_replication_role = replica", 1, Problem::Setting("SET session_replication_role".into())),
        ("select pg_catalog.set_config('search_path', '', false)", 1, Problem::Setting("set_config".into())),
        ("select 1;\nset search_path = a", 2, Problem::SearchPath),
    ] {
        assert_eq!(refused(text), (line, problem), "{text}");
    }
}

#[test]
fn limits_of_the_script_give_way_to_those_of_the_executor() {
    let fix = read(
        "set lock_timeout = '5s';\nset search_path to App, \"we.ird\";\nbegin; set local statement_timeout = 0; \
                    set constraints all deferred; commit;",
    );
    assert_eq!(fix.search_path.as_deref(), Some("App, \"we.ird\""));
    assert_eq!(fix.warnings.len(), 2);
    assert!(fix.warnings[0].contains("line 1: lock_timeout") && fix.warnings[1].contains("statement_timeout"));
    assert_eq!(fix.segments.len(), 1);
    for (written, meant) in [("\"a=b\"", "\"a=b\""), ("''", "\"\""), ("'$user', App", "\"$user\", App")] {
        let fix = read(&format!("set search_path to {written};"));
        assert_eq!(fix.search_path.as_deref(), Some(meant));
    }
    assert_eq!(only("do $$ begin update t set a = 1; COMMIT; end $$").limits.attempts, 1);
}

#[test]
fn forms_tell_locks_and_hazards() {
    let t = QName::new("app", "t");
    let cases: [(&str, Option<LockMode>, &[Hazard]); 25] = [
        ("drop table if exists t", Some(AccessExclusive), &[Hazard::DataLoss]),
        ("alter table t drop column a", Some(AccessExclusive), &[Hazard::DataLoss]),
        ("alter table only app.t drop a cascade", Some(AccessExclusive), &[Hazard::DataLoss]),
        ("truncate t", Some(AccessExclusive), &[Hazard::DataLoss]),
        ("delete from t where a is null", Some(RowExclusive), &[Hazard::DataLoss]),
        ("update only t set a = 1", Some(RowExclusive), &[Hazard::DataLoss]),
        ("insert into t values (1)", Some(RowExclusive), &[]),
        ("insert into t values (1) on conflict (a) do update set b = 1", Some(RowExclusive), &[Hazard::DataLoss]),
        ("alter table t alter a type bigint, add column b int", Some(AccessExclusive), &[Hazard::TableRewrite]),
        (
            "alter table t alter column a set data type text using (a, 1)::text",
            Some(AccessExclusive),
            &[Hazard::TableRewrite],
        ),
        ("create index on t (a)", Some(Share), &[Hazard::BlockingScan]),
        ("create unique index concurrently i on t (a)", Some(ShareUpdateExclusive), &[]),
        ("alter table t add constraint c check (a > 0)", Some(AccessExclusive), &[Hazard::BlockingScan]),
        ("alter table t add constraint c check (a > 0) not valid", Some(AccessExclusive), &[]),
        ("alter table t add foreign key (a) references t (b) not valid", Some(ShareRowExclusive), &[]),
        ("alter table t add primary key (id)", Some(AccessExclusive), &[Hazard::BlockingScan]),
        ("alter table t add constraint p primary key using index i", Some(AccessExclusive), &[]),
        ("alter table t validate constraint c", Some(ShareUpdateExclusive), &[]),
        ("alter table t alter a set not null", Some(AccessExclusive), &[Hazard::BlockingScan]),
        ("alter table t add column b int default 0", Some(AccessExclusive), &[]),
        ("alter table t add b uuid default gen_random_uuid()", Some(AccessExclusive), &[Hazard::TableRewrite]),
        ("alter table t add column id bigserial", Some(AccessExclusive), &[Hazard::TableRewrite]),
        ("alter type mood add value 'b'", None, &[]),
        ("do $$ begin drop table t; end $$", None, &[Hazard::NotReversible]),
        ("select mend()", None, &[Hazard::NotReversible]),
    ];
    for (sql, mode, hazards) in cases {
        let step = only(sql);
        let locks: Vec<_> = step.locks.iter().map(|lock| (&lock.table, lock.mode)).collect();
        assert_eq!(locks, mode.map(|mode| (&t, mode)).into_iter().collect::<Vec<_>>(), "{sql}");
        assert_eq!(step.hazards.iter().map(|cost| cost.hazard).collect::<Vec<_>>(), hazards, "{sql}");
        assert_eq!(step.irreversible.as_deref(), Some("a hand-written statement"));
    }
}

#[test]
fn what_comes_under_a_lock_of_a_statement_before_costs_more() {
    let fix = read(
        "begin; alter table t add column a int; insert into t values (1); insert into u values (1); commit;
         insert into t values (2);",
    );
    let costs: Vec<Vec<Hazard>> =
        fix.steps().map(|step| step.hazards.iter().map(|cost| cost.hazard).collect()).collect();
    assert_eq!(costs, [vec![], vec![Hazard::BlockingScan], vec![], vec![]]);
}
