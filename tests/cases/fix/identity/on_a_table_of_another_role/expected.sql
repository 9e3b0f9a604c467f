do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create table t (a text, b int generated always as identity, c serial, d bigserial primary key);
create table u (a text, id serial);
alter table t owner to "sw_case_Wri.ter";
alter table u owner to "sw_case_Wri.ter";
