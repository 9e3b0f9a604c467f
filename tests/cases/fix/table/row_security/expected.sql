create table t (id int primary key);
create table u (id int primary key);
alter table u enable row level security, force row level security;
