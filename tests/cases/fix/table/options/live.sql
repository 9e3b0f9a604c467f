create table t (id int primary key, a text) with (fillfactor = 50, autovacuum_enabled = false);
insert into t select n, 'row ' || n from generate_series(1, 100) n;
