do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create table t (id int, a int);
create function f() returns int language sql as 'select 1';
create procedure p() language sql as 'select 1';
create type mood as enum ('calm');
create sequence s;
create table only_expected ();
grant select on only_expected to public;
grant select on t to sw_case_reader;
grant insert, delete on t to "sw_case_Wri.ter";
grant update (id) on t to sw_case_reader;
revoke execute on function f() from public;
revoke usage on type mood from public;
revoke delete on t from current_user;
revoke all on schema public from public;
