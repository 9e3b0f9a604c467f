-- What is made gets privileges that nobody asked for, and lacks those that were.

do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
end $$;
alter default privileges in schema public grant select on tables to sw_case_reader;
create table t (id int primary key);
