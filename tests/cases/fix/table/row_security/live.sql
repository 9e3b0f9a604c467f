create table t (id int primary key);
alter table t enable row level security, force row level security;
create table u (id int primary key);
