create function f(b int) returns int language sql as $$ select $1 $$;
create view v as select f(1) as one;
do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
end $$;
revoke execute on function f from public;
grant execute on function f to sw_case_reader;
