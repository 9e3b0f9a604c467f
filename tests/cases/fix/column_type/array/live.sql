create table t (id int primary key, a int[] default '{}');
insert into t select n, array[n, n + 1] from generate_series(1, 300) n;
