do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create table t (id int);
create table u (id int);
create table v (id int);
alter table t owner to sw_case_reader;
alter table u owner to sw_case_reader;
alter table v owner to sw_case_reader;
revoke delete on t from sw_case_reader;
grant select on u to "sw_case_Wri.ter";
