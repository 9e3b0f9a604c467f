create table t (a int, b int, c int,
    constraint two check (a > 0), constraint three check (b > 0), constraint one check (c > 0));
