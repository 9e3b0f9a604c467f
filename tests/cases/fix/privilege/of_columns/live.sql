do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create table t (id int primary key, a int, b int);
grant select, insert on t to sw_case_reader;
grant select (a), update (a, b) on t to sw_case_reader;
grant references on t to "sw_case_Wri.ter" with grant option;
grant insert on t to "sw_case_Wri.ter";
