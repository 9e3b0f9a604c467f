create table t (id int primary key, a int unique deferrable initially deferred);
insert into t select n, n from generate_series(1, 100) n;
