do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create table t (id int primary key, a int);
create view v as select id, a::text as a from t;
create view on_v as select id from v;
create materialized view m as select id, a::text as a from t;
create function f(a int) returns bigint language sql as $$ select a::bigint $$;
