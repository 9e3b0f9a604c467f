do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create table t (id int primary key);
create table u (id int primary key);
create function f() returns int language sql as $$ select 1 $$;
grant select on t to current_user with grant option;
revoke truncate, delete on u from current_user;
