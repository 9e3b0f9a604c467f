do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create table t (id int, a int);
create function f() returns int language sql as 'select 1';
create procedure p() language sql as 'select 1';
create type mood as enum ('calm');
create sequence s;
create table only_here ();
grant select on only_here to public;
grant select on t to sw_case_reader with grant option;
grant insert on t to "sw_case_Wri.ter";
grant update (a) on t to sw_case_reader;
revoke execute on procedure p() from public;
-- Granted and taken back: as usual.
grant select on s to sw_case_reader;
revoke select on s from sw_case_reader;
