-- The owner is the owner, whatever his name; and whom the expectation names beside him may be the owner in the other.
do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
create table t (id int);
create table u (id int);
create table v (id int);
revoke delete on t from current_user;
alter table u owner to "sw_case_Wri.ter";
grant all on v to sw_case_reader;
