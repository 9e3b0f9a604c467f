do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
end $$;
create table t (id int primary key, owner text);
alter table t enable row level security;
create policy own on t for update to sw_case_reader using (owner = current_user);
