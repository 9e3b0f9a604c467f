do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
alter default privileges grant select on tables to sw_case_reader;
alter default privileges revoke execute on functions from public;
create table t (id int primary key);
create view v as select id from t;
grant insert on t to "sw_case_Wri.ter";
