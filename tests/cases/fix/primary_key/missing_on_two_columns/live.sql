create table t (a int, b text not null, c int);
insert into t select n % 10, 'row ' || n, n from generate_series(1, 300) n;
