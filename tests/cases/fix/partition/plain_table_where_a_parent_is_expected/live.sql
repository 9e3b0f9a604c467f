-- A table with rows does not become a parent of partitions by a statement.

create table t (id int, at date);
insert into t select n, '2026-05-05' from generate_series(1, 100) n;
