create extension btree_gist;
create table t (id int primary key, room int, during int4range);
insert into t select n, n % 5, int4range(n * 10, n * 10 + 5) from generate_series(1, 200) n;
