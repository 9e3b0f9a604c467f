-- The view is not declared: it must come back as it was, with its grant and its comment.

create table t (id int primary key, a varchar(10));
create view report as select id, upper(a) as a from t;
create view report_of_report as select a from report;
do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
end $$;
grant select on report to sw_case_reader;
comment on view report is 'made by the accountants';
comment on column report.a is 'in capitals';
insert into t select n, 'row ' || n from generate_series(1, 300) n;
