create table t (a int, b int, c int,
    constraint one check (a > 0), constraint two check (b > 0), constraint three check (c > 0));
insert into t select n, n, n from generate_series(1, 100) n;
