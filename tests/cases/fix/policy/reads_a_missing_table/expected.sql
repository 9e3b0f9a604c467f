create table t (id int primary key, owner text);
create table members (name text primary key);
alter table t enable row level security;
create policy own on t using (exists (select from members where name = owner));
