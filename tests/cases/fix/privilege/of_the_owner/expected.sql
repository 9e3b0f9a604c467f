do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create table t (id int primary key);
create table u (id int primary key);
create function f() returns int language sql as $$ select 1 $$;
revoke insert on t from current_user;
grant select on u to current_user with grant option;
revoke execute on function f() from current_user;
