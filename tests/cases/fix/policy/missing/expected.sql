create table t (id int primary key, owner text);
alter table t enable row level security, force row level security;
create policy own on t for all using (owner = current_user) with check (owner = current_user);
create policy few on t as restrictive for select using (id < 50);
