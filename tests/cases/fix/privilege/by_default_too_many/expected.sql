-- What is made, and made again, is born with privileges that are not expected, and without one that is. The default
-- privileges themselves are not compared, and are the same.

do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create table t (id int primary key);
grant select on t to sw_case_reader;
create view v as select id::text as id from t;
create table u (id int primary key, n int generated always as identity);
create function f() returns int language sql as $$ select 1 $$;
grant insert on t to "sw_case_Wri.ter";
grant usage on sequence u_n_seq to sw_case_reader;
alter default privileges grant select on tables to sw_case_reader;
alter default privileges revoke execute on functions from public;
