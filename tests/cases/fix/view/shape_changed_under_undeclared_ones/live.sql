create table t (id int primary key, a text, b int);
create view v as select id, a, b from t;
create view report as select b from v;
do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
end $$;
grant select on report to sw_case_reader;
comment on view report is 'not in the application''s schema';
alter view report alter b set default 3;
