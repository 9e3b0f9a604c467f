create table t (id int, a int, primary key (id)) partition by range (id);
create table t_1 partition of t for values from (0) to (100);
create table t_2 partition of t for values from (100) to (200);
create index t_a_idx on t (a);
insert into t select n, n from generate_series(1, 199) n;
