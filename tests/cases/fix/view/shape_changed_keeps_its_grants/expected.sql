create table t (id int primary key, a text, b int);
create view v as select b, id from t;
do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
end $$;
grant select on v to sw_case_reader;
grant update (b) on v to sw_case_reader;
