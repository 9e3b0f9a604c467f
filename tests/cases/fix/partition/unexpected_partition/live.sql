create table t (id int, kind int) partition by list (kind);
create table t_1 partition of t for values in (1);
create table t_2 partition of t for values in (2);
insert into t select n, 1 + n % 2 from generate_series(1, 200) n;
