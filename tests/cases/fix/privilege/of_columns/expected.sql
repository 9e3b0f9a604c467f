-- What is taken back of a table is taken back of its columns: what is to stay of them is granted again.

do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create table t (id int primary key, a int, b int);
grant insert on t to sw_case_reader;
grant select (a, b), update (a) on t to sw_case_reader;
grant references on t to "sw_case_Wri.ter";
grant insert on t to "sw_case_Wri.ter" with grant option;
