create table t (id int primary key, owner text);
alter table t enable row level security;
create policy own on t using (owner = 'nobody');
insert into t select n, 'user ' || n from generate_series(1, 100) n;
