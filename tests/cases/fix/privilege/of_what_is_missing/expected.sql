do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
end $$;
create table t (id int primary key);
create table u (id int primary key);
create view v as select id from u;
create function f() returns int language sql as $$ select 1 $$;
grant select, insert on u to sw_case_reader;
grant select on v to sw_case_reader;
revoke execute on function f() from public;
