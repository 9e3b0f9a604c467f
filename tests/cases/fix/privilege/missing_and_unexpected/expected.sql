do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create schema s;
create table t (id int primary key, a int);
create sequence q;
create function f() returns int language sql as $$ select 1 $$;
grant insert on t to "sw_case_Wri.ter";
grant select on t to sw_case_reader with grant option;
grant update (a) on t to sw_case_reader;
grant usage on schema s to sw_case_reader;
grant usage on sequence q to public;
revoke execute on function f() from public;
